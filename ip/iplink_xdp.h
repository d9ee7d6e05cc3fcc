/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * XDP in `ip link`: the words that attach a program, the attachment itself,
 * and what `show` tells of it.
 */
#ifndef IPLINK_XDP_H
#define IPLINK_XDP_H

#include <linux/if_link.h>

#include "bpfwords.h"
#include "progs.h"
#include "report.h"

/* { xdp | xdpgeneric | xdpdrv | xdpoffload } { off | none | MODE } */
struct xdp_words {
	bool given;
	bool off;
	uint32_t mode;		/* XDP_FLAGS_*_MODE, 0: default */
	struct bpf_words bpf;
};

/* What may follow the keyword. Returns CLI_USAGE. */
int xdp_usage(void);

/* The keyword that stands for @mode is taken; take the rest. 0 or CLI_USAGE. */
int xdp_words_take(struct words *w, uint32_t mode, struct xdp_words *xdp);

/*
 * A clause being carried out: xdp_load() verifies, xdp_attach() attaches (or
 * detaches), xdp_keep() keeps it, xdp_end() undoes what was not kept. The
 * first three return 0 or an exit status, with everything said. An xdp_job
 * stays where it is from load to end.
 */
struct xdp_job {
	struct cli *cli;
	const struct xdp_words *words;
	const char *dev;	/* as the user calls it */
	uint32_t ifindex;
	struct bpf_loaded loaded;
	struct report report;
};

/* After xdp_keep(), in a batch: let other lines have the program. @is_all: the
 * clause was all of the line. */
void xdp_share(struct xdp_job *job, bool is_all);
int xdp_load(struct xdp_job *job);
int xdp_attach(struct xdp_job *job);
int xdp_keep(struct xdp_job *job);
void xdp_end(struct xdp_job *job);

/* `show`: the word behind the MTU with all of JSON, and the lines of text.
 * @nest is IFLA_XDP or NULL. */
void xdp_show_word(struct progs *progs, const struct nlattr *nest);
void xdp_show_lines(struct progs *progs, const struct nlattr *nest);

#endif
