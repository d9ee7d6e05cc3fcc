/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The message that hands maps to an agent: bytes in, values out. The
 * descriptors travel beside it, one for each map, in the same order.
 *
 *	0	version, 1		uint16_t
 *	2	number of maps		uint16_t
 *	4	the object's path	char[64], cut, NUL-terminated
 *	72	its device and inode	uint64_t, twice
 *	88	the maps		struct bpf_elf_map each
 *
 * That is iproute2's message as 64-bit machines lay it out, in host order;
 * ours is the same on all. It knows no sockets.
 */
#ifndef BPFELF_HANDOFF_H
#define BPFELF_HANDOFF_H

#include "err.h"
#include "iproute2/bpf_elf.h"

#define HANDOFF_MAPS	64	/* an agent of iproute2 takes no more */
#define HANDOFF_PATH	64
#define HANDOFF_SIZE	(88 + HANDOFF_MAPS * sizeof(struct bpf_elf_map))

struct handoff {
	char path[HANDOFF_PATH];
	uint64_t dev, ino;	/* 0: of no file */
	size_t maps_cnt;
	struct bpf_elf_map maps[HANDOFF_MAPS];
};

/* Returns the length; @bytes are HANDOFF_SIZE. */
size_t handoff_write(const struct handoff *handoff, void *bytes);

/* @fds_cnt descriptors came with it. -EBADMSG: not such a message. */
int handoff_read(struct handoff *handoff, const void *bytes, size_t len,
		 size_t fds_cnt, struct err *err);

#endif
