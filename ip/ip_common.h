/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the files of `ip` share: one function per object and per verb. All
 * return an exit status, or CLI_HANDOVER when nothing was done. */
#ifndef IP_COMMON_H
#define IP_COMMON_H

#include "command.h"

/* `ip link ...`, the word "link" taken */
bool iplink_is_ours(struct words w);
int iplink(struct cli *cli, struct words *w);

/* Words that are not ours: hint at one that nobody knows */
void iplink_suggest(struct words w);
void iplink_set_suggest(struct words w);

/* `ip link set ...` and `ip link show ...`, the verb taken */
bool iplink_set_is_ours(struct words w);
int iplink_set(struct cli *cli, struct words *w);
int iplink_show(struct cli *cli, struct words *w);

/* `ip route ...`, the word "route" taken */
bool iproute_is_ours(const struct cli *cli, struct words w);
int iproute(struct cli *cli, struct words *w);

/* `ip route show ...` and `ip route get ...`, from the word "route" on */
int iproute_show(struct cli *cli, const struct words *w);

#endif
