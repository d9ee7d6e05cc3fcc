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
static int take_newdst(struct words *w, struct route_words *route,
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
static int take_gateway(struct words *w, struct route_words *route,
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
	return take_newdst(w, route, &route->req);
}

static int take_via(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	(void)kw;
	route->has_gateway = true;
	return take_gateway(w, route, &route->req);
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

static int take_flow(struct words *w, struct nl_req *req)
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
	return take_flow(w, &route->req);
}

/* ---- metrics ---- */

struct metric {
	uint16_t type;		/* RTAX_* */
	uint32_t unit;		/* of a time: how many make a millisecond; or 0 */
	uint32_t max;
	bool may_lock, locks;	/* behind "lock"; always */
	const char *wrong;
};

#define METRIC(word, type, max, may_lock) \
	{ (type), 0, (max), (may_lock), false, "\"" word "\" value is invalid" }
#define TIME(word, type, unit, may_lock, locks) \
	{ (type), (unit), UINT32_MAX, (may_lock), (locks), \
	  "\"" word "\" value is invalid" }

static const struct metric
	mtu = METRIC("mtu", RTAX_MTU, UINT32_MAX, true),
	hoplimit = METRIC("hoplimit", RTAX_HOPLIMIT, UINT8_MAX, true),
	advmss = METRIC("mss", RTAX_ADVMSS, UINT32_MAX, true),
	reordering = METRIC("reordering", RTAX_REORDERING, UINT32_MAX, true),
	window = METRIC("window", RTAX_WINDOW, UINT32_MAX, true),
	cwnd = METRIC("cwnd", RTAX_CWND, UINT32_MAX, true),
	initcwnd = METRIC("initcwnd", RTAX_INITCWND, UINT32_MAX, true),
	initrwnd = METRIC("initrwnd", RTAX_INITRWND, UINT32_MAX, true),
	ssthresh = METRIC("ssthresh", RTAX_SSTHRESH, UINT32_MAX, true),
	quickack = METRIC("quickack", RTAX_QUICKACK, UINT32_MAX, false),
	fastopen = METRIC("fastopen_no_cookie", RTAX_FASTOPEN_NO_COOKIE, UINT32_MAX, false),
	rtt = TIME("rtt", RTAX_RTT, 8, true, false),
	rttvar = TIME("rttvar", RTAX_RTTVAR, 4, true, false),
	rto_min = TIME("rto_min", RTAX_RTO_MIN, 1, false, true);

/* NUMBER [ s | sec | secs | ms | msec | msecs ]; a bare number is what the
 * kernel gets */
static bool read_time(const char *word, uint32_t unit, uint32_t *value)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {
		{ "s", 1000 }, { "sec", 1000 }, { "secs", 1000 },
		{ "ms", 1 }, { "msec", 1 }, { "msecs", 1 },
	};
	double number;
	char *end;
	size_t i;

	if (word_to_u32(word, 0, UINT32_MAX, value))
		return true;
	number = strtod(word, &end);
	if (end == word || !(number >= 0))
		return false;
	for (i = 0; i < ARRAY_SIZE(units) && strcmp(end, units[i].name); i++)
		;
	if (i == ARRAY_SIZE(units))
		return false;
	number *= units[i].ms * unit;
	*value = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
	return number < UINT32_MAX;
}

static void take_lock(struct words *w, struct route_words *route,
		      const struct metric *metric)
{
	const char *word = word_peek(w);
	bool is_lock = metric->may_lock && word && str_eq(word, "lock");

	if (is_lock)
		w->pos++;
	if (is_lock || metric->locks)
		route->locks |= 1u << metric->type;
}

static int take_metric(struct words *w, const struct kw *kw, void *into)
{
	const struct metric *metric = kw->arg;
	struct route_words *route = into;
	uint32_t value;
	const char *word;
	int r;

	take_lock(w, route, metric);
	r = word_need(w, &word);
	if (r)
		return r;
	if (metric->unit ? !read_time(word, metric->unit, &value) :
			   !word_to_u32(word, 0, metric->max, &value))
		return word_wrong(word, metric->wrong);
	nl_put_u32(&route->metrics, metric->type, value);
	return 0;
}

static int take_switch(struct words *w, const struct kw *kw, void *into)
{
	static const char *const wrong[] = {
		"\"quickack\" value should be 0 or 1",
		"\"fastopen_no_cookie\" value should be 0 or 1",
	};
	const char *word = word_peek(w);
	uint32_t value;

	if (word && word_to_u32(word, 0, UINT32_MAX, &value) && value > 1)
		return word_wrong(word, wrong[kw->arg == &fastopen]);
	return take_metric(w, kw, into);
}

static int take_congctl(struct words *w, const struct kw *kw, void *into)
{
	static const struct metric congctl = METRIC("congctl", RTAX_CC_ALGO, 0, true);
	struct route_words *route = into;
	const char *word;
	int r;

	(void)kw;
	take_lock(w, route, &congctl);
	r = word_need(w, &word);
	if (r == 0)
		nl_put_str(&route->metrics, RTAX_CC_ALGO, word);
	return r;
}

static int take_features(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (!str_eq(word, "ecn"))
		return word_wrong(word, "\"features\" value not valid");
	nl_put_u32(&route->metrics, RTAX_FEATURES, RTAX_FEATURE_ECN);
	return 0;
}

/* ---- nexthops ---- */

