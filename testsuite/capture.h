/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a function writes to a standard descriptor, as a string. */
#ifndef BPFELF_CAPTURE_H
#define BPFELF_CAPTURE_H

struct capture {
	int fd;			/* STDOUT_FILENO, STDERR_FILENO */
	int saved;		/* where it led */
	int file;		/* where it leads meanwhile */
};

void capture_begin(struct capture *capture, int fd);
/* back to where it led; free() the result */
char *capture_end(struct capture *capture);

/* "a b c" as words behind argv[0]; at most 31. Points into @line. */
int split_words(char *line, char *argv[32]);

#endif
