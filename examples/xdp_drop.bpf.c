/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The smallest XDP program: drop all.
 *
 *	ip link set dev eth0 xdp obj xdp_drop.o
 *	ip link set dev eth0 xdp off
 */
#include "bpf_api.h"

__section("prog")
int drop_all(struct xdp_md *ctx)
{
	return XDP_DROP;
}

BPF_LICENSE("GPL");
