/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pinpath.h"

#include <errno.h>
#include <iproute2/bpf_elf.h>
#include <linux/bpf.h>

#include "unit.h"

#define SHA "da39a3ee5e6b4b0d3255bfef95601890afd80709"

static const struct {
	const char *subdir;
	uint32_t pinning;
	const char *name;
	int expected;
	const char *path;	/* or words of the error */
} paths[] = {
	{ "tc",  PIN_NONE,      "m",      0, NULL },
	{ "tc",  PIN_NONE,      "a/b",    0, NULL },
	{ "tc",  PIN_GLOBAL_NS, "m",      0, "tc/globals/m" },
	{ "xdp", PIN_GLOBAL_NS, "m",      0, "xdp/globals/m" },
	{ "ip",  PIN_OBJECT_NS, "m",      0, "ip/" SHA "/m" },
	{ "tc",  PIN_GLOBAL_NS, "m y-map", 0, "tc/globals/m y-map" },
	{ "tc",  PIN_GLOBAL_NS, "",       -EINVAL, "no name" },
	{ "tc",  PIN_GLOBAL_NS, "../esc", -EINVAL, "'/'" },
	{ "tc",  PIN_GLOBAL_NS, "a/b",    -EINVAL, "'/'" },
	{ "tc",  PIN_GLOBAL_NS, "/",      -EINVAL, "'/'" },
	{ "tc",  PIN_GLOBAL_NS, ".",      -EINVAL, "'.'" },
	{ "tc",  PIN_GLOBAL_NS, "..",     -EINVAL, "'.'" },
	{ "tc",  PIN_OBJECT_NS, "map.0",  -EINVAL, "'.'" },
	{ "tc",  3,             "m",      -ENOTSUP,
	  "pinning 3 is none of PIN_NONE (0), PIN_OBJECT_NS (1), PIN_GLOBAL_NS (2)" },
	{ "tc",  UINT32_MAX,    "m",      -ENOTSUP, "pinning 4294967295" },
};

START_TEST(where_a_map_is_pinned)
{
	_cleanup_free_ char *path = (char *)"unset";
	struct err err = { 0 };
	int r;

	r = pinpath_map(paths[_i].subdir, SHA, paths[_i].pinning,
			paths[_i].name, &path, &err);
	ck_assert_int_eq(r, paths[_i].expected);
	if (r < 0) {
		ck_assert_ptr_null(path);
		ck_assert_msg(strstr(err.text, paths[_i].path) != NULL, "%s", err.text);
	} else if (paths[_i].path) {
		ck_assert_str_eq(path, paths[_i].path);
	} else {
		ck_assert_ptr_null(path);
	}
}
END_TEST

START_TEST(a_name_is_as_long_as_a_file_may_be)
{
	char name[258] = "";
	struct err err;

	memset(name, 'x', 255);
	ck_assert_int_eq(pinpath_check_name(name, &err), 0);
	name[255] = 'x';
	ck_assert_int_eq(pinpath_check_name(name, &err), -EINVAL);
	ck_assert_str_eq(err.text, "a name of 256 bytes, files have at most 255");
}
END_TEST

START_TEST(each_program_type_has_its_directory)
{
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_SCHED_CLS), "tc");
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_SCHED_ACT), "tc");
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_XDP), "xdp");
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_LWT_IN), "ip");
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_LWT_OUT), "ip");
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_LWT_XMIT), "ip");
	ck_assert_str_eq(pinpath_subdir(BPF_PROG_TYPE_LWT_SEG6LOCAL), "ip");
	ck_assert_ptr_null(pinpath_subdir(BPF_PROG_TYPE_KPROBE));
}
END_TEST

START_TEST(short_paths_begin_with_m)
{
	ck_assert_str_eq(pinpath_short("m:globals/x"), "globals/x");
	ck_assert_ptr_null(pinpath_short("m:"));
	ck_assert_ptr_null(pinpath_short("/m:x"));
	ck_assert_ptr_null(pinpath_short("M:x"));
	ck_assert_ptr_null(pinpath_short(""));
}
END_TEST

Suite *pinpath_suite(void)
{
	Suite *s = suite_create("pinpath");
	TCase *tc = tcase_create("pinpath");

	tcase_add_loop_test(tc, where_a_map_is_pinned, 0, ARRAY_SIZE(paths));
	tcase_add_test(tc, a_name_is_as_long_as_a_file_may_be);
	tcase_add_test(tc, each_program_type_has_its_directory);
	tcase_add_test(tc, short_paths_begin_with_m);
	suite_add_tcase(s, tc);
	return s;
}
