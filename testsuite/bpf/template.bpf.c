/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Static data by value, as in the templates of Cilium 1.5 to 1.12: whoever
 * loads it puts other values into .data, and the program has them in its
 * instructions.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

static long (*bpf_redirect)(__u32 ifindex, __u64 flags) = (void *)BPF_FUNC_redirect;
static long (*bpf_skb_load_bytes)(const void *skb, __u32 offset, void *to, __u32 len) =
	(void *)BPF_FUNC_skb_load_bytes;

#define fetch(x)	((__u32)(__u64)(&(x)))

volatile __u32 NODE_MAC_1 = 0x44332211, NODE_MAC_2 = 0x6655;
volatile __u32 NODE_IP = 0x0100090a;
volatile __u16 PORT = 8472;
volatile __u32 NOTHING = 0;
volatile __u32 COUNTED = 7;	/* an ordinary variable */
volatile __u32 MARK = 0x99;
static volatile __u32 OWN = 0x77;

struct result {
	__u8 mac[8];
	__u32 ip, port, nothing, own, tail;
};

struct bpf_elf_map results __section("maps") = {
	.type = BPF_MAP_TYPE_ARRAY, .size_key = 4,
	.size_value = sizeof(struct result), .max_elem = 1,
	.pinning = PIN_GLOBAL_NS,
};

static __attribute__((noinline)) void tell_mac(struct result *r)
{
	*(__u32 *)r->mac = fetch(NODE_MAC_1);
	*(__u16 *)(r->mac + 4) = (__u16)fetch(NODE_MAC_2);
}

__section("classifier") int template(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct result *r = bpf_map_lookup_elem(&results, &key);

	if (!r)
		return TC_ACT_OK;
	tell_mac(r);
	r->ip = __builtin_bswap32(fetch(NODE_IP));
	r->port = fetch(PORT) + 1;
	r->nothing = fetch(NOTHING);
	if (fetch(OWN) == skb->mark)
		return TC_ACT_SHOT;
	r->own = fetch(OWN) ^ skb->mark;
	COUNTED += 1;
	r->tail = COUNTED;
	return TC_ACT_OK;
}

/* nothing tells: a helper takes numbers of 64 bits */
__section("passed") int pass_on(struct __sk_buff *skb)
{
	return bpf_redirect(fetch(MARK), 0);
}

/* an address as a number of bytes: the verifier refuses it */
__section("refused") int misuse(struct __sk_buff *skb)
{
	char bytes[8];

	return bpf_skb_load_bytes(skb, 0, bytes, (__u64)&MARK);
}

/* refused for another reason: the address is a good one */
__section("unchecked") int no_check(struct __sk_buff *skb)
{
	return *(__u32 *)bpf_map_lookup_elem(&results, (void *)&MARK);
}

BPF_LICENSE("GPL");
