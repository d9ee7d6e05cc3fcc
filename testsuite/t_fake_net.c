/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake attaches to devices as the kernel does. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "fakerig.h"
#include "nl.h"

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

/* XDP */

static struct nl_req req;
static struct err err;

static int talk(kern_msg_fn fn, void *data)
{
	err_clear(&err);
	return kern->ops->talk(kern, &req.nlh, fn, data, &err);
}

#define SKB	XDP_FLAGS_SKB_MODE
#define DRV	XDP_FLAGS_DRV_MODE
#define NOEXIST XDP_FLAGS_UPDATE_IF_NOEXIST
#define REPLACE XDP_FLAGS_REPLACE

enum { OFF = -1, NONE, A, B, CLS };	/* programs */

#define TWO_MODES "Native and generic XDP can't be active at the same time"

static const struct xdp_step {
	int ifindex, prog;
	uint32_t flags;
	int expected;		/* with REPLACE */
	int result;
	const char *words;
} xdp_steps[] = {
	{ 99, A,   0, NONE, -ENODEV, "" },
	{ 3, OFF,  0, NONE, 0, "" },
	{ 3, CLS,  0, NONE, -EINVAL, "" },
	{ 3, A,    NOEXIST, NONE, 0, "" },
	{ 3, B,    NOEXIST, NONE, -EBUSY, "XDP program already attached" },
	{ 3, B,    NOEXIST | SKB, NONE, -EEXIST, TWO_MODES },
	{ 3, B,    SKB | DRV, NONE, -EINVAL, "" },
	{ 3, B,    REPLACE, B, -EEXIST, "Active program does not match expected" },
	{ 3, B,    REPLACE, A, 0, "" },
	{ 3, B,    REPLACE | SKB, OFF, -EEXIST, TWO_MODES },
	{ 3, A,    REPLACE, OFF, -EEXIST, "Active program does not match expected" },
	{ 3, A,    REPLACE, NONE, -EINVAL, "" },
	{ 3, A,    0, NONE, 0, "" },
	{ 3, OFF,  SKB, NONE, 0, "" },
	{ 3, OFF,  NOEXIST, NONE, 0, "" },
	{ 3, A,    SKB, NONE, 0, "" },
	{ 3, OFF,  DRV, NONE, 0, "" },
	{ 3, OFF,  REPLACE | SKB, A, 0, "" },
	{ 1, A,    DRV, NONE, -EOPNOTSUPP, "Underlying driver does not support XDP in native mode" },
	{ 1, A,    0, NONE, 0, "" },
	{ 1, OFF,  0, NONE, 0, "" },
	{ 0 },
};

static int xdp(const struct xdp_step *s, const int *progs)
{
	struct ifinfomsg *ifi;
	struct nlattr *nest;

	ifi = nl_start(&req, RTM_NEWLINK, 0, sizeof(*ifi));
	ifi->ifi_index = s->ifindex;
	nest = nl_nest(&req, IFLA_XDP);
	nl_put_u32(&req, IFLA_XDP_FD, s->prog == OFF ? -1 : progs[s->prog]);
	nl_put_u32(&req, IFLA_XDP_FLAGS, s->flags);
	if (s->expected)
		nl_put_u32(&req, IFLA_XDP_EXPECTED_FD,
			   s->expected == OFF ? -1 : progs[s->expected]);
	nl_nest_end(&req, nest);
	return talk(NULL, NULL);
}

static int take_xdp(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_XDP + 1];

	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_XDP);
	nl_nested(tb[IFLA_XDP], data, IFLA_XDP_MAX);
	return 0;
}

START_TEST(xdp_is_attached_as_the_kernel_does)
{
	int progs[] = {
		[A] = new_prog("a", BPF_PROG_TYPE_XDP),
		[B] = new_prog("b", BPF_PROG_TYPE_XDP),
		[CLS] = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS),
	};
	const struct xdp_step *s;
	int r;

	for (s = xdp_steps; s->ifindex; s++) {
		r = xdp(s, progs);
		ck_assert_msg(r == s->result && str_eq(err.extack, s->words),
			      "step %zu: %d '%s'", s - xdp_steps, r, err.extack);
		ck_assert_int_eq(err.netlink, r != 0);
	}
	ck_fake_state("");
	close(progs[A]);
	close(progs[B]);
	close(progs[CLS]);
}
END_TEST

