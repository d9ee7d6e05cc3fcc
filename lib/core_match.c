/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * When a type of the object and one of the kernel are the same.
 *
 * In three degrees: fields_agree is for what a field holds, and easy-going;
 * types_agree compares kinds all the way down; types_match compares names and
 * members, too. The types may be a stranger's: how far one looks into them is
 * bounded (struct walk).
 */
#include "core.h"

#define MAX_DEPTH	32
#define MAX_TYPES	10000

struct walk {
	int depth;
	unsigned int seen;
	bool behind;		/* a pointer: only names and kinds count */
};

static const struct btf_type *skip(const struct types *types, uint32_t id)
{
	return types_get(types, types_skip(types, id));
}

/* "task_struct___old" -> 11: what stands behind three underscores, with
 * something before and behind them, tells one version of a type from another */
size_t core_name_len(const char *name)
{
	size_t i, len = strlen(name);

	for (i = len; i-- > 4;)
		if (name[i] != '_' && strncmp(name + i - 3, "___", 3) == 0 &&
		    name[i - 4] != '_')
			return i - 3;
	return len;
}

bool core_same_name(const char *a, const char *b)
{
	size_t len = core_name_len(a);

	return len == core_name_len(b) && memcmp(a, b, len) == 0;
}

static bool same_kind(const struct btf_type *a, const struct btf_type *b)
{
	return type_kind(a) == type_kind(b) || (type_is_enum(a) && type_is_enum(b));
}

/* an integer that begins within another is a bitfield of old BTF */
static bool is_whole_int(const struct btf_type *t)
{
	return !(*(const uint32_t *)type_tail(t) >> 16 & 0xff);
}

static bool names_agree(const struct types *a, const struct btf_type *x,
			const struct types *b, const struct btf_type *y)
{
	const char *x_name = type_name(a, x), *y_name = type_name(b, y);

	return !x_name[0] || !y_name[0] || core_same_name(x_name, y_name);
}

static bool fields_agree(const struct types *a, uint32_t a_id,
			 const struct types *b, uint32_t b_id, int depth)
{
	const struct btf_type *x = skip(a, a_id), *y = skip(b, b_id);

	if (type_is_composite(x) && type_is_composite(y))
		return true;
	if (!same_kind(x, y) || depth == MAX_DEPTH)
		return false;
	switch (type_kind(x)) {
	case TYPE_PTR:
	case TYPE_FLOAT:
		return true;
	case TYPE_FWD:
	case TYPE_ENUM:
	case TYPE_ENUM64:
		return names_agree(a, x, b, y);
	case TYPE_INT:
		return is_whole_int(x) && is_whole_int(y);
	case TYPE_ARRAY:
		return fields_agree(a, ((const struct btf_array *)type_tail(x))->type,
				    b, ((const struct btf_array *)type_tail(y))->type,
				    depth + 1);
	default:
		return false;
	}
}

bool core_fields_agree(const struct types *a, uint32_t a_id,
		       const struct types *b, uint32_t b_id)
{
	return fields_agree(a, a_id, b, b_id, 0);
}

typedef bool compare_fn(const struct types *a, uint32_t a_id,
			const struct types *b, uint32_t b_id, struct walk *w);

/* Compare what is part of the types being compared */
static bool deeper(compare_fn *same, const struct types *a, uint32_t a_id,
		   const struct types *b, uint32_t b_id, struct walk *w)
{
	bool result;

	if (w->depth == MAX_DEPTH || w->seen == MAX_TYPES)
		return false;
	w->depth++;
	w->seen++;
	result = same(a, a_id, b, b_id, w);
	w->depth--;
	return result;
}

static bool same_elements(compare_fn *same, const struct types *a,
			  const struct btf_array *x, const struct types *b,
			  const struct btf_array *y, struct walk *w)
{
	return deeper(same, a, x->type, b, y->type, w);
}

static bool same_protos(compare_fn *same, const struct types *a,
			const struct btf_type *x, const struct types *b,
			const struct btf_type *y, struct walk *w)
{
	const struct btf_param *p = type_tail(x), *q = type_tail(y);
	uint32_t i;

	if (type_vlen(x) != type_vlen(y))
		return false;
	for (i = 0; i < type_vlen(x); i++)
		if (!deeper(same, a, p[i].type, b, q[i].type, w))
			return false;
	return deeper(same, a, x->type, b, y->type, w);
}

static bool types_agree(const struct types *a, uint32_t a_id,
			const struct types *b, uint32_t b_id, struct walk *w)
{
	const struct btf_type *x = skip(a, a_id), *y = skip(b, b_id);

	if (!same_kind(x, y))
		return false;
	switch (type_kind(x)) {
	case TYPE_INT:
		return is_whole_int(x) && is_whole_int(y);
	case TYPE_PTR:
		return deeper(types_agree, a, x->type, b, y->type, w);
	case TYPE_ARRAY:
		return same_elements(types_agree, a, type_tail(x), b, type_tail(y), w);
	case TYPE_FUNC_PROTO:
		return same_protos(types_agree, a, x, b, y, w);
	case TYPE_VOID:
	case TYPE_STRUCT:
	case TYPE_UNION:
	case TYPE_ENUM:
	case TYPE_ENUM64:
	case TYPE_FWD:
	case TYPE_FLOAT:
		return true;
	default:
		return false;
	}
}

