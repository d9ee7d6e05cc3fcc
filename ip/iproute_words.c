/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iproute_words.h"

#include <linux/if_link.h>
#include <stdio.h>
#include <sys/socket.h>

#include "addr.h"
#include "names.h"
#include "query.h"

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

/* ---- addresses ---- */

static void put_addr(struct nl_req *req, uint16_t type, const struct addr *addr)
{
	if (addr->len)
		nl_put(req, type, addr->data, addr->len);
}

static void settle_family(struct route_words *route, const struct addr *addr)
{
	if (route->rtm.rtm_family == AF_UNSPEC)
		route->rtm.rtm_family = addr->family;
}

static int take_from(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	struct addr addr;
	int r = addr_take_prefix(w, route->rtm.rtm_family, &addr);

	(void)kw;
	if (r)
		return r;
	settle_family(route, &addr);
	route->rtm.rtm_src_len = addr.bits;
	put_addr(&route->req, RTA_SRC, &addr);
	return 0;
}

static int take_src(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	struct addr addr;
	int r = addr_take(w, route->rtm.rtm_family, &addr);

	(void)kw;
	if (r)
		return r;
	settle_family(route, &addr);
	put_addr(&route->req, RTA_PREFSRC, &addr);
	return 0;
}

/* as [ to ] ADDRESS, of the route or of a nexthop */
int route_take_newdst(struct words *w, struct route_words *route,
		      struct nl_req *req)
{
	struct addr addr;
	int r;

	if (word_peek(w) && str_eq(word_peek(w), "to"))
		w->pos++;
	r = addr_take(w, route->rtm.rtm_family, &addr);
	if (r)
		return r;
	settle_family(route, &addr);
	put_addr(req, RTA_NEWDST, &addr);
	return 0;
}

static void put_via(struct nl_req *req, const struct addr *addr)
{
	struct {
		uint16_t family;
		uint8_t data[16];
	} via = { .family = addr->family };

	memcpy(via.data, addr->data, addr->len);
	nl_put(req, RTA_VIA, &via, sizeof(via.family) + addr->len);
}

/* [ inet | inet6 ] ADDRESS, of the route or of a nexthop */
int route_take_gateway(struct words *w, struct route_words *route,
		       struct nl_req *req)
{
	uint8_t family = route->rtm.rtm_family;
	const char *word = word_peek(w);
	struct addr addr;
	int r;

	if (word && (str_eq(word, "inet") || str_eq(word, "inet6"))) {
		family = str_eq(word, "inet") ? AF_INET : AF_INET6;
		w->pos++;
	}
	r = addr_take(w, family, &addr);
	if (r)
		return r;
	settle_family(route, &addr);
	if (addr.family == route->rtm.rtm_family)
		put_addr(req, RTA_GATEWAY, &addr);
	else
		put_via(req, &addr);
	return 0;
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

/* ---- numbers and names ---- */

/* what a word of the message's attributes means */
struct attr {
	uint16_t type;
	uint8_t size;		/* bytes, 1 or 4 */
	const char *wrong;
};

static void put_number(struct nl_req *req, const struct attr *attr,
		       uint32_t number)
{
	const uint8_t byte = number;

	if (attr->size == sizeof(byte))
		nl_put(req, attr->type, &byte, sizeof(byte));
	else
		nl_put_u32(req, attr->type, number);
}

static const struct attr
	priority = { RTA_PRIORITY, 4, "\"metric\" value is invalid" },
	expires = { RTA_EXPIRES, 4, "\"expires\" value is invalid" },
	nhid = { RTA_NH_ID, 4, "\"id\" value is invalid" },
	pref = { RTA_PREF, 1, "\"pref\" value is invalid" },
	ttl = { RTA_TTL_PROPAGATE, 1, "\"ttl-propagate\" value is invalid" };

static int take_number(struct words *w, const struct kw *kw, void *into)
{
	const struct attr *attr = kw->arg;
	struct route_words *route = into;
	uint32_t number;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	if (!word_to_u32(word, 0, UINT32_MAX, &number))
		return word_wrong(word, attr->wrong);
	route->has_nhid |= attr == &nhid;
	put_number(&route->req, attr, number);
	return 0;
}

static int take_choice(struct words *w, const struct kw *kw, void *into)
{
	/* of RFC 4191, and of the TTL of MPLS */
	static const struct word_name prefs[] = {
		{ "low", 3 }, { "medium", 0 }, { "high", 1 }, { 0 },
	}, ttls[] = {
		{ "disabled", 0 }, { "enabled", 1 }, { 0 },
	};
	const struct word_name *names = kw->arg == &pref ? prefs : ttls;
	const struct attr *attr = kw->arg;
	struct route_words *route = into;
	uint32_t number = 0;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	while (names->name && !str_eq(word, names->name))
		names++;
	if (names->name)
		number = names->value;
	else if (attr == &ttl || !word_to_u32(word, 0, UINT8_MAX, &number))
		return word_wrong(word, attr->wrong);
	put_number(&route->req, attr, number);
	return 0;
}

static int take_name(struct words *w, enum name_kind kind, const char *wrong,
		     uint32_t *number)
{
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	return name_to_number(kind, word, number) ? 0 : word_wrong(word, wrong);
}

static int take_tos(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	uint32_t number = 0;
	int r = take_name(w, NAME_RT_TOS, "\"tos\" value is invalid", &number);

	(void)kw;
	route->rtm.rtm_tos = number;
	return r;
}

static int take_scope(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	uint32_t number = 0;
	int r = take_name(w, NAME_RT_SCOPE, "invalid \"scope\" value", &number);

	(void)kw;
	route->rtm.rtm_scope = number;
	route->has_scope = true;
	return r;
}

static int take_protocol(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	uint32_t number = 0;
	int r = take_name(w, NAME_RT_PROTO, "\"protocol\" value is invalid", &number);

	(void)kw;
	route->rtm.rtm_protocol = number;
	return r;
}

static void set_table(struct route_words *route, uint32_t table)
{
	route->has_table = true;
	route->rtm.rtm_table = table <= UINT8_MAX ? table : RT_TABLE_UNSPEC;
	if (table > UINT8_MAX)
		nl_put_u32(&route->req, RTA_TABLE, table);
}

static int take_table(struct words *w, const struct kw *kw, void *into)
{
	uint32_t number = 0;
	int r = take_name(w, NAME_RT_TABLE, "\"table\" value is invalid", &number);

	(void)kw;
	if (r == 0)
		set_table(into, number);
	return r;
}

static int take_vrf_table(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_LINKINFO + 1], *info[IFLA_INFO_DATA + 1];
	const struct nlattr *vrf[IFLA_VRF_TABLE + 1];
	const char *kind;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_LINKINFO);
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_DATA);
	kind = nl_str(info[IFLA_INFO_KIND]);
	nl_nested(info[IFLA_INFO_DATA], vrf, IFLA_VRF_TABLE);
	if (kind && str_eq(kind, "vrf"))
		*(uint32_t *)data = nl_u32(vrf[IFLA_VRF_TABLE], 0);
	return 0;
}

