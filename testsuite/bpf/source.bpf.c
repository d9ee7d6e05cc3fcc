/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What debug information can be about: a map with named types, functions in
 * the section of the program and in .text, a tail call, and variables and
 * functions that the kernel would refuse. 33_btf.t looks for the lines with a
 * comment at their end.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define noinline __attribute__((noinline))

#ifndef KEY
#define KEY __u32
#endif

struct pair {
	__u32 packets;
	__u32 bytes;
};

struct bpf_elf_map seen __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_HASH,
	.size_key	= 4,
	.size_value	= 8,
	.max_elem	= 4,
	.pinning	= PIN_GLOBAL_NS,
};

struct bpf_elf_map jmp __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= 1,
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 1,
	.pinning	= PIN_GLOBAL_NS,
};

/* as BPF_ANNOTATE_KV_PAIR() of old headers has it */
struct ____btf_map_seen {
	KEY key;
	struct pair value;
};
struct ____btf_map_seen __section(".maps.seen") ____btf_map_seen = {};

/* nobody uses them: clang names them in one order and lays them out in another */
static volatile int late = 7;
int early = 8;
static volatile int latest = 9;

/* never linked in, yet the types name what only the kernel has */
extern int kernel_function(int x) __section(".ksyms");

int unused(void)
{
	return kernel_function(late + latest);
}

static noinline int far(__u32 len)
{
	__u32 key = len & 3;
	struct pair *pair = bpf_map_lookup_elem(&seen, &key);

	if (!pair)
		return 0;
	pair->packets++;
	return pair->bytes += len;	/* a line of far */
}

/* verified on its own, it would be refused: p may be NULL */
noinline int peek(struct pair *p)
{
	return p->packets + p->bytes;	/* a line of peek */
}

__section(ELF_SECTION_CLASSIFIER)
static noinline int near(struct __sk_buff *skb)
{
	return skb->ifindex + far(skb->len);	/* a line of near */
}

__section(ELF_SECTION_CLASSIFIER)
int enter(struct __sk_buff *skb)
{
	struct pair pair = { .packets = skb->len, .bytes = near(skb) };

	if (peek(&pair) == 12345)	/* a line of enter */
		return TC_ACT_SHOT;
	bpf_tail_call(skb, &jmp, 0);
	return TC_ACT_OK;
}

__section("1/0")
int tail_called(struct __sk_buff *skb)
{
	return far(skb->len) == 6 ? TC_ACT_SHOT : TC_ACT_OK;	/* a line of tail */
}

__section("refused")
int reads_nothing(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct pair *pair = bpf_map_lookup_elem(&seen, &key);

	return pair->packets;	/* the line that is refused */
}

BPF_LICENSE("GPL");
