/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "bpffs.h"

#include <errno.h>

#include "features.h"
#include "mounts.h"
#include "pinpath.h"

#define BPFFS_DEFAULT	"/sys/fs/bpf"
#define BPFFS_OTHER	"/bpf"

static int set_root(struct bpffs *fs, const char *root, bool mounted,
		    struct err *err)
{
	size_t len = strlen(root);

	while (len > 1 && root[len - 1] == '/')
		len--;
	fs->root = strndup(root, len);
	fs->mounted = mounted;
	return fs->root ? 0 : err_sys(err, -ENOMEM, "look for a bpffs");
}

/* A relative mount point would make symlinks that lead nowhere */
static int set_given_root(struct bpfelf_ctx *ctx, struct bpffs *fs,
			  const char *dir, struct err *err)
{
	int r;

	if (dir[0] != '/') {
		err_set(err, -EINVAL, "the bpffs '%s' is no absolute path", dir);
		return err_hint(err, "set TC_BPF_MNT to a path that begins with '/'");
	}
	r = ctx->kern->ops->is_bpffs(ctx->kern, dir);
	if (r < 0 && r != -ENOENT)
		return err_sys(err, r, "look at the bpffs '%s'", dir);
	return set_root(fs, dir, r == 1, err);
}

/* NULL: none is */
static const char *given_root(const struct bpfelf_ctx *ctx)
{
	const char *given = ctx->bpffs ?: secure_getenv("TC_BPF_MNT");

	return given && given[0] ? given : NULL;
}

static bool is_usual(struct bpfelf_ctx *ctx)
{
	void (*seek)(void *data) = ctx->seek_bpffs;
	struct kern *k = ctx->kern;

	ctx->seek_bpffs = NULL;
	if (k->ops->is_bpffs(k, BPFFS_DEFAULT) == 1)
		return true;
	if (!seek)
		return false;
	seek(ctx->seek_data);
	return k->ops->is_bpffs(k, BPFFS_DEFAULT) == 1;
}

int bpffs_find(struct bpfelf_ctx *ctx, struct bpffs *fs, struct err *err)
{
	const char *given = given_root(ctx);
	_cleanup_buf_ struct buf mounts = { 0 };
	struct mounts_entry found;
	struct kern *k = ctx->kern;

	memset(fs, 0, sizeof(*fs));
	if (given)
		return set_given_root(ctx, fs, given, err);
	if (is_usual(ctx))
		return set_root(fs, BPFFS_DEFAULT, true, err);
	if (k->ops->is_bpffs(k, BPFFS_OTHER) == 1)
		return set_root(fs, BPFFS_OTHER, true, err);
	if (k->ops->mounts(k, &mounts) == 0 &&
	    mounts_find(mounts.data, "bpf", &found))
		return set_root(fs, found.dir, true, err);
	return set_root(fs, BPFFS_DEFAULT, false, err);
}

void bpffs_free(struct bpffs *fs)
{
	free(fs->root);
	memset(fs, 0, sizeof(*fs));
}

/* Make a directory that may be there already */
static int make_dir(struct bpfelf_txn *txn, const char *path, struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ char *copy = strdup(path);
	int r;

	if (!copy)
		return err_sys(err, -ENOMEM, "make '%s'", path);
	r = txn_reserve(txn, err);
	if (r < 0)
		return r;
	r = k->ops->mkdir(k, path);
	if (r == -EEXIST)
		return 0;
	if (r < 0)
		return err_sys(err, r, "make directory '%s'", path);
	txn_did_mkdir(txn, steal_ptr(&copy));
	return 0;
}

static int make_subdir(struct bpfelf_txn *txn, const struct bpffs *fs,
		       const char *dir, const char *sub, struct err *err)
{
	_cleanup_free_ char *path =
		str_printf("%s/%s%s%s", fs->root, dir, sub ? "/" : "", sub ?: "");

	if (!path)
		return err_sys(err, -ENOMEM, "make directory '%s'", dir);
	return make_dir(txn, path, err);
}

/*
 * ROOT/xdp -> ROOT/tc/. Where an administrator has made a directory of it,
 * its maps are meant to be apart: it gets a globals/ of its own.
 */
static int make_link(struct bpfelf_txn *txn, const struct bpffs *fs,
		     const char *name, struct err *err)
{
	_cleanup_free_ char *path = str_printf("%s/%s", fs->root, name);
	_cleanup_free_ char *target = str_printf("%s/%s/", fs->root, PINPATH_TREE);
	struct kern *k = txn->ctx->kern;
	int r;

	if (!path || !target)
		return err_sys(err, -ENOMEM, "link '%s'", name);
	r = txn_reserve(txn, err);
	if (r < 0)
		return r;
	r = k->ops->symlink(k, target, path);
	if (r == -EEXIST)
		return make_subdir(txn, fs, name, PINPATH_GLOBALS, err);
	if (r < 0)
		return err_sys(err, r, "link '%s' to '%s'", path, target);
	txn_did_link(txn, steal_ptr(&path));
	return 0;
}

