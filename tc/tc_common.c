/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_common.h"

#include <errno.h>
#include <stdio.h>

bool tc_prints_plain(const struct cli *cli)
{
	const struct opts *opts = &cli->opts;

	return !opts_want_system(opts) && !opts->raw && !opts->brief;
}

int tc_dumped(struct cli *cli, int error)
{
	if (error == -EINTR) {
		fprintf(stderr, "Dump was interrupted and may be inconsistent.\n");
		return CLI_OK;
	}
	if (error < 0) {
		command_refused(cli, error);
		fprintf(stderr, "Dump terminated\n");
		return CLI_FAIL;
	}
	return CLI_OK;
}
