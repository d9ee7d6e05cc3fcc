/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The action `bpf`: a program of type act, or classic BPF. */
#ifndef TC_M_BPF_H
#define TC_M_BPF_H

#include "bpfwords.h"
#include "command.h"
#include "nl.h"

struct m_bpf {
	struct bpf_words prog;		/* BPF_MODE_NONE: by index alone */
	uint32_t index;
	int control;			/* TC_ACT_* */
	struct bpf_loaded loaded;	/* by m_bpf_load() */
};

/* The words behind `bpf`. 0, CLI_HANDOVER, or an exit status after the
 * complaint. */
int m_bpf_parse(struct words *w, struct m_bpf *bpf);

/* Load its program, if it has one. 0, or CLI_FAIL after the complaint;
 * m_bpf_free() in either case, which undoes what has not been committed. */
int m_bpf_load(struct cli *cli, struct m_bpf *bpf);
void m_bpf_free(struct m_bpf *bpf);

/* TCA_ACT_KIND and TCA_ACT_OPTIONS */
void m_bpf_put(struct nl_req *req, const struct m_bpf *bpf);

#endif
