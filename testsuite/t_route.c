/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a route stands, and what of it is told back to the kernel. */
#include "route.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit.h"

/* ---- places ---- */

struct where {
	uint8_t family, dst_len, src_len, tos, table;
	const char *dst, *src;	/* hex digits; NULL: no attribute */
	uint32_t long_table, metric;
};

static void put_hex(struct nl_req *req, uint16_t type, const char *hex)
{
	uint8_t bytes[16];
	unsigned int byte;
	size_t len = 0;

	for (; hex && sscanf(hex + 2 * len, "%2x", &byte) == 1; len++)
		bytes[len] = byte;
	if (hex)
		nl_put(req, type, bytes, len);
}

static void build(struct nl_req *req, const struct where *w)
{
	struct rtmsg *rtm = nl_start(req, RTM_NEWROUTE, 0, sizeof(*rtm));

	rtm->rtm_family = w->family ?: AF_INET;
	rtm->rtm_dst_len = w->dst_len;
	rtm->rtm_src_len = w->src_len;
	rtm->rtm_tos = w->tos;
	rtm->rtm_table = w->table;
	put_hex(req, RTA_DST, w->dst);
	put_hex(req, RTA_SRC, w->src);
	if (w->long_table)
		nl_put_u32(req, RTA_TABLE, w->long_table);
	if (w->metric)
		nl_put_u32(req, RTA_PRIORITY, w->metric);
}

static const struct {
	struct where a, b;
	bool same_dst, same_place;
} places[] = {
	{ { 0 }, { .table = RT_TABLE_MAIN }, true, true },
	{ { 0 }, { .long_table = RT_TABLE_MAIN, .table = 252 }, true, true },
	{ { .long_table = 1000, .table = 252 }, { .long_table = 1001, .table = 252 }, false, false },
	{ { .dst = "00000000" }, { .dst = NULL }, true, true },
	{ { .dst_len = 8, .dst = "0a000000" }, { .dst_len = 8, .dst = "0a000000" }, true, true },
	{ { .dst_len = 8, .dst = "0a000000" }, { .dst_len = 8, .dst = "0a" }, true, true },
	{ { .dst_len = 8, .dst = "0a000000" }, { .dst_len = 9, .dst = "0a000000" }, false, false },
	{ { .dst_len = 8, .dst = "0a000000" }, { .dst_len = 8, .dst = "0b000000" }, false, false },
	/* bits without bytes, or with too few of them */
	{ { .dst_len = 8 }, { .dst_len = 8, .dst = "0a000000" }, false, false },
	{ { .dst_len = 8 }, { .dst_len = 8 }, false, false },
	{ { .dst_len = 24, .dst = "0a00" }, { .dst_len = 24, .dst = "0a00" }, false, false },
	{ { .dst_len = 255, .dst = "0a000000" }, { .dst_len = 255, .dst = "0a000000" }, false, false },
	{ { .src_len = 16, .src = "0a010000" }, { .src_len = 16, .src = "0a020000" }, false, false },
	{ { .src_len = 16, .src = "0a010000" }, { .src_len = 16, .src = "0a010000" }, true, true },
	{ { .tos = 8 }, { .tos = 0 }, true, false },
	{ { .metric = 1 }, { .metric = 0 }, true, false },
	{ { .metric = 1024 }, { .metric = 0 }, true, false },
	{ { .family = AF_INET6, .metric = 1024 }, { .family = AF_INET6 }, true, true },
};

START_TEST(a_route_stands_in_the_place_of_another)
{
	struct route_place a, b;
	struct nl_req req[2];

	build(&req[0], &places[_i].a);
	build(&req[1], &places[_i].b);
	route_place(&req[0].nlh, &a);
	route_place(&req[1].nlh, &b);
	ck_assert_int_eq(route_same_dst(&a, &b), places[_i].same_dst);
	ck_assert_int_eq(route_same_dst(&b, &a), places[_i].same_dst);
	ck_assert_int_eq(route_same_place(&a, &b), places[_i].same_place);
	ck_assert_int_eq(route_same_place(&b, &a), places[_i].same_place);
}
END_TEST

