/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `ip link`: which of its verbs are ours. */
#include "ip_common.h"
#include "iplink_xdp.h"
#include "suggest.h"

enum verb { VERB_FOREIGN, VERB_SET, VERB_SHOW, VERB_HELP, VERB_XDP };

/* compat: the order in which iproute2 compares; `ip link s` is set. There is
 * no verb xdp, but somebody who wants help on it. */
static const struct word_name verbs[] = {
	{ "add",	VERB_FOREIGN },
	{ "set",	VERB_SET },
	{ "change",	VERB_SET },
	{ "replace",	VERB_FOREIGN },
	{ "delete",	VERB_FOREIGN },
	{ "show",	VERB_SHOW },
	{ "lst",	VERB_SHOW },
	{ "list",	VERB_SHOW },
	{ "xstats",	VERB_FOREIGN },
	{ "afstats",	VERB_FOREIGN },
	{ "property",	VERB_FOREIGN },
	{ "help",	VERB_HELP },
	{ 0 }
};

static enum verb find_verb(const char *word)
{
	int verb = word ? word_among(verbs, word) : VERB_SHOW;

	if (word && str_eq(word, "xdp"))
		return VERB_XDP;
	return verb < 0 ? VERB_FOREIGN : (enum verb)verb;
}

void iplink_suggest(struct words w)
{
	struct suggest s = { .word = word_peek(&w) };

	if (find_verb(s.word) == VERB_SET) {
		word_take(&w);
		iplink_set_suggest(w);
	} else if (word_among(verbs, s.word) < 0) {
		suggest_names(&s, verbs);
		suggest_hint(&s);
	}
}

static bool asks_for_help(const struct words *w)
{
	return word_is(word_peek(w), "help");
}

/* of the system's ip, below ours */
static int help(struct cli *cli)
{
	command_usage(cli);
	return CLI_HANDOVER;
}

bool iplink_is_ours(struct words w)
{
	switch (find_verb(word_take(&w))) {
	case VERB_SET:
		return asks_for_help(&w) || iplink_set_is_ours(w);
	case VERB_SHOW:
	case VERB_HELP:
		return true;
	case VERB_XDP:
		return asks_for_help(&w);
	case VERB_FOREIGN:
		return false;
	}
	return false;
}

int iplink(struct cli *cli, struct words *w)
{
	switch (find_verb(word_take(w))) {
	case VERB_SET:
		return asks_for_help(w) ? help(cli) : iplink_set(cli, w);
	case VERB_SHOW:
		return asks_for_help(w) ? help(cli) : iplink_show(cli, w);
	case VERB_HELP:
		return help(cli);
	case VERB_XDP:
		return xdp_usage();
	case VERB_FOREIGN:
		return CLI_HANDOVER;
	}
	return CLI_HANDOVER;
}
