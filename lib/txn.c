/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "txn.h"

#include <errno.h>

#include "export.h"
#include "fds.h"
#include "nl.h"

int txn_new(struct bpfelf_ctx *ctx, struct bpfelf_txn **txn, struct err *err)
{
	*txn = calloc(1, sizeof(**txn));
	if (!*txn)
		return err_sys(err, -ENOMEM, "begin a transaction");
	(*txn)->ctx = ctx;
	(*txn)->prog_fd = -1;
	(*txn)->agent_fd = -1;
	return 0;
}

int txn_reserve_many(struct bpfelf_txn *txn, size_t cnt, struct err *err)
{
	size_t cap = txn->undos_cap ?: 16;
	struct undo *undos;

	while (cap < txn->undos_cnt + cnt)
		cap *= 2;
	if (cap == txn->undos_cap)
		return 0;
	undos = reallocarray(txn->undos, cap, sizeof(*undos));
	if (!undos)
		return err_sys(err, -ENOMEM, "journal");
	txn->undos = undos;
	txn->undos_cap = cap;
	return 0;
}

int txn_reserve(struct bpfelf_txn *txn, struct err *err)
{
	return txn_reserve_many(txn, 1, err);
}

static void did(struct bpfelf_txn *txn, struct undo undo)
{
	txn->undos[txn->undos_cnt++] = undo;
}

void txn_did_link(struct bpfelf_txn *txn, char *path)
{
	did(txn, (struct undo) {
		.kind = UNDO_UNLINK, .path = path, .old_fd = -1,
	});
}

void txn_did_mkdir(struct bpfelf_txn *txn, char *path)
{
	did(txn, (struct undo) {
		.kind = UNDO_RMDIR, .path = path, .old_fd = -1,
	});
}

void txn_did_mount(struct bpfelf_txn *txn, char *path)
{
	did(txn, (struct undo) {
		.kind = UNDO_UMOUNT, .path = path, .old_fd = -1,
	});
}

void txn_did_insert(struct bpfelf_txn *txn, int map_fd, void *key)
{
	did(txn, (struct undo) {
		.kind = UNDO_INSERT, .map_fd = map_fd, .long_key = key,
		.old_fd = -1,
	});
}

void txn_did_talk(struct bpfelf_txn *txn, struct nlmsghdr *msg, int old_fd)
{
	did(txn, (struct undo) {
		.kind = UNDO_TALK, .msg = msg, .old_fd = old_fd,
	});
}

void txn_until_end(struct bpfelf_txn *txn)
{
	txn->undos[txn->undos_cnt - 1].until_end = true;
}

static int undo_slot(struct bpfelf_txn *txn, struct undo *u)
{
	struct kern *k = txn->ctx->kern;
	int fd;

	if (u->on_shelf) {
		fd = shelf_get(&txn->shelf, u->shelf_place);
		if (fd < 0)
			return fd;
		u->old_fd = fd;
	}
	if (u->old_fd < 0)
		return k->ops->map_delete(k, u->map_fd, &u->key);
	return k->ops->map_update(k, u->map_fd, &u->key, &u->old_fd);
}

static int undo_one(struct bpfelf_txn *txn, struct undo *u)
{
	struct kern *k = txn->ctx->kern;
	struct err words;

	switch (u->kind) {
	case UNDO_UNLINK:
		return k->ops->unlink(k, u->path);
	case UNDO_RMDIR:
		return k->ops->rmdir(k, u->path);
	case UNDO_UMOUNT:
		return k->ops->umount(k, u->path);
	case UNDO_SLOT:
		return undo_slot(txn, u);
	case UNDO_INSERT:
		return k->ops->map_delete(k, u->map_fd, u->long_key);
	case UNDO_TALK:
		return k->ops->talk(k, u->msg, NULL, NULL, &words);
	}
	return 0;
}

static const char *undo_what(const struct undo *u)
{
	switch (u->kind) {
	case UNDO_UNLINK:
	case UNDO_RMDIR:
		return "remove";
	case UNDO_UMOUNT:
		return "unmount";
	case UNDO_SLOT:
		return "put back the slot of a prog array";
	case UNDO_INSERT:
		return "empty the slot of a map of maps";
	case UNDO_TALK:
		return "put back the attachment";
	}
	return "undo";
}

static void undo_free(struct undo *u)
{
	free(u->path);
	free(u->long_key);
	free(u->msg);
	close_fd(u->old_fd);
}

static void unlock(struct bpfelf_txn *txn)
{
	struct bpfelf_ctx *ctx = txn->ctx;

	if (txn->locked && --ctx->lock_users == 0)
		close_fd(steal_fd(&ctx->lock_fd));
	txn->locked = false;
}

/* What somebody else has come to use meanwhile stays, and need not be told */
static bool is_well(int r)
{
	return r == 0 || r == -ENOENT || r == -ENOTEMPTY || r == -EBUSY;
}

static void undo_and_tell(struct bpfelf_txn *txn, struct undo *u)
{
	int r = undo_one(txn, u);

	if (!is_well(r))
		ctx_warn(txn->ctx, "could not %s%s%s%s: %s", undo_what(u),
			 u->path ? " '" : "", u->path ?: "",
			 u->path ? "'" : "", err_str(r));
}

static void drop_shelf(struct bpfelf_txn *txn)
{
	shelf_close(&txn->shelf);
	txn->shelved = 0;
}

