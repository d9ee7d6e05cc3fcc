/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object's maps: symbols of section `maps` and the definitions there. */
#include "object.h"

#include <errno.h>

_Static_assert((int)MAPLAYOUT_ELF == BPFELF_MAPS_AS_BPF_ELF_MAP &&
	       (int)MAPLAYOUT_DEF == BPFELF_MAPS_AS_BPF_MAP_DEF,
	       "the one is the other in public");

bool object_is_maps(const struct image_section *sec)
{
	const size_t len = strlen(ELF_SECTION_MAPS);

	if (sec->type != SHT_PROGBITS || sec->size == 0 ||
	    strncmp(sec->name, ELF_SECTION_MAPS, len) != 0)
		return false;
	/* compat: other sections iproute2 does not mind, whatever they hold */
	return !sec->name[len] ||
	       (sec->name[len] == '/' && sec->size >= MAPDEF_MIN);
}

/* of several sections, not the first */
static bool __attribute__((cold)) is_in_more(const struct bpfelf_object *obj,
					     uint32_t index)
{
	return index < obj->img.sections_cnt &&
	       object_is_maps(&obj->img.sections[index]);
}

/* asked of each symbol; there is such a section */
static inline bool is_in_maps(const struct bpfelf_object *obj, uint32_t index)
{
	return index == obj->maps_sec->index ||
	       (obj->maps_secs > 1 && is_in_more(obj, index));
}

/* of those in such a section */
static bool is_definition(const struct image *img, size_t i,
			  struct image_symbol *sym)
{
	image_symbol_at(img, i, sym);
	return sym->type == STT_OBJECT ||
	       (sym->type == STT_NOTYPE && sym->bind != STB_LOCAL);
}

static int cmp_map(const void *a, const void *b)
{
	const struct bpfelf_map *x = a, *y = b;

	if (x->sec != y->sec)
		return x->sec->index < y->sec->index ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return object_cmp_names(x->is_global, x->symbol,
				y->is_global, y->symbol);
}

