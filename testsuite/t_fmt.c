/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What fmt_add() writes is what printf() writes. */
#include "fmt.h"

#include <limits.h>
#include <stdio.h>

#include "unit.h"

static void add(struct buf *buf, const char *fmt, ...) __format(2, 3);
static void add(struct buf *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_add(buf, fmt, ap);
	va_end(ap);
}

#define SAME(...) do {							\
	_cleanup_buf_ struct buf got = { 0 };				\
	_cleanup_free_ char *want = str_printf("before " __VA_ARGS__);	\
									\
	buf_add(&got, "before ", 7);					\
	add(&got, __VA_ARGS__);						\
	ck_assert_str_eq(buf_str(&got), want);				\
	ck_assert_uint_eq(got.len, strlen(want));			\
} while (0)

START_TEST(words_and_numbers)
{
	SAME("%s", "");
	SAME("nothing");
	SAME("id %u name %s ", 17u, "cls");
	SAME("%u%u %u", 0u, 10u, UINT_MAX);
	SAME("%d %d %d", 0, INT_MAX, INT_MIN);
	SAME("%llu|%llu", 0ull, ULLONG_MAX);
	SAME("%#x %#x %#x", 0u, 0x1fu, UINT_MAX);
}
END_TEST

START_TEST(what_else_there_is)
{
	SAME("%s %-16s|%5u %%", "a", "b", 7u);
	SAME("%u %x %02x %c", 1u, 0xabcu, 5u, 'c');
	SAME("%u %lu %lld", 1u, 2ul, -3ll);
}
END_TEST

START_TEST(what_is_long)
{
	char text[1000];
	size_t i;

	for (i = 240; i < 270; i++) {
		memset(text, 'x', i);
		text[i] = '\0';
		SAME("%s", text);
		SAME("%s%u", text, 1234567u);
	}
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	SAME("%s %s", text, text);
}
END_TEST

START_TEST(bytes_as_digits)
{
	char text[5] = "....";

	ck_assert_ptr_eq(fmt_hex(text, 0x0f), text + 2);
	ck_assert_str_eq(text, "0f..");
	fmt_hex(text + 2, 0xa9);
	ck_assert_str_eq(text, "0fa9");
}
END_TEST

Suite *fmt_suite(void)
{
	Suite *s = suite_create("fmt");
	TCase *tc = tcase_create("fmt");

	tcase_add_test(tc, words_and_numbers);
	tcase_add_test(tc, what_else_there_is);
	tcase_add_test(tc, what_is_long);
	tcase_add_test(tc, bytes_as_digits);
	suite_add_tcase(s, tc);
	return s;
}
