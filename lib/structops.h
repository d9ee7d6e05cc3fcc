/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs that stand for a member of a struct of the kernel's. It knows
 * struct bpf_dummy_ops only, the one that BPF_PROG_RUN runs.
 */
#ifndef BPFELF_STRUCTOPS_H
#define BPFELF_STRUCTOPS_H

#include "ctx.h"

/* Look @member up in the BTF of the running kernel and fill in @prog's
 * attach_btf_id and attach_type. */
int structops_find(struct bpfelf_ctx *ctx, const char *member, struct kern_prog *prog,
		   struct err *err);

#endif
