/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that stand in a prog array from the start; one that is optional. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define NOINLINE	__attribute__((noinline))

int second(struct __sk_buff *skb);
int third(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 8);
	__uint(key_size, sizeof(__u32));
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, int (void *));
} jumps SEC(".maps") = {
	.values = { [5] = (void *)&second, [2] = (void *)&third },
};

static NOINLINE int next(struct __sk_buff *skb, __u32 to)
{
	bpf_tail_call(skb, &jumps, to);
	return TC_ACT_SHOT;
}

SEC("tc") int entry(struct __sk_buff *skb)
{
	return next(skb, 5);
}

SEC("tc") int second(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &jumps, 2);
	return TC_ACT_SHOT;
}

SEC("tc") int third(struct __sk_buff *skb)
{
	return skb->len > 1000 ? TC_ACT_SHOT : TC_ACT_OK;
}

#ifdef OPTIONAL
SEC("?tc") int optional(struct __sk_buff *skb)
{
	return *(volatile int *)0;	/* nobody verifies it */
}
#endif

char _license[] SEC("license") = "GPL";
