/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A thousand tail calls, in slots 1000 to 1999, each to the next one. A packet
 * runs through as many as the kernel lets it, 33, and each counts STEP in its
 * own slot of `hits`. BAD and WORSE are stages that the verifier refuses.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#ifndef STEP
#define STEP	1
#endif
#ifndef BAD
#define BAD	0
#endif
#ifndef WORSE
#define WORSE	0
#endif

struct bpf_elf_map jmp __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= 1,
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 2000,
	.pinning	= PIN_GLOBAL_NS,
};

struct bpf_elf_map hits __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= 4,
	.size_value	= 8,
	.max_elem	= 2000,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline int stage(struct __sk_buff *skb, const __u32 key)
{
	__u32 slot = key;
	__u64 *n = bpf_map_lookup_elem(&hits, &slot);

	if (key == BAD || key == WORSE)
		return *(volatile int *)(long)skb->len;
	if (n)
		__sync_fetch_and_add(n, STEP);
	bpf_tail_call(skb, &jmp, key + 1);
	return TC_ACT_OK;
}

#define ONE(k)	\
	__section("1/" #k) int stage##k(struct __sk_buff *skb) { return stage(skb, k); }
#define TEN(k)	\
	ONE(k##0) ONE(k##1) ONE(k##2) ONE(k##3) ONE(k##4) \
	ONE(k##5) ONE(k##6) ONE(k##7) ONE(k##8) ONE(k##9)
#define HUNDRED(k) \
	TEN(k##0) TEN(k##1) TEN(k##2) TEN(k##3) TEN(k##4) \
	TEN(k##5) TEN(k##6) TEN(k##7) TEN(k##8) TEN(k##9)

HUNDRED(10) HUNDRED(11) HUNDRED(12) HUNDRED(13) HUNDRED(14)
HUNDRED(15) HUNDRED(16) HUNDRED(17) HUNDRED(18) HUNDRED(19)

__section("classifier")
int start(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &jmp, 1000);
	return TC_ACT_OK;
}

char _license[] __section("license") = "GPL";