static int take_encap(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	struct encap_words *encaps;
	uint32_t nexthop = kw->arg ? route->nexthops_cnt : 0;
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

/* a nexthop under construction */
struct nexthop {
	struct route_words *route;
	struct rtnexthop head;
	struct nl_req attrs;	/* behind no header */
};

static int nexthop_via(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	(void)kw;
	return take_gateway(w, nh->route, &nh->attrs);
}

static int nexthop_as(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	(void)kw;
	return take_newdst(w, nh->route, &nh->attrs);
}

static int nexthop_realms(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	(void)kw;
	return take_flow(w, &nh->attrs);
}

static int nexthop_dev(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;
	const char *word;
	uint32_t ifindex;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (command_device(nh->route->cli, word, &ifindex)) {
		fprintf(stderr, "Error: cannot parse nexthop\n");
		return CLI_USAGE;
	}
	nh->head.rtnh_ifindex = ifindex;
	return 0;
}

static int nexthop_weight(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;
	uint32_t weight;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (!word_to_u32(word, 0, UINT8_MAX + 1, &weight) || !weight)
		return word_wrong(word, "\"weight\" is invalid");
	nh->head.rtnh_hops = weight - 1;
	return 0;
}

static int nexthop_onlink(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	(void)w;
	(void)kw;
	nh->head.rtnh_flags |= RTNH_F_ONLINK;
	return 0;
}

static int nexthop_encap(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	return take_encap(w, kw, nh->route);
}

static const bool of_nexthop = true;	/* take_encap(): not of the route */

static const struct kw nexthop_words[] = {
	KW_EXACT_SELF("via",	 nexthop_via,	 NULL),
	KW_EXACT_SELF("dev",	 nexthop_dev,	 NULL),
	KW_EXACT_SELF("weight",	 nexthop_weight, NULL),
	KW_EXACT_SELF("onlink",	 nexthop_onlink, NULL),
	KW_SELF	     ("realms",	 nexthop_realms, NULL),
	KW_EXACT_SELF("encap",	 nexthop_encap,	 &of_nexthop),
	KW_EXACT_SELF("as",	 nexthop_as,	 NULL),
	{ 0 }
};

static void add_nexthop(struct route_words *route, struct nexthop *nh)
{
	const size_t len = nh->attrs.nlh.nlmsg_len - NLMSG_HDRLEN;

	nh->head.rtnh_len = sizeof(nh->head) + len;
	buf_add(&route->nexthops, &nh->head, sizeof(nh->head));
	buf_add(&route->nexthops, nh->attrs.room + NLMSG_HDRLEN, len);
	route->nexthops.failed |= nh->attrs.full;
}

static int take_nexthop(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	struct nexthop nh = { .route = route };
	const char *word;
	int r;

	(void)kw;
	if (!word_peek(w)) {
		fprintf(stderr, "Error: unexpected end of line after \"nexthop\"\n");
		return CLI_USAGE;
	}
	route->nexthops_cnt++;
	nl_start(&nh.attrs, 0, 0, 0);
	r = kw_any(nexthop_words, w, &nh, NULL);
	if (r)
		return r;
	word = word_peek(w);
	if (word && !str_eq(word, "nexthop")) {
		fprintf(stderr, "Error: \"nexthop\" or end of line is expected instead of \"%s\"\n",
			word);
		return CLI_USAGE;
	}
	add_nexthop(route, &nh);
	return 0;
}

/* ---- the whole ---- */

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
	KW_EXACT_SELF("mtu",		take_metric, &mtu),
	KW_EXACT_SELF("hoplimit",	take_metric, &hoplimit),
	KW_EXACT_SELF("advmss",		take_metric, &advmss),
	KW_SELF	     ("reordering",	take_metric, &reordering),
	KW_EXACT_SELF("rtt",		take_metric, &rtt),
	KW_EXACT_SELF("rto_min",	take_metric, &rto_min),
	KW_SELF	     ("window",		take_metric, &window),
	KW_SELF	     ("cwnd",		take_metric, &cwnd),
	KW_SELF	     ("initcwnd",	take_metric, &initcwnd),
	KW_SELF	     ("initrwnd",	take_metric, &initrwnd),
	KW_SELF	     ("features",	take_features, NULL),
	KW_SELF	     ("quickack",	take_switch, &quickack),
	KW_SELF	     ("congctl",	take_congctl, NULL),
	KW_SELF	     ("rttvar",		take_metric, &rttvar),
	KW_SELF	     ("ssthresh",	take_metric, &ssthresh),
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
	KW_SELF	     ("fastopen_no_cookie", take_switch, &fastopen),
	KW_EXACT_SELF("to",		take_to, NULL),
	KW_SELF	     ("help",		take_help, NULL),
	{ 0 }
};

static int read_all(struct words *w, struct route_words *route)
{
	int r;

	do {
		r = kw_any(route_words, w, route, NULL);
		if (r || !word_peek(w))
			return r;
		r = take_dst(w, route);
	} while (r == 0);
	return r;
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

static void put_metrics(struct route_words *route)
{
	struct nl_req *metrics = &route->metrics;
	size_t len;

	if (route->locks)
		nl_put_u32(metrics, RTAX_LOCK, route->locks);
	len = metrics->nlh.nlmsg_len - NLMSG_HDRLEN;
	if (len)
		nl_put(&route->req, RTA_METRICS, metrics->room + NLMSG_HDRLEN, len);
	route->req.full |= metrics->full;
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
	put_metrics(route);
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
