/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "runrules.h"

#include <errno.h>

#include "prog.h"
#include "uapi.h"

#define PACKET	(RUN_DATA | RUN_DATA_OUT | RUN_CTX | RUN_CTX_OUT | RUN_REPEAT)
#define SKB_RUN	(PACKET | RUN_CHECKSUM)
#define MAX_ARGS 12		/* of a raw tracepoint, 64 bits each */

#define SKB(type, name) \
	{ type, name, SKB_RUN, sizeof(struct __sk_buff), 4096 }

static const struct runrule rules[] = {
	SKB(BPF_PROG_TYPE_SOCKET_FILTER, "socket_filter"),
	SKB(BPF_PROG_TYPE_SCHED_CLS, "sched_cls"),
	SKB(BPF_PROG_TYPE_SCHED_ACT, "sched_act"),
	SKB(BPF_PROG_TYPE_CGROUP_SKB, "cgroup_skb"),
	SKB(BPF_PROG_TYPE_LWT_IN, "lwt_in"),
	SKB(BPF_PROG_TYPE_LWT_OUT, "lwt_out"),
	SKB(BPF_PROG_TYPE_LWT_XMIT, "lwt_xmit"),
	SKB(BPF_PROG_TYPE_LWT_SEG6LOCAL, "lwt_seg6local"),
	{ BPF_PROG_TYPE_XDP, "xdp", PACKET | RUN_LIVE, sizeof(struct xdp_md), 4096 },
	{ BPF_PROG_TYPE_SK_LOOKUP, "sk_lookup",
	  RUN_CTX | RUN_CTX_NEEDED | RUN_CTX_OUT | RUN_REPEAT,
	  sizeof(struct bpf_sk_lookup), 4096 },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, "flow_dissector",
	  RUN_DATA | RUN_DATA_OUT | RUN_CTX | RUN_REPEAT,
	  sizeof(struct bpf_flow_keys), 4096 },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, "raw_tracepoint", RUN_CTX | RUN_CPU,
	  0, MAX_ARGS * sizeof(uint64_t) },
	{ BPF_PROG_TYPE_SYSCALL, "syscall", RUN_CTX | RUN_CTX_OUT, 0, UINT16_MAX },
	{ BPF_PROG_TYPE_STRUCT_OPS, "struct_ops", RUN_CTX | RUN_CTX_NEEDED | RUN_STATE,
	  0, MAX_ARGS * sizeof(uint64_t) },
};

const struct runrule *runrules_find(uint32_t prog_type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].prog_type == prog_type)
			return &rules[i];
	return NULL;
}

bool runrules_is_long(const struct runrule *rule, uint32_t size, uint32_t page)
{
	return rule->takes & RUN_CHECKSUM && size > page - RUN_ROOM_SKB;
}

/* what a run has must be among what the type takes */
static int check_given(const struct runrule *rule, const struct bpfelf_run *run,
		       struct err *err)
{
	const struct {
		bool given;
		uint32_t bit;
		const char *what;
	} all[] = {
		{ run->data_in || run->data_size_in, RUN_DATA | RUN_STATE, "a packet" },
		{ run->data_out || run->data_size_out, RUN_DATA_OUT | RUN_STATE, "packets out" },
		{ run->ctx_in || run->ctx_size_in, RUN_CTX, "a context" },
		{ run->ctx_out || run->ctx_size_out, RUN_CTX_OUT, "a context out" },
		{ run->repeat, RUN_REPEAT, "repeats" },
		{ run->cpu || run->flags & BPF_F_TEST_RUN_ON_CPU, RUN_CPU, "a CPU" },
		{ run->batch_size || run->flags & BPF_F_TEST_XDP_LIVE_FRAMES, RUN_LIVE,
		  "live frames" },
		{ run->flags & BPF_F_TEST_SKB_CHECKSUM_COMPLETE, RUN_CHECKSUM, "a checksum" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].given && !(rule->takes & all[i].bit))
			return err_set(err, -EINVAL, "a run of %s programs has no use for %s",
				       rule->name, all[i].what);
	return 0;
}

static int check_ctx(const struct runrule *rule, const struct bpfelf_run *run,
		     struct err *err)
{
	uint32_t size = run->ctx_size_in;

	if (!size && rule->takes & RUN_CTX_NEEDED)
		return err_set(err, -EINVAL, "a run of %s programs needs a context", rule->name);
	if (size > rule->ctx_max)
		return err_set(err, -EINVAL, "a context of %u bytes, %s programs take at most %u",
			       size, rule->name, rule->ctx_max);
	if (rule->prog_type == BPF_PROG_TYPE_STRUCT_OPS && size % sizeof(uint64_t))
		return err_set(err, -EINVAL, "a context of %u bytes, each argument has 8", size);
	if (size && rule->prog_type == BPF_PROG_TYPE_FLOW_DISSECTOR && size < rule->ctx_size)
		return err_set(err, -EINVAL, "a context of %u bytes, struct bpf_flow_keys has %u",
			       size, rule->ctx_size);
	return 0;
}

