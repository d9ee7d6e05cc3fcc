/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * All or nothing: whichever kernel operation is refused, with whatever errno,
 * a load that fails leaves nothing behind, and says why it failed.
 */
#include "txn.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "corerig.h"
#include "modrig.h"
#include "nl.h"
#include "oom.h"
#include "rig.h"
#include "unit.h"

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)

/* What is done, on top of what was there */

static int add_clsact(struct job *job, uint32_t flags)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_QDISC, .ifindex = DEV,
		.flags = flags, .qdisc = "clsact",
	};

	return bpfelf_attach(job->txn, &hook);
}

static struct bpfelf_hook filter_hook(uint32_t flags)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_CLS,
		.ifindex = DEV, .flags = flags, .parent = INGRESS,
		.pref = 1, .handle = 1, .protocol = ETH_P_ALL,
		.direct_action = true,
	};
}

static int add_filter(struct job *job, uint32_t flags)
{
	struct bpfelf_hook hook = filter_hook(flags);

	return bpfelf_attach(job->txn, &hook);
}

static int add_unnamed_filter(struct job *job)
{
	struct bpfelf_hook hook = filter_hook(0);

	hook.pref = hook.handle = 0;
	return bpfelf_attach(job->txn, &hook);
}

static int add_xdp(struct job *job, uint32_t flags, uint32_t expected_id)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_XDP, .ifindex = DEV,
		.flags = flags, .expected_id = expected_id,
	};

	return bpfelf_attach(job->txn, &hook);
}

static int tails_and_filter(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "tails");

	r = r ?: add_clsact(job, BPFELF_REPLACE);
	return r ?: add_unnamed_filter(job);
}

static int source_and_filter(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "source");

	r = r ?: add_clsact(job, 0);
	return r ?: add_filter(job, 0);
}

/* the context keeps the types, so only the first of these reads them */
static int core_and_filter(struct rig *rig, struct job *job)
{
	int r;

	rig->fake.files = corerig_files();
	r = job_load_sample(job, rig, "core");
	r = r ?: add_clsact(job, 0);
	return r ?: add_filter(job, 0);
}

static int modules_and_filter(struct rig *rig, struct job *job)
{
	int r;

	rig->fake.files = modrig_files(NULL);
	r = job_load_sample(job, rig, "modules");
	r = r ?: add_clsact(job, 0);
	return r ?: add_filter(job, 0);
}

static int data_and_filter(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "data");

	r = r ?: add_clsact(job, BPFELF_REPLACE);
	return r ?: add_filter(job, BPFELF_REPLACE);
}

static int pins_and_filter(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "pins");

	r = r ?: add_clsact(job, 0);
	return r ?: add_filter(job, 0);
}

static int pins_for_agent(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "pins");

	r = r ?: bpfelf_export(job->txn, "/run/agent");
	r = r ?: add_clsact(job, 0);
	return r ?: add_filter(job, 0);
}

static int pins_and_replace(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "pins");

	return r ?: add_filter(job, BPFELF_REPLACE);
}

static int pins_and_change(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "pins");

	return r ?: add_filter(job, BPFELF_CHANGE);
}

static int own_and_xdp(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "own");

	return r ?: add_xdp(job, BPFELF_REPLACE, 0);
}

static int nested_and_xdp(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "nested");

	return r ?: add_xdp(job, 0, 0);
}

static int plain_and_force(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "plain");

	return r ?: add_xdp(job, BPFELF_REPLACE, 0);
}

/* programs of the fake are numbered from the first */
static int plain_and_expected(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "plain");

	return r ?: add_xdp(job, 0, 1);
}

static int graft_pins(struct rig *rig, struct job *job)
{
	int r = job_load_sample(job, rig, "pins");

	r = r ?: bpfelf_graft(job->txn, "m:globals/jumps", 1);
	return r ?: bpfelf_graft(job->txn, "m:globals/jumps", 2);
}

static int take_xdp_off(struct rig *rig, struct job *job)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_XDP, .ifindex = DEV,
	};
	int r = bpfelf_txn_new(rig->ctx, &job->txn);

	return r ?: bpfelf_detach(job->txn, &hook);
}

static int take_filter_off(struct rig *rig, struct job *job)
{
	struct bpfelf_hook hook = filter_hook(0);
	int r = bpfelf_txn_new(rig->ctx, &job->txn);

	return r ?: bpfelf_detach(job->txn, &hook);
}

