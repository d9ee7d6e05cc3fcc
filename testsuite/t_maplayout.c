/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which struct section `maps` holds: by types, by values, as asked for. */
#include "object.h"

#include <errno.h>
#include <linux/btf.h>

#include "btfgen.h"
#include "rig.h"
#include "unit.h"

#define ELF	MAPLAYOUT_ELF
#define DEF	MAPLAYOUT_DEF
#define OUTER	BPF_MAP_TYPE_ARRAY_OF_MAPS
#define NODE	BPF_F_NUMA_NODE

static struct elfgen g;
static struct btfgen b;
static struct bpfelf_object *obj;
static struct err err;

static void start(void)
{
	obj = NULL;
	memset(&b, 0, sizeof(b));
	err_clear(&err);
	elfgen_init(&g);
	btfgen_type(&b, "u32", BTFGEN(BTF_KIND_INT, 0), 4, WORDS(32));
}

static void finish(void)
{
	buf_free(&b.types);
	buf_free(&b.strings);
	bpfelf_object_free(obj);
	elfgen_free(&g);
}

static int open_as(enum maplayout layout)
{
	_cleanup_buf_ struct buf bytes = { 0 }, btf = { 0 };

	btfgen_end(&b, &btf, NULL);
	elfgen_data(&g, ".BTF", btf.data, btf.len);
	elfgen_end(&g, &bytes);
	return object_open_mem_as(&obj, bytes.data, bytes.len, "test.o", layout, &err);
}

/* Values */

static const struct {
	struct bpf_elf_map def;
	size_t size;
	enum maplayout expected;
} by_values[] = {
	/* what both have, or all zero, could be either */
	{ { .type = 1 }, 16, 0 },
	{ { .type = 1, .flags = NODE }, 20, 0 },
	{ { .type = OUTER }, 20, 0 },
	{ { .type = 1 }, 24, 0 },
	{ { .type = 1 }, 28, 0 },
	{ { .type = 1, .flags = NODE, .pinning = 2 }, 28, 0 },
	/* an index of what is no map of maps, a node without the flag */
	{ { .type = 1, .id = 1 }, 24, ELF },
	{ { .type = 1, .pinning = PIN_GLOBAL_NS }, 28, ELF },
	{ { .type = OUTER, .pinning = PIN_GLOBAL_NS }, 28, ELF },
	/* inner maps that nothing describes, a node that is no pinning */
	{ { .type = OUTER }, 24, DEF },
	{ { .type = OUTER, .id = 3 }, 28, DEF },
	{ { .type = 1, .flags = NODE, .pinning = 3 }, 28, DEF },
	/* so long is iproute2's only */
	{ { .type = OUTER }, 32, ELF },
	{ { .type = 1 }, 36, ELF },
};

START_TEST(what_values_speak_for)
{
	ck_assert_int_eq(maplayout_of_values(&by_values[_i].def, by_values[_i].size),
			 by_values[_i].expected);
}
END_TEST

/* Types */

static const struct {
	const char *name, *sixth;
	enum maplayout expected;
} by_types[] = {
	{ "bpf_elf_map", "id", ELF },
	{ "bpf_elf_map", "pinning", ELF },	/* as iproute2 4.5 had it */
	{ "bpf_map_def", "inner_map_idx", DEF },
	{ "bpf_map_def", "whatever", DEF },
	{ "bpf_map_def_legacy", "", DEF },
	{ "bpf_map_def", "id", ELF },		/* a member says more than a name */
	{ "mine", "inner_map_idx", DEF },
	{ "mine", "id", ELF },
	{ "mine", "whatever", 0 },
	{ "", "", 0 },
};

/* a struct whose member at byte 20 is @sixth, if any */
static uint32_t a_struct(const char *name, const char *sixth)
{
	uint32_t words[] = {
		btfgen_string(&b, "type"), 1, 0, btfgen_string(&b, sixth), 1, 160,
	};

	return btfgen_type(&b, name, BTFGEN(BTF_KIND_STRUCT, *sixth ? 2 : 1), 28, words,
			   *sixth ? 6 : 3);
}

START_TEST(what_types_say)
{
	static const struct image none;
	_cleanup_buf_ struct buf bytes = { 0 };
	uint32_t id = a_struct(by_types[_i].name, by_types[_i].sixth);
	uint32_t constant = btfgen_type(&b, "", BTFGEN(BTF_KIND_CONST, 0), id, NO_WORDS);
	struct btf btf;

	btfgen_end(&b, &bytes, NULL);
	ck_assert_int_eq(btf_read(&btf, &none, NULL, bytes.data, bytes.len, &err), 0);
	ck_assert_int_eq(maplayout_of_type(&btf, id), by_types[_i].expected);
	ck_assert_int_eq(maplayout_of_type(&btf, constant), by_types[_i].expected);
	ck_assert_int_eq(maplayout_of_type(&btf, 1), 0);
	ck_assert_int_eq(maplayout_of_type(&btf, 99), 0);
	btf_free(&btf);
}
END_TEST

/* Objects: words 6 and 7 of each map, a type for the first */

