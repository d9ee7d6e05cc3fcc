/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object's global data: sections that code refers to by address. */
#include "object.h"

#include <errno.h>

/* What looks like data, but is for a loader to read. */
static bool is_for_loader(const char *name)
{
	static const char *const prefixes[] = { ".maps", ".kconfig", ".ksyms", ".struct_ops" };
	size_t i;

	if (str_eq(name, ELF_SECTION_MAPS))
		return true;
	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static bool is_data(const struct image_section *sec)
{
	return (sec->type == SHT_PROGBITS || sec->type == SHT_NOBITS) &&
	       (sec->flags & SHF_ALLOC) && !(sec->flags & SHF_EXECINSTR) &&
	       sec->size > 0 && !object_is_maps(sec) && !is_for_loader(sec->name);
}

/* what is known of a section */
enum use { USE_UNKNOWN, USE_NONE, USE_DATA, USE_COMMON };

/* Mark what the relocations of one code section refer to; what is wrong with
 * them is told when a program needs it. */
static size_t mark_used(const struct bpfelf_object *obj,
			const struct code *code, uint8_t *use)
{
	struct image_symbol sym;
	size_t i, cnt = 0;

	for (i = 0; !code->only_maps && i < code->rels_cnt; i++) {
		if (code->rels[i].map ||
		    !image_symbol_at(&obj->img, code->rels[i].symbol, &sym) ||
		    !sym.name || sym.section >= obj->img.sections_cnt ||
		    use[sym.section] != USE_UNKNOWN)
			continue;
		use[sym.section] = is_data(&obj->img.sections[sym.section]) ?
				   USE_DATA : USE_NONE;
		cnt += use[sym.section] == USE_DATA;
	}
	return cnt;
}

/* what programs have anyway, for somebody else to read */
static bool is_common(const struct bpfelf_object *obj,
		      const struct image_section *sec)
{
	const size_t len = strlen(".rodata");

	return object_is_libbpf(obj) && strncmp(sec->name, ".rodata", len) == 0 &&
	       (!sec->name[len] || sec->name[len] == '.') && is_data(sec);
}

static size_t mark_common(const struct bpfelf_object *obj, uint8_t *use)
{
	size_t i, cnt = 0;

	for (i = 0; i < obj->img.sections_cnt; i++) {
		if (use[i] != USE_UNKNOWN || !is_common(obj, &obj->img.sections[i]))
			continue;
		use[i] = USE_COMMON;
		cnt++;
	}
	return cnt;
}

/* @relocated: which sections hold addresses, that is, have relocations */
static void mark_relocated(const struct bpfelf_object *obj, bool *relocated)
{
	const struct image_section *sec;
	size_t i;

	for (i = 0; i < obj->img.sections_cnt; i++) {
		sec = &obj->img.sections[i];
		if ((sec->type == SHT_REL || sec->type == SHT_RELA) &&
		    sec->info < obj->img.sections_cnt && sec->size > 0)
			relocated[sec->info] = true;
	}
}

uint32_t object_data_flags(const struct bpfelf_object *obj,
			   const struct image_section *sec)
{
	uint32_t flags = sec->flags & SHF_WRITE ? 0 : BPF_F_RDONLY_PROG;

	return object_is_libbpf(obj) ? flags | BPF_F_MMAPABLE : flags;
}

static int add_data(struct bpfelf_object *obj, const struct image_section *sec,
		    bool relocated, struct err *err)
{
	if (sec->size > INT32_MAX)
		return err_set(err, -E2BIG, "section '%s': %zu bytes of data do not fit into a map",
			       sec->name, sec->size);
	obj->data_of[sec->index] = obj->maps_cnt + 1;
	obj->maps[obj->maps_cnt++] = (struct bpfelf_map) {
		.name = sec->name,
		.data = sec,
		.def = {
			.type = BPF_MAP_TYPE_ARRAY,
			.size_key = sizeof(uint32_t),
			.size_value = sec->size,
			.max_elem = 1,
			.flags = object_data_flags(obj, sec),
		},
		.is_common = is_common(obj, sec),
	};
	if (relocated)
		buf_addf(&obj->notes, "section '%s' of object '%s' holds addresses, which no map can: "
			 "a program that reads one from there gets a useless number\n",
			 sec->name, obj->name);
	return 0;
}

int object_read_data(struct bpfelf_object *obj, struct err *err)
{
	const size_t sections = obj->img.sections_cnt;
	_cleanup_free_ uint8_t *use = calloc(sections, sizeof(*use));
	_cleanup_free_ bool *relocated = calloc(sections, sizeof(*relocated));
	struct bpfelf_map *maps;
	size_t i, cnt = 0;
	int r = 0;

	obj->data_of = calloc(sections, sizeof(*obj->data_of));
	if (!use || !relocated || !obj->data_of)
		return err_sys(err, -ENOMEM, "read data");
	for (i = 0; i < obj->codes_cnt; i++)
		cnt += mark_used(obj, &obj->codes[i], use);
	cnt += mark_common(obj, use);
	if (!cnt)
		return 0;
	maps = reallocarray(obj->maps, obj->maps_cnt + cnt, sizeof(*maps));
	if (!maps)
		return err_sys(err, -ENOMEM, "read data");
	obj->maps = maps;
	mark_relocated(obj, relocated);
	for (i = 0; r == 0 && i < sections; i++)
		if (use[i] == USE_DATA || use[i] == USE_COMMON)
			r = add_data(obj, &obj->img.sections[i],
				     relocated[i] && use[i] == USE_DATA, err);
	return r;
}

const struct bpfelf_map *object_data(const struct bpfelf_object *obj,
				     uint32_t index)
{
	if (index >= obj->img.sections_cnt || !obj->data_of[index])
		return NULL;
	return &obj->maps[obj->data_of[index] - 1];
}
