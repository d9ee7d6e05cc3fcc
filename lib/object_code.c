/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object's programs: executable sections and their functions. */
#include "object.h"

#include <errno.h>
#include <stdio.h>

#include "callees.h"
#include "insns.h"

static bool is_code(const struct image_section *sec)
{
	return sec->type == SHT_PROGBITS && (sec->flags & SHF_EXECINSTR) &&
	       sec->size > 0;
}

/* A number as anybody would write it, and what has to follow. */
static const char *read_plain(const char *text, char follows, uint32_t *number)
{
	const char *digit = text;

	for (*number = 0; *digit >= '0' && *digit <= '9'; digit++)
		*number = *number * 10 + (*digit - '0');
	if (digit == text || digit > text + 9 || *digit != follows ||
	    (*text == '0' && digit > text + 1))
		return NULL;
	return digit + 1;
}

/*
 * compat: iproute2 reads the name with scanf's %i/%i: any base, leading
 * blanks and signs, and whatever follows the second number. That is a thousand
 * instructions for each section, so it is left for names that need it.
 */
static void read_slot_name(struct code *code)
{
	const char *name = code->sec->name, *rest;
	uint32_t id, key;

	rest = read_plain(name, '/', &id);
	if ((!rest || !read_plain(rest, '\0', &key)) &&
	    (!strchr(name, '/') ||
	     sscanf(name, "%i/%i", (int *)&id, (int *)&key) != 2))
		return;
	code->is_slot = true;
	code->slot_id = id;
	code->slot_key = key;
}

static size_t count_codes(const struct image *img)
{
	size_t i, cnt = 0;

	for (i = 0; i < img->sections_cnt; i++)
		cnt += is_code(&img->sections[i]);
	return cnt;
}

static int collect_codes(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec;
	struct code *code;
	size_t i;

	obj->codes = reallocarray(NULL, count_codes(&obj->img) + 1, sizeof(*obj->codes));
	obj->code_of = calloc(obj->img.sections_cnt, sizeof(*obj->code_of));
	if (!obj->codes || !obj->code_of)
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
		obj->code_of[i] = obj->codes_cnt;
		*code = (struct code) {
			.sec = sec, .insns_cnt = sec->size / INSN_SIZE,
		};
		read_slot_name(code);
	}
	return 0;
}

static struct code *find_code(const struct bpfelf_object *obj, uint32_t index)
{
	if (index >= obj->img.sections_cnt || !obj->code_of[index])
		return NULL;
	return &obj->codes[obj->code_of[index] - 1];
}

const struct code *object_code(const struct bpfelf_object *obj, uint32_t index)
{
	return find_code(obj, index);
}

static int cmp_prog(const void *a, const void *b)
{
	const struct bpfelf_program *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return object_cmp_names(x->is_global, x->symbol,
				y->is_global, y->symbol);
}

/* LLVM up to 7 leaves its functions STT_NOTYPE: what is global, or is called */
static bool is_func(const struct image_symbol *sym,
		    const struct callees *callees)
{
	return sym->type == STT_FUNC ||
	       (sym->type == STT_NOTYPE &&
		(sym->bind == STB_GLOBAL || callees_has(callees, sym)));
}

/* what may be a function: labels, too, if anything is called */
static size_t count_candidates(const struct image *img,
			       const struct callees *callees)
{
	return callees->cnt ? image_symbols(img) : img->named_cnt;
}

static size_t candidate(const struct image *img, const struct callees *callees,
			size_t i)
{
	return callees->cnt ? i : img->named[i];
}

/* How many functions each section has at most, one more for code without a
 * symbol, and with that where in the list of all they go. */
static int count_funcs(struct bpfelf_object *obj,
		       const struct callees *callees, struct err *err)
{
	const struct image *img = &obj->img;
	const size_t cnt = count_candidates(img, callees);
	size_t i, all = obj->codes_cnt;
	struct bpfelf_program *next;
	struct code *code;
	uint32_t section;

	for (i = 0; i < cnt; i++) {
		section = image_symbol_section(img, candidate(img, callees, i));
		obj->has_undefined |= section == SHN_UNDEF;
		code = find_code(obj, section);
		if (!code)
			continue;
		code->progs_cnt++;
		all++;
	}
	obj->progs = next = reallocarray(NULL, all + 1, sizeof(*next));
	if (!next)
		return err_sys(err, -ENOMEM, "read programs");
	for (code = obj->codes; code < obj->codes + obj->codes_cnt; code++) {
		code->progs = next;
		next += code->progs_cnt + 1;
		code->progs_cnt = 0;
	}
	return 0;
}

