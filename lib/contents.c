/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "contents.h"

#include <errno.h>
#include <stdio.h>

#include "datavalue.h"
#include "insns.h"

/* a reference, while they are looked at */
struct use {
	uint64_t variable;
	enum datavalue verdict;
};

struct uses {
	struct use *at;
	size_t cnt, cap;
};

static uint64_t variable(size_t map, uint64_t offset)
{
	return (uint64_t)map << 32 | (uint32_t)offset;
}

/* Constants have an address that programs may do with as they like. */
static bool is_writable(const struct bpfelf_map *map)
{
	return map && map->data && !(map->def.flags & BPF_F_RDONLY_PROG);
}

static bool has_writable(const struct bpfelf_object *obj)
{
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++)
		if (is_writable(&obj->maps[i]))
			return true;
	return false;
}

/* whether it names one */
static bool is_variable(const struct image_symbol *sym)
{
	return sym->name && sym->type != STT_SECTION;
}

static int add_use(struct uses *uses, uint64_t which, enum datavalue verdict,
		   struct err *err)
{
	struct use *at;

	if (uses->cnt == uses->cap) {
		uses->cap = uses->cap * 2 + 16;
		at = reallocarray(uses->at, uses->cap, sizeof(*at));
		if (!at)
			return err_sys(err, -ENOMEM, "look at data");
		uses->at = at;
	}
	uses->at[uses->cnt++] = (struct use) { which, verdict };
	return 0;
}

/* The instructions of a section may stand anywhere in the file. */
static struct bpf_insn *copy_insns(const struct code *code)
{
	struct bpf_insn *insns = reallocarray(NULL, code->insns_cnt, sizeof(*insns));

	if (insns)
		memcpy(insns, code->sec->data, code->insns_cnt * sizeof(*insns));
	return insns;
}

/* what is wrong with a relocation is told when a program needs it */
static const struct bpfelf_map *used_data(const struct bpfelf_object *obj,
					  const struct code_rel *rel,
					  uint64_t *offset)
{
	const struct bpfelf_map *map;
	struct image_symbol sym;

	if (!image_symbol_at(&obj->img, rel->symbol, &sym))
		return NULL;
	map = object_data(obj, sym.section);
	if (!is_writable(map))
		return NULL;
	*offset = sym.value + (int64_t)rel->addend;
	return *offset < map->data->size ? map : NULL;
}

static int find_uses(const struct bpfelf_object *obj, const struct code *code,
		     struct uses *uses, struct err *err)
{
	_cleanup_free_ struct bpf_insn *insns = NULL;
	const struct bpfelf_map *map;
	uint64_t offset;
	uint32_t at;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && !code->only_maps && i < code->rels_cnt; i++) {
		at = code->rels[i].insn;
		map = used_data(obj, &code->rels[i], &offset);
		if (!map)
			continue;
		if (!insns)
			insns = copy_insns(code);
		if (!insns)
			return err_sys(err, -ENOMEM, "look at data");
		if (insn_is_load64(&insns[at]))
			r = add_use(uses, variable(map - obj->maps, offset),
				    datavalue_scan(insns, code->insns_cnt, at), err);
	}
	return r;
}

static int cmp_use(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return (x->variable > y->variable) - (x->variable < y->variable);
}

/* Those that are content somewhere, and an address nowhere */
static int sum_up(struct contents *contents, struct uses *uses, struct err *err)
{
	size_t i, next;
	bool content, address;

	contents->known = reallocarray(NULL, uses->cnt + 1, sizeof(*contents->known));
	contents->bytes = calloc(contents->obj->maps_cnt + 1, sizeof(*contents->bytes));
	if (!contents->known || !contents->bytes)
		return err_sys(err, -ENOMEM, "look at data");
	qsort(uses->at, uses->cnt, sizeof(*uses->at), cmp_use);
	for (i = 0; i < uses->cnt; i = next) {
		content = address = false;
		for (next = i; next < uses->cnt &&
		     uses->at[next].variable == uses->at[i].variable; next++) {
			content |= uses->at[next].verdict == DATAVALUE_CONTENT;
			address |= uses->at[next].verdict == DATAVALUE_ADDRESS;
		}
		if (!address && (content || contents->as == CONTENTS_AS_VALUE))
			contents->known[contents->known_cnt++] = (struct contents_variable) {
				.place = uses->at[i].variable,
			};
	}
	return 0;
}

static int cmp_place(const void *a, const void *b)
{
	const uint64_t *place = a;
	const struct contents_variable *var = b;

	return (*place > var->place) - (*place < var->place);
}

static struct contents_variable *find_known(const struct contents *contents,
					    uint64_t place)
{
	if (!contents->known_cnt)
		return NULL;
	return bsearch(&place, contents->known, contents->known_cnt,
		       sizeof(*contents->known), cmp_place);
}

/* Of several symbols for one variable, the first. */
static void find_symbols(struct contents *contents)
{
	const struct bpfelf_object *obj = contents->obj;
	struct contents_variable *var;
	const struct bpfelf_map *map;
	struct image_symbol sym;
	size_t i;

	for (i = 1; contents->known_cnt && i < image_symbols(&obj->img); i++) {
		map = object_data(obj, image_symbol_section(&obj->img, i));
		if (!map || !image_symbol_at(&obj->img, i, &sym) || !is_variable(&sym))
			continue;
		var = find_known(contents, variable(map - obj->maps, sym.value));
		if (var && !var->symbol && sym.value < map->data->size)
			var->symbol = i;
	}
}

