/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "corelink.h"

#include <errno.h>

static struct bpf_core_relo get_relo(const struct btfext_run *run, size_t i)
{
	struct bpf_core_relo relo;

	memcpy(&relo, run->records + i * sizeof(relo), sizeof(relo));
	return relo;
}

/* All of them, as their types are looked for together */
static int make_index(struct corelink *c, struct err *err)
{
	const struct btfext_table *table = &c->obj->btfext.relos;
	_cleanup_free_ struct bpf_core_relo *relos = NULL;
	size_t i, j, n = 0;

	relos = calloc(table->cnt + 1, sizeof(*relos));
	if (!relos)
		return err_sys(err, -ENOMEM, "look for types");
	for (i = 0; i < table->runs_cnt; i++)
		for (j = 0; j < table->runs[i].cnt; j++)
			relos[n++] = get_relo(&table->runs[i], j);
	return core_index_make(&c->index, &c->obj->btf.types, relos, n, c->source, err);
}

/* The first time that types are needed */
static int prepare(struct corelink *c, struct err *err)
{
	int r;

	if (c->is_ready)
		return 0;
	if (!c->source)
		return err_set(err, -ENOENT, "there are no types of a kernel");
	r = make_index(c, err);
	c->is_ready = r == 0;
	return r;
}

static int note_missing(struct link *link, uint32_t at,
			const struct core_spec *local, struct err *err)
{
	_cleanup_buf_ struct buf text = { 0 };

	core_spec_text(local, &text);
	if (buf_failed(&text))
		return err_sys(err, -ENOMEM, "relocate");
	return link_add_missing(link, at, steal_ptr(&text.data), err);
}

static void poison(struct bpf_insn *insn, bool wide)
{
	const struct bpf_insn call = {
		.code = BPF_JMP | BPF_CALL, .imm = CORELINK_POISON,
	};

	insn[0] = call;
	if (wide)
		insn[1] = call;
}

/* The width of a load or a store: 1, 2, 4 or 8 bytes */
static int resize(struct bpf_insn *insn, const struct core_value *value,
		  struct err *err)
{
	static const uint8_t codes[] = {
		[1] = BPF_B, [2] = BPF_H, [4] = BPF_W, [8] = BPF_DW,
	};

	if (!value->is_memory_field || value->size == value->local_size)
		return 0;
	if (value->size >= ARRAY_SIZE(codes) || (value->size & (value->size - 1)) || !value->size)
		return err_set(err, -EINVAL, "the field has %u bytes here, which no instruction loads",
			       value->size);
	insn->code = (insn->code & ~0x18) | codes[value->size];
	return 0;
}

static int patch_memory(struct bpf_insn *insn, const struct core_value *value,
			struct err *err)
{
	if (value->value > INT16_MAX)
		return err_set(err, -E2BIG, "offset %ju does not fit into a load or a store",
			       (uintmax_t)value->value);
	insn->off = value->value;
	return resize(insn, value, err);
}

static int patch(struct bpf_insn *insn, bool wide,
		 const struct core_value *value, struct err *err)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		if (BPF_SRC(insn->code) != BPF_K)
			break;
		insn->imm = value->value;
		return 0;
	case BPF_LDX:
	case BPF_ST:
	case BPF_STX:
		return patch_memory(insn, value, err);
	case BPF_LD:
		if (!wide || insn->src_reg)
			break;
		insn[0].imm = value->value;
		insn[1].imm = value->value >> 32;
		return 0;
	}
	return err_set(err, -EBADMSG, "opcode %#x holds nothing that could be relocated",
		       insn->code);
}

static bool is_memory(const struct bpf_insn *insn)
{
	uint8_t class = BPF_CLASS(insn->code);

	return class == BPF_LDX || class == BPF_ST || class == BPF_STX;
}

static int apply(struct corelink *c, struct link *link, uint32_t at,
		 const struct bpf_core_relo *relo, struct err *err)
{
	struct bpf_insn *insn = &link->insns[at];
	bool wide = insn->code == (BPF_LD | BPF_IMM | BPF_DW);
	struct core_spec local;
	struct core_value value;
	int r;

	if (wide && at + 1 >= link->insns_cnt)
		return err_set(err, -EBADMSG, "a 16-byte load is cut short");
	r = core_resolve(&c->index, &c->obj->btf.types, relo, &local, &value, err);
	if (r < 0)
		return r;
	if (!value.poison && !(value.no_resize && is_memory(insn)))
		return patch(insn, wide, &value, err);
	poison(insn, wide);
	return note_missing(link, at, &local, err);
}

static int apply_func(struct corelink *c, struct link *link,
		      const struct link_func *placed, struct err *err)
{
	const struct btfext_table *table = &c->obj->btfext.relos;
	const struct bpfelf_program *func = placed->func;
	const struct btfext_run *run = func->code->relos;
	size_t i = run ? btfext_first(table, run, func->start) : 0;
	size_t end = run ? btfext_first(table, run, func->start + func->cnt) : 0;
	struct bpf_core_relo relo;
	int r;

	for (; i < end; i++) {
		r = prepare(c, err);
		r = r ?: link_own(link, err);
		if (r < 0)
			return err_wrap(err, "its CO-RE relocations");
		relo = get_relo(run, i);
		/* counted in instructions by now */
		r = apply(c, link, placed->at + relo.insn_off - func->start, &relo, err);
		if (r < 0)
			return err_wrap(err, "section '%s', instruction %u: CO-RE relocation",
					func->code->sec->name, relo.insn_off);
	}
	return 0;
}

int corelink_apply(struct corelink *c, struct link *link, struct err *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < link->funcs_cnt; i++)
		r = apply_func(c, link, &link->funcs[i], err);
	return r;
}

void corelink_free(struct corelink *c)
{
	core_index_free(&c->index);
}

const char *corelink_missing(const struct link *link, uint32_t insn)
{
	size_t i;

	for (i = 0; i < link->missing_cnt; i++)
		if (link->missing[i].insn == insn)
			return link->missing[i].what;
	return NULL;
}
