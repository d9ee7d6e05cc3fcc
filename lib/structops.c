/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "structops.h"

#include <errno.h>

#include "kerntypes.h"

#define OPS		"bpf_dummy_ops"

static uint32_t find_struct(const struct types *types, const char *name)
{
	const struct btf_type *t;
	uint32_t id;

	for (id = 1;; id++) {
		t = types_get(types, id);
		if (!type_kind(t))
			return 0;
		if (type_kind(t) == TYPE_STRUCT && str_eq(type_name(types, t), name))
			return id;
	}
}

static int find_member(const struct types *types, uint32_t id,
		       const char *name, uint32_t *number, struct err *err)
{
	const struct btf_type *t = types_get(types, id);
	const struct btf_member *m = type_tail(t);
	uint32_t i;

	for (i = 0; i < type_vlen(t); i++) {
		if (!str_eq(types_string(types, m[i].name_off), name))
			continue;
		*number = i;
		return 0;
	}
	err_set(err, -EINVAL, "struct %s has no member '%s'", type_name(types, t), name);
	return err_hint(err, "name the section struct_ops/MEMBER, of struct " OPS);
}

static int find(const struct types *types, const char *member,
		struct kern_prog *prog, struct err *err)
{
	prog->attach_btf_id = find_struct(types, OPS);
	if (!prog->attach_btf_id)
		return err_set(err, -ENOENT, "no struct %s", OPS);
	return find_member(types, prog->attach_btf_id, member, &prog->attach_type, err);
}

int structops_find(struct bpfelf_ctx *ctx, const char *member,
		   struct kern_prog *prog, struct err *err)
{
	const struct types *types;
	int r;

	r = kerntypes_get(ctx, &types, err);
	if (r < 0)
		return r;
	r = find(types, member, prog, err);
	return r < 0 ? err_wrap(err, "types of the kernel") : 0;
}
