/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mapbtf.h"

#include <errno.h>

#include "buf.h"
#include "uapi.h"

/* a member of the struct */
struct attr {
	const char *name;
	uint32_t type;
	uint32_t at;		/* bytes */
};

/* what LIBBPF_PIN_BY_NAME is in libbpf's enum */
#define PIN_BY_NAME	1

/* the type of a member, beneath its typedefs */
static const struct btf_type *bare(const struct btf *btf, uint32_t id)
{
	return types_get(&btf->types, types_skip(&btf->types, id));
}

/* what a pointer leads to, void: it is none */
static const struct btf_type *pointee(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = bare(btf, id);

	return bare(btf, type_kind(t) == TYPE_PTR ? t->type : 0);
}

/* int (*name)[N] */
static bool read_nelems(const struct btf *btf, uint32_t id, uint64_t *n)
{
	const struct btf_type *t = pointee(btf, id);
	const struct btf_array *array = type_tail(t);

	if (type_kind(t) != TYPE_ARRAY)
		return false;
	*n = array->nelems;
	return true;
}

/* enum { SOMETHING = N } name: for what does not fit into the length of an array */
static bool read_enum(const struct btf *btf, uint32_t id, uint64_t *n)
{
	const struct btf_type *t = bare(btf, id);
	const struct btf_enum64 *e64 = type_tail(t);
	const struct btf_enum *e = type_tail(t);

	if (!type_is_enum(t) || type_vlen(t) != 1)
		return false;
	if (type_kind(t) == TYPE_ENUM)
		*n = (uint32_t)e->val;
	else
		*n = (uint64_t)e64->val_hi32 << 32 | e64->val_lo32;
	return true;
}

static int read_number(const struct btf *btf, const struct attr *attr,
		       uint64_t max, uint64_t *n, struct err *err)
{
	if (!read_nelems(btf, attr->type, n) && !read_enum(btf, attr->type, n)) {
		err_set(err, -EBADMSG, "it says no number");
		return err_hint(err, "declare it as __uint(%s, N), which is int (*%s)[N]",
				attr->name, attr->name);
	}
	if (*n > max)
		return err_set(err, -EINVAL, "%ju does not fit into 32 bits", (uintmax_t)*n);
	return 0;
}

/* Attributes: @field is what the table below has for them */

static int take_u64(const struct btf *btf, const struct attr *attr,
		    struct mapbtf *map, void *field, struct err *err)
{
	(void)map;
	return read_number(btf, attr, UINT64_MAX, field, err);
}

static int take_u32(const struct btf *btf, const struct attr *attr,
		    struct mapbtf *map, void *field, struct err *err)
{
	uint64_t n = 0;
	int r = read_number(btf, attr, UINT32_MAX, &n, err);

	(void)map;
	*(uint32_t *)field = n;
	return r;
}

/* A size may be said twice, by a type as well, but not otherwise. */
static int agree(uint32_t *size, uint32_t said, struct err *err)
{
	if (*size && *size != said)
		return err_set(err, -EINVAL, "%u bytes, another attribute says %u", said, *size);
	*size = said;
	return 0;
}

static int take_size(const struct btf *btf, const struct attr *attr,
		     struct mapbtf *map, void *field, struct err *err)
{
	uint32_t said = 0;
	int r = take_u32(btf, attr, map, &said, err);

	return r ?: agree(field, said, err);
}

/* clang declares what it sees behind pointers alone */
static int refuse_sizeless(const struct btf *btf, uint32_t id, struct err *err)
{
	const struct btf_type *t = bare(btf, id);
	const char *name = type_name(&btf->types, t);

	err_set(err, -EINVAL, "its type has no size");
	if (type_kind(t) != TYPE_FWD)
		return -EINVAL;
	return err_hint(err, "the object's types only declare '%.64s': have a global variable of it, "
			"so that the compiler tells what is in it", name);
}

static int read_type(const struct btf *btf, const struct attr *attr,
		     uint32_t *type, uint32_t *size, struct err *err)
{
	const struct btf_type *t = bare(btf, attr->type);
	int64_t said;

	if (type_kind(t) != TYPE_PTR) {
		err_set(err, -EBADMSG, "it names no type");
		return err_hint(err, "declare it as __type(%s, TYPE), which is TYPE *%s",
				attr->name, attr->name);
	}
	said = types_size(&btf->types, t->type);
	if (said <= 0)
		return refuse_sizeless(btf, t->type, err);
	*type = t->type;
	return agree(size, said, err);
}

static int take_key(const struct btf *btf, const struct attr *attr,
		    struct mapbtf *map, void *field, struct err *err)
{
	return read_type(btf, attr, &map->key_type, field, err);
}

static int take_value(const struct btf *btf, const struct attr *attr,
		      struct mapbtf *map, void *field, struct err *err)
{
	return read_type(btf, attr, &map->value_type, field, err);
}

/* compat: libbpf's only kind of pin is where iproute2, built with it, has
 * PIN_GLOBAL_NS. Other numbers mean what they mean in section `maps`. */
static int take_pinning(const struct btf *btf, const struct attr *attr,
			struct mapbtf *map, void *field, struct err *err)
{
	int r = take_u32(btf, attr, map, field, err);

	if (map->def.pinning == PIN_BY_NAME)
		map->def.pinning = PIN_GLOBAL_NS;
	return r;
}

static int take_id(const struct btf *btf, const struct attr *attr,
		   struct mapbtf *map, void *field, struct err *err)
{
	map->has_id = true;
	return take_u32(btf, attr, map, field, err);
}

