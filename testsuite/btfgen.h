/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Builds `.BTF` and `.BTF.ext` in memory, a word at a time.
 *
 *	struct btfgen g = { 0 };
 *
 *	number = btfgen_type(&g, "int", BTFGEN(1, 0), 4, WORDS(32));
 *	btfgen_run(&g, &g.funcs, "classifier", 2, WORDS(0, func));
 *	btfgen_end(&g, &btf, &ext);
 *
 * Nothing is checked. Out of memory ends the test program.
 */
#ifndef BPFELF_BTFGEN_H
#define BPFELF_BTFGEN_H

#include "buf.h"

struct btfgen {
	struct buf types, strings, funcs, lines, relos;
	uint32_t cnt;		/* of types, those before it included */
	uint32_t strings_first;	/* where its own begin */
};

/* for what counts on from other types: a module's, from those of a kernel */
struct btfgen btfgen_behind(const struct buf *base);

#define BTFGEN(kind, vlen)	((uint32_t)(kind) << 24 | (vlen))

/* the last two arguments of the functions below */
#define WORDS(...)							\
	((const uint32_t[]){ __VA_ARGS__ }),				\
	(sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))
#define NO_WORDS	NULL, 0

/* "" has offset 0 */
uint32_t btfgen_string(struct btfgen *g, const char *str);
/* the id of a type with these words behind it */
uint32_t btfgen_type(struct btfgen *g, const char *name, uint32_t info,
		     uint32_t size, const uint32_t *words, size_t cnt);
/* records of so many words for a section; the first is an offset in bytes */
void btfgen_run(struct btfgen *g, struct buf *table, const char *section,
		size_t rec_words, const uint32_t *words, size_t cnt);

/* Write down, and free what @g holds; @ext may be NULL. */
void btfgen_end(struct btfgen *g, struct buf *btf, struct buf *ext);

#endif
