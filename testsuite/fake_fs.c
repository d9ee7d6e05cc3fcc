/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's file tree: directories, symbolic links, pins, mounts. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "fake_world.h"

#define MAX_LINKS 40

enum node_kind {
	NODE_DIR,
	NODE_LINK,
	NODE_PIN,
};

enum node_fs {
	FS_PLAIN,
	FS_SYSFS,		/* nothing can be made in it */
	FS_BPF,
};

struct node {
	struct node *parent, *next, *child;
	enum node_kind kind;
	enum node_fs fs;
	bool initial;		/* from the start: not part of the state */
	char *target;		/* of a link */
	struct fake_obj *obj;	/* of a pin */
	struct node *over;	/* the root of a mount: what it covers */
	struct node *cover;	/* a mount point: the root mounted on it */
	char name[];
};

struct fake_fs {
	struct node *root;
	struct node *point;	/* of the mount from the start, or NULL */
};

/* Nodes; the children of a directory are kept in order of their names. */

static struct node *node_new(struct node *parent, enum node_kind kind,
			     enum node_fs fs, const char *name)
{
	struct node *node = calloc(1, sizeof(*node) + strlen(name) + 1);
	struct node **at;

	if (!node)
		return NULL;
	strcpy(node->name, name);
	node->kind = kind;
	node->fs = fs;
	node->parent = parent;
	if (!parent)
		return node;
	at = &parent->child;
	while (*at && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	node->next = *at;
	*at = node;
	return node;
}

static struct node *child_of(struct node *dir, const char *name)
{
	struct node *node = dir->child;

	while (node && !str_eq(node->name, name))
		node = node->next;
	return node;
}

static void free_tree(struct node *node)
{
	struct node *child;

	if (!node)
		return;
	free_tree(node->cover);
	while ((child = node->child)) {
		node->child = child->next;
		free_tree(child);
	}
	free(node->target);
	free(node);
}

static void remove_node(struct node *node)
{
	struct node **at = &node->parent->child;

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	free_tree(node);
}

static struct node *uncovered(struct node *node)
{
	while (node->over)
		node = node->over;
	return node;
}

static struct node *topmost(struct node *node)
{
	while (node->cover)
		node = node->cover;
	return node;
}

static struct node *mount_on(struct node *point)
{
	struct node *root = node_new(NULL, NODE_DIR, FS_BPF, "");

	if (!root)
		return NULL;
	root->over = point;
	point->cover = root;
	return root;
}

/* Walking */

struct walk {
	struct node *dir;	/* where the last component is, or would be */
	struct node *node;	/* it, or NULL */
	char name[NAME_MAX + 1];
	bool slash;		/* the path ended with one */
};

static struct node *up(struct node *dir)
{
	struct node *bare = uncovered(dir);

	return bare->parent ? topmost(bare->parent) : dir;
}

/* Cut the first component off @rest. 0: there was none. */
static int next_name(const char **rest, char *name, bool *last)
{
	size_t len;

	*rest += strspn(*rest, "/");
	len = strcspn(*rest, "/");
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, *rest, len);
	name[len] = '\0';
	*rest += len;
	*last = (*rest)[strspn(*rest, "/")] == '\0';
	return len ? 1 : 0;
}

