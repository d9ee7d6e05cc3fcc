/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec`, where it says `bpf`. */
#ifndef TC_EXEC_H
#define TC_EXEC_H

#include "tc_common.h"

bool exec_is_ours(const struct cli *cli, struct words w);
int exec_run(struct cli *cli, struct words *w);

#endif
