/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Threads, counted, refused and held up: every pthread_create() of the tests. */
#ifndef BPFELF_THREADING_H
#define BPFELF_THREADING_H

#include <semaphore.h>

struct threading {
	int created;
	int allowed;		/* so many; then EAGAIN. -1: all */
	sem_t *gate;		/* they begin behind it; NULL: at once */
};

extern struct threading threading;

/* none yet, and nothing in their way */
void threading_reset(void);

#endif
