/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Addresses among the words of a route, and of its nexthops. */
#include "iproute_words.h"

#include <sys/socket.h>

#include "addr.h"
#include "names.h"

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

int route_take_from(struct words *w, const struct kw *kw, void *into)
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

int route_take_src(struct words *w, const struct kw *kw, void *into)
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

int route_take_dst(struct words *w, struct route_words *route)
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
