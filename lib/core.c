/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "core.h"

#include <errno.h>

/* Of several types that fit, each has to say the same. */
static int settle(const struct core_value *first, const struct core_value *value,
		  const struct core_spec *local, struct err *err)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (first->value == value->value && first->poison == value->poison)
		return 0;
	core_spec_text(local, &text);
	return err_set(err, -EINVAL, "the kernel has several types of that name, which do not agree about %s (%ju and %ju)",
		       buf_str(&text), (uintmax_t)first->value, (uintmax_t)value->value);
}

static bool is_kind(const struct core_spec *local, const struct core_candidate *c)
{
	const struct btf_type *x = types_get(local->types, local->root);
	const struct btf_type *y = types_get(c->types, c->id);

	return type_kind(x) == type_kind(y) || (type_is_enum(x) && type_is_enum(y));
}

/* 1, 0: what is looked for is not in this type */
static int value_in(const struct core_candidate *c, const struct core_spec *local,
		    struct core_value *value, struct err *err)
{
	struct core_spec found;
	int there = core_spec_find(local, c->types, c->id, &found, err);
	int r = there > 0 ? core_value(local, &found, value, err) : there;

	r = r ?: types_check(c->types, err);
	return r < 0 ? r : there;
}

static int resolve(const struct core_name *name, const struct core_spec *local,
		   struct core_value *value, struct err *err)
{
	struct core_value other;
	bool first = true;
	uint32_t i;
	int r;

	for (i = 0; name && i < name->cnt; i++) {
		if (!is_kind(local, &name->list[i]))
			continue;
		r = value_in(&name->list[i], local, &other, err);
		if (r == 0)
			continue;
		if (r > 0 && !first)
			r = settle(value, &other, local, err);
		if (r < 0)
			return r;
		if (first)
			*value = other;
		first = false;
	}
	return first ? core_value(local, NULL, value, err) : 0;
}

int core_resolve(const struct core_index *index, const struct types *types,
		 const struct bpf_core_relo *relo, struct core_spec *local,
		 struct core_value *value, struct err *err)
{
	const char *name = type_name(types, types_get(types, relo->type_id));
	int r;

	r = core_spec_read(local, types, relo, err);
	if (r < 0)
		return r;
	if (local->kind == BPF_CORE_TYPE_ID_LOCAL)
		return core_value(local, NULL, value, err);
	if (!name[0])
		return err_set(err, -EBADMSG, "it begins with a type that has no name");
	return resolve(core_index_find(index, name), local, value, err);
}
