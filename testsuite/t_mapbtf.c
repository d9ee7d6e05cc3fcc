/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps that types define: what each attribute may be, and what is said of others. */
#include "mapbtf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>

#include "mapgen.h"
#include "unit.h"

enum {
	INT = 1, PTR, ARRAY, STRUCT, FWD = 7, TYPEDEF, CONST = 10, FUNC_PROTO = 13,
};

/* ids of the types that start() makes */
enum {
	U32 = 1, U64, ENTRY, ENTRY_T, ENTRY_C, THREE, FUNC, UNKNOWN, LOOP, LOOP2,
	NOTHING, HUGE,
};

/* shorter */
#define NUM	MAPGEN_NUM
#define NAMES	MAPGEN_TYPE
#define ONE	MAPGEN_ENUM
#define WIDE	MAPGEN_WIDE
#define VALUES	MAPGEN_VALUES
#define PLAIN	MAPGEN_PLAIN

static struct btfgen g;
static struct btf btf;
static struct err err;

static uint32_t pointer(uint32_t to)
{
	return btfgen_type(&g, "", BTFGEN(PTR, 0), to, NO_WORDS);
}

static uint32_t array(uint32_t of, uint32_t cnt)
{
	return btfgen_type(&g, "", BTFGEN(ARRAY, 0), 0, WORDS(of, U32, cnt));
}

static void start(void)
{
	memset(&g, 0, sizeof(g));
	memset(&btf, 0, sizeof(btf));
	err_clear(&err);
	btfgen_type(&g, "u32", BTFGEN(INT, 0), 4, WORDS(32));
	btfgen_type(&g, "u64", BTFGEN(INT, 0), 8, WORDS(64));
	btfgen_type(&g, "entry", BTFGEN(STRUCT, 0), 12, NO_WORDS);
	btfgen_type(&g, "entry_t", BTFGEN(TYPEDEF, 0), ENTRY, NO_WORDS);
	btfgen_type(&g, "", BTFGEN(CONST, 0), ENTRY_T, NO_WORDS);
	array(ENTRY_C, 3);
	btfgen_type(&g, "", BTFGEN(FUNC_PROTO, 0), U32, NO_WORDS);
	btfgen_type(&g, "unknown", BTFGEN(FWD, 0), 0, NO_WORDS);
	btfgen_type(&g, "loop", BTFGEN(TYPEDEF, 0), LOOP2, NO_WORDS);
	btfgen_type(&g, "loop2", BTFGEN(TYPEDEF, 0), LOOP, NO_WORDS);
	array(ENTRY, 0);
	array(ENTRY, 1u << 31);
}

static void finish(void)
{
	btf_free(&btf);
}

static void take_btf(void)
{
	static const struct image none;
	_cleanup_buf_ struct buf bytes = { 0 };

	btfgen_end(&g, &bytes, NULL);
	ck_assert_msg(btf_read(&btf, &none, NULL, bytes.data, bytes.len, &err) == 0, "%s", err.text);
}

static int read_it(const struct mapgen_attr *attrs, struct mapbtf *map)
{
	uint32_t id = mapgen_define(&g, attrs);

	take_btf();
	return mapbtf_read(&btf, id, map, &err);
}

static void print(const struct mapbtf *map, struct buf *out)
{
	buf_addf(out, "%u %u/%u %u/%u %u %#x pin %u id %u inner %u/%u node %u extra %#jx",
		 map->def.type, map->def.size_key, map->key_type, map->def.size_value,
		 map->value_type, map->def.max_elem, map->def.flags, map->def.pinning,
		 map->def.id, map->def.inner_id, map->def.inner_idx, map->numa_node,
		 (uintmax_t)map->map_extra);
	if (map->values)
		buf_addf(out, " %s at %u", map->values == MAPBTF_MAPS ? "maps" : "programs",
			 map->values_at);
}

