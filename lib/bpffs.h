/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The bpffs: where it is, and the tree that iproute2's dialect keeps on it:
 *
 *	ROOT/tc/globals/	maps shared by all objects
 *	ROOT/tc/SHA1/		maps of one object file
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

/* Mount it if need be, and make what a pin at ROOT/@pin needs around it */
int bpffs_make_tree(struct bpfelf_txn *txn, struct bpffs *fs, const char *pin,
		    struct err *err);

/* A path as the user gives it, "m:REST" resolved; free() it */
int bpffs_path(struct bpfelf_ctx *ctx, const char *path, uint32_t prog_type,
	       char **out, struct err *err);

#endif
