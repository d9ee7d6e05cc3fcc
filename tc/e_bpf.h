/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec bpf graft`: put a program into a slot of a pinned prog array. */
#ifndef TC_E_BPF_H
#define TC_E_BPF_H

#include "bpfwords.h"
#include "tc_common.h"

struct e_bpf {
	const char *map;	/* path, or m:PATH */
	uint32_t key;
	bool has_key;		/* else the section's name tells */
	struct bpf_words prog;
};

/* The words behind `graft`. 0 or CLI_USAGE after the complaint. */
int e_bpf_parse(struct words *w, struct e_bpf *graft);

/* Is this word behind `tc exec bpf` one of ours? NULL is not. */
bool e_bpf_is_ours(const char *word);

/* The words from there on: an exit status, or CLI_HANDOVER. */
int e_bpf_run(struct cli *cli, struct words *w);

#endif
