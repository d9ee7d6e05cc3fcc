/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <stdio.h>

#include "nameindex.h"
#include "unit.h"

#define CNT 500

static char names[CNT][8];

static const char *name_of(const void *things, size_t i)
{
	ck_assert_ptr_eq(things, names);
	return names[i];
}

START_TEST(each_is_found_again)
{
	struct nameindex ix;
	size_t i;

	ck_assert(nameindex_init(&ix, names, CNT, name_of));
	for (i = 0; i < CNT; i++) {
		snprintf(names[i], sizeof(names[i]), "%zu", i * _i);
		if (!*nameindex_find(&ix, names[i]))
			*nameindex_find(&ix, names[i]) = i + 1;
	}
	/* of those with one name the first, which put itself there */
	for (i = 0; i < CNT; i++)
		ck_assert_uint_eq(*nameindex_find(&ix, names[i]), _i ? i + 1 : 1);
	ck_assert_uint_eq(*nameindex_find(&ix, "none"), 0);
	ck_assert_uint_eq(*nameindex_find(&ix, ""), 0);
	nameindex_free(&ix);
}
END_TEST

START_TEST(one_of_nothing_is_empty)
{
	struct nameindex ix;

	ck_assert(nameindex_init(&ix, NULL, 0, name_of));
	ck_assert_uint_eq(*nameindex_find(&ix, "none"), 0);
	nameindex_free(&ix);
}
END_TEST

Suite *nameindex_suite(void)
{
	Suite *s = suite_create("nameindex");
	TCase *tc = tcase_create("nameindex");

	tcase_add_loop_test(tc, each_is_found_again, 0, 2);
	tcase_add_test(tc, one_of_nothing_is_empty);
	suite_add_tcase(s, tc);
	return s;
}
