/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps defined by their types, one for each attribute and most types; `packets`
 * is used. -DPIN and others change what a test wants to see refused.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#ifndef PIN
#define PIN	LIBBPF_PIN_BY_NAME
#endif
#ifndef MORE
#define MORE
#endif
#ifndef LOCAL	/* libbpf knows no static maps */
#define LOCAL	static
#endif

#define MAPS	__section(".maps")
#define MAP(name, kind, ...)						\
	struct {							\
		__uint(type, BPF_MAP_TYPE_ ## kind);			\
		__uint(pinning, PIN);					\
		__VA_ARGS__						\
	} name MAPS

enum color { RED, GREEN = 5 };

struct flow {
	__u32 from;
	__u16 port;
	char name[6];
};

typedef const struct flow flow_t;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct { __u64 seen; enum color color; });
	__uint(max_entries, 2);
	__uint(pinning, PIN);
	MORE
} packets MAPS;

MAP(hash, HASH, __type(key, flow_t); __type(value, struct flow[3]);
    __uint(max_entries, 9); __uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE);
    __uint(numa_node, 0););
MAP(sizes, LRU_HASH, __uint(key_size, 6); __uint(value_size, 10); __uint(max_entries, 33););
MAP(half, HASH, __type(key, __u32); __uint(value_size, 10); __uint(max_entries, 3););
MAP(bloom, BLOOM_FILTER, __type(value, __u32); __uint(max_entries, 10);
    __uint(map_extra, 3););
MAP(trie, LPM_TRIE, __type(key, struct { __u32 len; __u32 addr; }); __type(value, __u8);
    __uint(max_entries, 7); __uint(map_flags, BPF_F_NO_PREALLOC););
MAP(storage, SK_STORAGE, __type(key, int); __type(value, struct flow);
    __uint(map_flags, BPF_F_NO_PREALLOC););
MAP(ring, RINGBUF, __uint(max_entries, 5000););
MAP(events, PERF_EVENT_ARRAY, __uint(key_size, 4); __uint(value_size, 4););
MAP(queue, QUEUE, __type(value, __u32); __uint(max_entries, 3););
MAP(stacks, STACK_TRACE, __type(key, __u32); __uint(value_size, 64); __uint(max_entries, 3););
MAP(devs, DEVMAP_HASH, __type(key, __u32); __type(value, __u32); __uint(max_entries, 3););
MAP(cpus, CPUMAP, __type(key, __u32); __type(value, __u32); __uint(max_entries, 2););
MAP(socks, SOCKMAP, __type(key, __u32); __type(value, __u32); __uint(max_entries, 2););
MAP(progs, PROG_ARRAY, __type(key, __u32); __type(value, __u32); __uint(max_entries, 2););
LOCAL MAP(hidden, PERCPU_ARRAY, __type(key, __u32); __type(value, __u64);
    __uint(max_entries, 4););

__section("tc")
int counts(struct __sk_buff *skb)
{
	__u32 key = 1;
	struct { __u64 seen; enum color color; } *v = bpf_map_lookup_elem(&packets, &key);

	if (v) {
		__sync_fetch_and_add(&v->seen, 1);
		v->color = GREEN;
	}
	bpf_map_lookup_elem(&hidden, &key);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
