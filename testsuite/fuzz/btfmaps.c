/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Types, section `.maps` and its relocations, to maps and what goes into them:
 * two lengths of 16 bits, the types, the relocations, the section.
 */
#include "fuzz.h"

#include "elfgen.h"
#include "object.h"
#include "plan.h"

static void add_part(struct elfgen *g, const char *name, uint32_t type,
		     const uint8_t **data, size_t *left, size_t size)
{
	if (size > *left)
		size = *left;
	elfgen_section(g, name, type, type == SHT_REL ? 0 : SHF_ALLOC | SHF_WRITE);
	elfgen_data(g, name, *data, size);
	*data += size;
	*left -= size;
}

/* symbols that relocations may mean: by number 1 to 4 */
static void build(struct elfgen *g, const uint8_t *data, size_t size,
		  struct buf *bytes)
{
	uint16_t lens[2] = { 0 };

	if (size >= sizeof(lens)) {
		memcpy(lens, data, sizeof(lens));
		data += sizeof(lens);
		size -= sizeof(lens);
	}
	elfgen_init(g);
	elfgen_func(g, "prog", "first", CODE(MOV(0, 0), EXIT));
	elfgen_func(g, "prog", "second", CODE(LOAD64(1, 0, 0), EXIT));
	add_part(g, ".BTF", SHT_PROGBITS, &data, &size, lens[0]);
	add_part(g, ".rel.maps", SHT_REL, &data, &size, lens[1]);
	add_part(g, ".maps", SHT_PROGBITS, &data, &size, size);
	elfgen_section(g, ".rel.maps", 0, 0)->header.sh_info = elfgen_index(g, ".maps");
	elfgen_symbol(g, "a", elfgen_index(g, ".maps"), 0, 8, GLOBAL(STT_OBJECT));
	elfgen_symbol(g, "b", elfgen_index(g, ".maps"), 32, 8, GLOBAL(STT_OBJECT));
	elfgen_end(g, bytes);
}

static void check_values(const struct bpfelf_object *obj)
{
	const struct map_value *v = obj->values;
	size_t i;

	for (i = 0; i < obj->values_cnt; i++, v++) {
		fuzz_check(v->map >= obj->btf_defs && v->map < obj->defs_cnt);
		fuzz_check(v->prog || v->inner < obj->defs_cnt);
		fuzz_check(obj->maps[v->map].def.type == BPF_MAP_TYPE_HASH_OF_MAPS ||
			   v->key < obj->maps[v->map].def.max_elem);
		fuzz_check(!v->prog == !!mapdef_is_outer(&obj->maps[v->map].def));
	}
}

static void check(const struct bpfelf_object *obj)
{
	const struct bpfelf_map *map;
	size_t i;

	fuzz_check(obj->btf_defs <= obj->defs_cnt && obj->defs_cnt <= obj->maps_cnt);
	for (i = obj->btf_defs; i < obj->maps_cnt; i++) {
		map = &obj->maps[i];
		fuzz_check(map->name && map->btf && map->def.type);
		fuzz_check(!map->inner || (map->inner > obj->defs_cnt && map->inner <= obj->maps_cnt));
		fuzz_check(i >= obj->defs_cnt || map->offset < map->sec->size);
	}
	check_values(obj);
}

static void plan_it(const struct bpfelf_object *obj)
{
	const struct bpfelf_request req = {
		.sz = sizeof(req), .prog_type = BPF_PROG_TYPE_XDP, .flags = BPFELF_PRIVATE,
	};
	static const struct pindb no_db;
	struct bpfelf_plan *plan = NULL;
	struct err err = { 0 };

	if (plan_new(obj, &req, &no_db, NULL, &plan, &err) < 0)
		fuzz_check(err.text[0]);
	bpfelf_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct bpfelf_object *obj = NULL;
	static struct elfgen g;
	struct err err = { 0 };

	build(&g, data, size, &bytes);
	if (object_open_mem(&obj, bytes.data, bytes.len, "fuzz.o", &err) < 0) {
		fuzz_check(err.text[0] && !obj);
		return 0;
	}
	check(obj);
	plan_it(obj);
	bpfelf_object_free(obj);
	return 0;
}
