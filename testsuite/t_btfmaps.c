/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Section `.maps` of an object: which maps there are, and what goes into them. */
#include "object.h"

#include <errno.h>
#include <linux/btf.h>

#include "mapgen.h"
#include "plan.h"
#include "rigged.h"

static struct elfgen g;
static struct mapgen m;
static struct bpfelf_object *obj;
static struct err err;

static void start(void)
{
	obj = NULL;
	err_clear(&err);
	elfgen_init(&g);
	mapgen_init(&m, &g);
	rig_start();
}

static void finish(void)
{
	bpfelf_object_free(obj);
	elfgen_free(&g);
	mapgen_free(&m);
	rig_finish();
}

static int open_it(void)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	elfgen_end(&g, &bytes);
	return object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err);
}

static void ck_refused(int expected, const char *words)
{
	int r = open_it();

	ck_assert_str_eq(err.text, words);
	ck_assert_int_eq(r, expected);
}

#define DEFINE(...)							\
	mapgen_define(&m.btf, (struct mapgen_attr[]){ __VA_ARGS__, { 0 } })
#define IS(name)	{ "type", MAPGEN_NUM, BPF_MAP_TYPE_ ## name }
#define ENTRIES(n)	{ "max_entries", MAPGEN_NUM, n }

static uint32_t plain(void)
{
	return DEFINE(IS(ARRAY), { "key", MAPGEN_TYPE, m.u32 }, { "value", MAPGEN_TYPE, m.u64 },
		      ENTRIES(1));
}

/* their values begin at 16 */
static uint32_t outer(uint32_t inner)
{
	return DEFINE(IS(ARRAY_OF_MAPS), ENTRIES(2), { "values", MAPGEN_VALUES, inner },
		      { "key_size", MAPGEN_NUM, 4 });
}

static uint32_t stages(void)
{
	return DEFINE(IS(PROG_ARRAY), ENTRIES(2), { "values", MAPGEN_VALUES, m.prog },
		      { "key_size", MAPGEN_NUM, 4 });
}

static void value(uint64_t offset, unsigned int symbol)
{
	Elf64_Rel rel = {
		.r_offset = offset,
		.r_info = ELF64_R_INFO((uint64_t)symbol, R_BPF_64_ABS64),
	};
	struct elfgen_section *sec = elfgen_section(&g, ".rel.maps", SHT_REL, 0);

	sec->header.sh_info = elfgen_index(&g, ".maps");
	buf_add(&sec->data, &rel, sizeof(rel));
}

static void print_maps(struct buf *text)
{
	struct bpfelf_map_info info = { .sz = sizeof(info) };
	const struct bpfelf_map *map = NULL;

	while ((map = bpfelf_map_next(obj, map))) {
		ck_assert_int_eq(bpfelf_map_info(map, &info), 0);
		buf_addf(text, "%s %u/%u/%u/%u as %d, %u bytes\n", info.name, info.type,
			 info.key_size, info.value_size, info.max_entries,
			 (int)info.maps_as, info.def_size);
	}
}

START_TEST(maps_of_all_sections_in_order)
{
	const struct bpf_elf_map def = { .type = BPF_MAP_TYPE_HASH, .size_key = 1, .max_elem = 3 };
	_cleanup_buf_ struct buf text = { 0 };
	uint32_t inner = plain();

	elfgen_data(&g, ".data", "1234", 4);
	elfgen_section(&g, ".data", 0, 0)->header.sh_flags = SHF_ALLOC | SHF_WRITE;
	elfgen_map(&g, "old", &def, sizeof(def));
	mapgen_map(&m, "z", outer(inner), 32);
	mapgen_map(&m, "a", inner, 32);
	mapgen_map(&m, "y", outer(inner), 32);
	mapgen_end(&m);
	elfgen_func(&g, "prog", "f", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, elfgen_symbol(&g, "", elfgen_index(&g, ".data"), 0, 0,
						 LOCAL(STT_SECTION)));
	ck_assert_msg(open_it() == 0, "%s", err.text);
	print_maps(&text);
	ck_assert_str_eq(buf_str(&text),
			 "old 1/1/0/3 as 1, 36 bytes\n"
			 "z 12/4/4/2 as 0, 0 bytes\n"
			 "a 2/4/8/1 as 0, 0 bytes\n"
			 "y 12/4/4/2 as 0, 0 bytes\n"
			 "z.inner 2/4/8/1 as 0, 0 bytes\n"
			 "y.inner 2/4/8/1 as 0, 0 bytes\n"
			 ".data 2/4/4/1 as 0, 0 bytes\n");
	ck_assert_uint_eq(obj->defs_cnt, 4);
	ck_assert_uint_eq(obj->maps[1].inner, 5);
	ck_assert_uint_eq(obj->maps[3].inner, 6);
}
END_TEST

