/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs for routes: one that counts per place, into one pinned map, and
 * some that decide. -DSTEP=n: counts by that much. -DDEV=n: where "push" sends.
 * -DJUMPS: with a tail call in "jump".
 */
#include "bpf_api.h"

#ifndef STEP
#define STEP 1
#endif
#ifndef DEV
#define DEV 1
#endif

static long (*bpf_redirect)(__u32 ifindex, __u64 flags) =
	(void *)BPF_FUNC_redirect;
static long (*bpf_skb_change_head)(struct __sk_buff *skb, __u32 len, __u64 flags) =
	(void *)BPF_FUNC_skb_change_head;
static long (*bpf_skb_store_bytes)(struct __sk_buff *skb, __u32 off, const void *from,
				   __u32 len, __u64 flags) =
	(void *)BPF_FUNC_skb_store_bytes;

static long (*bpf_skb_load_bytes)(struct __sk_buff *skb, __u32 off, void *to,
				  __u32 len) =
	(void *)BPF_FUNC_skb_load_bytes;
static long (*bpf_l3_csum_replace)(struct __sk_buff *skb, __u32 off, __u64 from,
				   __u64 to, __u64 size) =
	(void *)BPF_FUNC_l3_csum_replace;

struct bpf_elf_map __section(ELF_SECTION_MAPS) hits = {
	.type	  = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 8,
	.pinning  = PIN_GLOBAL_NS,
};

enum { AT_IN, AT_OUT, AT_XMIT, AT_SEG6LOCAL, AT_TAIL };

static bpf_inline void count(__u32 at)
{
	__u64 *hit = bpf_map_lookup_elem(&hits, &at);

	if (hit)
		__sync_fetch_and_add(hit, STEP);
}

__section("in")
int lwt_in(struct __sk_buff *skb)
{
	count(AT_IN);
	return BPF_OK;
}

__section("out")
int lwt_out(struct __sk_buff *skb)
{
	count(AT_OUT);
	return BPF_OK;
}

__section("xmit")
int lwt_xmit(struct __sk_buff *skb)
{
	count(AT_XMIT);
	return BPF_OK;
}

#ifdef JUMPS
struct bpf_elf_map __section(ELF_SECTION_MAPS) jumps = {
	.type	  = BPF_MAP_TYPE_PROG_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u32),
	.max_elem = 2,
	.id	  = 1,
	.pinning  = PIN_OBJECT_NS,
};

/* out, and then what is in slot 0 */
__section("jump")
int lwt_jump(struct __sk_buff *skb)
{
	count(AT_OUT);
	bpf_tail_call(skb, &jumps, 0);
	return BPF_OK;
}

__section("1/0")
int lwt_tail(struct __sk_buff *skb)
{
	count(AT_TAIL);
	return BPF_DROP;
}
#endif

/* An Ethernet header of our own, which takes headroom; its type is one that
 * nobody has */
__section("push")
int lwt_push(struct __sk_buff *skb)
{
	const __u8 eth[14] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };

	count(AT_XMIT);
	if (bpf_skb_change_head(skb, sizeof(eth), 0) ||
	    bpf_skb_store_bytes(skb, 0, eth, sizeof(eth), 0))
		return BPF_DROP;
	return bpf_redirect(DEV, 0);
}

/* To 10.9.0.2, and look for its route */
__section("reroute")
int lwt_reroute(struct __sk_buff *skb)
{
	const __u32 to = __builtin_bswap32(0x0a090002);
	__u32 from;

	count(AT_XMIT);
	if (bpf_skb_load_bytes(skb, 16, &from, sizeof(from)) ||
	    bpf_l3_csum_replace(skb, 10, from, to, sizeof(to)) ||
	    bpf_skb_store_bytes(skb, 16, &to, sizeof(to), 0))
		return BPF_DROP;
	return BPF_LWT_REROUTE;
}

__section("seg6local")
int end_bpf(struct __sk_buff *skb)
{
	count(AT_SEG6LOCAL);
	return BPF_OK;
}

BPF_LICENSE("GPL");
