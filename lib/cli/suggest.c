/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "suggest.h"

#include <stdio.h>

#include "near.h"

void suggest_consider(struct suggest *s, const char *name)
{
	unsigned int d = s->word ? near_distance(s->word, name) : NEAR_FAR;

	if (d == NEAR_FAR || (s->nearest && d >= s->distance))
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
