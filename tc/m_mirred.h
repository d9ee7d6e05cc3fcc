/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The action `mirred`: packets, or copies of them, sent through a device. */
#ifndef TC_M_MIRRED_H
#define TC_M_MIRRED_H

#include "nl.h"
#include "words.h"

struct m_mirred {
	uint32_t index;
	int eaction;		/* TCA_EGRESS_REDIR and so on */
	int control;		/* TC_ACT_* */
	const char *dev;
	uint32_t ifindex;	/* of it: not known from words */
};

/* The words behind `mirred`. 0 or CLI_HANDOVER */
int m_mirred_parse(struct words *w, struct m_mirred *mirred);
/* the attributes in TCA_ACT_OPTIONS */
void m_mirred_put(struct nl_req *req, const struct m_mirred *mirred);

#endif
