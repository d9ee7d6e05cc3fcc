/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps of many types and with every attribute, all of them pinned. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define PIN		__uint(pinning, LIBBPF_PIN_BY_NAME)

enum color { RED, GREEN = 7 };

struct value {
	__u64 packets;
	struct {
		__u32 from:12, to:20;
		enum color color;
	} parts[2];
	union {
		__u8 mac[6];
		__be32 addr;
	};
};

typedef struct { __u32 prefix; __u8 addr[4]; } lpm_key;

#define SIMPLE(NAME, TYPE, KEY, VALUE, ENTRIES, FLAGS)			\
	struct {							\
		__uint(type, BPF_MAP_TYPE_##TYPE);			\
		__type(key, KEY);					\
		__type(value, VALUE);					\
		__uint(max_entries, ENTRIES);				\
		__uint(map_flags, FLAGS);				\
		PIN;							\
	} NAME SEC(".maps")

#define SIZED(NAME, TYPE, KEY, VALUE, ENTRIES)				\
	struct {							\
		__uint(type, BPF_MAP_TYPE_##TYPE);			\
		__uint(key_size, KEY);					\
		__uint(value_size, VALUE);				\
		__uint(max_entries, ENTRIES);				\
		PIN;							\
	} NAME SEC(".maps")

SIMPLE(hash, HASH, struct value, lpm_key, 10, BPF_F_NO_PREALLOC);
SIMPLE(array, ARRAY, __u32, struct value, 7, BPF_F_MMAPABLE);
SIMPLE(readable, ARRAY, __u32, __u64, 7, BPF_F_RDONLY_PROG);
SIMPLE(percpu_hash, PERCPU_HASH, enum color, struct value, 3, 0);
SIMPLE(percpu_array, PERCPU_ARRAY, int, unsigned char, 5, 0);
SIMPLE(lru, LRU_HASH, __u64, __u64, 100, BPF_F_NO_COMMON_LRU);
SIMPLE(lru_percpu, LRU_PERCPU_HASH, __u16, __u16, 100, 0);
SIMPLE(trie, LPM_TRIE, lpm_key, struct value, 8, BPF_F_NO_PREALLOC);
SIMPLE(a_name_that_is_too_long_for_it, HASH, char, char, 1, 0);
SIMPLE(storage, SK_STORAGE, int, struct value, 0, BPF_F_NO_PREALLOC);
SIMPLE(devices, DEVMAP, __u32, struct bpf_devmap_val, 4, 0);
SIMPLE(devices_by_hash, DEVMAP_HASH, __u32, __u32, 4, 0);
SIMPLE(cpus, CPUMAP, __u32, struct bpf_cpumap_val, 2, 0);
SIMPLE(sockets, SOCKHASH, __u64, __u64, 2, 0);
SIMPLE(events_typed, PERF_EVENT_ARRAY, __u32, __u32, 2, 0);
SIZED(sized, HASH, 12, 20, 6);
SIZED(events, PERF_EVENT_ARRAY, 4, 4, 0);
SIZED(jumps, PROG_ARRAY, 4, 4, 9);
SIZED(groups, CGROUP_ARRAY, 4, 4, 1);
SIZED(xsks, XSKMAP, 4, 4, 3);
SIZED(stacks, STACK_TRACE, 4, 80, 5);

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__type(value, struct value);
	__uint(max_entries, 11);
	PIN;
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
	PIN;
} ring SEC(".maps");

/* not what a ring buffer can be, but what fits into one */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 5000);
	PIN;
} odd_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_NUMA_NODE);
	__uint(numa_node, 0);
	PIN;
} near SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, lpm_key);
	__type(value, struct value);
	__uint(max_entries, 3);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u64);
	PIN;
	__array(values, struct inner);
} by_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(__u32));
	PIN;
	__array(values, struct inner);
} by_index SEC(".maps") = { .values = { [3] = &first, [1] = &second } };

SEC("tc") int one(struct __sk_buff *skb)
{
	__u32 i = 0;

	return bpf_map_lookup_elem(&array, &i) ? TC_ACT_OK : TC_ACT_SHOT;
}

SEC("tc") int other(struct __sk_buff *skb)
{
	__u32 i = 3;

	return bpf_map_lookup_elem(&by_index, &i) ? TC_ACT_OK : TC_ACT_SHOT;
}

char _license[] SEC("license") = "GPL";
