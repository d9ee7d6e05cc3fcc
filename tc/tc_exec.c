/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_exec.h"

#include <stdio.h>

#include "e_bpf.h"

static int print_usage(void)
{
	fprintf(stderr,
"Usage: tc exec bpf { import | debug | graft | check | run } ...\n"
"                                                (more: tc exec bpf help)\n"
"Everything else is passed on to the system's tc.\n");
	return CLI_OK;
}

bool exec_is_ours(const struct cli *cli, struct words w)
{
	const char *word = word_take(&w);

	(void)cli;
	if (word_is(word, "help"))
		return true;
	return word && str_eq(word, "bpf");
}

/* these talk for as long as they run, or become another command */
static bool is_endless(struct words w)
{
	const char *word;

	word_take(&w);
	word = word_peek(&w);
	return word_is(word, "import") || word_is(word, "debug") ||
	       word_is(word, "dbg");
}

int exec_run(struct cli *cli, struct words *w)
{
	if (is_endless(*w))
		said_stop(&cli->said);
	if (word_is(word_take(w), "help"))
		return print_usage();
	return e_bpf_run(cli, w);
}
