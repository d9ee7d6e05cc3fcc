/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "runrules.h"

#include <errno.h>

#include "fake_kern.h"
#include "rigged.h"
#include "sectype.h"
#include "uapi.h"

#define PAGE 4096

static char data[8192], out[8192];

#define PKT(n)	.data_in = data, .data_size_in = (n)
#define CTX(n)	.ctx_in = data, .ctx_size_in = (n)
#define OUT	.data_out = out, .data_size_out = sizeof(out)
#define LIVE	.flags = BPF_F_TEST_XDP_LIVE_FRAMES
#define SUM	.flags = BPF_F_TEST_SKB_CHECKSUM_COMPLETE
#define MD(...)	.ctx_in = &(struct xdp_md){ __VA_ARGS__ }, .ctx_size_in = sizeof(struct xdp_md)
#define T(x)	BPF_PROG_TYPE_ ## x

static const struct judged {
	uint32_t type;
	struct bpfelf_run run;
	const char *words;	/* NULL: it makes sense */
	bool frags;
} judged[] = {
	{ T(SCHED_CLS), { PKT(14), OUT, .repeat = 9 }, NULL, false },
	{ T(SCHED_CLS), { PKT(13) }, "a packet of 13 bytes, its Ethernet header has 14", false },
	{ T(SCHED_CLS), { OUT }, "a run of sched_cls programs needs a packet", false },
	{ T(SCHED_CLS), { PKT(64), LIVE },
	  "a run of sched_cls programs has no use for live frames", false },
	{ T(SCHED_CLS), { PKT(64), CTX(4097) },
	  "a context of 4097 bytes, sched_cls programs take at most 4096", false },
	{ T(SCHED_CLS), { PKT(64), .cpu = 1 }, "a CPU without BPF_F_TEST_RUN_ON_CPU", false },
	{ T(SCHED_CLS), { PKT(64), .cpu = 1, .flags = BPF_F_TEST_RUN_ON_CPU },
	  "a run of sched_cls programs has no use for a CPU", false },
	{ T(SCHED_CLS), { PKT(64), .flags = 0x8000 }, "flags 0x8000 are not known", false },
	{ T(LWT_XMIT), { PKT(64), OUT, CTX(192) }, NULL, false },
	{ T(XDP), { PKT(3520), OUT }, NULL, false },
	{ T(XDP), { PKT(3521), OUT }, "a packet of 3521 bytes, one buffer holds at most 3520", false },
	{ T(XDP), { PKT(3521), OUT }, NULL, true },
	{ T(XDP), { PKT(3408), LIVE }, NULL, true },
	{ T(XDP), { PKT(3409), LIVE },
	  "a packet of 3409 bytes, live frames have at most 3408", true },
	{ T(XDP), { PKT(64), MD(.data = 8, .data_end = 64) }, NULL, false },
	{ T(XDP), { PKT(64), MD(.data = 7, .data_end = 64) },
	  "metadata of 7 bytes, it has a multiple of 4, at most 252", false },
	{ T(XDP), { PKT(300), MD(.data = 256, .data_end = 300) },
	  "metadata of 256 bytes, it has a multiple of 4, at most 252", false },
	{ T(XDP), { PKT(64), MD(.data_meta = 4, .data_end = 64) },
	  "a data_meta of 4, metadata begins at 0", false },
	{ T(XDP), { PKT(64), MD(.data_end = 65) },
	  "a data_end of 65, the packet is from 0 to 64", false },
	{ T(XDP), { PKT(64), MD(.data = 8, .data_end = 4) },
	  "a data_end of 4, the packet is from 8 to 64", false },
	{ T(XDP), { PKT(20), MD(.data = 8, .data_end = 20) },
	  "a packet of 12 bytes behind its metadata, its Ethernet header has 14", false },
	{ T(SCHED_CLS), { PKT(64), SUM }, NULL, false },
	{ T(CGROUP_SKB), { PKT(64), SUM }, NULL, false },
	{ T(XDP), { PKT(64), SUM }, "a run of xdp programs has no use for a checksum", false },
	{ T(FLOW_DISSECTOR), { PKT(64), SUM },
	  "a run of flow_dissector programs has no use for a checksum", false },
	{ T(XDP), { PKT(64), LIVE, .batch_size = 256 }, NULL, false },
	{ T(XDP), { PKT(64), LIVE, .batch_size = 257 },
	  "a batch of 257, live frames go out at most 256 at once", false },
	{ T(XDP), { PKT(64), .batch_size = 1 }, "only live frames go in batches", false },
	{ T(XDP), { PKT(64), LIVE, OUT },
	  "live frames go out: there are no packets to give back", false },
	{ T(XDP), { PKT(64), LIVE, .ctx_out = out, .ctx_size_out = 24 },
	  "live frames go out: there is no context to give back", false },
	{ T(SK_LOOKUP), { CTX(72) }, NULL, false },
	{ T(SK_LOOKUP), { .repeat = 1 }, "a run of sk_lookup programs needs a context", false },
	{ T(SK_LOOKUP), { PKT(64), CTX(72) },
	  "a run of sk_lookup programs has no use for a packet", false },
	{ T(FLOW_DISSECTOR), { PKT(64), OUT }, NULL, false },
	{ T(FLOW_DISSECTOR), { PKT(64), CTX(8) },
	  "a context of 8 bytes, struct bpf_flow_keys has 56", false },
	{ T(RAW_TRACEPOINT), { CTX(16), .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = 1 }, NULL, false },
	{ T(RAW_TRACEPOINT), { CTX(16), .repeat = 2 },
	  "a run of raw_tracepoint programs has no use for repeats", false },
	{ T(RAW_TRACEPOINT), { CTX(104) },
	  "a context of 104 bytes, raw_tracepoint programs take at most 96", false },
	{ T(SYSCALL), { CTX(8), .ctx_out = out, .ctx_size_out = 8 }, NULL, false },
	{ T(SYSCALL), { PKT(64) }, "a run of syscall programs has no use for a packet", false },
	{ T(STRUCT_OPS), { CTX(8), PKT(4) }, NULL, false },
	{ T(STRUCT_OPS), { CTX(8), PKT(3) }, "a state of 3 bytes, it has 4", false },
	{ T(STRUCT_OPS), { CTX(7) }, "a context of 7 bytes, each argument has 8", false },
	{ T(KPROBE), { CTX(8) }, "programs of type kprobe cannot be run", false },
};

