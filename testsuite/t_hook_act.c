/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Actions of their own, and what a filter has besides a program. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_bpf.h>
#include <linux/tc_act/tc_gact.h>

#include "act.h"
#include "hook.h"
#include "hookrig.h"

/* ---- actions ---- */

static struct bpfelf_hook act(uint32_t flags, uint32_t index, int control)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_ACT,
		.flags = flags, .handle = index, .control = control,
	};
}

#define FIVE "action 5: 0 'test.o:[prog]' prog 1 'pass'\n"

START_TEST(an_action_is_undone)
{
	struct bpfelf_hook hook = act(0, 0, TC_ACT_PIPE);

	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_assert_uint_eq(hook.handle, 1);
	ck_assert_uint_eq(hook.prog_id, 1);
	ck_state("action 1: 3 'test.o:[prog]' prog 1 'pass'\n");
	job_free(&job);
	ck_state("");
}
END_TEST

static void keep_five(void)
{
	struct bpfelf_hook hook = act(0, 5, TC_ACT_OK);

	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
	ck_state(FIVE);
}

START_TEST(only_new_actions_are_taken_away)
{
	struct bpfelf_hook hook = act(0, 0, TC_ACT_OK), same = act(0, 5, 0);

	keep_five();
	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_assert_int_eq(bpfelf_attach(job.txn, &same), -EEXIST);
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "tc actions replace"));
	job_free(&job);
	ck_state(FIVE);
}
END_TEST

START_TEST(a_replaced_action_comes_back)
{
	struct bpfelf_hook hook = act(BPFELF_REPLACE, 5, TC_ACT_SHOT);
	struct bpfelf_hook other = act(BPFELF_REPLACE, 6, TC_ACT_SHOT);

	keep_five();
	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_assert_int_eq(bpfelf_attach(job.txn, &other), 0);
	ck_state("action 5: 2 'test.o:[prog]' prog 2 'pass'\n"
		 "action 6: 2 'test.o:[prog]' prog 2 'pass'\n");
	job_free(&job);
	ck_state(FIVE);
}
END_TEST

START_TEST(an_action_is_taken_off)
{
	struct bpfelf_hook hook = act(0, 5, 0), none = act(0, 0, 0);

	keep_five();
	ck_new_txn();
	ck_assert_int_eq(bpfelf_detach(job.txn, &none), -EINVAL);
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	ck_state("");
	job_free(&job);
	ck_state(FIVE);
}
END_TEST

START_TEST(a_cookie_goes_along)
{
	struct bpfelf_hook hook = act(0, 5, 0);
	struct nl_req req;

	nl_start(&req, NLMSG_NOOP, 0, 0);
	nl_put(&req, TCA_ACT_COOKIE, "\xaa\xbb", 2);
	hook.attrs = nl_payload(&req.nlh);
	hook.attrs_len = nl_payload_len(&req.nlh);
	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_state("action 5: 0 'test.o:[prog]' aabb prog 1 'pass'\n");
}
END_TEST

START_TEST(an_action_takes_no_other_program)
{
	struct bpfelf_hook hook = act(0, 0, 0), change = act(BPFELF_CHANGE, 5, 0);

	ck_load_plain(BPF_PROG_TYPE_XDP);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -EINVAL);
	ck_assert_int_eq(bpfelf_attach(job.txn, &change), -EINVAL);
	ck_state("");
}
END_TEST

/* ---- what a filter has besides a program ---- */

static const struct sock_filter drop_all[] = { { .code = 6, .k = 2 } };

static struct bpfelf_hook cls(uint32_t flags)
{
	return cls_hook(flags, 1, 1);
}

static void clsact_with_blocks(void)
{
	struct bpfelf_hook hook = qdisc_hook("clsact", 0);

	hook.ingress_block = 22;
	hook.egress_block = 23;
	ck_new_txn();
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
}

#define FILTER "v0 qdisc clsact\nv0 filter fff2: chain 0 pref 1 protocol 0x3 " \
	       "handle 1 classid 0 flags 0 "

START_TEST(classic_filters_come_back)
{
	struct bpfelf_hook hook = cls(0), other = cls(BPFELF_REPLACE);

	clsact_with_blocks();
	hook.bytecode = drop_all;
	hook.bytecode_cnt = 1;
	ck_new_txn();
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
	ck_state(FILTER "'' classic 1\n");
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &other), 0);
	ck_state(FILTER "'test.o:[prog]' prog 1 'pass'\n");
	job_free(&job);
	ck_state(FILTER "'' classic 1\n");
}
END_TEST

START_TEST(no_more_than_the_kernel_takes)
{
	struct bpfelf_hook hook = cls(0);

	clsact_with_blocks();
	hook.bytecode = drop_all;
	hook.bytecode_cnt = BPF_MAXINSNS + 1;
	ck_new_txn();
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -E2BIG);
}
END_TEST

