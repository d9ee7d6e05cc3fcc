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

static inline bool insn_is_load64(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static inline bool insn_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) &&
	       insn->src_reg == BPF_PSEUDO_CALL;
}

/* The first of @cnt that may refer to something, a 16-byte load or a call of a
 * function; @cnt: there is none. The second half of a load counts like any. */
size_t insns_find_ref(const struct bpf_insn *insns, size_t cnt);

#endif
