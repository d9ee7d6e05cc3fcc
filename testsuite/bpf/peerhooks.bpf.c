/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* XDP and both sides of tc in one object, with a map that they share. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"
#include "btf_api.h"

#define SEC(name)	__attribute__((section(name), used))

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} packets SEC(".maps");

static __always_inline void count(__u32 key)
{
	__u64 *n = bpf_map_lookup_elem(&packets, &key);

	if (n)
		*n += 1;
}

SEC("xdp") int on_device(struct xdp_md *ctx)
{
	count(0);
	return (char *)(long)ctx->data + 14 > (char *)(long)ctx->data_end ? XDP_DROP : XDP_PASS;
}

SEC("tc") int inwards(struct __sk_buff *skb)
{
	count(1);
	return TC_ACT_UNSPEC;
}

SEC("tc") int outwards(struct __sk_buff *skb)
{
	count(2);
	return skb->len > 1500 ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
