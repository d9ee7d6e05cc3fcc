/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Functions: static, global, weak and hidden ones, callbacks; what calls what. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define NOINLINE	__attribute__((noinline))
#define __weak		__attribute__((weak))
#define __hidden	__attribute__((visibility("hidden")))

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} marks SEC(".maps");

static long (*bpf_for_each_map_elem)(void *map, void *callback, void *ctx, __u64 flags) =
	(void *)BPF_FUNC_for_each_map_elem;

static NOINLINE __u32 once(__u32 x)
{
	return x * 3;
}

static __u64 add(void *map, const __u32 *key, __u32 *value, __u32 *sum)
{
	*sum += once(*value);
	return 0;
}

static __u64 add_all(void *map, const __u32 *key, __u32 *value, __u32 *sum)
{
	bpf_for_each_map_elem(&marks, add, sum, 0);
	return *sum > 1000;
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

/* scaled() calls as well: what it calls stands before last() */
SEC("tc") int branches(struct __sk_buff *skb)
{
	return scaled(skb->len) > last(skb->mark) ? TC_ACT_SHOT : TC_ACT_OK;
}

/* top calls left and right, and both of these what is below */
static NOINLINE __u32 below(__u32 x)
{
	return once(x) + x;
}

static NOINLINE __u32 left(__u32 x)
{
	return below(x) - once(x + 2);
}

static NOINLINE __u32 right(__u32 x)
{
	return last(x) ^ below(x + 1);
}

NOINLINE int top(__u32 x)
{
	return left(x) * right(x);
}

__weak NOINLINE int weak(struct __sk_buff *skb)
{
	return top(skb->priority) + below(skb->len);
}

/* verified where it is called, with the 7 of its caller */
__hidden NOINLINE int hidden(__u32 x)
{
	int i, sum = 0;

	for (i = 0; i < 64; i++)
		if (x & 1 << i % 8)
			sum += last(x) + i;
	return sum;
}

SEC("classifier") int diamond(struct __sk_buff *skb)
{
	__u32 sum = 0;

	bpf_for_each_map_elem(&marks, add_all, &sum, 0);
	return hidden(7) + weak(skb) > top(sum) ? TC_ACT_SHOT : TC_ACT_OK;
}

/* which is called more often than it is verified */
NOINLINE int often(__u32 x)
{
	__u32 i, sum = x;

	for (i = 0; i < 32; i++)
		if (x >> i & 1)
			sum += once(i);
	return sum;
}

SEC("xdp") int calls_often(struct xdp_md *ctx)
{
	return often(ctx->rx_queue_index) + often(ctx->ingress_ifindex) + often(1) > 10 ?
	       XDP_DROP : XDP_PASS;
}

SEC("tc") int alone(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
