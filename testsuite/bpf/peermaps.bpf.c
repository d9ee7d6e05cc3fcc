/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps of several types, and maps in a map. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))

struct flow {
	__u32 from, to;
	__u16 port;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 100);
	__type(key, struct flow);
	__type(value, __u64);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 10);
	__uint(key_size, 8);
	__uint(value_size, 4);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} prefixes SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} first SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { [1] = &first } };

SEC("tc") int look(struct __sk_buff *skb)
{
	struct flow flow = { .from = skb->ifindex };
	__u32 one = 1, zero = 0, *value = 0;
	__u64 prefix = 32, *seen;
	void *inner;

	seen = bpf_map_lookup_elem(&flows, &flow);
	inner = bpf_map_lookup_elem(&outer, &one);
	if (inner)
		value = bpf_map_lookup_elem(inner, &zero);
	if (seen && value)
		*value = *seen;
	return bpf_map_lookup_elem(&prefixes, &prefix) ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
