/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Routes that run programs: what is sent, and what is put back. */
#include "encap.h"

#include <errno.h>
#include <linux/lwtunnel.h>
#include <sys/socket.h>

#include "label.h"
#include "rigged.h"

#define ADD	(NLM_F_CREATE | NLM_F_EXCL)
#define REPLACE	(NLM_F_CREATE | NLM_F_REPLACE)
#define APPEND	(NLM_F_CREATE | NLM_F_APPEND)

static void load_as(uint32_t type)
{
	job_free(&job);
	ck_load_plain(type);
}

static void load(void)
{
	load_as(BPF_PROG_TYPE_LWT_IN);
}

/* the route 10.NET.0.0/16 */
static struct bpfelf_hook route(struct nl_req *req, uint8_t family, uint8_t net,
				uint16_t flags, const struct bpfelf_encap *encap)
{
	const uint8_t dst[16] = { 10, net };
	struct rtmsg *rtm;

	rtm = nl_start(req, RTM_NEWROUTE, flags, sizeof(*rtm));
	rtm->rtm_family = family;
	rtm->rtm_dst_len = 16;
	rtm->rtm_table = RT_TABLE_MAIN;
	nl_put(req, RTA_DST, dst, family == AF_INET ? 4 : 16);
	nl_put_u32(req, RTA_OIF, DEV);
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_ROUTE,
		.route = &req->nlh, .encap = encap,
	};
}

static int attach(uint8_t family, uint8_t net, uint16_t flags)
{
	const struct bpfelf_encap encap = {
		.sz = sizeof(encap), .in = { .txn = job.txn },
	};
	struct nl_req req;
	struct bpfelf_hook hook = route(&req, family, net, flags, &encap);

	return bpfelf_attach(job.txn, &hook);
}

/* loaded for it, and attached for good */
static void keep(uint8_t family, uint8_t net)
{
	load();
	ck_assert_int_eq(attach(family, net, ADD), 0);
	commit();
}

/* a route to the kernel alone, as others make them */
static void plain_route(uint8_t family, uint8_t net)
{
	struct kern *k = rig.ctx->kern;
	struct nl_req req;
	struct err err;

	route(&req, family, net, ADD, NULL);
	ck_assert_int_eq(k->ops->talk(k, &req.nlh, NULL, NULL, &err), 0);
}

#define ROUTE(net, metric) "route " net "/16 table 254 metric " metric " dev 2"

START_TEST(a_route_is_added_and_taken_back)
{
	load();
	ck_assert_int_eq(attach(AF_INET, 1, ADD), 0);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 1\n");
	job_free(&job);
	ck_state("");
	keep(AF_INET, 1);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 3\n");
	load();
	ck_assert_int_eq(attach(AF_INET, 1, ADD), -EEXIST);
	ck_assert(bpfelf_extack(rig.ctx) != NULL);
	ck_assert(strstr(bpfelf_hint(rig.ctx), "replace") != NULL);
	ck_assert_int_eq(attach(AF_INET, 2, NLM_F_REPLACE), -ENOENT);
}
END_TEST

/* without the mark the fake, as the kernel, would keep program 1 */
START_TEST(a_replaced_route_runs_the_new_program_by_the_same_name)
{
	keep(AF_INET, 1);
	load();
	ck_assert_int_eq(attach(AF_INET, 1, REPLACE), 0);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 3\n");
	job_free(&job);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 1\n");
}
END_TEST

START_TEST(a_second_route_of_a_name_has_a_mark)
{
	keep(AF_INET, 1);
	keep(AF_INET, 2);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 1\n"
		 ROUTE("2", "0") " 10 'test.o:[prog]#3' prog 3\n");
	load();
	ck_assert_int_eq(attach(AF_INET, 2, REPLACE), 0);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 1\n"
		 ROUTE("2", "0") " 10 'test.o:[prog]#5' prog 5\n");
	job_free(&job);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 1\n"
		 ROUTE("2", "0") " 10 'test.o:[prog]#3' prog 3\n");
}
END_TEST