static int pinned_and_xdp(struct rig *rig, struct job *job)
{
	int r = bpfelf_open_pinned(rig->ctx, "m:prog", BPF_PROG_TYPE_XDP, &job->txn);

	return r ?: add_xdp(job, 0, 0);
}

/* a route of IPv4, 10.1.0.0/16, or IPv6 */
static int add_route(struct job *job, uint8_t family, uint16_t flags)
{
	const uint8_t dst[16] = { 10, 1 };
	const struct bpfelf_encap encap = {
		.sz = sizeof(encap), .in = { .txn = job->txn },
	};
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_ROUTE, .encap = &encap,
	};
	struct rtmsg *rtm;
	struct nl_req req;

	rtm = nl_start(&req, RTM_NEWROUTE, flags, sizeof(*rtm));
	rtm->rtm_family = family;
	rtm->rtm_dst_len = 16;
	rtm->rtm_table = RT_TABLE_MAIN;
	nl_put(&req, RTA_DST, dst, family == AF_INET ? 4 : 16);
	nl_put_u32(&req, RTA_OIF, DEV);
	hook.route = &req.nlh;
	return bpfelf_attach(job->txn, &hook);
}

static int load_as(struct rig *rig, struct job *job, uint32_t prog_type)
{
	return job_load_as(job, rig, "pins", prog_type, "classifier");
}

static int load_lwt(struct rig *rig, struct job *job)
{
	return load_as(rig, job, BPF_PROG_TYPE_LWT_IN);
}

static int pins_and_route(struct rig *rig, struct job *job)
{
	int r = load_lwt(rig, job);

	return r ?: add_route(job, AF_INET, NLM_F_CREATE | NLM_F_EXCL);
}

static int pins_and_replaced_route(struct rig *rig, struct job *job)
{
	int r = load_lwt(rig, job);

	return r ?: add_route(job, AF_INET, NLM_F_CREATE | NLM_F_REPLACE);
}

static int pins_and_replaced_ipv6(struct rig *rig, struct job *job)
{
	int r = load_lwt(rig, job);

	return r ?: add_route(job, AF_INET6, NLM_F_CREATE | NLM_F_REPLACE);
}

static struct bpfelf_hook action_hook(uint32_t flags)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_ACT,
		.flags = flags, .handle = 5, .control = TC_ACT_PIPE,
	};
}

static int add_action(struct job *job, uint32_t flags)
{
	struct bpfelf_hook hook = action_hook(flags);

	return bpfelf_attach(job->txn, &hook);
}

static int pins_and_action(struct rig *rig, struct job *job)
{
	int r = load_as(rig, job, BPF_PROG_TYPE_SCHED_ACT);

	return r ?: add_action(job, 0);
}

static int pins_and_replaced_action(struct rig *rig, struct job *job)
{
	int r = load_as(rig, job, BPF_PROG_TYPE_SCHED_ACT);

	return r ?: add_action(job, BPFELF_REPLACE);
}

static int take_action_off(struct rig *rig, struct job *job)
{
	struct bpfelf_hook hook = action_hook(0);
	int r = bpfelf_txn_new(rig->ctx, &job->txn);

	return r ?: bpfelf_detach(job->txn, &hook);
}

static int lend_plain(struct rig *rig, struct job *job)
{
	const char *path;
	int r = job_load_sample(job, rig, "plain");

	return r ?: bpfelf_lend(job->txn, &path);
}

/* twice, and with what else a transaction may hold by then */
static int lend_pins(struct rig *rig, struct job *job)
{
	const char *path;
	int r = load_as(rig, job, BPF_PROG_TYPE_SCHED_ACT);

	r = r ?: add_action(job, 0);
	r = r ?: bpfelf_lend(job->txn, &path);
	return r ?: bpfelf_lend(job->txn, &path);
}

/* What was there */

static void nothing(struct rig *rig)
{
	(void)rig;
}

static void keep(struct rig *rig, int (*act)(struct rig *, struct job *))
{
	struct job job = { 0 };

	ck_assert_msg(act(rig, &job) == 0, "%s", bpfelf_error(rig->ctx));
	bpfelf_commit(job.txn);
	job_free(&job);
}

static void live_tails(struct rig *rig)
{
	keep(rig, tails_and_filter);
}

static void two_threads(struct rig *rig)
{
	bpfelf_ctx_set_threads(rig->ctx, 2);
}

static void live_tails_shelf(struct rig *rig)
{
	keep(rig, tails_and_filter);
	rig->ctx->few = 0;
}

static void live_tails_shelf_threads(struct rig *rig)
{
	live_tails_shelf(rig);
	two_threads(rig);
}

