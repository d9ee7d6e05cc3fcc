/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "ip_common.h"

int iproute_show(struct cli *cli, struct words *w)
{
	(void)cli;
	(void)w;
	return CLI_HANDOVER;
}