#define HASH	{ "type", NUM, BPF_MAP_TYPE_HASH }
#define ARR_OF	{ "type", NUM, BPF_MAP_TYPE_ARRAY_OF_MAPS }
#define PROGS	{ "type", NUM, BPF_MAP_TYPE_PROG_ARRAY }

static const struct {
	struct mapgen_attr attrs[MAPGEN_ATTRS];
	const char *expected;
} fine[] = {
	{ { HASH }, "1 0/0 0/0 0 0 pin 0 id 0 inner 0/0 node 0 extra 0" },
	{ { HASH, { "key", NAMES, U32 }, { "value", NAMES, U64 }, { "max_entries", NUM, 7 } },
	  "1 4/1 8/2 7 0 pin 0 id 0 inner 0/0 node 0 extra 0" },
	{ { HASH, { "key_size", NUM, 6 }, { "value_size", NUM, 70000 },
	    { "map_flags", NUM, 5 }, { "numa_node", NUM, 3 }, { "map_extra", NUM, 2 } },
	  "1 6/0 70000/0 0 0x5 pin 0 id 0 inner 0/0 node 3 extra 0x2" },
	/* beneath typedefs, qualifiers and dimensions */
	{ { HASH, { "key", NAMES, ENTRY_C }, { "value", NAMES, THREE } },
	  "1 12/5 36/6 0 0 pin 0 id 0 inner 0/0 node 0 extra 0" },
	/* a size and a type that agree */
	{ { { "key_size", NUM, 4 }, HASH, { "key", NAMES, U32 }, { "value", NAMES, U32 },
	    { "value_size", NUM, 4 } },
	  "1 4/1 4/1 0 0 pin 0 id 0 inner 0/0 node 0 extra 0" },
	/* LIBBPF_PIN_BY_NAME is PIN_GLOBAL_NS, and others are what they are */
	{ { HASH, { "pinning", NUM, 0 } }, "1 0/0 0/0 0 0 pin 0 id 0 inner 0/0 node 0 extra 0" },
	{ { HASH, { "pinning", NUM, 1 } }, "1 0/0 0/0 0 0 pin 2 id 0 inner 0/0 node 0 extra 0" },
	{ { HASH, { "pinning", NUM, 2 } }, "1 0/0 0/0 0 0 pin 2 id 0 inner 0/0 node 0 extra 0" },
	{ { HASH, { "pinning", NUM, 16 } }, "1 0/0 0/0 0 0 pin 16 id 0 inner 0/0 node 0 extra 0" },
	/* those of struct bpf_elf_map */
	{ { HASH, { "id", NUM, 9 }, { "inner_id", NUM, 8 }, { "inner_idx", NUM, 7 } },
	  "1 0/0 0/0 0 0 pin 0 id 9 inner 8/7 node 0 extra 0" },
	/* numbers as enums, which may be wide */
	{ { { "type", ONE, 1 }, { "max_entries", ONE, 5 }, { "map_extra", WIDE, 1 } },
	  "1 0/0 0/0 5 0 pin 0 id 0 inner 0/0 node 0 extra 0x100000000" },
	{ { PROGS, { "key_size", NUM, 4 }, { "max_entries", NUM, 2 }, { "values", VALUES, FUNC } },
	  "3 4/0 4/0 2 0 pin 0 id 0 inner 0/0 node 0 extra 0 programs at 24" },
	{ { ARR_OF, { "key", NAMES, U32 }, { "value_size", NUM, 4 }, { "values", VALUES, ENTRY } },
	  "12 4/1 4/0 0 0 pin 0 id 0 inner 0/0 node 0 extra 0 maps at 24" },
};

START_TEST(attributes)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct mapbtf map;

	ck_assert_msg(read_it(fine[_i].attrs, &map) == 0, "%s", err.text);
	print(&map, &text);
	ck_assert_str_eq(buf_str(&text), fine[_i].expected);
}
END_TEST

