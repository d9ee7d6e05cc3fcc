/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * No maps: one section per verdict. -DLONG_LICENCE: one of more than the 128
 * bytes that loaders of old had room for.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

__section(ELF_SECTION_PROG)
int xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

__section("drop")
int xdp_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

__section(ELF_SECTION_CLASSIFIER)
int cls_pass(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

__section("shot")
int cls_shot(struct __sk_buff *skb)
{
	return TC_ACT_SHOT;
}

#define SIXTEEN	"0123456789abcdef"
#define A_LOT	SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN

#ifdef LONG_LICENCE
BPF_LICENSE("all rights reserved " A_LOT A_LOT);
#else
BPF_LICENSE("GPL");
#endif
