/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The words of `ip route add` and its like: from words to an rtnetlink message
 * without the encapsulations, and these beside it. Devices are looked up, for
 * the message has their numbers; nothing else is asked of the kernel, and
 * nothing is loaded.
 */
#ifndef IPROUTE_WORDS_H
#define IPROUTE_WORDS_H

#include <linux/rtnetlink.h>

#include "iproute_encap.h"
#include "names.h"
#include "nl.h"

struct route_words {
	struct cli *cli;
	bool del;
	struct rtmsg rtm;		/* to be req's header */
	uint32_t locks;			/* metrics that are locked, as bits */
	struct buf nexthops;		/* payload of RTA_MULTIPATH */
	uint32_t nexthops_cnt;
	struct encap_words *encaps;
	size_t encaps_cnt;
	const char *dev;
	bool has_dst, has_gateway, has_nhid, has_scope, has_table;
	/* from here on not zeroed: 128 KiB */
	struct nl_req req;		/* done, once all words are read */
	struct nl_req metrics;		/* attributes behind no header */
};

/* The verb is taken; read the rest. An exit status, after the complaint. */
int route_words_take(struct words *w, struct route_words *route);
void route_words_free(struct route_words *route);

/*
 * Between the files that read them: each an exit status, or CLI_NO_WORD where
 * no metric stands. @req gets the attributes, the route's or a nexthop's.
 */

/* iproute_addr.c: handlers; "[TYPE] PREFIX"; "[to] ADDRESS"; "[inet|inet6]
 * ADDRESS" */
int route_take_src(struct words *w, const struct kw *kw, void *into);
int route_take_from(struct words *w, const struct kw *kw, void *into);
int route_take_dst(struct words *w, struct route_words *route);
int route_take_newdst(struct words *w, struct route_words *route,
		      struct nl_req *req);
int route_take_gateway(struct words *w, struct route_words *route,
		       struct nl_req *req);

/* arg of route_take_number(): an attribute of the message */
struct route_attr {
	uint16_t type;
	uint8_t size;		/* bytes, 1 or 4 */
	uint32_t max;		/* 0: names only */
	const struct word_name *names;	/* compared whole; NULL: none */
	const char *wrong;
};

/* arg of the handlers behind it: what is looked up by its name, too */
struct route_name {
	enum name_kind kind;
	const char *wrong;
};

/* iproute_values.c: handlers; route_take_name() fills a byte of rtm */
int route_take_number(struct words *w, const struct kw *kw, void *into);
int route_take_name(struct words *w, const struct kw *kw, void *field);
int route_take_scope(struct words *w, const struct kw *kw, void *into);
int route_take_table(struct words *w, const struct kw *kw, void *into);
int route_take_vrf(struct words *w, const struct kw *kw, void *into);
int route_take_flow(struct words *w, struct nl_req *req);

int route_take_encap(struct words *w, struct route_words *route,
		     uint32_t nexthop);
int route_take_nexthop(struct words *w, struct route_words *route);
int route_take_metric(struct words *w, struct route_words *route);
void route_put_metrics(struct route_words *route);

/* The family that the options ask for: AF_UNSPEC is any, -1 none that is
 * ours. */
int route_family(const struct opts *opts);

#endif
