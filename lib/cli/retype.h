/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Writing down a command that the user could type, for hints: names and words
 * that a shell would take apart are quoted.
 */
#ifndef CLI_RETYPE_H
#define CLI_RETYPE_H

#include "buf.h"
#include "command.h"

/* "tc", "tc -n NS": the command and where it acts, without a blank behind */
void retype_command(struct buf *text, const struct cli *cli);
/* a blank and the word */
void retype_word(struct buf *text, const char *word);

#endif
