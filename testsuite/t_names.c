/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Numbers and names, as tc and ip 6.1 print and read them. */
#include "names.h"

#include <stdio.h>

#include "unit.h"

static const struct {
	uint32_t handle;
	const char *text;
} handles[] = {
	{ 0, "none" },		  { 0xffffffff, "root" },
	{ 0x00010000, "1:" },	  { 0x0001000a, "1:a" },
	{ 0x0000000a, ":a" },	  { 0xffff0000, "ffff:" },
	{ 0xfffffff2, "ffff:fff2" }, { 0x12340001, "1234:1" },
};

START_TEST(a_handle_is_written_and_read_back)
{
	char text[NAME_HANDLE_SIZE];
	uint32_t handle = 1;

	ck_assert_str_eq(name_handle(handles[_i].handle, text), handles[_i].text);
	ck_assert(name_to_handle(text, &handle));
	ck_assert_uint_eq(handle, handles[_i].handle);
}
END_TEST

#define NONE 0xdeadbeef		/* not a handle */

static const struct {
	const char *text;
	uint32_t handle;
} spellings[] = {
	{ "1",		0x00000001 },
	{ "10",		0x00000010 },
	{ "1:",		0x00010000 },
	{ "1:2",	0x00010002 },
	{ ":",		0 },
	{ ":3",		0x00000003 },
	{ "0x10:",	0x00100000 },
	{ "0x1:0x2",	0x00010002 },
	{ "",		NONE },
	{ "zz",		NONE },
	{ "1:x",	NONE },
	{ "1:2:3",	NONE },
	{ "10000:",	NONE },
	{ "1:10000",	NONE },
	{ "-1:",	NONE },
	{ "none",	0 },
	{ "root",	0xffffffff },
};

START_TEST(a_handle_is_read)
{
	uint32_t handle;

	if (!name_to_handle(spellings[_i].text, &handle))
		handle = NONE;
	ck_assert_uint_eq(handle, spellings[_i].handle);
}
END_TEST

static const struct {
	const char *text;
	int proto;		/* -1: none */
	const char *shown;
} protos[] = {
	{ "all", 3, "all" },	     { "ALL", 3, "all" },
	{ "ip", 0x0800, "ip" },	     { "ipv4", 0x0800, "ip" },
	{ "0x800", 0x0800, "ip" },   { "2048", 0x0800, "ip" },
	{ "ipv6", 0x86dd, "ipv6" },  { "802.1q", 0x8100, "802.1Q" },
	{ "802.1ad", 0x88a8, "802.1ad" }, { "0x1234", 0x1234, "[4660]" },
	{ "65536", -1, NULL },	     { "ip6", -1, NULL },
	{ "", -1, NULL },
};

START_TEST(a_protocol_is_read_and_shown)
{
	char text[NAME_PROTO_SIZE];
	uint16_t proto = 0;
	bool ok = name_to_proto(protos[_i].text, &proto);

	ck_assert_int_eq(ok ? proto : -1, protos[_i].proto);
	if (ok)
		ck_assert_str_eq(name_proto(proto, text), protos[_i].shown);
}
END_TEST

START_TEST(a_database_is_read)
{
	char path[] = "/tmp/bpfelf-names-XXXXXX";
	_cleanup_name_db_ struct name_db db;
	_cleanup_close_ int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	dprintf(fd, "# comment\n0\tdefault\n\n 7 seven # x\n0x10 hex\njunk\n7 last\n");
	name_db_read(&db, path);
	unlink(path);
	ck_assert_str_eq(name_db_get(&db, 0), "default");
	ck_assert_str_eq(name_db_get(&db, 7), "last");
	ck_assert_str_eq(name_db_get(&db, 16), "hex");
	ck_assert_ptr_null(name_db_get(&db, 8));
}
END_TEST

Suite *names_suite(void)
{
	Suite *suite = suite_create("names");
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, a_handle_is_written_and_read_back, 0,
			    ARRAY_SIZE(handles));
	tcase_add_loop_test(tc, a_handle_is_read, 0, ARRAY_SIZE(spellings));
	tcase_add_loop_test(tc, a_protocol_is_read_and_shown, 0,
			    ARRAY_SIZE(protos));
	tcase_add_test(tc, a_database_is_read);
	suite_add_tcase(suite, tc);
	return suite;
}
