/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a relocation's "0:1:2" to a field, and to the same one elsewhere. */
#include "core.h"

#include <ctype.h>
#include <errno.h>

#define MAX_NESTED	32	/* unnamed members within each other */
#define MAX_MEMBERS	65536	/* looked at for one name */

static bool is_enum_kind(enum bpf_core_relo_kind kind)
{
	return kind == BPF_CORE_ENUMVAL_EXISTS || kind == BPF_CORE_ENUMVAL_VALUE;
}

static bool is_field_kind(enum bpf_core_relo_kind kind)
{
	return kind <= BPF_CORE_FIELD_RSHIFT_U64;
}

static int no_sense(const char *access, struct err *err)
{
	return err_set(err, -EBADMSG, "'%s' leads nowhere in its type", access);
}

/* The next number of "0:1:2"; false: there is none */
static bool next_number(const char **access, uint32_t *number)
{
	const char *p = *access;
	uint64_t n = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		n = n * 10 + (*p - '0');
		if (n > INT32_MAX)
			return false;
	}
	if (*p && (*p != ':' || !p[1]))
		return false;
	*access = *p ? p + 1 : p;
	*number = n;
	return true;
}

static const struct btf_type *skip(const struct types *types, uint32_t id)
{
	return types_get(types, types_skip(types, id));
}

static uint32_t bit_offset_of(const struct btf_type *t, const struct btf_member *m)
{
	return type_flag(t) ? m->offset & 0xffffff : m->offset;
}

/* old BTF tells a bitfield by the integer it is of: bits, and an offset */
static uint32_t bit_size_of(const struct types *types, const struct btf_type *t,
			    const struct btf_member *m, uint32_t *more)
{
	const struct btf_type *mt = skip(types, m->type);
	uint32_t word;

	*more = 0;
	if (type_flag(t))
		return m->offset >> 24;
	if (type_kind(mt) != TYPE_INT)
		return 0;
	word = *(const uint32_t *)type_tail(mt);
	*more = word >> 16 & 0xff;
	return *more || (word & 0xff) != mt->size * 8 ? word & 0xff : 0;
}

static int add_step(struct core_spec *spec, const char *name, uint32_t index,
		    uint32_t type, struct err *err)
{
	if (spec->steps_cnt == CORE_MAX_STEPS)
		return err_set(err, -E2BIG, "more than %u steps to a field", CORE_MAX_STEPS);
	spec->steps[spec->steps_cnt++] = (struct core_step) {
		.name = name, .index = index, .type = type,
	};
	spec->type = type;
	return 0;
}

/* Into a member; an unnamed one is not a step, only an offset. */
static int add_member(struct core_spec *spec, const struct btf_type *t,
		      const struct btf_member *m, struct err *err)
{
	const char *name = types_string(spec->types, m->name_off);
	uint32_t more;

	spec->bit_size = bit_size_of(spec->types, t, m, &more);
	spec->bit_offset += bit_offset_of(t, m) + more;
	spec->type = m->type;
	return name[0] ? add_step(spec, name, 0, m->type, err) : 0;
}

static int add_element(struct core_spec *spec, uint32_t type, uint32_t index,
		       struct err *err)
{
	int64_t size = types_size(spec->types, type);

	if (size < 0)
		return err_set(err, -EBADMSG, "an element of an array has no size");
	if (size && index > INT32_MAX / size)
		return err_set(err, -E2BIG, "element %u of an array is too far away", index);
	spec->bit_size = 0;
	spec->bit_offset += (uint64_t)index * size * 8;
	return add_step(spec, NULL, index, type, err);
}

/* an array of 0 elements at the end of a struct has any number of them */
static bool has_element(const struct btf_array *array, uint32_t index)
{
	return !array->nelems || index < array->nelems;
}

static int read_step(struct core_spec *spec, uint32_t number, const char *access,
		     struct err *err)
{
	const struct btf_type *t = skip(spec->types, spec->type);
	const struct btf_member *members = type_tail(t);
	const struct btf_array *array = type_tail(t);

	if (type_is_composite(t) && number < type_vlen(t))
		return add_member(spec, t, &members[number], err);
	if (type_kind(t) == TYPE_ARRAY && has_element(array, number))
		return add_element(spec, array->type, number, err);
	return no_sense(access, err);
}

static int read_field(struct core_spec *spec, const char *access, struct err *err)
{
	const char *rest = access;
	uint32_t number;
	int r;

	if (!next_number(&rest, &number))
		return no_sense(access, err);
	r = add_element(spec, spec->root, number, err);
	while (r == 0 && *rest) {
		if (!next_number(&rest, &number))
			return no_sense(access, err);
		r = read_step(spec, number, access, err);
	}
	return r;
}

static const char *enumerator_name(const struct types *types,
				   const struct btf_type *t, uint32_t i)
{
	const struct btf_enum *e = type_tail(t);
	const struct btf_enum64 *e64 = type_tail(t);

	return types_string(types, type_kind(t) == TYPE_ENUM ?
			    e[i].name_off : e64[i].name_off);
}

static int read_enumerator(struct core_spec *spec, const char *access,
			   struct err *err)
{
	uint32_t id = types_skip(spec->types, spec->root);
	const struct btf_type *t = types_get(spec->types, id);
	const char *rest = access;

	if (!next_number(&rest, &spec->index) || *rest || !type_is_enum(t) ||
	    spec->index >= type_vlen(t))
		return no_sense(access, err);
	spec->type = id;
	return add_step(spec, enumerator_name(spec->types, t, spec->index),
			spec->index, id, err);
}

