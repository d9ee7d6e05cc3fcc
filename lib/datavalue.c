/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "datavalue.h"

#include "insns.h"

/* A register is used soon or kept for long: then nothing is certain. */
#define MAX_STEPS	256

#define BIT(reg)	(1u << (reg))
#define CLOBBERED	(BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(5))

/* an instruction's part, and in which registers the address is before it */
struct step {
	const struct bpf_insn *insn;
	unsigned int in;
	bool dst, src;		/* it is in these */
};

static enum datavalue keep(struct step *s, bool is_in)
{
	if (is_in)
		s->in |= BIT(s->insn->dst_reg);
	else
		s->in &= ~BIT(s->insn->dst_reg);
	return DATAVALUE_UNKNOWN;
}

/* Addresses are moved, and an offset is added or taken away; the verifier lets
 * a program do nothing else to them. */
static enum datavalue step_alu64(struct step *s)
{
	switch (BPF_OP(s->insn->code)) {
	case BPF_MOV:
		if (s->src && s->insn->off)	/* sign extension */
			return DATAVALUE_CONTENT;
		return keep(s, s->src);
	case BPF_ADD:
		return keep(s, s->dst || s->src);
	case BPF_SUB:		/* the difference of two is a number */
		return keep(s, s->dst && !s->src);
	default:
		return s->dst || s->src ? DATAVALUE_CONTENT : DATAVALUE_UNKNOWN;
	}
}

static enum datavalue step_alu32(struct step *s)
{
	bool replaces = BPF_OP(s->insn->code) == BPF_MOV;

	if (s->src || (s->dst && !replaces))
		return DATAVALUE_CONTENT;
	return keep(s, false);
}

static enum datavalue step_store(struct step *s)
{
	if (s->dst)
		return DATAVALUE_ADDRESS;
	if (s->src && BPF_SIZE(s->insn->code) != BPF_DW)
		return DATAVALUE_CONTENT;
	return DATAVALUE_UNKNOWN;
}

static enum datavalue step_load(struct step *s)
{
	return s->src ? DATAVALUE_ADDRESS : keep(s, false);
}

static enum datavalue step_jump32(const struct step *s)
{
	return s->src || s->dst ? DATAVALUE_CONTENT : DATAVALUE_UNKNOWN;
}

static bool leaves(const struct bpf_insn *insn)
{
	uint8_t op = BPF_OP(insn->code);

	return (BPF_CLASS(insn->code) == BPF_JMP && (op == BPF_JA || op == BPF_EXIT)) ||
	       (BPF_CLASS(insn->code) == BPF_JMP32 && op == BPF_JA);
}

static enum datavalue step(struct step *s)
{
	const uint8_t code = s->insn->code;
	bool by_reg = BPF_SRC(code) == BPF_X;

	s->dst = s->in & BIT(s->insn->dst_reg);
	s->src = s->in & BIT(s->insn->src_reg);
	switch (BPF_CLASS(code)) {
	case BPF_ALU64:
		/* of a byte swap, that bit says which way */
		s->src &= by_reg && BPF_OP(code) != BPF_END;
		return step_alu64(s);
	case BPF_ALU:
		s->src &= by_reg && BPF_OP(code) != BPF_END;
		return step_alu32(s);
	case BPF_JMP32:
		s->src &= by_reg;
		return step_jump32(s);
	case BPF_JMP:
		if (BPF_OP(code) == BPF_CALL)
			s->in &= ~CLOBBERED;
		return DATAVALUE_UNKNOWN;
	case BPF_ST:
		s->src = false;
		return step_store(s);
	case BPF_STX:
		return step_store(s);
	case BPF_LDX:
		return step_load(s);
	default:		/* BPF_LD: a constant, or the packet's bytes */
		s->in &= insn_is_load64(s->insn) ? ~BIT(s->insn->dst_reg) : ~CLOBBERED;
		return DATAVALUE_UNKNOWN;
	}
}

enum datavalue datavalue_scan(const struct bpf_insn *insns, size_t cnt,
			      size_t at)
{
	struct step s = { .in = BIT(insns[at].dst_reg) };
	size_t i, end = cnt - at > MAX_STEPS ? at + MAX_STEPS : cnt;
	enum datavalue found;

	/* where others jump to does not matter: what comes here is used here */
	for (i = at + 2; i < end && s.in && !leaves(&insns[i]); i++) {
		s.insn = &insns[i];
		found = step(&s);
		if (found != DATAVALUE_UNKNOWN)
			return found;
		i += insn_is_load64(s.insn);
	}
	return DATAVALUE_UNKNOWN;
}
