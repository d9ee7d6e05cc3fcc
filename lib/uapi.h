/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Kernel constants newer than the oldest headers that we build with, or that
 * no UAPI header carries. */
#ifndef BPFELF_UAPI_H
#define BPFELF_UAPI_H

#include <linux/bpf.h>

#define ENOTSUPP		524		/* the kernel's own, leaks out */
#define BPF_FS_MAGIC		0xcafe4a11

/* union bpf_attr's log_level is documented in the verifier's header only */
#define BPF_LOG_LEVEL1		1		/* the path to a refusal */
#define BPF_LOG_LEVEL2		2		/* every path */
#define BPF_LOG_STATS		4		/* reason and statistics; 5.2 */

/* elf.h has but two of them */
#define R_BPF_64_ABS64		2
#define R_BPF_64_ABS32		3
#define R_BPF_64_NODYLD32	4

/* enum bpf_attach_type; 6.6 */
#define BPF_TCX_INGRESS		46
#define BPF_TCX_EGRESS		47

#endif
