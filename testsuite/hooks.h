/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks of DEV, as tests want most of them. */
#ifndef BPFELF_HOOKS_H
#define BPFELF_HOOKS_H

#include <linux/if_ether.h>
#include <linux/pkt_sched.h>

#include "rig.h"

#define INGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

static inline struct bpfelf_hook xdp_hook(uint32_t flags, uint32_t mode)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_XDP,
		.ifindex = DEV, .flags = flags, .xdp_flags = mode,
	};
}

static inline struct bpfelf_hook cls_hook(uint32_t flags, uint32_t pref,
					  uint32_t handle)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_CLS,
		.ifindex = DEV, .flags = flags, .parent = INGRESS,
		.pref = pref, .handle = handle, .protocol = ETH_P_ALL,
	};
}

static inline struct bpfelf_hook qdisc_hook(const char *qdisc, uint32_t flags)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_QDISC,
		.ifindex = DEV, .flags = flags, .qdisc = qdisc,
	};
}

static inline int add_clsact(struct job *job, uint32_t flags)
{
	struct bpfelf_hook hook = qdisc_hook("clsact", flags);

	return bpfelf_attach(job->txn, &hook);
}

#endif
