/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Telling instructions apart, and finding few among many.
 *
 * Pure. Of a long program nearly all instructions stay as they are; this is
 * what keeps the others from costing a look at each.
 */
#ifndef BPFELF_INSNS_H
#define BPFELF_INSNS_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INSN_SIZE	sizeof(struct bpf_insn)

static inline bool insn_is_load64(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static inline bool insn_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) &&
	       insn->src_reg == BPF_PSEUDO_CALL;
}

/*
 * A walk over those that refer to something without a relocation, or as one has
 * left them: 16-byte loads with a source, and calls of functions. The second
 * half of a load counts like any other.
 */
struct insns_walk {
	size_t next;		/* where the bits end */
	uint32_t bits;		/* found before it, still to be seen */
};

#define INSNS_STRIDE	32	/* that are looked at in one go */

/* go on to where there are bits again, or to the end */
void insns_find_refs(struct insns_walk *walk, const struct bpf_insn *insns,
		     size_t cnt);

/* The next of @cnt; @cnt: there are no more. The instructions are the same
 * each time, but may have moved. */
static inline size_t insns_next_ref(struct insns_walk *walk,
				    const struct bpf_insn *insns, size_t cnt)
{
	size_t at;

	if (!walk->bits)
		insns_find_refs(walk, insns, cnt);
	if (!walk->bits)
		return cnt;
	at = walk->next - INSNS_STRIDE + __builtin_ctz(walk->bits);
	walk->bits &= walk->bits - 1;
	return at;
}

#endif
