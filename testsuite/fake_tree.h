/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The fake's file tree: directories, links, pins, mounts, and the way along a
 * path. It knows what the kernel says of paths; it makes nothing by itself.
 */
#ifndef BPFELF_FAKE_TREE_H
#define BPFELF_FAKE_TREE_H

#include <limits.h>

#include "fake_world.h"

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

/* NULL: no memory. Children are kept in the order of their names. */
struct node *node_new(struct node *parent, enum node_kind kind,
		      enum node_fs fs, const char *name);
/* NULL: none of that name */
struct node *node_child(struct node *dir, const char *name);
void node_remove(struct node *node);
void node_free_tree(struct node *node);

/* the root of a bpffs that covers @point; NULL: no memory */
struct node *node_mount_on(struct node *point);
struct node *node_uncovered(struct node *node);

/* Cut the first component off @rest. 1; 0: there was none; -ENAMETOOLONG */
int node_next_name(const char **rest, char *name, bool *last);

struct walk {
	struct node *dir;	/* where the last component is, or would be */
	struct node *node;	/* it, or NULL */
	char name[NAME_MAX + 1];
	bool slash;		/* the path ended with one */
};

/* what is there, or the kernel's errno */
int node_find(struct fake_fs *fs, const char *path, bool follow,
	      struct walk *w);
/* the place for a new one */
int node_find_place(struct fake_fs *fs, const char *path, bool is_dir,
		    struct walk *w);

#endif
