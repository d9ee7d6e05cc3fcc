/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * "Did you mean ...?": of the words that may stand somewhere, the one that is
 * nearest to what stands there.
 *
 *	struct suggest s = { .word = word };
 *
 *	suggest_consider(&s, "ingress");
 *	suggest_table(&s, keywords);
 *	suggest_hint(&s);
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include "words.h"

struct suggest {
	const char *word;	/* NULL, or an empty one, is near to nothing */
	const char *nearest;	/* NULL: none so far */
	unsigned int distance;	/* letters to be changed, added, left out or
				 * swapped with the next */
};

/* A name may be abbreviated, so that @word is compared with all beginnings. */
void suggest_consider(struct suggest *s, const char *name);
void suggest_table(struct suggest *s, const struct kw *table);
void suggest_names(struct suggest *s, const struct word_name *names);

/* Say it on stderr if it is near enough: one letter in three. */
void suggest_hint(const struct suggest *s);

#endif
