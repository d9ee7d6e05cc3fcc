/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Objects to load; see rig.h. */
#include "rig.h"

#include <check.h>

#include "btfgen.h"
#include "corerig.h"
#include "mapgen.h"
#include "modrig.h"
#include "oom.h"

static void build_plain(struct elfgen *g)
{
	elfgen_func(g, "prog", "pass", CODE(MOV(0, RIG_ENTRY), EXIT));
	elfgen_license(g, "GPL");
}

static struct bpf_elf_map array(uint32_t pinning)
{
	return (struct bpf_elf_map) {
		.type = BPF_MAP_TYPE_ARRAY,
		.size_key = 4,
		.size_value = 8,
		.max_elem = 2,
		.pinning = pinning,
	};
}

static void build_pins(struct elfgen *g)
{
	const struct bpf_elf_map none = array(PIN_NONE);
	const struct bpf_elf_map object = array(PIN_OBJECT_NS);
	const struct bpf_elf_map global = array(PIN_GLOBAL_NS);
	unsigned int maps[] = {
		elfgen_map(g, "none", &none, sizeof(none)),
		elfgen_map(g, "object", &object, sizeof(object)),
		elfgen_map(g, "global", &global, sizeof(global)),
	};
	size_t i;

	elfgen_func(g, "classifier", "count",
		    CODE(LOAD64(1, 0, 0), LOAD64(1, 0, 0), LOAD64(1, 0, 0),
			 MOV(0, RIG_ENTRY), EXIT));
	for (i = 0; i < ARRAY_SIZE(maps); i++)
		elfgen_rel(g, "classifier", 2 * i, maps[i]);
	elfgen_license(g, "GPL");
}

static void build_own(struct elfgen *g)
{
	const struct bpf_elf_map own = array(16);
	unsigned int map = elfgen_map(g, "mine", &own, sizeof(own));

	elfgen_func(g, "prog", "count",
		    CODE(LOAD64(1, 0, 0), MOV(0, RIG_ENTRY), EXIT));
	elfgen_rel(g, "prog", 0, map);
	elfgen_license(g, "GPL");
}

struct bpf_elf_map rig_jumps(uint32_t slots, uint32_t pinning)
{
	return (struct bpf_elf_map) {
		.type = BPF_MAP_TYPE_PROG_ARRAY,
		.size_key = 4,
		.size_value = 4,
		.max_elem = slots,
		.id = 1,
		.pinning = pinning,
	};
}

static void build_tails(struct elfgen *g)
{
	const struct bpf_elf_map jumps = rig_jumps(3, PIN_GLOBAL_NS);
	unsigned int map = elfgen_map(g, "jumps", &jumps, sizeof(jumps));
	unsigned int callee;

	callee = elfgen_func(g, ".text", "helper", CODE(MOV(0, RIG_CALLEE), EXIT));
	elfgen_func(g, "1/0", "tail0",
		    CODE(LOAD64(2, 0, 0), MOV(0, RIG_TAIL0), EXIT));
	elfgen_rel(g, "1/0", 0, map);
	elfgen_func(g, "1/1", "tail1", CODE(MOV(0, RIG_TAIL1), EXIT));
	elfgen_func(g, "classifier", "start",
		    CODE(LOAD64(2, 0, 0), CALL(-1), MOV(0, RIG_ENTRY), EXIT));
	elfgen_rel(g, "classifier", 0, map);
	elfgen_rel(g, "classifier", 2, callee);
	elfgen_license(g, "GPL");
}

