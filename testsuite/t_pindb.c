/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pindb.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "unit.h"

static struct pindb db;
static struct err err;

static void start(void)
{
	memset(&db, 0, sizeof(db));
	err_clear(&err);
}

static void finish(void)
{
	pindb_free(&db);
}

static void parse(const char *text, size_t len)
{
	/* a copy ends where the text does, for the sanitizers */
	_cleanup_free_ char *copy = malloc(len + !len);

	memcpy(copy, text, len);
	ck_assert_int_eq(pindb_parse(&db, "DB", copy, len, &err), 0);
}

/* What iproute2 6.1 says to the same lines, where it says anything */

static const struct {
	const char *text;
	uint32_t number;
	const char *dir;	/* NULL: not there */
	const char *notes;
} files[] = {
	{ "4 foo/bar\n", 4, "foo/bar", "" },
	{ "4 foo/bar", 4, "foo/bar", "" },
	{ "4 foo/bar\n", 5, NULL, "" },
	{ "", 4, NULL, "" },
	{ "\n\n", 4, NULL, "" },
	{ "# 4 foo\n \t# 4 bar\n", 4, NULL, "" },
	{ "\t 4\t \tfoo\n", 4, "foo", "" },
	{ "4 foo # x\n5 a b c\n", 4, "foo", "" },
	{ "4 foo # x\n5 a b c\n", 5, "a", "" },
	{ "4 foo\r\n5 bar\r\n", 5, "bar", "" },
	{ "4 #foo\n", 4, "#foo", "" },
	{ "4 //a//b/\n", 4, "//a//b/", "" },
	{ "4 ..\n", 4, "..", "" },
	/* any base of C, signs, no need of a blank */
	{ "0x10 a\n", 16, "a", "" },
	{ "010 a\n", 8, "a", "" },
	{ "+4 a\n", 4, "a", "" },
	{ "4foo\n", 4, "foo", "" },
	{ "\f4\vfoo\n", 4, "foo", "" },
	{ "08 a\n3 b\n", 3, "b", "Database DB, id 0 is reserved - ignoring!\n" },
	{ "0xg a\n3 b\n", 3, "b", "Database DB, id 0 is reserved - ignoring!\n" },
	{ "4294967295 a\n", UINT32_MAX, "a", "" },
	{ "-1 a\n", UINT32_MAX, "a", "" },
	{ "-2147483648 a\n", 1U << 31, "a", "" },
	/* the last counts */
	{ "4 a\n5 b\n4 c\n", 4, "c", "" },
	{ "4 a\n0x4 b\n", 4, "b", "" },
	/* numbers that have a meaning */
	{ "1 a\n2 b\n0 c\n4 d\n", 4, "d",
	  "Database DB, id 1 is reserved - ignoring!\n"
	  "Database DB, id 2 is reserved - ignoring!\n"
	  "Database DB, id 0 is reserved - ignoring!\n" },
	{ "2 b\n", 2, NULL, "Database DB, id 2 is reserved - ignoring!\n" },
	/* the end of reading */
	{ "4 a\nbad line\n4 b\n5 c\n", 4, "a", "Database DB is corrupted at: bad line\n" },
	{ "4 a\nbad line\n4 b\n5 c\n", 5, NULL, "Database DB is corrupted at: bad line\n" },
	{ "4\n4 a\n", 4, NULL, "Database DB is corrupted at: 4\n" },
	{ "  4 \t\n4 a\n", 4, NULL, "Database DB is corrupted at: 4 \t\n" },
	{ "\f\n4 a\n", 4, NULL, "Database DB is corrupted at: \f\n" },
	{ "\r\n4 a\n", 4, NULL, "Database DB is corrupted at: \r\n" },
	{ "4294967296 a\n4 a\n", 4, NULL, "Database DB is corrupted at: 4294967296 a\n" },
	{ "-2147483649 a\n", 4, NULL, "Database DB is corrupted at: -2147483649 a\n" },
	{ "99999999999999999999 a\n", 4, NULL,
	  "Database DB is corrupted at: 99999999999999999999 a\n" },
	{ "- 4 a\n", 4, NULL, "Database DB is corrupted at: - 4 a\n" },
};

START_TEST(what_a_file_says)
{
	const char *dir;

	parse(files[_i].text, strlen(files[_i].text));
	ck_assert_str_eq(buf_str(&db.notes), files[_i].notes);
	dir = pindb_find(&db, files[_i].number);
	if (files[_i].dir)
		ck_assert_pstr_eq(dir, files[_i].dir);
	else
		ck_assert_ptr_null(dir);
}
END_TEST

START_TEST(bytes_of_zero_end_a_line)
{
	static const char text[] = "4 foo\0bar\n5 b\0\n6\0 c\n7 d\n";

	parse(text, sizeof(text) - 1);
	ck_assert_str_eq(pindb_find(&db, 4), "foo");
	ck_assert_str_eq(pindb_find(&db, 5), "b");
	ck_assert_ptr_null(pindb_find(&db, 7));
	ck_assert_str_eq(buf_str(&db.notes), "Database DB is corrupted at: 6\n");
}
END_TEST

START_TEST(the_end_may_come_anywhere)
{
	static const char text[] = "# a comment\n\n0x10 foo/bar # x\n2 b\n"
				   "010\tbaz\r\n16 qux\nbad\n9 gone\n";
	size_t len;

	for (len = 0; len < sizeof(text); len++) {
		parse(text, len);
		ck_assert_uint_le(db.cnt, 3);
		ck_assert_ptr_null(pindb_find(&db, 9));
		pindb_free(&db);
	}
}
END_TEST

