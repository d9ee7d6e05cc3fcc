/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Variables, constants and strings, in sections of their own, too. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define SEC(name)	__attribute__((section(name), used))

static long (*trace)(const char *fmt, __u32 size, ...) = (void *)BPF_FUNC_trace_printk;

const volatile __u32 limit = 1400;
const volatile struct {
	__u16 ports[3];
	char name[6];
} settings = { { 53, 80, 443 }, "peers" };
__u64 seen = 5;
__u32 by_port[4];
static volatile __u32 step = 3;
int mine SEC(".data.mine") = -1;
static volatile int own SEC(".data.own") = 4;
const volatile __u32 table[3] SEC(".rodata.table") = { 1, 2, 3 };
/* nobody refers to it, but bpftool */
const char bpf_metadata_purpose[] SEC(".rodata.metadata") = "peers";

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

SEC("tc") int strings(struct __sk_buff *skb)
{
	trace("mark %u of %u\n", 15, skb->mark, own);
	return table[1] == 2 ? TC_ACT_OK : TC_ACT_SHOT;
}

/* has but what belongs to all */
SEC("tc") int none(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