START_TEST(code_refers_to_either_section)
{
	const struct bpf_elf_map def = { .type = BPF_MAP_TYPE_ARRAY, .size_key = 4,
					 .size_value = 8, .max_elem = 1 };
	_cleanup_buf_ struct buf elf = { 0 };
	unsigned int old = elfgen_map(&g, "old", &def, sizeof(def)), typed;

	mapgen_map(&m, "first", plain(), 32);
	typed = mapgen_map(&m, "second", plain(), 32);
	mapgen_end(&m);
	elfgen_func(&g, "prog", "f", CODE(LOAD64(1, 0, 0), LOAD64(2, 0, 0), LOAD64(3, 0, 32), EXIT));
	elfgen_rel(&g, "prog", 0, old);
	elfgen_rel(&g, "prog", 2, typed);
	/* a static one by its section */
	elfgen_rel(&g, "prog", 4, elfgen_symbol(&g, "", elfgen_index(&g, ".maps"), 0, 0,
						 LOCAL(STT_SECTION)));
	elfgen_end(&g, &elf);
	ck_assert_msg(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL) == 0, "%s",
		      bpfelf_error(rig.ctx));
	ck_assert_uint_eq(job.plan->progs[0].code.refs[0].map, 0);
	ck_assert_uint_eq(job.plan->progs[0].code.refs[1].map, 2);
	ck_assert_uint_eq(job.plan->progs[0].code.refs[2].map, 2);
	ck_assert(traced("map_create second type 2 key 4 value 8 max 1 flags 0 btf"));
}
END_TEST

START_TEST(a_section_without_types_matters_to_those_who_use_it)
{
	unsigned int s;

	elfgen_data(&g, ".maps", "12345678", 8);
	s = elfgen_symbol(&g, "thing", elfgen_index(&g, ".maps"), 0, 8, GLOBAL(STT_OBJECT));
	elfgen_func(&g, "prog", "f", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, s);
	ck_assert_int_eq(open_it(), 0);
	ck_assert_uint_eq(obj->maps_cnt, 0);
}
END_TEST

START_TEST(a_section_with_types_of_something_else)
{
	_cleanup_buf_ struct buf types = { 0 }, elf = { 0 };
	unsigned int s;

	elfgen_data(&g, ".maps", "12345678", 8);
	s = elfgen_symbol(&g, "thing", elfgen_index(&g, ".maps"), 0, 8, GLOBAL(STT_OBJECT));
	elfgen_func(&g, "prog", "f", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, s);
	btfgen_end(&m.btf, &types, NULL);
	elfgen_data(&g, ".BTF", types.data, types.len);
	elfgen_end(&g, &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "bpftool gen object"));
}
END_TEST

START_TEST(what_is_wrong_names_the_map)
{
	mapgen_map(&m, "fine", plain(), 32);
	mapgen_map(&m, "bad", DEFINE(IS(HASH), { "speed", MAPGEN_NUM, 1 }), 16);
	mapgen_end(&m);
	ck_refused(-ENOTSUP, "map 'bad': attribute 'speed': maps have no such attribute");
}
END_TEST