START_TEST(xdp_is_shown)
{
	const struct nlattr *tb[IFLA_XDP_MAX + 1];
	struct xdp_step step = { .ifindex = 3, .prog = A, .flags = SKB };
	int progs[] = { [A] = new_prog("a", BPF_PROG_TYPE_XDP) };

	ck_assert_int_eq(xdp(&step, progs), 0);
	nl_start(&req, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	nl_put_str(&req, IFLA_IFNAME, "v1");
	ck_assert_int_eq(talk(take_xdp, tb), 0);
	ck_assert_uint_eq(nl_u8(tb[IFLA_XDP_ATTACHED], 9), XDP_ATTACHED_SKB);
	ck_assert_uint_eq(nl_u32(tb[IFLA_XDP_PROG_ID], 0), prog_id(progs[A]));
	ck_assert_uint_eq(nl_u32(tb[IFLA_XDP_SKB_PROG_ID], 0), prog_id(progs[A]));
	close(progs[A]);
	ck_fake_state("v1 xdp skb prog 1 'a'\n");
}
END_TEST

/* Filters */

/* the kernel's words */
#define NO_CREATE	"Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter"
#define NO_CHAIN	"Cannot find specified filter chain"
#define NO_PREF		"Filter with specified priority/protocol not found"
#define PREF_ZERO	"Invalid filter command with priority of zero"
#define NO_HANDLE	"Specified filter handle not found"
#define MISMATCH	"Protocol mismatch for filter with specified priority"
#define NO_FLUSH	"Cannot flush filters with protocol, handle or kind set"
#define NO_PARENT	"Parent Qdisc doesn't exists"

#define ALL ETH_P_ALL
#define IP  ETH_P_IP

static const struct tc_step {
	uint16_t type, flags;
	uint32_t parent, pref, handle, chain;
	uint16_t protocol;
	int result;
	const char *words;
	uint32_t got_pref, got_handle;	/* told by NLM_F_ECHO */
} tc_steps[] = {
#define ADD	RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO
#define REPL	RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_ECHO
#define CHANGE	RTM_NEWTFILTER, NLM_F_ECHO
#define DEL	RTM_DELTFILTER, 0
#define SHOW	RTM_GETTFILTER, 0
#define TOLD(op, parent, pref, handle, chain, proto, got_pref, got_handle) \
	{ op, parent, pref, handle, chain, proto, 0, "", got_pref, got_handle }
#define REFUSED(op, parent, pref, handle, chain, proto, result, words) \
	{ op, parent, pref, handle, chain, proto, result, words, 0, 0 }
#define QDISC(what, flags, result, words) \
	{ RTM_##what##QDISC, flags, 0, 0, 0, 0, 0, result, words, 0, 0 }
	REFUSED(ADD, INGRESS, 0, 0, 0, ALL, -EINVAL, NO_PARENT),
	QDISC(DEL, 0, -ENOENT, "Cannot find specified qdisc on specified device"),
	QDISC(NEW, 0, -ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag"),
	QDISC(NEW, NLM_F_CREATE | NLM_F_EXCL, 0, ""),
	QDISC(NEW, NLM_F_CREATE | NLM_F_EXCL, -EEXIST, "Exclusivity flag on, cannot modify"),
	QDISC(NEW, NLM_F_CREATE | NLM_F_REPLACE, 0, ""),
	REFUSED(SHOW, INGRESS, 5, 1, 0, ALL, -EINVAL, NO_CHAIN),
	REFUSED(DEL, INGRESS, 5, 1, 0, ALL, -ENOENT, NO_CHAIN),
	REFUSED(ADD, 0xffff0000, 0, 0, 0, ALL, -EINVAL, ""),
	TOLD(ADD, INGRESS, 0, 0, 0, ALL, 49152, 1),
	TOLD(ADD, INGRESS, 0, 0, 0, ALL, 49151, 1),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 1),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 2),
	TOLD(ADD, INGRESS, 5, 9, 0, ALL, 5, 9),
	REFUSED(ADD, INGRESS, 5, 9, 0, ALL, -EEXIST, "Filter already exists"),
	TOLD(REPL, INGRESS, 5, 9, 0, ALL, 5, 9),
	TOLD(CHANGE, INGRESS, 5, 9, 0, ALL, 5, 9),
	REFUSED(CHANGE, INGRESS, 5, 8, 0, ALL, -ENOENT, NO_CREATE),
	REFUSED(CHANGE, INGRESS, 6, 8, 0, ALL, -ENOENT, NO_CREATE),
	REFUSED(CHANGE, INGRESS, 0, 8, 0, ALL, -ENOENT, PREF_ZERO),
	REFUSED(ADD, INGRESS, 5, 0, 0, IP, -EINVAL, MISMATCH),
	TOLD(ADD, INGRESS, 5, 0, 3, IP, 5, 1),
	TOLD(ADD, EGRESS, 5, 0, 0, ALL, 5, 1),
	TOLD(SHOW, INGRESS, 5, 9, 0, ALL, 5, 9),
	REFUSED(SHOW, INGRESS, 5, 8, 0, ALL, -ENOENT, NO_HANDLE),
	REFUSED(SHOW, INGRESS, 6, 8, 0, ALL, -ENOENT, NO_PREF),
	REFUSED(SHOW, INGRESS, 0, 8, 0, ALL, -ENOENT, PREF_ZERO),
	REFUSED(DEL, INGRESS, 5, 8, 0, ALL, -ENOENT, NO_HANDLE),
	TOLD(DEL, INGRESS, 5, 9, 0, ALL, 0, 0),
	TOLD(DEL, INGRESS, 5, 0, 0, ALL, 0, 0),
	REFUSED(DEL, INGRESS, 5, 0, 0, ALL, -ENOENT, NO_PREF),
	REFUSED(DEL, INGRESS, 0, 1, 0, ALL, -ENOENT, NO_FLUSH),
	QDISC(DEL, 0, 0, ""),
	REFUSED(SHOW, INGRESS, 5, 9, 0, ALL, -EINVAL, NO_PARENT),
	{ 0 },
};

static bool is_qdisc(uint16_t type)
{
	return type == RTM_NEWQDISC || type == RTM_DELQDISC;
}

static int take_tcmsg(const struct nlmsghdr *nlh, void *data)
{
	memcpy(data, nl_payload(nlh), sizeof(struct tcmsg));
	return 0;
}

static int tc(const struct tc_step *s, int prog, struct tcmsg *got)
{
	struct tcmsg *tcm = nl_start(&req, s->type, s->flags, sizeof(*tcm));
	struct nlattr *nest;

	tcm->tcm_ifindex = 3;
	tcm->tcm_handle = is_qdisc(s->type) ? 0xffff0000 : s->handle;
	tcm->tcm_parent = is_qdisc(s->type) ? TC_H_CLSACT : s->parent;
	if (!is_qdisc(s->type))
		tcm->tcm_info = TC_H_MAKE(s->pref << 16, htons(s->protocol));
	if (s->chain)
		nl_put_u32(&req, TCA_CHAIN, s->chain);
	nl_put_str(&req, TCA_KIND, is_qdisc(s->type) ? "clsact" : "bpf");
	if (s->type == RTM_NEWTFILTER) {
		nest = nl_nest(&req, TCA_OPTIONS);
		nl_put_u32(&req, TCA_BPF_FD, prog);
		nl_put_str(&req, TCA_BPF_NAME, "x.o:[c]");
		nl_put_u32(&req, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
		nl_nest_end(&req, nest);
	}
	memset(got, 0, sizeof(*got));
	return talk(take_tcmsg, got);
}

START_TEST(filters_are_kept_as_the_kernel_does)
{
	int prog = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS), r;
	const struct tc_step *s;
	struct tcmsg got;

	for (s = tc_steps; s->type; s++) {
		r = tc(s, prog, &got);
		ck_assert_msg(r == s->result && str_eq(err.extack, s->words),
			      "step %zu: %d '%s'", s - tc_steps, r, err.extack);
		ck_assert_msg(got.tcm_info >> 16 == s->got_pref &&
			      got.tcm_handle == s->got_handle,
			      "step %zu: pref %u handle %u", s - tc_steps,
			      got.tcm_info >> 16, got.tcm_handle);
	}
	close(prog);
	ck_fake_state("");
}
END_TEST

static const struct tc_step some[] = {
	QDISC(NEW, NLM_F_CREATE, 0, ""),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 1),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 2),
	TOLD(ADD, INGRESS, 4, 0, 0, IP, 4, 1),
	TOLD(ADD, INGRESS, 1, 0, 7, ALL, 1, 1),
	TOLD(ADD, EGRESS, 1, 3, 0, ALL, 1, 3),
};

