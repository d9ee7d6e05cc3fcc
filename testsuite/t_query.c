/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "query.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>

#include "fake_kern.h"
#include "unit.h"

static struct fake_kern fake;
static struct bpfelf_ctx *ctx;

static void open_ctx(void)
{
	fake = (struct fake_kern)FAKE_KERN;
	ctx_new_with_kern(fake_open(&fake), &ctx);
}

static void close_ctx(void)
{
	bpfelf_ctx_free(ctx);
	fake_free(&fake);
}

static const struct named {
	const char *name;
	int result;
	uint32_t ifindex;
	const char *words;
} named[] = {
	{ "lo", 0, 1, "" },
	{ "v1", 0, 3, "" },
	{ "nodev", -ENODEV, 0, "no device 'nodev'" },
	{ "nodevwithalongaltname", -ENODEV, 0, "no device 'nodevwithalongaltname'" },
	{ "if7", 0, 7, "" },
	{ "if07", 0, 7, "" },
	{ "if", -ENODEV, 0, "no device 'if'" },
	{ "if0", -ENODEV, 0, "no device 'if0'" },
	{ "if-7", -ENODEV, 0, "no device 'if-7'" },
	{ "if7x", -ENODEV, 0, "no device 'if7x'" },
	{ "", -ENODEV, 0, "no device ''" },
	{ "v 0", -ENODEV, 0, "no device 'v 0'" },
	{ "v/0", -ENODEV, 0, "no device 'v/0'" },
};

START_TEST(a_name_gives_an_index)
{
	const struct named *n = &named[_i];
	uint32_t ifindex;

	ck_assert_int_eq(query_ifindex(ctx, n->name, &ifindex), n->result);
	if (n->result == 0)
		ck_assert_uint_eq(ifindex, n->ifindex);
	ck_assert_str_eq(bpfelf_error(ctx), n->words);
}
END_TEST

START_TEST(another_failure_is_passed_on)
{
	uint32_t ifindex;

	fake.fail_at = 1;	/* when netlink is asked */
	ck_assert_int_eq(query_ifindex(ctx, "if7", &ifindex), -EPERM);
	ck_assert_str_eq(bpfelf_extack(ctx), "");
}
END_TEST

/* nor is a name with a colon given to what takes it for an alias of v1 */
START_TEST(netlink_knows_when_the_short_way_does_not)
{
	uint32_t ifindex;

	fake.fail_at = 0;
	ck_assert_int_eq(query_ifindex(ctx, "v1", &ifindex), 0);
	ck_assert_uint_eq(ifindex, 3);
	fake.fail_at = fake.ops;
	ck_assert_int_eq(query_ifindex(ctx, "v1:0", &ifindex), -EPERM);
}
END_TEST

START_TEST(an_index_gives_a_name_and_leaves_the_error_alone)
{
	char name[IFNAMSIZ];
	uint32_t ifindex;

	query_ifindex(ctx, "nodev", &ifindex);
	query_ifname(ctx, 2, name);
	ck_assert_str_eq(name, "v0");
	query_ifname(ctx, 4294967295, name);
	ck_assert_str_eq(name, "if4294967295");
	ck_assert_str_eq(bpfelf_error(ctx), "no device 'nodev'");
}
END_TEST

static int count(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return 0;
}

START_TEST(links_come_alone_or_all)
{
	int n = 0;

	ck_assert_int_eq(query_links(ctx, 2, 0, count, &n), 0);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(query_links(ctx, 0, 0, count, &n), 0);
	ck_assert_int_eq(n, 5);
	ck_assert_int_eq(query_links(ctx, 77, 0, count, &n), -ENODEV);
}
END_TEST

static int stop(const struct nlmsghdr *nlh, void *data)
{
	count(nlh, data);
	return -ECANCELED;
}

START_TEST(a_callback_stops_a_dump)
{
	int n = 0;

	ck_assert_int_eq(query_links(ctx, 0, 0, stop, &n), -ECANCELED);
	ck_assert_int_eq(n, 1);
}
END_TEST

