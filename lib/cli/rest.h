/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where a listing goes on that somebody else prints from its start: behind its
 * first records, which have been shown already. It comes in pieces of any
 * length. A record is a line of text, or an element of the array in JSON.
 */
#ifndef CLI_REST_H
#define CLI_REST_H

#include "util.h"

struct rest {
	size_t records;		/* still to be passed over */
	bool json;
	char line_end;		/* of a record in text: '\n', with -oneline '\\' */
	unsigned int depth;	/* JSON: open brackets */
	bool quoted, escaped;	/* JSON: within a string, behind a backslash */
};

/* how many of these bytes are to be passed over, too */
size_t rest_skip(struct rest *rest, const char *text, size_t len);

#endif
