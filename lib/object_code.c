/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object's programs: executable sections, their relocations, functions. */
#include "object.h"

#include <errno.h>
#include <stdio.h>

#define INSN_SIZE	sizeof(struct bpf_insn)

static bool is_code(const struct image_section *sec)
{
	return sec->type == SHT_PROGBITS && (sec->flags & SHF_EXECINSTR) &&
	       sec->size > 0;
}

/*
 * compat: iproute2 reads the name with scanf's %i/%i: any base, leading
 * blanks and signs, and whatever follows the second number.
 */
static void read_slot_name(struct code *code)
{
	int id, key;

	if (sscanf(code->sec->name, "%i/%i", &id, &key) != 2)
		return;
	code->is_slot = true;
	code->slot_id = id;
	code->slot_key = key;
}

static int collect_codes(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec;
	struct code *code;
	size_t i;

	obj->codes = calloc(obj->img.sections_cnt, sizeof(*obj->codes));
	if (!obj->codes)
		return err_sys(err, -ENOMEM, "read programs");
	for (i = 0; i < obj->img.sections_cnt; i++) {
		sec = &obj->img.sections[i];
		if (!is_code(sec))
			continue;
		if (sec->size % INSN_SIZE)
			return err_set(err, -EBADMSG, "section '%s': %zu bytes are no whole instructions",
				       sec->name, sec->size);
		if (sec->size / INSN_SIZE > INT32_MAX)
			return err_set(err, -EBADMSG, "section '%s': too long", sec->name);
		code = &obj->codes[obj->codes_cnt++];
		code->sec = sec;
		code->insns_cnt = sec->size / INSN_SIZE;
		read_slot_name(code);
	}
	return 0;
}

static int cmp_code_index(const void *key, const void *elem)
{
	uint32_t index = *(const uint32_t *)key;
	const struct code *code = elem;

	return (index > code->sec->index) - (index < code->sec->index);
}

const struct code *object_code(const struct bpfelf_object *obj, uint32_t index)
{
	return bsearch(&index, obj->codes, obj->codes_cnt, sizeof(*obj->codes),
		       cmp_code_index);
}

