/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `ip -details route show` and `ip -json route show`: what the system's ip
 * prints, and with it the programs that routes run.
 */
#include "ip_common.h"
#include "iproute_annotate.h"

/* Without a program that routes could run, or without the right to look for
 * one, there is nothing to add. */
int iproute_show(struct cli *cli, const struct words *w)
{
	_cleanup_labels_ struct labels labels = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, edited = { 0 };
	int r, status;

	r = labels_read(&labels, cli->ctx);
	if (r < 0 || !labels.cnt)
		return CLI_HANDOVER;
	status = command_capture_system(cli, w->argc - w->pos, w->argv + w->pos,
					&text);
	if (out_is_json(&cli->out))
		annotate_json(&labels, &text, &edited);
	else
		annotate_text(&labels, &text, &edited);
	out_raw(&cli->out, &edited);
	return status;
}
