/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel refuses, and what remains of it: nothing. The map would be
 * pinned, but the program reads what it was not given.
 *
 *	tc filter add dev eth0 ingress bpf da obj refused.o
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

struct bpf_elf_map unborn __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_HASH,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
	.pinning	= PIN_GLOBAL_NS,
};

__section(ELF_SECTION_CLASSIFIER)
int forgets_the_check(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&unborn, &zero);

	return *n ? TC_ACT_OK : TC_ACT_SHOT;
}

BPF_LICENSE("GPL");