static int take_values(const struct btf *btf, const struct attr *attr,
		       struct mapbtf *map, void *field, struct err *err)
{
	const struct btf_type *t = bare(btf, attr->type);
	const struct btf_array *array = type_tail(t);
	const struct btf_type *element = bare(btf, type_kind(t) == TYPE_ARRAY ? array->type : 0);
	uint32_t target = type_kind(element) == TYPE_PTR ?
			  types_skip(&btf->types, element->type) : 0;

	t = types_get(&btf->types, target);
	if (type_kind(t) == TYPE_STRUCT) {
		map->values = MAPBTF_MAPS;
		map->inner_type = target;
	} else if (type_kind(t) == TYPE_FUNC_PROTO) {
		map->values = MAPBTF_PROGS;
	} else {
		err_set(err, -EBADMSG, "it is no array of pointers to maps or programs");
		return err_hint(err, "declare it as __array(values, struct { ... }) "
				"or __array(values, int (void *))");
	}
	map->values_at = attr->at;
	/* what the kernel takes is a descriptor */
	return agree(field, sizeof(uint32_t), err);
}

#define FIELD(name)	offsetof(struct mapbtf, name)

static const struct {
	const char *name;
	int (*take)(const struct btf *btf, const struct attr *attr,
		    struct mapbtf *map, void *field, struct err *err);
	size_t field;
	bool outer_only;	/* an inner map has no use for it */
} attrs[] = {
	{ "type",	 take_u32,	FIELD(def.type), false },
	{ "key",	 take_key,	FIELD(def.size_key), false },
	{ "key_size",	 take_size,	FIELD(def.size_key), false },
	{ "value",	 take_value,	FIELD(def.size_value), false },
	{ "value_size",	 take_size,	FIELD(def.size_value), false },
	{ "max_entries", take_u32,	FIELD(def.max_elem), false },
	{ "map_flags",	 take_u32,	FIELD(def.flags), false },
	{ "map_extra",	 take_u64,	FIELD(map_extra), false },
	{ "numa_node",	 take_u32,	FIELD(numa_node), false },
	{ "pinning",	 take_pinning,	FIELD(def.pinning), true },
	{ "values",	 take_values,	FIELD(def.size_value), true },
	/* those of struct bpf_elf_map that libbpf has not */
	{ "id",		 take_id,	FIELD(def.id), true },
	{ "inner_id",	 take_u32,	FIELD(def.inner_id), true },
	{ "inner_idx",	 take_u32,	FIELD(def.inner_idx), true },
};

static int unknown_attr(bool is_inner, struct err *err)
{
	_cleanup_buf_ struct buf known = { 0 };
	size_t i;

	err_set(err, -ENOTSUP, is_inner ? "an inner map has no such attribute" :
					  "maps have no such attribute");
	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (!is_inner || !attrs[i].outer_only)
			buf_addf(&known, "%s%s", known.len ? ", " : "", attrs[i].name);
	return err_hint(err, "attributes are %s", buf_str(&known));
}

static int take_attr(const struct btf *btf, const struct attr *attr,
		     bool is_inner, struct mapbtf *map, struct err *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (str_eq(attrs[i].name, attr->name) &&
		    !(is_inner && attrs[i].outer_only))
			return attrs[i].take(btf, attr, map,
					     (char *)map + attrs[i].field, err);
	return unknown_attr(is_inner, err);
}

static int take_attrs(const struct btf *btf, uint32_t id, bool is_inner,
		      struct mapbtf *map, struct err *err)
{
	const struct btf_type *t = types_get(&btf->types, id);
	const struct btf_member *m = type_tail(t);
	struct attr attr;
	uint32_t i;

	for (i = 0; i < type_vlen(t); i++, m++) {
		attr.name = btf_string(btf, m->name_off);
		attr.type = m->type;
		attr.at = (type_flag(t) ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset) / 8;
		if (take_attr(btf, &attr, is_inner, map, err) < 0)
			return err_wrap(err, "attribute '%.64s'", attr.name);
	}
	return 0;
}

static int check_values(const struct mapbtf *map, struct err *err)
{
	char type[MAPDEF_TYPE_SIZE];

	if (map->values == MAPBTF_NO_VALUES ||
	    (map->values == MAPBTF_MAPS && mapdef_is_outer(&map->def)) ||
	    (map->values == MAPBTF_PROGS && map->def.type == BPF_MAP_TYPE_PROG_ARRAY))
		return 0;
	return err_set(err, -EINVAL, "attribute 'values': a map of type %s does not hold %s",
		       mapdef_type(map->def.type, type),
		       map->values == MAPBTF_MAPS ? "maps" : "programs");
}

static int read_map(const struct btf *btf, uint32_t id, bool is_inner,
		    struct mapbtf *map, struct err *err)
{
	int r;

	memset(map, 0, sizeof(*map));
	id = types_skip(&btf->types, id);
	if (type_kind(types_get(&btf->types, id)) != TYPE_STRUCT)
		return err_set(err, -EBADMSG, "it is no variable of a struct type");
	r = take_attrs(btf, id, is_inner, map, err);
	if (r < 0)
		return r;
	if (map->def.type == BPF_MAP_TYPE_UNSPEC) {
		err_set(err, -EINVAL, "it has no attribute 'type'");
		return err_hint(err, "say of which type it is: __uint(type, BPF_MAP_TYPE_...)");
	}
	return check_values(map, err);
}

int mapbtf_read(const struct btf *btf, uint32_t id, struct mapbtf *map,
		struct err *err)
{
	return read_map(btf, id, false, map, err);
}

int mapbtf_read_inner(const struct btf *btf, uint32_t id, struct mapbtf *map,
		      struct err *err)
{
	return read_map(btf, id, true, map, err);
}
