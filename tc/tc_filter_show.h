/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What `tc filter` lists: with `show`, with `get`, and with -echo. */
#ifndef TC_FILTER_SHOW_H
#define TC_FILTER_SHOW_H

#include "tc_filter.h"

/* Exit statuses; CLI_HANDOVER: something of it is not ours to print. */
int filter_show(struct cli *cli, const struct filter_words *filter,
		uint32_t ifindex);
int filter_get(struct cli *cli, const struct filter_words *filter,
	       uint32_t ifindex);

/* -echo: what the kernel made of it, as `tc monitor` shows it */
void filter_echo(struct cli *cli, const struct filter_words *filter,
		 const struct bpfelf_hook *hook);

#endif
