/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "workers.h"

#include <pthread.h>
#include <signal.h>

struct workers {
	struct workers *next;
	void (*fn)(void *data, unsigned int number);
	void *data;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	bool over;		/* who begins now is late */
	unsigned int began, busy, gone;
	unsigned int cnt;
	pthread_t threads[];
};

static bool begin(struct workers *w, unsigned int *number)
{
	bool late;

	pthread_mutex_lock(&w->lock);
	late = w->over;
	if (late) {
		w->gone++;
	} else {
		*number = ++w->began;
		w->busy++;
	}
	pthread_mutex_unlock(&w->lock);
	return !late;
}

static void end(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->gone++;
	if (--w->busy == 0)
		pthread_cond_signal(&w->idle);
	pthread_mutex_unlock(&w->lock);
}

static void *thread(void *arg)
{
	struct workers *w = arg;
	unsigned int number;

	if (!begin(w, &number))
		return NULL;
	w->fn(w->data, number);
	end(w);
	return NULL;
}

/* A handler of the caller's is not meant to run in here. */
static void start(struct workers *w, unsigned int cnt)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (w->cnt < cnt &&
	       pthread_create(&w->threads[w->cnt], NULL, thread, w) == 0)
		w->cnt++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void join(struct workers *w)
{
	unsigned int i;

	for (i = 0; i < w->cnt; i++)
		pthread_join(w->threads[i], NULL);
	pthread_cond_destroy(&w->idle);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static bool all_gone(struct workers *w)
{
	bool gone;

	pthread_mutex_lock(&w->lock);
	gone = w->gone == w->cnt;
	pthread_mutex_unlock(&w->lock);
	return gone;
}

/* those that have come and gone since */
static void join_gone(struct workers **late)
{
	struct workers *w;

	while ((w = *late)) {
		if (!all_gone(w)) {
			late = &w->next;
			continue;
		}
		*late = w->next;
		join(w);
	}
}

static void wait_for_busy(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->over = true;
	while (w->busy)
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

static struct workers *new_workers(unsigned int cnt,
				   void (*fn)(void *data, unsigned int number),
				   void *data)
{
	struct workers *w = calloc(1, sizeof(*w) + cnt * sizeof(w->threads[0]));

	if (!w)
		return NULL;
	w->fn = fn;
	w->data = data;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->idle, NULL);
	return w;
}

void workers_run(struct workers **late, unsigned int cnt,
		 void (*fn)(void *data, unsigned int number), void *data)
{
	struct workers *w = cnt > 1 ? new_workers(cnt - 1, fn, data) : NULL;

	if (w)
		start(w, cnt - 1);
	fn(data, 0);
	if (!w)
		return;
	wait_for_busy(w);
	w->next = *late;
	*late = w;
	join_gone(late);
}

void workers_join(struct workers **late)
{
	struct workers *w;

	while ((w = *late)) {
		*late = w->next;
		join(w);
	}
}
