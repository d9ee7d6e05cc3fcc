/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The fake's routes: one list in the order of their coming, with the programs
 * that they run. As in the kernel, an IPv4 route that says what another one
 * says, of programs the name, runs the other one's programs.
 */
#include <errno.h>
#include <linux/lwtunnel.h>
#include <linux/seg6_local.h>
#include <stdio.h>

#include "encap.h"
#include "fake_net.h"

#define PROGS 8

struct ran {
	uint32_t type;
	char name[ENCAP_NAME_SIZE];
	struct fake_obj *prog;
};

struct route {
	struct route *next;
	struct ran progs[PROGS];
	size_t progs_cnt;
	uint32_t table, metric, ifindex;
	struct buf msg;			/* as it was asked for */
};

static const struct rtmsg *rtm_of(const struct route *route)
{
	return NLMSG_DATA((const struct nlmsghdr *)route->msg.data);
}

static void route_free(struct route *route)
{
	buf_free(&route->msg);
	free(route);
}

void route_free_all(struct fake_net *net)
{
	struct route *route;

	while ((route = net->routes)) {
		net->routes = route->next;
		route_free(route);
	}
}

/* ---- programs ---- */

static const struct {
	uint16_t encap_type, attr;
	uint32_t type;
} places[] = {
	{ LWTUNNEL_ENCAP_BPF, LWT_BPF_IN, BPF_PROG_TYPE_LWT_IN },
	{ LWTUNNEL_ENCAP_BPF, LWT_BPF_OUT, BPF_PROG_TYPE_LWT_OUT },
	{ LWTUNNEL_ENCAP_BPF, LWT_BPF_XMIT, BPF_PROG_TYPE_LWT_XMIT },
	{ LWTUNNEL_ENCAP_SEG6_LOCAL, SEG6_LOCAL_BPF, BPF_PROG_TYPE_LWT_SEG6LOCAL },
};

struct reading {
	struct talk *t;
	struct route *route;
};

static int read_prog(struct reading *r, const struct nlattr *nest, uint32_t type)
{
	const struct nlattr *tb[LWT_BPF_PROG_MAX + 1];
	struct ran *ran = &r->route->progs[r->route->progs_cnt];
	int fd;

	nl_nested(nest, tb, LWT_BPF_PROG_MAX);
	if (!tb[LWT_BPF_PROG_FD] || !nl_str(tb[LWT_BPF_PROG_NAME]) ||
	    r->route->progs_cnt == PROGS)
		return -EINVAL;
	fd = nl_u32(tb[LWT_BPF_PROG_FD], -1);
	r->route->progs_cnt++;
	ran->type = type;
	snprintf(ran->name, sizeof(ran->name), "%s", nl_str(tb[LWT_BPF_PROG_NAME]));
	return fake_prog_of(r->t->world, fd, type, &ran->prog);
}

static int read_encap(uint32_t nexthop, const struct nlattr *const *tb, void *data)
{
	const struct nlattr *nest[SEG6_LOCAL_MAX + 1];
	uint16_t type = nl_u16(tb[RTA_ENCAP_TYPE], LWTUNNEL_ENCAP_NONE);
	size_t i;
	int r = 0;

	(void)nexthop;
	nl_nested(tb[RTA_ENCAP], nest, SEG6_LOCAL_MAX);
	if (type == LWTUNNEL_ENCAP_BPF && nl_u32(nest[LWT_BPF_XMIT_HEADROOM], 0) >
					  LWT_BPF_MAX_HEADROOM)
		return -ERANGE;
	for (i = 0; i < ARRAY_SIZE(places) && r == 0; i++)
		if (type == places[i].encap_type && nest[places[i].attr])
			r = read_prog(data, nest[places[i].attr], places[i].type);
	return r;
}

/* ---- one route ---- */

static int read_route(struct talk *t, struct route **out)
{
	struct route *route = calloc(1, sizeof(*route));
	struct reading reading = { t, route };
	const struct nlattr *tb[RTA_MAX + 1];
	const struct rtmsg *rtm;
	int r;

	if (!route)
		return -ENOMEM;
	*out = route;
	buf_add(&route->msg, t->req, t->req->nlmsg_len);
	if (buf_failed(&route->msg))
		return -ENOMEM;
	rtm = rtm_of(route);
	nl_attrs(t->req, sizeof(*rtm), tb, RTA_MAX);
	route->table = nl_u32(tb[RTA_TABLE], rtm->rtm_table);
	route->metric = nl_u32(tb[RTA_PRIORITY], 0);
	route->ifindex = nl_u32(tb[RTA_OIF], 0);
	if (route->ifindex && !net_by_index(t->world, route->ifindex))
		return -ENODEV;
	r = encap_each_nexthop(t->req, read_encap, &reading);
	return r;
}

static const void *dst_of(const struct route *route)
{
	static const uint8_t none[16];
	const struct nlattr *tb[RTA_DST + 1];

	nl_attrs((const struct nlmsghdr *)route->msg.data, sizeof(struct rtmsg), tb, RTA_DST);
	return tb[RTA_DST] ? nl_data(tb[RTA_DST]) : none;
}

static bool same_dst(const struct route *a, const struct route *b)
{
	return rtm_of(a)->rtm_family == rtm_of(b)->rtm_family &&
	       rtm_of(a)->rtm_dst_len == rtm_of(b)->rtm_dst_len &&
	       a->table == b->table &&
	       !memcmp(dst_of(a), dst_of(b), rtm_of(a)->rtm_dst_len / 8);
}

