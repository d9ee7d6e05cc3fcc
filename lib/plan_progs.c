/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The programs of a plan: the entry, tail calls, what they need of the maps. */
#include "plan.h"

#include <errno.h>

/* What is declared but not used need not be for our programs. */
static void note_users(struct bpfelf_plan *plan, const struct link *code)
{
	const uint32_t type = plan->prog_type;
	size_t i;

	for (i = 0; i < code->loads_cnt; i++)
		plan->maps[code->loads[i].map - 1].user_type = type;
	for (i = 0; i < code->refs_cnt; i++)
		plan->maps[code->refs[i].map].user_type = type;
}

int plan_add_prog(struct bpfelf_plan *plan, const struct bpfelf_program *prog,
		  struct plan_kernel *kernel, struct err *err)
{
	struct plan_prog *pp = &plan->progs[plan->progs_cnt];
	int r;

	*pp = (struct plan_prog) { .prog = prog };
	r = link_program(plan->obj, prog, &pp->code, err);
	r = r ?: contents_apply(&plan->contents, &pp->code, &pp->by_value, err);
	r = r ?: corelink_apply(&kernel->core, &pp->code, err);
	r = r ?: externlink_apply(&kernel->externs, &pp->code, err);
	r = r ?: debuginfo_link(plan->obj, &pp->code, &pp->info, err);
	if (r < 0) {
		link_free(&pp->code);
		buf_free(&pp->by_value);
		return err_wrap(err, "program '%s'", prog->name);
	}
	note_users(plan, &pp->code);
	plan_kernel_name(prog->name, pp->name);
	plan->progs_cnt++;
	return 0;
}

void plan_add_slot(struct bpfelf_plan *plan, size_t prog, size_t map,
		   uint32_t key)
{
	plan->slots[plan->slots_cnt++] = (struct plan_slot) {
		.prog = prog,
		.map = map,
		.key = key,
	};
	plan->maps[map].is_filled = true;
}

/* compat: of several prog arrays with one id the first is filled */
static ssize_t prog_array_with_id(const struct bpfelf_object *obj, uint32_t id)
{
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++)
		if (obj->maps[i].def.type == BPF_MAP_TYPE_PROG_ARRAY &&
		    obj->maps[i].def.id == id)
			return i;
	return -1;
}

/* In `.maps`, where an id is rarely said: which map is meant when there is but
 * one; -1: there is none, or several */
static ssize_t only_prog_array(const struct bpfelf_object *obj)
{
	ssize_t found = -1;
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++) {
		if (obj->maps[i].def.type != BPF_MAP_TYPE_PROG_ARRAY)
			continue;
		if (found >= 0 || !obj->maps[i].btf || obj->maps[i].btf->has_id)
			return -1;
		found = i;
	}
	return found;
}

/* the map for a section id/key; -1: none */
static ssize_t find_array(const struct bpfelf_object *obj, uint32_t id)
{
	ssize_t array = prog_array_with_id(obj, id);

	return array < 0 ? only_prog_array(obj) : array;
}

/* @array: index of its map, -1: none */
static int plan_slot(struct bpfelf_plan *plan, const struct code *code,
		     ssize_t array, struct plan_kernel *kernel, struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	const struct bpfelf_map *map;
	int r;

	if (array < 0) {
		buf_addf(&plan->notes, "section '%s' is left out: no prog array has the id %u\n",
			 code->sec->name, code->slot_id);
		return 0;
	}
	map = &obj->maps[array];
	if (code->slot_key >= map->def.max_elem)
		return err_set(err, -E2BIG, "section '%s': key %u is past the end of map '%s', which has %u slots",
			       code->sec->name, code->slot_key, map->name,
			       map->def.max_elem);
	r = plan_add_prog(plan, object_code_entry(code), kernel, err);
	if (r == 0)
		plan_add_slot(plan, plan->progs_cnt - 1, array, code->slot_key);
	return r;
}

static void note_arrays(struct bpfelf_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->slots_cnt; i++)
		plan->maps[plan->slots[i].map].user_type = plan->prog_type;
}

/* While arrays are filled by sections alone: it is these that have an id. */
static void note_same_ids(struct bpfelf_plan *plan)
{
	const struct bpfelf_map *maps = plan->obj->maps;
	size_t i, j;

	for (i = 0; i < plan->maps_cnt; i++)
		for (j = i + 1; plan->maps[i].is_filled && j < plan->maps_cnt; j++)
			if (maps[j].def.type == BPF_MAP_TYPE_PROG_ARRAY &&
			    maps[j].def.id == maps[i].def.id)
				buf_addf(&plan->notes, "prog arrays '%s' and '%s' both have the id %u: "
					 "the sections %u/... go into '%s'\n",
					 maps[i].name, maps[j].name, maps[i].def.id,
					 maps[i].def.id, maps[i].name);
}

/* Programs that call through a map do not count as its users, in the kernel's
 * eyes, when it comes to keeping what is in its slots. */
static void note_fleeting_arrays(struct bpfelf_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->maps_cnt; i++)
		if (!plan->is_private && !plan->maps[i].pin && plan->maps[i].is_filled)
			buf_addf(&plan->notes, "prog array '%s' is not pinned: "
				 "the kernel empties it when its last descriptor is closed; "
				 "declare it with %s to keep its tail calls\n",
				 plan->maps[i].map->name, plan->maps[i].map->btf ?
				 "__uint(pinning, LIBBPF_PIN_BY_NAME)" : ".pinning = PIN_GLOBAL_NS");
}

static int plan_sections(struct bpfelf_plan *plan, const struct code *entry,
			 struct plan_kernel *kernel, struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	const struct code *code, *last = NULL;
	ssize_t array = -1;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < obj->codes_cnt; i++) {
		code = &obj->codes[i];
		if (!code->is_slot || code == entry)
			continue;
		/* thousands may be for one array */
		if (!last || last->slot_id != code->slot_id)
			array = find_array(obj, code->slot_id);
		last = code;
		r = plan_slot(plan, code, array, kernel, err);
	}
	return r;
}

int plan_progs(struct bpfelf_plan *plan, const struct bpfelf_program *entry,
	       struct plan_kernel *kernel, struct err *err)
{
	const size_t most = plan->obj->codes_cnt + plan->obj->values_cnt + 1;
	int r;

	plan->progs = reallocarray(NULL, most, sizeof(*plan->progs));
	plan->slots = reallocarray(NULL, most, sizeof(*plan->slots));
	if (!plan->progs || !plan->slots)
		return err_sys(err, -ENOMEM, "plan programs");
	r = plan_add_prog(plan, entry, kernel, err);
	r = r ?: plan_sections(plan, entry->code, kernel, err);
	if (r == 0)
		note_same_ids(plan);
	r = r ?: plan_values(plan, kernel, err);
	if (r < 0)
		return r;
	note_arrays(plan);
	note_fleeting_arrays(plan);
	return 0;
}