static int find_map_symbols(struct bpfelf_object *obj, struct err *err)
{
	const struct image *img = &obj->img;
	const struct image_section *sec;
	struct image_symbol sym;
	size_t i, cnt = 0;
	int r;

	r = image_check_symbols(img, err);
	if (r < 0)
		return r;
	for (i = 0; i < img->named_cnt; i++)
		cnt += is_in_maps(obj, image_symbol_section(img, img->named[i]));
	obj->maps = calloc(cnt + 1, sizeof(*obj->maps));
	if (!obj->maps)
		return err_sys(err, -ENOMEM, "read maps");
	for (i = 0; i < img->named_cnt; i++) {
		if (!is_in_maps(obj, image_symbol_section(img, img->named[i])) ||
		    !is_definition(img, img->named[i], &sym))
			continue;
		sec = &img->sections[sym.section];
		if (sym.value >= sec->size)
			return err_set(err, -EBADMSG, "map '%s' lies outside its section", sym.name);
		obj->maps[obj->defs_cnt++] = (struct bpfelf_map) {
			.name = sym.name,
			.sec = sec,
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
		if (!kept || m[kept - 1].sec != m[i].sec || m[kept - 1].offset != m[i].offset)
			m[kept++] = m[i];
	m[kept].sec = NULL;	/* there is room for one more, see above */
	obj->defs_cnt = kept;
}

/*
 * A definition is as long as its symbol says, or where that says nothing,
 * reaches to the next one. Together they must cover the section: a byte that
 * belongs to nobody means that we misread something.
 */
static int read_map(struct bpfelf_map *map, uint64_t end, struct err *err)
{
	uint64_t room = end - map->offset;
	int r;

	if (map->def_size == 0)
		map->def_size = room > UINT32_MAX ? UINT32_MAX : room;
	if (map->def_size != room) {
		err_set(err, -EBADMSG, "map '%s' has %u bytes, %s after %ju",
			map->name, map->def_size,
			end < map->sec->size ? "the next one begins" : "the section ends",
			(uintmax_t)room);
		return err_hint(err, "put nothing but struct bpf_elf_map into section '%s'",
				map->sec->name);
	}
	r = maplayout_read((const char *)map->sec->data + map->offset,
			   map->def_size, &map->def, err);
	return r < 0 ? err_wrap(err, "map '%s'", map->name) : 0;
}

/* Maps are global, and so are their symbols among the last: from the first of
 * them on. */
static int index_map_symbols(struct bpfelf_object *obj, struct err *err)
{
	const struct image *img = &obj->img;
	const size_t last = img->named[img->named_cnt - 1];
	const struct bpfelf_map *map;
	struct image_symbol sym;
	uint32_t first = last;
	size_t i;

	for (i = 0; i < obj->defs_cnt; i++)
		first = obj->maps[i].symbol < first ? obj->maps[i].symbol : first;
	obj->symbol_maps = calloc(last + 1 - first, sizeof(*obj->symbol_maps));
	if (!obj->symbol_maps)
		return err_sys(err, -ENOMEM, "read maps");
	obj->symbol_maps_first = first;
	obj->symbol_maps_cnt = last + 1 - first;
	for (i = 0; i < img->named_cnt; i++) {
		if (img->named[i] < first ||
		    !is_in_maps(obj, image_symbol_section(img, img->named[i])))
			continue;
		image_symbol_at(img, img->named[i], &sym);
		map = object_map_at(obj, sym.section, sym.value);
		if (map)
			obj->symbol_maps[img->named[i] - first] = map - obj->maps + 1;
	}
	return 0;
}

static void find_sections(struct bpfelf_object *obj)
{
	const struct image *img = &obj->img;
	size_t i;

	for (i = 0; i < img->sections_cnt; i++) {
		/* thousands may be programs */
		if (img->sections[i].name[0] != ELF_SECTION_MAPS[0] ||
		    !object_is_maps(&img->sections[i]))
			continue;
		obj->maps_sec = obj->maps_sec ?: &img->sections[i];
		obj->maps_secs++;
	}
}

static int no_first_map(const struct image_section *sec, struct err *err)
{
	err_set(err, -EBADMSG, "section '%s': no symbol names the map at its beginning",
		sec->name);
	return err_hint(err, "do not strip the object's symbols");
}

/* @map: the first of a section, then that of the next one */
static int read_section(struct bpfelf_map **map, struct err *err)
{
	const struct image_section *sec = (*map)->sec;
	struct bpfelf_map *m = *map;
	uint64_t end;
	int r = 0;

	if (m->offset != 0)
		return no_first_map(sec, err);
	for (; r == 0 && m->sec == sec; m++) {
		end = m[1].sec == sec ? m[1].offset : sec->size;
		r = read_map(m, end, err);
	}
	*map = m;
	return r;
}

/* of those that hold maps, the first that no symbol is in */
static const struct image_section *find_nameless(const struct bpfelf_object *obj)
{
	const struct bpfelf_map *map = obj->maps;
	uint32_t i;

	for (i = obj->maps_sec->index; i < obj->img.sections_cnt; i++) {
		if (!is_in_maps(obj, i))
			continue;
		if (!map->sec || map->sec->index != i)
			break;
		while (map->sec && map->sec->index == i)
			map++;
	}
	return &obj->img.sections[i];
}

int object_read_maps(struct bpfelf_object *obj, struct err *err)
{
	struct bpfelf_map *map;
	size_t read;
	int r;

	find_sections(obj);
	if (!obj->maps_sec)
		return 0;
	r = find_map_symbols(obj, err);
	if (r < 0)
		return r;
	drop_map_aliases(obj);
	map = obj->maps;
	for (read = 0; r == 0 && map->sec; read++)
		r = read_section(&map, err);
	if (r == 0 && read < obj->maps_secs)
		r = no_first_map(find_nameless(obj), err);
	if (r < 0)
		return r;
	obj->maps_cnt = obj->btf_defs = obj->defs_cnt;
	return index_map_symbols(obj, err);
}

bool object_defines_maps(const struct bpfelf_object *obj, uint32_t index)
{
	if (obj->maps_sec && is_in_maps(obj, index))
		return true;
	return obj->btf_defs < obj->defs_cnt &&
	       obj->maps[obj->btf_defs].sec->index == index;
}

struct place {
	uint32_t section;
	uint64_t offset;
};

static int cmp_map_place(const void *key, const void *elem)
{
	const struct place *at = key;
	const struct bpfelf_map *map = elem;

	if (at->section != map->sec->index)
		return at->section < map->sec->index ? -1 : 1;
	return (at->offset > map->offset) - (at->offset < map->offset);
}

const struct bpfelf_map *object_map_at(const struct bpfelf_object *obj,
				       uint32_t index, uint64_t offset)
{
	const struct place at = { index, offset };
	bool is_btf = !obj->maps_sec || !is_in_maps(obj, index);
	size_t first = is_btf ? obj->btf_defs : 0;
	size_t cnt = (is_btf ? obj->defs_cnt : obj->btf_defs) - first, guess = cnt;

	if (!cnt || offset >= obj->img.sections[index].size)
		return NULL;
	/* in `maps` they are all of one length, usually */
	if (!is_btf && obj->maps_secs == 1)
		guess = offset / (obj->maps_sec->size / cnt);
	if (guess < cnt && obj->maps[guess].offset == offset)
		return &obj->maps[guess];
	return bsearch(&at, obj->maps + first, cnt, sizeof(*obj->maps),
		       cmp_map_place);
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
