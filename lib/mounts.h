/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The text of /proc/mounts. It knows lines and their escapes, no disk. */
#ifndef BPFELF_MOUNTS_H
#define BPFELF_MOUNTS_H

#include "util.h"

struct mounts_entry {
	const char *dir, *type, *options;
};

/* The next line of *@text, which is cut up; begin with all of it. False: there
 * is no more. */
bool mounts_next(char **text, struct mounts_entry *entry);

/* The first of that type; begin as above. False: none. */
bool mounts_find(char *text, const char *type, struct mounts_entry *entry);

#endif
