/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The programs that prog arrays hold by their definitions.
 *
 * All programs of a load are of one type, and so are those of an array. An
 * object may have arrays for several types: those that our programs call
 * through are ours, and of the others those whose sections tell no other type.
 */
#include "plan.h"

#include <errno.h>

struct planner {
	struct bpfelf_plan *plan;
	struct plan_kernel *kernel;
	bool *done;		/* by value */
	size_t section_slots;	/* that were filled by sections */
};

static bool is_ours(const struct planner *p, const struct map_value *value)
{
	struct sectype type;

	return p->plan->maps[value->map].user_type ||
	       !sectype_of_section(value->prog->code->sec->name, &type) ||
	       type.prog_type == p->plan->prog_type;
}

static ssize_t find_prog(const struct bpfelf_plan *plan,
			 const struct bpfelf_program *prog)
{
	size_t i;

	for (i = 0; i < plan->progs_cnt; i++)
		if (plan->progs[i].prog == prog)
			return i;
	return -1;
}

static int check_slot(const struct planner *p, const struct map_value *value,
		      struct err *err)
{
	const struct bpfelf_plan *plan = p->plan;
	const struct plan_slot *slot;
	size_t i;

	for (i = 0; i < p->section_slots; i++) {
		slot = &plan->slots[i];
		if (slot->map == value->map && slot->key == value->key)
			return err_set(err, -EEXIST, "map '%s': slot %u is for program '%s' and for '%s'",
				       plan->maps[slot->map].map->name, slot->key,
				       plan->progs[slot->prog].prog->name, value->prog->name);
	}
	return 0;
}

/* loaded once, wherever it is put; the entry may be among them */
static int plan_value(struct planner *p, const struct map_value *value,
		      struct err *err)
{
	ssize_t prog = find_prog(p->plan, value->prog);
	int r = check_slot(p, value, err);

	if (r == 0 && prog < 0) {
		prog = p->plan->progs_cnt;
		r = plan_add_prog(p->plan, value->prog, p->kernel, err);
	}
	if (r == 0)
		plan_add_slot(p->plan, prog, value->map, value->key);
	return r;
}

/* Once more over all that are left; how many were ours, or an error */
static int plan_round(struct planner *p, struct err *err)
{
	const struct bpfelf_object *obj = p->plan->obj;
	int r, cnt = 0;
	size_t i;

	for (i = 0; i < obj->values_cnt; i++) {
		if (p->done[i] || !obj->values[i].prog || !is_ours(p, &obj->values[i]))
			continue;
		r = plan_value(p, &obj->values[i], err);
		if (r < 0)
			return r;
		p->done[i] = true;
		cnt++;
	}
	return cnt;
}

int plan_values(struct bpfelf_plan *plan, struct plan_kernel *kernel,
		struct err *err)
{
	_cleanup_free_ bool *done = calloc(plan->obj->values_cnt + 1, sizeof(*done));
	struct planner p = {
		.plan = plan,
		.kernel = kernel,
		.done = done,
		.section_slots = plan->slots_cnt,
	};
	int r;

	if (!done)
		return err_sys(err, -ENOMEM, "plan programs");
	/* a program that was added may call through another array */
	do
		r = plan_round(&p, err);
	while (r > 0);
	return r;
}