void txn_rollback_to(struct bpfelf_txn *txn, size_t undos_cnt)
{
	struct undo *u;

	while (txn->undos_cnt > undos_cnt) {
		u = &txn->undos[--txn->undos_cnt];
		if (u->kind == UNDO_UMOUNT)
			unlock(txn);	/* it would keep the mount busy */
		undo_and_tell(txn, u);
		undo_free(u);
	}
}

void txn_rollback(struct bpfelf_txn *txn)
{
	txn_rollback_to(txn, 0);
	drop_shelf(txn);
	unlock(txn);
}

int txn_hold(struct bpfelf_txn *txn, int fd, struct err *err)
{
	int *fds = reallocarray(txn->held_fds, txn->held_cnt + 1, sizeof(*fds));

	if (!fds) {
		close_fd(fd);
		return err_sys(err, -ENOMEM, "keep a descriptor");
	}
	txn->held_fds = fds;
	fds[txn->held_cnt++] = fd;
	return 0;
}

void txn_expect_slots(struct bpfelf_txn *txn, uint32_t cnt)
{
	if (cnt > txn->ctx->few)
		shelf_open(&txn->shelf, txn->ctx->kern, cnt);
}

/* @old_fd: what was there, -1: nothing; taken over */
static void did_fill(struct bpfelf_txn *txn, int map_fd, uint32_t key, int old_fd)
{
	struct undo undo = {
		.kind = UNDO_SLOT, .map_fd = map_fd, .key = key,
		.old_fd = old_fd, .shelf_place = txn->shelved,
	};

	undo.on_shelf = old_fd >= 0 &&
			shelf_put(&txn->shelf, undo.shelf_place, old_fd);
	if (undo.on_shelf) {
		txn->shelved++;
		close_fd(steal_fd(&undo.old_fd));
	}
	did(txn, undo);
}

/* What the slot holds now, so that it can be put back; -1: nothing */
static int slot_holder(struct bpfelf_txn *txn, int map_fd, uint32_t key,
		       int *old_fd)
{
	struct kern *k = txn->ctx->kern;
	uint32_t id;
	int r;

	*old_fd = -1;
	r = k->ops->map_lookup(k, map_fd, &key, &id);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = k->ops->prog_by_id(k, id);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	*old_fd = r;
	return 0;
}

int txn_fill_slot(struct bpfelf_txn *txn, int map_fd, uint32_t key,
		  int prog_fd, struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_close_ int old_fd = -1;
	bool undoable = true;
	int r;

	r = txn_reserve(txn, err);
	if (r < 0)
		return r;
	r = slot_holder(txn, map_fd, key, &old_fd);
	if (r == -EPERM) {
		/* programs are handed out by id to CAP_SYS_ADMIN only */
		if (!txn->told_of_slots)
			ctx_warn(txn->ctx, "slot %u could not be put back if a later step failed: "
				 "CAP_SYS_ADMIN is missing", key);
		txn->told_of_slots = true;
		undoable = false;
	} else if (r < 0) {
		return err_sys(err, r, "read slot %u", key);
	}
	r = k->ops->map_update(k, map_fd, &key, &prog_fd);
	if (r < 0)
		return err_sys(err, r, "fill slot %u", key);
	if (undoable)
		did_fill(txn, map_fd, key, steal_fd(&old_fd));
	return 0;
}

int bpfelf_commit(struct bpfelf_txn *txn)
{
	struct fds_run run = { 0 };
	struct undo *u;
	int r = export_send(txn, ctx_begin(txn->ctx));

	if (r < 0)
		return r;
	while (txn->undos_cnt) {
		u = &txn->undos[--txn->undos_cnt];
		if (u->until_end)
			undo_and_tell(txn, u);
		fds_close(&run, steal_fd(&u->old_fd));
		undo_free(u);
	}
	fds_end(&run);
	drop_shelf(txn);
	unlock(txn);
	return 0;
}

static void close_fds(struct bpfelf_txn *txn)
{
	struct fds_run run = { 0 };
	size_t i;

	for (i = 0; i < txn->maps_cnt; i++)
		fds_close(&run, txn->map_fds[i]);
	fds_close(&run, txn->prog_fd);
	for (i = 0; i < txn->held_cnt; i++)
		fds_close(&run, txn->held_fds[i]);
	fds_close(&run, txn->agent_fd);
	fds_end(&run);
}

void bpfelf_txn_free(struct bpfelf_txn *txn)
{
	if (!txn)
		return;
	txn_rollback(txn);
	close_fds(txn);
	free(txn->agent);
	free(txn->map_fds);
	free(txn->held_fds);
	free(txn->undos);
	free(txn->name);
	free(txn);
}

int bpfelf_txn_new(struct bpfelf_ctx *ctx, struct bpfelf_txn **txn)
{
	return txn_new(ctx, txn, ctx_begin(ctx));
}

int bpfelf_prog_fd(const struct bpfelf_txn *txn)
{
	return txn->prog_fd;
}

int bpfelf_map_fd(const struct bpfelf_txn *txn, const char *name)
{
	size_t i;

	for (i = 0; i < txn->maps_cnt; i++)
		if (str_eq(txn->plan->maps[i].map->name, name))
			return txn->map_fds[i];
	return -1;
}

const char *bpfelf_txn_name(const struct bpfelf_txn *txn)
{
	return txn->name ?: "";
}