static void live_data(struct rig *rig)
{
	keep(rig, data_and_filter);
}

/* who listens is another process, and is gone with the next one */
static void agent(struct rig *rig)
{
	static int sock = -1;

	close_fd(sock);
	sock = rig->ctx->kern->ops->uds_listen(rig->ctx->kern, "/run/agent");
	ck_assert_int_ge(sock, 0);
}

static void live_pins(struct rig *rig)
{
	keep(rig, pins_and_filter);
}

static void live_route(struct rig *rig)
{
	keep(rig, pins_and_route);
}

static void live_action(struct rig *rig)
{
	keep(rig, pins_and_action);
}

static void live_ipv6(struct rig *rig)
{
	keep(rig, pins_and_replaced_ipv6);
}

static void live_own(struct rig *rig)
{
	keep(rig, own_and_xdp);
}

static void live_nested(struct rig *rig)
{
	rig_keep(rig, "nested");
}

/* and a slot that is empty again */
static void emptied_nested(struct rig *rig)
{
	struct kern *k = rig->ctx->kern;
	_cleanup_close_ int fd = -1;
	uint32_t key = 1;

	rig_keep(rig, "nested");
	fd = k->ops->obj_get(k, "/sys/fs/bpf/xdp/globals/outer");
	ck_assert_int_eq(k->ops->map_delete(k, fd, &key), 0);
}

static void live_xdp(struct rig *rig)
{
	keep(rig, plain_and_force);
}

static void pinned_prog(struct rig *rig)
{
	struct kern *k = rig->ctx->kern;
	struct job job;

	ck_assert_int_eq(job_load_sample(&job, rig, "nested"), 0);
	ck_assert_int_eq(k->ops->obj_pin(k, bpfelf_prog_fd(job.txn), "/sys/fs/bpf/xdp/prog"), 0);
	bpfelf_commit(job.txn);
	job_free(&job);
}

static const struct scenario {
	const char *name, *bpffs;
	void (*before)(struct rig *rig);
	int (*act)(struct rig *rig, struct job *job);
} scenarios[] = {
	{ "tails, from nothing", NULL, nothing, tails_and_filter },
	{ "tails, no bpffs", "", nothing, tails_and_filter },
	{ "tails, all there", NULL, live_tails, tails_and_filter },
	{ "tails, two threads", NULL, two_threads, tails_and_filter },
	{ "tails, all there, by way of a shelf", NULL, live_tails_shelf, tails_and_filter },
	{ "tails, all there, shelf and threads", NULL, live_tails_shelf_threads, tails_and_filter },
	{ "BTF, two threads", NULL, two_threads, source_and_filter },
	{ "pins, from nothing", NULL, nothing, pins_and_filter },
	{ "pins, a bpffs elsewhere", "/run/bpf", nothing, pins_and_filter },
	{ "pins, no bpffs", "", nothing, pins_and_filter },
	{ "pins, handed over", NULL, agent, pins_for_agent },
	{ "pins, handed over, no bpffs", "", agent, pins_for_agent },
	{ "BTF, from nothing", NULL, nothing, source_and_filter },
	{ "CO-RE, from nothing", NULL, nothing, core_and_filter },
	{ "modules, from nothing", NULL, nothing, modules_and_filter },
	{ "modules, with threads", NULL, two_threads, modules_and_filter },
	{ "data, from nothing", NULL, nothing, data_and_filter },
	{ "data, all there", NULL, live_data, data_and_filter },
	{ "filter replaced", NULL, live_pins, pins_and_replace },
	{ "filter changed", NULL, live_pins, pins_and_change },
	{ "filter taken off", NULL, live_pins, take_filter_off },
	{ "a number of one's own, from nothing", NULL, nothing, own_and_xdp },
	{ "a number of one's own, no bpffs", "", nothing, own_and_xdp },
	{ "a number of one's own, all there", NULL, live_own, own_and_xdp },
	{ "nested, from nothing", NULL, nothing, nested_and_xdp },
	{ "nested, all there", NULL, live_nested, nested_and_xdp },
	{ "nested, a slot empty", NULL, emptied_nested, nested_and_xdp },
	{ "XDP, from nothing", NULL, nothing, plain_and_force },
	{ "XDP forced", NULL, live_xdp, plain_and_force },
	{ "XDP in the place of an expected one", NULL, live_xdp, plain_and_expected },
	{ "XDP taken off", NULL, live_xdp, take_xdp_off },
	{ "XDP from a pin", NULL, pinned_prog, pinned_and_xdp },
	{ "graft", NULL, live_tails, graft_pins },
	{ "route, from nothing", NULL, nothing, pins_and_route },
	{ "route, no bpffs", "", nothing, pins_and_route },
	{ "route replaced", NULL, live_route, pins_and_replaced_route },
	{ "route of IPv6 replaced", NULL, live_ipv6, pins_and_replaced_ipv6 },
	{ "action, from nothing", NULL, nothing, pins_and_action },
	{ "action replaced", NULL, live_action, pins_and_replaced_action },
	{ "action taken off", NULL, live_action, take_action_off },
	{ "lent", NULL, nothing, lend_plain },
	{ "lent, no bpffs", "", nothing, lend_plain },
	{ "lent twice, beside an action", "", nothing, lend_pins },
};

