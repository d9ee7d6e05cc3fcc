/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an instruction wants to know of a field, a type or an enumerator. */
#include "core.h"

#include <errno.h>

/* the bytes that hold a field, and how to get it out of a u64 of these */
struct place {
	uint64_t offset;	/* bytes */
	uint32_t size;		/* bytes */
	uint32_t bits;
};

static const struct btf_type *field_type(const struct core_spec *spec)
{
	return types_get(spec->types, types_skip(spec->types, spec->type));
}

/*
 * A bitfield is loaded as an integer of its type's size, or the next larger
 * ones until all of it is in, from where such an integer is aligned.
 */
static int place_bitfield(const struct core_spec *spec, struct place *place,
			  struct err *err)
{
	uint32_t size = field_type(spec)->size;

	for (; size && size <= 8; size *= 2) {
		place->offset = spec->bit_offset / 8 / size * size;
		if (spec->bit_offset + spec->bit_size <= (place->offset + size) * 8)
			break;
	}
	if (!size || size > 8)
		return err_set(err, -E2BIG, "no integer of 8 bytes holds that bitfield");
	place->size = size;
	place->bits = spec->bit_size;
	return 0;
}

static int place_field(const struct core_spec *spec, struct place *place,
		       struct err *err)
{
	int64_t size = types_size(spec->types, spec->type);

	if (spec->bit_size)
		return place_bitfield(spec, place, err);
	if (size < 0)
		return err_set(err, -EBADMSG, "the field has no size");
	place->offset = spec->bit_offset / 8;
	place->size = size;
	place->bits = size * 8;
	return 0;
}

static bool is_signed(const struct core_spec *spec)
{
	const struct btf_type *t = field_type(spec);

	if (type_is_enum(t))
		return type_flag(t);
	return type_kind(t) == TYPE_INT &&
	       (*(const uint32_t *)type_tail(t) >> 24 & BTF_INT_SIGNED);
}

/* how far left to shift the integer until nothing is above the field */
static uint32_t left_shift(const struct core_spec *spec, const struct place *p)
{
	uint32_t bit = spec->bit_offset - p->offset * 8;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return 64 - (bit + p->bits);
#else
	return (8 - p->size) * 8 + bit;
#endif
}

static int field_value(const struct core_spec *spec, enum bpf_core_relo_kind kind,
		       uint64_t *value, uint32_t *size, struct err *err)
{
	struct place place;
	int r;

	r = place_field(spec, &place, err);
	if (r < 0)
		return r;
	*size = place.size;
	switch (kind) {
	case BPF_CORE_FIELD_BYTE_OFFSET:
		*value = place.offset;
		break;
	case BPF_CORE_FIELD_BYTE_SIZE:
		*value = place.size;
		break;
	case BPF_CORE_FIELD_SIGNED:
		*value = is_signed(spec);
		break;
	case BPF_CORE_FIELD_LSHIFT_U64:
	case BPF_CORE_FIELD_RSHIFT_U64:
		if (place.bits > 64)
			return err_set(err, -EINVAL, "a field of %u bytes cannot be shifted", place.size);
		*value = kind == BPF_CORE_FIELD_LSHIFT_U64 ? left_shift(spec, &place) : 64 - place.bits;
		break;
	default:
		*value = 1;
	}
	return 0;
}

/* Whether loads of either need no more than another width: of unsigned
 * integers and pointers, whose upper bytes are 0 */
static bool may_resize(const struct core_spec *local, const struct core_spec *found)
{
	const struct btf_type *x = field_type(local), *y = field_type(found);

	if (type_kind(x) == TYPE_PTR && type_kind(y) == TYPE_PTR)
		return true;
	return type_kind(x) == TYPE_INT && type_kind(y) == TYPE_INT &&
	       !is_signed(local) && !is_signed(found);
}

static int compare_sizes(const struct core_spec *local,
			 const struct core_spec *found,
			 struct core_value *value, struct err *err)
{
	struct place place;
	int r;

	if (local->bit_size || found->bit_size)
		return 0;
	r = place_field(local, &place, err);
	if (r < 0)
		return r;
	value->is_memory_field = true;
	value->local_size = place.size;
	value->no_resize = place.size != value->size && !may_resize(local, found);
	return 0;
}

static uint64_t enumerator_value(const struct core_spec *spec)
{
	const struct btf_type *t = types_get(spec->types, spec->type);
	const struct btf_enum64 *e64 = type_tail(t);
	const struct btf_enum *e = type_tail(t);

	if (type_kind(t) == TYPE_ENUM)
		return (int64_t)e[spec->index].val;
	return (uint64_t)e64[spec->index].val_hi32 << 32 | e64[spec->index].val_lo32;
}

static int type_value(const struct core_spec *spec, enum bpf_core_relo_kind kind,
		      uint64_t *value, struct err *err)
{
	int64_t size = types_size(spec->types, spec->root);

	*value = kind == BPF_CORE_TYPE_ID_TARGET ? spec->root : 1;
	if (kind != BPF_CORE_TYPE_SIZE)
		return 0;
	if (size < 0)
		return err_set(err, -EINVAL, "the type has no size");
	*value = size;
	return 0;
}

/* what is not there is 0 where that can be told from something that is */
static void nothing(enum bpf_core_relo_kind kind, struct core_value *value)
{
	switch (kind) {
	case BPF_CORE_FIELD_EXISTS:
	case BPF_CORE_ENUMVAL_EXISTS:
	case BPF_CORE_TYPE_ID_TARGET:
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_TYPE_SIZE:
	case BPF_CORE_TYPE_MATCHES:
		break;
	default:
		value->poison = true;
	}
}

int core_value(const struct core_spec *local, const struct core_spec *found,
	       struct core_value *value, struct err *err)
{
	int r;

	memset(value, 0, sizeof(*value));
	if (local->kind == BPF_CORE_TYPE_ID_LOCAL) {
		value->value = local->root;
		return 0;
	}
	if (!found) {
		nothing(local->kind, value);
		return 0;
	}
	if (local->kind > BPF_CORE_FIELD_RSHIFT_U64 && local->kind < BPF_CORE_ENUMVAL_EXISTS)
		return type_value(found, local->kind, &value->value, err);
	if (local->kind == BPF_CORE_TYPE_MATCHES || local->kind == BPF_CORE_ENUMVAL_EXISTS) {
		value->value = 1;
		return 0;
	}
	if (local->kind == BPF_CORE_ENUMVAL_VALUE) {
		value->value = enumerator_value(found);
		return 0;
	}
	r = field_value(found, local->kind, &value->value, &value->size, err);
	if (r < 0 || local->kind != BPF_CORE_FIELD_BYTE_OFFSET)
		return r;
	return compare_sizes(local, found, value, err);
}
