/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mounts.h"

#include "unit.h"

static const struct {
	const char *text, *type, *dir, *options;	/* NULL dir: none */
} finds[] = {
	{ "", "bpf", NULL, NULL },
	{ "\n\n \n", "bpf", NULL, NULL },
	{ "bpf /a bpf rw 0 0\n", "bpf", "/a", "rw" },
	{ "bpf /a bpf rw,mode=700 0 0", "bpf", "/a", "rw,mode=700" },
	{ "a /a ext4 rw 0 0\nb /b bpf rw 0 0\nc /c bpf ro 0 0\n", "bpf", "/b", "rw" },
	{ "bpf /bpf ext4 rw 0 0\n", "bpf", NULL, NULL },
	{ "a /a bpffs rw\na /b bp rw\n", "bpf", NULL, NULL },
	{ "a /a\\040b\\134c\\011 bpf rw 0 0\n", "bpf", "/a b\\c\t", "rw" },
	{ "a /a\\ bpf rw\n", "bpf", "/a\\", "rw" },
	{ "a /a\\04 bpf rw\n", "bpf", "/a\\04", "rw" },
	{ "a /a bpf", "bpf", "/a", "" },		/* cut short */
	{ "a /a\n", "bpf", NULL, NULL },
	{ "bpf\n", "bpf", NULL, NULL },
	{ "bpf /a bpf\nbpf /b bpf x\n", "bpf", "/a", "" },
};

START_TEST(the_first_of_a_type_is_found)
{
	_cleanup_free_ char *text = strdup(finds[_i].text);
	struct mounts_entry found;

	ck_assert_int_eq(mounts_find(text, finds[_i].type, &found),
			 finds[_i].dir != NULL);
	if (!finds[_i].dir)
		return;
	ck_assert_str_eq(found.dir, finds[_i].dir);
	ck_assert_str_eq(found.options, finds[_i].options);
}
END_TEST

/* buf_str() of nothing read */
START_TEST(no_text_has_no_lines)
{
	struct mounts_entry found;

	ck_assert(!mounts_find(NULL, "bpf", &found));
}
END_TEST

Suite *mounts_suite(void)
{
	Suite *s = suite_create("mounts");
	TCase *tc = tcase_create("mounts");

	tcase_add_loop_test(tc, the_first_of_a_type_is_found, 0,
			    ARRAY_SIZE(finds));
	tcase_add_test(tc, no_text_has_no_lines);
	suite_add_tcase(s, tc);
	return s;
}
