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

/* "prog, ingress (in), egress (out)": what could have been asked for */
static void list_entries(const struct bpfelf_object *obj, struct buf *out)
{
	const struct bpfelf_program *p = NULL;

	while ((p = bpfelf_program_next(obj, p))) {
		buf_addf(out, "%s'%s'", out->len ? ", " : "", p->code->sec->name);
		if (!str_eq(p->name, p->code->sec->name))
			buf_addf(out, " (%s)", p->name);
	}
}

static int hint_entries(const struct bpfelf_object *obj, struct err *err)
{
	_cleanup_buf_ struct buf list = { 0 };

	list_entries(obj, &list);
	if (!list.len)
		return err_hint(err, "the object holds no program at all");
	return err_hint(err, "the object has the sections (programs): %s", buf_str(&list));
}

static int no_entry(const struct bpfelf_object *obj, const char *what,
		    const char *name, struct err *err)
{
	err_set(err, -ENOENT, "no %s '%s'", what, name);
	return hint_entries(obj, err);
}

static const struct bpfelf_program *
find_function(const struct bpfelf_object *obj, const char *section,
	      const char *name)
{
	const struct bpfelf_program *p = NULL;

	while ((p = bpfelf_program_next(obj, p)))
		if (str_eq(p->name, name) &&
		    (!section || str_eq(p->code->sec->name, section)))
			return p;
	return NULL;
}

/* The only one whose section tells a type */
static int find_typed(const struct bpfelf_object *obj,
		      const struct bpfelf_program **entry, struct err *err)
{
	const struct bpfelf_program *p = NULL;
	struct sectype found;

	size_t cnt = 0;

	while ((p = bpfelf_program_next(obj, p))) {
		if (!sectype_of_section(p->code->sec->name, &found))
			continue;
		*entry = p;
		cnt++;
	}
	if (cnt == 1)
		return 0;
	err_set(err, -EINVAL, "the sections of %zu programs tell a type: name one section, or say the type",
		cnt);
	return hint_entries(obj, err);
}

/* What the section's name says beyond its type counts for that type only. */
static int plan_type(struct bpfelf_plan *plan, uint32_t prog_type,
		     const struct bpfelf_program *entry, struct err *err)
{
	const char *section = entry->code->sec->name;
	bool known = sectype_of_section(section, &plan->attach);

	if (!known && !prog_type) {
		err_set(err, -EINVAL, "section '%s' tells no type of program", section);
		return err_hint(err, "say which type it is");
	}
	if (prog_type && (!known || plan->attach.prog_type != prog_type))
		sectype_of_type(prog_type, &plan->attach);
	plan->prog_type = plan->attach.prog_type;
	plan->subdir = pinpath_subdir(plan->prog_type);
	return 0;
}

static int find_entry(const struct bpfelf_object *obj,
		      const struct bpfelf_request *req,
		      const struct bpfelf_program **entry, struct err *err)
{
	const char *section = req->section ?: bpfelf_default_section(req->prog_type);

	if (req->program) {
		*entry = find_function(obj, req->section, req->program);
		return *entry ? 0 : no_entry(obj, "program", req->program, err);
	}
	if (!section && !req->prog_type)
		return find_typed(obj, entry, err);
	if (!section)
		return err_set(err, -EINVAL, "programs of type %u have no default section, name one",
			       req->prog_type);
	*entry = object_entry(obj, section);
	return *entry ? 0 : no_entry(obj, "section", section, err);
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
	r = find_entry(obj, req, &entry, err);
	r = r ?: plan_type(plan, req->prog_type, entry, err);
	r = r ?: check_request(plan, err);
	r = r ?: plan_maps(plan, db, err);
	r = r ?: plan_inserts(plan, err);
	r = r ?: plan_progs(plan, entry, &links, err);
	r = r ?: plan_settings(plan, req->set, err);
	r = r ?: plan_options(plan, kernel, err);
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
	}
	free(plan->maps);
	free(plan->order);
	free(plan->progs);
	free(plan->slots);
	free(plan->inserts);
	buf_free(&plan->notes);
	free(plan);
}

const struct bpfelf_program *bpfelf_plan_entry(const struct bpfelf_plan *plan)
{
	return plan->progs[0].prog;
}
