/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * From an object's bytes to relocated instructions, of each of its functions,
 * with what debug information says of them. Nothing in it is of the kernel,
 * so it is many times as fast as object.c.
 */
#include "fuzz.h"

#include "debuginfo.h"
#include "link.h"
#include "util.h"

#define FUNCS 64

static void check_ref(const struct bpfelf_object *obj, const struct link *link,
		      const struct link_ref *ref, const int *fds)
{
	const struct bpf_insn *insn = &link->insns[ref->insn];
	const struct bpfelf_map *map = &obj->maps[ref->map];

	fuzz_check(ref->is_data == !!map->data);
	fuzz_check(insn[0].src_reg == (ref->is_data ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD));
	fuzz_check(insn[0].imm == fds[ref->map]);
	fuzz_check((uint32_t)insn[1].imm == ref->offset);
	fuzz_check(ref->is_data ? ref->offset < map->data->size : !ref->offset);
}

static void check(const struct bpfelf_object *obj, const struct link *link)
{
	_cleanup_free_ int *fds = calloc(obj->maps_cnt + 1, sizeof(*fds));
	size_t i;

	fuzz_check(link->funcs_cnt > 0 && link->funcs[0].at == 0);
	for (i = 0; i < link->funcs_cnt; i++)
		fuzz_check(link->funcs[i].at + link->funcs[i].func->cnt <= link->insns_cnt);
	for (i = 0; fds && i < obj->maps_cnt; i++)
		fds[i] = 1000 + i;
	for (i = 0; i < link->refs_cnt; i++) {
		fuzz_check(link->refs[i].map < obj->maps_cnt);
		fuzz_check(link->refs[i].insn + 1 < link->insns_cnt);
	}
	if (!fds)
		return;
	link_maps(link, fds);
	for (i = 0; i < link->refs_cnt; i++)
		check_ref(obj, link, &link->refs[i], fds);
}

static void link_one(const struct bpfelf_object *obj, size_t i)
{
	struct debuginfo info = { 0 };
	struct link link = { 0 };
	struct err err = { 0 };

	if (link_program(obj, &obj->progs[i], &link, &err) < 0) {
		fuzz_check(err.text[0]);
		return;
	}
	check(obj, &link);
	if (debuginfo_link(obj, &link, &info, &err) < 0)
		fuzz_check(err.text[0]);
	debuginfo_free(&info);
	link_free(&link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bpfelf_object *obj = NULL;
	struct err err = { 0 };
	size_t i;

	if (object_open_mem(&obj, data, size, "fuzz.o", &err) < 0) {
		fuzz_check(err.text[0] && !obj);
		return 0;
	}
	for (i = 0; i < obj->progs_cnt && i < FUNCS; i++)
		link_one(obj, i);
	bpfelf_object_free(obj);
	return 0;
}
