/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps for an agent: two have one id, one is pinned; the first counts. */
#include "bpf_api.h"

#define MAP(map_name, map_id, map_pinning)				\
struct bpf_elf_map map_name __section(ELF_SECTION_MAPS) = {		\
	.type		= BPF_MAP_TYPE_ARRAY,				\
	.size_key	= sizeof(__u32),				\
	.size_value	= sizeof(__u64),				\
	.max_elem	= 2,						\
	.id		= (map_id),					\
	.pinning	= (map_pinning),				\
}

MAP(seen, 1, PIN_NONE);
MAP(shared, 20, PIN_GLOBAL_NS);
MAP(twice, 20, PIN_NONE);

__section("classifier")
int count(struct __sk_buff *skb)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&seen, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return -1;
}

BPF_LICENSE("GPL");
