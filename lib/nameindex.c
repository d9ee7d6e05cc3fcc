/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "nameindex.h"

bool nameindex_init(struct nameindex *ix, const void *things, size_t cnt,
		    nameindex_fn *name_of)
{
	size_t cap = 2;

	while (cap < 2 * cnt)
		cap *= 2;
	*ix = (struct nameindex) {
		.places = calloc(cap, sizeof(*ix->places)),
		.cap = cap,
		.name_of = name_of,
		.things = things,
	};
	ix->seed = (uintptr_t)ix->places >> 12;
	return ix->places;
}

void nameindex_free(struct nameindex *ix)
{
	free(ix->places);
	ix->places = NULL;
}

static size_t hash_name(const struct nameindex *ix, const char *name)
{
	size_t hash = ix->seed;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 0x9e3779b1u;
	return (hash ^ hash >> 15) & (ix->cap - 1);
}

uint32_t *nameindex_find(const struct nameindex *ix, const char *name)
{
	size_t at = hash_name(ix, name);

	while (ix->places[at] &&
	       !str_eq(ix->name_of(ix->things, ix->places[at] - 1), name))
		at = (at + 1) & (ix->cap - 1);
	return &ix->places[at];
}
