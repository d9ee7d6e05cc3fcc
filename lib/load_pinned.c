/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A transaction that begins with a program that is there: pinned, or by id. */
#include <errno.h>

#include "bpffs.h"
#include "features.h"
#include "load.h"
#include "prog.h"

static int check_prog(struct kern *k, int fd, uint32_t prog_type,
		      struct err *err)
{
	enum kern_obj kind = k->ops->obj_kind(k, fd);
	char theirs[PROG_TYPE_SIZE], ours[PROG_TYPE_SIZE];
	struct bpf_prog_info info;
	int r;

	if (kind != KERN_OBJ_PROG && kind != KERN_OBJ_UNKNOWN)
		return err_set(err, -EINVAL, "what is pinned there is no program");
	r = k->ops->prog_info(k, fd, &info);
	if (r < 0)
		return err_sys(err, r, "ask for the program");
	if (prog_type && info.type != prog_type)
		return err_set(err, -EINVAL, "the program is of type %s, here it takes %s",
			       prog_type_name(info.type, theirs),
			       prog_type_name(prog_type, ours));
	return info.type;
}

static int take_type(struct bpfelf_txn *txn, uint32_t prog_type, struct err *err)
{
	int r = check_prog(txn->ctx->kern, txn->prog_fd, prog_type, err);

	if (r >= 0)
		txn->prog_type = r;
	return r < 0 ? r : 0;
}

int load_by_id(struct bpfelf_txn *txn, uint32_t id, uint32_t prog_type,
	       struct err *err)
{
	struct kern *k = txn->ctx->kern;

	txn->prog_fd = k->ops->prog_by_id(k, id);
	if (txn->prog_fd < 0)
		return err_sys(err, txn->prog_fd, "open");
	txn->name = str_printf("[%u]", id);
	if (!txn->name)
		return err_sys(err, -ENOMEM, "open");
	return take_type(txn, prog_type, err);
}

int load_pinned(struct bpfelf_txn *txn, const char *path, uint32_t prog_type,
		struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ char *full = NULL;
	int r;

	r = bpffs_path(txn->ctx, path, prog_type, &full, err);
	if (r < 0)
		return r;
	txn->prog_fd = k->ops->obj_get(k, full);
	if (txn->prog_fd < 0) {
		r = err_sys(err, txn->prog_fd, "open");
		feature_hint_no_bpf(k, r, err);
		return r;
	}
	txn->name = str_printf("%s:[*fsobj]", path_base(full));
	if (!txn->name)
		return err_sys(err, -ENOMEM, "open");
	return take_type(txn, prog_type, err);
}
