/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `ip link`: which of its verbs are ours. */
#include "ip_common.h"

enum verb { VERB_FOREIGN, VERB_SET, VERB_SHOW, VERB_HELP };

/* compat: the order in which iproute2 compares; `ip link s` is set */
static enum verb find_verb(const char *word)
{
	static const struct word_name verbs[] = {
		{ "add",	VERB_FOREIGN },
		{ "set",	VERB_SET },
		{ "change",	VERB_SET },
		{ "show",	VERB_SHOW },
		{ "lst",	VERB_SHOW },
		{ "list",	VERB_SHOW },
		{ "help",	VERB_HELP },
		{ 0 }
	};
	int verb = word ? word_among(verbs, word) : VERB_SHOW;

	return verb < 0 ? VERB_FOREIGN : (enum verb)verb;
}

bool iplink_is_ours(struct words w)
{
	switch (find_verb(word_take(&w))) {
	case VERB_SET:
		return iplink_set_is_ours(w);
	case VERB_SHOW:
	case VERB_HELP:
		return true;
	case VERB_FOREIGN:
		return false;
	}
	return false;
}

int iplink(struct cli *cli, struct words *w)
{
	switch (find_verb(word_take(w))) {
	case VERB_SET:
		return iplink_set(cli, w);
	case VERB_SHOW:
		return iplink_show(cli, w);
	case VERB_HELP:
		command_usage(cli);
		return CLI_HANDOVER;
	case VERB_FOREIGN:
		return CLI_HANDOVER;
	}
	return CLI_HANDOVER;
}
