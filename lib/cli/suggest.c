/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "suggest.h"

#include <stdio.h>

#define WORD_MAX 32	/* longer ones are file names */

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* The rows of the usual table: [i][j] is the distance of the first i letters
 * of the word from the first j of the name. */
struct rows {
	unsigned int before[WORD_MAX + 1], last[WORD_MAX + 1],
		     now[WORD_MAX + 1];
};

static void fill_row(struct rows *rows, const char *word, size_t i,
		     const char *name, size_t len)
{
	bool same, swapped;
	size_t j;

	rows->now[0] = i;
	for (j = 1; j <= len; j++) {
		same = word[i - 1] == name[j - 1];
		swapped = i > 1 && j > 1 && word[i - 1] == name[j - 2] &&
			  word[i - 2] == name[j - 1];
		rows->now[j] = min(rows->last[j - 1] + !same,
				   min(rows->last[j], rows->now[j - 1]) + 1);
		if (swapped)
			rows->now[j] = min(rows->now[j], rows->before[j - 2] + 1);
	}
}

/* of @word from the nearest beginning of @name */
static unsigned int distance(const char *word, const char *name)
{
	size_t i, j, len = strlen(name);
	unsigned int nearest;
	struct rows rows;

	for (j = 0; j <= len; j++)
		rows.now[j] = j;
	for (i = 1; word[i - 1]; i++) {
		memcpy(rows.before, rows.last, sizeof(rows.last));
		memcpy(rows.last, rows.now, sizeof(rows.now));
		fill_row(&rows, word, i, name, len);
	}
	nearest = rows.now[len];
	for (j = 1; j < len; j++)
		nearest = min(nearest, rows.now[j]);
	return nearest;
}

void suggest_consider(struct suggest *s, const char *name)
{
	size_t len = s->word ? strlen(s->word) : 0;
	unsigned int d;

	if (len < 2 || len > WORD_MAX || strlen(name) > WORD_MAX)
		return;
	d = distance(s->word, name);
	/* an abbreviation of two letters is near to everything */
	if (d > (len + 1) / 3 || (s->nearest && d >= s->distance))
		return;
	s->nearest = name;
	s->distance = d;
}

void suggest_table(struct suggest *s, const struct kw *table)
{
	for (; table->name; table++)
		suggest_consider(s, table->name);
}

void suggest_names(struct suggest *s, const struct word_name *names)
{
	for (; names->name; names++)
		suggest_consider(s, names->name);
}

void suggest_hint(const struct suggest *s)
{
	if (s->nearest)
		fprintf(stderr, "Hint: did you mean \"%s\"?\n", s->nearest);
}
