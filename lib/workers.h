/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One piece of work for several threads, which share it out among themselves.
 *
 * It knows nothing of what they do. Nobody waits for a thread that did not come
 * to run: on a busy machine that takes longer than to do without it.
 */
#ifndef BPFELF_WORKERS_H
#define BPFELF_WORKERS_H

#include "util.h"

struct workers;

/*
 * Call @fn in this thread, as number 0, and in up to @cnt - 1 others, each with
 * a number below @cnt. Returns when all that began have returned; that there
 * are no others is no error. Threads that begin too late, and so call nothing,
 * are kept in @late. Signals go to the threads of the caller.
 */
void workers_run(struct workers **late, unsigned int cnt,
		 void (*fn)(void *data, unsigned int number), void *data);

/* wait for those, too */
void workers_join(struct workers **late);

#endif