START_TEST(what_is_wrong_with_an_inner_map)
{
	uint32_t inner = DEFINE({ "key_size", MAPGEN_NUM, 4 });

	mapgen_map(&m, "out", outer(inner), 32);
	mapgen_end(&m);
	ck_refused(-EINVAL, "map 'out': its inner map: it has no attribute 'type'");
}
END_TEST

START_TEST(a_map_outside_its_section)
{
	mapgen_map(&m, "long", plain(), 32);
	memcpy(m.vars.data + 8, &(uint32_t){ 33 }, 4);
	mapgen_end(&m);
	ck_refused(-EBADMSG, "section '.maps': a map of 33 bytes at offset 0 lies outside it");
}
END_TEST

/* Values: `in` at 0, `out` at 32, slots from 48; `jmp` at 64, slots from 80 */

enum target { MAP, OLD_MAP, MAP_MIDDLE, PROGRAM, STATIC_PROGRAM, PROGRAM_MIDDLE, DATA, UNDEF };

static unsigned int target(enum target which)
{
	const struct bpf_elf_map def = { .type = 1 };
	unsigned int maps = elfgen_index(&g, ".maps");
	unsigned int prog = elfgen_index(&g, "prog");

	switch (which) {
	case MAP:
		return elfgen_symbol(&g, "in2", maps, 0, 32, GLOBAL(STT_OBJECT));
	case OLD_MAP:
		return elfgen_map(&g, "old", &def, sizeof(def));
	case MAP_MIDDLE:
		return elfgen_symbol(&g, "middle", maps, 8, 0, GLOBAL(STT_OBJECT));
	case PROGRAM:
		return elfgen_symbol(&g, "f2", prog, 0, 0, GLOBAL(STT_FUNC));
	case STATIC_PROGRAM:
		return elfgen_symbol(&g, "", prog, 0, 0, LOCAL(STT_SECTION));
	case PROGRAM_MIDDLE:
		return elfgen_symbol(&g, "second", prog, 8, 0, GLOBAL(STT_OBJECT));
	case DATA:
		elfgen_data(&g, ".data", "12345678", 8);
		return elfgen_symbol(&g, "datum", elfgen_index(&g, ".data"), 0, 8, GLOBAL(STT_OBJECT));
	case UNDEF:
		return elfgen_symbol(&g, "nowhere", 0, 0, 0, GLOBAL(STT_NOTYPE));
	}
	return 0;
}

static const struct {
	uint64_t offset;
	enum target target;
	int expected;
	const char *words;
} values[] = {
	{ 48, MAP, 0, "" },
	{ 56, OLD_MAP, 0, "" },
	{ 80, PROGRAM, 0, "" },
	{ 88, STATIC_PROGRAM, 0, "" },
	{ 48, MAP_MIDDLE, -EBADMSG, "section '.maps': map 'out': slot 0 of its values: symbol 'middle' is no map" },
	{ 56, PROGRAM, -EBADMSG, "section '.maps': map 'out': slot 1 of its values: symbol 'f2' is no map" },
	{ 48, DATA, -EBADMSG, "section '.maps': map 'out': slot 0 of its values: symbol 'datum' is no map" },
	{ 48, UNDEF, -EBADMSG, "section '.maps': map 'out': slot 0 of its values: symbol 'nowhere' is no map" },
	{ 80, MAP, -EBADMSG, "section '.maps': map 'jmp': slot 0 of its values: symbol 'in2' is no program" },
	{ 80, PROGRAM_MIDDLE, -EBADMSG, "section '.maps': map 'jmp': slot 0 of its values: symbol 'second' is no program" },
	{ 80, UNDEF, -EBADMSG, "section '.maps': map 'jmp': slot 0 of its values: symbol 'nowhere' is no program" },
	{ 96, PROGRAM, -E2BIG, "section '.maps': map 'jmp': slot 2 of its values: it is past the map's end, which has 2 slots" },
	{ ~7ull, PROGRAM, -E2BIG, "section '.maps': map 'jmp': slot 4294967285 of its values: it is past the map's end, which has 2 slots" },
	{ 0, MAP, -EBADMSG, "section '.maps': map 'in': a relocation at offset 0 belongs to no slot of its values" },
	{ 40, MAP, -EBADMSG, "section '.maps': map 'out': a relocation at offset 0x28 belongs to no slot of its values" },
	{ 52, MAP, -EBADMSG, "section '.maps': map 'out': a relocation at offset 0x34 belongs to no slot of its values" },
};

