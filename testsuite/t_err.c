/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "err.h"

#include <errno.h>

#include "uapi.h"
#include "unit.h"

START_TEST(a_chain_reads_from_the_outside_in)
{
	struct err err;

	ck_assert_int_eq(err_set(&err, -ENOENT, "no map at offset %d", 72), -ENOENT);
	ck_assert_int_eq(err_wrap(&err, "insn %d", 12), -ENOENT);
	ck_assert_int_eq(err_wrap(&err, "program '%s'", "classifier"), -ENOENT);
	ck_assert_str_eq(err.text, "program 'classifier': insn 12: no map at offset 72");
	ck_assert_int_eq(err.code, -ENOENT);
}
END_TEST

START_TEST(an_errno_speaks_behind_our_words)
{
	struct err err;

	ck_assert_int_eq(err_sys(&err, -EACCES, "open '%s'", "x"), -EACCES);
	ck_assert_str_eq(err.text, "open 'x': Permission denied");
	ck_assert_str_eq(err_str(-ENOTSUPP), "Operation not supported (ENOTSUPP)");
	ck_assert_str_eq(err_str(-4000), "Unknown error");
}
END_TEST

START_TEST(names_do_nothing_to_a_terminal)
{
	struct err err;

	err_set(&err, -EINVAL, "map '%s'", "\033[2Ja\nb\x7f\tc \303\251");
	err_wrap(&err, "object '%s'", "\r.o");
	err_hint(&err, "not '%s'", "\a");
	ck_assert_str_eq(err.text, "object '?.o': map '?[2Ja?b?\tc \303\251'");
	ck_assert_str_eq(err.hint, "not '?'");
}
END_TEST

START_TEST(a_new_error_forgets_the_last)
{
	struct err err;

	err_set(&err, -EPERM, "first");
	err_hint(&err, "be root");
	err.netlink = true;
	strcpy(err.extack, "words");
	err_set(&err, -EINVAL, "second");
	ck_assert_str_eq(err.text, "second");
	ck_assert_str_eq(err.hint, "");
	ck_assert_str_eq(err.extack, "");
	ck_assert(!err.netlink);
	err_clear(&err);
	ck_assert_str_eq(err.text, "");
	ck_assert_int_eq(err.code, 0);
}
END_TEST

START_TEST(the_innermost_hint_stays)
{
	struct err err;

	err_set(&err, -EPERM, "refused");
	ck_assert_int_eq(err_hint(&err, "try %s", "this"), -EPERM);
	err_wrap(&err, "outer");
	ck_assert_int_eq(err_hint(&err, "or that"), -EPERM);
	ck_assert_str_eq(err.hint, "try this");
}
END_TEST

START_TEST(too_long_a_chain_loses_its_inner_end)
{
	char name[2 * sizeof(((struct err *)0)->text)];
	struct err err;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	err_sys(&err, -EPERM, "%s", name);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	err_wrap(&err, "outer");
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert_mem_eq(err.text, "outer: xxx", 10);
	err_wrap(&err, "%s", name);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert_mem_eq(err.text, "xxx", 3);
	err_hint(&err, "%s", name);
	ck_assert_uint_eq(strlen(err.hint), sizeof(err.hint) - 1);
}
END_TEST

Suite *err_suite(void)
{
	Suite *s = suite_create("err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, a_chain_reads_from_the_outside_in);
	tcase_add_test(tc, an_errno_speaks_behind_our_words);
	tcase_add_test(tc, names_do_nothing_to_a_terminal);
	tcase_add_test(tc, a_new_error_forgets_the_last);
	tcase_add_test(tc, the_innermost_hint_stays);
	tcase_add_test(tc, too_long_a_chain_loses_its_inner_end);
	suite_add_tcase(s, tc);
	return s;
}
