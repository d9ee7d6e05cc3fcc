/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Commands whose words are the system's tc's, but for BPF objects among them
 * that it cannot load: `... flower ... action bpf obj FILE sec NAME ok`.
 *
 * The objects are loaded here, and the system's tc gets the command with the
 * words of each object replaced by the path of its program. What was loaded
 * stays only if it succeeds. The listing then names the program by that path.
 */
#ifndef TC_ADAPT_H
#define TC_ADAPT_H

#include "tc_common.h"

/* Are there objects in a command that adds, changes or replaces? @w stands
 * behind `filter` or `actions`. Says nothing. */
bool adapt_is_needed(struct words w);

/* Do it: the system's exit status, or CLI_HANDOVER without an object. */
int adapt_run(struct cli *cli, struct words w);

#endif