static int take_vrf(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	uint32_t ifindex, table = 0;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (query_ifindex(route->cli->ctx, word, &ifindex) < 0 ||
	    query_links(route->cli->ctx, ifindex, 0, take_vrf_table, &table) < 0 ||
	    !table)
		return word_wrong(word, "Invalid VRF");
	set_table(route, table);
	return 0;
}

/* [FROM/]TO */
static bool read_realms(const char *word, uint32_t *realms)
{
	_cleanup_free_ char *from = strdup(word);
	char *slash = from ? strchr(from, '/') : NULL;
	uint32_t number = 0;

	if (!from)
		return false;
	if (!slash)
		return name_to_number(NAME_RT_REALM, word, realms);
	*slash = '\0';
	if (!name_to_number(NAME_RT_REALM, from, &number) ||
	    !name_to_number(NAME_RT_REALM, slash + 1, realms))
		return false;
	*realms |= number << 16;
	return true;
}

int route_take_flow(struct words *w, struct nl_req *req)
{
	uint32_t realms;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	if (!read_realms(word, &realms))
		return word_wrong(word, "\"realm\" value is invalid");
	nl_put_u32(req, RTA_FLOW, realms);
	return 0;
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

/* ---- the whole ---- */

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

static int take_dst(struct words *w, struct route_words *route)
{
	const char *word = word_peek(w);
	struct addr addr;
	int r;

	if (word && (*word < '0' || *word > '9') && name_to_route_type(word) >= 0) {
		route->rtm.rtm_type = name_to_route_type(word);
		w->pos++;
		word = word_peek(w);
	}
	if (word && route->has_dst)
		return word_twice_or_garbage("to", word);
	r = addr_take_prefix(w, route->rtm.rtm_family, &addr);
	if (r)
		return r;
	settle_family(route, &addr);
	route->has_dst = true;
	route->rtm.rtm_dst_len = addr.bits;
	put_addr(&route->req, RTA_DST, &addr);
	return 0;
}

static int take_to(struct words *w, const struct kw *kw, void *into)
{
	(void)kw;
	return take_dst(w, into);
}

/* compat: as ip 6.1 abbreviates */
static const struct kw route_words[] = {
	KW_EXACT_SELF("src",		take_src, NULL),
	KW_EXACT_SELF("as",		take_as, NULL),
	KW_EXACT_SELF("via",		take_via, NULL),
	KW_EXACT_SELF("from",		take_from, NULL),
	KW_EXACT_SELF("tos",		take_tos, NULL),
	KW_SELF	     ("dsfield",	take_tos, NULL),
	KW_EXACT_SELF("expires",	take_number, &expires),
	KW_SELF	     ("metric",		take_number, &priority),
	KW_SELF	     ("priority",	take_number, &priority),
	KW_EXACT_SELF("preference",	take_number, &priority),
	KW_EXACT_SELF("scope",		take_scope, NULL),
	KW_SELF	     ("realms",		take_realms, NULL),
	KW_EXACT_SELF("onlink",		take_onlink, NULL),
	KW_EXACT_SELF("nexthop",	take_nexthop, NULL),
	KW_EXACT_SELF("nhid",		take_number, &nhid),
	KW_SELF	     ("protocol",	take_protocol, NULL),
	KW_SELF	     ("table",		take_table, NULL),
	KW_EXACT_SELF("vrf",		take_vrf, NULL),
	KW_EXACT_SELF("dev",		take_dev, NULL),
	KW_EXACT_SELF("oif",		take_dev, NULL),
	KW_SELF	     ("pref",		take_choice, &pref),
	KW_EXACT_SELF("encap",		take_encap, NULL),
	KW_EXACT_SELF("ttl-propagate",	take_choice, &ttl),
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
			r = take_dst(w, route);
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
