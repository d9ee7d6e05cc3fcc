/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The bpffs: where it is, and the tree that iproute2's dialect keeps on it:
 *
 *	ROOT/tc/globals/	maps shared by all objects
 *	ROOT/tc/SHA1/		maps of one object file
 *	ROOT/foo/bar/		maps of a number in a bpf_pinning file
 *	ROOT/xdp, ROOT/ip	symlinks to ROOT/tc/
 *
 * Looking changes nothing; what is made goes into the journal.
 */
#ifndef BPFELF_BPFFS_H
#define BPFELF_BPFFS_H

#include "txn.h"

struct bpffs {
	char *root;		/* absolute, no trailing slash */
	bool mounted;		/* false: it still has to be */
};

int bpffs_find(struct bpfelf_ctx *ctx, struct bpffs *fs, struct err *err);
void bpffs_free(struct bpffs *fs);

/*
 * What is pinned while the lock is held may be taken back: a loader that
 * fails removes its pins, and another must not have built on them by then.
 * So whoever pins, or changes slots that others see, holds the lock
 * exclusively until its transaction ends; whoever takes pinned maps holds it
 * shared meanwhile, and finds only what is there to stay.
 *
 * The exclusive lock is the context's, for all its transactions. It mounts
 * the bpffs if need be. -ESTALE: what was mounted is gone, look again.
 */
int bpffs_lock(struct bpfelf_txn *txn, struct bpffs *fs, struct err *err);
/* a descriptor, or -1 where there is nothing to wait for */
int bpffs_lock_shared(struct bpfelf_ctx *ctx, const struct bpffs *fs);

/* Make what a pin at ROOT/@pin needs around it */
int bpffs_make_tree(struct bpfelf_txn *txn, const struct bpffs *fs,
		    const char *pin, struct err *err);

/* A path as the user gives it, "m:REST" resolved; free() it */
int bpffs_path(struct bpfelf_ctx *ctx, const char *path, uint32_t prog_type,
	       char **out, struct err *err);

#endif
