/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "link.h"

#include <errno.h>

#include "insns.h"
#include "uapi.h"

#define INSN_SIZE	sizeof(struct bpf_insn)

struct linker {
	const struct bpfelf_object *obj;
	struct link *link;
	size_t insns_cap, refs_cap, funcs_cap;
	/* hash table of functions that are in: 0, or one more than an index */
	uint16_t places[2 * LINK_MAX_FUNCS];
	bool has_places;	/* not before the first call */
};

/* the address of a function, for a helper that calls back */
static bool is_func_address(const struct bpf_insn *insn)
{
	return insn_is_load64(insn) && insn->src_reg == BPF_PSEUDO_FUNC;
}

static bool grow(void **array, size_t size, size_t need, size_t *cap)
{
	/* exact at first: most programs are one function */
	size_t new_cap = *cap ? need + need / 2 : need;
	void *p;

	if (need <= *cap)
		return true;
	p = reallocarray(*array, new_cap, size);
	if (!p)
		return false;
	*array = p;
	*cap = new_cap;
	return true;
}

/* The bytes of a function in the image, if instructions can be read there. */
static struct bpf_insn *insns_in_place(const struct bpfelf_program *func)
{
	const char *at = (const char *)func->code->sec->data + func->start * INSN_SIZE;

	return (uintptr_t)at % _Alignof(struct bpf_insn) ? NULL : (struct bpf_insn *)at;
}

/* Room for more: what stands in the image moves to memory of its own. */
static bool grow_insns(struct linker *l, size_t need)
{
	struct bpf_insn *in_place = l->link->in_place ? l->link->insns : NULL;

	if (in_place)
		l->link->insns = NULL;
	l->link->in_place = false;
	if (!grow((void **)&l->link->insns, INSN_SIZE, need, &l->insns_cap))
		return false;
	if (in_place)
		memcpy(l->link->insns, in_place, l->link->insns_cnt * INSN_SIZE);
	return true;
}

static bool add_insns(struct linker *l, const struct bpfelf_program *func)
{
	struct link *link = l->link;

	if (!link->funcs_cnt) {
		link->insns = insns_in_place(func);
		link->in_place = link->insns;
	}
	if (link->funcs_cnt || !link->in_place) {
		if (!grow_insns(l, link->insns_cnt + func->cnt))
			return false;
		memcpy(link->insns + link->insns_cnt,
		       (const char *)func->code->sec->data + func->start * INSN_SIZE,
		       func->cnt * INSN_SIZE);
	}
	link->insns_cnt += func->cnt;
	return true;
}

/* Most call nothing, and need no memory for a list. */
static bool grow_funcs(struct linker *l)
{
	struct link *link = l->link;
	bool alone = link->funcs == &link->entry;
	struct link_func *funcs = alone ? NULL : link->funcs;

	if (!grow((void **)&funcs, sizeof(*funcs), link->funcs_cnt + 1, &l->funcs_cap))
		return false;
	if (alone && funcs)
		funcs[0] = link->entry;
	link->funcs = funcs ?: &link->entry;
	return true;
}

static uint16_t *find_place(struct linker *l, const struct bpfelf_program *func)
{
	size_t at = (func - l->obj->progs) % ARRAY_SIZE(l->places);

	while (l->places[at] && l->link->funcs[l->places[at] - 1].func != func)
		at = (at + 1) % ARRAY_SIZE(l->places);
	return &l->places[at];
}

/* the loop in link_program() comes to it */
static int append(struct linker *l, const struct bpfelf_program *func,
		  uint32_t *at, struct err *err)
{
	struct link *link = l->link;

	if (link->funcs_cnt == LINK_MAX_FUNCS)
		return err_set(err, -E2BIG, "it calls more than %u functions", LINK_MAX_FUNCS - 1);
	if (func->cnt > INT32_MAX - link->insns_cnt)
		return err_set(err, -E2BIG, "too many instructions");
	*at = link->insns_cnt;
	if (!grow_funcs(l) || !add_insns(l, func))
		return err_sys(err, -ENOMEM, "link '%s'", func->name);
	link->funcs[link->funcs_cnt++] = (struct link_func) { func, *at };
	return 0;
}

