/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The types of the running kernel and of its modules, below /sys/kernel/btf.
 *
 * Read when they are asked for, and kept by the context: the next object, or
 * the next line of a batch, finds them here.
 */
#ifndef BPFELF_KERNTYPES_H
#define BPFELF_KERNTYPES_H

#include "core.h"
#include "ctx.h"

#define KERNTYPES_DIR	"/sys/kernel/btf"

/* for as long as the context is there */
struct core_source kerntypes_source(struct bpfelf_ctx *ctx);

/* Those of the kernel itself; -ENOENT: it was built without */
int kerntypes_get(struct bpfelf_ctx *ctx, const struct types **types,
		  struct err *err);
void kerntypes_free(struct bpfelf_ctx *ctx);

#endif
