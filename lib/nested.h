/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Maps of maps: the maps of a plan that go into others are put there.
 *
 * @taken, by index of the plan's maps: it was there before, and others see
 * it. Descriptors are those of the transaction.
 */
#ifndef BPFELF_NESTED_H
#define BPFELF_NESTED_H

#include "txn.h"

/* those that nobody else knows yet */
int nested_fill_new(struct bpfelf_txn *txn, const bool *taken, struct err *err);

/* whether nested_fill_live() may have anything to do */
bool nested_has_live(const struct bpfelf_txn *txn, const bool *taken);
/* the empty slots of the others; with the journal */
int nested_fill_live(struct bpfelf_txn *txn, const bool *taken, struct err *err);

#endif