START_TEST(lines_of_any_length_and_number)
{
	_cleanup_buf_ struct buf text = { 0 };
	int i;

	for (i = 3; i < 5000; i++)
		buf_addf(&text, "%d dir%d\n", i, i);
	buf_addf(&text, "# %0*d\n1000000 %0*d\n", 100000, 0, 100000, 0);
	parse(buf_str(&text), text.len);
	ck_assert_str_eq(pindb_find(&db, 4999), "dir4999");
	ck_assert_str_eq(pindb_find(&db, 3), "dir3");
	ck_assert_uint_eq(strlen(pindb_find(&db, 1000000)), 100000);
}
END_TEST

/* Files */

static char dir[] = "/tmp/bpfelf-pindb-XXXXXX";
static char one[64], two[64], below_one[80];

static void make_dir(void)
{
	start();
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(one, sizeof(one), "%s/one", dir);
	snprintf(two, sizeof(two), "%s/two", dir);
	snprintf(below_one, sizeof(below_one), "%s/one/bpf_pinning", dir);
}

static void remove_dir(void)
{
	remove(one);
	remove(two);
	remove(dir);
	finish();
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static int read_two(const char *first)
{
	static const char *paths[3];

	paths[0] = first;
	paths[1] = two;
	return pindb_read(&db, paths, &err);
}

START_TEST(the_first_file_is_the_whole_answer)
{
	_cleanup_free_ char *searched = str_printf("'%s'", one);

	write_file(one, "4 foo\n");
	write_file(two, "4 bar\n5 baz\n");
	ck_assert_int_eq(read_two(one), 0);
	ck_assert_str_eq(pindb_find(&db, 4), "foo");
	ck_assert_ptr_null(pindb_find(&db, 5));
	ck_assert_str_eq(db.file, one);
	ck_assert_str_eq(buf_str(&db.searched), searched);
}
END_TEST

START_TEST(an_empty_file_is_an_answer)
{
	write_file(one, "");
	write_file(two, "4 bar\n");
	ck_assert_int_eq(read_two(one), 0);
	ck_assert_uint_eq(db.cnt, 0);
	ck_assert_str_eq(db.file, one);
}
END_TEST

START_TEST(without_the_first_there_is_the_second)
{
	_cleanup_free_ char *searched = str_printf("'%s' (not there), '%s'", one, two);

	write_file(two, "4 bar\n");
	ck_assert_int_eq(read_two(one), 0);
	ck_assert_str_eq(pindb_find(&db, 4), "bar");
	ck_assert_str_eq(db.file, two);
	ck_assert_str_eq(buf_str(&db.searched), searched);
}
END_TEST

START_TEST(below_a_file_there_is_nothing)
{
	write_file(one, "");
	write_file(two, "4 bar\n");
	ck_assert_int_eq(read_two(below_one), 0);
	ck_assert_str_eq(pindb_find(&db, 4), "bar");
}
END_TEST

START_TEST(without_any_there_is_one_to_make)
{
	_cleanup_free_ char *searched =
		str_printf("'%s' (not there), '%s' (not there)", one, two);

	ck_assert_int_eq(read_two(one), 0);
	ck_assert_uint_eq(db.cnt, 0);
	ck_assert_str_eq(db.file, one);
	ck_assert_str_eq(buf_str(&db.searched), searched);
}
END_TEST

START_TEST(what_cannot_be_read_is_no_reason_to_go_on)
{
	_cleanup_free_ char *words = str_printf("read '%s': Is a directory", one);

	ck_assert_int_eq(mkdir(one, 0700), 0);
	write_file(two, "4 bar\n");
	ck_assert_int_eq(read_two(one), -EISDIR);
	ck_assert_str_eq(err.text, words);
	ck_assert_uint_eq(db.cnt, 0);
}
END_TEST

START_TEST(a_file_has_an_end)
{
	ck_assert_int_eq(read_two("/dev/zero"), -EFBIG);
	ck_assert_str_eq(err.text, "read '/dev/zero': File too large");
	pindb_free(&db);
	ck_assert_int_eq(read_two("/dev/null"), 0);
	/* nobody writes: no waiting for one */
	ck_assert_int_eq(mkfifo(one, 0600), 0);
	ck_assert_int_eq(read_two(one), 0);
}
END_TEST

Suite *pindb_suite(void)
{
	Suite *s = suite_create("pindb");
	TCase *tc = tcase_create("text");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, what_a_file_says, 0, ARRAY_SIZE(files));
	tcase_add_test(tc, bytes_of_zero_end_a_line);
	tcase_add_test(tc, the_end_may_come_anywhere);
	tcase_add_test(tc, lines_of_any_length_and_number);
	suite_add_tcase(s, tc);
	tc = tcase_create("files");
	tcase_add_checked_fixture(tc, make_dir, remove_dir);
	tcase_add_test(tc, the_first_file_is_the_whole_answer);
	tcase_add_test(tc, an_empty_file_is_an_answer);
	tcase_add_test(tc, without_the_first_there_is_the_second);
	tcase_add_test(tc, below_a_file_there_is_nothing);
	tcase_add_test(tc, without_any_there_is_one_to_make);
	tcase_add_test(tc, what_cannot_be_read_is_no_reason_to_go_on);
	tcase_add_test(tc, a_file_has_an_end);
	suite_add_tcase(s, tc);
	return s;
}
