/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is said on stderr with -json: one object, and only what was said. */
#include "said.h"

#include <errno.h>
#include <stdio.h>

#include "capture.h"
#include "out.h"
#include "unit.h"

static const struct {
	const char *said;
	struct said_end end;
	const char *object;
} cases[] = {
	{ "", { 0 }, "" },
	{ "", { .status = 2 }, "" },
	{ "Error: No.\nHint: do it\nsay this\n", { .status = 2, .error = EBUSY },
	  "{\"error\":{\"status\":2,\"errno\":16,\"name\":\"EBUSY\",\"message\":\"No.\"},"
	  "\"hints\":[\"do it\"],\"log\":[\"say this\"]}\n" },
	{ "What is \"x\"?\n\nmore", { .status = 1, .file = "f", .line = 7 },
	  "{\"error\":{\"status\":1,\"file\":\"f\",\"line\":7,\"message\":\"What is \\\"x\\\"?\"},"
	  "\"log\":[\"more\"]}\n" },
	{ "before\nNote: a\nError: b\n", { .status = 255, .error = 524 },
	  "{\"error\":{\"status\":255,\"errno\":524,\"message\":\"b\"},"
	  "\"notes\":[\"a\"],\"log\":[\"before\"]}\n" },
	{ "Note: a\nWarning: b\nNote: c\nlog\n", { .error = EBUSY },
	  "{\"warnings\":[\"b\"],\"notes\":[\"a\",\"c\"],\"log\":[\"log\"]}\n" },
	{ "Note: only\n", { .status = 1 },
	  "{\"error\":{\"status\":1,\"message\":\"\"},\"notes\":[\"only\"]}\n" },
	{ "Usage: x\n  y\n", { .status = 255 }, "Usage: x\n  y\n" },
};

START_TEST(lines_become_an_object)
{
	_cleanup_free_ char *text = NULL, *plain = NULL;
	struct capture stderr_;
	struct said said;

	capture_begin(&stderr_, STDERR_FILENO);
	said_begin(&said, OUT_JSON);
	fprintf(stderr, "%s", cases[_i].said);
	said_tell(&said, &cases[_i].end);
	said_stop(&said);
	text = capture_end(&stderr_);
	ck_assert_str_eq(text, cases[_i].object);

	capture_begin(&stderr_, STDERR_FILENO);
	said_begin(&said, 0);
	fprintf(stderr, "%s", cases[_i].said);
	said_tell(&said, &cases[_i].end);
	said_stop(&said);
	plain = capture_end(&stderr_);
	ck_assert_str_eq(plain, cases[_i].said);
}
END_TEST

START_TEST(each_command_has_its_own)
{
	const struct said_end good = { 0 }, bad = { .status = 1 };
	_cleanup_free_ char *text = NULL;
	struct capture stderr_;
	struct said said;

	capture_begin(&stderr_, STDERR_FILENO);
	said_begin(&said, OUT_JSON);
	fprintf(stderr, "Note: one\n");
	said_tell(&said, &good);
	said_tell(&said, &good);
	fprintf(stderr, "Error: two\n");
	said_tell(&said, &bad);
	fprintf(stderr, "not told\n");
	said_stop(&said);
	fprintf(stderr, "plain\n");
	text = capture_end(&stderr_);
	ck_assert_str_eq(text,
			 "{\"notes\":[\"one\"]}\n"
			 "{\"error\":{\"status\":1,\"message\":\"two\"}}\n"
			 "not told\nplain\n");
}
END_TEST

Suite *said_suite(void)
{
	Suite *suite = suite_create("said");
	TCase *tc = tcase_create("said");

	tcase_add_loop_test(tc, lines_become_an_object, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, each_command_has_its_own);
	suite_add_tcase(suite, tc);
	return suite;
}
