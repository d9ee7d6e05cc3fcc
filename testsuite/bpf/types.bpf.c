/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One pinned map `m` of TYPE, KEY, VALUE, ENTRIES and FLAGS, and programs that
 * put it to USE, or none that does. 34_maptypes.t has the table.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#ifndef FLAGS
#define FLAGS	0
#endif
#ifndef BPF_MAP_TYPE_CGRP_STORAGE
#define BPF_MAP_TYPE_CGRP_STORAGE	32
#define BPF_MAP_TYPE_ARENA		33
#define BPF_MAP_TYPE_INSN_ARRAY		34
#endif

#define NOTHING		0
#define UPDATE		1
#define PUSH		2
#define TAIL_CALL	3
#define PERF_OUTPUT	4
#define RING_OUTPUT	5
#define CGROUP		6
#define REDIRECT	7
#define SOCKET		8
#define STORAGE		9
#define ADDRESS		10

struct bpf_elf_map m __section(ELF_SECTION_MAPS) = {
	.type		= TYPE,
	.size_key	= KEY,
	.size_value	= VALUE,
	.max_elem	= ENTRIES,
	.flags		= FLAGS,
	.pinning	= PIN_GLOBAL_NS,
	.inner_id	= INNER,
};

/* a map of maps needs one */
struct bpf_elf_map template __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= 4,
	.size_value	= 8,
	.max_elem	= 1,
	.id		= 1,
	.inner_idx	= (__u32)-1,
};

#ifdef TYPES
struct ____btf_map_m {
	__u32 key;
	__u64 value;
};
struct ____btf_map_m __section(".maps.m") ____btf_map_m = {};
#endif

#define __unused	__attribute__((unused))
#define HELPER(type, name, ...)						\
	static type (*name)(__VA_ARGS__) __unused = (void *)BPF_FUNC_ ## name

HELPER(long, map_update_elem, void *map, void *key, void *value, __u64 flags);
HELPER(long, map_push_elem, void *map, void *value, __u64 flags);
HELPER(long, perf_event_output, void *ctx, void *map, __u64 flags, void *data,
       __u64 size);
HELPER(long, ringbuf_output, void *map, void *data, __u64 size, __u64 flags);
HELPER(long, skb_under_cgroup, void *ctx, void *map, __u32 index);
HELPER(long, redirect_map, void *map, __u64 key, __u64 flags);
HELPER(long, sk_release, void *sk);
HELPER(void *, sk_fullsock, void *sk);
HELPER(void *, sk_storage_get, void *map, void *sk, void *value, __u64 flags);

static bpf_inline int use(void *ctx __unused)
{
	__u32 key[16] __unused = { 8 }, value[16] __unused = { 42 };

#if USE == UPDATE
	map_update_elem(&m, key, value, BPF_ANY);
#elif USE == PUSH
	map_push_elem(&m, value, BPF_ANY);
#elif USE == TAIL_CALL
	bpf_tail_call(ctx, &m, 0);
#elif USE == PERF_OUTPUT
	perf_event_output(ctx, &m, BPF_F_CURRENT_CPU, value, sizeof(value));
#elif USE == RING_OUTPUT
	ringbuf_output(&m, value, 8, 0);
#elif USE == CGROUP
	skb_under_cgroup(ctx, &m, 0);
#elif USE == REDIRECT
	redirect_map(&m, 0, 0);
#elif USE == SOCKET
	void *sk = bpf_map_lookup_elem(&m, key);

	if (sk)
		sk_release(sk);
#elif USE == STORAGE
	void *sk = ((struct __sk_buff *)ctx)->sk;

	sk = sk ? sk_fullsock(sk) : 0;
	if (sk)
		sk_storage_get(&m, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
#elif USE == ADDRESS
	__u64 *at = (void *)&m;

	asm volatile("" : "+r"(at));
	if (!at)
		return 1;
#endif
	return 0;
}

#if USE == REDIRECT
__section(ELF_SECTION_PROG)
int uses_in_xdp(struct xdp_md *ctx)
{
	use(ctx);
	return XDP_PASS;
}
#else
__section(ELF_SECTION_CLASSIFIER)
int uses_in_tc(struct __sk_buff *skb)
{
	use(skb);
	return TC_ACT_OK;
}
#endif

BPF_LICENSE("GPL");
