/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Variables, constants and strings. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define SEC(name)	__attribute__((section(name), used))

const volatile __u32 limit = 1400;
const volatile struct {
	__u16 ports[3];
	char name[6];
} settings = { { 53, 80, 443 }, "peers" };
__u64 seen = 5;
__u32 by_port[4];
static volatile __u32 step = 3;
int mine SEC(".data.mine") = -1;

SEC("tc") int data(struct __sk_buff *skb)
{
	__u32 i = skb->mark & 3;

	seen += step;
	if (i < 3 && settings.ports[i] == skb->queue_mapping)
		by_port[i]++;
	mine = skb->len;
	return skb->len > limit ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("xdp") int drop(struct xdp_md *ctx)
{
	return limit ? XDP_PASS : XDP_DROP;	/* which the verifier knows */
}

char _license[] SEC("license") = "GPL";
