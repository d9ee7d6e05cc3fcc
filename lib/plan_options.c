/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the map of an object's externs in `.kconfig` is filled with: values of the
 * kernel's configuration, each as its type in the object takes it.
 */
#include "plan.h"

#include <errno.h>

#include "value.h"

struct options {
	struct bpfelf_plan *plan;
	const struct kernel_facts *kernel;
	struct plan_map *pm;
	const struct types *types;
	struct buf text;	/* of one value */
};

static bool is_used(const struct options *o, const struct object_extern *ext)
{
	const struct bpfelf_plan *plan = o->plan;
	const struct link_ref *ref;
	size_t i, j;

	for (i = 0; i < plan->progs_cnt; i++)
		for (j = 0; j < plan->progs[i].code.refs_cnt; j++) {
			ref = &plan->progs[i].code.refs[j];
			if (&plan->maps[ref->map] == o->pm && ref->offset >= ext->offset &&
			    ref->offset - ext->offset < ext->size)
				return true;
		}
	return false;
}

/* An enum of libbpf's, for what may be a module: no, yes, module */
static bool is_tristate(const struct types *types, uint32_t id)
{
	const struct btf_type *t = types_get(types, types_skip(types, id));

	return type_kind(t) == TYPE_ENUM && t->size >= 4 &&
	       str_eq(type_name(types, t), "libbpf_tristate");
}

static bool has_kind(const struct types *types, uint32_t id, uint32_t kind)
{
	return type_kind(types_get(types, types_skip(types, id))) == kind;
}

static int no_place(const char *text, struct err *err)
{
	return err_set(err, -EINVAL, "it is %s, which its type does not take", text);
}

/* y, m, n: a number of the enum, true and false, or the letter in a char */
static int put_letter(struct options *o, const struct object_extern *ext,
		      const char *letter, char *to, struct err *err)
{
	const struct value_number tri = {
		.size = *letter == 'y' ? 1 : *letter == 'm' ? 2 : 0,
	};

	struct err no_bool;

	if (is_tristate(o->types, ext->type))
		return value_put_number(o->types, ext->type, &tri, to, err);
	if (ext->size != 1 || !has_kind(o->types, ext->type, TYPE_INT))
		return no_place(letter, err);
	/* a bool has no m, and only a bool takes a word */
	if (value_put(o->types, ext->type, "false", to, &no_bool) < 0)
		*to = *letter;
	else if (*letter == 'm')
		return no_place(letter, err);
	else
		*to = *letter == 'y';
	return 0;
}

static int put_string(struct options *o, const struct object_extern *ext,
		      const char *text, char *to, struct err *err)
{
	size_t len = strlen(text) - 1;
	uint32_t room = value_chars(o->types, ext->type);

	if (!room)
		return no_place(text, err);
	len -= text[len] == '"';
	if (len >= room) {
		buf_addf(&o->plan->notes, "'%s' has room for %u bytes of %s\n",
			 ext->name, room - 1, text);
		len = room - 1;
	}
	memcpy(to, text + 1, len);
	return 0;
}

static int put_option(struct options *o, const struct object_extern *ext,
		      const char *text, char *to, struct err *err)
{
	struct value_number n;

	if (str_eq(text, "y") || str_eq(text, "m") || str_eq(text, "n"))
		return put_letter(o, ext, text, to, err);
	if (text[0] == '"')
		return put_string(o, ext, text, to, err);
	if (!value_read_number(text, &n) || !has_kind(o->types, ext->type, TYPE_INT))
		return no_place(text, err);
	return value_put_number(o->types, ext->type, &n, to, err);
}

static int no_option(const struct object_extern *ext, struct err *err)
{
	if (strncmp(ext->name, "CONFIG_", 7) == 0)
		err_set(err, -ENOENT, "it is not set in the configuration of this kernel");
	else
		err_set(err, -ENOENT, "it is no option of a kernel (CONFIG_...)");
	return err_hint(err, "declared __weak, it is 0 where it is not set");
}

static int fill_option(struct options *o, const struct object_extern *ext,
		       struct err *err)
{
	int r;

	buf_free(&o->text);
	r = o->kernel && o->kernel->option ?
	    o->kernel->option(o->kernel->data, ext->name, &o->text, err) :
	    err_set(err, -ENOENT, "there is no configuration of a kernel");
	if (r == 0 && !ext->is_weak)
		r = no_option(ext, err);
	if (r > 0)
		r = buf_failed(&o->text) ? err_sys(err, -ENOMEM, "read") :
		    put_option(o, ext, buf_str(&o->text), o->pm->bytes + ext->offset, err);
	if (r >= 0)
		return 0;
	if (is_used(o, ext))
		return err_wrap(err, "option '%s'", ext->name);
	/* what no program of the plan asks for may be anything */
	err_clear(err);
	return 0;
}

int plan_options(struct bpfelf_plan *plan, const struct kernel_facts *kernel,
		 struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	struct options o = {
		.plan = plan, .kernel = kernel, .types = &obj->btf.types,
	};
	size_t i;
	int r;

	if (!obj->kconfig_map)
		return 0;
	o.pm = &plan->maps[obj->kconfig_map - 1];
	if (plan_map_is_idle(o.pm))
		return 0;
	r = plan_own_bytes(o.pm, err);
	for (i = 0; r == 0 && i < obj->externs_cnt; i++)
		if (obj->externs[i].kind == EXTERN_OPTION)
			r = fill_option(&o, &obj->externs[i], err);
	buf_free(&o.text);
	return r;
}
