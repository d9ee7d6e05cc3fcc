/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * XDP that looks into the packet: drop UDP over IPv4, pass the rest. Put it
 * in the place of another program without a gap:
 *
 *	ip -force link set dev eth0 xdp obj xdp_noudp.o
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>

#include "bpf_api.h"

__section("prog")
int drop_udp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	return ip->protocol == IPPROTO_UDP ? XDP_DROP : XDP_PASS;
}

BPF_LICENSE("GPL");