static bool same_progs(const struct route *a, const struct route *b)
{
	size_t i;

	for (i = 0; i < PROGS; i++)
		if (a->progs[i].type != b->progs[i].type ||
		    !str_eq(a->progs[i].name, b->progs[i].name))
			return false;
	return true;
}

static bool is_ipv4(const struct route *route)
{
	return rtm_of(route)->rtm_family == AF_INET;
}

/* ---- requests ---- */

static void share_progs(struct fake_net *net, struct route *route)
{
	const struct route *other;

	for (other = net->routes; is_ipv4(route) && other; other = other->next)
		if (is_ipv4(other) && other->metric == route->metric &&
		    other->ifindex == route->ifindex && same_progs(other, route))
			memcpy(route->progs, other->progs, sizeof(route->progs));
}

static struct route **find_place(struct fake_net *net, const struct route *route)
{
	struct route **at = &net->routes;

	while (*at && (!same_dst(*at, route) || (*at)->metric != route->metric))
		at = &(*at)->next;
	return at;
}

static int put_route(struct talk *t, struct route *route)
{
	struct fake_net *net = t->world->net;
	struct route **at = find_place(net, route), *old = *at;

	if (!old && !net_has(t, NLM_F_CREATE))
		return -ENOENT;
	if (old && net_has(t, NLM_F_EXCL))
		return -EEXIST;
	share_progs(net, route);
	if (old && net_has(t, NLM_F_REPLACE)) {
		route->next = old->next;
		*at = route;
		route_free(old);
		return 0;
	}
	for (at = &net->routes; *at; at = &(*at)->next)
		;
	*at = route;
	return 0;
}

int route_new(struct talk *t)
{
	struct route *route = NULL;
	int r = read_route(t, &route);

	/* what the kernel makes of it */
	if (r == 0 && !route->metric && !is_ipv4(route))
		route->metric = 1024;
	r = r ?: put_route(t, route);
	if (r < 0 && route)
		route_free(route);
	return r;
}

static bool is_meant(const struct route *there, const struct route *which)
{
	return same_dst(there, which) &&
	       (!which->metric || there->metric == which->metric) &&
	       (!which->progs_cnt || !is_ipv4(which) || same_progs(there, which));
}

int route_del(struct talk *t)
{
	struct route **at = &t->world->net->routes, *which = NULL, *found = NULL;
	int r = read_route(t, &which);

	while (r == 0 && *at && !is_meant(*at, which))
		at = &(*at)->next;
	if (r == 0)
		found = *at;
	if (found) {
		*at = found->next;
		route_free(found);
	}
	if (which)
		route_free(which);
	return r ?: found ? 0 : -ESRCH;
}

/* The kernel tells of a program its name only; descriptors lead nowhere. */
static void forget_fd(struct nlmsghdr *nlh, const struct nlattr *nest)
{
	const struct nlattr *tb[LWT_BPF_PROG_MAX + 1];

	nl_nested(nest, tb, LWT_BPF_PROG_MAX);
	if (tb[LWT_BPF_PROG_FD])
		memset(nl_own(nlh, nl_data(tb[LWT_BPF_PROG_FD])), 0xff, sizeof(int));
}

static int forget_fds(uint32_t nexthop, const struct nlattr *const *tb, void *data)
{
	const struct nlattr *nest[SEG6_LOCAL_MAX + 1];
	size_t i;

	(void)nexthop;
	nl_nested(tb[RTA_ENCAP], nest, SEG6_LOCAL_MAX);
	for (i = 0; i < ARRAY_SIZE(places); i++)
		forget_fd(data, nest[places[i].attr]);
	return 0;
}

static int answer_route(struct talk *t, const struct route *route)
{
	const size_t len = route->msg.len - NLMSG_HDRLEN;

	nl_start(&t->reply, RTM_NEWROUTE, 0, len);
	memcpy(NLMSG_DATA(&t->reply.nlh), route->msg.data + NLMSG_HDRLEN, len);
	if (route->metric)
		nl_put_u32(&t->reply, RTA_PRIORITY, route->metric);
	encap_each_nexthop(&t->reply.nlh, forget_fds, &t->reply.nlh);
	return net_answer(t);
}

int route_dump(struct talk *t)
{
	const struct rtmsg *asked = NLMSG_DATA(t->req);
	const struct route *route;
	int r = 0;

	for (route = t->world->net->routes; route && r == 0; route = route->next)
		if (asked->rtm_family == rtm_of(route)->rtm_family)
			r = answer_route(t, route);
	return r;
}

/* ---- looking on ---- */

bool fake_net_runs(const struct fake_net *net, const struct fake_obj *prog)
{
	const struct route *route;
	size_t i;

	for (route = net->routes; route; route = route->next)
		for (i = 0; i < route->progs_cnt; i++)
			if (route->progs[i].prog == prog)
				return true;
	return false;
}

void route_state(const struct fake_net *net, struct buf *text)
{
	const struct route *route;
	const uint8_t *dst;
	size_t i;

	for (route = net->routes; route; route = route->next) {
		dst = dst_of(route);
		buf_addf(text, "route %d/%d table %u metric %u dev %u", dst[1],
			 rtm_of(route)->rtm_dst_len, route->table, route->metric,
			 route->ifindex);
		for (i = 0; i < route->progs_cnt; i++)
			buf_addf(text, " %u '%s' prog %u", route->progs[i].type,
				 route->progs[i].name, route->progs[i].prog->id);
		buf_addf(text, "\n");
	}
}
