/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the parts of carrying out a plan share: load.c has the order of steps,
 * load_maps.c the maps and their pins (load_large.c those that take long,
 * load_common.c those that programs do not refer to), load_modules.c what
 * programs refer to in modules of the kernel, load_progs.c the programs,
 * verified by several threads, and load_slots.c where these go.
 */
#ifndef BPFELF_LOADER_H
#define BPFELF_LOADER_H

#include <stdatomic.h>

#include "bpffs.h"
#include "load.h"
#include "shelf.h"

enum load_state {
	LOAD_OPEN,		/* nobody has tried yet */
	LOAD_REFUSED,		/* by the verifier */
	LOAD_NO_SLOT,		/* loaded, and refused by its prog array */
	LOAD_DONE,
};

/* a program of the plan; one thread at a time has it */
struct load_prog {
	_Atomic enum load_state state;
	int code;		/* why it is refused */
	int fd;			/* -1: not loaded, or held by an array */
	bool is_held;		/* by an array, beside @fd */
	bool calls_modules;
	size_t bad_slot;	/* LOAD_NO_SLOT: which */
	struct buf log;
};

/* the plan's slots, found by what goes there */
struct load_slots {
	size_t *by_prog;	/* indices, of program i from first[i] on */
	size_t *first;		/* by program, and one more */
	bool *is_covered;	/* by slot: another program goes there later */
};

struct loader {
	struct bpfelf_txn *txn;
	const struct bpfelf_plan *plan;
	struct kern *kern;
	struct bpffs fs;
	char **pins;		/* by map: its path, NULL for none */
	bool *bare;		/* by map: there is no directory for its pin */
	bool *taken;		/* by map: it was there before */
	struct kern_prog like;	/* what all programs have in common */
	struct load_prog *progs;	/* by program */
	struct load_slots slots;
	size_t told;		/* of these the observer knows */
	bool has_common;	/* constants that all programs get */
	struct shelf shelf;	/* verified, and not yet in live slots */
	unsigned int threads;
	bool few;		/* programs: their descriptors are kept */
	bool keeps_fds;		/* until the observer knows, at least */
	int *large;		/* by map: made ahead of its turn; -1 */
	int btf_fd;		/* -1: none */
	int *module_fds;	/* BTF of the plan's modules, from 1; NULL: none */
	bool lost_race;
};

/* load_large.c: have large maps that will be created made by several threads,
 * as far as they can be. What fails is left to whose turn it is. */
void load_make_large(struct loader *l);
void load_drop_large(struct loader *l);

/* load_maps.c */
int load_maps(struct loader *l, struct err *err);
/* whether it is worth to ask for what is at its pin */
bool load_may_be_pinned(const struct loader *l, size_t i);
int load_pin_maps(struct loader *l, struct err *err);
void load_forget_pins(struct loader *l);

/* load_modules.c: they stay open for as long as programs are being loaded */
int load_open_modules(struct loader *l, struct err *err);
void load_close_modules(struct loader *l);

/* load_common.c: before the programs; and when one of them is loaded, from any
 * thread */
void load_common(struct loader *l);
void load_bind_common(const struct loader *l, size_t prog, int fd);

/* load_progs.c: all of them verified, new slots filled; the entry is the
 * transaction's. The error is that of the first in file order, the entry before
 * all others. */
int load_progs(struct loader *l, struct err *err);
void load_drop_progs(struct loader *l);
/* how many threads for so many things to do; one when it is not @much, unless
 * the user has said otherwise */
unsigned int load_threads(const struct loader *l, size_t cnt, bool much);

/* load_slots.c: put the program where it is held without a descriptor, if
 * there is such a place, from any thread; 0, or what its array answers */
int load_hold(struct loader *l, size_t i, int fd);
/* words for slot @s, an index into the plan's */
int load_refused_slot(struct loader *l, size_t s, int code, struct err *err);
bool load_has_live_slots(const struct loader *l);
/* of arrays that others may be running through at this moment */
int load_fill_live_slots(struct loader *l, struct err *err);
int load_index_slots(struct loader *l, struct err *err);
void load_drop_slots(struct loader *l);

#endif
