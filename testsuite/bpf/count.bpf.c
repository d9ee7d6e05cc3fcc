/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One map that all share: each hook counts in a slot of its own. The macros
 * change the map's shape and where it is pinned. -DTYPES: BTF for it.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#ifndef TYPE
#define TYPE		BPF_MAP_TYPE_ARRAY
#endif
#ifndef KEY_SIZE
#define KEY_SIZE	4
#endif
#ifndef VALUE_SIZE
#define VALUE_SIZE	8
#endif
#ifndef ENTRIES
#define ENTRIES		4
#endif
#ifndef FLAGS
#define FLAGS		0
#endif
#ifndef PINNING
#define PINNING		PIN_GLOBAL_NS
#endif

enum { INGRESS, EGRESS, XDP };

struct bpf_elf_map hits __section(ELF_SECTION_MAPS) = {
	.type		= TYPE,
	.size_key	= KEY_SIZE,
	.size_value	= VALUE_SIZE,
	.max_elem	= ENTRIES,
	.flags		= FLAGS,
	.pinning	= PINNING,
};

#ifdef TYPES
struct ____btf_map_hits {
	__u32 key;
	__u64 value;
};
struct ____btf_map_hits __section(".maps.hits") ____btf_map_hits = {};
#endif

static bpf_inline void count(__u64 slot)
{
	__u64 *n = bpf_map_lookup_elem(&hits, &slot);

	if (n)
		__sync_fetch_and_add(n, 1);
}

__section(ELF_SECTION_CLASSIFIER)
int cls_in(struct __sk_buff *skb)
{
	count(INGRESS);
	return TC_ACT_OK;
}

__section("egress")
int cls_out(struct __sk_buff *skb)
{
	count(EGRESS);
	return TC_ACT_OK;
}

__section(ELF_SECTION_PROG)
int xdp_in(struct xdp_md *ctx)
{
	count(XDP);
	return XDP_PASS;
}

BPF_LICENSE("GPL");
