/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>

#include "bpffs.h"
#include "hook.h"
#include "map.h"

static int check_array(struct kern *k, int fd, uint32_t key,
		       uint32_t prog_type, struct err *err)
{
	enum kern_obj kind = k->ops->obj_kind(k, fd);
	struct bpf_map_info info;
	char type[MAPDEF_TYPE_SIZE];
	int r;

	if (kind != KERN_OBJ_MAP && kind != KERN_OBJ_UNKNOWN)
		return err_set(err, -EINVAL, "what is pinned there is no map");
	r = k->ops->map_info(k, fd, &info);
	if (r < 0)
		return err_sys(err, r, "ask for the map");
	if (info.type != BPF_MAP_TYPE_PROG_ARRAY)
		return err_set(err, -EINVAL, "the map is no prog array but %s",
			       mapdef_type(info.type, type));
	if (key >= info.max_entries)
		return err_set(err, -E2BIG, "key %u is past its end, it has %u slots",
			       key, info.max_entries);
	return map_check_owner(k, fd, prog_type, err);
}

/* The slot may be put back, see bpffs_lock(); where else the array might be
 * pinned nobody pins. */
static int lock_bpffs(struct bpfelf_txn *txn, struct err *err)
{
	struct bpffs fs;
	int r;

	if (txn->locked)
		return 0;
	r = bpffs_find(txn->ctx, &fs, err);
	if (r == 0 && fs.mounted)
		r = bpffs_lock(txn, &fs, err);
	bpffs_free(&fs);
	return r == -ESTALE ? 0 : r;
}

static int graft_into(struct bpfelf_txn *txn, const char *path, uint32_t key,
		      struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_close_ int held = -1;
	int fd, r;

	held = fd = k->ops->obj_get(k, path);
	if (fd < 0)
		return err_sys(err, fd, "open");
	r = check_array(k, fd, key, txn->prog_type, err);
	r = r ?: txn_hold(txn, steal_fd(&held), err);
	if (r < 0)
		return r;
	r = lock_bpffs(txn, err);
	r = r ?: txn_fill_slot(txn, fd, key, txn->prog_fd, err);
	if (r == -EINVAL)
		err_hint(err, "a prog array takes programs of one type only: "
			 "is type what the others in it have?");
	return r;
}

int graft(struct bpfelf_txn *txn, const char *map, uint32_t key,
	  struct err *err)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (txn->prog_fd < 0)
		return err_set(err, -EINVAL, "graft: the transaction has no program");
	r = bpffs_path(txn->ctx, map, txn->prog_type, &path, err);
	r = r ?: graft_into(txn, path, key, err);
	return r < 0 ? err_wrap(err, "prog array '%s'", map) : 0;
}