struct words {
	uint32_t type, sixth, seventh;
};

static void add_map(const char *name, const struct words *w)
{
	const struct bpf_elf_map def = {
		.type = w->type, .size_key = 4, .size_value = 4, .max_elem = 1,
		.id = w->sixth, .pinning = w->seventh,
	};

	elfgen_map(&g, name, &def, 28);
}

static void add_type(const char *map, const char *name)
{
	uint32_t id = a_struct(name, ""), var;

	var = btfgen_type(&b, map, BTFGEN(BTF_KIND_VAR, 0), id, WORDS(1));
	btfgen_type(&b, "maps", BTFGEN(BTF_KIND_DATASEC, 1), 0, WORDS(var, 0, 28));
}

static const struct {
	const char *type;		/* of the first map, NULL: none */
	struct words a, b;
	const char *expected;		/* layout, inner map from 1, node, id, pinning */
} objects[] = {
	{ NULL, { 1, 0, 0 }, { 1, 0, 0 }, "a 1 0 0 0 0, b 1 0 0 0 0" },
	{ NULL, { 1, 0, 0 }, { OUTER, 0, 0 }, "a 2 0 0 0 0, b 2 1 0 0 0" },
	{ NULL, { OUTER, 1, 0 }, { 1, 0, 0 }, "a 2 2 0 0 0, b 2 0 0 0 0" },
	/* an inner map that is not there, or that is none */
	{ NULL, { 1, 0, 0 }, { OUTER, 2, 0 }, "a 1 0 0 0 0, b 1 0 0 2 0" },
	{ NULL, { OUTER, 1, 0 }, { OUTER, 0, 0 }, "a 1 0 0 1 0, b 1 0 0 0 0" },
	/* one that can only be iproute2's */
	{ NULL, { 1, 7, 2 }, { OUTER, 0, 0 }, "a 1 0 0 7 2, b 1 0 0 0 0" },
	/* what is known of one goes for those that are not known */
	{ "bpf_map_def", { 1, 0, 5 }, { 1, 0, 0 }, "a 2 0 5 0 0, b 2 0 0 0 0" },
	{ "bpf_elf_map", { 1, 0, 5 }, { OUTER, 0, 0 }, "a 1 0 0 0 5, b 1 0 0 0 0" },
	{ "mine", { 1, 0, 0 }, { OUTER, 0, 0 }, "a 2 0 0 0 0, b 2 1 0 0 0" },
};

static void print_layouts(struct buf *text)
{
	const struct bpfelf_map *map;
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++) {
		map = &obj->maps[i];
		buf_addf(text, "%s%s %d %zu %u %u %u", i ? ", " : "", map->name, (int)map->layout,
			 map->inner, map->numa_node, map->def.id, map->def.pinning);
	}
}

START_TEST(an_object_has_one_of_them)
{
	_cleanup_buf_ struct buf text = { 0 };

	add_map("a", &objects[_i].a);
	add_map("b", &objects[_i].b);
	if (objects[_i].type)
		add_type("a", objects[_i].type);
	ck_assert_msg(open_as(0) == 0, "%s", err.text);
	print_layouts(&text);
	ck_assert_str_eq(buf_str(&text), objects[_i].expected);
}
END_TEST

static const struct {
	enum maplayout asked;
	const char *expected;
} asked[] = {
	{ DEF, "a 2 0 2 0 0, b 2 1 3 0 0" },
	{ ELF, "a 1 0 0 7 2, b 1 0 0 0 3" },
};

START_TEST(who_asks_for_one_gets_it)
{
	_cleanup_buf_ struct buf text = { 0 };

	add_map("a", &(struct words){ 1, 7, 2 });
	add_map("b", &(struct words){ OUTER, 0, 3 });
	add_type("a", _i ? "bpf_map_def" : "bpf_elf_map");
	ck_assert_int_eq(open_as(asked[_i].asked), 0);
	print_layouts(&text);
	ck_assert_str_eq(buf_str(&text), asked[_i].expected);
}
END_TEST

static const struct {
	struct bpf_elf_map a, b;
	int expected;
	const char *words;
} wrong[] = {
	{ { .type = OUTER, .id = 2 }, { .type = 1 }, -EINVAL,
	  "map 'a': inner_map_idx 2, there are 2 maps" },
	{ { .type = OUTER, .id = 1 }, { .type = OUTER }, -EINVAL,
	  "map 'a': inner_map_idx 1: map 'b' is a map of maps itself" },
	{ { .type = OUTER, .id = 0 }, { .type = 1 }, -EINVAL,
	  "map 'a': inner_map_idx 0: map 'a' is a map of maps itself" },
	{ { .type = 1 }, { .type = 1, .inner_idx = 1 }, -ENOTSUP,
	  "map 'b': struct bpf_map_def has nothing behind numa_node, here something is" },
};

START_TEST(what_is_no_such_struct)
{
	elfgen_map(&g, "a", &wrong[_i].a, 36);
	elfgen_map(&g, "b", &wrong[_i].b, 36);
	ck_assert_int_eq(open_as(DEF), wrong[_i].expected);
	ck_assert_str_eq(err.text, wrong[_i].words);
}
END_TEST