START_TEST(of_ipv6_no_name_has_a_mark)
{
	keep(AF_INET6, 1);
	load();
	ck_assert_int_eq(attach(AF_INET6, 2, ADD), 0);
	ck_state(ROUTE("1", "1024") " 10 'test.o:[prog]' prog 1\n"
		 ROUTE("2", "1024") " 10 'test.o:[prog]' prog 3\n");
	job_free(&job);
	load();
	ck_assert_int_eq(attach(AF_INET6, 1, REPLACE), 0);
	job_free(&job);
	ck_state(ROUTE("1", "1024") " 10 'test.o:[prog]' prog 1\n");
}
END_TEST

/* in IPv6, one of another metric must not go instead */
START_TEST(only_the_own_route_is_taken_back)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	const struct bpfelf_encap encap = { .sz = sizeof(encap), .in = { .name = "x" } };
	struct kern *k = rig.ctx->kern;
	struct nl_req req;
	struct err err;

	route(&req, families[_i], 1, ADD, &encap);
	nl_put_u32(&req, RTA_PRIORITY, 7);
	ck_assert_int_eq(k->ops->talk(k, &req.nlh, NULL, NULL, &err), 0);
	load();
	ck_assert_int_eq(attach(families[_i], 1, ADD), 0);
	job_free(&job);
	ck_state(ROUTE("1", "7") "\n");
}
END_TEST

START_TEST(a_plain_route_comes_back)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	plain_route(families[_i], 1);
	load();
	ck_assert_int_eq(attach(families[_i], 1, REPLACE), 0);
	job_free(&job);
	ck_state(_i ? ROUTE("1", "1024") "\n" : ROUTE("1", "0") "\n");
}
END_TEST

/* two programs that have its name: nobody can tell which one it ran */
START_TEST(what_cannot_be_put_back_is_told)
{
	struct job other;

	keep(AF_INET, 1);
	load();
	label_put(rig.ctx, bpfelf_prog_fd(job.txn), "test.o:[prog]");
	other = job;
	memset(&job, 0, sizeof(job));
	load();
	ck_assert_int_eq(attach(AF_INET, 1, REPLACE), 0);
	ck_assert(strstr(buf_str(&rig.info), "could not be put back") != NULL);
	job_free(&job);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 5\n");
	job_free(&other);
}
END_TEST

/* ---- several nexthops ---- */

static void put_nexthop(struct nl_req *req, uint32_t gateway)
{
	struct rtnexthop nh = {
		.rtnh_len = sizeof(nh) + RTA_LENGTH(4), .rtnh_ifindex = DEV,
	};

	memcpy(nl_room(req, sizeof(nh)), &nh, sizeof(nh));
	nl_put_u32(req, RTA_GATEWAY, gateway);
}

static struct bpfelf_hook two_nexthops(struct nl_req *req,
				       const struct bpfelf_encap *encap)
{
	struct bpfelf_hook hook = route(req, AF_INET, 1, ADD, encap);
	struct nlattr *nest = nl_nest(req, RTA_MULTIPATH);

	put_nexthop(req, 1);
	put_nexthop(req, 2);
	nl_nest_end(req, nest);
	return hook;
}

static int note_nexthop(uint32_t nexthop, const struct nlattr *const *tb, void *data)
{
	struct encap encap;

	buf_addf(data, "%u gateway %u", nexthop, nl_u32(tb[RTA_GATEWAY], 0));
	if (encap_parse(tb, &encap))
		buf_addf(data, " in '%s' xmit '%s' headroom %u", encap.progs[ENCAP_IN].name,
			 encap.progs[ENCAP_XMIT].name, encap.headroom);
	buf_addf(data, "\n");
	return 0;
}

START_TEST(each_nexthop_has_its_own)
{
	_cleanup_encaps_ struct encaps encaps = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct bpfelf_encap second = {
		.sz = sizeof(second), .nexthop = 2, .headroom = 14,
		.xmit = { .name = "x" },
	}, first = {
		.sz = sizeof(first), .nexthop = 1, .next = &second, .in = { .name = "i" },
	};
	struct nl_req req, out;
	struct err err = { 0 };

	two_nexthops(&req, &first);
	ck_assert_int_eq(encaps_read(&encaps, &first, false, &err), 0);
	ck_assert_int_eq(encaps_put_route(&out, RTM_NEWROUTE, ADD, &req.nlh, &encaps, &err), 0);
	encap_each_nexthop(&out.nlh, note_nexthop, &text);
	ck_assert_str_eq(buf_str(&text), "1 gateway 1 in 'i' xmit '' headroom 0\n"
					 "2 gateway 2 in '' xmit 'x' headroom 14\n");
}
END_TEST

