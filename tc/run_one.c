/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One run: what goes in, as the kernel wants it, and what comes out. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>

#include "run.h"
#include "uapi.h"

#define DATA_OUT (64u << 10)	/* room beyond what goes in */

/* ---- in ---- */

/* Of an XDP context the kernel wants to know where what lies. */
static void complete_xdp(const struct run *run, uint32_t ifindex,
			 struct run_input *input)
{
	struct xdp_md md = { 0 };

	if (input->ctx.len > sizeof(md))
		return;
	if (input->ctx.len)
		memcpy(&md, input->ctx.data, input->ctx.len);
	md.data = md.data ?: run->meta.len;
	md.data_end = md.data_end ?: input->data.len;
	md.ingress_ifindex = ifindex ?: md.ingress_ifindex;
	input->ctx.len = 0;
	buf_add(&input->ctx, &md, sizeof(md));
}

int run_input_make(const struct run *run, size_t i, uint32_t ifindex,
		   struct run_input *input)
{
	const uint8_t *packet;
	uint32_t len;

	*input = (struct run_input){ 0 };
	if (run->in.cnt) {
		packet = run_packets_get(&run->in, i, &len);
		buf_add(&input->data, run->meta.data, run->meta.len);
		buf_add(&input->data, packet, len);
	}
	buf_add(&input->ctx, run->ctx.data, run->ctx.len);
	if (run->prog_type == BPF_PROG_TYPE_XDP)
		complete_xdp(run, ifindex, input);
	return buf_failed(&input->data) || buf_failed(&input->ctx) ? -ENOMEM : 0;
}

void run_input_free(struct run_input *input)
{
	buf_free(&input->data);
	buf_free(&input->ctx);
}

static bool is_skb(uint32_t prog_type)
{
	return run_ctx_of(prog_type) == run_ctx_of(BPF_PROG_TYPE_SCHED_CLS);
}

static bool gives_ctx(const struct run *run, const struct run_input *input)
{
	switch (run->prog_type) {
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_STRUCT_OPS:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
		return false;
	default:
		/* without one in, others give none back */
		return input->ctx.len || is_skb(run->prog_type);
	}
}

static void set_ctx(const struct run *run, const struct run_input *input,
		    struct run_result *result)
{
	if (input->ctx.len) {
		result->run.ctx_in = input->ctx.data;
		result->run.ctx_size_in = input->ctx.len;
	}
	if (!gives_ctx(run, input))
		return;
	result->run.ctx_out = result->ctx;
	result->run.ctx_size_out = sizeof(result->ctx);
}

/* Only raw tracepoints take one, see go_to_cpu() for all others. */
static void set_flags(const struct run *run, struct bpfelf_run *r)
{
	if (run->words->checksum)
		r->flags |= BPF_F_TEST_SKB_CHECKSUM_COMPLETE;
	if (!run->words->has_cpu || run->prog_type != BPF_PROG_TYPE_RAW_TRACEPOINT)
		return;
	r->flags |= BPF_F_TEST_RUN_ON_CPU;
	r->cpu = run->words->cpu;
}

/* ---- out ---- */

/* The kernel gives zeros in place of the Ethernet header where a program does
 * not see one: what it did not touch is as it was. */
static void restore_header(const struct run *run, const struct run_input *input,
			   struct run_result *result)
{
	static const uint8_t zeros[ETH_HLEN];

	if (is_skb(run->prog_type) && result->run.data_size_out >= ETH_HLEN &&
	    memcmp(result->data, zeros, ETH_HLEN) == 0)
		memcpy(result->data, input->data.data, ETH_HLEN);
}

/* What an XDP program has put before the packet is no part of it. */
static void part_from_meta(const struct run *run, struct run_result *result)
{
	struct bpfelf_run *r = &result->run;
	struct xdp_md md;

	if (run->prog_type != BPF_PROG_TYPE_XDP || r->ctx_size_out < sizeof(md))
		return;
	memcpy(&md, result->ctx, sizeof(md));
	if (md.data > r->data_size_out || md.data > sizeof(result->meta))
		return;
	result->meta_len = md.data;
	memcpy(result->meta, result->data, md.data);
	r->data_size_out -= md.data;
	memmove(result->data, result->data + md.data, r->data_size_out);
}

static int run_input(const struct run *run, const struct run_input *input,
		     struct run_result *result)
{
	struct bpfelf_run *r = &result->run;
	int ret;

	*r = (struct bpfelf_run){ .sz = sizeof(*r), .repeat = run->words->repeat };
	if (run->in.cnt) {
		r->data_in = input->data.data;
		r->data_size_in = input->data.len;
		r->data_size_out = input->data.len + DATA_OUT;
		r->data_out = result->data = malloc(r->data_size_out);
		if (!result->data)
			return -ENOMEM;
	}
	set_ctx(run, input, result);
	set_flags(run, r);
	ret = bpfelf_prog_run(run->txn, r);
	if (ret == 0 && run->in.cnt) {
		restore_header(run, input, result);
		part_from_meta(run, result);
	}
	return ret;
}

int run_once(const struct run *run, size_t i, struct run_result *result)
{
	struct run_input input;
	int r = run_input_make(run, i, 0, &input);

	r = r ?: run_input(run, &input, result);
	run_input_free(&input);
	return r;
}

void run_result_free(struct run_result *result)
{
	free(result->data);
	result->data = NULL;
}
