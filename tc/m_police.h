/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The action `police`, which tells packets within a rate from those beyond,
 * and `police` among the options of a filter, which is the same.
 *
 * The kernel measures in ticks and wants a table of how long packets take;
 * both are made here, as iproute2 makes them.
 */
#ifndef TC_M_POLICE_H
#define TC_M_POLICE_H

#include "nl.h"
#include "words.h"

struct m_police {
	uint32_t index;
	int exceed;		/* TC_ACT_* beyond the rate */
	int conform;		/* and within it, if has_conform */
	bool has_conform;
	uint64_t rate, peakrate;	/* bytes per second */
	uint32_t burst;		/* bytes */
	uint32_t mtu;		/* bytes */
	uint16_t overhead;	/* bytes per packet */
	uint64_t pkts_rate;	/* packets per second */
	uint32_t pkts_burst;	/* packets */
};

/* The words behind `police`. 0, or CLI_HANDOVER also for what is known to the
 * system's tc alone: avrate, cell sizes, link layers other than ethernet. */
int m_police_parse(struct words *w, struct m_police *police);
/* the attributes in TCA_ACT_OPTIONS, or in TCA_BPF_POLICE */
void m_police_put(struct nl_req *req, const struct m_police *police);

#endif
