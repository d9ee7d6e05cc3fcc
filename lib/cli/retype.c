/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "retype.h"

#include <ctype.h>

static bool is_plain(const char *word)
{
	const char *c;

	for (c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_./:,+=@%", *c))
			return false;
	return c > word;
}

static void add_quoted(struct buf *text, const char *word)
{
	const char *c;

	buf_addf(text, " '");
	for (c = word; *c; c++)
		buf_addf(text, *c == '\'' ? "'\\''" : "%c", *c);
	buf_addf(text, "'");
}

void retype_word(struct buf *text, const char *word)
{
	if (is_plain(word))
		buf_addf(text, " %s", word);
	else
		add_quoted(text, word);
}

void retype_command(struct buf *text, const struct cli *cli)
{
	buf_addf(text, "%s", cli->command->tool.name);
	if (!cli->opts.netns)
		return;
	buf_addf(text, " -n");
	retype_word(text, cli->opts.netns);
}