static int place_funcs(struct bpfelf_object *obj,
		       const struct callees *callees, struct err *err)
{
	const struct image *img = &obj->img;
	const size_t cnt = count_candidates(img, callees);
	struct image_symbol sym;
	struct code *code;
	size_t i;

	for (i = 0; i < cnt; i++) {
		image_symbol_at(img, candidate(img, callees, i), &sym);
		code = find_code(obj, sym.section);
		if (!code || !is_func(&sym, callees))
			continue;
		if (sym.value % INSN_SIZE || sym.value / INSN_SIZE >= code->insns_cnt)
			return err_set(err, -EBADMSG, "function '%s' at offset %#jx is no instruction of '%s'",
				       sym.name, (uintmax_t)sym.value, code->sec->name);
		code->progs[code->progs_cnt++] = (struct bpfelf_program) {
			.name = sym.name,
			.code = code,
			.start = sym.value / INSN_SIZE,
			.symbol = candidate(img, callees, i),
			.is_global = sym.bind != STB_LOCAL,
		};
	}
	return 0;
}

/* Code before the first symbol, or without any, is named after its section;
 * it sorts behind a symbol at the same place. */
static void sort_funcs(struct code *code)
{
	struct bpfelf_program *p = code->progs;
	bool sorted = true;
	size_t i, any = 0;

	for (i = 0; i < code->progs_cnt; i++) {
		sorted &= !i || cmp_prog(&p[i - 1], &p[i]) < 0;
		any |= p[i].start == 0;
	}
	if (!any) {
		p[code->progs_cnt++] = (struct bpfelf_program) {
			.name = code->sec->name, .code = code, .symbol = SIZE_MAX,
		};
		sorted = code->progs_cnt == 1;
	}
	if (!sorted)
		qsort(p, code->progs_cnt, sizeof(*p), cmp_prog);
}

/* Move a section's functions to @to, but of several at one place the first
 * alone; every instruction belongs to one: each reaches to the next. */
static void bound_funcs(struct code *code, struct bpfelf_program *to)
{
	const struct bpfelf_program *from = code->progs;
	size_t i, kept = 0;

	for (i = 0; i < code->progs_cnt; i++) {
		if (kept && to[kept - 1].start == from[i].start)
			continue;
		if (kept)
			to[kept - 1].cnt = from[i].start - to[kept - 1].start;
		to[kept++] = from[i];
	}
	to[kept - 1].cnt = code->insns_cnt - to[kept - 1].start;
	code->progs = to;
	code->progs_cnt = kept;
}

/* what can be asked for: global functions, and the first of a section that
 * has no global one */
static void mark_entries(struct code *code)
{
	bool any = false;
	size_t i;

	for (i = 0; i < code->progs_cnt; i++) {
		code->progs[i].is_entry = code->progs[i].is_global;
		any |= code->progs[i].is_global;
	}
	if (!any)
		code->progs[0].is_entry = true;
}

static int collect_funcs(struct bpfelf_object *obj, struct err *err)
{
	_cleanup_(callees_free) struct callees callees = { 0 };
	size_t i;
	int r;

	r = image_check_symbols(&obj->img, err);
	r = r ?: callees_find(&callees, obj, err);
	r = r ?: count_funcs(obj, &callees, err);
	r = r ?: place_funcs(obj, &callees, err);
	if (r < 0)
		return r;
	for (i = 0; i < obj->codes_cnt; i++) {
		sort_funcs(&obj->codes[i]);
		bound_funcs(&obj->codes[i], &obj->progs[obj->progs_cnt]);
		mark_entries(&obj->codes[i]);
		obj->progs_cnt += obj->codes[i].progs_cnt;
	}
	return 0;
}

int object_read_code(struct bpfelf_object *obj, struct err *err)
{
	int r;

	r = collect_codes(obj, err);
	r = r ?: object_read_rels(obj, err);
	return r ?: collect_funcs(obj, err);
}

const struct bpfelf_program *object_func(const struct code *code, uint64_t insn)
{
	size_t lo = 0, hi = code->progs_cnt, mid;

	if (insn >= code->insns_cnt)
		return NULL;
	/* the last that does not begin behind it; one begins at 0 */
	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (code->progs[mid].start <= insn)
			lo = mid;
		else
			hi = mid;
	}
	return &code->progs[lo];
}

const struct bpfelf_program *object_code_entry(const struct code *code)
{
	const struct bpfelf_program *p = code->progs;

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
			return object_code_entry(&obj->codes[i]);
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
