/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A list of hooks with one call: the state is that of one call for each, up to
 * the first that is refused, whichever that is and whatever refuses it.
 */
#include "hook.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>

#include "oom.h"
#include "rig.h"
#include "unit.h"

#define INGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define V0	2
#define V1	3
#define V2	4
#define NOBODY	77

static struct rig rig;
static struct job xdp, cls;		/* loaded and committed */
static struct bpfelf_txn *txn;

static void load(struct job *job, uint32_t type)
{
	ck_assert_int_eq(job_load_as(job, &rig, "plain", type, "prog"), 0);
	ck_assert_int_eq(bpfelf_commit(job->txn), 0);
}

static void start(void)
{
	rig_open(&rig, NULL);
	load(&xdp, BPF_PROG_TYPE_XDP);
	load(&cls, BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &txn), 0);
}

static void finish(void)
{
	bpfelf_txn_free(txn);
	job_free(&xdp);
	job_free(&cls);
	ck_assert_int_eq(fake_count_fds(&rig.fake), 0);
	rig_close(&rig);
}

/* from nothing to nothing: another rig for each turn of a sweep */
static void start_again(void)
{
	finish();
	start();
}

static char *state(void)
{
	return fake_state(&rig.fake);
}

/* ---- lists ---- */

#define LIST_MAX 8

/* programs are known when the list is used */
static struct bpfelf_hook make(struct bpfelf_hook hook)
{
	hook.sz = sizeof(hook);
	if (hook.kind == BPFELF_XDP)
		hook.from = xdp.txn;
	if (hook.kind == BPFELF_CLS) {
		hook.from = cls.txn;
		hook.parent = INGRESS;
		hook.protocol = ETH_P_ALL;
	}
	return hook;
}

#define XDP(dev, ...)	 { .kind = BPFELF_XDP, .ifindex = dev, ##__VA_ARGS__ }
#define CLS(dev, ...)	 { .kind = BPFELF_CLS, .ifindex = dev, ##__VA_ARGS__ }
#define CLSACT(dev, ...) { .kind = BPFELF_QDISC, .ifindex = dev, .qdisc = "clsact", ##__VA_ARGS__ }
#define REPLACE		 .flags = BPFELF_REPLACE
#define CHANGE		 .flags = BPFELF_CHANGE
#define NAMED		 .pref = 1, .handle = 1

static const struct list {
	const char *name;
	struct bpfelf_hook hooks[LIST_MAX];
	size_t done;		/* as far as they go when nothing is in the way */
} lists[] = {
	{ "all is well", {
		CLSACT(V0), CLS(V0), CLS(V0), XDP(V1), CLSACT(V2), CLS(V2, NAMED),
		XDP(V2) }, 7 },
	{ "the first is refused", { XDP(NOBODY), XDP(V0), XDP(V1) }, 0 },
	{ "one in the middle", {
		CLSACT(V0), CLS(V0), CLSACT(V0), CLSACT(V1), CLS(V1), XDP(V1) }, 2 },
	{ "the last", { XDP(V0), XDP(V1), CLS(V2) }, 2 },
	{ "two are refused", { XDP(V0), CLS(V0), XDP(V1), CLS(V1), XDP(V2) }, 1 },
	{ "no qdisc yet", { CLS(V0), CLSACT(V0), CLS(V0) }, 0 },
	{ "the same twice", { XDP(V0), XDP(V0), XDP(V1) }, 1 },
	{ "replaced, and what replaced it", {
		XDP(V0), XDP(V0, REPLACE), XDP(V0, REPLACE), XDP(V1), XDP(NOBODY),
		XDP(V0, REPLACE) }, 4 },
	{ "filters in the place of filters", {
		CLSACT(V0), CLS(V0, NAMED), CLS(V0, NAMED, REPLACE),
		CLS(V0, NAMED, CHANGE), CLS(V0, NAMED), CLS(V0, NAMED, REPLACE) }, 4 },
	{ "a change that names none", {
		CLSACT(V0), CLS(V0, NAMED), CLS(V0, .pref = 2, CHANGE), CLS(V0) }, 2 },
	{ "qdiscs in the place of qdiscs", {
		CLSACT(V0), CLSACT(V0, REPLACE), CLSACT(V1, REPLACE), CLS(V1) }, 4 },
	{ "what makes no sense is met later", {
		XDP(V0), CLSACT(V1), { .kind = 99, .ifindex = V0 }, XDP(V2) }, 2 },
	{ "nor is it met behind one refused", {
		XDP(V0), XDP(V0), XDP(V1, .xdp_flags = XDP_FLAGS_REPLACE) }, 1 },
};

static size_t read_list(const struct list *list, struct bpfelf_hook *hooks)
{
	size_t n;

	for (n = 0; n < LIST_MAX && list->hooks[n].kind; n++)
		hooks[n] = make(list->hooks[n]);
	return n;
}

/* ---- one after the other, and together ---- */