/* Append a function unless it is in. */
static int place(struct linker *l, const struct bpfelf_program *func,
		 uint32_t *at, struct err *err)
{
	uint16_t *place;
	int r;

	if (!l->has_places) {
		memset(l->places, 0, sizeof(l->places));
		*find_place(l, l->link->funcs[0].func) = 1;
		l->has_places = true;
	}
	place = find_place(l, func);
	if (*place) {
		*at = l->link->funcs[*place - 1].at;
		return 0;
	}
	r = append(l, func, at, err);
	if (r == 0)
		*place = l->link->funcs_cnt;
	return r;
}

static int link_to_func(struct linker *l, uint32_t at, const struct code *code,
			int64_t target, struct err *err)
{
	const struct bpfelf_program *func;
	uint32_t func_at;
	int r;

	func = target < 0 ? NULL : object_func(code, target);
	if (!func || func->start != target)
		return err_set(err, -EBADMSG, "it calls instruction %jd of '%s', where no function begins",
			       (intmax_t)target, code->sec->name);
	r = place(l, func, &func_at, err);
	if (r < 0)
		return r;
	l->link->insns[at].imm = (int32_t)func_at - (int32_t)at - 1;
	return 0;
}

/* there is room, see link_func() */
static int add_ref(struct linker *l, uint32_t at, const struct bpfelf_map *map,
		   uint32_t offset)
{
	l->link->refs[l->link->refs_cnt++] = (struct link_ref) {
		.insn = at,
		.map = map - l->obj->maps,
		.offset = offset,
		.is_data = map->data,
	};
	return 0;
}

static int link_to_map(struct linker *l, uint32_t at,
		       const struct image_symbol *sym, int32_t addend,
		       struct err *err)
{
	struct bpf_insn *insn = &l->link->insns[at];
	uint64_t offset = sym->value + (uint32_t)addend;
	const struct bpfelf_map *map = object_map_at(l->obj, sym->section, offset);

	if (!insn_is_load64(insn))
		return err_set(err, -EBADMSG, "opcode %#x cannot hold a map, only a 16-byte load can",
			       insn->code);
	if (!map)
		return err_set(err, -EBADMSG, "no map begins at offset %#jx of section '%s'",
			       (uintmax_t)offset, l->obj->img.sections[sym->section].name);
	return add_ref(l, at, map, 0);
}

static int link_to_data(struct linker *l, uint32_t at,
			const struct image_symbol *sym, int32_t addend,
			const struct bpfelf_map *map, struct err *err)
{
	struct bpf_insn *insn = &l->link->insns[at];
	uint64_t offset = sym->value + (int64_t)addend;

	if (!insn_is_load64(insn))
		return err_set(err, -EBADMSG, "opcode %#x cannot hold an address, only a 16-byte load can",
			       insn->code);
	/* the kernel knows no address behind the last byte, either */
	if (offset >= map->data->size)
		return err_set(err, -EBADMSG, "offset %jd lies outside section '%s', which has %zu bytes",
			       (intmax_t)offset, map->name, map->data->size);
	return add_ref(l, at, map, offset);
}

/* What nearly all relocations are: a load of a map, by its own symbol. */
static bool link_to_plain_map(struct linker *l, uint32_t at,
			      const struct code_rel *rel)
{
	uint32_t map = object_symbol_map(l->obj, rel->symbol);
	struct link *link = l->link;

	if (!map || rel->type != R_BPF_64_64 || rel->addend ||
	    !insn_is_load64(&link->insns[at]))
		return false;
	link->refs[link->refs_cnt++] = (struct link_ref) {
		.insn = at, .map = map - 1,
	};
	return true;
}

static int link_to_option(struct linker *l, uint32_t at,
			  const struct object_extern *ext, int32_t addend,
			  struct err *err)
{
	if (!insn_is_load64(&l->link->insns[at]))
		return err_set(err, -EBADMSG, "opcode %#x cannot hold an address, only a 16-byte load can",
			       l->link->insns[at].code);
	if (addend < 0 || (uint32_t)addend >= ext->size)
		return err_set(err, -EBADMSG, "offset %d lies outside its %u bytes",
			       addend, ext->size);
	return add_ref(l, at, &l->obj->maps[l->obj->kconfig_map - 1], ext->offset + addend);
}

