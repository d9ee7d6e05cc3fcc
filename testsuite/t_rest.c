/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a listing goes on, however it is cut into pieces. */
#include "rest.h"

#include "buf.h"
#include "unit.h"

static const struct {
	const char *text;
	bool json;
	char line_end;
	size_t records;
	const char *rest;
} listings[] = {
	{ "a\nb\nc\n", false, '\n', 0, "a\nb\nc\n" },
	{ "a\nb\nc\n", false, '\n', 2, "c\n" },
	{ "a\nb\n", false, '\n', 2, "" },
	{ "a\n", false, '\n', 2, "" },
	{ "a \\b\n\\c\\", false, '\\', 2, "c\\" },
	{ "[1]\n", true, '\n', 0, "[1]\n" },
	{ "[{\"a\":1},{\"b\":[{},{}]},{\"c\":3}]\n", true, '\n', 1,
	  ",{\"b\":[{},{}]},{\"c\":3}]\n" },
	{ "[{\"a\":1},{\"b\":[{},{}]},{\"c\":3}]\n", true, '\n', 2,
	  ",{\"c\":3}]\n" },
	{ "[ {\n    \"a\": { }\n    },{\n    } ]\n", true, '\n', 1,
	  ",{\n    } ]\n" },
	{ "[{\"}],\\\"}\":\"{\\\\\"},{\"c\":3}]\n", true, '\n', 1,
	  ",{\"c\":3}]\n" },
	{ "[{}]\n", true, '\n', 1, "]\n" },
	{ "[{}]\n", true, '\n', 2, "" },
	{ "]}", true, '\n', 1, "" },
};

/* in pieces of so many bytes */
static void cut(size_t row, size_t size)
{
	struct rest rest = {
		.records = listings[row].records,
		.json = listings[row].json,
		.line_end = listings[row].line_end,
	};
	const char *at = listings[row].text;
	_cleanup_buf_ struct buf got = { 0 };
	size_t len, skip;

	for (; *at; at += len) {
		len = strnlen(at, size);
		skip = rest_skip(&rest, at, len);
		ck_assert_uint_le(skip, len);
		buf_add(&got, at + skip, len - skip);
	}
	ck_assert_str_eq(buf_str(&got), listings[row].rest);
}

START_TEST(the_first_records_are_passed_over)
{
	size_t size;

	for (size = 1; size < 9; size++)
		cut(_i, size);
	cut(_i, 1000);
}
END_TEST

Suite *rest_suite(void)
{
	Suite *s = suite_create("rest");
	TCase *tc = tcase_create("rest");

	tcase_add_loop_test(tc, the_first_records_are_passed_over, 0,
			    ARRAY_SIZE(listings));
	suite_add_tcase(s, tc);
	return s;
}
