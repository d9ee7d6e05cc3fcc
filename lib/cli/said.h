/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * With -json, what a command says on stderr is gathered and given as one
 * object, on one line unless -pretty, for each command (of a batch: each line)
 * that says anything:
 *
 *	{"error":{"status":2,"errno":16,"name":"EBUSY","message":"..."},
 *	 "warnings":[...],"notes":[...],"hints":[...],"log":[...]}
 *
 * Without "error" it went well. "errno" and "name" are there when a call
 * failed with one, "file" and "line" in a batch. Everything that is none of
 * the others is in "log", line by line. A help text stays text.
 *
 * All writers go on writing lines to stderr, the system's tool as our child
 * among them: the descriptor leads elsewhere meanwhile.
 */
#ifndef CLI_SAID_H
#define CLI_SAID_H

#include <stdbool.h>

struct said {
	int real;		/* stderr; -1: nothing is gathered */
	int gathered;
	unsigned int flags;	/* OUT_* */
};

/* what ended; zero and NULL for what does not apply */
struct said_end {
	int status;		/* of the command */
	int error;		/* errno */
	const char *file;	/* of a batch, with the line */
	unsigned int line;
};

/* @flags without OUT_JSON: nothing is gathered, and no call does anything */
void said_begin(struct said *said, unsigned int flags);
/* a command ends: write its object, if it said anything */
void said_tell(struct said *said, const struct said_end *end);
/* stderr is stderr again, and what was not told is written there as it is */
void said_stop(struct said *said);

#endif
