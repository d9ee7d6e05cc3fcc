/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps of maps with several inner maps, INNERS of them (1 to 3), in the slots
 * 0, 2 and 3. The macros change an inner map, or how outer and inner find
 * each other.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#ifndef INNERS
#define INNERS		3
#endif
#ifndef INNER_ID
#define INNER_ID	7
#endif
#ifndef FIRST_KIND
#define FIRST_KIND	BPF_MAP_TYPE_ARRAY
#define FIRST_VALUE	8
#endif
#ifndef KIND
#define KIND		BPF_MAP_TYPE_ARRAY
#endif
#ifndef VALUE
#define VALUE		8
#endif
#ifndef ENTRIES
#define ENTRIES		1
#endif
#ifndef FLAGS
#define FLAGS		0
#endif
#ifndef WHERE
#define WHERE		PIN_GLOBAL_NS
#endif

#define INNER(name, kind, value, entries, bits, slot, where)		\
	struct bpf_elf_map name __section(ELF_SECTION_MAPS) = {	\
		.type		= kind,					\
		.size_key	= 4,					\
		.size_value	= value,				\
		.max_elem	= entries,				\
		.flags		= bits,					\
		.id		= 7,					\
		.inner_idx	= slot,					\
		.pinning	= where,				\
	}

INNER(first, FIRST_KIND, FIRST_VALUE, 1, 0, 0, PIN_GLOBAL_NS);
#if INNERS > 1
INNER(second, KIND, VALUE, ENTRIES, FLAGS, 2, WHERE);
#endif
#if INNERS > 2
INNER(third, BPF_MAP_TYPE_ARRAY, 8, 1, 0, 3, PIN_GLOBAL_NS);
#endif

struct bpf_elf_map outer __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY_OF_MAPS,
	.size_key	= 4,
	.size_value	= 36,	/* whatever it says, a slot has 4 bytes */
	.max_elem	= 4,
	.pinning	= PIN_GLOBAL_NS,
	.inner_id	= INNER_ID,
};

__section(ELF_SECTION_CLASSIFIER)
int counts_in_each(struct __sk_buff *skb)
{
	__u32 slot, zero = 0;
	__u64 *n;
	void *map;

#pragma unroll
	for (slot = 0; slot < 4; slot++) {
		__u32 key = slot;

		map = bpf_map_lookup_elem(&outer, &key);
		n = map ? bpf_map_lookup_elem(map, &zero) : 0;
		if (n)
			__sync_fetch_and_add(n, 1);
	}
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
