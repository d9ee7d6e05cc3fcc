/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Functions that only their callers tell: LLVM up to 7 leaves the symbols of
 * local functions STT_NOTYPE, and those of labels within them as well.
 *
 * Part of reading an object. Others have no such symbols in their code, and
 * cost no look at an instruction.
 */
#ifndef BPFELF_CALLEES_H
#define BPFELF_CALLEES_H

#include "object.h"

struct callees {
	uint64_t *at;		/* section and instruction, in order */
	size_t cnt;
};

/* What calls lead to, if some symbol of @obj wants to know; -ENOMEM */
int callees_find(struct callees *callees, const struct bpfelf_object *obj,
		 struct err *err);
void callees_free(struct callees *callees);

bool callees_has(const struct callees *callees, const struct image_symbol *sym);

#endif
