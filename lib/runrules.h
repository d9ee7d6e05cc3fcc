/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What each type of program takes to be run by BPF_PROG_RUN. The kernel says
 * EINVAL to all else; this says which word was wrong.
 *
 * Pure, and no stricter than the newest kernel that it knows: where kernels
 * differ, the kernel decides.
 */
#ifndef BPFELF_RUNRULES_H
#define BPFELF_RUNRULES_H

#include "bpfelf.h"
#include "err.h"

#define RUN_DATA	0x01u	/* a packet, which it must have */
#define RUN_DATA_OUT	0x02u
#define RUN_CTX		0x04u	/* may have one */
#define RUN_CTX_NEEDED	0x08u
#define RUN_CTX_OUT	0x10u
#define RUN_REPEAT	0x20u
#define RUN_CPU		0x40u
#define RUN_LIVE	0x80u
#define RUN_STATE	0x100u	/* data that is no packet, but what the first
				 * argument points to */
#define RUN_CHECKSUM	0x200u	/* BPF_F_TEST_SKB_CHECKSUM_COMPLETE */

#define RUN_MIN_DATA	14u	/* an Ethernet header */
#define RUN_MAX_BATCH	256u
#define RUN_ROOM	576u	/* of a page that an XDP frame has not: headroom
				 * and struct skb_shared_info */
#define RUN_ROOM_LIVE	688u	/* and what the kernel notes of a live frame */
#define RUN_ROOM_SKB	384u	/* on kernels that give an skb one page */
#define RUN_MAX_META	252u	/* bytes before an XDP frame; 32 on older kernels */

struct runrule {
	uint32_t prog_type;
	const char *name;
	uint32_t takes;		/* RUN_* */
	uint32_t ctx_size;	/* bytes that are known of it, 0: any */
	uint32_t ctx_max;
};

/* NULL: programs of that type cannot be run */
const struct runrule *runrules_find(uint32_t prog_type);

/* Is there more in the packet than a kernel that says EINVAL may have room for? */
bool runrules_is_long(const struct runrule *rule, uint32_t size, uint32_t page);

/*
 * Does it make sense? @frags: that the program takes packets of several
 * buffers; @page: bytes of a page. 0, -EINVAL or -ENOTSUP.
 */
int runrules_check(uint32_t prog_type, const struct bpfelf_run *run, bool frags,
		   uint32_t page, struct err *err);

#endif