START_TEST(a_run_is_judged_before_the_kernel_does)
{
	const struct judged *j = &judged[_i];
	struct err err = { 0 };
	int r = runrules_check(j->type, &j->run, j->frags, PAGE, &err);

	ck_assert_str_eq(err.text, j->words ?: "");
	ck_assert_int_eq(r, !j->words ? 0 : j->type == T(KPROBE) ? -ENOTSUP : -EINVAL);
}
END_TEST

static const struct told {
	const char *section;
	struct sectype type;	/* all zero: nothing is told */
} told[] = {
	{ "classifier", { .prog_type = T(SCHED_CLS) } },
	{ "classifier/x", { .prog_type = T(SCHED_CLS) } },
	{ "classifier_x", { .prog_type = T(SCHED_CLS) } },
	{ "tc", { .prog_type = T(SCHED_CLS) } },
	{ "tc/x", { .prog_type = T(SCHED_CLS) } },
	{ "tc/ingress", { .prog_type = T(SCHED_CLS), .attach_type = BPF_TCX_INGRESS } },
	{ "tc/ingress_x", { .prog_type = T(SCHED_CLS) } },
	{ "tc/egress", { .prog_type = T(SCHED_CLS), .attach_type = BPF_TCX_EGRESS } },
	{ "tcx/ingress", { .prog_type = T(SCHED_CLS), .attach_type = BPF_TCX_INGRESS } },
	{ "tcx/egress", { .prog_type = T(SCHED_CLS), .attach_type = BPF_TCX_EGRESS } },
	{ "netkit/peer", { .prog_type = T(SCHED_CLS), .attach_type = BPF_NETKIT_PEER } },
	{ "action", { .prog_type = T(SCHED_ACT) } },
	{ "action/1", { .prog_type = T(SCHED_ACT) } },
	{ "xdp", { .prog_type = T(XDP), .attach_type = BPF_XDP } },
	{ "?xdp", { .prog_type = T(XDP), .attach_type = BPF_XDP } },
	{ "xdp_pass", { .prog_type = T(XDP), .attach_type = BPF_XDP } },
	{ "xdp/devmap", { .prog_type = T(XDP), .attach_type = BPF_XDP_DEVMAP } },
	{ "xdp_cpumap/x", { .prog_type = T(XDP), .attach_type = BPF_XDP_CPUMAP } },
	{ "xdp.frags/x", { T(XDP), BPF_XDP, BPF_F_XDP_HAS_FRAGS, NULL, false } },
	{ "xdp.frags/devmap", { T(XDP), BPF_XDP_DEVMAP, BPF_F_XDP_HAS_FRAGS, NULL, false } },
	{ "xdp.frags/cpumap/x", { T(XDP), BPF_XDP_CPUMAP, BPF_F_XDP_HAS_FRAGS, NULL, false } },
	{ "lwt_xmit", { .prog_type = T(LWT_XMIT) } },
	{ "sk_lookup", { .prog_type = T(SK_LOOKUP), .attach_type = BPF_SK_LOOKUP } },
	{ "cgroup_skb/egress", { .prog_type = T(CGROUP_SKB), .attach_type = BPF_CGROUP_INET_EGRESS } },
	{ "cgroup/sock", { .prog_type = T(CGROUP_SOCK), .attach_type = BPF_CGROUP_INET_SOCK_CREATE } },
	{ "cgroup/sock_release", { .prog_type = T(CGROUP_SOCK), .attach_type = BPF_CGROUP_INET_SOCK_RELEASE } },
	{ "cgroup/connect4", { .prog_type = T(CGROUP_SOCK_ADDR), .attach_type = BPF_CGROUP_INET4_CONNECT } },
	{ "sk_reuseport/migrate", { .prog_type = T(SK_REUSEPORT), .attach_type = BPF_SK_REUSEPORT_SELECT_OR_MIGRATE } },
	{ "raw_tp.w/x", { .prog_type = T(RAW_TRACEPOINT_WRITABLE) } },
	{ "kprobe/do_x", { .prog_type = T(KPROBE) } },
	{ "fentry.s/x", { T(TRACING), BPF_TRACE_FENTRY, BPF_F_SLEEPABLE, NULL, true } },
	{ "freplace/x", { .prog_type = T(EXT), .has_target = true } },
	{ "syscall", { T(SYSCALL), 0, BPF_F_SLEEPABLE, NULL, false } },
	{ "struct_ops/test_1", { .prog_type = T(STRUCT_OPS), .member = "test_1" } },
	{ "struct_ops", { .prog_type = T(STRUCT_OPS), .member = "" } },
	{ "prog", { 0 } },
	{ "xdpx", { 0 } },
	{ "tcp", { 0 } },
	{ "cgroup/bind4_x", { 0 } },
	{ "?", { 0 } },
	{ "1/0", { 0 } },
	{ "", { 0 } },
};

