/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The kind `bpf` of a filter: the words behind it, and what a listing says of
 * such a filter behind its chain.
 */
#ifndef TC_F_BPF_H
#define TC_F_BPF_H

#include "bpfwords.h"
#include "m_action.h"
#include "nl.h"
#include "progs.h"
#include "tc_common.h"

/* ---- words ---- */

struct f_bpf {
	struct bpf_words prog;
	uint32_t classid;
	uint32_t cls_flags;	/* TCA_CLS_FLAGS_SKIP_* */
	bool direct_action;
	bool has_police;
	struct m_police police;
	struct m_actions actions;	/* last: as far as their number is cleared */
};

#define F_BPF_CLEARED	offsetof(struct f_bpf, actions.list)

/*
 * The words behind `bpf`, to the end. 0; CLI_HANDOVER where they ask for
 * actions that we do not know; else an exit status after the complaint.
 */
int f_bpf_parse(struct words *w, struct f_bpf *bpf);

/* Its actions, loaded, and police, as attributes that stand in TCA_OPTIONS */
void f_bpf_put(struct nl_req *req, const struct f_bpf *bpf);

/* ---- listing ---- */

/* @options is TCA_OPTIONS. False, and nothing printed: there is more to this
 * filter (actions, police) than we can say. */
bool f_bpf_print(struct progs *progs, uint32_t handle,
		 const struct nlattr *options);

#endif
