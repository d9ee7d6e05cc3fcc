/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where a map is pinned: (kind, object id, pinning, name) to a path below the
 * bpffs root. Pure: it looks at no disk, and refuses names that could lead
 * anywhere else.
 */
#ifndef BPFELF_PINPATH_H
#define BPFELF_PINPATH_H

#include "pindb.h"

#define PINPATH_TREE	"tc"		/* the real directory; others link to it */
#define PINPATH_GLOBALS	"globals"

/* "tc", "xdp" or "ip": the directory of a program type; NULL for a type that
 * iproute2's dialect does not know */
const char *pinpath_subdir(uint32_t prog_type);

/* what the paths of an object's maps are made of */
struct pinpath_ns {
	const char *subdir;
	const char *object_id;
	const struct pindb *db;
};

/*
 * "xdp/globals/NAME", "tc/SHA1/NAME", "foo/bar/NAME" where the database says
 * "foo/bar", or NULL for PIN_NONE; free() it. -EINVAL a name or directory
 * that cannot be, -ENAMETOOLONG, -ENOTSUP a pinning that the database does
 * not know, -ENOMEM.
 */
int pinpath_map(const struct pinpath_ns *ns, uint32_t pinning,
		const char *name, char **path, struct err *err);

/* a name that can be a file in a bpffs directory */
int pinpath_check_name(const char *name, struct err *err);

/* "m:REST" with a REST: what stands behind the colon, else NULL */
const char *pinpath_short(const char *path);

#endif