int contents_find(struct contents *contents, const struct bpfelf_object *obj,
		  enum contents_as as, struct err *err)
{
	struct uses uses = { 0 };
	size_t i;
	int r = 0;

	*contents = (struct contents) { .obj = obj, .as = as };
	if (as == CONTENTS_AS_MAP || !has_writable(obj))
		return 0;
	for (i = 0; r == 0 && i < obj->codes_cnt; i++)
		r = find_uses(obj, &obj->codes[i], &uses, err);
	if (r == 0 && uses.cnt)
		r = sum_up(contents, &uses, err);
	find_symbols(contents);
	free(uses.at);
	return r;
}

void contents_free(struct contents *contents)
{
	free(contents->known);
	free(contents->bytes);
	contents->known = NULL;
	contents->bytes = NULL;
	contents->known_cnt = 0;
}

static size_t content_size(size_t room, const struct image_symbol *sym)
{
	if (sym && (sym->size == 1 || sym->size == 2 || sym->size == 8) &&
	    sym->size <= room)
		return sym->size;
	/* also of a struct or an array, or where no symbol tells */
	if (room >= sizeof(uint32_t))
		return sizeof(uint32_t);
	return room >= sizeof(uint16_t) ? sizeof(uint16_t) : sizeof(uint8_t);
}

static uint64_t read_content(const struct contents *contents,
			     const struct link_ref *ref,
			     const struct image_symbol *sym)
{
	const struct image_section *sec = contents->obj->maps[ref->map].data;
	const char *from = contents->bytes[ref->map] ?: sec->data;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	if (!from)	/* SHT_NOBITS */
		return 0;
	from += ref->offset;
	switch (content_size(sec->size - ref->offset, sym)) {
	case sizeof(u64):
		memcpy(&u64, from, sizeof(u64));
		return u64;
	case sizeof(u32):
		memcpy(&u32, from, sizeof(u32));
		return u32;
	case sizeof(u16):
		memcpy(&u16, from, sizeof(u16));
		return u16;
	default:
		return *(const uint8_t *)from;
	}
}

static void put(struct bpf_insn *insn, uint64_t content)
{
	insn[0].src_reg = 0;
	insn[0].imm = (int32_t)content;
	insn[1].imm = (int32_t)(content >> 32);
}

static void name_of(const struct bpfelf_object *obj, const struct link_ref *ref,
		    const struct image_symbol *sym, char *name, size_t size)
{
	if (sym)
		snprintf(name, size, "%s", sym->name);
	else
		snprintf(name, size, "%s+%u", obj->maps[ref->map].name, ref->offset);
}

static void add_name(const struct bpfelf_object *obj, const struct link_ref *ref,
		     const struct image_symbol *sym, struct buf *names)
{
	char name[128];

	name_of(obj, ref, sym, name, sizeof(name));
	buf_addf(names, "%s%s", names->len ? ", " : "", name);
}

static void put_variable(struct contents *contents, struct contents_variable *var,
			 const struct link_ref *ref, struct bpf_insn *insn,
			 struct buf *names)
{
	const struct bpfelf_object *obj = contents->obj;
	const struct image_symbol *sym = NULL;
	struct image_symbol room;

	if (var->symbol && image_symbol_at(&obj->img, var->symbol, &room))
		sym = &room;
	put(insn, read_content(contents, ref, sym));
	if (var->told == contents->links)
		return;
	var->told = contents->links;
	add_name(obj, ref, sym, names);
}

int contents_apply(struct contents *contents, struct link *link,
		   struct buf *names, struct err *err)
{
	struct contents_variable *var;
	size_t i, kept = 0;
	struct link_ref ref;

	contents->links++;
	for (i = 0; contents->known_cnt && i < link->refs_cnt; i++) {
		ref = link->refs[i];
		var = ref.is_data ? find_known(contents, variable(ref.map, ref.offset)) : NULL;
		if (!var) {
			link->refs[kept++] = ref;
			continue;
		}
		if (link_own(link, err) < 0)
			return -ENOMEM;
		put_variable(contents, var, &ref, &link->insns[ref.insn], names);
	}
	if (contents->known_cnt)
		link->refs_cnt = kept;
	return buf_failed(names) ? err_sys(err, -ENOMEM, "link") : 0;
}

/* what is said of a variable there, or NULL */
static const struct image_symbol *symbol_at(const struct bpfelf_object *obj,
					    const struct link_ref *ref,
					    struct image_symbol *sym)
{
	const struct image_section *sec = obj->maps[ref->map].data;
	const struct image *img = &obj->img;
	size_t i;

	for (i = 1; image_symbol_at(img, i, sym); i++)
		if (sym->section == sec->index && sym->value == ref->offset &&
		    is_variable(sym))
			return sym;
	return NULL;
}

bool contents_doubtful(const struct bpfelf_object *obj, const struct link *link,
		       char *name, size_t size)
{
	const struct link_ref *ref;
	struct image_symbol sym;
	size_t i;

	for (i = 0; i < link->refs_cnt; i++) {
		ref = &link->refs[i];
		if (!ref->is_data || !is_writable(&obj->maps[ref->map]) ||
		    datavalue_scan(link->insns, link->insns_cnt, ref->insn) !=
		    DATAVALUE_UNKNOWN)
			continue;
		name_of(obj, ref, symbol_at(obj, ref, &sym), name, size);
		return true;
	}
	return false;
}
