/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `-batch FILE`: which lines are run, in what order, and what becomes of those
 * that fail. It knows lines, not commands.
 *
 * Lines that can be done together wait for more of them, as long as more are
 * there to be read: whoever writes a line and waits for its effect gets it at
 * once. Effects, what is said, and the line that fails are those of one line
 * after the other.
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "batchline.h"
#include "cli.h"

#define BATCH_TOGETHER	64	/* at most */

struct batch {
	const char *file;	/* "-": stdin, line by line */
	bool force;		/* go on behind a line that failed */
	char *name;		/* argv[0] of every line */
	/* would we do this line ourselves? no effects */
	bool (*is_ours)(void *data, int argc, char **argv);
	/* do it, ours or not, and write its output: its exit status */
	int (*run)(void *data, int argc, char **argv);
	/* that was not 0: say which line, and that it failed with @status */
	void (*failed)(void *data, unsigned int line, int status);
	/* may it wait for others to be done together with? NULL: none may */
	bool (*fits)(void *data, int argc, char **argv);
	/* Do these, in this order: how many were done, from the first. The next
	 * has had no effect, nor have those behind it, and nothing was said of
	 * them: it will be run. */
	size_t (*together)(void *data, const struct batch_line *lines,
			   size_t cnt);
	void *data;
};

/*
 * Run a batch. The exit status: 0, or 1 when a line failed; CLI_HANDOVER,
 * before anything was run, for a regular file in which no line is ours.
 */
int batch_run(const struct batch *batch);

#endif
