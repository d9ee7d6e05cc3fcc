/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel has in modules: conntrack makes an entry for a packet, and
 * finds it for the next; nat changes one; x_tables has a variable.
 */
#include <stddef.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include "bpf_api.h"

#define __ksym		__attribute__((section(".ksyms")))
#define __weak		__attribute__((weak))
#define CURRENT_NETNS	-1
#define TIMEOUT		60000	/* ms */

struct nf_conn {
	unsigned long status;
};

struct nf_conn___init {
	struct nf_conn ct;
};

struct bpf_ct_opts {
	int netns_id, error;
	__u8 l4proto, dir, reserved[2];
};

union nf_inet_addr {
	__u32 ip, ip6[4];
};

enum nf_nat_manip_type { NF_NAT_MANIP_SRC, NF_NAT_MANIP_DST };

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

extern struct nf_conn *bpf_xdp_ct_lookup(struct xdp_md *ctx, struct bpf_sock_tuple *tuple,
					 __u32 tuple__sz, struct bpf_ct_opts *opts,
					 __u32 opts__sz) __ksym;
extern struct nf_conn *bpf_skb_ct_lookup___other_name(struct __sk_buff *ctx, struct bpf_sock_tuple *tuple,
						 __u32 tuple__sz, struct bpf_ct_opts *opts,
						 __u32 opts__sz) __ksym __weak;
extern struct nf_conn___init *bpf_xdp_ct_alloc(struct xdp_md *ctx, struct bpf_sock_tuple *tuple,
					       __u32 tuple__sz, struct bpf_ct_opts *opts,
					       __u32 opts__sz) __ksym;
extern void bpf_ct_set_timeout(struct nf_conn___init *ct, __u32 timeout) __ksym;
extern struct nf_conn *bpf_ct_insert_entry(struct nf_conn___init *ct) __ksym;
extern void bpf_ct_release(struct nf_conn *ct) __ksym;
extern int bpf_ct_set_nat_info(struct nf_conn___init *ct, union nf_inet_addr *addr, int port,
			       enum nf_nat_manip_type manip) __ksym;
extern const seqcount_t xt_recseq __ksym;

static void *(*this_cpu_ptr)(const void *) = (void *)BPF_FUNC_this_cpu_ptr;

enum { MADE, FOUND, FAILED };

#ifndef WITHOUT_MAPS	/* which bpftool does not take */
struct bpf_elf_map packets __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 3,
	.pinning	= PIN_GLOBAL_NS,
};

struct bpf_elf_map jumps __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_PROG_ARRAY,
	.id		= 1,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u32),
	.max_elem	= 2,
	.pinning	= PIN_GLOBAL_NS,
};

static bpf_inline void count(__u32 key)
{
	__u64 *n = bpf_map_lookup_elem(&packets, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
}

#else
#define count(key)
#endif

/* of a UDP packet without options; false: it is another */
static bpf_inline int read_tuple(void *data, void *end, struct bpf_sock_tuple *tuple)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) ||
	    ip->protocol != 17 || ip->ihl != 5)
		return 0;
	tuple->ipv4.saddr = ip->saddr;
	tuple->ipv4.daddr = ip->daddr;
	tuple->ipv4.sport = udp->source;
	tuple->ipv4.dport = udp->dest;
	return 1;
}

#define OPTS	{ .netns_id = CURRENT_NETNS, .l4proto = 17 }
#define XDP_DATA(ctx)	(void *)(long)(ctx)->data, (void *)(long)(ctx)->data_end

static bpf_inline int find(struct xdp_md *ctx, struct bpf_sock_tuple *tuple)
{
	struct bpf_ct_opts opts = OPTS;
	struct nf_conn *ct;

	ct = bpf_xdp_ct_lookup(ctx, tuple, sizeof(tuple->ipv4), &opts, sizeof(opts));
	if (!ct)
		return 0;
	bpf_ct_release(ct);
	count(FOUND);
	return 1;
}

static bpf_inline void make(struct xdp_md *ctx, struct bpf_sock_tuple *tuple, int with_nat)
{
	union nf_inet_addr addr = { .ip = tuple->ipv4.daddr };
	struct bpf_ct_opts opts = OPTS;
	struct nf_conn___init *init;
	struct nf_conn *ct;

	init = bpf_xdp_ct_alloc(ctx, tuple, sizeof(tuple->ipv4), &opts, sizeof(opts));
	if (!init) {
		count(FAILED);
		return;
	}
	bpf_ct_set_timeout(init, TIMEOUT);
	if (with_nat)
		bpf_ct_set_nat_info(init, &addr, 9, NF_NAT_MANIP_DST);
	ct = bpf_ct_insert_entry(init);
	if (!ct) {
		count(FAILED);
		return;
	}
	bpf_ct_release(ct);
	count(MADE);
}

__section("xdp") int track(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = { };

	if (!read_tuple(XDP_DATA(ctx), &tuple))
		return XDP_PASS;
	if (!find(ctx, &tuple))
		make(ctx, &tuple, 0);
	return XDP_DROP;
}

/* functions of two modules in one program */
__section("xdp") int track_nat(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = { };

	if (!read_tuple(XDP_DATA(ctx), &tuple))
		return XDP_PASS;
	if (!find(ctx, &tuple))
		make(ctx, &tuple, 1);
	return XDP_DROP;
}

#ifndef WITHOUT_MAPS
/* programs that are verified side by side */
__section("jump") int jump_on(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &jumps, 1);
	return XDP_ABORTED;
}

__section("1/0") int first(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = { };

	return read_tuple(XDP_DATA(ctx), &tuple) && find(ctx, &tuple) ? XDP_PASS : XDP_DROP;
}

__section("1/1") int second(struct xdp_md *ctx)
{
	if (this_cpu_ptr(&xt_recseq))
		bpf_tail_call(ctx, &jumps, 0);
	return XDP_TX;
}
#else
__section("xdp") int variable(struct xdp_md *ctx)
{
	return this_cpu_ptr(&xt_recseq) ? XDP_TX : XDP_PASS;
}
#endif

#ifdef FILTER
/* the verdict: 7 for an entry. bpftool of libbpf 1.1 knows no second names. */
__section("tc") int lookup(struct __sk_buff *skb)
{
	struct bpf_sock_tuple tuple = { };
	struct bpf_ct_opts opts = OPTS;
	struct nf_conn *ct;

	if (!read_tuple(XDP_DATA(skb), &tuple))
		return TC_ACT_SHOT;
	ct = bpf_skb_ct_lookup___other_name(skb, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	if (!ct)
		return TC_ACT_OK;
	bpf_ct_release(ct);
	return 7;
}
#endif

#ifdef WEAK
extern void bpf_ct_not_there(void) __ksym __weak;

__section("weak") int weak_function(struct xdp_md *ctx)
{
	if (bpf_ct_not_there)
		bpf_ct_not_there();
	return XDP_PASS;
}
#endif

#ifdef REFUSED
extern void bpf_ct_not_there(void) __ksym;
extern void bpf_ct_change_status(int status) __ksym;

__section("missing") int no_function(struct xdp_md *ctx)
{
	bpf_ct_not_there();
	return XDP_PASS;
}

__section("prototype") int other_prototype(struct xdp_md *ctx)
{
	bpf_ct_change_status(1);
	return XDP_PASS;
}
#endif

BPF_LICENSE("GPL");