/* A kernel whose lists change while they are read, so many times. */
static struct {
	struct kern kern;
	struct kern_ops ops;
	struct kern *calm;
	int changes;
} restless;

static int restless_talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
			 void *data, struct err *err)
{
	struct kern *calm = restless.calm;
	int r = calm->ops->talk(calm, req, fn, data, err);

	(void)k;
	return restless.changes-- > 0 ? -EINTR : r;
}

static void make_restless(int changes)
{
	restless.calm = ctx->kern;
	restless.ops = *ctx->kern->ops;
	restless.ops.talk = restless_talk;
	restless.kern.ops = &restless.ops;
	restless.changes = changes;
	ctx->kern = &restless.kern;
}

static int dump_restless(int changes, int *n)
{
	int r;

	make_restless(changes);
	r = query_links(ctx, 0, 0, count, n);
	ctx->kern = restless.calm;
	return r;
}

START_TEST(a_dump_that_changes_is_read_again_and_shown_once)
{
	int n = 0;

	ck_assert_int_eq(dump_restless(4, &n), 0);
	ck_assert_int_eq(n, 4);
	ck_assert_int_eq(dump_restless(5, &n), -EINTR);
	ck_assert_int_eq(n, 4);
}
END_TEST

/* of what comes through: how much is kept, and how often that may be forgotten */
struct kept {
	int n, forgets;
};

static int keep(const struct nlmsghdr *nlh, void *data)
{
	return count(nlh, &((struct kept *)data)->n);
}

static bool forget(void *data)
{
	struct kept *kept = data;

	if (!kept->forgets)
		return false;
	kept->forgets--;
	kept->n = 0;
	return true;
}

static void add_qdisc(uint32_t ifindex)
{
	struct kern *k = ctx->kern;
	struct err err = { 0 };
	struct tcmsg *tcm;
	struct nl_req req;

	tcm = nl_start(&req, RTM_NEWQDISC, NLM_F_CREATE, sizeof(*tcm));
	tcm->tcm_ifindex = ifindex;
	tcm->tcm_parent = TC_H_CLSACT;
	nl_put_str(&req, TCA_KIND, "clsact");
	ck_assert_int_eq(k->ops->talk(k, &req.nlh, NULL, NULL, &err), 0);
}

START_TEST(qdiscs_are_those_of_the_device)
{
	int n = 0;

	add_qdisc(2);
	add_qdisc(3);
	ck_assert_int_eq(query_qdiscs(ctx, 3, count, &n), 0);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(query_qdiscs(ctx, 0, count, &n), 0);
	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(query_qdiscs(ctx, 1, count, &n), 0);
	ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(a_filter_is_asked_for_as_the_hook_says)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook),
		.kind = BPFELF_CLS,
		.ifindex = 2,
		.parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
		.pref = 49152,
		.protocol = ETH_P_ALL,
		.handle = 1,
	};
	int n = 0;
	const struct query_reader reader = { .fn = count, .data = &n };

	add_qdisc(2);
	ck_assert_int_eq(query_filter(ctx, &hook, count, &n), -EINVAL);
	ck_assert_str_eq(bpfelf_extack(ctx), "Cannot find specified filter chain");
	ck_assert_int_eq(query_filters(ctx, 2, hook.parent, 0, NULL, &reader), 0);
	ck_assert_int_eq(n, 0);
}
END_TEST

static void add_filter(uint32_t ifindex, uint32_t parent)
{
	static const struct sock_filter insn = { .code = BPF_RET | BPF_K };
	struct kern *k = ctx->kern;
	struct err err = { 0 };
	struct nlattr *options;
	struct tcmsg *tcm;
	struct nl_req req;
	const uint16_t cnt = 1;

	tcm = nl_start(&req, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, sizeof(*tcm));
	tcm->tcm_ifindex = ifindex;
	tcm->tcm_parent = parent;
	tcm->tcm_info = TC_H_MAKE(0, htons(ETH_P_ALL));
	nl_put_str(&req, TCA_KIND, "bpf");
	options = nl_nest(&req, TCA_OPTIONS);
	nl_put(&req, TCA_BPF_OPS_LEN, &cnt, sizeof(cnt));
	nl_put(&req, TCA_BPF_OPS, &insn, sizeof(insn));
	nl_nest_end(&req, options);
	ck_assert_int_eq(k->ops->talk(k, &req.nlh, NULL, NULL, &err), 0);
}

