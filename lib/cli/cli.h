/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What every function of a command agrees on: how it ends.
 *
 * Nothing in a command calls exit(). A function that can end the command
 * returns its exit status, 0 being success, after it has said why on stderr.
 * Two negative values are no statuses and never reach the shell.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum {
	CLI_OK = 0,
	CLI_FAIL = 1,		/* no such device; tc: the load failed */
	CLI_KERNEL = 2,		/* the kernel refused a request */
	CLI_USAGE = 255,	/* wrong words; ip: the load failed */

	CLI_NO_WORD = -1,	/* no row of a table fits: nothing was taken */
	CLI_HANDOVER = -2,	/* nothing done: for the system's tool */
};

#endif
