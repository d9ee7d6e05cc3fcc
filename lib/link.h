/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An entry function and all that it calls become one run of instructions.
 *
 * Pure. Calls are resolved here, once and for all; references to maps are
 * noted, and get their descriptors in link_maps() when there are any. An entry
 * that calls nothing needs no copy: it is made ready where it stands. If it
 * refers to maps alone, the object's relocations are note enough.
 */
#ifndef BPFELF_LINK_H
#define BPFELF_LINK_H

#include "object.h"

#define LINK_MAX_FUNCS	256	/* the kernel's BPF_MAX_SUBPROGS */

struct link_ref {
	uint32_t insn;		/* the first half of a 16-byte load */
	uint32_t map;		/* index into the object's maps */
	uint32_t offset;	/* in its data, when it has any */
	bool is_data;		/* an address in its value, not the map */
};

/* a function that is in, and the instruction that it begins at */
struct link_func {
	const struct bpfelf_program *func;
	uint32_t at;
};

/* an instruction that depends on what this kernel does not have */
struct link_missing {
	uint32_t insn;
	char *what;		/* "struct task_struct.state" */
};

/* an instruction that refers to what the kernel has */
struct link_extern {
	uint32_t insn;
	uint32_t index;		/* into the object's externs */
	int32_t addend;		/* bytes from there */
	uint32_t module;	/* where it was found: its number, 0: none */
};

struct link {
	struct bpf_insn *insns;
	size_t insns_cnt;
	bool in_place;		/* insns are the object's own bytes */
	const struct code_rel *loads;	/* of maps, in place of refs: the object's own */
	size_t loads_cnt;
	struct link_ref *refs;
	size_t refs_cnt;
	struct link_func entry;
	struct link_func *funcs;	/* in their order; &entry: that is all */
	size_t funcs_cnt;
	struct link_missing *missing;	/* see corelink.h */
	size_t missing_cnt;
	struct link_extern *externs;	/* see externlink.h */
	size_t externs_cnt;
};

/*
 * Into @link, which must stay where it is.
 * -ENOTSUP for a relocation that we cannot apply, -EBADMSG for one that makes
 * no sense; the error names section, instruction and symbol.
 */
int link_program(const struct bpfelf_object *obj,
		 const struct bpfelf_program *entry, struct link *link,
		 struct err *err);
void link_free(struct link *link);

/* To be called before anything but link_maps() writes to the instructions:
 * from here on they are no longer the object's. -ENOMEM */
int link_own(struct link *link, struct err *err);

/* @what becomes the link's; NULL is -ENOMEM */
int link_add_missing(struct link *link, uint32_t insn, char *what,
		     struct err *err);

/*
 * Put descriptors in: @map_fds by index of the object's maps. What was in is
 * overwritten, also where instructions stand in the object: code that is linked
 * from there later does not depend on it (see struct code_rel).
 */
void link_maps(const struct link *link, const int *map_fds);

/* The same for variables in modules: @fds by number of the module. Calls have
 * that number instead; true: there are such calls. */
bool link_modules(const struct link *link, const int *fds);

#endif