START_TEST(a_section_tells_a_type)
{
	const struct told *t = &told[_i];
	struct sectype got = { 0 };

	ck_assert_int_eq(sectype_of_section(t->section, &got), t->type.prog_type != 0);
	ck_assert_uint_eq(got.prog_type, t->type.prog_type);
	ck_assert_uint_eq(got.attach_type, t->type.attach_type);
	ck_assert_uint_eq(got.prog_flags, t->type.prog_flags);
	ck_assert_str_eq(got.member ?: "-", t->type.member ?: "-");
	ck_assert_int_eq(got.has_target, t->type.has_target);
}
END_TEST

static const struct asked {
	const char *section;
	uint32_t prog_type;
	struct sectype type;
} asked[] = {
	/* of what iproute2 attaches, flags alone */
	{ "xdp.frags", T(XDP), { T(XDP), 0, BPF_F_XDP_HAS_FRAGS, NULL, false } },
	{ "xdp/devmap", T(XDP), { .prog_type = T(XDP) } },
	{ "xdp.frags/cpumap", T(XDP), { T(XDP), 0, BPF_F_XDP_HAS_FRAGS, NULL, false } },
	{ "tc/ingress", T(SCHED_CLS), { .prog_type = T(SCHED_CLS) } },
	{ "action/1", T(SCHED_CLS), { .prog_type = T(SCHED_CLS) } },
	{ "xdp.frags", T(SCHED_CLS), { .prog_type = T(SCHED_CLS) } },
	{ "prog", T(XDP), { .prog_type = T(XDP) } },
	/* all of others */
	{ "cgroup_skb/egress", T(CGROUP_SKB), { .prog_type = T(CGROUP_SKB), .attach_type = BPF_CGROUP_INET_EGRESS } },
	{ "prog", T(SK_LOOKUP), { .prog_type = T(SK_LOOKUP), .attach_type = BPF_SK_LOOKUP } },
};

