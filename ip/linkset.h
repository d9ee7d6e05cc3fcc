/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The links that a `show` asked for, as the kernel told of them, with those
 * that they stand on: all is there before anything is printed.
 */
#ifndef IP_LINKSET_H
#define IP_LINKSET_H

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "buf.h"
#include "query.h"

/* one RTM_NEWLINK; points into the set's messages */
struct link_info {
	const struct ifinfomsg *ifi;
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct nlattr *kind[IFLA_INFO_MAX + 1];	/* IFLA_LINKINFO */
};

struct linkset {
	struct buf messages;
	size_t asked_for;	/* bytes of them that are to be shown */
	struct link_place {
		int ifindex;
		size_t at;
	} *places;		/* of all messages, by ifindex */
	size_t count;
};

/* Fill in one link (@ifindex) or all (0). 0; -ENOMEM; or another negative errno
 * with its words in the context. */
int linkset_read(struct linkset *set, struct bpfelf_ctx *ctx, uint32_t ifindex,
		 uint32_t ext_mask);
void linkset_free(struct linkset *set);

/* Iterate over the links to be shown; *at starts as 0. False: no more. */
bool linkset_next(const struct linkset *set, size_t *at,
		  struct link_info *link);

/* of any link that is known, shown or not: NULL, or 0, for others */
const char *linkset_name(const struct linkset *set, uint32_t ifindex);
unsigned int linkset_flags(const struct linkset *set, uint32_t ifindex);

/* the link below (IFLA_LINK), in this namespace; false: there is none */
bool link_has_lower(const struct link_info *link);

#endif
