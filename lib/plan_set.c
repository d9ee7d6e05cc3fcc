/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values that the request gives to variables of the object. */
#include "plan.h"

#include <errno.h>

#include "setvar.h"
#include "value.h"

/* Bytes of its own, which begin as those of the section */
int plan_own_bytes(struct plan_map *pm, struct err *err)
{
	const struct image_section *sec = pm->map->data;

	if (pm->bytes)
		return 0;
	pm->bytes = calloc(1, sec->size);
	if (!pm->bytes)
		return err_sys(err, -ENOMEM, "plan data");
	if (sec->data)
		memcpy(pm->bytes, sec->data, sec->size);
	return 0;
}

/* Where the value of a variable goes; NULL: its section is no map, since no
 * program refers to it. */
static int find_bytes(struct bpfelf_plan *plan, const struct setvar *var,
		      char **bytes, struct err *err)
{
	const struct bpfelf_map *map = object_data(plan->obj, var->section->index);
	struct plan_map *pm;
	int r;

	*bytes = NULL;
	if (!map)
		return 0;
	pm = &plan->maps[map - plan->obj->maps];
	r = plan_own_bytes(pm, err);
	if (r == 0)
		*bytes = pm->bytes + var->offset;
	return r;
}

static int put(struct bpfelf_plan *plan, const struct types *types,
	       const struct setvar *var, const char *text, struct err *err)
{
	_cleanup_free_ char *value = calloc(1, var->size + 1);
	char *bytes;
	int r;

	if (!value)
		return err_sys(err, -ENOMEM, "plan data");
	r = value_put(types, var->type, text, value, err);
	r = r ?: find_bytes(plan, var, &bytes, err);
	if (r == 0 && bytes)
		memcpy(bytes, value, var->size);
	return r;
}

static int set(struct bpfelf_plan *plan, const struct types *types,
	       const char *setting, struct err *err)
{
	const char *equals = strchr(setting, '=');
	struct setvar var;
	int len, r;

	if (!equals || equals == setting)
		return err_set(err, -EINVAL, "it is not NAME=VALUE");
	len = equals - setting;
	r = setvar_find(plan->obj, types, setting, len, &var, err);
	r = r ?: put(plan, types, &var, equals + 1, err);
	if (r == 0 && var.is_constant)
		buf_addf(&plan->notes, "set %s: '%.*s' is const and not volatile, "
			 "so that code may go on with the value it was compiled with\n",
			 setting, len, setting);
	return r;
}

int plan_settings(struct bpfelf_plan *plan, const char *const *settings,
		  struct err *err)
{
	const struct btf *btf = &plan->obj->btf;
	int r = 0;

	if (!settings || !settings[0])
		return 0;
	if (!btf->data) {
		err_set(err, -ENOTSUP, "set %s: the object does not tell its variables (%s)",
			settings[0], plan->obj->btf_problem ?: "it has no section '.BTF'");
		return err_hint(err, "compile it with -g");
	}
	for (; r == 0 && *settings; settings++) {
		r = set(plan, &btf->types, *settings, err);
		if (r < 0)
			err_wrap(err, "set %s", *settings);
	}
	return r;
}
