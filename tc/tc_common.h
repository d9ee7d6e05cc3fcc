/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the listings of `tc` (qdisc, filter) share: when they are simple enough
 * to be ours, and how they end.
 */
#ifndef TC_COMMON_H
#define TC_COMMON_H

#include "command.h"

/* Does the system's tc know nothing better for these options? We print text
 * and JSON, but no colours, no numbers for names and no raw dumps. */
bool tc_prints_plain(const struct cli *cli);

/* The exit status of a listing whose dump ended with @error (0: well), after
 * having said why it did. */
int tc_dumped(struct cli *cli, int error);

#endif
