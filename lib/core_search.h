/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where in a kernel's BTF something stands, found without going from one
 * string or type to the next: 16 bytes at a time, wherever SSE2 is.
 *
 * Pure. Both searches may find more than what was asked for, never less.
 */
#ifndef BPFELF_CORE_SEARCH_H
#define BPFELF_CORE_SEARCH_H

#include "types.h"

#define CORE_SEARCH_FEW		8	/* types' names */
#define CORE_LETTERS_FEW	2	/* beginnings of strings */

/* Strings by the four letters that they begin with. All zero to begin with. */
struct core_letters {
	uint64_t heads[65536 / 64];	/* a bit for each first and second one */
	uint64_t tails[65536 / 64];	/* and for each third and fourth one */
	uint8_t first[CORE_LETTERS_FEW], second[CORE_LETTERS_FEW];
	size_t cnt;			/* of heads; the first few are above */
	size_t next;			/* where to go on */
	uint32_t bits;			/* before that: NULs not yet looked behind */
	bool begun;
};

/* @len letters of a name; a flavour ("___old") may follow them */
void core_letters_want(struct core_letters *letters, const char *name, size_t len);
/* The offset of the next string that begins so; @len: there is none. @strings
 * end with a NUL. */
size_t core_letters_next(struct core_letters *letters, const char *strings,
			 size_t len);

/*
 * The first place from @at on, in bytes, that may be a type with one of these
 * names, which are @cnt, at most CORE_SEARCH_FEW, offsets; data_len: there is
 * none. A place is a multiple of 4 with room for a struct btf_type.
 */
uint32_t core_search_types(const struct types *types, uint32_t at,
			   const uint32_t *names, size_t cnt);

#endif
