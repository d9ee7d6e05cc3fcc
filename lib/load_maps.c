/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The maps of a plan: taken from their pins, or created; and pinned. */
#include <errno.h>

#include "loader.h"
#include "map.h"

static bool same_dir(const char *path, const char *other)
{
	size_t len = path_base(path) - path;

	return strncmp(path, other, len) == 0 && !strchr(other + len, '/');
}

static bool has_no_dir(const struct loader *l, const char *path)
{
	_cleanup_free_ char *dir = strndup(path, path_base(path) - path - 1);

	return !l->fs.mounted ||
	       (dir && l->kern->ops->is_bpffs(l->kern, dir) == -ENOENT);
}

static int find_pins(struct loader *l, struct err *err)
{
	const char *last = NULL;
	const struct plan_map *pm;
	bool bare = false;
	size_t i;
	int r;

	for (i = 0; i < l->plan->maps_cnt; i++) {
		pm = &l->plan->maps[i];
		if (!pm->pin)
			continue;
		r = l->fs.root ? 0 : bpffs_find(l->txn->ctx, &l->fs, err);
		if (r < 0)
			return r;
		l->pins[i] = path_join(l->fs.root, pm->pin);
		if (!l->pins[i])
			return err_sys(err, -ENOMEM, "pin path");
		if (!last || !same_dir(last, l->pins[i]))
			bare = has_no_dir(l, l->pins[i]);
		last = l->pins[i];
		l->bare[i] = bare;
	}
	return 0;
}

bool load_may_be_pinned(const struct loader *l, size_t i)
{
	return l->pins[i] && !l->bare[i];
}

void load_forget_pins(struct loader *l)
{
	size_t i;

	for (i = 0; l->pins && i < l->plan->maps_cnt; i++)
		free(steal_ptr(&l->pins[i]));
	bpffs_free(&l->fs);
}

static int tell_map(struct loader *l, enum bpfelf_event_kind kind, size_t i,
		    int fd, int error)
{
	struct bpfelf_event event = {
		.kind = kind,
		.fd = fd,
		.error = error,
		.map = l->plan->maps[i].map,
		.prog_type = l->plan->prog_type,
	};

	ctx_event(l->txn->ctx, &event);
	return fd;
}

static int get_map(struct loader *l, size_t i, struct err *err)
{
	const struct plan_map *pm = &l->plan->maps[i];
	int inner_fd = pm->inner < 0 ? -1 : l->txn->map_fds[pm->inner];
	int r, fd = -ENOENT;

	if (load_may_be_pinned(l, i))
		fd = map_take(l->txn->ctx, pm, l->plan->ifindex, l->pins[i],
			      err);
	l->taken[i] = fd >= 0;
	if (fd >= 0)
		return tell_map(l, BPFELF_MAP_REUSED, i, fd, 0);
	if (fd != -ENOENT)
		return fd;
	fd = steal_fd(&l->large[i]);
	if (fd < 0)
		fd = map_create(l->txn->ctx, pm, inner_fd, l->btf_fd,
				l->plan->ifindex, err);
	if (fd < 0) {
		tell_map(l, BPFELF_MAP_REFUSED, i, -1, -fd);
		return fd;
	}
	tell_map(l, BPFELF_MAP_CREATED, i, fd, 0);
	if (!pm->map->data)
		return fd;
	r = map_fill(l->txn->ctx, pm, fd, err);
	if (r < 0)
		close_fd(fd);
	return r < 0 ? r : fd;
}

static int get_each_map(struct loader *l, struct err *err)
{
	size_t n, i;
	int fd;

	for (n = 0; n < l->plan->order_cnt; n++) {
		i = l->plan->order[n];
		fd = get_map(l, i, err);
		if (fd < 0)
			return err_wrap(err, "map '%s'", l->plan->maps[i].map->name);
		l->txn->map_fds[i] = fd;
	}
	return 0;
}

/* Where nothing is pinned there is nothing that could be taken back, and so no
 * need for the lock. Who comes in between is found out by EEXIST. */
static int lock_pins(struct loader *l)
{
	size_t i;

	for (i = 0; i < l->plan->maps_cnt; i++)
		if (load_may_be_pinned(l, i))
			return bpffs_lock_shared(l->txn->ctx, &l->fs);
	return -1;
}

int load_maps(struct loader *l, struct err *err)
{
	int r, lock;

	r = find_pins(l, err);
	if (r < 0)
		return r;
	lock = lock_pins(l);
	load_make_large(l);
	r = get_each_map(l, err);
	load_drop_large(l);
	close_fd(lock);
	return r;
}

/* the directory of a pin, which others may have, too */
static int make_dir(struct loader *l, size_t i, struct err *err)
{
	int r = bpffs_make_tree(l->txn, &l->fs, l->plan->maps[i].pin, err);
	size_t n;

	for (n = 0; r == 0 && n < l->plan->maps_cnt; n++)
		if (l->bare[n] && same_dir(l->pins[i], l->pins[n]))
			l->bare[n] = false;
	return r;
}

static int pin_map(struct loader *l, size_t i, struct err *err)
{
	int r, fd = l->txn->map_fds[i];
	const char *path = l->pins[i];

	r = txn_reserve(l->txn, err);
	if (r < 0)
		return r;
	r = l->bare[i] ? -ENOENT : l->kern->ops->obj_pin(l->kern, fd, path);
	if (r == -ENOENT) {
		r = make_dir(l, i, err);
		r = r ?: txn_reserve(l->txn, err);
		if (r < 0)
			return r;
		r = l->kern->ops->obj_pin(l->kern, fd, path);
	}
	l->lost_race = r == -EEXIST;
	if (r < 0)
		return err_sys(err, r, "pin at '%s'", path);
	txn_did_link(l->txn, steal_ptr(&l->pins[i]));
	return 0;
}

int load_pin_maps(struct loader *l, struct err *err)
{
	size_t n, i;
	int r;

	for (n = 0; n < l->plan->order_cnt; n++) {
		i = l->plan->order[n];
		if (!l->pins[i] || l->taken[i])
			continue;
		r = pin_map(l, i, err);
		if (r < 0)
			return err_wrap(err, "map '%s'", l->plan->maps[i].map->name);
	}
	return 0;
}
