/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Reads an object of N tail calls, each in a section of its own, N / 16 maps,
 * 4 N relocations, and types, functions and lines for all of them, and plans
 * its load: what testsuite/growth/run counts the instructions of.
 */
#include <stdio.h>

#include "btfgen.h"
#include "elfgen.h"
#include "plan.h"

static void add_maps(struct elfgen *g, unsigned int cnt, unsigned int *symbols)
{
	struct bpf_elf_map def = {
		.type = BPF_MAP_TYPE_PROG_ARRAY, .id = 1, .size_key = 4,
		.size_value = 4, .max_elem = 4096, .pinning = PIN_GLOBAL_NS,
	};
	char name[32];
	unsigned int i;

	for (i = 0; i < cnt; i++) {
		snprintf(name, sizeof(name), "map%u", i);
		symbols[i] = elfgen_map(g, name, &def, sizeof(def));
		def.type = BPF_MAP_TYPE_ARRAY;
		def.id = 0;
	}
}

/* a struct for the map that is not looked for, a function and its lines */
static void add_types(struct btfgen *t, const char *section, const char *name)
{
	uint32_t id;

	btfgen_type(t, name, BTFGEN(4, 0), 4, NO_WORDS);
	id = btfgen_type(t, name, BTFGEN(12, 1), 0, NO_WORDS);
	btfgen_run(t, &t->funcs, section, 2, WORDS(0, id));
	btfgen_run(t, &t->lines, section, 4, WORDS(0, 0, 0, 1, 16, 0, 0, 2, 80, 0, 0, 3));
}

static void add_tail(struct elfgen *g, struct btfgen *types, unsigned int n,
		     const unsigned int *maps, unsigned int maps_cnt)
{
	char section[32], name[32];
	unsigned int i;

	snprintf(section, sizeof(section), "1/%u", n);
	snprintf(name, sizeof(name), "tail%u", n);
	elfgen_func(g, section, name,
		    CODE(LOAD64(1, 0, 0), LOAD64(2, 0, 0), LOAD64(3, 0, 0),
			 LOAD64(4, 0, 0), MOV(0, 0), HELPER(12), EXIT));
	add_types(types, section, name);
	for (i = 0; i < 4; i++)
		elfgen_rel(g, section, 2 * i, maps[(n + i) % maps_cnt]);
}

static void build(unsigned int cnt, struct buf *bytes)
{
	_cleanup_buf_ struct buf btf = { 0 }, ext = { 0 };
	struct btfgen types = { 0 };
	static struct elfgen g;
	unsigned int maps[256], i;

	elfgen_init(&g);
	add_maps(&g, cnt / 16, maps);
	elfgen_func(&g, "classifier", "entry", CODE(MOV(0, 0), EXIT));
	for (i = 0; i < cnt; i++)
		add_tail(&g, &types, i, maps, cnt / 16);
	btfgen_end(&types, &btf, &ext);
	elfgen_data(&g, ".BTF", btf.data, btf.len);
	elfgen_data(&g, ".BTF.ext", ext.data, ext.len);
	elfgen_license(&g, "GPL");
	elfgen_end(&g, bytes);
}

static __attribute__((noinline)) int measured(const struct buf *bytes)
{
	const struct bpfelf_request req = {
		.sz = sizeof(req), .prog_type = BPF_PROG_TYPE_SCHED_CLS,
	};
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct err err = { 0 };
	int r;

	r = object_open_mem(&obj, bytes->data, bytes->len, "growth.o", &err);
	r = r ?: plan_new(obj, &req, NULL, NULL, &plan, &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	return r;
}

int main(int argc, char **argv)
{
	struct buf bytes = { 0 };
	int r;

	build(argc > 1 ? atoi(argv[1]) : 16, &bytes);
	r = measured(&bytes);
	buf_free(&bytes);
	return r < 0;
}