START_TEST(no_such_nexthop)
{
	struct bpfelf_encap encap = {
		.sz = sizeof(encap), .nexthop = 3, .in = { .txn = NULL },
	};
	struct bpfelf_hook hook;
	struct nl_req req;

	load();
	encap.in.txn = job.txn;
	hook = two_nexthops(&req, &encap);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "the route has no nexthop 3");
	ck_state("");
}
END_TEST

/* ---- what makes no sense ---- */

static int attach_encap(struct bpfelf_encap *encap)
{
	struct nl_req req;
	struct bpfelf_hook hook = route(&req, AF_INET, 1, ADD, encap);

	if (encap)
		encap->sz = sizeof(*encap);
	return bpfelf_attach(job.txn, &hook);
}

START_TEST(encapsulations_that_make_no_sense)
{
	struct bpfelf_encap none = { 0 }, name = { .in = { .name = "x" } };
	struct bpfelf_encap wrong, both, count, twice, again;
	char longest[ENCAP_NAME_SIZE + 1];

	load();
	ck_assert_int_eq(attach_encap(NULL), -EINVAL);
	ck_assert_int_eq(attach_encap(&none), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "an encapsulation takes in, out and xmit, or seg6local");
	ck_assert_int_eq(attach_encap(&name), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "'in' of a route: the transaction has no program");
	wrong = (struct bpfelf_encap){ .out = { .txn = job.txn } };
	ck_assert_int_eq(attach_encap(&wrong), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "the program is of type 10, 'out' of a route takes type 11");
	both = (struct bpfelf_encap){ .in = { .txn = job.txn }, .count = true };
	ck_assert_int_eq(attach_encap(&both), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "only seg6local counts packets");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	count = (struct bpfelf_encap){ .in = { .txn = job.txn, .name = longest } };
	ck_assert_int_eq(attach_encap(&count), -ENAMETOOLONG);
	count.in.name = "";
	ck_assert_int_eq(attach_encap(&count), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "'in' of a route: a program without a name");
	again = (struct bpfelf_encap){ .sz = sizeof(again), .in = { .txn = job.txn } };
	twice = (struct bpfelf_encap){ .next = &again, .in = { .txn = job.txn } };
	ck_assert_int_eq(attach_encap(&twice), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "two encapsulations for nexthop 0");
	ck_state("");
}
END_TEST

/* of a later version, and with a message that ends within its head */
START_TEST(a_caller_that_errs)
{
	struct { struct bpfelf_encap known; char more; } later = {
		.known = { .sz = sizeof(later) }, .more = 1,
	};
	struct bpfelf_hook hook;
	struct nl_req req;

	load();
	later.known.in.txn = job.txn;
	hook = route(&req, AF_INET, 1, ADD, &later.known);
	ck_assert_int_lt(bpfelf_attach(job.txn, &hook), 0);
	later.more = 0;
	req.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)) - 1;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "a route's message without struct rtmsg");
	ck_state("");
	hook = route(&req, AF_INET, 1, ADD, &later.known);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
}
END_TEST

/* ---- taking off ---- */

static int detach(uint8_t net, const char *name)
{
	const struct bpfelf_encap encap = { .sz = sizeof(encap), .in = { .name = name } };
	struct nl_req req;
	struct bpfelf_hook hook = route(&req, AF_INET, net, 0, &encap);

	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	return bpfelf_detach(job.txn, &hook);
}

START_TEST(a_route_is_taken_off_by_its_programs_name)
{
	keep(AF_INET, 1);
	ck_assert_int_eq(detach(1, "other.o:[prog]"), -ESRCH);
	job_free(&job);
	ck_assert_int_eq(detach(1, "test.o:[prog]"), 0);
	job_free(&job);
	ck_state("");
}
END_TEST

START_TEST(the_mark_need_not_be_said)
{
	keep(AF_INET, 1);
	keep(AF_INET, 2);
	ck_assert_int_eq(detach(2, "test.o:[prog]#1"), -ESRCH);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "No such process");
	ck_assert_str_eq(bpfelf_extack(rig.ctx), "");
	job_free(&job);
	ck_assert_int_eq(detach(2, "test.o:[prog]"), 0);
	job_free(&job);
	ck_state(ROUTE("1", "0") " 10 'test.o:[prog]' prog 1\n");
}
END_TEST

