/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Actions in a row, as they stand behind `action` in a filter and behind `tc
 * actions add`: those that we know in words, and what we make of them for the
 * kernel. Kinds that we do not know, and words that make no sense, are the
 * system's tc's (CLI_HANDOVER), see tc_adapt.h.
 */
#ifndef TC_M_ACTION_H
#define TC_M_ACTION_H

#include <linux/pkt_cls.h>

#include "m_bpf.h"
#include "m_gact.h"
#include "m_mirred.h"
#include "m_police.h"

enum m_kind {
	M_GACT,
	M_MIRRED,
	M_BPF,
	M_POLICE,
};

struct m_action {
	enum m_kind kind;
	union {
		struct m_gact gact;
		struct m_mirred mirred;
		struct m_bpf bpf;
		struct m_police police;
	};
	/* what any action may have */
	uint8_t cookie[TC_COOKIE_MAX_SIZE];
	size_t cookie_len;
	bool has_hw_stats;
	uint32_t hw_stats;	/* TCA_ACT_HW_STATS_* */
	uint32_t flags;		/* TCA_ACT_FLAGS_* */
};

/* Large, and most often empty: nobody clears what is behind @cnt. */
struct m_actions {
	size_t cnt;
	struct m_action list[TCA_ACT_MAX_PRIO];
};

/* The words behind the first `action`, which itself has been taken, up to one
 * that is none. 0, CLI_HANDOVER, or an exit status after the complaint. */
int m_actions_parse(struct words *w, struct m_actions *actions);

/*
 * Find their devices and load their programs. 0, or an exit status after the
 * complaint; m_actions_free() in either case, which undoes loads that have not
 * been committed.
 */
int m_actions_load(struct cli *cli, struct m_actions *actions);
/*
 * Keep what was loaded: first, where that can still fail, with @exported those
 * whose maps an agent gets, then the others. One of a command at most may be
 * exported, since what an agent has got cannot be taken back. 0 or -errno.
 */
int m_actions_commit(struct m_actions *actions, bool exported);
size_t m_actions_exports(const struct m_actions *actions);
/* more than one: CLI_FAIL after the complaint, else 0 */
int m_actions_check_exports(size_t exports);
void m_actions_free(struct m_actions *actions);
#define _cleanup_actions_ _cleanup_(m_actions_free)

/* a nest of @type, with a nest for each */
void m_actions_put(struct nl_req *req, uint16_t type,
		   const struct m_actions *actions);
/* cookie, hw_stats and flags of one */
void m_action_put_extras(struct nl_req *req, const struct m_action *action);

#endif
