/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Both dialects in one object: `calls` is defined in section `maps`, or with
 * -DTYPED in `.maps`, there with an id or, with -DID=, without; `hits` in the
 * other one. The sections 2/... are the tail calls of `calls`, as Cilium has it.
 * -DOUTER has a map of maps in the one with a map of the other in it.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define MAPS	__section(".maps")

#ifndef ID
#define ID	__uint(id, 2);
#endif

#ifdef TYPED
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	ID
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
	__uint(max_entries, 4);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} calls MAPS;

struct bpf_elf_map hits __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 4,
	.pinning	= PIN_GLOBAL_NS,
};
#else
struct bpf_elf_map calls __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u32),
	.max_elem	= 4,
	.pinning	= PIN_GLOBAL_NS,
	.id		= 2,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 4);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} hits MAPS;
#endif

#ifdef OUTER
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(key_size, sizeof(__u32));
	__uint(max_entries, 4);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(key_size, 4);
		__uint(value_size, 8);
		__uint(max_entries, 4);
	});
} outer MAPS = {
	.values = { [1] = (void *)&hits },
};
#endif

static bpf_inline int hit(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&hits, &which);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_OK;
}

__section("2/1") int first_tail(struct __sk_buff *skb)
{
	hit(1);
	bpf_tail_call(skb, &calls, 3);
	return TC_ACT_SHOT;
}

__section("2/3") int second_tail(struct __sk_buff *skb)
{
	return hit(3);
}

__section("classifier") int entry(struct __sk_buff *skb)
{
	hit(0);
	bpf_tail_call(skb, &calls, 1);
	return TC_ACT_SHOT;
}

BPF_LICENSE("GPL");
