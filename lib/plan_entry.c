/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which program of an object a request means. */
#include "plan.h"

#include <errno.h>

/* programs whose sections say that they are for a hook */
struct hook_type {
	uint32_t prog_type;	/* 0: whatever it is */
	uint32_t attach_type;	/* 0: the same */
	bool optional;		/* those that libbpf loads only when asked to */
};

static bool fits(const struct bpfelf_program *p, const struct hook_type *hook)
{
	const char *section = p->code->sec->name;
	struct sectype type;

	return sectype_is_optional(section) == hook->optional &&
	       sectype_of_section(section, &type) &&
	       (!hook->prog_type ||
		sectype_fits(&type, hook->prog_type, hook->attach_type));
}

static const struct bpfelf_program *
next_fitting(const struct bpfelf_object *obj, const struct hook_type *hook,
	     const struct bpfelf_program *p)
{
	while ((p = bpfelf_program_next(obj, p)))
		if (fits(p, hook))
			return p;
	return NULL;
}

/* Their number; those that are optional count only if there are no others. */
static size_t count_fitting(const struct bpfelf_object *obj,
			    struct hook_type *hook,
			    const struct bpfelf_program **first)
{
	const struct bpfelf_program *p;
	size_t cnt = 0;

	*first = next_fitting(obj, hook, NULL);
	if (!*first) {
		hook->optional = true;
		*first = next_fitting(obj, hook, NULL);
	}
	for (p = *first; p; p = next_fitting(obj, hook, p))
		cnt++;
	return cnt;
}

/* "'prog', 'ingress' (in), 'egress' (out)" */
static void list_one(const struct bpfelf_program *p, struct buf *out)
{
	buf_addf(out, "%s'%s'", out->len ? ", " : "", p->code->sec->name);
	if (!str_eq(p->name, p->code->sec->name))
		buf_addf(out, " (%s)", p->name);
}

static void list_fitting(const struct bpfelf_object *obj,
			 const struct hook_type *hook, struct buf *out)
{
	const struct bpfelf_program *p = NULL;

	while ((p = next_fitting(obj, hook, p)))
		list_one(p, out);
}

/* what could have been asked for */
static int hint_entries(const struct bpfelf_object *obj, struct err *err)
{
	_cleanup_buf_ struct buf list = { 0 };
	const struct bpfelf_program *p = NULL;
	bool only_slots = true;

	while ((p = bpfelf_program_next(obj, p))) {
		list_one(p, &list);
		only_slots &= p->code->is_slot;
	}
	if (!list.len)
		return err_hint(err, "the object holds no program at all");
	return err_hint(err, "the object has %s: %s", only_slots ?
			"tail calls alone, of which one has to be named as the entry" :
			"the sections (programs)", buf_str(&list));
}

static int no_entry(const struct bpfelf_object *obj, const char *what,
		    const char *name, struct err *err)
{
	err_set(err, -ENOENT, "no %s '%s'", what, name);
	return hint_entries(obj, err);
}

static const struct bpfelf_program *
find_section(const struct bpfelf_object *obj, const char *name)
{
	const struct bpfelf_program *p = object_entry(obj, name);
	size_t i;

	for (i = 0; !p && i < obj->codes_cnt; i++)
		if (sectype_is_optional(obj->codes[i].sec->name) &&
		    str_eq(obj->codes[i].sec->name + 1, name))
			p = object_code_entry(&obj->codes[i]);
	return p;
}

static bool is_in_section(const struct bpfelf_program *p, const char *name)
{
	const char *own = p->code->sec->name;

	return !name || str_eq(own, name) ||
	       (sectype_is_optional(own) && str_eq(own + 1, name));
}

static const struct bpfelf_program *
find_function(const struct bpfelf_object *obj, const char *section,
	      const char *name)
{
	const struct bpfelf_program *p = NULL;
	size_t i;

	while ((p = bpfelf_program_next(obj, p)))
		if (str_eq(p->name, name) && is_in_section(p, section))
			return p;
	/* static ones are entries when somebody says so */
	for (i = 0; i < obj->progs_cnt; i++)
		if (str_eq(obj->progs[i].name, name) &&
		    is_in_section(&obj->progs[i], section))
			return &obj->progs[i];
	return NULL;
}

/* The only one whose section tells a type */
static int find_typed(const struct bpfelf_object *obj,
		      const struct bpfelf_program **entry, struct err *err)
{
	struct hook_type any = { 0 };
	size_t cnt = count_fitting(obj, &any, entry);

	if (cnt == 1)
		return 0;
	err_set(err, -EINVAL, "the sections of %zu programs tell a type: name one section, or say the type",
		cnt);
	return hint_entries(obj, err);
}

/*
 * Without the section that iproute2 takes by default: an object for libbpf,
 * maybe, whose sections say what they are for. What is not the only one of its
 * kind has to be named.
 */
static int find_fitting(const struct bpfelf_object *obj,
			const struct bpfelf_request *req, const char *section,
			const struct bpfelf_program **entry, struct err *err)
{
	struct hook_type hook = { req->prog_type, req->attach_type, false };
	_cleanup_buf_ struct buf list = { 0 };
	size_t cnt = count_fitting(obj, &hook, entry);

	if (cnt == 1)
		return 0;
	if (!cnt)
		return no_entry(obj, "section", section, err);
	list_fitting(obj, &hook, &list);
	err_set(err, -ENOENT, "no section '%s', and %zu programs fit in its place: %s",
		section, cnt, buf_str(&list));
	return err_hint(err, "name one of them: section NAME, or program NAME");
}

int plan_entry(const struct bpfelf_object *obj,
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
	*entry = find_section(obj, section);
	if (*entry)
		return 0;
	if (!req->section)
		return find_fitting(obj, req, section, entry, err);
	return no_entry(obj, "section", section, err);
}

void plan_list_fitting(const struct bpfelf_plan *plan, struct buf *list)
{
	struct hook_type hook = { .prog_type = plan->prog_type };

	list_fitting(plan->obj, &hook, list);
	hook.optional = true;
	list_fitting(plan->obj, &hook, list);
}
