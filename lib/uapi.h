/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Kernel constants newer than the oldest headers that we build with, or that
 * no UAPI header carries. */
#ifndef BPFELF_UAPI_H
#define BPFELF_UAPI_H

#include <linux/bpf.h>

#define ENOTSUPP		524		/* the kernel's own, leaks out */
#define BPF_FS_MAGIC		0xcafe4a11

/* enum bpf_map_type */
#define BPF_MAP_TYPE_CGRP_STORAGE	32	/* 6.2 */
#define BPF_MAP_TYPE_ARENA		33	/* 6.9 */
#define BPF_MAP_TYPE_INSN_ARRAY		34	/* 6.19 */

/* flags of maps */
#define BPF_F_SEGV_ON_FAULT	(1U << 17)	/* 6.9, as the next */
#define BPF_F_NO_USER_CONV	(1U << 18)

/* of BPF_PROG_RUN; 6.11, and in later headers of 6.1 */
#ifndef BPF_F_TEST_SKB_CHECKSUM_COMPLETE
#define BPF_F_TEST_SKB_CHECKSUM_COMPLETE	(1U << 2)
#endif

/* union bpf_attr's log_level is documented in the verifier's header only */
#define BPF_LOG_LEVEL1		1		/* the path to a refusal */
#define BPF_LOG_LEVEL2		2		/* every path */
#define BPF_LOG_STATS		4		/* reason and statistics; 5.2 */

/* elf.h has but two of them */
#define R_BPF_64_ABS64		2
#define R_BPF_64_ABS32		3
#define R_BPF_64_NODYLD32	4

/* enum bpf_prog_type */
#define BPF_PROG_TYPE_NETFILTER		32	/* 6.4 */

/* enum bpf_attach_type */
#define BPF_NETFILTER			45	/* 6.4 */
#define BPF_TCX_INGRESS			46	/* 6.6, as the next */
#define BPF_TCX_EGRESS			47
#define BPF_CGROUP_UNIX_CONNECT		49	/* 6.7, as the others */
#define BPF_CGROUP_UNIX_SENDMSG		50
#define BPF_CGROUP_UNIX_RECVMSG		51
#define BPF_CGROUP_UNIX_GETPEERNAME	52
#define BPF_CGROUP_UNIX_GETSOCKNAME	53
#define BPF_NETKIT_PRIMARY		54
#define BPF_NETKIT_PEER			55

#endif
