/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The programs of a plan: the entry, tail calls, what they need of the maps. */
#include "plan.h"

#include <errno.h>

static int add_prog(struct bpfelf_plan *plan, const struct bpfelf_program *prog,
		    ssize_t array, uint32_t key, struct corelink *core,
		    struct err *err)
{
	struct plan_prog *pp = &plan->progs[plan->progs_cnt];
	int r;

	r = link_program(plan->obj, prog, &pp->code, err);
	r = r ?: corelink_apply(core, &pp->code, err);
	r = r ?: debuginfo_link(plan->obj, &pp->code, &pp->info, err);
	if (r < 0) {
		link_free(&pp->code);
		return err_wrap(err, "program '%s'", prog->name);
	}
	pp->prog = prog;
	plan_kernel_name(prog->name, pp->name);
	pp->array = array;
	pp->key = key;
	plan->progs_cnt++;
	return 0;
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

static int plan_slot(struct bpfelf_plan *plan, const struct code *code,
		     struct corelink *core, struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	ssize_t array = prog_array_with_id(obj, code->slot_id);
	const struct bpfelf_map *map;

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
	return add_prog(plan, object_code_entry(code), array,
			code->slot_key, core, err);
}

/* What is declared but not used need not be for our programs. */
static void note_users(struct bpfelf_plan *plan)
{
	const struct plan_prog *pp;
	size_t i, j;

	for (i = 0; i < plan->progs_cnt; i++) {
		pp = &plan->progs[i];
		for (j = 0; j < pp->code.refs_cnt; j++)
			plan->maps[pp->code.refs[j].map].user_type = plan->prog_type;
		if (pp->array >= 0) {
			plan->maps[pp->array].user_type = plan->prog_type;
			plan->maps[pp->array].is_filled = true;
		}
	}
}

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
				 "declare it with .pinning = PIN_GLOBAL_NS to keep its tail calls\n",
				 plan->maps[i].map->name);
}

int plan_progs(struct bpfelf_plan *plan, const struct bpfelf_program *entry,
	       struct corelink *core, struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	size_t i;
	int r;

	plan->progs = calloc(obj->codes_cnt + 1, sizeof(*plan->progs));
	if (!plan->progs)
		return err_sys(err, -ENOMEM, "plan programs");
	r = add_prog(plan, entry, -1, 0, core, err);
	for (i = 0; r == 0 && i < obj->codes_cnt; i++)
		if (obj->codes[i].is_slot && &obj->codes[i] != entry->code)
			r = plan_slot(plan, &obj->codes[i], core, err);
	if (r < 0)
		return r;
	note_users(plan);
	note_same_ids(plan);
	note_fleeting_arrays(plan);
	return 0;
}
