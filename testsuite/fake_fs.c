/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is done in the fake's file tree: pins, mounts, directories, links. */
#include <errno.h>
#include <stdio.h>

#include "fake_tree.h"

static struct fake_fs *fs_of(struct kern *k)
{
	return fake_world(k)->fs;
}

/* Pins */

static int get(struct kern *k, const char *path)
{
	struct walk w;
	int r = node_find(fs_of(k), path, true, &w);

	if (r < 0)
		return r;
	if (w.node->kind != NODE_PIN)
		return -EACCES;
	return fake_obj_fd(fake_world(k), w.node->obj);
}

int fake_obj_get(struct kern *k, const char *path)
{
	int r = fake_begin(k, "obj_get %s", path);

	r = r ?: fake_lacks_bpf(k);
	return fake_end(k, r ?: get(k, path));
}

static int pin(struct kern *k, int fd, const char *path)
{
	struct fake_obj *obj;
	struct node *node;
	struct walk w;
	int r;

	r = fake_obj_of(fake_world(k), fd, &obj);
	r = r ?: node_find_place(fs_of(k), path, false, &w);
	if (r)
		return r;
	if (w.dir->fs != FS_BPF)
		return -EPERM;
	node = node_new(w.dir, NODE_PIN, FS_BPF, w.name);
	if (!node)
		return -ENOMEM;
	node->obj = obj;
	return 0;
}

int fake_obj_pin(struct kern *k, int fd, const char *path)
{
	char name[32];
	int r = fake_begin(k, "obj_pin %s %s", fake_obj_name(k, fd, name), path);

	return fake_end(k, r ?: pin(k, fd, path));
}

/* Mounts */

static int is_bpffs(struct kern *k, const char *dir)
{
	struct walk w;
	int r = node_find(fs_of(k), dir, true, &w);

	return r < 0 ? r : w.node->fs == FS_BPF;
}

int fake_is_bpffs(struct kern *k, const char *dir)
{
	int r = fake_begin(k, "is_bpffs %s", dir);

	return fake_end(k, r ?: is_bpffs(k, dir));
}

/* as /proc/mounts writes them: blanks and backslashes in octal */
static void put_path(struct node *node, struct buf *text)
{
	const char *c;

	node = node_uncovered(node);
	if (!node->parent)
		return;
	put_path(node->parent, text);
	buf_addf(text, "/");
	for (c = node->name; *c; c++)
		buf_addf(text, strchr(" \t\n\\", *c) ? "\\%03o" : "%c", *c);
}

static void put_mounts(struct node *node, struct buf *text)
{
	struct node *child;

	if (node->over) {
		buf_addf(text, "bpf ");
		put_path(node, text);
		buf_addf(text, " bpf rw,relatime,mode=700 0 0\n");
	}
	if (node->cover)
		put_mounts(node->cover, text);
	for (child = node->child; child; child = child->next)
		put_mounts(child, text);
}

static int mounts(struct kern *k, struct buf *text)
{
	buf_addf(text, "/dev/root / ext4 rw 0 0\nsysfs /sys sysfs rw 0 0\n");
	put_mounts(fs_of(k)->root, text);
	return buf_failed(text) ? -ENOMEM : 0;
}

int fake_mounts(struct kern *k, struct buf *text)
{
	int r = fake_begin(k, "mounts");

	return fake_end(k, r ?: mounts(k, text));
}

static int do_mount(struct kern *k, const char *dir)
{
	struct walk w;
	int r = node_find(fs_of(k), dir, true, &w);

	if (r < 0)
		return r;
	if (w.node->kind != NODE_DIR)
		return -ENOTDIR;
	if (w.node->fs == FS_BPF)
		return -EBUSY;	/* kern_linux.c's answer, not mount(2)'s */
	return node_mount_on(w.node) ? 0 : -ENOMEM;
}

int fake_mount(struct kern *k, const char *dir)
{
	int r = fake_begin(k, "mount %s", dir);

	return fake_end(k, r ?: do_mount(k, dir));
}

static int do_umount(struct kern *k, const char *dir)
{
	struct walk w;
	int r = node_find(fs_of(k), dir, false, &w);

	if (r < 0)
		return r;
	if (!w.node->over)
		return -EINVAL;
	if (w.node->child)
		return -EBUSY;
	w.node->over->cover = NULL;
	node_free_tree(w.node);
	return 0;
}

int fake_umount(struct kern *k, const char *dir)
{
	int r = fake_begin(k, "umount %s", dir);

	return fake_end(k, r ?: do_umount(k, dir));
}

/* Nobody else is ever there to be waited for */
int fake_lock(struct kern *k, const char *dir, bool exclusive)
{
	static const struct fake_obj lock;
	int r = fake_begin(k, "lock %s%s", dir, exclusive ? "" : " shared");

	if (r == 0 && is_bpffs(k, dir) != 1)
		r = -ESTALE;
	return fake_end(k, r ?: fake_obj_fd(fake_world(k), &lock));
}

/* Directories and links */

