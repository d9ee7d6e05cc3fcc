/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "plan.h"

#include <errno.h>

#include "pinpath.h"

const char *bpfelf_default_section(uint32_t prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_SCHED_CLS:
		return ELF_SECTION_CLASSIFIER;
	case BPF_PROG_TYPE_SCHED_ACT:
		return ELF_SECTION_ACTION;
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
		return ELF_SECTION_PROG;
	default:
		return NULL;
	}
}

static int plan_type(struct bpfelf_plan *plan, uint32_t prog_type,
		     const struct bpfelf_program *entry, struct err *err)
{
	const char *section = entry->code->sec->name;
	bool known = sectype_of_section(section, &plan->attach);

	if (!known && !prog_type) {
		err_set(err, -EINVAL, "section '%s' tells no type of program", section);
		return err_hint(err, "say which type it is");
	}
	if (!prog_type && plan->attach.has_target)
		return err_set(err, -ENOTSUP, "section '%s' is for something within the kernel, which this loader does not look for",
			       section);
	if (prog_type)
		sectype_as(section, prog_type, &plan->attach);
	plan->prog_type = plan->attach.prog_type;
	plan->subdir = pinpath_subdir(plan->prog_type);
	return 0;
}

/* compat: outer maps come after all others, each kind in file order */
static void order_maps(struct bpfelf_plan *plan)
{
	size_t i, n = 0;

	for (i = 0; i < plan->maps_cnt; i++)
		if (plan->maps[i].inner < 0 && !plan_map_is_idle(&plan->maps[i]))
			plan->order[n++] = i;
	for (i = 0; i < plan->maps_cnt; i++)
		if (plan->maps[i].inner >= 0)
			plan->order[n++] = i;
	plan->order_cnt = n;
}

static enum contents_as contents_as(const struct bpfelf_request *req)
{
	if (req->flags & BPFELF_DATA_AS_MAP)
		return CONTENTS_AS_MAP;
	return req->flags & BPFELF_DATA_AS_VALUE ? CONTENTS_AS_VALUE : CONTENTS_AS_FOUND;
}

static int check_request(const struct bpfelf_plan *plan, struct err *err)
{
	size_t i;

	if (plan->subdir || plan->is_private)
		return 0;
	for (i = 0; i < plan->obj->maps_cnt; i++)
		if (plan->obj->maps[i].def.pinning != PIN_NONE)
			return err_set(err, -ENOTSUP,
				       "map '%s' is to be pinned, but programs of type %u have no directory",
				       plan->obj->maps[i].name, plan->prog_type);
	return 0;
}

static void plan_kernel_free(struct plan_kernel *links)
{
	corelink_free(&links->core);
	externlink_free(&links->externs);
}

/* by value or not, a variable has what the request gives it */
static int find_contents(struct bpfelf_plan *plan, enum contents_as as,
			 struct err *err)
{
	size_t i;
	int r;

	r = contents_find(&plan->contents, plan->obj, as, err);
	for (i = 0; r == 0 && plan->contents.known_cnt && i < plan->maps_cnt; i++)
		plan->contents.bytes[i] = plan->maps[i].bytes;
	return r;
}

int plan_new(const struct bpfelf_object *obj, const struct bpfelf_request *req,
	     const struct pindb *db, const struct kernel_facts *kernel,
	     struct bpfelf_plan **out, struct err *err)
{
	_cleanup_(plan_kernel_free) struct plan_kernel links = {
		.core = { .obj = obj, .source = kernel ? &kernel->types : NULL },
		.externs = { .obj = obj, .kernel = kernel },
	};
	const struct bpfelf_program *entry = NULL;
	struct bpfelf_plan *plan;
	int r;

	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return err_sys(err, -ENOMEM, "plan");
	plan->obj = obj;
	plan->ifindex = req->ifindex;
	plan->verbose = req->flags & BPFELF_VERBOSE;
	plan->is_private = req->flags & BPFELF_PRIVATE;
	r = plan_entry(obj, req, &entry, err);
	r = r ?: plan_type(plan, req->prog_type, entry, err);
	r = r ?: check_request(plan, err);
	r = r ?: plan_maps(plan, db, err);
	r = r ?: plan_inserts(plan, err);
	r = r ?: plan_settings(plan, req->set, err);
	r = r ?: find_contents(plan, contents_as(req), err);
	r = r ?: plan_progs(plan, entry, &links, err);
	r = r ?: plan_options(plan, kernel, err);
	plan->modules = steal_ptr(&links.externs.modules);
	plan->modules_cnt = plan->modules ? links.externs.modules_cnt : 0;
	if (r == 0)
		order_maps(plan);
	if (r == 0 && buf_failed(&plan->notes))
		r = err_sys(err, -ENOMEM, "plan");
	if (r < 0) {
		bpfelf_plan_free(plan);
		return r;
	}
	*out = plan;
	return 0;
}

void bpfelf_plan_free(struct bpfelf_plan *plan)
{
	size_t i;

	if (!plan)
		return;
	for (i = 0; i < plan->maps_cnt; i++) {
		free(plan->maps[i].pin);
		free(plan->maps[i].bytes);
	}
	for (i = 0; i < plan->progs_cnt; i++) {
		link_free(&plan->progs[i].code);
		debuginfo_free(&plan->progs[i].info);
		buf_free(&plan->progs[i].by_value);
	}
	free(plan->maps);
	free(plan->order);
	free(plan->progs);
	free(plan->slots);
	for (i = 0; i < plan->modules_cnt; i++)
		free(plan->modules[i]);
	free(plan->modules);
	free(plan->inserts);
	contents_free(&plan->contents);
	buf_free(&plan->notes);
	free(plan);
}

const struct bpfelf_program *bpfelf_plan_entry(const struct bpfelf_plan *plan)
{
	return plan->progs[0].prog;
}