START_TEST(the_type_that_is_asked_for_wins)
{
	const struct asked *a = &asked[_i];
	struct sectype got;

	sectype_as(a->section, a->prog_type, &got);
	ck_assert_uint_eq(got.prog_type, a->type.prog_type);
	ck_assert_uint_eq(got.attach_type, a->type.attach_type);
	ck_assert_uint_eq(got.prog_flags, a->type.prog_flags);
}
END_TEST

static const struct fit {
	const char *section;
	uint32_t prog_type, attach_type;
	bool fits;
} fit[] = {
	{ "xdp", T(XDP), 0, true },
	{ "xdp.frags/x", T(XDP), 0, true },
	{ "xdp/devmap", T(XDP), 0, false },
	{ "xdp", T(SCHED_CLS), 0, false },
	{ "tc", T(SCHED_CLS), BPF_TCX_INGRESS, true },
	{ "tc/ingress", T(SCHED_CLS), BPF_TCX_INGRESS, true },
	{ "tc/ingress", T(SCHED_CLS), 0, true },
	{ "tc/ingress", T(SCHED_CLS), BPF_TCX_EGRESS, false },
	{ "netkit/peer", T(SCHED_CLS), 0, false },
	{ "action", T(SCHED_CLS), 0, false },
	{ "lwt_in", T(LWT_IN), 0, true },
};

START_TEST(a_section_is_for_a_hook)
{
	struct sectype type;

	ck_assert(sectype_of_section(fit[_i].section, &type));
	ck_assert_int_eq(sectype_fits(&type, fit[_i].prog_type, fit[_i].attach_type),
			 fit[_i].fits);
}
END_TEST

/* the fake flips the first byte and returns the length */
START_TEST(a_run_gives_all_back)
{
	struct bpfelf_run run = {
		.sz = sizeof(run), PKT(64), OUT, CTX(24),
		.ctx_out = out + 100, .ctx_size_out = 24, .repeat = 3,
	};

	ck_assert_int_eq(job_load_sample(&job, &rig, "plain"), 0);
	ck_assert_int_eq(bpfelf_prog_run(job.txn, &run), 0);
	ck_assert_uint_eq(run.retval, 64);
	ck_assert_uint_eq(run.duration, 7);
	ck_assert_uint_eq(run.data_size_out, 64);
	ck_assert_uint_eq(run.ctx_size_out, 24);
	ck_assert_int_eq(out[0], ~data[0]);
	run.data_size_out = 10;
	ck_assert_int_eq(bpfelf_prog_run(job.txn, &run), -ENOSPC);
	ck_assert_uint_eq(run.data_size_out, 64);
}
END_TEST

static const struct refused {
	uint32_t type;
	struct bpfelf_run run;
	int code, result;
	const char *words, *hint;
} refused[] = {
	{ T(SCHED_CLS), { PKT(64) }, -524, -ENOTSUP,
	  "this kernel cannot run programs of type sched_cls: Operation not supported (ENOTSUPP)",
	  "" },
	{ T(SCHED_CLS), { PKT(64) }, -EINVAL, -EINVAL, "run: Invalid argument",
	  "to run programs of type sched_cls, this kernel takes other data or another context" },
	{ T(SCHED_CLS), { PKT(3713) }, -EINVAL, -EINVAL,
	  "a packet of 3713 bytes, this kernel holds at most 3712", "" },
	{ T(SCHED_CLS), { PKT(64), SUM }, -EINVAL, -EINVAL, "run: Invalid argument",
	  "checksums are looked at from Linux 6.11 on" },
	{ T(SCHED_CLS), { PKT(64), SUM }, -EBADMSG, -EBADMSG,
	  "the packet was changed, its checksum in the skb was not", "" },
	{ T(XDP), { PKT(64), MD(.data_end = 64, .ingress_ifindex = 3, .rx_queue_index = 9) },
	  -EINVAL, -EINVAL, "run: Invalid argument", "device 3 may have no queue 9" },
	{ T(XDP), { PKT(64), MD(.data_end = 64, .ingress_ifindex = 99) }, -ENODEV, -ENODEV,
	  "there is no device 99", "" },
	{ T(RAW_TRACEPOINT), { CTX(8) }, -EINVAL, -EINVAL,
	  "a context of 8 bytes, the program reads beyond it", "" },
	{ T(RAW_TRACEPOINT), { CTX(8), .cpu = 77, .flags = BPF_F_TEST_RUN_ON_CPU }, -ENXIO, -ENXIO,
	  "there is no CPU 77", "" },
	{ T(SCHED_CLS), { PKT(64) }, -EPERM, -EPERM, "run: Operation not permitted",
	  "it takes root, or CAP_BPF and CAP_NET_ADMIN" },
};