static int count_one(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return 0;
}

static int count_filters(uint32_t info, const uint32_t *chain)
{
	struct tcmsg *tcm;
	int n = 0;

	tcm = nl_start(&req, RTM_GETTFILTER, NLM_F_DUMP, sizeof(*tcm));
	tcm->tcm_ifindex = 3;
	tcm->tcm_parent = INGRESS;
	tcm->tcm_info = info;
	if (chain)
		nl_put_u32(&req, TCA_CHAIN, *chain);
	ck_assert_int_eq(talk(count_one, &n), 0);
	return n;
}

START_TEST(a_dump_has_a_head_for_each_pref)
{
	int prog = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS);
	const uint32_t zero = 0;
	struct tcmsg got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(some); i++)
		ck_assert_int_eq(tc(&some[i], prog, &got), 0);
	ck_assert_int_eq(count_filters(0, NULL), 7);
	ck_assert_int_eq(count_filters(0, &zero), 5);
	ck_assert_int_eq(count_filters(5 << 16, NULL), 3);
	ck_assert_int_eq(count_filters(htons(ETH_P_IP), NULL), 2);
	close(prog);
	ck_fake_state("v1 qdisc clsact\n"
		      "v1 filter fff2: chain 0 pref 4 protocol 0x800 handle 1 "
		      "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		      "v1 filter fff2: chain 0 pref 5 protocol 0x3 handle 2 "
		      "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		      "v1 filter fff2: chain 0 pref 5 protocol 0x3 handle 1 "
		      "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		      "v1 filter fff2: chain 7 pref 1 protocol 0x3 handle 1 "
		      "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		      "v1 filter fff3: chain 0 pref 1 protocol 0x3 handle 3 "
		      "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n");
}
END_TEST

Suite *fake_net_suite(void)
{
	Suite *s = suite_create("fake_net");
	TCase *tc = tcase_create("fake_net");

	tcase_add_checked_fixture(tc, open_fake, close_fake);
	tcase_add_test(tc, xdp_is_attached_as_the_kernel_does);
	tcase_add_test(tc, xdp_is_shown);
	tcase_add_test(tc, filters_are_kept_as_the_kernel_does);
	tcase_add_test(tc, a_dump_has_a_head_for_each_pref);
	suite_add_tcase(s, tc);
	return s;
}
