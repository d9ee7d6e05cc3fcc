/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Finding the system's `ip` or `tc` behind ours, and giving it the command.
 *
 * The one named by an environment variable, else the first in PATH, else in
 * /usr/sbin and /sbin, that is not ours. Ours are known by device and inode:
 * the running file, and every bpfelf binary that has handed over before in
 * this chain of processes, which the marker BPFELF_SEEN lists.
 */
#ifndef CLI_HANDOVER_H
#define CLI_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "cli.h"

struct tool {
	const char *name;	/* "ip" */
	const char *env;	/* "BPFELF_IP" */
};

/* Become the system's tool. @argv ends with NULL and is passed unchanged.
 * Returns only when there is none: CLI_USAGE after having said so. */
int handover_exec(const struct tool *tool, char *const argv[]);

/* Run it as a child and wait: its exit status, 128 + n when signal n ended
 * it, CLI_USAGE when there is none. */
int handover_run(const struct tool *tool, char *const argv[]);

/* The same, and what it writes to its standard output goes into @text. */
int handover_capture(const struct tool *tool, char *const argv[],
		     struct buf *text);

/* The same, and @fn gets that output piece by piece. */
typedef void (*handover_fn)(void *data, const char *text, size_t len);
int handover_pipe(const struct tool *tool, char *const argv[], handover_fn fn,
		  void *data);

/* Is there one? Says nothing. */
bool handover_is_possible(const struct tool *tool);

/* The first line that `TOOL -V` prints, "" without a tool. Says nothing. */
void handover_version(const struct tool *tool, char *line, size_t size);

#endif
