/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `tc`: what concerns BPF programs is done here, the rest is handed over to
 * the system's tc.
 */
#include <stdio.h>

#include "suggest.h"
#include "tc_actions.h"
#include "tc_exec.h"
#include "tc_filter.h"
#include "tc_qdisc.h"

/* ---- the objects ---- */

/* There is no object bpf, but somebody who wants help on it. */

static bool bpf_is_ours(const struct cli *cli, struct words w)
{
	(void)cli;
	return word_is(word_peek(&w), "help");
}

static int bpf_run(struct cli *cli, struct words *w)
{
	(void)w;
	fprintf(stderr, "%s", cli->command->usage);
	return CLI_USAGE;
}

struct object {
	const char *name;
	bool (*is_ours)(const struct cli *cli, struct words w);
	int (*run)(struct cli *cli, struct words *w);
};

/* `c` is class, `ch` chain, `m` monitor: none of them ours */
static const struct object objects[] = {
	{ "qdisc",  qdisc_is_ours,  qdisc_run },
	{ "filter", filter_is_ours, filter_run },
	{ "actions", actions_is_ours, actions_run },
	{ "exec",   exec_is_ours,   exec_run },
	{ "bpf",    bpf_is_ours,    bpf_run },
};

static const struct object *find_object(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (word_is(word, objects[i].name))
			return &objects[i];
	return NULL;
}

/* `tc filtre ...`, `tc filter ad ...`, `tc filter add dev v0 ingres bpf ...` */
static void suggest(const struct words *words)
{
	/* in tc's order; no more than these */
	static const struct word_name known[] = {
		{ "qdisc", 0 }, { "class", 0 }, { "filter", 1 },
		{ "chain", 0 }, { "actions", 0 }, { "monitor", 0 },
		{ "exec", 0 }, { NULL, 0 }
	};
	struct words w = *words;
	const char *word = word_take(&w);
	struct suggest s = { .word = word };
	int object = word_among(known, word);

	if (object > 0)
		filter_suggest(w);
	if (object >= 0)
		return;
	suggest_names(&s, known);
	suggest_hint(&s);
}

static bool is_ours(const struct cli *cli, const struct words *words)
{
	struct words w = *words;
	const struct object *object = find_object(word_take(&w));

	return object && object->is_ours(cli, w);
}

static int run(struct cli *cli, struct words *w)
{
	const struct object *object = find_object(word_take(w));

	return object ? object->run(cli, w) : CLI_HANDOVER;
}

/* As tc's: the first row that fits, so `-b` is batch and `-n` netns. */
static const struct opt options[] = {
	OPT("statistics", 1, OPT_COUNT,   stats),
	OPT("stats",	  1, OPT_COUNT,   stats),
	OPT("details",	  1, OPT_COUNT,   details),
	OPT("raw",	  1, OPT_FLAG,    raw),
	OPT("pretty",	  1, OPT_FLAG,    pretty),
	OPT("iec",	  1, OPT_FLAG,    human),
	OPT("Version",	  1, OPT_FLAG,    version),
	OPT("help",	  1, OPT_FLAG,    help),
	OPT("force",	  1, OPT_FLAG,    force),
	OPT("batch",	  1, OPT_STR,     batch),
	OPT("netns",	  1, OPT_STR,     netns),
	OPT("Numeric",	  1, OPT_FLAG,    numeric),
	OPT("names",	  2, OPT_FLAG,    system),
	OPT("nm",	  2, OPT_FLAG,    system),
	OPT("conf",	  1, OPT_SYSTEM_STR, system),
	OPT("cf",	  2, OPT_SYSTEM_STR, system),
	OPT("color",	  3, OPT_COLOR,   color),
	OPT("timestamp",  1, OPT_FLAG,    timestamp),
	OPT("tshort",	  2, OPT_FLAG,    timestamp),
	OPT("json",	  1, OPT_FLAG,    json),
	OPT("oneline",	  1, OPT_FLAG,    oneline),
	OPT("brief",	  2, OPT_FLAG,    brief),
	OPT("echo",	  1, OPT_FLAG,    echo),
	{ 0 }
};

static const char usage[] =
"Usage: tc [OPTIONS] OBJECT COMMAND\n"
"\n"
"Programs from ELF objects with a `maps` section, loaded and attached here:\n"
"  tc filter { add | replace | change } dev DEV { ingress | egress } ...\n"
"            bpf [da] { obj FILE [sec NAME] | pinned PATH } [verb]\n"
"            [action ACTION]... ...\n"
"  tc filter { add | replace | change } ... action bpf obj FILE [sec NAME] ...\n"
"  tc filter { del | get } dev DEV [ ingress | egress ] ... [bpf]\n"
"  tc filter show dev DEV [ ingress | egress ] ...\n"
"  tc actions { add | replace } action bpf { obj FILE [sec NAME] | ... } ...\n"
"  tc qdisc { add | replace | del | show } dev DEV { clsact | ingress }\n"
"  tc exec bpf graft MAP [key N] { obj FILE [sec NAME] | pinned PATH } ...\n"
"  tc exec bpf { import SOCKET [run PROG] | debug | check }\n"
"  tc exec bpf run { obj FILE [sec NAME] | pinned PATH | id N } [packet ...] ...\n"
"More on them: `tc filter help`, `tc filter add bpf help`, `tc exec help`.\n";

static const struct command tc = {
	.tool = { .name = "tc", .env = "BPFELF_TC" },
	.title = "tc utility",
	.usage = usage,
	.usage_status = 0,
	.options = options,
	.is_ours = is_ours,
	.suggest = suggest,
	.run = run,
};

int main(int argc, char **argv)
{
	return command_main(&tc, argc, argv);
}
