/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A plan as text, one step a line. */
#include "plan.h"

static void print_map(const struct plan_map *pm, struct buf *out)
{
	const struct bpf_elf_map *def = &pm->map->def;
	char type[MAPDEF_TYPE_SIZE];

	buf_addf(out, "map '%s': %s, key %u, value %u, %u entries, flags %#x",
		 pm->map->name, mapdef_type(def->type, type), def->size_key,
		 pm->value_size, def->max_elem, def->flags);
	if (pm->pin)
		buf_addf(out, ", take or pin %s", pm->pin);
	buf_addf(out, "\n");
}

static void print_prog(const struct bpfelf_plan *plan,
		       const struct plan_prog *pp, struct buf *out)
{
	size_t i;

	buf_addf(out, "program '%s' from section '%s': type %u, %zu instructions, %zu map references",
		 pp->prog->name, pp->prog->code->sec->name, plan->prog_type,
		 pp->code.insns_cnt, pp->code.loads_cnt + pp->code.refs_cnt);
	for (i = 0; i < plan->slots_cnt; i++)
		if (&plan->progs[plan->slots[i].prog] == pp)
			buf_addf(out, ", into '%s' slot %u",
				 plan->maps[plan->slots[i].map].map->name,
				 plan->slots[i].key);
	buf_addf(out, "\n");
}

char *bpfelf_plan_text(const struct bpfelf_plan *plan)
{
	struct buf out = { 0 };
	size_t i;

	buf_addf(&out, "object '%s', licence '%s'\n", plan->obj->name, plan->obj->license);
	for (i = 0; i < plan->modules_cnt; i++)
		buf_addf(&out, "types of module '%s'\n", plan->modules[i]);
	for (i = 0; i < plan->order_cnt; i++)
		print_map(&plan->maps[plan->order[i]], &out);
	for (i = 0; i < plan->inserts_cnt; i++)
		buf_addf(&out, "map '%s' into '%s' slot %u\n",
			 plan->maps[plan->inserts[i].inner].map->name,
			 plan->maps[plan->inserts[i].outer].map->name,
			 plan->inserts[i].key);
	for (i = 0; i < plan->progs_cnt; i++)
		print_prog(plan, &plan->progs[i], &out);
	if (buf_failed(&out)) {
		buf_free(&out);
		return NULL;
	}
	return out.data;
}