static void put_gact(struct nl_req *req)
{
	struct tc_gact parms = { .action = TC_ACT_SHOT };
	struct nlattr *list, *one, *options;

	nl_start(req, NLMSG_NOOP, 0, 0);
	list = nl_nest(req, TCA_BPF_ACT);
	one = nl_nest(req, 1);
	nl_put_str(req, TCA_ACT_KIND, "gact");
	options = nl_nest(req, TCA_ACT_OPTIONS | NLA_F_NESTED);
	nl_put(req, TCA_GACT_PARMS, &parms, sizeof(parms));
	nl_nest_end(req, options);
	nl_nest_end(req, one);
	nl_nest_end(req, list);
}

START_TEST(a_classic_action_is_undone)
{
	struct bpfelf_hook hook = act(0, 5, TC_ACT_OK);

	hook.bytecode = drop_all;
	hook.bytecode_cnt = ARRAY_SIZE(drop_all);
	ck_new_txn();
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_assert_uint_eq(hook.prog_id, 0);
	ck_state("action 5: 0 '' classic\n");
	job_free(&job);
	ck_state("");
}
END_TEST

START_TEST(a_filter_comes_back_with_its_actions)
{
	const struct tc_estimator estimator = { .ewma_log = 3 };
	struct bpfelf_hook hook = cls(0), other = cls(BPFELF_REPLACE);
	struct nl_req req;

	clsact_with_blocks();
	put_gact(&req);
	hook.attrs = nl_payload(&req.nlh);
	hook.attrs_len = nl_payload_len(&req.nlh);
	hook.estimator = &estimator;
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
	ck_state(FILTER "'test.o:[prog]' acts 44 prog 1 'pass'\n");
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &other), 0);
	ck_state(FILTER "'test.o:[prog]' prog 2 'pass'\n");
	job_free(&job);
	ck_state(FILTER "'test.o:[prog]' acts 44 prog 1 'pass'\n");
}
END_TEST

/* ---- police, as the kernel tells it and as it takes it ---- */

START_TEST(police_gets_its_table_back)
{
	struct tc_police told = { .index = 7, .rate.rate = 125000 };
	const struct nlattr *tb[TCA_POLICE_MAX + 1], *nest[TCA_BPF_MAX + 1];
	const struct tc_police *police;
	struct nl_req from, to;
	struct nlattr *start;

	nl_start(&from, NLMSG_NOOP, 0, 0);
	start = nl_nest(&from, TCA_BPF_POLICE);
	nl_put(&from, TCA_POLICE_TBF, &told, sizeof(told));
	nl_put_u32(&from, TCA_POLICE_RESULT, TC_ACT_PIPE);
	nl_nest_end(&from, start);
	nl_start(&to, NLMSG_NOOP, 0, 0);
	act_copy_police(&to, TCA_BPF_POLICE, start);
	nl_attrs(&to.nlh, 0, nest, TCA_BPF_MAX);
	nl_nested(nest[TCA_BPF_POLICE], tb, TCA_POLICE_MAX);
	police = nl_data(tb[TCA_POLICE_TBF]);
	ck_assert_uint_eq(police->rate.rate, 125000);
	ck_assert_uint_ne(police->rate.cell_log, 0);
	ck_assert_uint_eq(nl_len(tb[TCA_POLICE_RATE]), 1024);
	ck_assert_ptr_null(tb[TCA_POLICE_PEAKRATE]);
	ck_assert_uint_eq(nl_u32(tb[TCA_POLICE_RESULT], 0), TC_ACT_PIPE);
}
END_TEST

/* what the kernel tells of an action: its kind, its options and a cookie */
static const struct nlattr *told(struct nl_req *req, const char *kind, uint32_t prog_id)
{
	const struct tc_act_bpf parms = { .index = 9, .action = TC_ACT_PIPE };
	struct nlattr *act, *options;

	nl_start(req, NLMSG_NOOP, 0, 0);
	act = nl_nest(req, 1);
	if (kind)
		nl_put_str(req, TCA_ACT_KIND, kind);
	options = nl_nest(req, TCA_ACT_OPTIONS | NLA_F_NESTED);
	nl_put(req, TCA_ACT_BPF_PARMS, &parms, sizeof(parms));
	if (prog_id)
		nl_put_u32(req, TCA_ACT_BPF_ID, prog_id);
	nl_nest_end(req, options);
	nl_put(req, TCA_ACT_COOKIE, "cookie", 6);
	nl_nest_end(req, act);
	return act;
}

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info;
	struct kern *k = rig.ctx->kern;

	ck_assert_int_eq(k->ops->prog_info(k, fd, &info), 0);
	return info.id;
}

/* the kernel tells a number, and takes a descriptor */
START_TEST(a_bpf_action_is_given_back_by_its_program)
{
	const struct nlattr *act[TCA_ACT_MAX + 1], *bpf[TCA_ACT_BPF_MAX + 1];
	struct nl_req from, to;
	struct err err = { 0 };
	uint32_t fd;

	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	nl_start(&to, NLMSG_NOOP, 0, 0);
	ck_assert_int_eq(act_copy(job.txn, &to, told(&from, "bpf", 1), &err), 1);
	nl_attrs(&to.nlh, 0, act, TCA_ACT_MAX);
	nl_nested(act[TCA_ACT_OPTIONS], bpf, TCA_ACT_BPF_MAX);
	ck_assert_str_eq(nl_str(act[TCA_ACT_KIND]), "bpf");
	ck_assert_uint_eq(nl_len(act[TCA_ACT_COOKIE]), 6);
	ck_assert_uint_eq(nl_u32(bpf[TCA_ACT_BPF_PARMS], 0), 9);
	ck_assert_ptr_null(bpf[TCA_ACT_BPF_ID]);
	fd = nl_u32(bpf[TCA_ACT_BPF_FD], -1);
	ck_assert_uint_eq(prog_id(fd), 1);
}
END_TEST

