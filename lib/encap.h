/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The encapsulations of a route that run programs: from the caller's list to
 * rtnetlink attributes, and from those of a route that is there.
 *
 * encap.c knows how LWTUNNEL_ENCAP_BPF and End.BPF of seg6local are laid out,
 * encap_route.c where in a route they go; what becomes of the message is
 * hook_lwt.c's matter.
 */
#ifndef BPFELF_ENCAP_H
#define BPFELF_ENCAP_H

#include <linux/rtnetlink.h>

#include "nl.h"
#include "txn.h"

enum encap_at {
	ENCAP_IN,
	ENCAP_OUT,
	ENCAP_XMIT,
	ENCAP_SEG6LOCAL,
	ENCAP_ATS,
};

/* the kernel keeps 256 bytes of a name, with its end */
#define ENCAP_NAME_SIZE 256

struct encap_prog {
	uint32_t type;			/* BPF_PROG_TYPE_LWT_* */
	int fd;				/* somebody else's; -1: only the name */
	uint32_t id;			/* 0: not asked for */
	char name[ENCAP_NAME_SIZE];	/* "": no program here */
};

struct encap {
	uint32_t nexthop;		/* 0: the route itself */
	uint32_t headroom;
	bool count;
	struct encap_prog progs[ENCAP_ATS];
};

struct encaps {
	struct encap *list;
	size_t cnt;
};

/* Take the caller's list over, checked. */
int encaps_read(struct encaps *encaps, const struct bpfelf_encap *from,
		bool to_attach, struct err *err);
void encaps_free(struct encaps *encaps);
#define _cleanup_encaps_ _cleanup_(encaps_free)

/* Iterate over the programs that are named; *@at starts as 0. */
struct encap_prog *encaps_next(const struct encaps *encaps, size_t *at);

/*
 * The programs that one nexthop of a route runs, by the attributes of the
 * route or of the nexthop. False: none, or another encapsulation.
 */
bool encap_parse(const struct nlattr *const *tb, struct encap *encap);
/* the same, behind those that are in the list; 0 or -ENOMEM */
int encaps_add(struct encaps *encaps, uint32_t nexthop,
	       const struct nlattr *const *tb);

/* RTA_ENCAP and RTA_ENCAP_TYPE */
void encap_put(struct nl_req *req, const struct encap *encap);

/*
 * IPv4 takes two routes for one, programs included, when all that they say is
 * the same, and of a program they say the name. A mark, "#" and the id of the
 * program, tells them apart.
 */
void encaps_mark(struct encaps *encaps);
/* Is @there the name @name, marked or not? *@id: of the mark, 0 without */
bool encap_is_name(const char *there, const char *name, uint32_t *id);

/* ---- encap_route.c ---- */

/*
 * Write a request: the route @msg, as a caller made it or as the kernel told
 * of it, with @encaps in place of what it has there. -EINVAL: no such nexthop.
 */
int encaps_put_route(struct nl_req *req, uint16_t type, uint16_t flags,
		     const struct nlmsghdr *msg, const struct encaps *encaps,
		     struct err *err);

/* Call @fn for each nexthop of a route, from 1, or for a route without
 * several ones once with 0, until it says other than 0. */
typedef int (*encap_nexthop_fn)(uint32_t nexthop,
				const struct nlattr *const *tb, void *data);
int encap_each_nexthop(const struct nlmsghdr *route, encap_nexthop_fn fn,
		       void *data);

#endif
