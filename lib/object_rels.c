/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the object's code refers to: its relocations, and among them the few
 * instructions that refer to something without one. All others are looked at
 * once, here.
 */
#include "object.h"

#include <errno.h>

#include "buf.h"
#include "insns.h"
#include "uapi.h"

/* an instruction without a relocation, or with one: nobody has looked yet */
struct bare {
	uint32_t code;		/* index */
	uint32_t insn;
};

static int cmp_rel(const void *a, const void *b)
{
	const struct code_rel *x = a, *y = b;

	if (x->insn != y->insn)
		return x->insn < y->insn ? -1 : 1;
	return x->is_bare - y->is_bare;
}

static void sort_rels(struct code *code)
{
	qsort(code->rels, code->rels_cnt, sizeof(*code->rels), cmp_rel);
}

static int32_t read_imm(const struct code *code, size_t insn)
{
	const char *at = (const char *)code->sec->data + insn * INSN_SIZE;
	int32_t imm;

	memcpy(&imm, at + offsetof(struct bpf_insn, imm), sizeof(imm));
	return imm;
}

/* compat: of several sections of relocations for one, the first counts */
static size_t find_rels(struct bpfelf_object *obj)
{
	const struct image_section *sec;
	struct code *code;
	size_t i, cnt = 0;

	for (i = 0; i < obj->img.sections_cnt; i++) {
		sec = &obj->img.sections[i];
		if (sec->type != SHT_REL && sec->type != SHT_RELA)
			continue;
		code = (struct code *)object_code(obj, sec->info);
		if (!code)
			continue;	/* of a debug section, say */
		if (sec->type == SHT_RELA) {
			code->has_rela = true;
		} else if (!code->rel_sec) {
			code->rel_sec = sec;
			cnt += image_rels(sec);
		}
	}
	return cnt;
}

/* The instructions of a section may stand anywhere in the file. */
static const struct bpf_insn *aligned_insns(const struct code *code,
					    struct bpf_insn **copy)
{
	if ((uintptr_t)code->sec->data % _Alignof(struct bpf_insn) == 0)
		return code->sec->data;
	*copy = reallocarray(NULL, code->insns_cnt, INSN_SIZE);
	return *copy ? memcpy(*copy, code->sec->data, code->insns_cnt * INSN_SIZE) : NULL;
}

static int find_bare(const struct bpfelf_object *obj, uint32_t index,
		     struct buf *bares)
{
	const struct code *code = &obj->codes[index];
	_cleanup_free_ struct bpf_insn *copy = NULL;
	const struct bpf_insn *insns = aligned_insns(code, &copy);
	struct bare bare = { .code = index };
	struct insns_walk walk = { 0 };

	if (!insns)
		return -ENOMEM;
	for (;;) {
		bare.insn = insns_next_ref(&walk, insns, code->insns_cnt);
		if (bare.insn == code->insns_cnt)
			return buf_failed(bares) ? -ENOMEM : 0;
		buf_add(bares, &bare, sizeof(bare));
	}
}

static int find_all_bare(const struct bpfelf_object *obj, struct buf *bares)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < obj->codes_cnt; i++)
		r = find_bare(obj, i, bares);
	return r;
}

/* Nearly all are loads of a map by its own symbol. */
static inline uint32_t plain_map(const struct bpfelf_object *obj,
				 const struct image_rel *raw, int32_t addend)
{
	if (raw->type != R_BPF_64_64 || addend)
		return 0;
	return object_symbol_map(obj, raw->symbol);
}

static int refuse_rel(const struct code *code, size_t i,
		      const struct image_rel *raw, struct err *err)
{
	return err_set(err, -EBADMSG, "section '%s': relocation %zu at offset %#jx is no instruction of '%s'",
		       code->rel_sec->name, i, (uintmax_t)raw->offset, code->sec->name);
}

/* From bytes; what is no whole number of instructions becomes one too high. */
static inline uint64_t to_insn(uint64_t offset)
{
	return offset / INSN_SIZE | offset << 61;
}

static int read_rels(const struct bpfelf_object *obj, struct code *code,
		     struct err *err)
{
	const struct image_section *sec = code->rel_sec;
	const size_t cnt = image_rels(sec), insns_cnt = code->insns_cnt;
	bool sorted = true, only_maps = true;
	struct code_rel *rel = code->rels;
	struct image_rel raw;
	uint64_t insn, last = 0;
	size_t i;

	if (sec->size % sizeof(Elf64_Rel))
		return err_set(err, -EBADMSG, "section '%s': %zu bytes are no whole relocations",
			       sec->name, sec->size);
	for (i = 0; i < cnt; i++, rel++) {
		image_rel(sec, i, &raw);
		insn = to_insn(raw.offset);
		if (insn >= insns_cnt)
			return refuse_rel(code, i, &raw, err);
		rel->insn = insn;
		rel->symbol = raw.symbol;
		rel->type = raw.type;
		rel->is_bare = false;
		rel->addend = read_imm(code, insn);
		rel->map = plain_map(obj, &raw, rel->addend);
		if (!rel->map)
			only_maps = false;
		if (insn < last)
			sorted = false;
		last = insn;
	}
	code->rels_cnt = cnt;
	code->only_maps = only_maps;
	if (!sorted)
		sort_rels(code);
	return 0;
}

/* Among the relocations, but for those that have one. */
static void add_bare(struct code *code, const struct bare *bares, size_t cnt)
{
	struct code_rel *rels = code->rels;
	size_t i, kept = 0;

	for (i = 0; i < cnt; i++)
		rels[code->rels_cnt++] = (struct code_rel) {
			.insn = bares[i].insn, .is_bare = true,
			.addend = read_imm(code, bares[i].insn),
		};
	sort_rels(code);
	for (i = 0; i < code->rels_cnt; i++)
		if (!rels[i].is_bare || !kept || rels[kept - 1].insn != rels[i].insn)
			rels[kept++] = rels[i];
	code->rels_cnt = kept;
	code->only_maps = false;
}

int object_read_rels(struct bpfelf_object *obj, struct err *err)
{
	_cleanup_buf_ struct buf bares = { 0 };
	const size_t rels_cnt = find_rels(obj);
	const struct bare *bare;
	struct code_rel *next;
	struct code *code;
	size_t i, first = 0, end, bare_cnt;
	int r = find_all_bare(obj, &bares);

	bare = (const struct bare *)bares.data;
	bare_cnt = bares.len / sizeof(*bare);
	obj->rels = next = reallocarray(NULL, rels_cnt + bare_cnt + 1, sizeof(*next));
	if (r < 0 || !next)
		return err_sys(err, -ENOMEM, "read relocations");
	for (i = 0; i < obj->codes_cnt; i++) {
		code = &obj->codes[i];
		code->rels = next;
		code->only_maps = true;
		r = code->rel_sec ? read_rels(obj, code, err) : 0;
		if (r < 0)
			return r;
		for (end = first; end < bare_cnt && bare[end].code == i; end++)
			;
		if (end > first)
			add_bare(code, &bare[first], end - first);
		first = end;
		next += code->rels_cnt;
	}
	return 0;
}