static int check_live(const struct bpfelf_run *run, struct err *err)
{
	if (!(run->flags & BPF_F_TEST_XDP_LIVE_FRAMES)) {
		if (run->batch_size)
			return err_set(err, -EINVAL, "only live frames go in batches");
		return 0;
	}
	if (run->data_out || run->data_size_out)
		return err_set(err, -EINVAL, "live frames go out: there are no packets to give back");
	if (run->ctx_out || run->ctx_size_out)
		return err_set(err, -EINVAL, "live frames go out: there is no context to give back");
	if (run->batch_size > RUN_MAX_BATCH)
		return err_set(err, -EINVAL, "a batch of %u, live frames go out at most %u at once",
			       run->batch_size, RUN_MAX_BATCH);
	return 0;
}

static int check_data(const struct runrule *rule, const struct bpfelf_run *run,
		      bool frags, uint32_t page, struct err *err)
{
	bool live = run->flags & BPF_F_TEST_XDP_LIVE_FRAMES;
	uint32_t most = page - (live ? RUN_ROOM_LIVE : RUN_ROOM);

	if (rule->takes & RUN_STATE && run->data_size_in &&
	    run->data_size_in < sizeof(int))
		return err_set(err, -EINVAL, "a state of %u bytes, it has %zu",
			       run->data_size_in, sizeof(int));
	if (!(rule->takes & RUN_DATA))
		return 0;
	if (!run->data_size_in)
		return err_set(err, -EINVAL, "a run of %s programs needs a packet", rule->name);
	if (run->data_size_in < RUN_MIN_DATA)
		return err_set(err, -EINVAL, "a packet of %u bytes, its Ethernet header has %u",
			       run->data_size_in, RUN_MIN_DATA);
	if (rule->prog_type != BPF_PROG_TYPE_XDP || run->data_size_in <= most ||
	    (frags && !live))
		return 0;
	err_set(err, -EINVAL, "a packet of %u bytes, %s at most %u",
		run->data_size_in, live ? "live frames have" : "one buffer holds", most);
	return live ? -EINVAL : err_hint(err, "a program in section xdp.frags takes more");
}

/* data_in is metadata and packet; data and data_end of the context are counted
 * from its start */
static int check_xdp(const struct bpfelf_run *run, struct err *err)
{
	uint32_t size = run->ctx_size_in;
	struct xdp_md md = { 0 };

	if (!run->ctx_in || !size)
		return 0;
	memcpy(&md, run->ctx_in, size < sizeof(md) ? size : sizeof(md));
	if (md.data_meta)
		return err_set(err, -EINVAL, "a data_meta of %u, metadata begins at 0", md.data_meta);
	if (md.data % 4 || md.data > RUN_MAX_META)
		return err_set(err, -EINVAL, "metadata of %u bytes, it has a multiple of 4, at most %u",
			       md.data, RUN_MAX_META);
	if (md.data_end < md.data || md.data_end > run->data_size_in)
		return err_set(err, -EINVAL, "a data_end of %u, the packet is from %u to %u",
			       md.data_end, md.data, run->data_size_in);
	if (run->data_size_in - md.data < RUN_MIN_DATA)
		return err_set(err, -EINVAL, "a packet of %u bytes behind its metadata, its Ethernet header has %u",
			       run->data_size_in - md.data, RUN_MIN_DATA);
	return 0;
}

static int check_flags(const struct bpfelf_run *run, struct err *err)
{
	uint32_t known = BPF_F_TEST_RUN_ON_CPU | BPF_F_TEST_XDP_LIVE_FRAMES |
			 BPF_F_TEST_SKB_CHECKSUM_COMPLETE;

	if (run->flags & ~known)
		return err_set(err, -EINVAL, "flags %#x are not known", run->flags & ~known);
	if (run->cpu && !(run->flags & BPF_F_TEST_RUN_ON_CPU))
		return err_set(err, -EINVAL, "a CPU without BPF_F_TEST_RUN_ON_CPU");
	return 0;
}

int runrules_check(uint32_t prog_type, const struct bpfelf_run *run, bool frags,
		   uint32_t page, struct err *err)
{
	const struct runrule *rule = runrules_find(prog_type);
	char name[PROG_TYPE_SIZE];
	int r;

	if (!rule)
		return err_set(err, -ENOTSUP, "programs of type %s cannot be run",
			       prog_type_name(prog_type, name));
	r = check_flags(run, err);
	r = r ?: check_given(rule, run, err);
	r = r ?: check_data(rule, run, frags, page, err);
	r = r ?: check_ctx(rule, run, err);
	if (r == 0 && prog_type == BPF_PROG_TYPE_XDP)
		r = check_xdp(run, err);
	return r ?: check_live(run, err);
}
