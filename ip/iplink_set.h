/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The words of `ip link set` that hold a clause of ours. */
#ifndef IPLINK_SET_H
#define IPLINK_SET_H

#include "iplink_xdp.h"

struct iplink_set_words {
	const char *dev;
	struct xdp_words xdp;
	char **ordinary;	/* the others in order, room for all */
	int count;
	bool has_group;
	bool leaves;		/* `netns`: the device is out of reach then */
};

/* @set is zero but for @ordinary. 0, or CLI_USAGE after the complaint. */
int iplink_set_parse(struct words *w, struct iplink_set_words *set);

#endif
