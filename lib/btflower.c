/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btflower.h"

#include <errno.h>

#include "types.h"

#define INFO(kind, vlen)	((uint32_t)(kind) << 24 | (vlen))

/* some integer: its id, and a name that the kernel takes for one; 0: none */
static uint32_t find_int(const struct types *types, uint32_t *name)
{
	const struct btf_type *t;
	uint32_t id;

	for (id = 1; id < types->cnt; id++) {
		t = types_get(types, id);
		*name = t->name_off;
		if (type_kind(t) == TYPE_INT && t->name_off)
			return id;
	}
	return 0;
}

/* 6.0: a union with a member for each value, which bpftool shows by name */
static void lower_enum64(struct btf_type *t, uint32_t integer)
{
	struct btf_member *m = (void *)(t + 1);
	uint32_t i;

	for (i = 0; i < type_vlen(t); i++) {
		m[i].type = integer;
		m[i].offset = 0;
	}
	t->info = INFO(TYPE_UNION, type_vlen(t));
}

/* 5.16: words about a type, which nobody refers to */
static void lower_decl_tag(struct btf_type *t, uint32_t name)
{
	const uint32_t bits = 8;

	t->name_off = name;
	t->info = INFO(TYPE_INT, 0);
	t->size = 1;
	memcpy(t + 1, &bits, sizeof(bits));
}

/* 5.6: that it is global, which has it verified on its own */
static bool lower_func(struct btf_type *t)
{
	if (type_vlen(t) == LINKAGE_STATIC)
		return false;
	t->info = INFO(TYPE_FUNC, LINKAGE_STATIC);
	return true;
}

static bool lower(struct btf_type *t, bool all, uint32_t integer, uint32_t name)
{
	switch (type_kind(t)) {
	case TYPE_FLOAT:	/* 5.13 */
		t->info = INFO(TYPE_STRUCT, 0);
		return true;
	case TYPE_TYPE_TAG:	/* 5.17 */
		t->name_off = 0;
		t->info = INFO(TYPE_CONST, 0);
		return true;
	case TYPE_ENUM:		/* 6.0: that its values are signed */
		if (!type_flag(t))
			return false;
		t->info &= ~(1u << 31);
		return true;
	case TYPE_FUNC:
		return all && lower_func(t);
	case TYPE_DECL_TAG:
		if (integer)
			lower_decl_tag(t, name);
		return integer;
	case TYPE_ENUM64:
		if (integer)
			lower_enum64(t, integer);
		return integer;
	default:
		return false;
	}
}

int btflower(const void *data, size_t size, bool all, struct buf *out,
	     struct err *err)
{
	_cleanup_(types_free) struct types types = { 0 };
	uint32_t id, integer, name;
	const char *t;
	int r, n = 0;

	buf_add(out, data, size);
	if (buf_failed(out))
		return err_sys(err, -ENOMEM, "replace types");
	r = types_read(&types, NULL, out->data, size, err);
	if (r < 0)
		return r;
	integer = find_int(&types, &name);
	for (id = 1; id < types.cnt; id++) {
		t = (const char *)types_get(&types, id);
		n += lower((struct btf_type *)(out->data + (t - out->data)), all,
			   integer, name);
	}
	if (!n)
		buf_free(out);
	return n;
}
