/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Things found by name: a hash table of their indices. It keeps no name, but
 * asks for that of a thing when it has to compare.
 *
 * Where memory happens to be makes sure that no file brings names along that
 * all fall on one place.
 */
#ifndef BPFELF_NAMEINDEX_H
#define BPFELF_NAMEINDEX_H

#include "util.h"

typedef const char *nameindex_fn(const void *things, size_t i);

struct nameindex {
	uint32_t *places;	/* 0, or one more than an index */
	size_t cap, seed;
	nameindex_fn *name_of;
	const void *things;
};

/* room for @cnt things, none of them in it yet; false: no memory */
bool nameindex_init(struct nameindex *ix, const void *things, size_t cnt,
		    nameindex_fn *name_of);
void nameindex_free(struct nameindex *ix);

/* where a name stands, or would: see places */
uint32_t *nameindex_find(const struct nameindex *ix, const char *name);

#endif
