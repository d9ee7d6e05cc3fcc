/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A classifier that matches, one that does not, and actions: all count in
 * slots of one pinned map.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

enum { MATCH, PIPE, SHOT, VERDICT };

struct bpf_elf_map seen __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 4,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&seen, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

__section(ELF_SECTION_CLASSIFIER)
int cls_match(struct __sk_buff *skb)
{
	count(MATCH);
	return -1;	/* yes, with the filter's class */
}

__section("never")
int cls_never(struct __sk_buff *skb)
{
	return 0;
}

__section("ok")
int cls_ok(struct __sk_buff *skb)
{
	count(VERDICT);
	return TC_ACT_OK;
}

__section(ELF_SECTION_ACTION)
int act_pipe(struct __sk_buff *skb)
{
	count(PIPE);
	return TC_ACT_PIPE;
}

__section("shot")
int act_shot(struct __sk_buff *skb)
{
	count(SHOT);
	return TC_ACT_SHOT;
}

BPF_LICENSE("GPL");
