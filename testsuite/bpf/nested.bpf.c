/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps of maps: `inner` goes into slot 2 of the array `outer` and, under the
 * key 2 of eight bytes, into the hash `wide`; `template` into none. The program
 * counts in what it finds there.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define OUTER(name, kind, key)						\
	struct bpf_elf_map name __section(ELF_SECTION_MAPS) = {	\
		.type		= kind,					\
		.size_key	= key,					\
		.size_value	= 4,					\
		.max_elem	= 4,					\
		.pinning	= PIN_GLOBAL_NS,			\
		.inner_id	= 7,					\
	}
#define INNER(name, slot, where)					\
	struct bpf_elf_map name __section(ELF_SECTION_MAPS) = {	\
		.type		= BPF_MAP_TYPE_ARRAY,			\
		.size_key	= 4,					\
		.size_value	= 8,					\
		.max_elem	= 1,					\
		.id		= 7,					\
		.inner_idx	= slot,					\
		.pinning	= where,				\
	}

#ifndef SLOT
#define SLOT	2
#endif

/* the outer maps first: they are made last nevertheless */
OUTER(outer, BPF_MAP_TYPE_ARRAY_OF_MAPS, 4);
OUTER(wide, BPF_MAP_TYPE_HASH_OF_MAPS, 8);
INNER(template, (__u32)-1, PIN_NONE);
INNER(inner, SLOT, PIN_GLOBAL_NS);

static bpf_inline void count(void *map, __u64 key)
{
	__u32 zero = 0;
	void *found = bpf_map_lookup_elem(map, &key);
	__u64 *n = found ? bpf_map_lookup_elem(found, &zero) : 0;

	if (n)
		__sync_fetch_and_add(n, 1);
}

__section(ELF_SECTION_CLASSIFIER)
int looks_deeper(struct __sk_buff *skb)
{
	count(&outer, 2);
	count(&wide, 2);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
