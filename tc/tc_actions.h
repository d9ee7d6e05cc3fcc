/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc actions`, where it adds or replaces `bpf` actions. */
#ifndef TC_ACTIONS_H
#define TC_ACTIONS_H

#include "m_action.h"
#include "tc_common.h"

struct actions_words {
	bool replace;
	struct m_actions actions;	/* m_actions_free() */
};

/* The words behind `actions`. 0; CLI_HANDOVER when they are not all bpf
 * actions with a program; else an exit status after the complaint. */
int actions_parse(struct words *w, struct actions_words *actions);

bool actions_is_ours(const struct cli *cli, struct words w);
int actions_run(struct cli *cli, struct words *w);

#endif