static int follow_link(struct fake_fs *fs, const struct node *link,
		       const char **rest, char *path, struct walk *w)
{
	char longer[2 * PATH_MAX];
	int len = snprintf(longer, sizeof(longer), "%s%s", link->target, *rest);

	if (len >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(path, longer);
	*rest = path;
	if (*path == '/')
		w->dir = topmost(fs->root);
	return 0;
}

static int enter(struct walk *w, const char *name)
{
	if (str_eq(name, "."))
		w->node = w->dir;
	else if (str_eq(name, ".."))
		w->node = up(w->dir);
	else
		w->node = child_of(w->dir, name);
	if (w->node)
		w->node = topmost(w->node);
	/* bpffs keeps names with dots for itself, even for looking */
	else if (w->dir->fs == FS_BPF && strchr(name, '.'))
		return -EPERM;
	return 0;
}

/* 0 with w->node NULL: only the last component does not exist */
static int walk_path(struct fake_fs *fs, const char *pathname, bool follow,
		     struct walk *w)
{
	char path[PATH_MAX];
	const char *rest = path;
	bool last = false;
	int r, links = 0;

	if (!*pathname)
		return -ENOENT;
	if (snprintf(path, sizeof(path), "%s", pathname) >= PATH_MAX)
		return -ENAMETOOLONG;
	w->dir = w->node = topmost(fs->root);
	w->slash = false;
	while ((r = next_name(&rest, w->name, &last)) > 0) {
		r = enter(w, w->name);
		if (r < 0)
			return r;
		w->slash = last && *rest == '/';
		if (!w->node)
			return last ? 0 : -ENOENT;
		if (w->node->kind == NODE_LINK && (!last || follow || w->slash)) {
			if (++links > MAX_LINKS)
				return -ELOOP;
			r = follow_link(fs, w->node, &rest, path, w);
			if (r < 0)
				return r;
			w->node = w->dir;
			last = false;
			continue;
		}
		if (last)
			break;
		if (w->node->kind != NODE_DIR)
			return -ENOTDIR;
		w->dir = w->node;
	}
	return r < 0 ? r : 0;
}

static int find(struct fake_fs *fs, const char *path, bool follow,
		struct walk *w)
{
	int r = walk_path(fs, path, follow, w);

	if (r == 0 && !w->node)
		r = -ENOENT;
	if (r == 0 && w->slash && w->node->kind != NODE_DIR)
		r = -ENOTDIR;
	return r;
}

/* The place for a new node of this kind. */
static int find_place(struct fake_fs *fs, const char *path, bool is_dir,
		      struct walk *w)
{
	int r = walk_path(fs, path, false, w);

	if (r < 0)
		return r;
	if (w->node)
		return -EEXIST;
	if (w->slash && !is_dir)
		return -ENOENT;
	return w->dir->fs == FS_SYSFS ? -EPERM : 0;
}

static struct fake_fs *fs_of(struct kern *k)
{
	return fake_world(k)->fs;
}

/* Pins */

static int get(struct kern *k, const char *path)
{
	struct walk w;
	int r = find(fs_of(k), path, true, &w);

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
	r = r ?: find_place(fs_of(k), path, false, &w);
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
	int r = find(fs_of(k), dir, true, &w);

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

	node = uncovered(node);
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
	int r = find(fs_of(k), dir, true, &w);

	if (r < 0)
		return r;
	if (w.node->kind != NODE_DIR)
		return -ENOTDIR;
	if (w.node->fs == FS_BPF)
		return -EBUSY;	/* kern_linux.c's answer, not mount(2)'s */
	return mount_on(w.node) ? 0 : -ENOMEM;
}

int fake_mount(struct kern *k, const char *dir)
{
	int r = fake_begin(k, "mount %s", dir);

	return fake_end(k, r ?: do_mount(k, dir));
}

static int do_umount(struct kern *k, const char *dir)
{
	struct walk w;
	int r = find(fs_of(k), dir, false, &w);

	if (r < 0)
		return r;
	if (!w.node->over)
		return -EINVAL;
	if (w.node->child)
		return -EBUSY;
	w.node->over->cover = NULL;
	free_tree(w.node);
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
	int r = find_place(fs_of(k), dir, true, &w);

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
	int r = find(fs_of(k), dir, false, &w);

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
	remove_node(w.node);
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
	int r = find_place(fs_of(k), path, false, &w);

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
	remove_node(node);
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
	int r = find(fs_of(k), path, false, &w);

	if (r < 0)
		return r;
	if (w.node->kind == NODE_DIR)
		return -EISDIR;
	remove_node(w.node);
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

	while (dir && next_name(&path, name, &last) > 0) {
		next = child_of(dir, name);
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
		root = *bpffs && point ? mount_on(point) : point;
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
	free_tree(fs->root);
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
