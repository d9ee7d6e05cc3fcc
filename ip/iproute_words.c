/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iproute_words.h"

#include <stdio.h>
#include <sys/socket.h>

int route_family(const struct opts *opts)
{
	if (opts->family && (opts->inet || opts->inet6))
		return -1;
	if (opts->inet || (opts->family && str_eq(opts->family, "inet")))
		return opts->inet6 ? -1 : AF_INET;
	if (opts->inet6 || (opts->family && str_eq(opts->family, "inet6")))
		return AF_INET6;
	return opts->family ? -1 : AF_UNSPEC;
}

static int take_as(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)kw;
	return route_take_newdst(w, route, &route->req);
}

static int take_via(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)kw;
	route->has_gateway = true;
	return route_take_gateway(w, route, &route->req);
}

static int take_realms(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)kw;
	return route_take_flow(w, &route->req);
}

int route_take_encap(struct words *w, struct route_words *route, uint32_t nexthop)
{
	struct encap_words *encaps;
	size_t n = route->encaps_cnt;
	int r;

	if (n && route->encaps[n - 1].nexthop == nexthop && word_peek(w))
		return word_twice_or_garbage("encap", word_peek(w));
	encaps = reallocarray(route->encaps, n + 1, sizeof(*encaps));
	if (!encaps) {
		fprintf(stderr, "out of memory\n");
		return CLI_USAGE;
	}
	route->encaps = encaps;
	r = encap_words_take(w, &encaps[n]);
	encaps[n].nexthop = nexthop;
	route->encaps_cnt += r == 0;
	return r;
}

static int take_encap(struct words *w, const struct kw *kw, void *into)
{
	(void)kw;
	return route_take_encap(w, into, 0);
}

static int take_nexthop(struct words *w, const struct kw *kw, void *into)
{
	(void)kw;
	return route_take_nexthop(w, into);
}

static int take_onlink(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)w;
	(void)kw;
	route->rtm.rtm_flags |= RTNH_F_ONLINK;
	return 0;
}

/* compat: of two devices the last one counts */
static int take_dev(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)kw;
	return word_need(w, &route->dev);
}

static int take_help(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)w;
	(void)kw;
	command_usage(route->cli);
	return CLI_USAGE;
}

static int take_to(struct words *w, const struct kw *kw, void *into)
{
	(void)kw;
	return route_take_dst(w, into);
}

static const struct word_name prefs[] = {	/* of RFC 4191 */
	{ "low", 3 }, { "medium", 0 }, { "high", 1 }, { 0 },
}, ttls[] = {				/* of MPLS */
	{ "disabled", 0 }, { "enabled", 1 }, { 0 },
};

static const struct route_attr
	priority = { RTA_PRIORITY, 4, UINT32_MAX, NULL, "\"metric\" value is invalid" },
	expires = { RTA_EXPIRES, 4, UINT32_MAX, NULL, "\"expires\" value is invalid" },
	nhid = { RTA_NH_ID, 4, UINT32_MAX, NULL, "\"id\" value is invalid" },
	pref = { RTA_PREF, 1, UINT8_MAX, prefs, "\"pref\" value is invalid" },
	ttl = { RTA_TTL_PROPAGATE, 1, 0, ttls, "\"ttl-propagate\" value is invalid" };

static const struct route_name
	tos = { NAME_RT_TOS, "\"tos\" value is invalid" },
	scope = { NAME_RT_SCOPE, "invalid \"scope\" value" },
	protocol = { NAME_RT_PROTO, "\"protocol\" value is invalid" },
	table = { NAME_RT_TABLE, "\"table\" value is invalid" };