static void build_values(void)
{
	uint32_t inner = plain();

	mapgen_map(&m, "in", inner, 32);
	mapgen_map(&m, "out", outer(inner), 32);
	mapgen_map(&m, "jmp", stages(), 32);
	elfgen_func(&g, "prog", "f", CODE(MOV(0, 0), EXIT));
}

START_TEST(what_a_slot_holds)
{
	build_values();
	value(values[_i].offset, target(values[_i].target));
	mapgen_end(&m);
	ck_refused(values[_i].expected, values[_i].words);
	ck_assert(values[_i].expected || obj->values_cnt == 1);
}
END_TEST

START_TEST(values_by_rela)
{
	build_values();
	value(48, target(MAP));
	elfgen_section(&g, ".rel.maps", 0, 0)->header.sh_type = SHT_RELA;
	mapgen_end(&m);
	ck_refused(-ENOTSUP, "section '.maps': it has relocations of type RELA, BPF uses REL");
}
END_TEST

START_TEST(a_slot_filled_by_section_and_by_value)
{
	_cleanup_buf_ struct buf elf = { 0 };

	mapgen_map(&m, "jmp", stages(), 32);
	elfgen_func(&g, "prog", "f", CODE(MOV(0, 0), EXIT));
	elfgen_func(&g, "0/1", "tail", CODE(MOV(0, 0), EXIT));
	value(16 + 8, target(PROGRAM));
	mapgen_end(&m);
	elfgen_end(&g, &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), -EEXIST);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': map 'jmp': slot 1 is for program 'tail' and for 'f'");
}
END_TEST

/* Where no section names a slot, no array is taken for another. */
START_TEST(arrays_that_say_no_id)
{
	const char *same = "prog arrays 'jmp' and 'more' both have the id 0";
	_cleanup_buf_ struct buf elf = { 0 };

	mapgen_map(&m, "jmp", stages(), 32);
	mapgen_map(&m, "more", stages(), 32);
	mapgen_end(&m);
	elfgen_func(&g, "prog", "f", CODE(MOV(0, 0), EXIT));
	if (_i)
		elfgen_func(&g, "0/0", "tail", CODE(MOV(0, 0), EXIT));
	value(16 + 8, target(PROGRAM));
	elfgen_end(&g, &elf);
	ck_assert_msg(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL) == 0, "%s",
		      bpfelf_error(rig.ctx));
	ck_assert_uint_eq(job.plan->slots_cnt, 1 + _i);
	ck_assert_int_eq(!!strstr(buf_str(&job.plan->notes), same), _i);
}
END_TEST

/* `jmp` holds a program of another type at 16, `more` a third one at 48; the
 * entry refers to `jmp`, or not, and what is in there to `more` */
static const struct {
	bool is_used;
	const char *section;
	size_t progs;
} arrays[] = {
	{ true, "tc", 3 },
	{ false, "tc", 1 },
	{ false, "xdp", 3 },
	{ false, "anything", 3 },
};

