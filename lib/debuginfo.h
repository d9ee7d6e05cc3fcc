/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the kernel may be told of a linked program's source: the records of
 * `.BTF.ext`, moved along with the functions that they are about.
 *
 * Pure. Whole sets or none: the kernel wants a record for every function, and
 * a line for the first instruction of each.
 */
#ifndef BPFELF_DEBUGINFO_H
#define BPFELF_DEBUGINFO_H

#include "link.h"

struct debuginfo {
	const struct bpf_func_info *funcs;	/* NULL: none, and no lines either */
	uint32_t funcs_cnt;
	const struct bpf_line_info *lines;
	uint32_t lines_cnt;
	void *moved_funcs, *moved_lines;	/* NULL: these are the object's */
};

/* 0 also when there is nothing to tell; -ENOMEM */
int debuginfo_link(const struct bpfelf_object *obj, const struct link *link,
		   struct debuginfo *info, struct err *err);
void debuginfo_free(struct debuginfo *info);

#endif
