/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What may be wrong with a program that the verifier has refused, as far as
 * the object and its maps tell: the verifier knows nothing of sections and
 * symbols.
 */
#ifndef BPFELF_EXPLAIN_H
#define BPFELF_EXPLAIN_H

#include "kern.h"
#include "plan.h"

/* Give @err a hint, unless it has one, and say which function it is about when
 * that is one that is verified on its own. @log is the verifier's. */
void explain_refusal(const struct bpfelf_plan *plan,
		     const struct plan_prog *pp, const char *log,
		     struct err *err);
/* A hint, too, when it is about types that a map of its is without. @map_fds:
 * by map of the plan */
void explain_untyped(struct kern *k, const struct bpfelf_plan *plan,
		     const struct plan_prog *pp, const int *map_fds,
		     struct err *err);

#endif