/* A run with the @nth operation refused, and what became of the world. */
struct outcome {
	int result;
	bool reached;
	bool same;		/* the world is as before */
	bool told;
};

static struct outcome run(const struct scenario *s, int nth, int code, bool commit)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct job job = { 0 };
	struct outcome o;
	struct rig rig;
	int fds;

	rig_open(&rig, s->bpffs);
	s->before(&rig);
	before = fake_state(&rig.fake);
	fds = count_fds();
	buf_free(&rig.log);
	buf_free(&rig.info);

	rig.fake.fail_at = nth < 0 ? -1 : rig.fake.ops + nth;
	rig.fake.fail_code = code;
	o.result = s->act(&rig, &job);
	if (o.result == 0 && commit)
		o.result = bpfelf_commit(job.txn);
	job_free(&job);
	o.reached = nth >= 0 && rig.fake.ops > rig.fake.fail_at;
	o.told = rig.log.len > 0 || strstr(buf_str(&rig.info), "could not be put back");
	after = fake_state(&rig.fake);
	o.same = str_eq(before, after);
	ck_assert_msg(count_fds() == fds, "%s, operation %d: %s: a descriptor leaked\n%s",
		      s->name, nth, err_str(code), buf_str(&rig.fake.trace));
	ck_assert_int_eq(fake_count_fds(&rig.fake), 0);
	ck_assert_msg(o.result == 0 || o.same, "%s, operation %d: %s: something is left\n%s\n%s",
		      s->name, nth, err_str(code), after, buf_str(&rig.fake.trace));
	ck_assert_msg(o.result == 0 || bpfelf_error(rig.ctx)[0],
		      "%s, operation %d: no words", s->name, nth);
	rig_close(&rig);
	return o;
}

/* what the kernel may say, and what our code makes something of */
static const int codes[] = {
	-EPERM, -ENOENT, -EEXIST, -EINVAL, -ENOMEM, -ENOSPC, -EBUSY,
	-ENOTEMPTY, -ESTALE, -EAGAIN, -EINTR, -EMFILE, -E2BIG,
};

START_TEST(whatever_fails_nothing_remains)
{
	const struct scenario *s = &scenarios[_i];
	struct outcome o;
	size_t c;
	int n;

	ck_assert_int_eq(run(s, -1, 0, true).result, 0);
	for (c = 0; c < ARRAY_SIZE(codes); c++) {
		for (n = 0; (o = run(s, n, codes[c], true)).reached; n++)
			;
		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(o.result, 0);
	}
}
END_TEST

START_TEST(what_is_not_committed_is_undone)
{
	const struct scenario *s = &scenarios[_i];

	ck_assert(run(s, -1, 0, false).same);
}
END_TEST

START_TEST(what_cannot_be_undone_is_told)
{
	const struct scenario *s = &scenarios[_i];
	struct outcome o;
	int n;

	for (n = 0; (o = run(s, n, -EPERM, false)).reached; n++)
		ck_assert_msg(o.same || o.told, "%s, operation %d: not undone, not told",
			      s->name, n);
}
END_TEST

static bool run_without_memory(const struct scenario *s, int nth)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct job job = { 0 };
	struct rig rig;
	bool reached;
	int r, fds;

	rig_open(&rig, s->bpffs);
	s->before(&rig);
	before = fake_state(&rig.fake);
	fds = count_fds();
	oom_at(nth);
	r = s->act(&rig, &job);
	reached = oom_reached();
	oom_at(-1);
	if (r == 0)
		bpfelf_commit(job.txn);
	job_free(&job);
	after = fake_state(&rig.fake);
	ck_assert_msg(r == 0 || str_eq(before, after), "%s, allocation %d: left:\n%s",
		      s->name, nth, after);
	ck_assert_msg(r == 0 || bpfelf_error(rig.ctx)[0], "%s, allocation %d: no words",
		      s->name, nth);
	ck_assert_int_eq(count_fds(), fds);
	rig_close(&rig);
	return reached;
}

