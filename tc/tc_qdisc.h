/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc qdisc` for the two that BPF filters hang on: clsact and ingress. */
#ifndef TC_QDISC_H
#define TC_QDISC_H

#include "tc_common.h"

enum qdisc_verb {
	QDISC_ADD,
	QDISC_REPLACE,
	QDISC_DELETE,
	QDISC_SHOW,
	QDISC_OTHER,		/* the system's */
};

struct qdisc_words {
	enum qdisc_verb verb;
	const char *dev;
	const char *kind;	/* "clsact" or "ingress" */
	uint32_t ingress_block, egress_block;	/* 0: none */
};

/* The words behind `qdisc`. 0, or CLI_HANDOVER; no complaints. */
int qdisc_parse(struct words *w, struct qdisc_words *qdisc);

bool qdisc_is_ours(const struct cli *cli, struct words w);
int qdisc_run(struct cli *cli, struct words *w);

#endif
