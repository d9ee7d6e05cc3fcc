/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mapdef.h"

#include <errno.h>
#include <linux/bpf.h>

#include "unit.h"

/* what is in the file: more than any version of the struct has */
static const uint32_t record[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

/* compat: iproute2 4.1 had 20 bytes, 4.5 24, 4.6 28, 4.13 36; 32 was never
 * shipped, and is read as well */
static const struct {
	size_t size;
	int expected;
	const char *words;
} sizes[] = {
	{ 0,  -ENOTSUP, "at least 16" },
	{ 4,  -ENOTSUP, "at least 16" },
	{ 12, -ENOTSUP, "a map definition of 12 bytes, struct bpf_elf_map has at least 16" },
	{ 15, -ENOTSUP, "at least 16" },
	{ 16, 0, NULL },
	{ 17, -ENOTSUP, "a map definition of 17 bytes, no multiple of 4" },
	{ 18, -ENOTSUP, "no multiple of 4" },
	{ 20, 0, NULL },
	{ 24, 0, NULL },
	{ 28, 0, NULL },
	{ 32, 0, NULL },
	{ 36, 0, NULL },
	{ 37, -ENOTSUP, "at most 36" },
	{ 40, -ENOTSUP, "a map definition of 40 bytes, struct bpf_elf_map has at most 36" },
	{ 72, -ENOTSUP, "at most 36" },
};

START_TEST(sizes_of_the_struct)
{
	uint32_t fields[sizeof(struct bpf_elf_map) / 4];
	struct bpf_elf_map def;
	struct err err = { 0 };
	size_t i;
	int r;

	memset(&def, 0xaa, sizeof(def));
	r = mapdef_read(record, sizes[_i].size, &def, &err);
	ck_assert_int_eq(r, sizes[_i].expected);
	if (r < 0) {
		ck_assert_msg(strstr(err.text, sizes[_i].words) != NULL, "%s", err.text);
		return;
	}
	memcpy(fields, &def, sizeof(def));
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		ck_assert_uint_eq(fields[i], i < sizes[_i].size / 4 ? i + 1 : 0);
}
END_TEST

START_TEST(fields_stand_where_iproute2_has_them)
{
	struct bpf_elf_map def;
	struct err err;

	ck_assert_int_eq(mapdef_read(record, 36, &def, &err), 0);
	ck_assert_uint_eq(def.type, 1);
	ck_assert_uint_eq(def.size_key, 2);
	ck_assert_uint_eq(def.size_value, 3);
	ck_assert_uint_eq(def.max_elem, 4);
	ck_assert_uint_eq(def.flags, 5);
	ck_assert_uint_eq(def.id, 6);
	ck_assert_uint_eq(def.pinning, 7);
	ck_assert_uint_eq(def.inner_id, 8);
	ck_assert_uint_eq(def.inner_idx, 9);
}
END_TEST

START_TEST(a_record_need_not_be_aligned)
{
	char bytes[37] = { 0 };
	struct bpf_elf_map def;
	struct err err;

	memcpy(bytes + 1, record, 36);
	ck_assert_int_eq(mapdef_read(bytes + 1, 36, &def, &err), 0);
	ck_assert_uint_eq(def.inner_idx, 9);
}
END_TEST

START_TEST(types_have_the_names_of_bpftool)
{
	char text[MAPDEF_TYPE_SIZE];

	ck_assert_str_eq(mapdef_type(BPF_MAP_TYPE_HASH, text), "hash");
	ck_assert_str_eq(mapdef_type(BPF_MAP_TYPE_PROG_ARRAY, text), "prog_array");
	ck_assert_str_eq(mapdef_type(BPF_MAP_TYPE_DEVMAP_HASH, text), "devmap_hash");
	ck_assert_str_eq(mapdef_type(0, text), "0");
	ck_assert_str_eq(mapdef_type(1000, text), "1000");
	ck_assert_str_eq(mapdef_type(UINT32_MAX, text), "4294967295");
}
END_TEST

START_TEST(outer_maps_are_two_types)
{
	struct bpf_elf_map def = { .type = BPF_MAP_TYPE_HASH };

	ck_assert(!mapdef_is_outer(&def));
	def.type = BPF_MAP_TYPE_ARRAY_OF_MAPS;
	ck_assert(mapdef_is_outer(&def));
	def.type = BPF_MAP_TYPE_HASH_OF_MAPS;
	ck_assert(mapdef_is_outer(&def));
}
END_TEST

Suite *mapdef_suite(void)
{
	Suite *s = suite_create("mapdef");
	TCase *tc = tcase_create("mapdef");

	tcase_add_loop_test(tc, sizes_of_the_struct, 0, ARRAY_SIZE(sizes));
	tcase_add_test(tc, fields_stand_where_iproute2_has_them);
	tcase_add_test(tc, a_record_need_not_be_aligned);
	tcase_add_test(tc, types_have_the_names_of_bpftool);
	tcase_add_test(tc, outer_maps_are_two_types);
	suite_add_tcase(s, tc);
	return s;
}
