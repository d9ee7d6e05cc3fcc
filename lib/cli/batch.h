/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `-batch FILE`: lines of words in iproute2's syntax (comments, quotes, lines
 * continued by a backslash). It knows lines, not commands.
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include <stdio.h>

#include "buf.h"
#include "cli.h"

struct batch_line {
	struct buf text;	/* the words point into it */
	char **argv;		/* @name, the words, NULL */
	int argc;
	size_t size;		/* room in argv */
	unsigned int number;	/* of its last line in the file, from 1 */
};

/*
 * Read the next line that has words, or set *@end. 0, -EBADMSG for a quote left
 * open, or another negative errno; says nothing. @name becomes argv[0].
 */
int batch_read(FILE *file, char *name, struct batch_line *line, bool *end);
void batch_line_free(struct batch_line *line);

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
	void *data;
};

/*
 * Run a batch. The exit status: 0, or 1 when a line failed; CLI_HANDOVER,
 * before anything was run, for a regular file in which no line is ours.
 */
int batch_run(const struct batch *batch);

#endif
