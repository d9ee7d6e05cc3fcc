/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fake_tree.h"

#include <errno.h>
#include <stdio.h>

#define MAX_LINKS 40

struct node *node_new(struct node *parent, enum node_kind kind,
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

struct node *node_child(struct node *dir, const char *name)
{
	struct node *node = dir->child;

	while (node && !str_eq(node->name, name))
		node = node->next;
	return node;
}

void node_free_tree(struct node *node)
{
	struct node *child;

	if (!node)
		return;
	node_free_tree(node->cover);
	while ((child = node->child)) {
		node->child = child->next;
		node_free_tree(child);
	}
	free(node->target);
	free(node);
}

void node_remove(struct node *node)
{
	struct node **at = &node->parent->child;

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node_free_tree(node);
}

struct node *node_uncovered(struct node *node)
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

struct node *node_mount_on(struct node *point)
{
	struct node *root = node_new(NULL, NODE_DIR, FS_BPF, "");

	if (!root)
		return NULL;
	root->over = point;
	point->cover = root;
	return root;
}

static struct node *up(struct node *dir)
{
	struct node *bare = node_uncovered(dir);

	return bare->parent ? topmost(bare->parent) : dir;
}

int node_next_name(const char **rest, char *name, bool *last)
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
		w->node = node_child(w->dir, name);
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
	while ((r = node_next_name(&rest, w->name, &last)) > 0) {
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

int node_find(struct fake_fs *fs, const char *path, bool follow,
	      struct walk *w)
{
	int r = walk_path(fs, path, follow, w);

	if (r == 0 && !w->node)
		r = -ENOENT;
	if (r == 0 && w->slash && w->node->kind != NODE_DIR)
		r = -ENOTDIR;
	return r;
}

int node_find_place(struct fake_fs *fs, const char *path, bool is_dir,
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
