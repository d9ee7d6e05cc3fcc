/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object's maps: symbols of section `maps` and the definitions there. */
#include "object.h"

#include <errno.h>

_Static_assert((int)MAPLAYOUT_ELF == BPFELF_MAPS_AS_BPF_ELF_MAP &&
	       (int)MAPLAYOUT_DEF == BPFELF_MAPS_AS_BPF_MAP_DEF,
	       "the one is the other in public");

/* of those in section `maps` */
static bool is_map_symbol(const struct bpfelf_object *obj, size_t i,
			  struct image_symbol *sym)
{
	if (image_symbol_section(&obj->img, i) != obj->maps_sec->index)
		return false;
	image_symbol_at(&obj->img, i, sym);
	return sym->type == STT_OBJECT ||
	       (sym->type == STT_NOTYPE && sym->bind != STB_LOCAL);
}

static int cmp_map(const void *a, const void *b)
{
	const struct bpfelf_map *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return object_cmp_names(x->is_global, x->symbol,
				y->is_global, y->symbol);
}

static int find_map_symbols(struct bpfelf_object *obj, struct err *err)
{
	const struct image *img = &obj->img;
	struct image_symbol sym;
	size_t i, cnt = 0;
	int r;

	r = image_check_symbols(img, err);
	if (r < 0)
		return r;
	for (i = 0; i < img->named_cnt; i++)
		cnt += is_map_symbol(obj, img->named[i], &sym);
	obj->maps = calloc(cnt + 1, sizeof(*obj->maps));
	if (!obj->maps)
		return err_sys(err, -ENOMEM, "read maps");
	for (i = 0; i < img->named_cnt; i++) {
		if (!is_map_symbol(obj, img->named[i], &sym))
			continue;
		if (sym.value >= obj->maps_sec->size)
			return err_set(err, -EBADMSG, "map '%s' lies outside its section", sym.name);
		obj->maps[obj->defs_cnt++] = (struct bpfelf_map) {
			.name = sym.name,
			.sec = obj->maps_sec,
			.offset = sym.value,
			.def_size = sym.size > UINT32_MAX ? UINT32_MAX : sym.size,
			.symbol = img->named[i],
			.is_global = sym.bind != STB_LOCAL,
		};
	}
	return 0;
}

static void drop_map_aliases(struct bpfelf_object *obj)
{
	struct bpfelf_map *m = obj->maps;
	size_t i, kept = 0;

	qsort(m, obj->defs_cnt, sizeof(*m), cmp_map);
	for (i = 0; i < obj->defs_cnt; i++)
		if (!kept || m[kept - 1].offset != m[i].offset)
			m[kept++] = m[i];
	obj->defs_cnt = kept;
}

/*
 * A definition is as long as its symbol says, or where that says nothing,
 * reaches to the next one. Together they must cover the section: a byte that
 * belongs to nobody means that we misread something.
 */
static int read_map(struct bpfelf_object *obj, struct bpfelf_map *map,
		    uint64_t end, struct err *err)
{
	uint64_t room = end - map->offset;
	int r;

	if (map->def_size == 0)
		map->def_size = room > UINT32_MAX ? UINT32_MAX : room;
	if (map->def_size != room) {
		err_set(err, -EBADMSG, "map '%s' has %u bytes, %s after %ju",
			map->name, map->def_size,
			end < obj->maps_sec->size ? "the next one begins" : "the section ends",
			(uintmax_t)room);
		return err_hint(err, "put nothing but struct bpf_elf_map into section '%s'",
				ELF_SECTION_MAPS);
	}
	r = mapdef_read((const char *)obj->maps_sec->data + map->offset,
			map->def_size, &map->def, err);
	return r < 0 ? err_wrap(err, "map '%s'", map->name) : 0;
}

