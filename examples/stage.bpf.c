/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A new stage for tail.bpf.c, put into its running prog array: a packet ends
 * after its first round. No filter is touched, no packet is missed.
 *
 *	tc exec bpf graft m:globals/stages key 1 obj stage.o sec stage
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

__section("stage")
int stop(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