static int make_dir(struct kern *k, const char *dir)
{
	struct walk w;
	int r = node_find_place(fs_of(k), dir, true, &w);

	if (r < 0)
		return r;
	return node_new(w.dir, NODE_DIR, w.dir->fs, w.name) ? 0 : -ENOMEM;
}

int fake_mkdir(struct kern *k, const char *dir)
{
	int r = fake_begin(k, "mkdir %s", dir);

	return fake_end(k, r ?: make_dir(k, dir));
}

static int remove_dir(struct kern *k, const char *dir)
{
	struct walk w;
	int r = node_find(fs_of(k), dir, false, &w);

	if (r < 0)
		return r;
	if (w.node->kind != NODE_DIR)
		return -ENOTDIR;
	if (w.node->over || !w.node->parent)
		return -EBUSY;
	if (w.node->fs == FS_SYSFS)
		return -EPERM;
	if (w.node->child)
		return -ENOTEMPTY;
	node_remove(w.node);
	return 0;
}

int fake_rmdir(struct kern *k, const char *dir)
{
	int r = fake_begin(k, "rmdir %s", dir);

	return fake_end(k, r ?: remove_dir(k, dir));
}

static int make_link(struct kern *k, const char *target, const char *path)
{
	struct node *node;
	struct walk w;
	int r = node_find_place(fs_of(k), path, false, &w);

	if (r < 0)
		return r;
	if (!*target)
		return -ENOENT;
	node = node_new(w.dir, NODE_LINK, w.dir->fs, w.name);
	if (!node)
		return -ENOMEM;
	node->target = strdup(target);
	if (node->target)
		return 0;
	node_remove(node);
	return -ENOMEM;
}

int fake_symlink(struct kern *k, const char *target, const char *path)
{
	int r = fake_begin(k, "symlink %s %s", target, path);

	return fake_end(k, r ?: make_link(k, target, path));
}

static int unlink_path(struct kern *k, const char *path)
{
	struct walk w;
	int r = node_find(fs_of(k), path, false, &w);

	if (r < 0)
		return r;
	if (w.node->kind == NODE_DIR)
		return -EISDIR;
	node_remove(w.node);
	return 0;
}

int fake_unlink(struct kern *k, const char *path)
{
	int r = fake_begin(k, "unlink %s", path);

	r = r ?: fake_uds_unlink(fake_world(k), path);
	if (r == -ENOENT)
		r = unlink_path(k, path);
	return fake_end(k, r);
}

/* The tree at the start, and what became of it */

static struct node *initial_dir(struct fake_fs *fs, const char *path)
{
	struct node *dir = fs->root, *next;
	char name[NAME_MAX + 1];
	bool last;

	while (dir && node_next_name(&path, name, &last) > 0) {
		next = node_child(dir, name);
		if (!next)
			next = node_new(dir, NODE_DIR, dir->fs, name);
		if (next && dir == fs->root && str_eq(name, "sys"))
			next->fs = FS_SYSFS;
		if (next)
			next->initial = true;
		dir = next;
	}
	return dir;
}

struct fake_fs *fake_fs_new(const char *bpffs)
{
	struct fake_fs *fs = calloc(1, sizeof(*fs));
	struct node *point, *root = NULL;

	if (!fs)
		return NULL;
	fs->root = node_new(NULL, NODE_DIR, FS_PLAIN, "");
	if (fs->root && initial_dir(fs, "/sys/fs/bpf") && initial_dir(fs, "/tmp")) {
		point = initial_dir(fs, bpffs);
		root = *bpffs && point ? node_mount_on(point) : point;
	}
	if (!root) {
		fake_fs_free(fs);
		return NULL;
	}
	fs->root->initial = true;
	root->initial = true;
	fs->point = root->over;
	return fs;
}

void fake_fs_free(struct fake_fs *fs)
{
	if (!fs)
		return;
	node_free_tree(fs->root);
	free(fs);
}

static void put_node(struct node *node, struct buf *text)
{
	static const char *const words[] = {
		[NODE_DIR] = "dir",
		[NODE_LINK] = "link",
		[NODE_PIN] = "pin",
	};

	buf_addf(text, "%s ", node->over ? "mount" : words[node->kind]);
	put_path(node, text);
	if (node->kind == NODE_LINK)
		buf_addf(text, " -> %s", node->target);
	buf_addf(text, node->kind == NODE_PIN ? " " : "\n");
	if (node->kind == NODE_PIN)
		fake_obj_state(node->obj, text);
}

static void put_tree(struct node *node, struct buf *text)
{
	struct node *child;

	if (!node->initial)
		put_node(node, text);
	if (node->cover)
		put_tree(node->cover, text);
	for (child = node->child; child; child = child->next)
		put_tree(child, text);
}

void fake_fs_state(const struct fake_fs *fs, struct buf *text)
{
	put_tree(fs->root, text);
	if (fs->point && !fs->point->cover) {
		buf_addf(text, "umount ");
		put_path(fs->point, text);
		buf_addf(text, "\n");
	}
}
