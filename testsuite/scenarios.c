/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "scenarios.h"

#include <check.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>

#include "corerig.h"
#include "hooks.h"
#include "modrig.h"
#include "nl.h"

/* ---- what is done ---- */

static struct bpfelf_hook filter_hook(uint32_t flags)
{
	struct bpfelf_hook hook = cls_hook(flags, 1, 1);

	hook.direct_action = true;
	return hook;
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
	struct bpfelf_hook hook = xdp_hook(flags, 0);

	hook.expected_id = expected_id;
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
	struct bpfelf_hook hook = xdp_hook(0, 0);
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

/* ---- what is there before ---- */

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

const struct scenario scenarios[] = {
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
const size_t scenarios_cnt = ARRAY_SIZE(scenarios);
