/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A transaction: the descriptors that a load won, and the journal of what it
 * did to the world, each entry with its undo.
 *
 * It knows how to take things back; it does not know why they were done. Room
 * is made first, txn_reserve(), so that once the kernel has said yes, writing
 * it down (txn_did_*) cannot fail.
 */
#ifndef BPFELF_TXN_H
#define BPFELF_TXN_H

#include "ctx.h"
#include "plan.h"
#include "shelf.h"

enum undo_kind {
	UNDO_UNLINK,		/* a pin or a symlink */
	UNDO_RMDIR,
	UNDO_UMOUNT,
	UNDO_SLOT,		/* of a prog array: put old_fd back, or empty it */
	UNDO_INSERT,		/* into a map of maps: take it out again */
	UNDO_TALK,		/* send msg */
};

struct undo {
	enum undo_kind kind;
	char *path;
	int map_fd;		/* the transaction's */
	int old_fd;		/* -1: there was nothing, or see on_shelf */
	uint32_t key;
	bool on_shelf;		/* old_fd is, at shelf_place */
	uint32_t shelf_place;
	void *long_key;			/* UNDO_INSERT: of any size */
	struct nlmsghdr *msg;
	bool until_end;		/* undone even when the rest is kept */
};

struct bpfelf_txn {
	struct bpfelf_ctx *ctx;
	const struct bpfelf_plan *plan;	/* NULL: nothing was loaded */
	int *map_fds;			/* by index of the plan's maps */
	size_t maps_cnt;
	int *held_fds;			/* further ones, see txn_hold() */
	size_t held_cnt;
	int prog_fd;
	bool locked;			/* one of ctx->lock_users */
	uint32_t prog_type;
	char *name;			/* beside the attachment */
	int agent_fd;			/* to send the maps to; -1: nobody */
	char *agent;			/* where it listens */
	struct undo *undos;
	size_t undos_cnt, undos_cap;
	struct shelf shelf;		/* what was in slots, see txn_expect_slots() */
	uint32_t shelved;
	bool told_of_slots;
};

int txn_new(struct bpfelf_ctx *ctx, struct bpfelf_txn **txn, struct err *err);

int txn_reserve(struct bpfelf_txn *txn, struct err *err);
/* for @cnt entries at once */
int txn_reserve_many(struct bpfelf_txn *txn, size_t cnt, struct err *err);
/* these take @path, @old_fd, a @key by pointer and @msg over; after txn_reserve() */
void txn_did_link(struct bpfelf_txn *txn, char *path);
void txn_did_mkdir(struct bpfelf_txn *txn, char *path);
void txn_did_mount(struct bpfelf_txn *txn, char *path);
void txn_did_insert(struct bpfelf_txn *txn, int map_fd, void *key);
/* @old_fd is kept open as long as @msg may be sent; what the kernel's answer
 * told may still be written into it */
void txn_did_talk(struct bpfelf_txn *txn, struct nlmsghdr *msg, int old_fd);

/* what was done last is for the time of the transaction only */
void txn_until_end(struct bpfelf_txn *txn);

/* undo what was done since the journal had @undos_cnt entries */
void txn_rollback_to(struct bpfelf_txn *txn, size_t undos_cnt);
/* undo everything, and let go of the lock */
void txn_rollback(struct bpfelf_txn *txn);

/* keep @fd open as long as the transaction; when that fails it is closed */
int txn_hold(struct bpfelf_txn *txn, int fd, struct err *err);

/* So many slots will be filled: when they are many, what was in them is kept
 * without descriptors. */
void txn_expect_slots(struct bpfelf_txn *txn, uint32_t cnt);

/* fill a slot of a prog array that others may see; @map_fd is the
 * transaction's */
int txn_fill_slot(struct bpfelf_txn *txn, int map_fd, uint32_t key, int prog_fd,
		  struct err *err);

#endif
