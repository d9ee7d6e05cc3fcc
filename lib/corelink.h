/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * CO-RE relocations of a linked program: its instructions get the offsets,
 * sizes and numbers that hold on this kernel.
 *
 * Pure: the kernel's types come from a source, and nobody asks for them as
 * long as no relocation does.
 */
#ifndef BPFELF_CORELINK_H
#define BPFELF_CORELINK_H

#include "core.h"
#include "link.h"

/* The instruction in place of one that depends on something that the kernel
 * does not have: a call of a helper that no kernel has. The verifier takes it
 * where it cannot be reached. */
#define CORELINK_POISON	195896080

struct corelink {
	const struct bpfelf_object *obj;
	const struct core_source *source;	/* NULL: there is none */
	struct core_index index;
	bool is_ready;			/* the index, once it is needed */
};

/* -EBADMSG: the object makes no sense; -EINVAL: the kernel's types disagree;
 * -E2BIG: an instruction has no room for it; what the source says */
int corelink_apply(struct corelink *c, struct link *link, struct err *err);
void corelink_free(struct corelink *c);

/* What instruction @insn wanted that is missing here; NULL: nothing is */
const char *corelink_missing(const struct link *link, uint32_t insn);

#endif