static const struct {
	struct mapgen_attr attrs[MAPGEN_ATTRS];
	int expected;
	const char *words, *hint;
} wrong[] = {
	{ { { "key", NAMES, U32 } }, -EINVAL, "it has no attribute 'type'", "__uint(type" },
	{ { { "type", NUM, 0 } }, -EINVAL, "it has no attribute 'type'", "" },
	{ { HASH, { "max_elem", NUM, 5 } }, -ENOTSUP,
	  "attribute 'max_elem': maps have no such attribute", "attributes are type, key, " },
	{ { HASH, { "", NUM, 5 } }, -ENOTSUP, "attribute '': maps have no such attribute", "" },
	{ { HASH, { "max_entries", PLAIN, U32 } }, -EBADMSG,
	  "attribute 'max_entries': it says no number", "__uint(max_entries, N)" },
	{ { HASH, { "max_entries", NAMES, U32 } }, -EBADMSG,
	  "attribute 'max_entries': it says no number", "" },
	{ { HASH, { "max_entries", WIDE, 1 } }, -EINVAL,
	  "attribute 'max_entries': 4294967296 does not fit into 32 bits", "" },
	{ { HASH, { "key", PLAIN, U32 } }, -EBADMSG, "attribute 'key': it names no type",
	  "__type(key, TYPE)" },
	{ { HASH, { "key", NAMES, UNKNOWN } }, -EINVAL, "attribute 'key': its type has no size",
	  "only declare 'unknown': have a global variable" },
	{ { HASH, { "key", NAMES, 0 } }, -EINVAL, "attribute 'key': its type has no size", "" },
	{ { HASH, { "key", NAMES, 9999 } }, -EINVAL, "attribute 'key': its type has no size", "" },
	{ { HASH, { "key", NAMES, LOOP } }, -EINVAL, "attribute 'key': its type has no size", "" },
	{ { HASH, { "value", NAMES, NOTHING } }, -EINVAL, "attribute 'value': its type has no size", "" },
	{ { HASH, { "value", NAMES, HUGE } }, -EINVAL, "attribute 'value': its type has no size", "" },
	{ { HASH, { "key", NAMES, U32 }, { "key_size", NUM, 8 } }, -EINVAL,
	  "attribute 'key_size': 8 bytes, another attribute says 4", "" },
	{ { HASH, { "value_size", NUM, 8 }, { "value", NAMES, U32 } }, -EINVAL,
	  "attribute 'value': 4 bytes, another attribute says 8", "" },
	{ { HASH, { "values", VALUES, ENTRY } }, -EINVAL,
	  "attribute 'values': a map of type hash does not hold maps", "" },
	{ { ARR_OF, { "values", VALUES, FUNC } }, -EINVAL,
	  "attribute 'values': a map of type array_of_maps does not hold programs", "" },
	{ { PROGS, { "values", VALUES, ENTRY } }, -EINVAL,
	  "attribute 'values': a map of type prog_array does not hold maps", "" },
	{ { PROGS, { "values", VALUES, U32 } }, -EBADMSG,
	  "attribute 'values': it is no array of pointers to maps or programs", "__array(values" },
	{ { PROGS, { "values", PLAIN, FUNC } }, -EBADMSG,
	  "attribute 'values': it is no array of pointers to maps or programs", "" },
	{ { PROGS, { "value_size", NUM, 8 }, { "values", VALUES, FUNC } }, -EINVAL,
	  "attribute 'values': 4 bytes, another attribute says 8", "" },
	{ { { "type", PLAIN, LOOP } }, -EBADMSG, "attribute 'type': it says no number", "" },
};

START_TEST(what_is_wrong_with_an_attribute)
{
	struct mapbtf map;

	ck_assert_int_eq(read_it(wrong[_i].attrs, &map), wrong[_i].expected);
	ck_assert_str_eq(err.text, wrong[_i].words);
	ck_assert_msg(strstr(err.hint, wrong[_i].hint) != NULL, "%s", err.hint);
}
END_TEST

