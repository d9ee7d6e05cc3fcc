/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Have the kernel take an object's BTF, and tell why it does not.
 */
#ifndef BPFELF_BTFLOAD_H
#define BPFELF_BTFLOAD_H

#include "ctx.h"
#include "plan.h"

/* A descriptor, -1: the plan has no use for BTF, or does without. compat:
 * what is wrong with BTF never fails a load. */
int btfload(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan);

#endif
