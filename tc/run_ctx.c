/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "run_ctx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>

#include "addr.h"
#include "query.h"

enum kind {
	NUMBER,			/* as the host has it, of 1 to 8 bytes */
	NET16,			/* as the network has it */
	IP4,
	IP6,
	DEVICE,
	FAMILY,
};

struct run_field {
	const char *name;
	enum kind kind;
	uint32_t offset, size;
	bool out_only;		/* the kernel sets it */
	bool filled;		/* it does so where it was left 0 */
};

#define F(type, member, kind) \
	{ #member, kind, offsetof(struct type, member), \
	  sizeof(((struct type *)NULL)->member), false, false }
#define OUT(type, member, kind) \
	{ #member, kind, offsetof(struct type, member), \
	  sizeof(((struct type *)NULL)->member), true, false }
#define FILLED(type, member, kind) \
	{ #member, kind, offsetof(struct type, member), \
	  sizeof(((struct type *)NULL)->member), false, true }
#define CB(n) \
	{ "cb" #n, NUMBER, offsetof(struct __sk_buff, cb[n]), sizeof(__u32), false, false }

static const struct run_field skb_fields[] = {
	F(__sk_buff, mark, NUMBER),
	F(__sk_buff, priority, NUMBER),
	F(__sk_buff, ingress_ifindex, DEVICE),
	FILLED(__sk_buff, ifindex, DEVICE),
	CB(0), CB(1), CB(2), CB(3), CB(4),
	F(__sk_buff, tstamp, NUMBER),
	FILLED(__sk_buff, wire_len, NUMBER),
	FILLED(__sk_buff, gso_segs, NUMBER),
	F(__sk_buff, gso_size, NUMBER),
	F(__sk_buff, hwtstamp, NUMBER),
	OUT(__sk_buff, queue_mapping, NUMBER),
	OUT(__sk_buff, tc_index, NUMBER),
	OUT(__sk_buff, tc_classid, NUMBER),
	{ 0 }
};

static const struct run_field xdp_fields[] = {
	F(xdp_md, ingress_ifindex, DEVICE),
	F(xdp_md, rx_queue_index, NUMBER),
	FILLED(xdp_md, data_end, NUMBER),
	OUT(xdp_md, egress_ifindex, DEVICE),
	{ 0 }
};

static const struct run_field lookup_fields[] = {
	F(bpf_sk_lookup, family, FAMILY),
	F(bpf_sk_lookup, protocol, NUMBER),
	F(bpf_sk_lookup, remote_ip4, IP4),
	F(bpf_sk_lookup, remote_ip6, IP6),
	F(bpf_sk_lookup, remote_port, NET16),
	F(bpf_sk_lookup, local_ip4, IP4),
	F(bpf_sk_lookup, local_ip6, IP6),
	F(bpf_sk_lookup, local_port, NUMBER),
	F(bpf_sk_lookup, ingress_ifindex, DEVICE),
	OUT(bpf_sk_lookup, cookie, NUMBER),
	{ 0 }
};

static const struct run_field keys_fields[] = {
	F(bpf_flow_keys, flags, NUMBER),
	OUT(bpf_flow_keys, nhoff, NUMBER),
	OUT(bpf_flow_keys, thoff, NUMBER),
	OUT(bpf_flow_keys, addr_proto, NUMBER),
	OUT(bpf_flow_keys, is_frag, NUMBER),
	OUT(bpf_flow_keys, is_first_frag, NUMBER),
	OUT(bpf_flow_keys, is_encap, NUMBER),
	OUT(bpf_flow_keys, ip_proto, NUMBER),
	OUT(bpf_flow_keys, n_proto, NET16),
	OUT(bpf_flow_keys, sport, NET16),
	OUT(bpf_flow_keys, dport, NET16),
	OUT(bpf_flow_keys, ipv4_src, IP4),
	OUT(bpf_flow_keys, ipv4_dst, IP4),
	{ 0 }
};

static const struct run_ctx skb = {
	"struct __sk_buff", sizeof(struct __sk_buff), skb_fields,
};
static const struct run_ctx xdp = {
	"struct xdp_md", sizeof(struct xdp_md), xdp_fields,
};
static const struct run_ctx lookup = {
	"struct bpf_sk_lookup", sizeof(struct bpf_sk_lookup), lookup_fields,
};
static const struct run_ctx keys = {
	"struct bpf_flow_keys", sizeof(struct bpf_flow_keys), keys_fields,
};

const struct run_ctx *run_ctx_of(uint32_t prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_SYSCALL:
	case BPF_PROG_TYPE_STRUCT_OPS:
		return NULL;
	case BPF_PROG_TYPE_XDP:
		return &xdp;
	case BPF_PROG_TYPE_SK_LOOKUP:
		return &lookup;
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
		return &keys;
	default:
		return &skb;
	}
}

const struct run_ctx *run_ctx_flow_keys(void)
{
	return &keys;
}

/* ---- words in ---- */

