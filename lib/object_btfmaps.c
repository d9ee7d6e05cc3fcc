/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The object's maps in section `.maps`: variables whose types define them, and
 * what is put into their slots by the relocations of the section.
 */
#include "object.h"

#include <errno.h>

#include "uapi.h"

#define SLOT_SIZE	sizeof(uint64_t)	/* a pointer, as BPF has it */

static int cmp_offset(const void *a, const void *b)
{
	const struct bpfelf_map *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int read_spec(const struct bpfelf_object *obj, uint32_t id,
		     struct bpfelf_map *map, struct mapbtf *spec, struct err *err)
{
	const struct btf_type *var = types_get(&obj->btf.types, id);

	map->name = type_name(&obj->btf.types, var);
	if (mapbtf_read(&obj->btf, var->type, spec, err) < 0)
		return err_wrap(err, "map '%s'", map->name);
	map->def = spec->def;
	map->numa_node = spec->numa_node;
	map->btf = spec;
	return 0;
}

/* All of them are taken, used or not: as those of section `maps` are. */
static int add_map(struct bpfelf_object *obj, const struct image_section *sec,
		   const struct btf_var_secinfo *var, struct err *err)
{
	struct bpfelf_map *map = &obj->maps[obj->defs_cnt];
	struct mapbtf *spec = &obj->btf_specs[obj->defs_cnt - obj->btf_defs];

	if (var->offset >= sec->size || var->size > sec->size - var->offset)
		return err_set(err, -EBADMSG, "section '%s': a map of %u bytes at offset %u lies outside it",
			       sec->name, var->size, var->offset);
	*map = (struct bpfelf_map) {
		.sec = sec,
		.offset = var->offset,
		.def_size = var->size,
	};
	obj->defs_cnt++;
	obj->maps_cnt++;
	return read_spec(obj, var->type, map, spec, err);
}

/* What the maps in a map of maps are like, is a map to the kernel: "outer.inner" */
static int add_inner(struct bpfelf_object *obj, size_t outer, struct err *err)
{
	struct bpfelf_map *map = &obj->maps[obj->maps_cnt];
	struct mapbtf *spec = &obj->btf_specs[obj->maps_cnt - obj->btf_defs];
	const char *name = obj->maps[outer].name;

	if (mapbtf_read_inner(&obj->btf, obj->maps[outer].btf->inner_type, spec, err) < 0) {
		err_wrap(err, "its inner map");
		return err_wrap(err, "map '%s'", name);
	}
	*map = (struct bpfelf_map) {
		.made_up = str_printf("%s.inner", name),
		.def = spec->def,
		.numa_node = spec->numa_node,
		.btf = spec,
	};
	map->name = map->made_up;
	if (!map->name)
		return err_sys(err, -ENOMEM, "read maps");
	obj->maps[outer].inner = ++obj->maps_cnt;
	return 0;
}

/* each may have an inner one */
static int make_room(struct bpfelf_object *obj, size_t cnt, struct err *err)
{
	struct bpfelf_map *maps;

	maps = reallocarray(obj->maps, obj->maps_cnt + 2 * cnt + 1, sizeof(*maps));
	if (maps)
		obj->maps = maps;
	obj->btf_specs = calloc(2 * cnt + 1, sizeof(*obj->btf_specs));
	return maps && obj->btf_specs ? 0 : err_sys(err, -ENOMEM, "read maps");
}

int object_read_btfmaps(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec = image_find(&obj->img, MAPBTF_SECTION);
	const struct btf_type *section;
	const struct btf_var_secinfo *vars;
	uint32_t id, i, cnt;
	int r;

	if (!sec || sec->size == 0 || sec->size > UINT32_MAX)
		return 0;
	id = obj->btf.data ? btf_section_type(&obj->btf, MAPBTF_SECTION, sec->size) : 0;
	if (!id)
		return 0;	/* compat: nobody minds, as long as it is not used */
	section = types_get(&obj->btf.types, id);
	vars = type_tail(section);
	cnt = type_vlen(section);
	r = make_room(obj, cnt, err);
	for (i = 0; r == 0 && i < cnt; i++)
		r = add_map(obj, sec, &vars[i], err);
	if (r < 0)
		return r;
	qsort(obj->maps + obj->btf_defs, cnt, sizeof(*obj->maps), cmp_offset);
	for (i = obj->btf_defs; r == 0 && i < obj->defs_cnt; i++)
		if (obj->maps[i].btf->values == MAPBTF_MAPS)
			r = add_inner(obj, i, err);
	return r;
}

/* Values */

/* The map whose definition holds this byte of `.maps`, -1: none. To types an
 * array of values is of no length, so that each reaches to the next one. */
static ssize_t map_around(const struct bpfelf_object *obj, uint64_t offset)
{
	size_t lo = obj->btf_defs, hi = obj->defs_cnt, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (obj->maps[mid].offset <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > obj->btf_defs ? (ssize_t)lo - 1 : -1;
}

/* What a pointer in the section leads to, is the symbol and what stands there */
static uint64_t addend(const struct image_section *sec, uint64_t offset)
{
	uint64_t n = 0;

	if (sec->data && offset <= sec->size && sec->size - offset >= sizeof(n))
		memcpy(&n, (const char *)sec->data + offset, sizeof(n));
	return n;
}

static int read_target(const struct bpfelf_object *obj, const struct mapbtf *spec,
		       const struct image_symbol *sym, uint64_t offset,
		       struct map_value *value, struct err *err)
{
	const struct bpfelf_map *map;
	const struct code *code;

	if (spec->values == MAPBTF_MAPS) {
		map = object_defines_maps(obj, sym->section) ?
		      object_map_at(obj, sym->section, offset) : NULL;
		if (!map)
			return err_set(err, -EBADMSG, "symbol '%s' is no map", sym->name);
		value->inner = map - obj->maps;
		return 0;
	}
	code = object_code(obj, sym->section);
	if (code)
		value->prog = object_func(code, offset / sizeof(struct bpf_insn));
	if (!value->prog ||
	    value->prog->start * sizeof(struct bpf_insn) != offset)
		return err_set(err, -EBADMSG, "symbol '%s' is no program", sym->name);
	return 0;
}

static int check_slot(const struct bpfelf_map *map, uint32_t slot, struct err *err)
{
	if (map->def.type == BPF_MAP_TYPE_HASH_OF_MAPS || slot < map->def.max_elem)
		return 0;
	return err_set(err, -E2BIG, "it is past the map's end, which has %u slots", map->def.max_elem);
}

static int read_value(struct bpfelf_object *obj, const struct image_section *sec,
		      const struct image_rel *rel, struct err *err)
{
	ssize_t index = map_around(obj, rel->offset);
	struct map_value value = { .map = index };
	const struct bpfelf_map *map;
	struct image_symbol sym;
	uint64_t at;
	int r;

	r = image_symbol(&obj->img, rel->symbol, &sym, err);
	if (r < 0)
		return r;
	if (index < 0)
		return err_set(err, -EBADMSG, "a relocation at offset %#jx belongs to no map",
			       (uintmax_t)rel->offset);
	map = &obj->maps[index];
	at = rel->offset - map->offset - map->btf->values_at;
	if (map->btf->values == MAPBTF_NO_VALUES || at > rel->offset || at % SLOT_SIZE)
		return err_set(err, -EBADMSG, "map '%s': a relocation at offset %#jx belongs to no slot of its values",
			       map->name, (uintmax_t)rel->offset);
	value.key = at / SLOT_SIZE;
	r = check_slot(map, value.key, err);
	r = r ?: read_target(obj, map->btf, &sym,
			     sym.value + addend(sec, rel->offset), &value, err);
	if (r < 0)
		return err_wrap(err, "map '%s': slot %u of its values", map->name, value.key);
	obj->values[obj->values_cnt++] = value;
	return 0;
}

static int read_rels(struct bpfelf_object *obj, const struct image_section *sec,
		     const struct image_section *rels, struct err *err)
{
	size_t i, cnt = image_rels(rels);
	struct map_value *values;
	struct image_rel rel;
	int r = 0;

	if (rels->type == SHT_RELA)
		return err_set(err, -ENOTSUP, "it has relocations of type RELA, BPF uses REL");
	values = reallocarray(obj->values, obj->values_cnt + cnt + 1, sizeof(*values));
	if (!values)
		return err_sys(err, -ENOMEM, "read maps");
	obj->values = values;
	for (i = 0; r == 0 && i < cnt; i++) {
		image_rel(rels, i, &rel);
		r = read_value(obj, sec, &rel, err);
	}
	return r;
}

int object_read_values(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec, *rels;
	size_t i;

	if (obj->btf_defs == obj->defs_cnt)
		return 0;
	sec = obj->maps[obj->btf_defs].sec;
	for (i = 0; i < obj->img.sections_cnt; i++) {
		rels = &obj->img.sections[i];
		if ((rels->type != SHT_REL && rels->type != SHT_RELA) ||
		    rels->info != sec->index)
			continue;
		if (read_rels(obj, sec, rels, err) < 0)
			return err_wrap(err, "section '%s'", sec->name);
	}
	return 0;
}
