/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A map that belongs to this very object file: it is pinned in a directory
 * named after the file's SHA-1. Loading the same file again finds the count
 * where it was; another build of it starts from zero.
 *
 *	tc filter add dev eth0 ingress bpf da obj private.o
 *	bpftool map dump pinned /sys/fs/bpf/tc/$(sha1sum <private.o | cut -c-40)/seen
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

struct bpf_elf_map seen __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
	.pinning	= PIN_OBJECT_NS,
};

__section(ELF_SECTION_CLASSIFIER)
int count_seen(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&seen, &zero);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
