/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which struct the object's definitions in section `maps` are: what was asked
 * for, else what their types say, else what they hold.
 */
#include "object.h"

#include <errno.h>

/* Types know offsets as symbols do. */
static void ask_types_of(struct bpfelf_object *obj, const struct image_section *sec)
{
	const struct types *types = &obj->btf.types;
	const struct btf_var_secinfo *vars;
	const struct btf_type *section;
	const struct bpfelf_map *map;
	uint32_t i;

	section = types_get(types, btf_section_type(&obj->btf, sec->name, sec->size));
	vars = type_tail(section);
	for (i = 0; i < type_vlen(section); i++) {
		map = object_map_at(obj, sec->index, vars[i].offset);
		if (map)
			obj->maps[map - obj->maps].layout = maplayout_of_type(
				&obj->btf, types_get(types, vars[i].type)->type);
	}
}

static void ask_types(struct bpfelf_object *obj)
{
	size_t i;

	for (i = 0; i < obj->btf_defs; i++)
		if (!i || obj->maps[i].sec != obj->maps[i - 1].sec)
			ask_types_of(obj, obj->maps[i].sec);
}

static bool can_be_inner(const struct bpfelf_object *obj, uint32_t index)
{
	return index < obj->btf_defs && !mapdef_is_outer(&obj->maps[index].def);
}

/* An object has one of the structs. compat: where its maps disagree, or say
 * nothing, it is iproute2's. */
static enum maplayout ask_values(const struct bpfelf_object *obj)
{
	enum maplayout all = MAPLAYOUT_UNKNOWN, one;
	size_t i;

	for (i = 0; i < obj->btf_defs; i++) {
		one = obj->maps[i].layout ?:
		      maplayout_of_values(&obj->maps[i].def, obj->maps[i].def_size);
		if (one == MAPLAYOUT_ELF || (mapdef_is_outer(&obj->maps[i].def) &&
					     !can_be_inner(obj, obj->maps[i].def.id)))
			return MAPLAYOUT_ELF;
		all = one ?: all;
	}
	return all ?: MAPLAYOUT_ELF;
}

static int read_as_def(struct bpfelf_object *obj, struct bpfelf_map *map,
		       struct err *err)
{
	struct maplayout_def more;
	int r = maplayout_to_def(&map->def, &more, err);

	if (r < 0)
		return err_hint(err, "if it is struct bpf_elf_map, say so: maps-as bpf_elf_map");
	map->numa_node = more.numa_node;
	if (!mapdef_is_outer(&map->def))
		return 0;
	if (more.inner_map_idx >= obj->btf_defs)
		return err_set(err, -EINVAL, "inner_map_idx %u, there are %zu maps",
			       more.inner_map_idx, obj->btf_defs);
	if (!can_be_inner(obj, more.inner_map_idx))
		return err_set(err, -EINVAL, "inner_map_idx %u: map '%s' is a map of maps itself",
			       more.inner_map_idx, obj->maps[more.inner_map_idx].name);
	map->inner = more.inner_map_idx + 1;
	return 0;
}

int object_read_layouts(struct bpfelf_object *obj, enum maplayout asked,
			struct err *err)
{
	struct bpfelf_map *map;
	enum maplayout rest;
	size_t i;

	if (!obj->btf_defs)
		return 0;
	if (!asked)
		ask_types(obj);
	rest = asked ?: ask_values(obj);
	for (i = 0; i < obj->btf_defs; i++) {
		map = &obj->maps[i];
		map->layout = map->layout ?: rest;
		if (map->layout == MAPLAYOUT_DEF && read_as_def(obj, map, err) < 0)
			return err_wrap(err, "map '%s'", map->name);
	}
	return 0;
}
