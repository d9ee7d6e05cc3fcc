/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's devices, and one rtnetlink exchange about them: what fake_nl.c,
 * fake_tc.c, fake_act.c and fake_route.c share. */
#ifndef BPFELF_FAKE_NET_H
#define BPFELF_FAKE_NET_H

#include "fake_world.h"
#include "nl.h"

enum xdp_mode {
	XDP_SKB,
	XDP_DRV,
	XDP_HW,
	XDP_MODES,
};

struct prefs;

struct device {
	const char *name;
	uint32_t ifindex;
	bool native_xdp;
	struct fake_obj *xdp[XDP_MODES];
	const char *qdisc;		/* "clsact", "ingress" or NULL */
	struct prefs *prefs;		/* by parent, chain, pref */
};

struct act;
struct route;

struct fake_net {
	struct device devices[4];
	struct act *acts;		/* by index */
	struct route *routes;
};

/* One exchange. */
struct talk {
	struct fake_world *world;
	const struct nlmsghdr *req;
	kern_msg_fn fn;
	void *data;
	const char *words;		/* the kernel's, with a refusal */
	bool stopped;			/* by fn, with its own errno */
	struct nl_req reply;
};

/* Remember the kernel's words; returns @code. */
int net_refuse(struct talk *t, int code, const char *words);
bool net_has(const struct talk *t, uint16_t flags);
bool net_is_dump(const struct talk *t);
/* Hand over the reply: 0, or what the caller's function failed with. */
int net_answer(struct talk *t);
struct device *net_by_index(struct fake_world *world, uint32_t ifindex);

/* fake_tc.c: one function for each kind of request */
int tc_dump_qdiscs(struct talk *t);
int tc_change_qdisc(struct talk *t);
int tc_new_filter(struct talk *t);
int tc_del_filter(struct talk *t);
int tc_get_filter(struct talk *t);
void tc_state(const struct device *dev, struct buf *text);
void tc_free(struct device *dev);

/* fake_route.c, likewise */
int route_new(struct talk *t);
int route_del(struct talk *t);
int route_dump(struct talk *t);
void route_state(const struct fake_net *net, struct buf *text);
void route_free_all(struct fake_net *net);

/* fake_act.c */
int act_new(struct talk *t);
int act_get(struct talk *t);
int act_del(struct talk *t);
void act_state(const struct fake_net *net, struct buf *text);
void act_free(struct fake_net *net);

#endif
