/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Carrying out a plan: maps, programs, slots, pins, in an order that lets
 * failure undo them all.
 */
#ifndef BPFELF_LOAD_H
#define BPFELF_LOAD_H

#include "txn.h"

/* @txn is empty, and is empty again when this fails */
int load_plan(struct bpfelf_txn *txn, const struct bpfelf_plan *plan,
	      struct err *err);

/* whether another load of the plan could be told from @txn's by more than the
 * id of its program */
bool load_is_same(struct bpfelf_txn *txn);

/* a program from its pin instead; @path as the user gave it */
int load_pinned(struct bpfelf_txn *txn, const char *path, uint32_t prog_type,
		struct err *err);
/* or one that somebody holds */
int load_by_id(struct bpfelf_txn *txn, uint32_t id, uint32_t prog_type,
	       struct err *err);

#endif
