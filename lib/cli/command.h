/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The frame that `ip` and `tc` share: options, version, help, batch, and the
 * choice between doing a command and handing it over. A command brings its
 * tables and two functions.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "bpfelf.h"
#include "handover.h"
#include "mntns.h"
#include "opts.h"
#include "out.h"
#include "said.h"
#include "share.h"
#include "words.h"

struct cli;
struct gather;

struct command {
	struct tool tool;
	const char *title;	/* "ip utility", for -V */
	const char *usage;	/* what is ours; several lines */
	int usage_status;	/* of `ip help` where the system has no ip */
	const struct opt *options;

	/* Are these words (behind the options) one of our commands, as far as
	 * words tell? No effects, no output. */
	bool (*is_ours)(const struct cli *cli, const struct words *w);

	/* These are not ours; were they meant to be? If a word is a slip that
	 * the system's tool does not know either, say so. May be NULL. */
	void (*suggest)(const struct words *w);

	/* Do it: an exit status, or CLI_HANDOVER when it turns out not to be
	 * ours and nothing has been done or written. */
	int (*run)(struct cli *cli, struct words *w);
};

/* one invocation; what is reached through it lives until its end */
struct cli {
	const struct command *command;
	struct opts opts;
	struct bpfelf_ctx *ctx;	/* netns already entered */
	struct mntns mntns;
	struct out out;		/* stdout; flushed after each command */
	struct said said;	/* stderr, with -json */
	int error;		/* errno with which the command failed; 0: none */
	struct words words;	/* of the command that runs, from its object on */
	struct share *share;	/* of the lines of a batch; else NULL */
	struct gather *gather;	/* the same */
	struct bpf_loaded left;	/* see command_leave() */
	char **argv;		/* as given, NULL at the end */
	int argc;
};

/* main() of a command; returns the exit status */
int command_main(const struct command *command, int argc, char **argv);

/* Say on stderr what is ours, above the help of the system's tool. */
void command_usage(const struct cli *cli);

/* Run the system's tool as a child with the invocation's own options (-batch
 * and -netns left out) and these words behind them. Its exit status. */
int command_run_system(struct cli *cli, int argc, char *const *words);

/* The same, and what it writes to its standard output goes into @text. */
int command_capture_system(struct cli *cli, int argc, char *const *words,
			   struct buf *text);

/* The command that runs, by the system's tool and printed from behind its
 * first @records records (rest.h), which we have printed. */
int command_rest_by_system(struct cli *cli, size_t records);

/* The kernel's refusal of a netlink request in iproute2's words on stderr
 * ("Error: <extack>." or "RTNETLINK answers: <strerror>"), with @error a
 * negative errno. Returns CLI_KERNEL. */
int command_refused(struct cli *cli, int error);

/* What is committed is done with, and taken over: a single command leaves it to
 * the end of its process, which closes all at once. */
void command_leave(struct cli *cli, struct bpf_loaded *loaded);

/* The device that is to be changed: 0, or CLI_FAIL after the complaint */
int command_device(struct cli *cli, const char *name, uint32_t *ifindex);

#endif
