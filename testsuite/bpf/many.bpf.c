/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* 80 pinned maps, of which the program uses the last. */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define MAP(name)							\
	struct bpf_elf_map name __section(ELF_SECTION_MAPS) = {	\
		.type		= BPF_MAP_TYPE_ARRAY,			\
		.size_key	= 4,					\
		.size_value	= 8,					\
		.max_elem	= 1,					\
		.pinning	= PIN_GLOBAL_NS,			\
	}
#define TEN(n)								\
	MAP(m##n##0); MAP(m##n##1); MAP(m##n##2); MAP(m##n##3);		\
	MAP(m##n##4); MAP(m##n##5); MAP(m##n##6); MAP(m##n##7);		\
	MAP(m##n##8); MAP(m##n##9)

TEN(1); TEN(2); TEN(3); TEN(4); TEN(5); TEN(6); TEN(7); TEN(8);

__section(ELF_SECTION_CLASSIFIER)
int uses_last(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *n = bpf_map_lookup_elem(&m89, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
