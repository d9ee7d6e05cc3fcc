/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A chain of tail calls: the start counts in slot 0 of `steps`, stage k in
 * slot k, and calls stage k + 1 while there is one. The macros make it fail
 * in one way each; STEP is what is counted, to tell two versions apart.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#ifndef STEP
#define STEP	1
#endif
#ifndef PINNING
#define PINNING	PIN_GLOBAL_NS
#endif
#ifndef KEY3
#define KEY3	"01/0x3"
#endif

struct bpf_elf_map other __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_HASH,
	.id		= 1,	/* the same as that of the prog array */
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 1,
};

struct bpf_elf_map jmp __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= 1,
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 5,
	.pinning	= PINNING,
};

#ifdef TWICE
struct bpf_elf_map jmp2 __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= 1,
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 5,
	.pinning	= PIN_GLOBAL_NS,
};
#endif

struct bpf_elf_map steps __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= 4,
	.size_value	= 8,
	.max_elem	= 5,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline int stage(void *ctx, __u32 key)
{
	__u64 *n = bpf_map_lookup_elem(&steps, &key);

	if (n)
		__sync_fetch_and_add(n, STEP);
	bpf_tail_call(ctx, &jmp, key + 1);
	return TC_ACT_OK;
}

__section(ELF_SECTION_CLASSIFIER)
int start(struct __sk_buff *skb)
{
	return stage(skb, 0);
}

__section("1/1")
int stage1(struct __sk_buff *skb)
{
	return stage(skb, 1);
}

__section("0x1/2")
int stage2(struct __sk_buff *skb)
{
	return stage(skb, 2);
}

#ifdef BAD
__section(KEY3)
int stage3(struct __sk_buff *skb)
{
	return *(volatile char *)(long)skb->len;
}
#else
__section(KEY3)
int stage3(struct __sk_buff *skb)
{
	return stage(skb, 3);
}
#endif

/* no prog array has this id: left out */
__section("77/0")
int nowhere(struct __sk_buff *skb)
{
	return TC_ACT_SHOT;
}

BPF_LICENSE("GPL");
