/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where programs go: at once into the slots of new prog arrays, which nobody
 * else knows; onto a shelf, when one of theirs is in an array that others may
 * be running through, until all are verified.
 */
#include <errno.h>

#include "loader.h"

static const struct plan_slot *slot_at(const struct loader *l, size_t s)
{
	return &l->plan->slots[s];
}

static bool is_live(const struct loader *l, size_t s)
{
	return l->taken[slot_at(l, s)->map];
}

static int fill_new_slot(struct loader *l, size_t s, int fd)
{
	const struct plan_slot *slot = slot_at(l, s);

	return l->kern->ops->map_update(l->kern, l->txn->map_fds[slot->map],
					&slot->key, &fd);
}

/* The entry, which the transaction has, needs no other holder. */
int load_hold(struct loader *l, size_t i, int fd)
{
	struct load_prog *lp = &l->progs[i];
	bool live = false;
	size_t n, s;
	int r;

	for (n = l->slots.first[i]; n < l->slots.first[i + 1]; n++) {
		s = l->slots.by_prog[n];
		if (l->slots.is_covered[s])
			continue;
		if (is_live(l, s)) {
			live = true;
			continue;
		}
		r = fill_new_slot(l, s, fd);
		if (r < 0) {
			lp->bad_slot = s;
			return r;
		}
	}
	lp->is_held = i && (!live || shelf_put(&l->shelf, i, fd));
	return 0;
}

int load_refused_slot(struct loader *l, size_t s, int code, struct err *err)
{
	const struct plan_slot *slot = slot_at(l, s);

	if (code == -EINVAL)
		err_hint(err, "a prog array takes programs of one type only, "
			 "all with or all without JIT");
	return err_wrap(err, "map '%s', section '%s'",
			l->plan->maps[slot->map].map->name,
			l->plan->progs[slot->prog].prog->code->sec->name);
}

bool load_has_live_slots(const struct loader *l)
{
	size_t s;

	for (s = 0; s < l->plan->slots_cnt; s++)
		if (is_live(l, s))
			return true;
	return false;
}

static int fill_live_slot(struct loader *l, const struct plan_slot *slot,
			  struct err *err)
{
	int fd = slot->prog ? l->progs[slot->prog].fd : l->txn->prog_fd;
	_cleanup_close_ int from_shelf = -1;

	if (fd < 0)
		fd = from_shelf = shelf_get(&l->shelf, slot->prog);
	if (fd < 0)
		return err_sys(err, fd, "get the program for slot %u back", slot->key);
	return txn_fill_slot(l->txn, l->txn->map_fds[slot->map], slot->key, fd, err);
}

int load_fill_live_slots(struct loader *l, struct err *err)
{
	size_t s;
	int r;

	if (!load_has_live_slots(l))
		return 0;
	txn_expect_slots(l->txn, l->plan->slots_cnt);
	for (s = 0; s < l->plan->slots_cnt; s++) {
		if (!is_live(l, s) || l->slots.is_covered[s])
			continue;
		r = fill_live_slot(l, slot_at(l, s), err);
		if (r < 0)
			return load_refused_slot(l, s, r, err);
	}
	return 0;
}

/* ---- the index ---- */

struct place {
	const struct plan_slot *slot;
	size_t s;
};

static int cmp_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->slot->map != y->slot->map)
		return x->slot->map < y->slot->map ? -1 : 1;
	if (x->slot->key != y->slot->key)
		return x->slot->key < y->slot->key ? -1 : 1;
	return x->s < y->s ? -1 : x->s > y->s;
}

static bool are_sorted(const struct place *places, size_t cnt)
{
	size_t i;

	for (i = 1; i < cnt; i++)
		if (cmp_places(&places[i - 1], &places[i]) > 0)
			return false;
	return true;
}

/* compat: of several sections with one key ("1/3", "01/0x3") the last stays */
static void find_covered(struct loader *l, struct place *places)
{
	size_t i, cnt = l->plan->slots_cnt;
	const struct place *p;

	for (i = 0; i < cnt; i++)
		places[i] = (struct place){ slot_at(l, i), i };
	if (!are_sorted(places, cnt))
		qsort(places, cnt, sizeof(*places), cmp_places);
	for (p = places; p + 1 < places + cnt; p++)
		l->slots.is_covered[p->s] = p->slot->map == p[1].slot->map &&
					    p->slot->key == p[1].slot->key;
}

/* count, add up, deal out: in their order for each program */
static void index_by_prog(struct loader *l)
{
	size_t *first = l->slots.first;
	size_t i, cnt = l->plan->slots_cnt;

	for (i = 0; i < cnt; i++)
		first[slot_at(l, i)->prog + 1]++;
	for (i = 0; i < l->plan->progs_cnt; i++)
		first[i + 1] += first[i];
	for (i = cnt; i-- > 0;)
		l->slots.by_prog[--first[slot_at(l, i)->prog + 1]] = i;
	for (i = 0; i < l->plan->progs_cnt; i++)
		first[i] = first[i + 1];
	first[i] = cnt;
}

int load_index_slots(struct loader *l, struct err *err)
{
	size_t cnt = l->plan->slots_cnt;
	_cleanup_free_ struct place *places = reallocarray(NULL, cnt + 1, sizeof(*places));

	load_drop_slots(l);
	l->slots.by_prog = reallocarray(NULL, cnt + 1, sizeof(*l->slots.by_prog));
	l->slots.first = calloc(l->plan->progs_cnt + 2, sizeof(*l->slots.first));
	l->slots.is_covered = calloc(cnt + 1, sizeof(*l->slots.is_covered));
	if (!places || !l->slots.by_prog || !l->slots.first || !l->slots.is_covered)
		return err_sys(err, -ENOMEM, "load");
	find_covered(l, places);
	index_by_prog(l);
	return 0;
}

void load_drop_slots(struct loader *l)
{
	free(steal_ptr(&l->slots.by_prog));
	free(steal_ptr(&l->slots.first));
	free(steal_ptr(&l->slots.is_covered));
}
