/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A path to the transaction's program, for another process to open as long as
 * the transaction lasts: ROOT/bpfelf-PID-N/NAME on the bpffs.
 */
#include <ctype.h>
#include <errno.h>

#include "bpffs.h"

#define TRIES 1000	/* directories of ours, or of one that was killed */

/* "acl.o:[action]" as a name that a bpffs takes: "acl_o_action" */
static char *clean_name(const char *from)
{
	char *name = malloc(strlen(from) + sizeof("prog")), *to = name;

	if (!name)
		return NULL;
	for (; *from; from++) {
		if (isalnum((unsigned char)*from))
			*to++ = *from;
		else if (to > name && to[-1] != '_')
			*to++ = '_';
	}
	while (to > name && to[-1] == '_')
		to--;
	*to = '\0';
	return *name ? name : strcpy(name, "prog");
}

static int make_dir(struct bpfelf_txn *txn, const char *root, char **dir,
		    struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ char *path = NULL;
	int i, r = -EEXIST;

	for (i = 0; i < TRIES && r == -EEXIST; i++) {
		free(path);
		path = str_printf("%s/bpfelf-%d-%d", root, getpid(), i);
		r = path ? txn_reserve(txn, err) : -ENOMEM;
		if (r == 0)
			r = k->ops->mkdir(k, path);
	}
	if (r < 0)
		return err_sys(err, r, "make '%s'", path ?: root);
	*dir = strdup(path);
	txn_did_mkdir(txn, steal_ptr(&path));
	txn_until_end(txn);
	return *dir ? 0 : err_sys(err, -ENOMEM, "lend a program");
}

static int pin(struct bpfelf_txn *txn, const char *dir, const char **path,
	       struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ char *name = clean_name(bpfelf_txn_name(txn));
	_cleanup_free_ char *full = NULL;
	int r;

	full = name ? str_printf("%s/%s", dir, name) : NULL;
	r = full ? txn_reserve(txn, err) : -ENOMEM;
	if (r == 0)
		r = k->ops->obj_pin(k, txn->prog_fd, full);
	if (r < 0)
		return err_sys(err, r, "pin the program in '%s'", dir);
	*path = full;
	txn_did_link(txn, steal_ptr(&full));
	txn_until_end(txn);
	return 0;
}

static int lend(struct bpfelf_txn *txn, const char **path, struct err *err)
{
	_cleanup_(bpffs_free) struct bpffs fs = { 0 };
	_cleanup_free_ char *dir = NULL;
	int r;

	if (txn->prog_fd < 0)
		return err_set(err, -EINVAL, "the transaction has no program");
	r = bpffs_find(txn->ctx, &fs, err);
	if (!txn->locked)
		r = r ?: bpffs_lock(txn, &fs, err);
	r = r ?: make_dir(txn, fs.root, &dir, err);
	return r ?: pin(txn, dir, path, err);
}

int bpfelf_lend(struct bpfelf_txn *txn, const char **path)
{
	return lend(txn, path, ctx_begin(txn->ctx));
}
