/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Accounting: two programs that share one map. The first command creates and
 * pins it, the second finds it there.
 *
 *	tc qdisc add dev eth0 clsact
 *	tc filter add dev eth0 ingress bpf da obj acct.o sec ingress
 *	tc filter add dev eth0 egress bpf da obj acct.o sec egress
 *	read_acct /sys/fs/bpf/tc/globals/acct
 */
#include <linux/pkt_cls.h>

#include "acct.h"
#include "bpf_api.h"

struct bpf_elf_map acct __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(struct acct),
	.max_elem	= ACCT_MAX,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline int count(struct __sk_buff *skb, __u32 direction)
{
	struct acct *a = bpf_map_lookup_elem(&acct, &direction);

	if (a) {
		__sync_fetch_and_add(&a->packets, 1);
		__sync_fetch_and_add(&a->bytes, skb->len);
	}
	return TC_ACT_OK;
}

__section("ingress")
int count_ingress(struct __sk_buff *skb)
{
	return count(skb, ACCT_INGRESS);
}

__section("egress")
int count_egress(struct __sk_buff *skb)
{
	return count(skb, ACCT_EGRESS);
}

BPF_LICENSE("GPL");
