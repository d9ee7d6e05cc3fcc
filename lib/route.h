/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Messages of rtnetlink about routes: where a route stands, and how what the
 * kernel tells of one becomes what may be told to it. It sends nothing.
 */
#ifndef BPFELF_ROUTE_H
#define BPFELF_ROUTE_H

#include <linux/rtnetlink.h>

#include "nl.h"

#define ROUTE_IPV6_METRIC	1024	/* of a route that is given none */

/* What makes a route the one that a request replaces; into the message. */
struct route_place {
	const struct rtmsg *rtm;
	const struct nlattr *dst, *src;
	uint32_t table, metric;
};

/* Is it about a route, and no copy of one in a cache? */
bool route_is(const struct nlmsghdr *nlh);
void route_place(const struct nlmsghdr *nlh, struct route_place *place);
bool route_same_dst(const struct route_place *a, const struct route_place *b);
/* and tos, and metric */
bool route_same_place(const struct route_place *a, const struct route_place *b);

/* Take out of a route, as the kernel told of it, the flags that it alone sets. */
void route_clean(struct nlmsghdr *route);
/* until it expires; 0: never */
uint32_t route_seconds(const struct nlmsghdr *route);

#endif
