/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Builds maps that types define, and the section that they are in.
 *
 *	mapgen_init(&m, &elf);
 *	id = mapgen_define(&m.btf, (struct mapgen_attr[]){
 *		{ "type", MAPGEN_NUM, BPF_MAP_TYPE_HASH }, { 0 } });
 *	symbol = mapgen_map(&m, "flows", id, 32);
 *	mapgen_end(&m);
 *
 * Nothing is checked. Out of memory ends the test program.
 */
#ifndef BPFELF_MAPGEN_H
#define BPFELF_MAPGEN_H

#include "btfgen.h"
#include "elfgen.h"

#define MAPGEN_ATTRS	20	/* of a map at most */

/* how a member is declared, with what behind it */
enum mapgen_how {
	MAPGEN_END,
	MAPGEN_NUM,		/* __uint(name, arg) */
	MAPGEN_TYPE,		/* __type(name, arg) */
	MAPGEN_ENUM,		/* enum { X = arg } name */
	MAPGEN_WIDE,		/* the same, of 64 bits: arg << 32 */
	MAPGEN_VALUES,		/* __array(name, arg) */
	MAPGEN_PLAIN,		/* arg name */
};

struct mapgen_attr {
	const char *name;
	enum mapgen_how how;
	uint32_t arg;		/* a number, or the id of a type */
};

/* a struct with these members, eight bytes each; its id */
uint32_t mapgen_define(struct btfgen *g, const struct mapgen_attr *attrs);

struct mapgen {
	struct elfgen *elf;
	struct btfgen btf;
	uint32_t u32, u64, prog;	/* ids: two numbers, a function's type */
	struct buf vars;		/* of the section */
};

void mapgen_init(struct mapgen *m, struct elfgen *elf);
/* a variable of that type in `.maps`: its symbol */
unsigned int mapgen_map(struct mapgen *m, const char *name, uint32_t type,
			uint32_t size);
/* Write the types down, and free what @m holds; or only the latter. */
void mapgen_end(struct mapgen *m);
void mapgen_free(struct mapgen *m);

#endif