static int attach_in_turn(struct bpfelf_hook *hooks, size_t cnt, size_t *done)
{
	int r = 0;

	for (*done = 0; *done < cnt && r == 0; *done += r == 0)
		r = bpfelf_attach(txn, &hooks[*done]);
	return r;
}

/* The state after the first @done hooks of a list, and nothing else */
static char *state_of_first(const struct list *list, size_t done)
{
	struct bpfelf_hook hooks[LIST_MAX];
	size_t n;

	start_again();
	read_list(list, hooks);
	ck_assert_int_eq(attach_in_turn(hooks, done, &n), 0);
	return state();
}

START_TEST(the_same_as_in_turn)
{
	_cleanup_free_ char *in_turn = NULL, *together = NULL, *rest = NULL;
	_cleanup_free_ char *words = NULL, *extack = NULL;
	struct bpfelf_hook one[LIST_MAX], all[LIST_MAX];
	size_t i, cnt, n;
	int r;

	cnt = read_list(&lists[_i], one);
	r = attach_in_turn(one, cnt, &n);
	ck_assert_uint_eq(n, lists[_i].done);
	words = strdup(bpfelf_error(rig.ctx));
	extack = strdup(bpfelf_extack(rig.ctx) ?: "none");
	in_turn = state();
	start_again();
	read_list(&lists[_i], all);
	ck_assert_int_eq(bpfelf_attach_many(txn, all, cnt, &n), r);
	ck_assert_uint_eq(n, lists[_i].done);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	ck_assert_str_eq(bpfelf_extack(rig.ctx) ?: "none", extack);
	together = state();
	ck_assert_str_eq(together, in_turn);
	for (i = 0; i < n; i++) {
		ck_assert_uint_eq(all[i].handle, one[i].handle);
		ck_assert_uint_eq(all[i].pref, one[i].pref);
	}
	ck_assert_str_eq(buf_str(&rig.log), "");
	/* and, not kept, all of it goes */
	bpfelf_txn_free(txn);
	txn = NULL;
	rest = state();
	ck_assert_str_eq(rest, "");
}
END_TEST

START_TEST(whatever_fails_nothing_behind_it_remains)
{
	struct bpfelf_hook hooks[LIST_MAX];
	int nth, r = -1, failed = 0;
	size_t cnt, n;

	for (nth = 0; nth < 200; nth++) {
		_cleanup_free_ char *got = NULL, *expected = NULL;

		start_again();
		cnt = read_list(&lists[_i], hooks);
		rig.fake.fail_at = rig.fake.ops + nth;
		r = bpfelf_attach_many(txn, hooks, cnt, &n);
		failed += r == -EPERM;
		ck_assert_uint_le(n, lists[_i].done);
		got = state();
		if (rig.fake.ops <= rig.fake.fail_at)
			break;
		/* what cannot be taken back stays, and is told */
		if (strstr(buf_str(&rig.log), "could not put back"))
			continue;
		expected = state_of_first(&lists[_i], n);
		ck_assert_str_eq(got, expected);
	}
	ck_assert_int_lt(nth, 200);
	ck_assert_int_gt(failed, 0);
}
END_TEST

START_TEST(memory_that_runs_out_leaves_nothing_behind_it)
{
	struct bpfelf_hook hooks[LIST_MAX];
	bool reached = true;
	int nth, r, failed = 0;
	size_t cnt, n;

	for (nth = 0; reached; nth++) {
		_cleanup_free_ char *got = NULL, *expected = NULL;

		start_again();
		cnt = read_list(&lists[_i], hooks);
		oom_at(nth);
		r = bpfelf_attach_many(txn, hooks, cnt, &n);
		reached = oom_reached();
		oom_at(-1);
		failed += r == -ENOMEM;
		got = state();
		expected = state_of_first(&lists[_i], n);
		ck_assert_str_eq(got, expected);
	}
	ck_assert_int_gt(failed, 0);
}
END_TEST

START_TEST(answers_that_are_lost_are_told)
{
	struct bpfelf_hook hooks[] = {
		make((struct bpfelf_hook)CLSACT(V0)), make((struct bpfelf_hook)CLSACT(V1)),
		make((struct bpfelf_hook)CLSACT(V2)),
	};
	_cleanup_free_ char *got = NULL;
	size_t n;

	rig.fake.lost = 2;
	ck_assert_int_eq(bpfelf_attach_many(txn, hooks, 3, &n), -ENOBUFS);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "netlink: receive: No buffer space available");
	rig.fake.lost = 0;
	/* nobody knows whose the others are */
	got = state();
	ck_assert_str_eq(got, "v0 qdisc clsact\nv1 qdisc clsact\nv2 qdisc clsact\n");
}
END_TEST

/* ---- how it is sent ---- */

static const struct kern_ops *real_ops;
static size_t sends, sent_most;

static int count_sends(struct kern *k, struct kern_request *reqs, size_t cnt,
		       struct err *err)
{
	size_t i, bytes = 0;

