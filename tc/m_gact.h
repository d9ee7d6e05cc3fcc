/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What becomes of a packet, in words (`drop`, `goto chain 3`), and the action
 * `gact`, which says just that.
 */
#ifndef TC_M_GACT_H
#define TC_M_GACT_H

#include <linux/tc_act/tc_gact.h>

#include "nl.h"
#include "words.h"

/* The next words as a TC_ACT_*. 0; CLI_NO_WORD: they say no such thing;
 * CLI_HANDOVER: they do, but not to the end. */
int control_take(struct words *w, int *control);
bool control_is(const char *word);

/* `index N` where it stands. 0 or CLI_HANDOVER */
int index_take(struct words *w, uint32_t *index);

struct m_gact {
	uint32_t index;
	int control;
	struct tc_gact_p random;	/* ptype 0: none */
};

/* The words from the control on. 0 or CLI_HANDOVER */
int m_gact_parse(struct words *w, struct m_gact *gact);
/* the attributes in TCA_ACT_OPTIONS */
void m_gact_put(struct nl_req *req, const struct m_gact *gact);

#endif
