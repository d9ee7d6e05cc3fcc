/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `nexthop ...`: one of several ways of a route. */
#include <stdio.h>

#include "iproute_words.h"

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
	return route_take_gateway(w, nh->route, &nh->attrs);
}

static int nexthop_as(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	(void)kw;
	return route_take_newdst(w, nh->route, &nh->attrs);
}

static int nexthop_realms(struct words *w, const struct kw *kw, void *into)
{
	struct nexthop *nh = into;

	(void)kw;
	return route_take_flow(w, &nh->attrs);
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

	(void)kw;
	return route_take_encap(w, nh->route, nh->route->nexthops_cnt);
}

static const struct kw nexthop_words[] = {
	KW_EXACT_SELF("via",	 nexthop_via,	 NULL),
	KW_EXACT_SELF("dev",	 nexthop_dev,	 NULL),
	KW_EXACT_SELF("weight",	 nexthop_weight, NULL),
	KW_EXACT_SELF("onlink",	 nexthop_onlink, NULL),
	KW_SELF	     ("realms",	 nexthop_realms, NULL),
	KW_EXACT_SELF("encap",	 nexthop_encap,	 NULL),
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

int route_take_nexthop(struct words *w, struct route_words *route)
{
	struct nexthop nh = { .route = route };
	const char *word;
	int r;

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