static int what_field(const struct run_ctx *ctx, const char *word, size_t len)
{
	const struct run_field *f;

	fprintf(stderr, "Error: %s has no field \"%.*s\" that can be set\n", ctx->name,
		(int)len, word);
	fprintf(stderr, "Hint: it has");
	for (f = ctx->fields; f->name; f++)
		if (!f->out_only)
			fprintf(stderr, " %s", f->name);
	fprintf(stderr, "\n");
	return CLI_USAGE;
}

static const struct run_field *find(const struct run_ctx *ctx, const char *word,
				    size_t len)
{
	const struct run_field *f;

	for (f = ctx->fields; f->name; f++)
		if (!f->out_only && strlen(f->name) == len &&
		    strncmp(f->name, word, len) == 0)
			return f;
	return NULL;
}

static void put_number(const struct run_field *f, uint64_t number, char *bytes)
{
	uint8_t n8 = number;
	uint16_t n16 = f->kind == NET16 ? htons(number) : number;
	uint32_t n32 = number;
	const void *from = f->size == 1 ? (void *)&n8 : f->size == 2 ? (void *)&n16 :
			   f->size == 4 ? (void *)&n32 : (void *)&number;

	memcpy(bytes + f->offset, from, f->size);
}

static int set_number(const struct run_field *f, const char *value, char *bytes)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(value, &end, 0);
	if (end == value || *end || errno || value[0] == '-' ||
	    (f->size < 8 && number >> (8 * f->size)))
		return word_wrong(value, "invalid number");
	put_number(f, number, bytes);
	return 0;
}

static int set_addr(const struct run_field *f, const char *value, char *bytes)
{
	struct addr addr;

	if (!addr_read(value, f->kind == IP4 ? AF_INET : AF_INET6, &addr))
		return word_wrong(value, f->kind == IP4 ? "no address of IPv4" :
							  "no address of IPv6");
	memcpy(bytes + f->offset, addr.data, addr.len);
	return 0;
}

static int set_device(struct cli *cli, const struct run_field *f,
		      const char *value, char *bytes)
{
	uint32_t ifindex;
	int r = 0;

	if (!word_to_u32(value, 0, INT32_MAX, &ifindex))
		r = command_device(cli, value, &ifindex);
	if (r == 0)
		put_number(f, ifindex, bytes);
	return r;
}

int run_ctx_set(struct cli *cli, const struct run_ctx *ctx, const char *word,
		void *bytes)
{
	size_t len = strcspn(word, "=");
	const struct run_field *f = find(ctx, word, len);
	const char *value = word[len] ? word + len + 1 : "";

	if (!f)
		return what_field(ctx, word, len);
	switch (f->kind) {
	case IP4:
	case IP6:
		return set_addr(f, value, bytes);
	case DEVICE:
		return set_device(cli, f, value, bytes);
	case FAMILY:
		if (str_eq(value, "inet") || str_eq(value, "inet6")) {
			put_number(f, str_eq(value, "inet") ? AF_INET : AF_INET6, bytes);
			return 0;
		}
		break;
	case NUMBER:
	case NET16:
		break;
	}
	return set_number(f, value, bytes);
}

/* ---- fields out ---- */

static uint64_t get_number(const struct run_field *f, const char *bytes)
{
	uint64_t number = 0;
	uint16_t n16;
	uint32_t n32;

	if (f->size == 1)
		return (uint8_t)bytes[f->offset];
	if (f->size == 2) {
		memcpy(&n16, bytes + f->offset, 2);
		return f->kind == NET16 ? ntohs(n16) : n16;
	}
	if (f->size == 4) {
		memcpy(&n32, bytes + f->offset, 4);
		return n32;
	}
	memcpy(&number, bytes + f->offset, f->size);
	return number;
}

static void print_field(struct out *o, const struct run_field *f,
			const char *bytes)
{
	char text[INET6_ADDRSTRLEN] = "";

	out_text(o, " %s ", f->name);
	if (f->kind != IP4 && f->kind != IP6) {
		out_u64(o, f->name, "%llu", get_number(f, bytes));
		return;
	}
	inet_ntop(f->kind == IP4 ? AF_INET : AF_INET6, bytes + f->offset, text,
		  sizeof(text));
	out_str(o, f->name, "%s", text);
}

static bool is_news(const struct run_field *f, const char *old, const char *new)
{
	return memcmp(old + f->offset, new + f->offset, f->size) != 0 &&
	       !(f->filled && !get_number(f, old));
}

bool run_ctx_print(struct out *o, const struct run_ctx *ctx, const char *head,
		   const void *before, const void *now, uint32_t size)
{
	static const char zeros[RUN_CTX_MAX];
	const struct run_field *f;
	bool any = false;

	for (f = ctx->fields; f->name; f++) {
		if (f->offset + f->size > size || !is_news(f, before ?: zeros, now))
			continue;
		if (!any)
			out_text(o, "%s", head);
		any = true;
		print_field(o, f, now);
	}
	if (any)
		out_nl(o);
	return any;
}
