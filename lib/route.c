/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "route.h"

#include <sys/socket.h>

void route_place(const struct nlmsghdr *nlh, struct route_place *place)
{
	const struct nlattr *tb[RTA_MAX + 1];

	nl_attrs(nlh, sizeof(struct rtmsg), tb, RTA_MAX);
	place->rtm = NLMSG_DATA(nlh);
	place->dst = tb[RTA_DST];
	place->src = tb[RTA_SRC];
	place->table = nl_u32(tb[RTA_TABLE], place->rtm->rtm_table) ?: RT_TABLE_MAIN;
	place->metric = nl_u32(tb[RTA_PRIORITY], 0);
	if (!place->metric && place->rtm->rtm_family == AF_INET6)
		place->metric = ROUTE_IPV6_METRIC;
}

/* The kernel leaves out what has no bits, and callers may not. */
static bool same_bits(const struct nlattr *a, const struct nlattr *b,
		      unsigned int bits)
{
	const size_t len = (bits + 7) / 8;

	if (!len)
		return true;
	return a && b && nl_len(a) >= len &&
	       nl_len(b) >= len &&
	       !memcmp(nl_data(a), nl_data(b), len);
}

bool route_same_dst(const struct route_place *a, const struct route_place *b)
{
	return a->rtm->rtm_dst_len == b->rtm->rtm_dst_len &&
	       a->rtm->rtm_src_len == b->rtm->rtm_src_len &&
	       a->table == b->table &&
	       same_bits(a->dst, b->dst, a->rtm->rtm_dst_len) &&
	       same_bits(a->src, b->src, a->rtm->rtm_src_len);
}

bool route_same_place(const struct route_place *a, const struct route_place *b)
{
	return route_same_dst(a, b) && a->rtm->rtm_tos == b->rtm->rtm_tos &&
	       a->metric == b->metric;
}

bool route_is(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);

	return nlh->nlmsg_type == RTM_NEWROUTE &&
	       nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(*rtm)) &&
	       !(rtm->rtm_flags & RTM_F_CLONED);
}

void route_clean(struct nlmsghdr *route)
{
	const unsigned int said = RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	const struct nlattr *tb[RTA_MAX + 1];
	struct rtmsg *rtm = NLMSG_DATA(route);
	struct rtnexthop *nh;
	int len;

	nl_attrs(route, sizeof(*rtm), tb, RTA_MAX);
	rtm->rtm_flags &= said;
	if (!tb[RTA_MULTIPATH])
		return;
	nh = nl_own(route, nl_data(tb[RTA_MULTIPATH]));
	len = nl_len(tb[RTA_MULTIPATH]);
	for (; RTNH_OK(nh, len); len -= RTNH_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh))
		nh->rtnh_flags &= said;
}

uint32_t route_seconds(const struct nlmsghdr *route)
{
	const struct nlattr *tb[RTA_MAX + 1];
	struct rta_cacheinfo info = { 0 };

	nl_attrs(route, sizeof(struct rtmsg), tb, RTA_MAX);
	if (tb[RTA_CACHEINFO] &&
	    nl_len(tb[RTA_CACHEINFO]) >= sizeof(info))
		memcpy(&info, nl_data(tb[RTA_CACHEINFO]), sizeof(info));
	return info.rta_expires > 0 ? info.rta_expires / sysconf(_SC_CLK_TCK) : 0;
}