/* compat: as ip 6.1 abbreviates */
static const struct kw route_words[] = {
	KW_EXACT_SELF("src",		route_take_src, NULL),
	KW_EXACT_SELF("as",		take_as, NULL),
	KW_EXACT_SELF("via",		take_via, NULL),
	KW_EXACT_SELF("from",		route_take_from, NULL),
	KW_EXACT_ARG ("tos",		route_take_name, struct route_words, rtm.rtm_tos, &tos),
	KW_ARG	     ("dsfield",	route_take_name, struct route_words, rtm.rtm_tos, &tos),
	KW_EXACT_SELF("expires",	route_take_number, &expires),
	KW_SELF	     ("metric",		route_take_number, &priority),
	KW_SELF	     ("priority",	route_take_number, &priority),
	KW_EXACT_SELF("preference",	route_take_number, &priority),
	KW_EXACT_SELF("scope",		route_take_scope, &scope),
	KW_SELF	     ("realms",		take_realms, NULL),
	KW_EXACT_SELF("onlink",		take_onlink, NULL),
	KW_EXACT_SELF("nexthop",	take_nexthop, NULL),
	KW_EXACT_SELF("nhid",		route_take_number, &nhid),
	KW_ARG	     ("protocol",	route_take_name, struct route_words, rtm.rtm_protocol,
			&protocol),
	KW_SELF	     ("table",		route_take_table, &table),
	KW_EXACT_SELF("vrf",		route_take_vrf, NULL),
	KW_EXACT_SELF("dev",		take_dev, NULL),
	KW_EXACT_SELF("oif",		take_dev, NULL),
	KW_SELF	     ("pref",		route_take_number, &pref),
	KW_EXACT_SELF("encap",		take_encap, NULL),
	KW_EXACT_SELF("ttl-propagate",	route_take_number, &ttl),
	KW_EXACT_SELF("to",		take_to, NULL),
	KW_SELF	     ("help",		take_help, NULL),
	{ 0 }
};

static int read_all(struct words *w, struct route_words *route)
{
	int r;

	while (word_peek(w)) {
		r = route_take_metric(w, route);
		if (r == CLI_NO_WORD)
			r = kw_pick(route_words, w, route, NULL);
		if (r == CLI_NO_WORD)
			r = route_take_dst(w, route);
		if (r)
			return r;
	}
	return 0;
}

static bool is_of_this_host(uint8_t type)
{
	return type == RTN_LOCAL || type == RTN_NAT;
}

static bool is_of_many(uint8_t type)
{
	return type == RTN_BROADCAST || type == RTN_ANYCAST;
}

/* What the kernel wants to be said where the user need not. */
static void settle(struct route_words *route)
{
	struct rtmsg *rtm = &route->rtm;

	if (rtm->rtm_family == AF_UNSPEC)
		rtm->rtm_family = AF_INET;
	if (!route->has_table &&
	    (is_of_this_host(rtm->rtm_type) || is_of_many(rtm->rtm_type)))
		rtm->rtm_table = RT_TABLE_LOCAL;
	if (route->has_scope || rtm->rtm_family != AF_INET)
		return;
	if (is_of_this_host(rtm->rtm_type))
		rtm->rtm_scope = RT_SCOPE_HOST;
	else if (is_of_many(rtm->rtm_type) || rtm->rtm_type == RTN_MULTICAST)
		rtm->rtm_scope = RT_SCOPE_LINK;
	else if (rtm->rtm_type == RTN_UNSPEC || rtm->rtm_type == RTN_UNICAST) {
		if (route->del)
			rtm->rtm_scope = RT_SCOPE_NOWHERE;
		else if (!route->has_gateway && !route->nexthops_cnt && !route->has_nhid)
			rtm->rtm_scope = RT_SCOPE_LINK;
	}
}

static int finish(struct route_words *route)
{
	uint32_t ifindex;
	int r;

	if (!route->has_dst)
		return word_missing("to");
	settle(route);
	r = route->dev ? command_device(route->cli, route->dev, &ifindex) : 0;
	if (r)
		return r;
	if (route->dev)
		nl_put_u32(&route->req, RTA_OIF, ifindex);
	route_put_metrics(route);
	if (route->nexthops_cnt)
		nl_put(&route->req, RTA_MULTIPATH, route->nexthops.data,
		       route->nexthops.len);
	*(struct rtmsg *)NLMSG_DATA(&route->req.nlh) = route->rtm;
	if (!route->req.full && !buf_failed(&route->nexthops))
		return 0;
	fprintf(stderr, "Error: the route is too long\n");
	return CLI_USAGE;
}

int route_words_take(struct words *w, struct route_words *route)
{
	int r;

	route->rtm = (struct rtmsg){
		.rtm_family = route_family(&route->cli->opts),
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = route->del ? RTPROT_UNSPEC : RTPROT_BOOT,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = route->del ? RTN_UNSPEC : RTN_UNICAST,
	};
	nl_start(&route->req, 0, 0, sizeof(route->rtm));
	nl_start(&route->metrics, 0, 0, 0);
	r = read_all(w, route);
	return r ?: finish(route);
}

void route_words_free(struct route_words *route)
{
	buf_free(&route->nexthops);
	free(route->encaps);
}
