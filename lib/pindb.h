/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The bpf_pinning file: pinning numbers beyond PIN_GLOBAL_NS, and the
 * directory below the bpffs root that each of them stands for.
 *
 *	# number, directory
 *	4	foo/bar
 *
 * It knows the file, not the bpffs: what makes a path is checked in pinpath.
 */
#ifndef BPFELF_PINDB_H
#define BPFELF_PINDB_H

#include "buf.h"
#include "err.h"

struct pindb_entry {
	uint32_t number;
	char *dir;
};

struct pindb {
	struct pindb_entry *entries;	/* in file order */
	size_t cnt;
	const char *file;	/* which was read, or may be made */
	struct buf searched;	/* the files that were looked for, in words */
	struct buf notes;	/* lines: what its author should know */
};

/* where distributions put it, NULL-terminated: the first that is there is
 * the whole answer */
extern const char *const pindb_files[];

/* whether a map of this pinning is to be looked up */
bool pindb_has_to_say(uint32_t pinning);

/*
 * Read the first of @files that is there; without any, @db stays empty. On
 * failure, too, pindb_free() it; @files must live as long.
 */
int pindb_read(struct pindb *db, const char *const *files, struct err *err);
/* the same from text, which came from @file. 0 or -ENOMEM */
int pindb_parse(struct pindb *db, const char *file, const char *text,
		size_t len, struct err *err);
void pindb_free(struct pindb *db);

/* as it stands in the file, or NULL */
const char *pindb_find(const struct pindb *db, uint32_t number);

#endif
