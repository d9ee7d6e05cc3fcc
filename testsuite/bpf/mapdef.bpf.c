/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Section `maps` as the kernel's samples have it: five words, or with -DWORDS=6
 * and 7 inner_map_idx and numa_node, too. -DNAME= and -DSIXTH= call them other.
 * -DGOBPF: as gobpf has it, with a section for each map; -DPIN= its pinning.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#ifndef WORDS
#define WORDS	5
#endif
#ifndef NAME
#define NAME	bpf_map_def
#endif
#ifndef SIXTH
#define SIXTH	inner_map_idx
#endif

struct NAME {
	unsigned int type;
	unsigned int key_size;
	unsigned int value_size;
	unsigned int max_entries;
	unsigned int map_flags;
#if WORDS > 5
	unsigned int SIXTH;
#endif
#if WORDS > 6
	unsigned int numa_node;
#endif
#ifdef GOBPF
	unsigned int pinning;
	char namespace[256];
#endif
};

#ifdef GOBPF
#define MAPS(name)	__section("maps/" #name)
#else
#define MAPS(name)	__section("maps")
#endif

struct NAME first MAPS(first) = {
	.type = BPF_MAP_TYPE_HASH, .key_size = 8, .value_size = 8, .max_entries = 3,
};
struct NAME packets MAPS(packets) = {
	.type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 2,
#ifdef PIN
	.pinning = PIN, .namespace = "weave",
#endif
};
#if WORDS > 5
#ifndef NO_OUTER
struct NAME outer MAPS(outer) = {
	.type = BPF_MAP_TYPE_ARRAY_OF_MAPS, .key_size = 4, .value_size = 4, .max_entries = 2,
	.SIXTH = 1,
};
#endif
#endif
#ifdef NODE
struct NAME there MAPS(there) = {
	.type = BPF_MAP_TYPE_HASH, .key_size = 8, .value_size = 8, .max_entries = 3,
	.map_flags = BPF_F_NUMA_NODE, .numa_node = NODE,
};
#endif

__section("classifier") int counts(struct __sk_buff *skb)
{
	__u32 key = 1;
	__u64 wide = 1, *n = bpf_map_lookup_elem(&packets, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
	bpf_map_lookup_elem(&first, &wide);
#if WORDS > 5 && !defined(NO_OUTER)
	bpf_map_lookup_elem(&outer, &key);
#endif
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