START_TEST(what_is_no_struct)
{
	struct mapbtf map;

	take_btf();
	ck_assert_int_eq(mapbtf_read(&btf, U32, &map, &err), -EBADMSG);
	ck_assert_int_eq(mapbtf_read(&btf, LOOP, &map, &err), -EBADMSG);
	ck_assert_int_eq(mapbtf_read(&btf, 0, &map, &err), -EBADMSG);
	ck_assert_int_eq(mapbtf_read(&btf, 9999, &map, &err), -EBADMSG);
	ck_assert_str_eq(err.text, "it is no variable of a struct type");
}
END_TEST

START_TEST(bit_offsets_of_large_structs)
{
	uint32_t values = array(pointer(FUNC), 0), id;
	uint32_t type = pointer(array(U32, BPF_MAP_TYPE_PROG_ARRAY));
	struct mapbtf map;

	/* with bit fields about, an offset has a size above it */
	id = btfgen_type(&g, "", BTFGEN(STRUCT, 2) | 1u << 31, 16,
			 WORDS(btfgen_string(&g, "type"), type, 0,
			       btfgen_string(&g, "values"), values, 5u << 24 | 64));
	take_btf();
	ck_assert_int_eq(mapbtf_read(&btf, id, &map, &err), 0);
	ck_assert_uint_eq(map.values_at, 8);
}
END_TEST

static const struct mapgen_attr pinned_inner[] = { HASH, { "pinning", NUM, 1 }, { 0 } };
static const struct mapgen_attr nested_inner[] = { ARR_OF, { "values", VALUES, ENTRY }, { 0 } };
static const struct mapgen_attr fine_inner[] = { HASH, { "key", NAMES, U32 }, { 0 } };

START_TEST(inner_maps_have_fewer_attributes)
{
	uint32_t pinned = mapgen_define(&g, pinned_inner), nested = mapgen_define(&g, nested_inner);
	uint32_t good = mapgen_define(&g, fine_inner);
	struct mapbtf map;

	take_btf();
	ck_assert_int_eq(mapbtf_read_inner(&btf, good, &map, &err), 0);
	ck_assert_uint_eq(map.def.size_key, 4);
	ck_assert_int_eq(mapbtf_read_inner(&btf, pinned, &map, &err), -ENOTSUP);
	ck_assert_str_eq(err.text, "attribute 'pinning': an inner map has no such attribute");
	ck_assert_ptr_null(strstr(err.hint, "pinning"));
	ck_assert_int_eq(mapbtf_read_inner(&btf, nested, &map, &err), -ENOTSUP);
	ck_assert_str_eq(err.text, "attribute 'values': an inner map has no such attribute");
}
END_TEST

START_TEST(sizes_of_types)
{
	take_btf();
	ck_assert_int_eq(types_size(&btf.types, THREE), 36);
	ck_assert_int_eq(types_size(&btf.types, LOOP2), -1);
	ck_assert_int_eq(types_size(&btf.types, FUNC), -1);
	ck_assert_uint_eq(types_skip(&btf.types, ENTRY_C), ENTRY);
	ck_assert_uint_eq(types_skip(&btf.types, LOOP), 0);
	ck_assert_uint_eq(type_kind(types_get(&btf.types, 12345)), TYPE_VOID);
}
END_TEST

Suite *mapbtf_suite(void)
{
	Suite *s = suite_create("mapbtf");
	TCase *tc = tcase_create("mapbtf");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, attributes, 0, ARRAY_SIZE(fine));
	tcase_add_loop_test(tc, what_is_wrong_with_an_attribute, 0, ARRAY_SIZE(wrong));
	tcase_add_test(tc, what_is_no_struct);
	tcase_add_test(tc, bit_offsets_of_large_structs);
	tcase_add_test(tc, inner_maps_have_fewer_attributes);
	tcase_add_test(tc, sizes_of_types);
	suite_add_tcase(s, tc);
	return s;
}