START_TEST(a_run_that_fails_says_why)
{
	const struct refused *f = &refused[_i];
	struct bpfelf_run run = f->run;

	ck_load_plain(f->type);
	run.sz = sizeof(run);
	rig.fake.fail_at = rig.fake.ops;
	rig.fake.fail_code = f->code;
	ck_assert_int_eq(bpfelf_prog_run(job.txn, &run), f->result);
	ck_assert_str_eq(strchr(bpfelf_error(rig.ctx), '\'') ?
			 strstr(bpfelf_error(rig.ctx), "': ") + 3 : "", f->words);
	ck_assert_str_eq(bpfelf_hint(rig.ctx), f->hint);
	run.sz = 8;
	ck_assert_int_eq(bpfelf_prog_run(job.txn, &run), -EINVAL);
}
END_TEST

/* an object that pins, run apart: the bpffs is not even looked for */
START_TEST(a_private_load_leaves_pins_alone)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct bpfelf_request request = {
		.sz = sizeof(request), .flags = BPFELF_PRIVATE,
		.prog_type = T(SCHED_CLS),
	};
	_cleanup_free_ char *before = fake_state(&rig.fake);

	rig_build("pins", &elf);
	ck_assert_int_eq(job_load_request(&job, &rig, &elf, &request), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_state(before);
	ck_assert(!traced("obj_"));
}
END_TEST

START_TEST(a_program_by_id_is_run)
{
	struct bpfelf_run run = { .sz = sizeof(run), PKT(20) };
	struct bpf_prog_info info;
	struct bpfelf_txn *txn;

	ck_assert_int_eq(job_load_sample(&job, &rig, "plain"), 0);
	ck_assert_int_eq(rig.ctx->kern->ops->prog_info(rig.ctx->kern,
						       bpfelf_prog_fd(job.txn), &info), 0);
	ck_assert_int_eq(bpfelf_open_id(rig.ctx, info.id, 0, &txn), 0);
	ck_assert_uint_eq(bpfelf_prog_type(txn), info.type);
	ck_assert_int_eq(bpfelf_prog_run(txn, &run), 0);
	ck_assert_uint_eq(run.retval, 20);
	bpfelf_txn_free(txn);
	ck_assert_int_eq(bpfelf_open_id(rig.ctx, 999, 0, &txn), -ENOENT);
	ck_assert_int_eq(bpfelf_open_id(rig.ctx, info.id, T(SYSCALL), &txn), -EINVAL);
}
END_TEST

Suite *run_suite(void)
{
	Suite *s = suite_create("run");
	TCase *tc = tcase_create("rules");

	tcase_add_loop_test(tc, a_run_is_judged_before_the_kernel_does, 0, ARRAY_SIZE(judged));
	tcase_add_loop_test(tc, a_section_tells_a_type, 0, ARRAY_SIZE(told));
	tcase_add_loop_test(tc, the_type_that_is_asked_for_wins, 0, ARRAY_SIZE(asked));
	tcase_add_loop_test(tc, a_section_is_for_a_hook, 0, ARRAY_SIZE(fit));
	suite_add_tcase(s, tc);
	tc = tcase_create("runs");
	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, a_run_gives_all_back);
	tcase_add_loop_test(tc, a_run_that_fails_says_why, 0, ARRAY_SIZE(refused));
	tcase_add_test(tc, a_private_load_leaves_pins_alone);
	tcase_add_test(tc, a_program_by_id_is_run);
	suite_add_tcase(s, tc);
	return s;
}