static int cmp_rel(const void *a, const void *b)
{
	const struct image_rel *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int read_rels(struct code *code, const struct image_section *sec,
		     struct err *err)
{
	bool sorted = true;
	size_t i, cnt = image_rels(sec);

	if (sec->size % sizeof(Elf64_Rel))
		return err_set(err, -EBADMSG, "section '%s': %zu bytes are no whole relocations",
			       sec->name, sec->size);
	code->rels = calloc(cnt + 1, sizeof(*code->rels));
	if (!code->rels)
		return err_sys(err, -ENOMEM, "read relocations");
	code->rels_cnt = cnt;
	for (i = 0; i < cnt; i++) {
		image_rel(sec, i, &code->rels[i]);
		if (code->rels[i].offset % INSN_SIZE ||
		    code->rels[i].offset / INSN_SIZE >= code->insns_cnt)
			return err_set(err, -EBADMSG,
				       "section '%s': relocation %zu at offset %#jx is no instruction of '%s'",
				       sec->name, i, (uintmax_t)code->rels[i].offset,
				       code->sec->name);
		sorted &= !i || code->rels[i - 1].offset <= code->rels[i].offset;
	}
	if (!sorted)
		qsort(code->rels, cnt, sizeof(*code->rels), cmp_rel);
	return 0;
}

static int collect_rels(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec;
	struct code *code;
	size_t i;
	int r;

	for (i = 0; i < obj->img.sections_cnt; i++) {
		sec = &obj->img.sections[i];
		if (sec->type != SHT_REL && sec->type != SHT_RELA)
			continue;
		code = (struct code *)object_code(obj, sec->info);
		if (!code)
			continue;	/* of a debug section, say */
		if (sec->type == SHT_RELA)
			code->has_rela = true;
		/* compat: of several for one section, the first counts */
		if (sec->type == SHT_RELA || code->rels)
			continue;
		r = read_rels(code, sec, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int cmp_prog(const void *a, const void *b)
{
	const struct bpfelf_program *x = a, *y = b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return object_cmp_names(x->is_global, x->symbol,
				y->is_global, y->symbol);
}

/* LLVM up to 7 leaves its functions STT_NOTYPE, but global */
static bool is_func(const struct image_symbol *sym)
{
	return sym->type == STT_FUNC ||
	       (sym->type == STT_NOTYPE && sym->bind == STB_GLOBAL);
}

static int add_func(struct bpfelf_object *obj, const struct image_symbol *sym,
		    size_t index, const struct code *code, struct err *err)
{
	if (sym->value % INSN_SIZE || sym->value / INSN_SIZE >= code->insns_cnt)
		return err_set(err, -EBADMSG, "function '%s' at offset %#jx is no instruction of '%s'",
			       sym->name, (uintmax_t)sym->value, code->sec->name);
	obj->progs[obj->progs_cnt++] = (struct bpfelf_program) {
		.name = sym->name,
		.code = code,
		.start = sym->value / INSN_SIZE,
		.symbol = index,
		.is_global = sym->bind != STB_LOCAL,
	};
	return 0;
}

static void drop_aliases(struct bpfelf_object *obj)
{
	struct bpfelf_program *p = obj->progs;
	size_t i, kept = 0;

	for (i = 0; i < obj->progs_cnt; i++)
		if (!kept || p[kept - 1].code != p[i].code ||
		    p[kept - 1].start != p[i].start)
			p[kept++] = p[i];
	obj->progs_cnt = kept;
}

/* every instruction belongs to a function: each reaches to the next one */
static void bound_funcs(struct bpfelf_object *obj)
{
	struct bpfelf_program *p;
	size_t i;

	for (i = 0; i < obj->progs_cnt; i++) {
		p = &obj->progs[i];
		if (i + 1 < obj->progs_cnt && p[1].code == p->code)
			p->cnt = p[1].start - p->start;
		else
			p->cnt = p->code->insns_cnt - p->start;
	}
}

/* what can be asked for: global functions, and the first of a section that
 * has no global one */
static void mark_entries(struct bpfelf_object *obj)
{
	struct bpfelf_program *p = obj->progs, *first = NULL;
	bool any = false;
	size_t i;

	for (i = 0; i < obj->progs_cnt; i++) {
		if (!first || first->code != p[i].code) {
			if (first && !any)
				first->is_entry = true;
			first = &p[i];
			any = false;
		}
		p[i].is_entry = p[i].is_global;
		any |= p[i].is_global;
	}
	if (first && !any)
		first->is_entry = true;
}

static int collect_funcs(struct bpfelf_object *obj, struct err *err)
{
	size_t i, symbols = image_symbols(&obj->img);
	const struct code *code;
	struct image_symbol sym;
	int r;

	obj->progs = calloc(symbols + obj->codes_cnt + 1, sizeof(*obj->progs));
	if (!obj->progs)
		return err_sys(err, -ENOMEM, "read programs");
	for (i = 1; i < symbols; i++) {
		r = image_symbol(&obj->img, i, &sym, err);
		if (r < 0)
			return r;
		code = object_code(obj, sym.section);
		if (!code || !is_func(&sym))
			continue;
		r = add_func(obj, &sym, i, code, err);
		if (r < 0)
			return r;
	}
	/* code before the first symbol, or without any, is named after its
	 * section; it sorts behind a symbol at the same place */
	for (i = 0; i < obj->codes_cnt; i++)
		obj->progs[obj->progs_cnt++] = (struct bpfelf_program) {
			.name = obj->codes[i].sec->name,
			.code = &obj->codes[i],
			.symbol = SIZE_MAX,
		};
	qsort(obj->progs, obj->progs_cnt, sizeof(*obj->progs), cmp_prog);
	drop_aliases(obj);
	bound_funcs(obj);
	mark_entries(obj);
	return 0;
}

int object_read_code(struct bpfelf_object *obj, struct err *err)
{
	int r;

	r = collect_codes(obj, err);
	r = r ?: collect_rels(obj, err);
	return r ?: collect_funcs(obj, err);
}

const struct bpfelf_program *object_func(const struct bpfelf_object *obj,
					 const struct code *code, uint64_t insn)
{
	size_t lo = 0, hi = obj->progs_cnt, mid;
	const struct bpfelf_program *p;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		p = &obj->progs[mid];
		if (p->code < code ||
		    (p->code == code && (uint64_t)p->start + p->cnt <= insn))
			lo = mid + 1;
		else
			hi = mid;
	}
	p = &obj->progs[lo];
	return lo < obj->progs_cnt && p->code == code && p->start <= insn ? p : NULL;
}

const struct bpfelf_program *
object_code_entry(const struct bpfelf_object *obj, const struct code *code)
{
	const struct bpfelf_program *p = object_func(obj, code, 0);

	while (!p->is_entry)
		p++;
	return p;
}

const struct bpfelf_program *object_entry(const struct bpfelf_object *obj,
					  const char *section)
{
	size_t i;

	for (i = 0; i < obj->codes_cnt; i++)
		if (str_eq(obj->codes[i].sec->name, section))
			return object_code_entry(obj, &obj->codes[i]);
	return NULL;
}

const struct bpfelf_program *
bpfelf_program_next(const struct bpfelf_object *obj,
		    const struct bpfelf_program *prog)
{
	for (prog = prog ? prog + 1 : obj->progs;
	     prog < obj->progs + obj->progs_cnt; prog++)
		if (prog->is_entry)
			return prog;
	return NULL;
}

const char *bpfelf_program_name(const struct bpfelf_program *prog)
{
	return prog->name;
}

const char *bpfelf_program_section(const struct bpfelf_program *prog)
{
	return prog->code->sec->name;
}

size_t bpfelf_program_insn_cnt(const struct bpfelf_program *prog)
{
	return prog->cnt;
}

bool bpfelf_program_slot(const struct bpfelf_program *prog, uint32_t *map_id,
			 uint32_t *key)
{
	if (map_id)
		*map_id = prog->code->slot_id;
	if (key)
		*key = prog->code->slot_key;
	return prog->code->is_slot;
}
