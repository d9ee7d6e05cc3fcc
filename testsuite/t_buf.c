/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "buf.h"

#include "unit.h"

START_TEST(a_buffer_grows_and_stays_terminated)
{
	_cleanup_buf_ struct buf buf = { 0 };
	int i;

	ck_assert_str_eq(buf_str(&buf), "");
	for (i = 0; i < 1000; i++)
		buf_addf(&buf, "%03d", i);
	ck_assert_uint_eq(buf.len, 3000);
	ck_assert_uint_eq(strlen(buf_str(&buf)), 3000);
	ck_assert_mem_eq(buf.data + 2997, "999", 4);
	ck_assert(!buf_failed(&buf));
}
END_TEST

START_TEST(bytes_may_be_zero_and_none)
{
	_cleanup_buf_ struct buf buf = { 0 };

	buf_add(&buf, "a\0b", 3);
	buf_add(&buf, NULL, 0);
	buf_addf(&buf, "%s", "");
	ck_assert_uint_eq(buf.len, 3);
	ck_assert_mem_eq(buf.data, "a\0b", 4);
}
END_TEST

START_TEST(reserved_room_counts_when_it_is_counted)
{
	_cleanup_buf_ struct buf buf = { 0 };
	char *room = buf_reserve(&buf, 5);

	ck_assert_uint_eq(buf.len, 0);
	memcpy(room, "hello", 6);
	buf.len += 5;
	buf_addf(&buf, "!");
	ck_assert_str_eq(buf_str(&buf), "hello!");
}
END_TEST

START_TEST(a_failure_is_remembered)
{
	struct buf buf = { 0 };

	buf_add(&buf, "x", 1);
	ck_assert_ptr_null(buf_reserve(&buf, SIZE_MAX));
	ck_assert(buf_failed(&buf));
	buf_add(&buf, "y", 1);
	buf_addf(&buf, "z");
	ck_assert_str_eq(buf_str(&buf), "x");
	buf_free(&buf);
	ck_assert(!buf_failed(&buf));
	ck_assert_str_eq(buf_str(&buf), "");
}
END_TEST

START_TEST(a_string_is_printed_to_measure)
{
	_cleanup_free_ char *str = str_printf("%s/%0200d", "a", 1);

	ck_assert_uint_eq(strlen(str), 202);
}
END_TEST

Suite *buf_suite(void)
{
	Suite *s = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, a_buffer_grows_and_stays_terminated);
	tcase_add_test(tc, bytes_may_be_zero_and_none);
	tcase_add_test(tc, reserved_room_counts_when_it_is_counted);
	tcase_add_test(tc, a_failure_is_remembered);
	tcase_add_test(tc, a_string_is_printed_to_measure);
	suite_add_tcase(s, tc);
	return s;
}