/* two programs, constants for one of them, variables for both */
static void build_data(struct elfgen *g)
{
	const struct bpf_elf_map jumps = rig_jumps(1, PIN_GLOBAL_NS);
	unsigned int data, constants;

	elfgen_map(g, "jumps", &jumps, sizeof(jumps));
	elfgen_section(g, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	elfgen_data(g, ".data", "\1\2\3\4\5\6\7\10", 8);
	elfgen_data(g, ".rodata", "abcd", 4);
	data = elfgen_symbol(g, "", elfgen_index(g, ".data"), 0, 0, LOCAL(STT_SECTION));
	constants = elfgen_symbol(g, "letters", elfgen_index(g, ".rodata"), 2, 2,
				  GLOBAL(STT_OBJECT));
	elfgen_func(g, "1/0", "tail0", CODE(LOAD64(2, 0, 4), MOV(0, RIG_TAIL0), EXIT));
	elfgen_rel(g, "1/0", 0, data);
	elfgen_func(g, "classifier", "start",
		    CODE(LOAD64(2, 0, 1), LOAD64(3, 0, 0), MOV(0, RIG_ENTRY), EXIT));
	elfgen_rel(g, "classifier", 0, constants);
	elfgen_rel(g, "classifier", 2, data);
	elfgen_license(g, "GPL");
}

static void build_nested(struct elfgen *g)
{
	const struct bpf_elf_map outer = {
		.type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
		.size_key = 4,
		.size_value = 4,
		.max_elem = 2,
		.pinning = PIN_GLOBAL_NS,
		.inner_id = 7,
	};
	struct bpf_elf_map inner = array(PIN_NONE);
	unsigned int map = elfgen_map(g, "outer", &outer, sizeof(outer));

	inner.id = 7;
	inner.inner_idx = 1;
	elfgen_map(g, "inner", &inner, sizeof(inner));
	elfgen_func(g, "prog", "look",
		    CODE(LOAD64(1, 0, 0), MOV(0, RIG_ENTRY), EXIT));
	elfgen_rel(g, "prog", 0, map);
	elfgen_license(g, "GPL");
}

/* line @n of file "a.c", as the last two words of a record */
#define LINE(n)		(n) << 10

static void add_btf(struct elfgen *g)
{
	uint32_t number, counter, proto, file, start, next, helper, tail, code;
	struct buf btf, ext;
	struct btfgen b = { 0 };

	number = btfgen_type(&b, "u32", BTFGEN(1, 0), 4, WORDS(32));
	counter = btfgen_type(&b, "u64", BTFGEN(1, 0), 8, WORDS(64));
	btfgen_type(&b, "____btf_map_counts", BTFGEN(4, 2), 16,
		    WORDS(btfgen_string(&b, "key"), number, 0,
			  btfgen_string(&b, "value"), counter, 64));
	proto = btfgen_type(&b, "", BTFGEN(13, 0), number, NO_WORDS);
	start = btfgen_type(&b, "start", BTFGEN(12, 1), proto, NO_WORDS);
	next = btfgen_type(&b, "next", BTFGEN(12, 0), proto, NO_WORDS);
	helper = btfgen_type(&b, "helper", BTFGEN(12, 1), proto, NO_WORDS);
	tail = btfgen_type(&b, "tail", BTFGEN(12, 1), proto, NO_WORDS);
	btfgen_type(&b, "license", BTFGEN(15, 1), 0,
		    WORDS(btfgen_type(&b, "_license", BTFGEN(14, 0), number, WORDS(1)), 0, 4));
	file = btfgen_string(&b, "a.c");
	code = btfgen_string(&b, "return 0;");
	btfgen_run(&b, &b.funcs, "classifier", 2, WORDS(0, start, 48, next));
	btfgen_run(&b, &b.funcs, ".text", 2, WORDS(16, helper));
	btfgen_run(&b, &b.funcs, "1/0", 2, WORDS(0, tail));
	btfgen_run(&b, &b.lines, "classifier", 4,
		   WORDS(0, file, code, LINE(10), 32, file, code, LINE(11),
			 48, file, code, LINE(20)));
	btfgen_run(&b, &b.lines, ".text", 4,
		   WORDS(0, file, code, LINE(1), 16, file, code, LINE(2)));
	btfgen_run(&b, &b.lines, "1/0", 4, WORDS(0, file, code, LINE(30)));
	btfgen_end(&b, &btf, &ext);
	elfgen_data(g, ".BTF", btf.data, btf.len);
	elfgen_data(g, ".BTF.ext", ext.data, ext.len);
	buf_free(&btf);
	buf_free(&ext);
}

static void build_source(struct elfgen *g)
{
	const struct bpf_elf_map jumps = rig_jumps(1, PIN_GLOBAL_NS);
	const struct bpf_elf_map plain = array(PIN_GLOBAL_NS);
	unsigned int counts, helper;

	elfgen_map(g, "jumps", &jumps, sizeof(jumps));
	counts = elfgen_map(g, "counts", &plain, sizeof(plain));
	elfgen_func(g, ".text", "unused", CODE(MOV(0, 0), EXIT));
	helper = elfgen_func(g, ".text", "helper", CODE(MOV(0, RIG_CALLEE), EXIT));
	elfgen_func(g, "classifier", "start",
		    CODE(LOAD64(2, 0, 0), CALL(-1), CALL(2), MOV(0, RIG_ENTRY), EXIT));
	elfgen_rel(g, "classifier", 0, counts);
	elfgen_rel(g, "classifier", 2, helper);
	elfgen_func(g, "classifier", "next", CODE(MOV(0, 7), EXIT));
	elfgen_func(g, "1/0", "tail", CODE(CALL(-1), MOV(0, RIG_TAIL0), EXIT));
	elfgen_rel(g, "1/0", 0, helper);
	elfgen_license(g, "GPL");
	elfgen_symbol(g, "_license", elfgen_index(g, "license"), 0, 4,
		      GLOBAL(STT_OBJECT));
	add_btf(g);
}

/* In `.maps`: `held` at 0, `outer` at 32 with two slots from 64, `stages` at 80
 * with three from 112. */
static void build_typed(struct elfgen *g)
{
	unsigned int held, next;
	uint32_t inner;
	struct mapgen m;

	mapgen_init(&m, g);
	inner = mapgen_define(&m.btf, (struct mapgen_attr[]){
		{ "type", MAPGEN_NUM, BPF_MAP_TYPE_ARRAY }, { "key", MAPGEN_TYPE, m.u32 },
		{ "value", MAPGEN_TYPE, m.u64 }, { "max_entries", MAPGEN_NUM, 1 }, { 0 } });
	held = mapgen_map(&m, "held", inner, 32);
	mapgen_map(&m, "outer", mapgen_define(&m.btf, (struct mapgen_attr[]){
		{ "type", MAPGEN_NUM, BPF_MAP_TYPE_ARRAY_OF_MAPS }, { "key_size", MAPGEN_NUM, 4 },
		{ "max_entries", MAPGEN_NUM, 2 }, { "pinning", MAPGEN_NUM, 1 },
		{ "values", MAPGEN_VALUES, inner }, { 0 } }), 48);
	mapgen_map(&m, "stages", mapgen_define(&m.btf, (struct mapgen_attr[]){
		{ "type", MAPGEN_NUM, BPF_MAP_TYPE_PROG_ARRAY }, { "key_size", MAPGEN_NUM, 4 },
		{ "max_entries", MAPGEN_NUM, 3 }, { "pinning", MAPGEN_NUM, 1 },
		{ "values", MAPGEN_VALUES, m.prog }, { 0 } }), 56);
	mapgen_end(&m);
	elfgen_func(g, "classifier", "start", CODE(MOV(0, RIG_ENTRY), EXIT));
	next = elfgen_func(g, "classifier", "next", CODE(MOV(0, RIG_TAIL0), EXIT));
	elfgen_typed_rel(g, ".maps", 72 / 8, held, R_BPF_64_ABS64);
	elfgen_typed_rel(g, ".maps", 112 / 8, next, R_BPF_64_ABS64);
	elfgen_typed_rel(g, ".maps", 128 / 8, next - 1, R_BPF_64_ABS64);
	elfgen_license(g, "GPL");
}

const struct rig_sample rig_samples[] = {
	{ "plain",  build_plain,  BPF_PROG_TYPE_XDP },
	{ "pins",   build_pins,   BPF_PROG_TYPE_SCHED_CLS },
	{ "tails",  build_tails,  BPF_PROG_TYPE_SCHED_CLS },
	{ "data",   build_data,   BPF_PROG_TYPE_SCHED_CLS },
	{ "nested", build_nested, BPF_PROG_TYPE_XDP },
	{ "own",    build_own,    BPF_PROG_TYPE_XDP },
	{ "core",   corerig_build, BPF_PROG_TYPE_SCHED_CLS },
	{ "source", build_source, BPF_PROG_TYPE_SCHED_CLS },
	{ "typed",  build_typed,  BPF_PROG_TYPE_SCHED_CLS },
	{ "modules", modrig_build, BPF_PROG_TYPE_SCHED_CLS },
};
const size_t rig_samples_cnt = ARRAY_SIZE(rig_samples);

const struct rig_sample *rig_sample(const char *name)
{
	size_t i;

	for (i = 0; i < rig_samples_cnt; i++)
		if (str_eq(rig_samples[i].name, name))
			return &rig_samples[i];
	ck_abort_msg("no sample '%s'", name);
	return NULL;
}

void rig_build(const char *sample, struct buf *elf)
{
	bool was_paused = oom_pause(true);
	struct elfgen g;

	elfgen_init(&g);
	rig_sample(sample)->build(&g);
	elfgen_end(&g, elf);
	oom_pause(was_paused);
}
