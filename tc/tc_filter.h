/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc filter`, where the filter's kind is `bpf`. */
#ifndef TC_FILTER_H
#define TC_FILTER_H

#include <linux/pkt_sched.h>

#include "f_bpf.h"
#include "tc_common.h"

struct report;

#define FILTER_INGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define FILTER_EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

enum filter_verb {
	FILTER_ADD,
	FILTER_CHANGE,
	FILTER_REPLACE,
	FILTER_DELETE,
	FILTER_GET,
	FILTER_SHOW,
	FILTER_HELP,
};

struct filter_words {
	enum filter_verb verb;
	const char *dev;
	uint32_t block;		/* instead of dev; 0: none */
	const char *handle_word;
	uint32_t handle;
	uint32_t parent;
	uint32_t pref;
	uint32_t chain;
	uint16_t protocol;	/* ETH_P_*, host order */
	bool has_protocol;	/* else it is the verb's default */
	bool has_chain;
	bool any_kind;		/* DELETE without a kind */
	int kind_pos;		/* which word says the kind */
	bool has_estimator;
	struct tc_estimator estimator;
	struct f_bpf bpf;
};

/* The words behind `filter`, all of them. 0; CLI_HANDOVER when they are not
 * ours; else an exit status after the complaint. */
int filter_parse(struct words *w, struct filter_words *filter);

/* Words that are not ours: hint at one that nobody knows */
void filter_suggest(struct words w);

/* The hook that the words name, on this device. */
void filter_hook(const struct filter_words *filter, uint32_t ifindex,
		 struct bpfelf_hook *hook);

/* Report what the kernel refused; an exit status. */
int filter_refused(struct report *report, int error);

bool filter_is_ours(const struct cli *cli, struct words w);
int filter_run(struct cli *cli, struct words *w);

#endif