int core_spec_read(struct core_spec *spec, const struct types *types,
		   const struct bpf_core_relo *relo, struct err *err)
{
	const char *access = types_string(types, relo->access_str_off);

	spec->types = types;
	spec->kind = relo->kind;
	spec->root = spec->type = relo->type_id;
	spec->steps_cnt = spec->bit_size = spec->index = 0;
	spec->bit_offset = 0;
	if (relo->kind >= CORE_KINDS)
		return err_set(err, -ENOTSUP, "a CO-RE relocation of unknown kind %u", relo->kind);
	if (relo->type_id >= types->cnt)
		return err_set(err, -EBADMSG, "it is about type %u, of which there are %u",
			       relo->type_id, types->cnt);
	if (is_field_kind(spec->kind))
		return read_field(spec, access, err);
	if (is_enum_kind(spec->kind))
		return read_enumerator(spec, access, err);
	return str_eq(access, "0") ? 0 : no_sense(access, err);
}

void core_spec_text(const struct core_spec *spec, struct buf *out)
{
	const struct btf_type *t = types_get(spec->types, spec->root);
	const char *name = type_name(spec->types, t);
	uint32_t i;

	buf_addf(out, "%s %s", type_kind_name(t), name[0] ? name : "(unnamed)");
	if (is_enum_kind(spec->kind)) {
		buf_addf(out, "::%s", spec->steps[0].name);
		return;
	}
	for (i = 0; i < spec->steps_cnt; i++)
		if (spec->steps[i].name)
			buf_addf(out, ".%s", spec->steps[i].name);
		else if (i || spec->steps[i].index)
			buf_addf(out, "[%u]", spec->steps[i].index);
}

/* Finding it elsewhere */

/* The member of that name, within unnamed ones, too, with all offsets; 1, 0.
 * @left: how many more may be looked at: with two unnamed ones of one type, in
 * that the same again, and so on, it would take for ever. */
static int find_member(struct core_spec *spec, uint32_t id, const char *name,
		       uint32_t *left, int depth, struct err *err)
{
	const struct btf_type *t = skip(spec->types, id);
	const struct btf_member *m = type_tail(t);
	uint64_t offset = spec->bit_offset;
	const char *m_name;
	uint32_t i;
	int r;

	if (!type_is_composite(t) || depth > MAX_NESTED)
		return 0;
	for (i = 0; i < type_vlen(t); i++, m++) {
		if (!(*left)--)
			return err_set(err, -E2BIG, "unnamed members without end");
		m_name = types_string(spec->types, m->name_off);
		if (m_name[0] && !core_same_name(m_name, name))
			continue;
		r = add_member(spec, t, m, err);
		if (r < 0 || m_name[0])
			return r < 0 ? r : 1;
		r = find_member(spec, m->type, name, left, depth + 1, err);
		if (r)
			return r;
		spec->bit_offset = offset;
	}
	return 0;
}

static int find_step(struct core_spec *spec, const struct core_spec *local,
		     const struct core_step *step, struct err *err)
{
	const struct btf_type *t = skip(spec->types, spec->type);
	const struct btf_array *array = type_tail(t);
	uint32_t left = MAX_MEMBERS;
	int r;

	if (step->name) {
		r = find_member(spec, spec->type, step->name, &left, 0, err);
		if (r <= 0)
			return r;
		return core_fields_agree(local->types, step->type, spec->types, spec->type);
	}
	if (type_kind(t) != TYPE_ARRAY || !has_element(array, step->index) ||
	    types_size(spec->types, array->type) < 0)
		return 0;
	r = add_element(spec, array->type, step->index, err);
	return r < 0 ? r : 1;
}

static int find_field(struct core_spec *spec, const struct core_spec *local,
		      struct err *err)
{
	uint32_t i;
	int r;

	if (types_size(spec->types, spec->root) < 0)
		return 0;
	r = add_element(spec, spec->root, local->steps[0].index, err);
	if (r < 0)
		return r;
	for (i = 1; i < local->steps_cnt; i++) {
		r = find_step(spec, local, &local->steps[i], err);
		if (r <= 0)
			return r;
	}
	return 1;
}

static int find_enumerator(struct core_spec *spec, const struct core_spec *local)
{
	uint32_t i, id = types_skip(spec->types, spec->root);
	const struct btf_type *t = types_get(spec->types, id);

	if (!type_is_enum(t))
		return 0;
	for (i = 0; i < type_vlen(t); i++) {
		if (!core_same_name(enumerator_name(spec->types, t, i),
				    local->steps[0].name))
			continue;
		spec->index = i;
		spec->type = id;
		return 1;
	}
	return 0;
}

int core_spec_find(const struct core_spec *local, const struct types *types,
		   uint32_t root, struct core_spec *spec, struct err *err)
{
	spec->types = types;
	spec->kind = local->kind;
	spec->root = spec->type = root;
	spec->steps_cnt = spec->bit_size = spec->index = 0;
	spec->bit_offset = 0;
	if (is_field_kind(spec->kind))
		return find_field(spec, local, err);
	if (is_enum_kind(spec->kind))
		return find_enumerator(spec, local);
	if (spec->kind == BPF_CORE_TYPE_MATCHES)
		return core_types_match(local->types, local->root, types, root);
	return core_types_agree(local->types, local->root, types, root);
}
