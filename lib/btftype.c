/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btftype.h"

struct btf_type btftype_get(const struct btf *btf, uint32_t id)
{
	struct btf_type t = { 0 };

	if (id && id < btf->types_cnt)
		memcpy(&t, btf->data + btf->types[id], sizeof(t));
	return t;
}

void btftype_entry(const struct btf *btf, uint32_t id, uint32_t i, void *entry,
		   size_t size)
{
	memcpy(entry, btf->data + btf->types[id] + sizeof(struct btf_type) +
	       i * size, size);
}

static bool is_wrapper(const struct btf_type *t)
{
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return true;
	default:
		return false;
	}
}

uint32_t btftype_bare(const struct btf *btf, uint32_t id)
{
	struct btf_type t = btftype_get(btf, id);
	uint32_t steps;

	/* more steps than there are types can only be a loop */
	for (steps = 0; is_wrapper(&t); steps++) {
		if (steps == btf->types_cnt)
			return 0;
		id = t.type;
		t = btftype_get(btf, id);
	}
	return id < btf->types_cnt ? id : 0;
}

uint32_t btftype_kind(const struct btf *btf, uint32_t id)
{
	struct btf_type t = btftype_get(btf, btftype_bare(btf, id));

	return BTF_INFO_KIND(t.info);
}

/* bytes of what is no array, 0 for what has none */
static uint32_t size_of(const struct btf_type *t)
{
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		return sizeof(uint64_t);	/* BPF's, not the host's */
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		return t->size;
	default:
		return 0;
	}
}

bool btftype_size(const struct btf *btf, uint32_t id, uint32_t *size)
{
	struct btf_array array;
	struct btf_type t = { 0 };
	uint64_t all = 1;
	uint32_t steps;

	for (steps = 0; steps < btf->types_cnt; steps++) {
		id = btftype_bare(btf, id);
		t = btftype_get(btf, id);
		if (BTF_INFO_KIND(t.info) != BTF_KIND_ARRAY)
			break;
		btftype_entry(btf, id, 0, &array, sizeof(array));
		all *= array.nelems;
		if (all > UINT32_MAX)
			return false;
		id = array.type;
	}
	all *= size_of(&t);
	*size = all;
	return all > 0 && all <= UINT32_MAX;
}
