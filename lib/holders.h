/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Who keeps a program attached that a netlink request cannot take off: the
 * bpf_link, what it is pinned as, and the processes with a descriptor of it.
 *
 * Finding out reads all of the bpffs and of /proc: for when something was
 * refused, and somebody wants to know why.
 */
#ifndef BPFELF_HOLDERS_H
#define BPFELF_HOLDERS_H

#include "ctx.h"

struct holders {
	uint32_t link_id;	/* 0: no link, or we may not see it */
	struct buf pins;	/* "PATH, PATH"; empty: none found */
	struct buf procs;	/* "NAME (pid N), ..." */
};

/* The link by which @prog_id is an XDP program of @ifindex. What cannot be
 * looked at stays empty. */
void holders_of_xdp(struct bpfelf_ctx *ctx, uint32_t ifindex, uint32_t prog_id,
		    struct holders *holders);
void holders_free(struct holders *holders);
#define _cleanup_holders_ _cleanup_(holders_free)

/*
 * The directory in which xdp-tools' dispatcher @prog_id of @ifindex has its
 * parts, with their names: "DIR: prog0, prog1". False: there is none.
 */
bool holders_of_dispatcher(struct bpfelf_ctx *ctx, uint32_t ifindex,
			   uint32_t prog_id, struct buf *text);

#endif
