/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Lines of words in iproute2's syntax (comments, quotes, lines continued by a
 * backslash), and whether the next one is there without waiting for it.
 */
#ifndef CLI_BATCHLINE_H
#define CLI_BATCHLINE_H

#include "buf.h"

struct batch_input {
	int fd;			/* -1: all is in @data */
	struct buf data;	/* what was read */
	size_t at;		/* as far as it was taken */
	bool ended;		/* there is no more to read */
};

static inline void batch_input_free(struct batch_input *in)
{
	buf_free(&in->data);
}

struct batch_line {
	struct buf text;	/* the words point into it */
	char **argv;		/* the command's name, the words, NULL */
	int argc;
	size_t size;		/* room in argv */
	unsigned int number;	/* of its last line in the file, from 1 */
};

/*
 * Read the next line, which may have no words (argc is 1 then), or set *@end.
 * 0, -EBADMSG for a quote left open, or another negative errno; says nothing.
 * @name becomes argv[0]; line->number goes on from what it was.
 */
int batch_read(struct batch_input *in, char *name, struct batch_line *line,
	       bool *end);
void batch_line_free(struct batch_line *line);

/* Would batch_read() return at once? */
bool batch_is_ready(struct batch_input *in);

#endif