	for (i = 0; i < cnt; i++)
		bytes += reqs[i].nlh->nlmsg_len;
	ck_assert_uint_le(cnt, KERN_REQUESTS_MAX);
	ck_assert(cnt == 1 || bytes <= KERN_REQUESTS_BYTES);
	sends++;
	if (cnt > sent_most)
		sent_most = cnt;
	return real_ops->talk_many(k, reqs, cnt, err);
}

/* How many sends @cnt filters with names of this length take */
static size_t send_filters(size_t cnt, size_t name_len)
{
	_cleanup_free_ struct bpfelf_hook *hooks = calloc(cnt, sizeof(*hooks));
	_cleanup_free_ char *name = calloc(1, name_len + 1);
	struct kern_ops counting;
	size_t i, n;

	real_ops = rig.ctx->kern->ops;
	counting = *real_ops;
	counting.talk_many = count_sends;
	rig.ctx->kern->ops = &counting;
	sends = sent_most = 0;
	memset(name, 'n', name_len);
	hooks[0] = make((struct bpfelf_hook)CLSACT(V0));
	for (i = 1; i < cnt; i++) {
		hooks[i] = make((struct bpfelf_hook)CLS(V0));
		hooks[i].name = name;
	}
	ck_assert_int_eq(bpfelf_attach_many(txn, hooks, cnt, &n), 0);
	ck_assert_uint_eq(n, cnt);
	rig.ctx->kern->ops = real_ops;
	return sends;
}

START_TEST(many_are_sent_at_once_but_not_too_many)
{
	ck_assert_uint_eq(send_filters(2 * KERN_REQUESTS_MAX + 1, 10), 3);
	ck_assert_uint_eq(sent_most, KERN_REQUESTS_MAX);
}
END_TEST

START_TEST(long_ones_are_sent_in_smaller_parts)
{
	ck_assert_uint_eq(send_filters(9, 10000), 3);
	start_again();
	ck_assert_uint_eq(send_filters(3, KERN_REQUESTS_BYTES + 1), 3);
}
END_TEST

START_TEST(none_is_none)
{
	size_t n = 1;

	ck_assert_int_eq(bpfelf_attach_many(txn, NULL, 0, &n), 0);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* ---- the list as the caller knows it ---- */

START_TEST(the_caller_may_be_newer)
{
	struct newer {
		struct bpfelf_hook hook;
		uint64_t unknown;
	} hooks[] = {
		{ make((struct bpfelf_hook)XDP(V0)), 0 },
		{ make((struct bpfelf_hook)XDP(V1)), 0 },
		{ make((struct bpfelf_hook)XDP(V2)), 1 },
	};
	_cleanup_free_ char *got = NULL;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		hooks[i].hook.sz = sizeof(hooks[0]);
	ck_assert_int_eq(bpfelf_attach_many(txn, &hooks[0].hook, 3, &n), -E2BIG);
	ck_assert_uint_eq(n, 2);
	got = state();
	ck_assert_str_eq(got, "v0 xdp drv prog 1 'pass'\nv1 xdp drv prog 1 'pass'\n");
}
END_TEST

START_TEST(how_many_need_not_be_asked)
{
	struct bpfelf_hook hook = make((struct bpfelf_hook)XDP(NOBODY));

	ck_assert_int_eq(bpfelf_attach_many(txn, &hook, 1, NULL), -ENODEV);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "No such device");
}
END_TEST

START_TEST(not_every_kind_takes_the_program_of_another)
{
	struct bpfelf_hook hook = make((struct bpfelf_hook)CLSACT(V0));

	hook.from = xdp.txn;
	ck_assert_int_eq(bpfelf_attach(txn, &hook), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "this hook takes its own transaction's program only");
	hook = make((struct bpfelf_hook)XDP(V0));
	hook.from = NULL;
	ck_assert_int_eq(bpfelf_attach(txn, &hook), -EINVAL);
	hook.from = txn;
	ck_assert_int_eq(bpfelf_attach(txn, &hook), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "attach: the transaction has no program");
}
END_TEST

Suite *hook_many_suite(void)
{
	Suite *s = suite_create("hook_many");
	TCase *tc = tcase_create("hook_many");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, the_same_as_in_turn, 0, ARRAY_SIZE(lists));
	tcase_add_loop_test(tc, whatever_fails_nothing_behind_it_remains, 0, ARRAY_SIZE(lists));
	if (oom_possible())
		tcase_add_loop_test(tc, memory_that_runs_out_leaves_nothing_behind_it, 0,
				    ARRAY_SIZE(lists));
	tcase_add_test(tc, answers_that_are_lost_are_told);
	tcase_add_test(tc, many_are_sent_at_once_but_not_too_many);
	tcase_add_test(tc, long_ones_are_sent_in_smaller_parts);
	tcase_add_test(tc, none_is_none);
	tcase_add_test(tc, the_caller_may_be_newer);
	tcase_add_test(tc, how_many_need_not_be_asked);
	tcase_add_test(tc, not_every_kind_takes_the_program_of_another);
	suite_add_tcase(s, tc);
	return s;
}
