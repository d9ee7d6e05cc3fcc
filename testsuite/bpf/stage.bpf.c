/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be grafted into the prog array of jump.bpf.c: it counts by 100. */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

struct bpf_elf_map steps __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= 4,
	.size_value	= 8,
	.max_elem	= 5,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline int count(__u32 slot)
{
	__u64 *n = bpf_map_lookup_elem(&steps, &slot);

	if (n)
		__sync_fetch_and_add(n, 100);
	return TC_ACT_OK;
}

__section(ELF_SECTION_CLASSIFIER)
int grafted(struct __sk_buff *skb)
{
	return count(4);
}

__section("1/2")
int by_section(struct __sk_buff *skb)
{
	return count(2);
}

__section(ELF_SECTION_PROG)
int xdp_one(struct xdp_md *ctx)
{
	return XDP_PASS;
}

BPF_LICENSE("GPL");
