/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Constants that a program has without referring to them, as libbpf has it: by
 * some of them, bpf_metadata_NAME, `bpftool prog show` tells what it is. That
 * takes Linux 5.10; what cannot be had is done without.
 */
#include <errno.h>

#include "loader.h"
#include "map.h"

static int make(struct loader *l, const struct plan_map *pm)
{
	_cleanup_close_ int fd = map_try(l->kern, pm, l->btf_fd, 0);
	struct err unseen;
	int r;

	if (fd < 0)
		return fd;
	r = map_fill(l->txn->ctx, pm, fd, &unseen);
	return r < 0 ? r : steal_fd(&fd);
}

void load_common(struct loader *l)
{
	const struct bpfelf_plan *plan = l->plan;
	size_t i;

	l->has_common = false;
	for (i = 0; i < plan->maps_cnt; i++) {
		if (!plan->maps[i].map->is_common || plan->ifindex)
			continue;
		l->has_common = true;
		if (l->txn->map_fds[i] < 0)
			l->txn->map_fds[i] = make(l, &plan->maps[i]);
	}
}

static bool refers(const struct link *link, size_t map)
{
	size_t i;

	for (i = 0; i < link->refs_cnt; i++)
		if (link->refs[i].map == map)
			return true;
	return false;
}

void load_bind_common(const struct loader *l, size_t prog, int fd)
{
	const struct bpfelf_plan *plan = l->plan;
	size_t i;

	for (i = 0; l->has_common && i < plan->maps_cnt; i++)
		if (plan->maps[i].map->is_common && l->txn->map_fds[i] >= 0 &&
		    !refers(&plan->progs[prog].code, i))
			l->kern->ops->prog_bind_map(l->kern, fd, l->txn->map_fds[i]);
}
