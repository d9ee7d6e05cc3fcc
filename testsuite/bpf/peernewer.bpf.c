/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What it takes a kernel of 6.1 for. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define PIN		__uint(pinning, LIBBPF_PIN_BY_NAME)
#define NOINLINE	__attribute__((noinline))

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__type(value, __u64);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	PIN;
} bloom SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 8192);
	PIN;
} orders SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
	PIN;
} storage SEC(".maps");

enum big { LARGE = 1ull << 40, SMALL = 1 };

struct state {
	enum big big;
	__u32 sum;
};

static long (*bpf_loop)(__u32 cnt, void *callback, void *ctx, __u64 flags) =
	(void *)BPF_FUNC_loop;

static NOINLINE __u32 rest(__u32 i)
{
	return i % 7;
}

static long inside(__u32 i, struct state *state)
{
	state->sum += rest(i);
	return 0;
}

static long outside(__u32 i, struct state *state)
{
	state->big = LARGE + rest(i);
	bpf_loop(3, inside, state, 0);
	return state->sum > 50;
}

NOINLINE int looped(__u32 cnt)
{
	struct state state = { .big = SMALL };

	bpf_loop(cnt, outside, &state, 0);
	return state.sum + rest(cnt);
}

SEC("tc") int loops(struct __sk_buff *skb)
{
	struct state state = { .big = SMALL };

	bpf_loop(10, inside, &state, 0);
	return looped(skb->len) + state.sum > 100 ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("xdp.frags") int frags(struct xdp_md *ctx)
{
	return looped(ctx->rx_queue_index) > 100 ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
