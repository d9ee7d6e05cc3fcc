/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A map as older headers declared it: the first WORDS fields alone. */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

__u32 old[WORDS] __section(ELF_SECTION_MAPS) = {
	BPF_MAP_TYPE_ARRAY, 4, 8, 3,
#if WORDS > 6
	0, 0, PIN_GLOBAL_NS,
#endif
};

__section(ELF_SECTION_CLASSIFIER)
int uses_old(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *n = bpf_map_lookup_elem(&old, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
