/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The name that a route gives a program, kept with the program, too.
 *
 * Of a program in a route the kernel tells the name alone, and that is any
 * words; of a program it tells all but the routes. So the name is written into
 * a map of one entry that nothing but the program holds (5.10), and with it
 * the way from a route to its programs is found.
 */
#ifndef BPFELF_LABEL_H
#define BPFELF_LABEL_H

#include "ctx.h"

#define LABEL_SIZE	256		/* as the kernel keeps of a name */

struct label {
	uint32_t id;			/* of the program */
	uint32_t type;
	char prog_name[BPF_OBJ_NAME_LEN];
	uint8_t tag[BPF_TAG_SIZE];
	char name[LABEL_SIZE];		/* "": loaded by others */
};

struct labels {
	struct label *list;
	size_t cnt;
};

/* Label a program, best effort: where it cannot be done, it goes without. */
void label_put(struct bpfelf_ctx *ctx, int prog_fd, const char *name);

/* All programs of the types that routes run; one with several labels is there
 * with each. -EPERM without the right to ask. */
int labels_read(struct labels *labels, struct bpfelf_ctx *ctx);
void labels_free(struct labels *labels);
#define _cleanup_labels_ _cleanup_(labels_free)

/*
 * Which programs may it be that a route runs as @name? Iterate from NULL: more
 * than one means that nobody can tell. A program without a label is meant only
 * when none has this one.
 */
const struct label *label_next(const struct labels *labels, uint32_t type,
			       const char *name, const struct label *label);

/* The only one, or NULL. */
const struct label *label_find(const struct labels *labels, uint32_t type,
			       const char *name);

#endif
