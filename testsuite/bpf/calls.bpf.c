/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Functions that call functions: from any section, deep, back into their own
 * section, as callbacks, with tail calls in them.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define NOINLINE __attribute__((noinline))

struct bpf_elf_map seen __section("maps") = {
	.type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 8,
	.max_elem = 16, .pinning = PIN_GLOBAL_NS,
};

struct bpf_elf_map jumps __section("maps") = {
	.type = BPF_MAP_TYPE_PROG_ARRAY, .id = 1, .size_key = 4, .size_value = 4,
	.max_elem = 2, .pinning = PIN_GLOBAL_NS,
};

static long (*bpf_loop)(__u32 cnt, void *callback, void *ctx, __u64 flags) =
	(void *)BPF_FUNC_loop;
static long (*bpf_for_each_map_elem)(void *map, void *callback, void *ctx, __u64 flags) =
	(void *)BPF_FUNC_for_each_map_elem;

NOINLINE void count(__u32 key)
{
	__u64 *n = bpf_map_lookup_elem(&seen, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
}

/* ---- with the entry and count(), 8 deep: the verifier takes no more ---- */

__section("deep/even") NOINLINE int depth7(__u32 x) { count(7); return x + 1; }
__section("deep/odd") NOINLINE int depth6(__u32 x) { count(6); return depth7(x) + 1; }
__section("deep/even") NOINLINE int depth5(__u32 x) { count(5); return depth6(x) + 1; }
NOINLINE int depth4(__u32 x) { count(4); return depth5(x) + 1; }
static NOINLINE int depth3(__u32 x) { count(3); return depth4(x) + 1; }
__section("deep/odd") NOINLINE int depth2(__u32 x) { count(2); return depth3(x) + 1; }

/* static, in the section of the entries, in front of them and between them */
__section("classifier") static NOINLINE int verdict(__u32 mark)
{
	count(1);
	return mark == 6 ? TC_ACT_OK : TC_ACT_SHOT;
}

__section("classifier") int entry(struct __sk_buff *skb)
{
	return verdict(depth2(skb->ifindex ? 0 : 1));
}

__section("classifier") static NOINLINE int other_verdict(__u32 mark)
{
	return verdict(mark) == TC_ACT_OK ? TC_ACT_SHOT : TC_ACT_OK;
}

__section("classifier") int second(struct __sk_buff *skb)
{
	return other_verdict(depth2(skb->ifindex ? 0 : 1));
}

/* ---- callbacks ---- */

static int add(__u32 i, __u64 *sum)
{
	count(9);
	*sum += i;
	return 0;
}

static __u64 add_value(void *map, const __u32 *key, __u64 *value, __u64 *sum)
{
	if (*key == 9)
		*sum += *value;
	return 0;
}

__section("callbacks") int called_back(struct __sk_buff *skb)
{
	__u64 sum = 0;

	bpf_loop(5, add, &sum, 0);
	bpf_for_each_map_elem(&seen, add_value, &sum, 0);
	/* 0 + 1 + 2 + 3 + 4, and five for each packet */
	return sum % 5 == 0 && sum >= 15 ? TC_ACT_OK : TC_ACT_SHOT;
}

/* ---- tail calls within functions, and functions within tail calls ---- */

static NOINLINE int jump(struct __sk_buff *skb)
{
	volatile int verdict = TC_ACT_SHOT;

	bpf_tail_call(skb, &jumps, 1);
	return verdict;
}

__section("jumping") int jumps_on(struct __sk_buff *skb)
{
	int r = jump(skb);

	count(10);
	return r;
}

__section("1/1") int landed(struct __sk_buff *skb)
{
	return depth2(skb->ifindex ? 0 : 1) == 6 ? TC_ACT_OK : TC_ACT_SHOT;
}

/* ---- what the verifier does not take ---- */

NOINLINE int again(struct __sk_buff *skb, __u32 n);

NOINLINE int and_again(struct __sk_buff *skb, __u32 n)
{
	return n ? again(skb, n - 1) + 1 : skb->len;
}

NOINLINE int again(struct __sk_buff *skb, __u32 n)
{
	return n ? and_again(skb, n - 1) + 2 : skb->len;
}

__section("endless") int without_end(struct __sk_buff *skb)
{
	return again(skb, skb->mark);
}

BPF_LICENSE("GPL");
