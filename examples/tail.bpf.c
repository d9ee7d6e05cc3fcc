/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tail calls: a section named id/key fills slot `key` of the prog array with
 * that `id`. Here stage 0 and stage 1 call each other until a packet has gone
 * round eight times. The array is pinned, so its slots outlive the command,
 * and stage.bpf.c can be grafted into it.
 *
 *	tc filter add dev eth0 ingress bpf da obj tail.o
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define STAGES	1	/* the id of the prog array, as in "1/0" */
#define ROUNDS	8

struct bpf_elf_map stages __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= STAGES,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u32),
	.max_elem	= 2,
	.pinning	= PIN_GLOBAL_NS,
};

struct bpf_elf_map rounds __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
	.pinning	= PIN_GLOBAL_NS,
};

__section("1/0")
int count_round(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&rounds, &zero);

	if (n)
		__sync_fetch_and_add(n, 1);
	skb->cb[0]++;
	bpf_tail_call(skb, &stages, 1);
	return TC_ACT_OK;
}

__section("1/1")
int again(struct __sk_buff *skb)
{
	if (skb->cb[0] < ROUNDS)
		bpf_tail_call(skb, &stages, 0);
	return TC_ACT_OK;
}

__section(ELF_SECTION_CLASSIFIER)
int start(struct __sk_buff *skb)
{
	skb->cb[0] = 0;
	bpf_tail_call(skb, &stages, 0);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
