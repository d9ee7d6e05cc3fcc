/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program of each type that BPF_PROG_RUN runs, each with a result that
 * depends on what it is given.
 */
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define HELPER(type, name, ...)						\
	static type (*name)(__VA_ARGS__) __attribute__((unused)) =	\
		(void *)BPF_FUNC_ ## name

HELPER(long, skb_load_bytes, const void *skb, __u32 offset, void *to, __u32 len);
HELPER(long, skb_store_bytes, void *skb, __u32 offset, const void *from,
       __u32 len, __u64 flags);
HELPER(long, xdp_adjust_meta, struct xdp_md *ctx, int delta);
HELPER(long, redirect, __u32 ifindex, __u64 flags);
HELPER(__u32, get_smp_processor_id, void);

struct bpf_elf_map seen __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 2,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline void count(__u32 key)
{
	__u64 *n = bpf_map_lookup_elem(&seen, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
}

/* the last byte of an IPv4 destination, as every type of packet sees it */
static bpf_inline __u8 last_byte(struct __sk_buff *skb, __u32 network)
{
	__u8 byte = 0;

	skb_load_bytes(skb, network + 19, &byte, 1);
	return byte;
}

__section("socket")
int run_socket(struct __sk_buff *skb)
{
	return last_byte(skb, 0);
}

__section("tc")
int run_tc(struct __sk_buff *skb)
{
	__u8 ttl = 9;

	count(0);
	skb->priority = skb->mark + 1;
	skb_store_bytes(skb, ETH_HLEN + 8, &ttl, 1, 0);
	return last_byte(skb, ETH_HLEN) == 7 ? TC_ACT_SHOT : TC_ACT_OK;
}

/* changes the packet, and what the skb tells of its checksum where mark is 1 */
__section("tc/sum")
int run_tc_sum(struct __sk_buff *skb)
{
	__u8 ttl = 9;

	skb_store_bytes(skb, ETH_HLEN + 8, &ttl, 1,
			skb->mark == 1 ? BPF_F_RECOMPUTE_CSUM : 0);
	return TC_ACT_OK;
}

__section("action")
int run_action(struct __sk_buff *skb)
{
	return last_byte(skb, ETH_HLEN) == 7 ? TC_ACT_STOLEN : TC_ACT_PIPE;
}

static bpf_inline int xdp_verdict(struct xdp_md *ctx, __u32 off)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + off + 1 > end)
		return XDP_ABORTED;
	return data[off] == 7 ? XDP_DROP : XDP_PASS;
}

__section("xdp")
int run_xdp(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	count(1);
	if (data + ETH_HLEN > end)
		return XDP_ABORTED;
	data[0] ^= ctx->rx_queue_index + 1;
	return xdp_verdict(ctx, ETH_HLEN + 19);
}

/* metadata of 4 bytes: a verdict, and is counted up; makes some if there is none */
__section("xdp/meta")
int run_xdp_meta(struct xdp_md *ctx)
{
	__u32 *meta = (void *)(long)ctx->data_meta, verdict;

	if ((void *)(meta + 1) > (void *)(long)ctx->data) {
		if (xdp_adjust_meta(ctx, -(int)sizeof(*meta)))
			return XDP_ABORTED;
		meta = (void *)(long)ctx->data_meta;
		if ((void *)(meta + 1) > (void *)(long)ctx->data)
			return XDP_ABORTED;
		*meta = XDP_PASS;
	}
	verdict = (*meta)++;
	return verdict;
}

__section("xdp.frags")
int run_xdp_frags(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data > 3000 ? XDP_DROP : XDP_PASS;
}

__section("xdp/tx")
int run_xdp_tx(struct xdp_md *ctx)
{
	return XDP_TX;
}

__section("xdp/pass")
int run_xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

__section("xdp/drop")
int run_xdp_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

__section("xdp/count")
int run_xdp_count(struct xdp_md *ctx)
{
	count(1);
	return XDP_DROP;
}

__section("xdp/redirect")
int run_xdp_redirect(struct xdp_md *ctx)
{
	return redirect(ctx->ingress_ifindex, 0);
}

__section("sk_lookup")
int run_sk_lookup(struct bpf_sk_lookup *ctx)
{
	return ctx->local_port == 7 ? 0 : 1;
}

__section("cgroup_skb/ingress")
int run_cgroup_ingress(struct __sk_buff *skb)
{
	return last_byte(skb, 0) != 7;
}

__section("cgroup_skb/egress")
int run_cgroup_egress(struct __sk_buff *skb)
{
	return last_byte(skb, 0) != 7;
}

#define LWT(name)							\
__section(#name)							\
int run_ ## name(struct __sk_buff *skb)					\
{									\
	return last_byte(skb, 0) == 7 ? BPF_DROP : BPF_OK;		\
}

LWT(lwt_in)
LWT(lwt_out)
LWT(lwt_xmit)
LWT(lwt_seg6local)

__section("flow_dissector")
int run_flow_dissector(struct __sk_buff *skb)
{
	struct bpf_flow_keys *keys = (void *)(long)skb->flow_keys;
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (data + ETH_HLEN + 20 > end)
		return BPF_DROP;
	keys->ip_proto = data[ETH_HLEN + 9];
	return keys->ip_proto == 6 ? BPF_DROP : BPF_OK;
}

__section("raw_tp/run")
int run_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
	return ctx->args[0] + 2 * ctx->args[1];
}

__section("raw_tp/cpu")
int run_raw_cpu(struct bpf_raw_tracepoint_args *ctx)
{
	return get_smp_processor_id();
}

__section("syscall")
int run_syscall(__u32 *args)
{
	args[1] = 2 * args[0];
	return args[0] + 1;
}

__section("struct_ops/test_2")
int run_test_2(unsigned long long *args)
{
	return args[1] + args[4];
}

BPF_LICENSE("GPL");
