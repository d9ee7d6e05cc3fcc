/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Functions: one that calls another, a callback, static and global. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define NOINLINE	__attribute__((noinline))

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} marks SEC(".maps");

static long (*bpf_for_each_map_elem)(void *map, void *callback, void *ctx, __u64 flags) =
	(void *)BPF_FUNC_for_each_map_elem;

static __u64 add(void *map, const __u32 *key, __u32 *value, __u32 *sum)
{
	*sum += *value;
	return 0;
}

static NOINLINE __u32 with_marks(__u32 x)
{
	bpf_for_each_map_elem(&marks, add, &x, 0);
	return x;
}

static NOINLINE int scaled(__u32 x)
{
	return with_marks(x) * 2 + 1;
}

SEC("tc") int calls(struct __sk_buff *skb)
{
	return scaled(skb->len) > 3000 ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("xdp") int calls_too(struct xdp_md *ctx)
{
	return scaled(ctx->ingress_ifindex) & 1 ? XDP_PASS : XDP_DROP;
}

NOINLINE int last(__u32 x)
{
	return x + 1;
}

/* scaled() calls as well: which of the two comes first is the loader's choice,
 * and whether a global one is verified on its own */
SEC("tc") int branches(struct __sk_buff *skb)
{
	return scaled(skb->len) > last(skb->mark) ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
