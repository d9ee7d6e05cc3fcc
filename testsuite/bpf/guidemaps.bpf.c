/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What guides show with maps: bytes counted in both directions in a pinned
 * one, a classifier and actions that share it. -DTAIL: a tail call to itself.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

enum { INGRESS, EGRESS };

#ifdef TAIL

struct bpf_elf_map jmp_map __section("maps") = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= 1,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u32),
	.pinning	= PIN_GLOBAL_NS,
	.max_elem	= 1,
};

__section("1/0")
int again(struct __sk_buff *skb)
{
	skb->cb[0]++;
	bpf_tail_call(skb, &jmp_map, 0);
	return TC_ACT_OK;
}

__section("prog")
int entry(struct __sk_buff *skb)
{
	skb->cb[0] = 0;
	bpf_tail_call(skb, &jmp_map, 0);
	return TC_ACT_OK;
}

#else

struct bpf_elf_map acc_map __section("maps") = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.pinning	= PIN_GLOBAL_NS,
	.max_elem	= 2,
};

static bpf_inline int account(struct __sk_buff *skb, __u32 way, int verdict)
{
	__u64 *bytes = bpf_map_lookup_elem(&acc_map, &way);

	if (bytes)
		__sync_fetch_and_add(bytes, skb->len);
	return verdict;
}

__section("ingress")
int count_in(struct __sk_buff *skb)
{
	return account(skb, INGRESS, TC_ACT_OK);
}

__section("egress")
int count_out(struct __sk_buff *skb)
{
	return account(skb, EGRESS, TC_ACT_OK);
}

/* -1: matches, with the filter's class */
__section("classifier")
int match_out(struct __sk_buff *skb)
{
	return account(skb, EGRESS, -1);
}

__section("mycls")
int match_mine(struct __sk_buff *skb)
{
	return account(skb, EGRESS, -1);
}

__section("action-mark")
int mark(struct __sk_buff *skb)
{
	skb->mark = 7;
	return TC_ACT_PIPE;
}

__section("action-rand")
int seldom(struct __sk_buff *skb)
{
	return account(skb, INGRESS, TC_ACT_OK);
}

#endif

BPF_LICENSE("GPL");