START_TEST(without_memory_nothing_remains)
{
	int n;

	for (n = 0; run_without_memory(&scenarios[_i], n); n++)
		;
	ck_assert_int_gt(n, 0);
}
END_TEST

START_TEST(the_words_survive_the_undoing)
{
	struct job job = { 0 };
	struct rig rig;

	rig_open(&rig, NULL);
	rig.fake.reject_imm = RIG_TAIL1;
	ck_assert_int_eq(tails_and_filter(&rig, &job), -EACCES);
	job_free(&job);
	ck_assert(strstr(bpfelf_error(rig.ctx), "the verifier refuses it") != NULL);
	ck_assert(bpfelf_verifier_log(rig.ctx)[0]);
	rig_close(&rig);
}
END_TEST

/* A directory that somebody else has put something into meanwhile stays. */
static void use_the_tree(struct fake_kern *fake, void *data)
{
	struct kern *k = &fake->kern;

	(void)data;
	if (strstr(buf_str(&fake->trace), "obj_pin") &&
	    !strstr(buf_str(&fake->trace), "unlink"))
		k->ops->mkdir(k, "/sys/fs/bpf/tc/globals/theirs");
}

START_TEST(a_tree_that_others_use_by_now_stays)
{
	_cleanup_free_ char *state = NULL;
	struct job job = { 0 };
	struct rig rig;

	rig_open(&rig, "");
	rig.fake.before = use_the_tree;
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	job_free(&job);
	state = fake_state(&rig.fake);
	ck_assert_str_eq(state, "mount /sys/fs/bpf\n"
			 "dir /sys/fs/bpf/tc\n"
			 "dir /sys/fs/bpf/tc/globals\n"
			 "dir /sys/fs/bpf/tc/globals/theirs\n");
	ck_assert_str_eq(buf_str(&rig.log),
			 "no bpffs was mounted, mounted one at '/sys/fs/bpf'\n");
	rig_close(&rig);
}
END_TEST

START_TEST(what_others_removed_meanwhile_is_no_complaint)
{
	struct kern *k;
	struct job job;
	struct rig rig;

	rig_open(&rig, NULL);
	k = rig.ctx->kern;
	ck_assert_int_eq(job_load_sample(&job, &rig, "tails"), 0);
	ck_assert_int_eq(k->ops->unlink(k, "/sys/fs/bpf/tc/globals/jumps"), 0);
	job_free(&job);
	ck_assert_str_eq(buf_str(&rig.log), "");
	rig_close(&rig);
}
END_TEST

START_TEST(what_a_transaction_gives)
{
	struct job job;
	struct rig rig;

	rig_open(&rig, NULL);
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_ge(bpfelf_prog_fd(job.txn), 0);
	ck_assert_int_ge(bpfelf_map_fd(job.txn, "global"), 0);
	ck_assert_int_eq(bpfelf_map_fd(job.txn, "nope"), -1);
	ck_assert_str_eq(bpfelf_txn_name(job.txn), "test.o:[classifier]");
	job_free(&job);
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(bpfelf_prog_fd(job.txn), -1);
	ck_assert_int_eq(bpfelf_map_fd(job.txn, "global"), -1);
	ck_assert_str_eq(bpfelf_txn_name(job.txn), "");
	job_free(&job);
	bpfelf_txn_free(NULL);
	rig_close(&rig);
}
END_TEST

Suite *txn_suite(void)
{
	Suite *s = suite_create("txn");
	TCase *tc = tcase_create("txn");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, whatever_fails_nothing_remains, 0, ARRAY_SIZE(scenarios));
	tcase_add_loop_test(tc, what_is_not_committed_is_undone, 0, ARRAY_SIZE(scenarios));
	tcase_add_loop_test(tc, what_cannot_be_undone_is_told, 0, ARRAY_SIZE(scenarios));
	if (oom_possible())
		tcase_add_loop_test(tc, without_memory_nothing_remains, 0, ARRAY_SIZE(scenarios));
	tcase_add_test(tc, the_words_survive_the_undoing);
	tcase_add_test(tc, a_tree_that_others_use_by_now_stays);
	tcase_add_test(tc, what_others_removed_meanwhile_is_no_complaint);
	tcase_add_test(tc, what_a_transaction_gives);
	suite_add_tcase(s, tc);
	return s;
}
