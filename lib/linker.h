/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the parts of linking share: link.c goes over what refers to something,
 * link_symbol.c knows what a symbol stands for, link_place.c makes functions
 * one run of instructions.
 */
#ifndef BPFELF_LINKER_H
#define BPFELF_LINKER_H

#include "insns.h"
#include "link.h"

struct linker {
	const struct bpfelf_object *obj;
	struct link *link;
	size_t insns_cap, refs_cap, funcs_cap;
	size_t refs_max;	/* of all functions that are in */
	/* hash table of functions that are in: 0, or one more than an index */
	uint16_t places[2 * LINK_MAX_FUNCS];
	bool has_places;	/* not before the first call */
};

/* how far a function has been linked */
struct linker_step {
	uint32_t func;		/* index into the link's */
	uint32_t next;		/* instruction of it that was not passed yet */
	const struct code_rel *rel, *end;	/* what is left of its relocations */
};

/* all of what a load says but for the descriptor */
static inline void linker_set_source(struct bpf_insn *load, uint8_t source,
				     uint32_t offset)
{
	load[0].src_reg = source;
	load[1].imm = offset;
}

/* a load of a map, or of an address in its value; there is room, see
 * begin_func() */
static inline void linker_add_ref(struct link *link, uint32_t at, uint32_t map,
				  uint32_t offset, bool is_data)
{
	linker_set_source(&link->insns[at],
			  is_data ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD, offset);
	link->refs[link->refs_cnt++] = (struct link_ref) {
		.insn = at, .map = map, .offset = offset, .is_data = is_data,
	};
}

/* link_place.c: begin with the entry; append a function unless it is in, and
 * say where. -E2BIG, -ENOMEM */
int linker_append(struct linker *l, const struct bpfelf_program *func,
		  uint32_t *at, struct err *err);
int linker_place(struct linker *l, const struct bpfelf_program *func,
		 uint32_t *at, struct err *err);
/* room for @need things of @size bytes; false: no memory */
bool linker_grow(void **array, size_t size, size_t need, size_t *cap);

/* link_symbol.c: instruction @at calls, or has the address of, the function
 * that begins at instruction @target of a section */
int linker_to_func(struct linker *l, uint32_t at, const struct code *code,
		   int64_t target, struct err *err);
/* whatever a relocation means; -EBADMSG, -ENOTSUP, -ENOMEM, with the symbol's name */
int linker_apply_rel(struct linker *l, uint32_t at, const struct code_rel *rel,
		     struct err *err);

#endif