/* gobpf's: pinning and 256 bytes behind five words, a section for each map */

struct gobpf {
	uint32_t words[5], pinning;
	char namespace[256];
};

static void add_gobpf(const char *section, const char *name, uint32_t type,
		      uint32_t pinning)
{
	const struct gobpf def = {
		.words = { type, 4, 8, 3 }, .pinning = pinning, .namespace = "weave",
	};
	uint64_t at;

	elfgen_data(&g, section, &def, sizeof(def));
	at = elfgen_section(&g, section, 0, 0)->data.len - sizeof(def);
	elfgen_symbol(&g, name, elfgen_index(&g, section), at, sizeof(def),
		      GLOBAL(STT_OBJECT));
}

static const struct {
	uint32_t type, pinning;
	int expected;
	const char *words;	/* of the map, or of the error */
} gobpf[] = {
	{ 1, 0, 0, "first 2 0 0 0 0, a 2 0 0 0 0, b 2 0 0 0 0, again 2 0 0 0 0" },
	{ 1, 2, -ENOTSUP, "map 'a': struct bpf_map_def of gobpf asks for a pin (2) below 'weave', where only gobpf looks" },
	{ OUTER, 0, -ENOTSUP, "map 'a': a map of maps in struct bpf_map_def of gobpf, where no field says what is in it" },
};

START_TEST(gobpf_has_sections_of_its_own)
{
	_cleanup_buf_ struct buf text = { 0 };

	add_gobpf("maps", "first", 2, 0);
	add_gobpf("maps/a", "a", gobpf[_i].type, gobpf[_i].pinning);
	elfgen_data(&g, "maps/none", "too short", 10);
	add_gobpf("maps/b", "b", 5, 0);
	add_gobpf("maps/b", "again", 1, 0);
	elfgen_symbol(&g, "later_alias", elfgen_index(&g, "maps/b"), 280, 280, GLOBAL(STT_OBJECT));
	ck_assert_int_eq(open_as(0), gobpf[_i].expected);
	if (gobpf[_i].expected) {
		ck_assert_str_eq(err.text, gobpf[_i].words);
		return;
	}
	print_layouts(&text);
	ck_assert_str_eq(buf_str(&text), gobpf[_i].words);
	ck_assert_str_eq(object_map_at(obj, image_find(&obj->img, "maps/b")->index, 280)->name, "again");
	ck_assert_ptr_null(object_map_at(obj, image_find(&obj->img, "maps/a")->index, 280));
	ck_assert_ptr_null(object_map_at(obj, image_find(&obj->img, "maps/b")->index, 4));
	ck_assert(!object_defines_maps(obj, image_find(&obj->img, "maps/none")->index));
}
END_TEST

START_TEST(each_section_begins_with_a_map)
{
	add_map("a", &(struct words){ 1, 0, 0 });
	elfgen_data(&g, "maps/b", "of sixteen bytes", 16);
	ck_assert_int_eq(open_as(0), -EBADMSG);
	ck_assert_str_eq(err.text, "section 'maps/b': no symbol names the map at its beginning");
}
END_TEST

START_TEST(the_context_asks)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct bpfelf_object *mine = NULL;
	struct rig rig;

	rig_open(&rig, NULL);
	add_map("a", &(struct words){ OUTER, 3, 0 });
	elfgen_end(&g, &elf);
	ck_assert_int_eq(bpfelf_object_open_mem(rig.ctx, elf.data, elf.len, "x.o", &mine), 0);
	bpfelf_object_free(mine);
	ck_assert_int_eq(bpfelf_ctx_set_maps_as(rig.ctx, BPFELF_MAPS_AS_BPF_MAP_DEF), 0);
	ck_assert_int_eq(bpfelf_object_open_mem(rig.ctx, elf.data, elf.len, "x.o", &mine), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'x.o': map 'a': inner_map_idx 3, there are 1 maps");
	ck_assert_ptr_null(mine);
	ck_assert_int_eq(bpfelf_ctx_set_maps_as(rig.ctx, 3), -EINVAL);
	rig_close(&rig);
}
END_TEST

Suite *maplayout_suite(void)
{
	Suite *s = suite_create("maplayout");
	TCase *tc = tcase_create("maplayout");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, what_values_speak_for, 0, ARRAY_SIZE(by_values));
	tcase_add_loop_test(tc, what_types_say, 0, ARRAY_SIZE(by_types));
	tcase_add_loop_test(tc, an_object_has_one_of_them, 0, ARRAY_SIZE(objects));
	tcase_add_loop_test(tc, who_asks_for_one_gets_it, 0, ARRAY_SIZE(asked));
	tcase_add_loop_test(tc, what_is_no_such_struct, 0, ARRAY_SIZE(wrong));
	tcase_add_loop_test(tc, gobpf_has_sections_of_its_own, 0, ARRAY_SIZE(gobpf));
	tcase_add_test(tc, each_section_begins_with_a_map);
	tcase_add_test(tc, the_context_asks);
	suite_add_tcase(s, tc);
	return s;
}
