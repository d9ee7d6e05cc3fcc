/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Symbols and functions of the kernel in a linked program: addresses, and ids
 * in the types of the kernel and of its modules.
 *
 * Pure: the kernel is asked through struct kernel_facts, and only when a
 * program refers to one; all of an object are then looked for together.
 */
#ifndef BPFELF_EXTERNLINK_H
#define BPFELF_EXTERNLINK_H

#include "externs.h"
#include "link.h"

struct externlink {
	const struct bpfelf_object *obj;
	const struct kernel_facts *kernel;	/* NULL: there is none */
	struct kernel_symbol *symbols;	/* by extern, NULL: not asked yet */
	struct core_index index;	/* the kernel's types of the same names */
	bool has_index;			/* it has been looked for */
	char **modules;		/* what is referred to is in: names, the first
				 * is number 1 */
	size_t modules_cnt;
};

/* -ENOENT: the kernel has no such thing, and the object does not do without;
 * -EINVAL: it has another, or several; -EPERM: it does not tell where; what the
 * source says */
int externlink_apply(struct externlink *e, struct link *link, struct err *err);
void externlink_free(struct externlink *e);

#endif