/* ---- notes ---- */

START_TEST(a_program_is_found_by_its_note)
{
	_cleanup_labels_ struct labels labels = { 0 };
	const struct label *l;

	keep(AF_INET, 1);
	keep(AF_INET, 2);
	ck_assert_int_eq(labels_read(&labels, rig.ctx), 0);
	ck_assert_uint_eq(labels.cnt, 2);
	l = label_find(&labels, BPF_PROG_TYPE_LWT_IN, "test.o:[prog]");
	ck_assert_ptr_nonnull(l);
	ck_assert_uint_eq(l->id, 1);
	ck_assert_str_eq(l->prog_name, "pass");
	l = label_find(&labels, BPF_PROG_TYPE_LWT_IN, "test.o:[prog]#3");
	ck_assert_ptr_nonnull(l);
	ck_assert_uint_eq(l->id, 3);
	ck_assert_ptr_null(label_find(&labels, BPF_PROG_TYPE_LWT_OUT, "test.o:[prog]"));
	ck_assert_ptr_null(label_find(&labels, BPF_PROG_TYPE_LWT_IN, "other.o:[prog]"));
}
END_TEST

START_TEST(one_without_a_note_is_meant_when_it_is_the_only_one)
{
	_cleanup_labels_ struct labels labels = { 0 };
	struct job second;

	load();
	ck_assert_int_eq(labels_read(&labels, rig.ctx), 0);
	ck_assert_ptr_nonnull(label_find(&labels, BPF_PROG_TYPE_LWT_IN, "a"));
	labels_free(&labels);
	second = job;
	memset(&job, 0, sizeof(job));
	load();
	ck_assert_int_eq(labels_read(&labels, rig.ctx), 0);
	ck_assert_ptr_null(label_find(&labels, BPF_PROG_TYPE_LWT_IN, "a"));
	ck_assert_ptr_nonnull(label_next(&labels, BPF_PROG_TYPE_LWT_IN, "a", NULL));
	job_free(&second);
}
END_TEST

static const struct {
	const char *there, *name;
	bool is;
	uint32_t id;
} names[] = {
	{ "a", "a", true, 0 },
	{ "a#7", "a", true, 7 },
	{ "a#7x", "a", false, 7 },
	{ "a#", "a", false, 0 },
	{ "a#07", "a", false, 0 },
	{ "ab", "a", false, 0 },
	{ "", "a", false, 0 },
};

START_TEST(marked_names)
{
	uint32_t id;

	ck_assert_int_eq(encap_is_name(names[_i].there, names[_i].name, &id), names[_i].is);
	ck_assert_uint_eq(id, names[_i].id);
}
END_TEST

Suite *lwt_suite(void)
{
	Suite *s = suite_create("lwt");
	TCase *tc = tcase_create("lwt");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, a_route_is_added_and_taken_back);
	tcase_add_test(tc, a_replaced_route_runs_the_new_program_by_the_same_name);
	tcase_add_test(tc, a_second_route_of_a_name_has_a_mark);
	tcase_add_test(tc, of_ipv6_no_name_has_a_mark);
	tcase_add_loop_test(tc, only_the_own_route_is_taken_back, 0, 2);
	tcase_add_loop_test(tc, a_plain_route_comes_back, 0, 2);
	tcase_add_test(tc, what_cannot_be_put_back_is_told);
	tcase_add_test(tc, each_nexthop_has_its_own);
	tcase_add_test(tc, no_such_nexthop);
	tcase_add_test(tc, encapsulations_that_make_no_sense);
	tcase_add_test(tc, a_caller_that_errs);
	tcase_add_test(tc, a_route_is_taken_off_by_its_programs_name);
	tcase_add_test(tc, the_mark_need_not_be_said);
	tcase_add_test(tc, a_program_is_found_by_its_note);
	tcase_add_test(tc, one_without_a_note_is_meant_when_it_is_the_only_one);
	tcase_add_loop_test(tc, marked_names, 0, ARRAY_SIZE(names));
	suite_add_tcase(s, tc);
	return s;
}
