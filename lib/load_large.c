/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Large hashes take the kernel milliseconds each, which it spends on their
 * elements one by one: several threads make them ahead of their turn.
 */
#include <errno.h>

#include "loader.h"
#include "map.h"
#include "workers.h"

/* from here on it takes longer than to start a thread, in bytes of elements:
 * 1.3 ms for 64 k of them; and each of them, than to hand it on */
#define MUCH	(8u << 20)
#define LARGE	(1u << 20)

struct crowd {
	struct loader *l;
	size_t *which;		/* maps */
	size_t cnt;
	atomic_size_t next;	/* in that */
};

/* whether it will be made: it is not pinned yet */
static bool is_new(const struct loader *l, size_t i)
{
	int fd;

	if (!load_may_be_pinned(l, i))
		return true;
	fd = l->kern->ops->obj_get(l->kern, l->pins[i]);
	close_fd(fd);
	return fd == -ENOENT;
}

static void make_maps(void *data, unsigned int number)
{
	struct crowd *c = data;
	const struct loader *l = c->l;
	size_t n, i;

	(void)number;
	while ((n = atomic_fetch_add(&c->next, 1)) < c->cnt) {
		i = c->which[n];
		l->large[i] = map_try(l->kern, &l->plan->maps[i], l->btf_fd,
				      l->plan->ifindex);
	}
}

static bool is_large(const struct loader *l, size_t i)
{
	const struct plan_map *pm = &l->plan->maps[i];

	return !plan_map_is_idle(pm) && map_cost(pm) >= LARGE;
}

/* those that are large; how much they are is added to @cost */
static size_t find_large(const struct loader *l, size_t *which, uint64_t *cost)
{
	size_t i, cnt = 0;

	for (i = 0; i < l->plan->maps_cnt; i++) {
		if (!is_large(l, i))
			continue;
		which[cnt++] = i;
		*cost += map_cost(&l->plan->maps[i]);
	}
	return cnt;
}

static size_t keep_new(const struct loader *l, size_t *which, size_t cnt)
{
	size_t i, kept = 0;

	for (i = 0; i < cnt; i++)
		if (is_new(l, which[i]))
			which[kept++] = which[i];
	return kept;
}

void load_make_large(struct loader *l)
{
	_cleanup_free_ size_t *which = calloc(l->plan->maps_cnt + 1, sizeof(*which));
	struct crowd c = { .l = l, .which = which };
	uint64_t cost = 0;
	unsigned int threads;

	if (!which)
		return;
	c.cnt = find_large(l, which, &cost);
	if (load_threads(l, c.cnt, cost >= MUCH) == 1)
		return;
	c.cnt = keep_new(l, which, c.cnt);
	threads = load_threads(l, c.cnt, true);
	if (threads > 1)
		workers_run(&l->txn->ctx->late, threads, make_maps, &c);
}

void load_drop_large(struct loader *l)
{
	size_t i;

	for (i = 0; l->large && i < l->plan->maps_cnt; i++) {
		close_fd(l->large[i]);
		l->large[i] = -1;
	}
}
