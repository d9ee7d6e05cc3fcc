/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps that hold something from the start: `stages` programs, which pass a
 * packet on and count it in `hits`; `outer` and `wide` maps, a static one among
 * them. The entry is in slot 5, too, and gets the packet back once.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define MAPS	__section(".maps")

#ifndef SLOTS
#define SLOTS	6
#endif
#ifndef PIN
#define PIN	LIBBPF_PIN_BY_NAME
#endif
#ifndef KEY
#define KEY	8
#endif
#ifndef LOCAL	/* libbpf knows no static maps and programs */
#define LOCAL	static
#endif

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
};

struct inner first MAPS, second MAPS;
LOCAL struct inner third MAPS;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 8);
	__uint(pinning, PIN);
} hits MAPS;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__type(key, __u32);
	__uint(max_entries, 4);
	__uint(pinning, PIN);
	__array(values, struct inner);
} outer MAPS = {
	.values = { [0] = (void *)&first, [2] = (void *)&third },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(key_size, KEY);
	__uint(max_entries, 2);
	__uint(pinning, PIN);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(key_size, 4);
		__uint(value_size, 8);
		__uint(max_entries, 1);
	});
} wide MAPS = {
	.values = { [7] = (void *)&second },
};

LOCAL int parse(struct __sk_buff *skb);
int count(struct __sk_buff *skb);
int entry(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(max_entries, SLOTS);
	__uint(pinning, PIN);
	__array(values, int (void *));
} stages MAPS = {
	.values = {
		[0] = (void *)&parse,
		[2] = (void *)&count,
		[3] = (void *)&count,
		[5] = (void *)&entry,
	},
};

static __attribute__((noinline)) void hit(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&hits, &which);

	if (n)
		__sync_fetch_and_add(n, 1);
}

static bpf_inline void hit_in(void *map, __u64 key)
{
	__u32 zero = 0;
	void *found = bpf_map_lookup_elem(map, &key);
	__u64 *n = found ? bpf_map_lookup_elem(found, &zero) : 0;

	if (n)
		__sync_fetch_and_add(n, 1);
}

__section("tc") int entry(struct __sk_buff *skb)
{
	hit(5);
	bpf_tail_call(skb, &stages, skb->cb[0] ? 3 : 0);
	return TC_ACT_SHOT;
}

__section("tc") LOCAL int parse(struct __sk_buff *skb)
{
	hit(0);
	skb->cb[0] = 1;
	bpf_tail_call(skb, &stages, 5);
	return TC_ACT_SHOT;
}

__section("classifier") int count(struct __sk_buff *skb)
{
	hit(3);
	skb->cb[0] = 0;
	hit_in(&outer, 0);
	hit_in(&outer, 2);
	hit_in(&wide, 7);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
