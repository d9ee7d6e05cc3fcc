/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The mount namespace that pins are made in.
 *
 * `ip netns exec NS COMMAND` runs the command in a mount namespace with a /sys
 * of its own, below which there is no bpffs; one that is mounted there is lost
 * with the command, and all its pins. The bpffs that is meant is that of
 * whoever called: the nearest ancestor that has the same root directory and
 * another /sys. From the first look at pins on we work in its mount namespace;
 * the system's tool runs where we came from.
 */
#ifndef CLI_MNTNS_H
#define CLI_MNTNS_H

#include <stdbool.h>

struct mntns_side {
	int ns, root;		/* descriptors; -1: none */
};

struct mntns {
	struct mntns_side ours, callers;	/* without them there is no other */
	int cwd;
	bool lost;		/* there is one, and it cannot be entered */
};

void mntns_init(struct mntns *ns);
/* No bpffs is at hand: look for the caller's, and enter it. @ns is a struct
 * mntns, as ctx->seek_bpffs has it. */
void mntns_seek(void *ns);
/* Back to where we came from; into the caller's again */
void mntns_leave(const struct mntns *ns);
void mntns_enter(struct mntns *ns);
void mntns_end(struct mntns *ns);

/* Warn, once, if a bpffs was mounted where it cannot last. */
void mntns_warn(struct mntns *ns);

#endif
