/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One map for each way of pinning, all used by the program. */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define MAP(name, where)						\
	struct bpf_elf_map name __section(ELF_SECTION_MAPS) = {	\
		.type		= BPF_MAP_TYPE_HASH,			\
		.size_key	= 4,					\
		.size_value	= 8,					\
		.max_elem	= 16,					\
		.pinning	= where,				\
	}

MAP(unpinned, PIN_NONE);
MAP(private, PIN_OBJECT_NS);
MAP(public_with_a_long_name, PIN_GLOBAL_NS);

static bpf_inline void touch(void *map)
{
	__u32 key = 0;
	__u64 *n = bpf_map_lookup_elem(map, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
}

__section(ELF_SECTION_CLASSIFIER)
int uses_three(struct __sk_buff *skb)
{
	touch(&unpinned);
	touch(&private);
	touch(&public_with_a_long_name);
	return TC_ACT_OK;
}

__section(ELF_SECTION_PROG)
int uses_one(struct xdp_md *ctx)
{
	touch(&public_with_a_long_name);
	return XDP_PASS;
}

#ifdef REFUSED
__section("refused")
int reads_nowhere(struct __sk_buff *skb)
{
	touch(&unpinned);
	return *(volatile char *)(long)skb->len;
}
#endif

BPF_LICENSE("GPL");