/* and otherwise says whether it can be had back */
START_TEST(an_action_that_is_out_of_reach)
{
	static const struct {
		const char *kind;
		uint32_t prog_id;
		int result;
	} rows[] = {
		{ NULL, 1, 0 },		/* nobody knows what it is */
		{ "bpf", 99, 0 },	/* a program that has gone */
		{ "bpf", 0, 1 },	/* a classic one */
		{ "mirred", 99, 1 },	/* not a program's number */
	};
	struct nl_req from, to;
	struct err err = { 0 };

	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	nl_start(&to, NLMSG_NOOP, 0, 0);
	ck_assert_int_eq(act_copy(job.txn, &to, told(&from, rows[_i].kind, rows[_i].prog_id),
				  &err), rows[_i].result);
}
END_TEST

/* a description that ends early is not read past its end */
START_TEST(police_that_is_cut_short)
{
	const struct nlattr *tb[TCA_POLICE_MAX + 1], *nest[TCA_BPF_MAX + 1];
	const struct tc_police whole = { .rate.rate = 1 };
	struct nl_req from, to;
	struct nlattr *start;

	nl_start(&from, NLMSG_NOOP, 0, 0);
	start = nl_nest(&from, TCA_BPF_POLICE);
	nl_put(&from, TCA_POLICE_TBF, &whole, sizeof(whole) - 1);
	nl_nest_end(&from, start);
	nl_start(&to, NLMSG_NOOP, 0, 0);
	act_copy_police(&to, TCA_BPF_POLICE, start);
	nl_attrs(&to.nlh, 0, nest, TCA_BPF_MAX);
	nl_nested(nest[TCA_BPF_POLICE], tb, TCA_POLICE_MAX);
	ck_assert_ptr_null(tb[TCA_POLICE_TBF]);
	ck_assert_ptr_null(tb[TCA_POLICE_RATE]);
}
END_TEST

/* ---- lending ---- */

START_TEST(what_was_lent_is_taken_back)
{
	const char *path, *again;
	bool keep = _i;
	int fd;

	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ck_assert_int_eq(bpfelf_lend(job.txn, &path), 0);
	ck_assert_ptr_nonnull(strstr(path, "/test_o_prog"));
	fd = rig.ctx->kern->ops->obj_get(rig.ctx->kern, path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(bpfelf_lend(job.txn, &again), 0);
	ck_assert_str_ne(path, again);
	if (keep)
		bpfelf_commit(job.txn);
	job_free(&job);
	ck_state("");
}
END_TEST

START_TEST(nothing_to_lend)
{
	const char *path;

	ck_new_txn();
	ck_assert_int_eq(bpfelf_lend(job.txn, &path), -EINVAL);
}
END_TEST

/* whichever step is refused, nothing stays */
START_TEST(lending_fails)
{
	const char *path;
	int ops;

	ck_load_plain(BPF_PROG_TYPE_SCHED_ACT);
	ops = rig.fake.ops;
	rig.fake.fail_at = ops + _i;
	bpfelf_lend(job.txn, &path);
	rig.fake.fail_at = 0;
	job_free(&job);
	ck_state("");
}
END_TEST

Suite *hook_act_suite(void)
{
	Suite *s = suite_create("hook_act");
	TCase *tc = tcase_create("hook_act");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, an_action_is_undone);
	tcase_add_test(tc, only_new_actions_are_taken_away);
	tcase_add_test(tc, a_replaced_action_comes_back);
	tcase_add_test(tc, an_action_is_taken_off);
	tcase_add_test(tc, a_cookie_goes_along);
	tcase_add_test(tc, an_action_takes_no_other_program);
	tcase_add_test(tc, classic_filters_come_back);
	tcase_add_test(tc, no_more_than_the_kernel_takes);
	tcase_add_test(tc, a_classic_action_is_undone);
	tcase_add_test(tc, a_filter_comes_back_with_its_actions);
	tcase_add_test(tc, police_gets_its_table_back);
	tcase_add_test(tc, police_that_is_cut_short);
	tcase_add_test(tc, a_bpf_action_is_given_back_by_its_program);
	tcase_add_loop_test(tc, an_action_that_is_out_of_reach, 0, 4);
	tcase_add_loop_test(tc, what_was_lent_is_taken_back, 0, 2);
	tcase_add_test(tc, nothing_to_lend);
	tcase_add_loop_test(tc, lending_fails, 1, 8);
	suite_add_tcase(s, tc);
	return s;
}
