/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "threading.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

typedef void *(*start_fn)(void *arg);

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  start_fn start, void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  start_fn start, void *arg);

struct threading threading = { .allowed = -1 };

void threading_reset(void)
{
	threading = (struct threading){ .allowed = -1 };
}

struct begun {
	start_fn start;
	void *arg;
	sem_t *gate;
};

static void *begin_behind_gate(void *data)
{
	struct begun begun = *(struct begun *)data;

	free(data);
	if (begun.gate)
		sem_wait(begun.gate);
	return begun.start(begun.arg);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  start_fn start, void *arg)
{
	struct begun *begun;

	if (threading.allowed >= 0 && threading.created >= threading.allowed)
		return EAGAIN;
	begun = malloc(sizeof(*begun));	/* see oom.h */
	if (!begun)
		return EAGAIN;
	threading.created++;
	*begun = (struct begun){ start, arg, threading.gate };
	return __real_pthread_create(thread, attr, begin_behind_gate, begun);
}
