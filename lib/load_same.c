/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether another load would come to the same as one that has been. */
#include <errno.h>

#include "bpffs.h"
#include "load.h"
#include "plan.h"

static bool are_one_map(struct kern *k, int a, int b)
{
	struct bpf_map_info x, y;

	return k->ops->map_info(k, a, &x) == 0 &&
	       k->ops->map_info(k, b, &y) == 0 && x.id == y.id;
}

/* Its pin leads to the map that the load had. */
static bool is_still_pinned(struct bpfelf_txn *txn, const struct bpffs *fs,
			    size_t i)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ char *path = str_printf("%s/%s", fs->root,
					       txn->plan->maps[i].pin);
	_cleanup_close_ int fd = path ? k->ops->obj_get(k, path) : -ENOMEM;

	return fd >= 0 && k->ops->obj_kind(k, fd) == KERN_OBJ_MAP &&
	       are_one_map(k, fd, txn->map_fds[i]);
}

/* Constants: nobody can tell one copy from another. */
static bool is_constant(const struct plan_map *pm)
{
	return pm->map->data && pm->map->def.flags & BPF_F_RDONLY_PROG;
}

static bool maps_are_same(struct bpfelf_txn *txn, struct bpffs *fs,
			  struct err *err)
{
	const struct bpfelf_plan *plan = txn->plan;
	size_t i;

	for (i = 0; i < plan->maps_cnt; i++) {
		const struct plan_map *pm = &plan->maps[i];

		if (plan_map_is_idle(pm) || is_constant(pm))
			continue;
		if (!pm->pin)
			return false;
		if (!fs->root && bpffs_find(txn->ctx, fs, err) < 0)
			return false;
		if (!fs->mounted || !is_still_pinned(txn, fs, i))
			return false;
	}
	return true;
}

bool load_is_same(struct bpfelf_txn *txn)
{
	const struct bpfelf_plan *plan = txn->plan;
	struct bpffs fs = { 0 };
	struct err unseen;
	bool same;

	/* slots that are filled anew get another program each time */
	if (!plan || plan->ifindex || plan->progs_cnt > 1 || plan->slots_cnt ||
	    plan->inserts_cnt)
		return false;
	same = maps_are_same(txn, &fs, &unseen);
	bpffs_free(&fs);
	return same;
}
