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
	{ "tc",  3,             "m",      -ENOTSUP, "pinning 3 stands in no line of 'DB'" },
	{ "tc",  UINT32_MAX,    "m",      -ENOTSUP, "pinning 4294967295 stands in no line" },
	/* a sibling of tc/, whatever the program's type */
	{ "tc",  10,            "m",      0, "foo/bar/m" },
	{ "xdp", 10,            "m",      0, "foo/bar/m" },
	{ NULL,  10,            "m",      0, "foo/bar/m" },
	{ "tc",  11,            "m",      0, "a/b/c/m" },
	{ "tc",  12,            "m",      0, "a/b/m" },
	{ "tc",  13,            "m",      0, "m" },
	{ "tc",  14,            "m",      0, "tc/globals/m" },
	{ "tc",  15,            "m",      -EINVAL,
	  "pinning 15 in 'DB', '..': '..' could lead out of the bpffs" },
	{ "tc",  16,            "m",      -EINVAL, "'..' could lead" },
	{ "tc",  17,            "m",      -EINVAL, "'..' could lead" },
	{ "tc",  18,            "m",      -EINVAL, "'..' could lead" },
	{ "tc",  19,            "m",      -EINVAL,
	  "pinning 19 in 'DB', 'maps.d': a bpffs takes no names with '.'" },
	{ "tc",  20,            "m",      -EINVAL, "no names with '.'" },
	{ "tc",  10,            "../m",   -EINVAL, "'/'" },
	{ "tc",  10,            "",       -EINVAL, "no name" },
};

static const char own[] =
	"10 foo/bar\n"
	"11 //a//b///c/\n"
	"12 ./a/./b/.\n"
	"13 /\n"
	"14 tc/globals\n"
	"15 ..\n"
	"16 ../../tmp\n"
	"17 a/../../b\n"
	"18 a/..\n"
	"19 maps.d\n"
	"20 a/...\n";

static void read_db(struct pindb *db, const char *text)
{
	struct err err;

	memset(db, 0, sizeof(*db));
	ck_assert_int_eq(pindb_parse(db, "DB", text, strlen(text), &err), 0);
	buf_addf(&db->searched, "'DB'");
}

START_TEST(where_a_map_is_pinned)
{
	_cleanup_(pindb_free) struct pindb db;
	const struct pinpath_ns ns = { paths[_i].subdir, SHA, &db };
	_cleanup_free_ char *path = (char *)"unset";
	struct err err = { 0 };
	int r;

	read_db(&db, own);
	r = pinpath_map(&ns, paths[_i].pinning, paths[_i].name, &path, &err);
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

/* @n directories of @len characters each, for number 7 */
static int map_below(size_t n, size_t len, size_t *path_len, struct err *err)
{
	_cleanup_(pindb_free) struct pindb db;
	const struct pinpath_ns ns = { "tc", SHA, &db };
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_free_ char *path = NULL;
	int r;

	buf_addf(&text, "7 ");
	while (n--)
		buf_addf(&text, "%0*d/", (int)len, 0);
	read_db(&db, buf_str(&text));
	r = pinpath_map(&ns, 7, "m", &path, err);
	*path_len = path ? strlen(path) : 0;
	return r;
}

START_TEST(a_path_is_as_long_as_the_kernel_takes_it)
{
	struct err err;
	size_t len;

	ck_assert_int_eq(map_below(1, 255, &len, &err), 0);
	ck_assert_int_eq(map_below(1, 256, &len, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, ": a name of 256 bytes, files have at most 255"));
	ck_assert_int_eq(map_below(15, 255, &len, &err), 0);
	ck_assert_uint_eq(len, 15 * 256 + 1);
	ck_assert_int_eq(map_below(2047, 1, &len, &err), 0);
	ck_assert_uint_eq(len, 4095);
	ck_assert_int_eq(map_below(2048, 1, &len, &err), -ENAMETOOLONG);
	ck_assert_str_eq(err.text, "a pin path of 4097 bytes, they have at most 4095");
}
END_TEST

START_TEST(who_uses_an_unknown_number_hears_what_to_write)
{
	struct err err = { 0 };
	struct pindb db;
	char *path;

	read_db(&db, own);
	pinpath_map(&(struct pinpath_ns){ "tc", SHA, &db }, 77, "m", &path, &err);
	ck_assert_str_eq(err.hint, "say where, below the bpffs, by a line in DB: "
			 "77 some/directory");
	pindb_free(&db);
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
	tcase_add_test(tc, a_path_is_as_long_as_the_kernel_takes_it);
	tcase_add_test(tc, who_uses_an_unknown_number_hears_what_to_write);
	tcase_add_test(tc, each_program_type_has_its_directory);
	tcase_add_test(tc, short_paths_begin_with_m);
	suite_add_tcase(s, tc);
	return s;
}
