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
#include "nl.h"

struct route_words {
	struct cli *cli;
	bool del;
	struct nl_req req;		/* done, once all words are read */
	struct rtmsg rtm;		/* to be its header */
	struct nl_req metrics;		/* attributes behind no header */
	uint32_t locks;			/* bits of those that are locked */
	struct buf nexthops;		/* payload of RTA_MULTIPATH */
	uint32_t nexthops_cnt;
	struct encap_words *encaps;
	size_t encaps_cnt;
	const char *dev;
	bool has_dst, has_gateway, has_nhid, has_scope, has_table;
};

/* The verb is taken; read the rest. An exit status, after the complaint. */
int route_words_take(struct words *w, struct route_words *route);
void route_words_free(struct route_words *route);

/* The family that the options ask for: AF_UNSPEC is any, -1 none that is
 * ours. */
int route_family(const struct opts *opts);

#endif
