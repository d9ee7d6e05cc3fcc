/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A traffic generator: live frames leave a device as fast as the kernel can
 * send them, each from another UDP port, so that they look like many flows.
 *
 *	tc exec bpf run obj traffic.o packet udp dst 10.9.0.2 dport 9 dmac 02:00:00:00:00:02 \
 *		live dev eth0 batch 64 repeat 100000 expect-map sent 0 100000
 *
 * `repeat 0` goes on until ^C. The driver of the device has to send what XDP
 * redirects; of a veth pair, the other end runs an XDP program:
 *
 *	ip link set dev eth1 xdp obj xdp_noudp.o
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include "bpf_api.h"

#define FIRST_PORT	1024
#define PORTS		4096	/* a power of two */

struct bpf_elf_map sent __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PERCPU_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
};

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

__section("xdp")
int send_flows(struct xdp_md *ctx)
{
	struct headers *h = (void *)(long)ctx->data;
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&sent, &zero);

	if (!n || (void *)(h + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	h->udp.source = bpf_htons(FIRST_PORT + (*n & (PORTS - 1)));
	h->udp.check = 0;	/* none, which IPv4 allows */
	++*n;
	return XDP_TX;
}

BPF_LICENSE("GPL");
