/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Valid, but the verifier has much to say: it walks through every round of
 * the loop, more than 16 MiB of log at level 2 (20 on Linux 6.1, which says
 * least). -DREFUSED: and all for nothing.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define ROUNDS	8000

__section(ELF_SECTION_CLASSIFIER)
int talkative(struct __sk_buff *skb)
{
	__u64 i = 0, mark = skb->mark;

	for (i = 0; i < ROUNDS; i++)
		asm volatile("%0 += %1\n%0 ^= %1" : "+r"(mark) : "r"(i));
#ifdef REFUSED
	return *(volatile char *)(long)mark;
#else
	skb->mark = mark;
	return TC_ACT_OK;
#endif
}

BPF_LICENSE("GPL");