START_TEST(what_is_a_route)
{
	struct rtmsg *rtm;
	struct nl_req req;

	rtm = nl_start(&req, RTM_NEWROUTE, 0, sizeof(*rtm));
	ck_assert(route_is(&req.nlh));
	rtm->rtm_flags = RTM_F_CLONED;
	ck_assert(!route_is(&req.nlh));
	rtm->rtm_flags = RTM_F_OFFLOAD;
	req.nlh.nlmsg_len--;
	ck_assert(!route_is(&req.nlh));
	nl_start(&req, RTM_NEWLINK, 0, sizeof(*rtm));
	ck_assert(!route_is(&req.nlh));
}
END_TEST

/* ---- what is told back ---- */

#define TOLD	(RTNH_F_ONLINK | RTNH_F_DEAD | RTNH_F_LINKDOWN)

static struct rtnexthop *put_nexthop(struct nl_req *req, int ifindex)
{
	struct rtnexthop *nh = nl_room(req, sizeof(*nh));

	*nh = (struct rtnexthop) {
		.rtnh_len = sizeof(*nh), .rtnh_flags = TOLD,
		.rtnh_ifindex = ifindex,
	};
	return nh;
}

START_TEST(flags_of_the_kernel_alone_go)
{
	struct rtnexthop *first, *second;
	struct nlattr *nest;
	struct rtmsg *rtm;
	struct nl_req req;

	rtm = nl_start(&req, RTM_NEWROUTE, 0, sizeof(*rtm));
	rtm->rtm_flags = TOLD | RTM_F_OFFLOAD;
	route_clean(&req.nlh);
	ck_assert_uint_eq(rtm->rtm_flags, RTNH_F_ONLINK);

	nest = nl_nest(&req, RTA_MULTIPATH);
	first = put_nexthop(&req, 2);
	second = put_nexthop(&req, 3);
	nl_nest_end(&req, nest);
	route_clean(&req.nlh);
	ck_assert_uint_eq(first->rtnh_flags, RTNH_F_ONLINK);
	ck_assert_uint_eq(second->rtnh_flags, RTNH_F_ONLINK);
	ck_assert_int_eq(second->rtnh_ifindex, 3);
}
END_TEST

/* a nexthop that is longer than what holds it, or shorter than its head */
START_TEST(nexthops_that_make_no_sense_are_left)
{
	static const unsigned short lens[] = { 0, 1, 7, 9, 0xffff };
	struct rtnexthop *nh;
	struct nlattr *nest;
	struct nl_req req;

	nl_start(&req, RTM_NEWROUTE, 0, sizeof(struct rtmsg));
	nest = nl_nest(&req, RTA_MULTIPATH);
	nh = put_nexthop(&req, 2);
	nl_nest_end(&req, nest);
	nh->rtnh_len = lens[_i];
	route_clean(&req.nlh);
	ck_assert_uint_eq(nh->rtnh_flags, TOLD);
}
END_TEST

START_TEST(a_route_expires)
{
	const int tick = sysconf(_SC_CLK_TCK);
	const struct { int expires; uint32_t seconds; size_t cut; } rows[] = {
		{ 0, 0, 0 }, { 5 * tick, 5, 0 }, { 5 * tick + 1, 5, 0 },
		{ -5 * tick, 0, 0 }, { 5 * tick, 0, 1 },
	};
	struct rta_cacheinfo info = { 0 };
	struct nl_req req;

	nl_start(&req, RTM_NEWROUTE, 0, sizeof(struct rtmsg));
	ck_assert_uint_eq(route_seconds(&req.nlh), 0);
	info.rta_expires = rows[_i].expires;
	nl_put(&req, RTA_CACHEINFO, &info, sizeof(info) - rows[_i].cut);
	ck_assert_uint_eq(route_seconds(&req.nlh), rows[_i].seconds);
}
END_TEST

Suite *route_suite(void)
{
	Suite *s = suite_create("route");
	TCase *tc = tcase_create("route");

	tcase_add_loop_test(tc, a_route_stands_in_the_place_of_another, 0, ARRAY_SIZE(places));
	tcase_add_test(tc, what_is_a_route);
	tcase_add_test(tc, flags_of_the_kernel_alone_go);
	tcase_add_loop_test(tc, nexthops_that_make_no_sense_are_left, 0, 5);
	tcase_add_loop_test(tc, a_route_expires, 0, 5);
	suite_add_tcase(s, tc);
	return s;
}
