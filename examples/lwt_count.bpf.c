/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets and bytes by route: one program for each way, one map for all.
 *
 *	ip route add 192.0.2.0/24 via 10.0.0.1 dev eth0 \
 *		encap bpf in obj lwt_count.o sec in out obj lwt_count.o sec out
 *	bpftool map dump pinned /sys/fs/bpf/tc/globals/lwt_count
 */
#include "bpf_api.h"

struct traffic {
	__u64 packets, bytes;
};

enum { WAY_IN, WAY_OUT, WAYS };

/* each `obj` in a command is a load of its own: the pin makes it one map */
struct bpf_elf_map __section(ELF_SECTION_MAPS) lwt_count = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(struct traffic),
	.max_elem	= WAYS,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline int count(struct __sk_buff *skb, __u32 way)
{
	struct traffic *traffic = bpf_map_lookup_elem(&lwt_count, &way);

	if (traffic) {
		__sync_fetch_and_add(&traffic->packets, 1);
		__sync_fetch_and_add(&traffic->bytes, skb->len);
	}
	return BPF_OK;
}

__section("in")
int count_in(struct __sk_buff *skb)
{
	return count(skb, WAY_IN);
}

__section("out")
int count_out(struct __sk_buff *skb)
{
	return count(skb, WAY_OUT);
}

BPF_LICENSE("GPL");
