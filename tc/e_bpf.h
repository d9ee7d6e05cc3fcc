/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `tc exec bpf`: what is no qdisc and no filter. e_bpf.c has its verbs, and
 * `graft`, which puts a program into a slot of a pinned prog array; each of
 * the others has a file.
 */
#ifndef TC_E_BPF_H
#define TC_E_BPF_H

#include "bpfwords.h"
#include "tc_common.h"

enum e_bpf_verb {
	E_BPF_IMPORT,
	E_BPF_DEBUG,
	E_BPF_GRAFT,
	E_BPF_CHECK,
	E_BPF_RUN,
	E_BPF_HELP,		/* or no verb at all */
};

/* what @word, which may be short, stands for */
enum e_bpf_verb e_bpf_find_verb(const char *word);

struct e_bpf_graft {
	const char *map;	/* path, or m:PATH */
	uint32_t key;
	bool has_key;		/* else the section's name tells */
	struct bpf_words prog;
};

/* The words behind `graft`. 0 or CLI_USAGE after the complaint. */
int e_bpf_graft_parse(struct words *w, struct e_bpf_graft *graft);

struct e_bpf_import {
	const char *path;	/* of the socket */
	uint32_t timeout;	/* s; 0: none */
	char **argv;		/* the agent; ends with NULL */
};

/* the words behind `import`, as above */
int e_bpf_import_parse(struct words *w, struct e_bpf_import *import);
/* becomes the agent, or returns CLI_USAGE after having said why not */
int e_bpf_import_run(struct cli *cli, const struct e_bpf_import *import);

/* Copy the trace pipe to stderr until a signal comes. CLI_USAGE when there is
 * none, or no more. */
int e_bpf_dbg_run(void);

/* Run a program: the words behind `run`, an exit status. */
int e_bpf_run_prog(struct cli *cli, struct words *w);

/* What this kernel offers to us, on stdout: an exit status. */
int e_bpf_check_run(struct cli *cli);

/* The words behind `exec bpf`: an exit status. */
int e_bpf_run(struct cli *cli, struct words *w);

/* Returns CLI_USAGE. */
int e_bpf_usage(void);

#endif