static int mount_it(struct bpfelf_txn *txn, struct bpffs *fs, struct err *err)
{
	_cleanup_free_ char *copy = strdup(fs->root);
	struct kern *k = txn->ctx->kern;
	int r;

	if (!copy)
		return err_sys(err, -ENOMEM, "mount a bpffs");
	r = make_dir(txn, fs->root, err);
	r = r ?: txn_reserve(txn, err);
	if (r < 0)
		return r;
	r = k->ops->mount(k, fs->root);
	fs->mounted = r == 0 || r == -EBUSY;
	if (r == -EBUSY)
		return 0;
	if (r < 0) {
		err_sys(err, r, "mount a bpffs at '%s'", fs->root);
		if (r == -ENODEV)
			return feature_hint(k, FEATURE_BPF_SYSCALL, r, err);
		return err_hint(err, "mount one: mount -t bpf bpf %s", fs->root);
	}
	txn_did_mount(txn, steal_ptr(&copy));
	ctx_warn(txn->ctx, "no bpffs was mounted, mounted one at '%s'", fs->root);
	return 0;
}

int bpffs_lock_shared(struct bpfelf_ctx *ctx, const struct bpffs *fs)
{
	if (!fs->mounted || ctx->lock_users)
		return -1;
	return ctx->kern->ops->lock(ctx->kern, fs->root, false);
}

int bpffs_lock(struct bpfelf_txn *txn, struct bpffs *fs, struct err *err)
{
	struct bpfelf_ctx *ctx = txn->ctx;
	int r = fs->mounted ? 0 : mount_it(txn, fs, err);

	if (r < 0)
		return r;
	if (!ctx->lock_users) {
		r = ctx->kern->ops->lock(ctx->kern, fs->root, true);
		if (r == -ESTALE)
			return err_sys(err, r, "lock the bpffs '%s'", fs->root);
		if (r < 0)
			ctx_warn(ctx, "could not lock the bpffs '%s' (%s), going on without",
				 fs->root, err_str(r));
		ctx->lock_fd = r < 0 ? -1 : r;
	}
	ctx->lock_users++;
	txn->locked = true;
	return 0;
}

int bpffs_make_tree(struct bpfelf_txn *txn, const struct bpffs *fs,
		    const char *pin, struct err *err)
{
	static const char globals[] = PINPATH_TREE "/" PINPATH_GLOBALS;
	_cleanup_free_ char *dir = strdup(pin);
	char *slash;
	int r;

	if (!dir)
		return err_sys(err, -ENOMEM, "make directories");
	r = make_subdir(txn, fs, PINPATH_TREE, NULL, err);
	r = r ?: make_subdir(txn, fs, globals, NULL, err);
	r = r ?: make_link(txn, fs, "xdp", err);
	r = r ?: make_link(txn, fs, "ip", err);
	for (slash = strchr(dir, '/'); r == 0 && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!str_eq(dir, PINPATH_TREE) && !str_eq(dir, globals))
			r = make_subdir(txn, fs, dir, NULL, err);
		*slash = '/';
	}
	return r;
}

int bpffs_path(struct bpfelf_ctx *ctx, const char *path, uint32_t prog_type,
	       char **out, struct err *err)
{
	const char *rest = pinpath_short(path);
	const char *subdir = pinpath_subdir(prog_type);
	struct bpffs fs;
	int r;

	*out = NULL;
	if (!rest) {
		/* what it leads to may be elsewhere, too */
		if (ctx->seek_bpffs && !given_root(ctx))
			is_usual(ctx);
		*out = strdup(path);
		return *out ? 0 : err_sys(err, -ENOMEM, "path '%s'", path);
	}
	if (!subdir)
		return err_set(err, -EINVAL, "'%s': programs of type %u have no directory",
			       path, prog_type);
	r = bpffs_find(ctx, &fs, err);
	if (r < 0)
		return r;
	if (fs.mounted)
		*out = str_printf("%s/%s/%s", fs.root, subdir, rest);
	if (!fs.mounted)
		r = err_set(err, -ENOENT, "'%s': no bpffs is mounted", path);
	else if (!*out)
		r = err_sys(err, -ENOMEM, "path '%s'", path);
	bpffs_free(&fs);
	return r;
}
