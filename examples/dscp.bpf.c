/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets from a capture file: DNS over IPv4 gets DSCP EF, checksums stay
 * right, all else is left alone. What comes out is a capture file again.
 *
 *	tc exec bpf run obj dscp.o pcap in.pcap packet all checksum \
 *		expect ok expect-map marked 0 2 out pcap:out.pcap
 *	tcpdump -n -v -r out.pcap
 *
 * The first gives a line for each packet, one for the map, and its status tells
 * whether all was as expected. With two DNS packets in in.pcap it is.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include "bpf_api.h"

#define DNS	53
#define EF	0xb8	/* DSCP 46, as it stands in the TOS byte */

#define TOS_OFF		(ETH_HLEN + __builtin_offsetof(struct iphdr, tos))
#define CHECK_OFF	(ETH_HLEN + __builtin_offsetof(struct iphdr, check))

static long (*skb_store_bytes)(struct __sk_buff *skb, __u32 offset, const void *from,
			       __u32 len, __u64 flags) = (void *)BPF_FUNC_skb_store_bytes;
static long (*l3_csum_replace)(struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to,
			       __u64 size) = (void *)BPF_FUNC_l3_csum_replace;

struct bpf_elf_map marked __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
};

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

static bpf_inline int is_dns(const struct headers *h)
{
	return h->eth.h_proto == bpf_htons(ETH_P_IP) && h->ip.ihl == 5 &&
	       h->ip.protocol == IPPROTO_UDP &&
	       (h->udp.dest == bpf_htons(DNS) || h->udp.source == bpf_htons(DNS));
}

__section(ELF_SECTION_CLASSIFIER)
int mark_dns(struct __sk_buff *skb)
{
	const struct headers *h = (void *)(long)skb->data;
	__u8 old, new = EF;
	__u32 zero = 0;
	__u64 *n;

	if ((const void *)(h + 1) > (void *)(long)skb->data_end || !is_dns(h))
		return TC_ACT_OK;
	old = h->ip.tos;
	/* the TOS is the second byte of its word */
	l3_csum_replace(skb, CHECK_OFF, bpf_htons(old), bpf_htons(new), sizeof(__u16));
	skb_store_bytes(skb, TOS_OFF, &new, sizeof(new), 0);
	n = bpf_map_lookup_elem(&marked, &zero);
	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
