/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "near.h"

#include "util.h"

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

unsigned int near_distance(const char *word, const char *name)
{
	size_t len = strlen(word);
	unsigned int d;

	if (len < 2 || len > WORD_MAX || strlen(name) > WORD_MAX)
		return NEAR_FAR;
	d = distance(word, name);
	/* an abbreviation of two letters is near to everything */
	return d > (len + 1) / 3 ? NEAR_FAR : d;
}