/* What the kernel has is noted, and put in by externlink_apply() */
static int link_to_extern(struct linker *l, uint32_t at,
			  const struct object_extern *ext, int32_t addend,
			  struct err *err)
{
	const struct bpf_insn *insn = &l->link->insns[at];
	struct link *link = l->link;
	struct link_extern *grown;

	if (ext->kind == EXTERN_OPTION)
		return link_to_option(l, at, ext, addend, err);
	if (!insn_is_load64(insn) &&
	    !(ext->kind == EXTERN_FUNCTION && insn_is_call(insn)))
		return err_set(err, -EBADMSG, "opcode %#x cannot refer to it", insn->code);
	grown = reallocarray(link->externs, link->externs_cnt + 1, sizeof(*grown));
	if (!grown)
		return err_sys(err, -ENOMEM, "link");
	link->externs = grown;
	grown[link->externs_cnt++] = (struct link_extern) {
		.insn = at, .index = ext - l->obj->externs, .addend = addend,
	};
	return 0;
}

/* what to do about a symbol that is neither a map nor a function */
static const char *advice(const char *section)
{
	static const struct { const char *prefix, *advice; } known[] = {
		{ ".kconfig", "a kernel configuration value: declare it extern, without a value" },
		{ ".ksyms", "a kernel symbol: declare it extern, without a value" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (strncmp(section, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].advice;
	return "only maps in sections 'maps' and '.maps', functions and data can be referred to";
}

static int refuse_without_types(const struct bpfelf_object *obj, struct err *err)
{
	if (obj->btf_problem)
		return err_set(err, -ENOTSUP, "section '%s' defines maps by types, which cannot be read: %s",
			       MAPBTF_SECTION, obj->btf_problem);
	err_set(err, -ENOTSUP, "section '%s' defines maps by types, and the object has none of it",
		MAPBTF_SECTION);
	return err_hint(err, "compile with -g, and do not strip section '%s'", BTF_SECTION);
}

static int refuse(struct linker *l, const struct image_symbol *sym,
		  struct err *err)
{
	const char *section = "?";

	if (sym->section == SHN_UNDEF) {
		err_set(err, -ENOTSUP, "it is not defined in the object");
		return err_hint(err, "define it, or declare a helper by its number "
				"(static long (*f)(...) = (void *)BPF_FUNC_...)");
	}
	if (sym->section == SHN_COMMON) {
		err_set(err, -ENOTSUP, "it is a common symbol, which has no section");
		return err_hint(err, "compile with -fno-common, or give it a value");
	}
	if (sym->section < l->obj->img.sections_cnt)
		section = l->obj->img.sections[sym->section].name;
	if (str_eq(section, MAPBTF_SECTION))
		return refuse_without_types(l->obj, err);
	err_set(err, -ENOTSUP, "it lies in section '%s', which is not supported", section);
	return err_hint(err, "%s", advice(section));
}

static int link_to_code(struct linker *l, uint32_t at, const struct code *code,
			const struct image_symbol *sym, int32_t addend,
			struct err *err)
{
	struct bpf_insn *insn = &l->link->insns[at];
	int64_t target = sym->value / INSN_SIZE;

	if (insn_is_call(insn))
		return link_to_func(l, at, code, target + addend + 1, err);
	if (!insn_is_load64(insn))
		return err_set(err, -EBADMSG, "opcode %#x cannot refer to a function",
			       insn->code);
	/* the addend is in bytes here, in instructions for a call */
	insn->src_reg = BPF_PSEUDO_FUNC;
	return link_to_func(l, at, code, target + addend / (int)INSN_SIZE, err);
}

static int link_to_symbol(struct linker *l, uint32_t at,
			  const struct image_symbol *sym, int32_t addend,
			  struct err *err)
{
	const struct bpfelf_map *data;
	const struct code *code;

	if (object_defines_maps(l->obj, sym->section))
		return link_to_map(l, at, sym, addend, err);
	data = object_data(l->obj, sym->section);
	if (data)
		return link_to_data(l, at, sym, addend, data, err);
	code = object_code(l->obj, sym->section);
	if (code)
		return link_to_code(l, at, code, sym, addend, err);
	return refuse(l, sym, err);
}

/*
 * R_BPF_64_64 is of loads, R_BPF_64_32 of calls; the instruction tells them
 * apart, and LLVM up to 4 did not care. The others are of data alone.
 */
static int apply_rel(struct linker *l, uint32_t at, const struct code_rel *rel,
		     struct err *err)
{
	const struct object_extern *ext = externs_find(l->obj, rel->symbol);
	struct image_symbol sym;
	int r;

	if (!image_symbol_at(&l->obj->img, rel->symbol, &sym) || !sym.name)
		return err_set(err, -EBADMSG, "no symbol %u in the file", rel->symbol);
	if (rel->type == R_BPF_64_ABS64 || rel->type == R_BPF_64_ABS32 ||
	    rel->type == R_BPF_64_NODYLD32)
		r = err_set(err, -EBADMSG, "relocation type %u, which no instruction can have",
			    rel->type);
	else if (ext && ext->kind != EXTERN_UNKNOWN)
		r = link_to_extern(l, at, ext, rel->addend, err);
	else
		r = link_to_symbol(l, at, &sym, rel->addend, err);
	return r < 0 ? err_wrap(err, "symbol '%s'", sym.name) : 0;
}

/*
 * What refers to something without a relocation: a call within the section
 * is meant relative to itself. A descriptor number would be one of ours,
 * which no object can know.
 */
static int link_unrelocated(struct linker *l, const struct link_func *p,
			    uint32_t i, struct err *err)
{
	const struct bpfelf_program *func = p->func;
	const struct bpf_insn *insn = &l->link->insns[p->at + i];
	int64_t target = (int64_t)func->start + i + 1 + insn->imm;

	if (insn_is_call(insn) || is_func_address(insn)) {
		if (target > func->start && target < (int64_t)func->start + func->cnt)
			return 0;
		return link_to_func(l, p->at + i, func->code, target, err);
	}
	if (insn_is_load64(insn) && insn->src_reg != 0 &&
	    insn->src_reg != BPF_PSEUDO_BTF_ID)
		return err_set(err, -EBADMSG, "it names descriptor %d without a relocation",
			       insn->imm);
	return 0;
}

/* the first relocation at or behind an instruction */
static size_t first_rel(const struct code *code, uint32_t insn)
{
	size_t lo = 0, hi = code->rels_cnt, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (code->rels[mid].insn < insn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int too_many(const struct code *code, const struct code_rel *rel,
		    struct err *err)
{
	return err_set(err, -EBADMSG, "section '%s': a relocation at offset %#jx too many",
		       code->sec->name, (uintmax_t)rel->insn * INSN_SIZE);
}

static int link_insn(struct linker *l, const struct link_func *p, uint32_t i,
		     const struct code_rel *rel, struct err *err)
{
	uint32_t insn = p->func->start + i;
	int r;

	if (rel)
		r = apply_rel(l, p->at + i, rel, err);
	else
		r = link_unrelocated(l, p, i, err);
	return r < 0 ? err_wrap(err, "section '%s', instruction %u (offset %#jx)",
				p->func->code->sec->name, insn,
				(uintmax_t)insn * INSN_SIZE) : 0;
}

/* of a load whose first half nobody looked at */
static bool is_second_half(const struct link *link, uint32_t first, uint32_t at)
{
	return at > first && !link->insns[at].code &&
	       insn_is_load64(&link->insns[at - 1]);
}

static int link_at(struct linker *l, const struct link_func *p, uint32_t at,
		   const struct code_rel *rel, struct err *err)
{
	if (rel && link_to_plain_map(l, p->at + at, rel))
		return 0;
	if (rel && is_second_half(l->link, p->at, p->at + at))
		return too_many(p->func->code, rel, err);
	return link_insn(l, p, at, rel, err);
}

/* What refers to something, by a relocation or without: the rest, which is
 * nearly all, is not even looked at. */
static int link_refs(struct linker *l, const struct link_func *p,
		     const struct code_rel *rel, const struct code_rel *end,
		     struct err *err)
{
	const uint32_t cnt = p->func->cnt, start = p->func->start;
	uint32_t at, stop, found, next = 0;	/* next: not passed yet */
	struct insns_walk walk = { 0 };
	int r;

	found = insns_next_ref(&walk, &l->link->insns[p->at], cnt);
	for (;;) {
		stop = rel < end ? rel->insn - start : cnt;
		/* within a 16-byte load, or a second one for the same */
		if (stop < next)
			return too_many(p->func->code, rel, err);
		at = found < stop ? found : stop;
		if (at == cnt)
			return 0;
		next = at + 1 + insn_is_load64(&l->link->insns[p->at + at]);
		r = link_at(l, p, at, at == stop ? rel : NULL, err);
		if (r < 0)
			return r;
		rel += at == stop;
		while (found < next && found < cnt)
			found = insns_next_ref(&walk, &l->link->insns[p->at], cnt);
	}
}

static int link_insns(struct linker *l, const struct link_func *p,
		      const struct code_rel *rel, const struct code_rel *end,
		      struct err *err)
{
	const uint32_t last = p->at + p->func->cnt - 1;

	/* a second half that looks like a first one is refused by the kernel */
	if (insn_is_load64(&l->link->insns[last]))
		return err_set(err, -EBADMSG, "section '%s': function '%s' ends within a 16-byte load",
			       p->func->code->sec->name, p->func->name);
	return link_refs(l, p, rel, end, err);
}

static int link_func(struct linker *l, struct link_func p, struct err *err)
{
	const struct code *code = p.func->code;
	const struct code_rel *rels = code->rels ?: l->obj->rels;
	size_t first = first_rel(code, p.func->start);
	size_t end = first_rel(code, p.func->start + p.func->cnt);
	struct link *link = l->link;

	if (code->has_rela)
		return err_set(err, -ENOTSUP, "section '%s' has relocations of type RELA, BPF uses REL",
			       code->sec->name);
	if (!grow((void **)&link->refs, sizeof(*link->refs),
		  link->refs_cnt + end - first, &l->refs_cap))
		return err_sys(err, -ENOMEM, "link");
	return link_insns(l, &p, rels + first, rels + end, err);
}

int link_program(const struct bpfelf_object *obj,
		 const struct bpfelf_program *entry, struct link *link,
		 struct err *err)
{
	struct linker l;
	uint32_t at;
	size_t i;
	int r;

	l.obj = obj;
	l.link = link;
	l.insns_cap = l.refs_cap = 0;
	l.funcs_cap = 1;
	l.has_places = false;
	memset(link, 0, sizeof(*link));
	link->funcs = &link->entry;
	r = append(&l, entry, &at, err);
	/* what it calls is appended meanwhile */
	for (i = 0; r == 0 && i < link->funcs_cnt; i++)
		r = link_func(&l, link->funcs[i], err);
	if (r < 0)
		link_free(link);
	return r;
}

void link_free(struct link *link)
{
	size_t i;

	for (i = 0; i < link->missing_cnt; i++)
		free(link->missing[i].what);
	free(link->missing);
	free(link->externs);
	if (!link->in_place)
		free(link->insns);
	free(link->refs);
	if (link->funcs != &link->entry)
		free(link->funcs);
	memset(link, 0, sizeof(*link));
}

int link_own(struct link *link, struct err *err)
{
	struct bpf_insn *insns;

	if (!link->in_place)
		return 0;
	insns = reallocarray(NULL, link->insns_cnt, INSN_SIZE);
	if (!insns)
		return err_sys(err, -ENOMEM, "link");
	memcpy(insns, link->insns, link->insns_cnt * INSN_SIZE);
	link->insns = insns;
	link->in_place = false;
	return 0;
}

int link_add_missing(struct link *link, uint32_t insn, char *what,
		     struct err *err)
{
	struct link_missing *missing = NULL;

	if (what)
		missing = reallocarray(link->missing, link->missing_cnt + 1, sizeof(*missing));
	if (!missing) {
		free(what);
		return err_sys(err, -ENOMEM, "relocate");
	}
	link->missing = missing;
	missing[link->missing_cnt++] = (struct link_missing) { insn, what };
	return 0;
}

void link_maps(const struct link *link, const int *map_fds)
{
	const struct link_ref *ref;
	struct bpf_insn *insn;
	size_t i;

	for (i = 0; i < link->refs_cnt; i++) {
		ref = &link->refs[i];
		insn = &link->insns[ref->insn];
		insn[0].src_reg = ref->is_data ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD;
		insn[0].imm = map_fds[ref->map];
		insn[1].imm = ref->offset;
	}
}