static int index_map_symbols(struct bpfelf_object *obj, struct err *err)
{
	const struct image *img = &obj->img;
	const struct bpfelf_map *map;
	struct image_symbol sym;
	size_t i;

	obj->symbol_maps = calloc(image_symbols(img), sizeof(*obj->symbol_maps));
	if (!obj->symbol_maps)
		return err_sys(err, -ENOMEM, "read maps");
	for (i = 0; i < img->named_cnt; i++) {
		if (image_symbol_section(img, img->named[i]) != obj->maps_sec->index)
			continue;
		image_symbol_at(img, img->named[i], &sym);
		map = object_map_at(obj, sym.section, sym.value);
		if (map)
			obj->symbol_maps[img->named[i]] = map - obj->maps + 1;
	}
	return 0;
}

int object_read_maps(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec = image_find(&obj->img, ELF_SECTION_MAPS);
	uint64_t end;
	size_t i;
	int r;

	if (!sec || sec->type != SHT_PROGBITS || sec->size == 0)
		return 0;
	obj->maps_sec = sec;
	r = find_map_symbols(obj, err);
	if (r < 0)
		return r;
	drop_map_aliases(obj);
	if (obj->defs_cnt == 0 || obj->maps[0].offset != 0) {
		err_set(err, -EBADMSG, "section '%s': no symbol names the map at its beginning",
			ELF_SECTION_MAPS);
		return err_hint(err, "do not strip the object's symbols");
	}
	for (i = 0; i < obj->defs_cnt; i++) {
		end = i + 1 < obj->defs_cnt ? obj->maps[i + 1].offset : sec->size;
		r = read_map(obj, &obj->maps[i], end, err);
		if (r < 0)
			return r;
	}
	obj->maps_cnt = obj->btf_defs = obj->defs_cnt;
	return index_map_symbols(obj, err);
}

bool object_defines_maps(const struct bpfelf_object *obj, uint32_t index)
{
	if (obj->maps_sec && obj->maps_sec->index == index)
		return true;
	return obj->btf_defs < obj->defs_cnt &&
	       obj->maps[obj->btf_defs].sec->index == index;
}

static int cmp_map_offset(const void *key, const void *elem)
{
	uint64_t offset = *(const uint64_t *)key;
	const struct bpfelf_map *map = elem;

	return (offset > map->offset) - (offset < map->offset);
}

const struct bpfelf_map *object_map_at(const struct bpfelf_object *obj,
				       uint32_t index, uint64_t offset)
{
	bool is_btf = !obj->maps_sec || obj->maps_sec->index != index;
	size_t first = is_btf ? obj->btf_defs : 0;
	size_t cnt = (is_btf ? obj->defs_cnt : obj->btf_defs) - first, guess;

	if (!cnt || offset >= obj->maps[first].sec->size)
		return NULL;
	/* in `maps` they are all of one length, usually */
	guess = is_btf ? cnt : offset / (obj->maps_sec->size / cnt);
	if (guess < cnt && obj->maps[guess].offset == offset)
		return &obj->maps[guess];
	return bsearch(&offset, obj->maps + first, cnt, sizeof(*obj->maps),
		       cmp_map_offset);
}

const struct bpfelf_map *bpfelf_map_next(const struct bpfelf_object *obj,
					 const struct bpfelf_map *map)
{
	map = map ? map + 1 : obj->maps;
	return obj->maps && map < obj->maps + obj->maps_cnt ? map : NULL;
}

int bpfelf_map_info(const struct bpfelf_map *map, struct bpfelf_map_info *info)
{
	const struct bpfelf_map_info all = {
		.sz = info->sz,
		.name = map->name,
		.type = map->def.type,
		.key_size = map->def.size_key,
		.value_size = map->def.size_value,
		.max_entries = map->def.max_elem,
		.map_flags = map->def.flags,
		.id = map->def.id,
		.pinning = map->def.pinning,
		.inner_id = map->def.inner_id,
		.inner_idx = map->def.inner_idx,
		.def_size = map->btf ? 0 : map->def_size,
		.numa_node = map->numa_node,
		.map_extra = map->btf ? map->btf->map_extra : 0,
		.maps_as = (enum bpfelf_maps_as)map->layout,
	};

	if (info->sz > sizeof(all))
		return -E2BIG;
	memcpy(info, &all, info->sz);
	return 0;
}