bool core_types_agree(const struct types *a, uint32_t a_id,
		      const struct types *b, uint32_t b_id)
{
	struct walk w = { 0 };

	return types_agree(a, a_id, b, b_id, &w);
}

/* types_match: the object may know less than the kernel, but nothing else */

static const char *enumerator(const struct types *types, const struct btf_type *t,
			      uint32_t i)
{
	const struct btf_enum *e = type_tail(t);
	const struct btf_enum64 *e64 = type_tail(t);

	return types_string(types, type_kind(t) == TYPE_ENUM ?
			    e[i].name_off : e64[i].name_off);
}

static bool has_enumerator(const struct types *types, const struct btf_type *t,
			   const char *name)
{
	uint32_t i;

	for (i = 0; i < type_vlen(t); i++)
		if (core_same_name(enumerator(types, t, i), name))
			return true;
	return false;
}

static bool enums_match(const struct types *a, const struct btf_type *x,
			const struct types *b, const struct btf_type *y)
{
	uint32_t i;

	for (i = 0; i < type_vlen(x); i++)
		if (!has_enumerator(b, y, enumerator(a, x, i)))
			return false;
	return true;
}

static compare_fn types_match;

static bool has_member(const struct types *a, const struct btf_member *m,
		       const struct types *b, const struct btf_type *y,
		       struct walk *w)
{
	const char *name = types_string(a, m->name_off);
	const struct btf_member *n = type_tail(y);
	uint32_t i;

	for (i = 0; i < type_vlen(y); i++)
		if (core_same_name(name, types_string(b, n[i].name_off)) &&
		    deeper(types_match, a, m->type, b, n[i].type, w))
			return true;
	return false;
}

static bool composites_match(const struct types *a, const struct btf_type *x,
			     const struct types *b, const struct btf_type *y,
			     struct walk *w)
{
	const struct btf_member *m = type_tail(x);
	uint32_t i;

	if (type_kind(x) != type_kind(y) || type_vlen(x) > type_vlen(y))
		return false;
	for (i = 0; i < type_vlen(x); i++)
		if (!has_member(a, &m[i], b, y, w))
			return false;
	return true;
}

static bool is_union(const struct btf_type *t)
{
	return type_kind(t) == TYPE_UNION || (type_kind(t) == TYPE_FWD && type_flag(t));
}

static bool may_be_declared(const struct btf_type *t)
{
	return type_is_composite(t) || type_kind(t) == TYPE_FWD;
}

static bool ints_match(const struct btf_type *x, const struct btf_type *y)
{
	uint32_t x_signed = *(const uint32_t *)type_tail(x) >> 24 & BTF_INT_SIGNED;
	uint32_t y_signed = *(const uint32_t *)type_tail(y) >> 24 & BTF_INT_SIGNED;

	return x->size == y->size && x_signed == y_signed;
}

static bool arrays_match(const struct types *a, const struct btf_array *x,
			 const struct types *b, const struct btf_array *y,
			 struct walk *w)
{
	return x->nelems == y->nelems && same_elements(types_match, a, x, b, y, w);
}

static bool pointers_match(const struct types *a, const struct btf_type *x,
			   const struct types *b, const struct btf_type *y,
			   struct walk *w)
{
	bool behind = w->behind, result;

	w->behind = true;
	result = deeper(types_match, a, x->type, b, y->type, w);
	w->behind = behind;
	return result;
}

static bool types_match(const struct types *a, uint32_t a_id,
			const struct types *b, uint32_t b_id, struct walk *w)
{
	const struct btf_type *x = skip(a, a_id), *y = skip(b, b_id);

	if (!core_same_name(type_name(a, x), type_name(b, y)))
		return false;
	/* there, a declaration does, on either side */
	if (w->behind && may_be_declared(x))
		return may_be_declared(y) && is_union(x) == is_union(y);
	if (!same_kind(x, y))
		return false;
	switch (type_kind(x)) {
	case TYPE_VOID:
		return true;
	case TYPE_FWD:
		return type_flag(x) == type_flag(y);
	case TYPE_ENUM:
	case TYPE_ENUM64:
		return enums_match(a, x, b, y);
	case TYPE_STRUCT:
	case TYPE_UNION:
		return composites_match(a, x, b, y, w);
	case TYPE_INT:
		return ints_match(x, y);
	case TYPE_PTR:
		return pointers_match(a, x, b, y, w);
	case TYPE_ARRAY:
		return arrays_match(a, type_tail(x), b, type_tail(y), w);
	case TYPE_FUNC_PROTO:
		return same_protos(types_match, a, x, b, y, w);
	default:
		return false;
	}
}

bool core_types_match(const struct types *local, uint32_t local_id,
		      const struct types *kernel, uint32_t kernel_id)
{
	struct walk w = { 0 };

	return types_match(local, local_id, kernel, kernel_id, &w);
}