/* A filter is told twice, first without its handle; in a list that changes so
 * often while it is read. */
static const struct through {
	int changes, forgets, result, n;
} through[] = {
	{ 0, 9, 0, 2 },
	{ 4, 9, 0, 2 },		/* as if nothing had happened */
	{ 5, 9, -EINTR, 2 },	/* enough: the last try counts */
	{ 1, 0, -EINTR, 2 },	/* seen already, and shown but once */
	{ 3, 2, -EINTR, 2 },
};

START_TEST(a_long_list_is_passed_on_until_it_cannot_be_forgotten)
{
	const uint32_t ingress = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	struct kept kept = { .forgets = through[_i].forgets };
	const struct query_reader reader = {
		.fn = keep, .again = forget, .data = &kept,
	};
	int r;

	add_qdisc(2);
	add_filter(2, ingress);
	make_restless(through[_i].changes);
	r = query_filters(ctx, 2, ingress, 0, NULL, &reader);
	ctx->kern = restless.calm;
	ck_assert_int_eq(r, through[_i].result);
	ck_assert_int_eq(kept.n, through[_i].n);
}
END_TEST

START_TEST(all_links_can_be_kept_by_who_asks)
{
	struct kept kept = { .forgets = 1 };
	const struct query_reader reader = {
		.fn = keep, .again = forget, .data = &kept,
	};
	int r;

	make_restless(1);
	r = query_all_links(ctx, 0, &reader);
	ctx->kern = restless.calm;
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(kept.n, 4);
}
END_TEST

START_TEST(a_program_is_described_by_id)
{
	const struct bpf_insn insn = { .code = BPF_JMP | BPF_EXIT };
	const struct kern_prog prog = {
		.name = "pass",
		.license = "GPL",
		.insns = &insn,
		.insn_cnt = 1,
		.type = BPF_PROG_TYPE_XDP,
	};
	struct bpf_prog_info info;
	int fd = ctx->kern->ops->prog_load(ctx->kern, &prog);

	ck_assert_int_eq(query_prog(ctx, 1, &info), 0);
	ck_assert_str_eq(info.name, "pass");
	ck_assert_int_eq(query_prog(ctx, 99, &info), -ENOENT);
	close(fd);
	ck_assert_int_eq(fake_count_fds(&fake), 0);
}
END_TEST

Suite *query_suite(void)
{
	Suite *s = suite_create("query");
	TCase *tc = tcase_create("query");

	tcase_add_checked_fixture(tc, open_ctx, close_ctx);
	tcase_add_loop_test(tc, a_name_gives_an_index, 0, ARRAY_SIZE(named));
	tcase_add_test(tc, another_failure_is_passed_on);
	tcase_add_test(tc, netlink_knows_when_the_short_way_does_not);
	tcase_add_test(tc, an_index_gives_a_name_and_leaves_the_error_alone);
	tcase_add_test(tc, links_come_alone_or_all);
	tcase_add_test(tc, a_callback_stops_a_dump);
	tcase_add_test(tc, a_dump_that_changes_is_read_again_and_shown_once);
	tcase_add_test(tc, qdiscs_are_those_of_the_device);
	tcase_add_test(tc, a_filter_is_asked_for_as_the_hook_says);
	tcase_add_loop_test(tc, a_long_list_is_passed_on_until_it_cannot_be_forgotten,
			    0, ARRAY_SIZE(through));
	tcase_add_test(tc, all_links_can_be_kept_by_who_asks);
	tcase_add_test(tc, a_program_is_described_by_id);
	suite_add_tcase(s, tc);
	return s;
}