START_TEST(arrays_for_other_types_are_left_empty)
{
	_cleanup_buf_ struct buf elf = { 0 };
	const char *section = arrays[_i].section;
	unsigned int jmp, more;

	jmp = mapgen_map(&m, "jmp", stages(), 32);
	more = mapgen_map(&m, "more", stages(), 32);
	mapgen_end(&m);
	elfgen_func(&g, "prog", "f", CODE(LOAD64(1, 0, 0), EXIT));
	if (arrays[_i].is_used)
		elfgen_rel(&g, "prog", 0, jmp);
	value(16, elfgen_func(&g, section, "next", CODE(LOAD64(1, 0, 0), EXIT)));
	elfgen_rel(&g, section, 0, more);
	value(32 + 16, elfgen_func(&g, "tc/last", "last", CODE(EXIT)));
	elfgen_end(&g, &elf);
	ck_assert_msg(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL) == 0, "%s",
		      bpfelf_error(rig.ctx));
	ck_assert_uint_eq(job.plan->progs_cnt, arrays[_i].progs);
	ck_assert_uint_eq(job.plan->slots_cnt, arrays[_i].progs - 1);
}
END_TEST

START_TEST(programs_and_maps_are_put_in)
{
	const char *trace = "";

	ck_assert_msg(job_load_sample(&job, &rig, "typed") == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_uint_eq(job.plan->progs_cnt, 2);
	ck_assert_uint_eq(job.plan->slots_cnt, 2);
	ck_assert_uint_eq(job.plan->slots[0].prog, 1);
	ck_assert_uint_eq(job.plan->slots[1].prog, 0);	/* the entry */
	ck_assert_uint_eq(job.plan->slots[1].key, 2);
	ck_assert_uint_eq(job.plan->inserts_cnt, 1);
	ck_assert_uint_eq(job.plan->inserts[0].key, 1);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	trace = buf_str(&rig.fake.trace);
	ck_assert_ptr_nonnull(strstr(trace, "map_create outer.inner type 2 "));
	ck_assert(strstr(trace, "map_create outer.inner ") < strstr(trace, "map_create outer type "));
	ck_assert_ptr_nonnull(strstr(trace, "/tc/globals/stages"));
	ck_assert_ptr_nonnull(strstr(trace, "/tc/globals/outer"));
}
END_TEST

START_TEST(the_node_and_what_else_the_kernel_is_told)
{
	_cleanup_buf_ struct buf elf = { 0 };

	mapgen_map(&m, "far", DEFINE(IS(HASH), { "key_size", MAPGEN_NUM, 4 }, { "value_size", MAPGEN_NUM, 4 },
				     ENTRIES(1), { "map_flags", MAPGEN_NUM, BPF_F_NUMA_NODE },
				     { "numa_node", MAPGEN_NUM, 3 }, { "map_extra", MAPGEN_WIDE, 1 }), 56);
	mapgen_end(&m);
	elfgen_func(&g, "prog", "f", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), 0);
	ck_assert(traced("flags 0x4 node 3 extra 0x100000000"));
}
END_TEST

Suite *btfmaps_suite(void)
{
	Suite *s = suite_create("btfmaps");
	TCase *tc = tcase_create("btfmaps");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, maps_of_all_sections_in_order);
	tcase_add_test(tc, code_refers_to_either_section);
	tcase_add_test(tc, a_section_without_types_matters_to_those_who_use_it);
	tcase_add_test(tc, a_section_with_types_of_something_else);
	tcase_add_test(tc, what_is_wrong_names_the_map);
	tcase_add_test(tc, what_is_wrong_with_an_inner_map);
	tcase_add_test(tc, a_map_outside_its_section);
	tcase_add_loop_test(tc, what_a_slot_holds, 0, ARRAY_SIZE(values));
	tcase_add_test(tc, values_by_rela);
	tcase_add_test(tc, a_slot_filled_by_section_and_by_value);
	tcase_add_loop_test(tc, arrays_that_say_no_id, 0, 2);
	tcase_add_loop_test(tc, arrays_for_other_types_are_left_empty, 0, ARRAY_SIZE(arrays));
	tcase_add_test(tc, programs_and_maps_are_put_in);
	tcase_add_test(tc, the_node_and_what_else_the_kernel_is_told);
	suite_add_tcase(s, tc);
	return s;
}
