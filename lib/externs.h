/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What an object refers to and leaves to the kernel it is loaded on: values of
 * its configuration (`.kconfig`), its symbols and functions (`.ksyms`).
 *
 * Pure. The values of the configuration lie in a section of our own making,
 * which becomes a map as other sections of data do.
 */
#ifndef BPFELF_EXTERNS_H
#define BPFELF_EXTERNS_H

#include "core.h"

#define KCONFIG_SECTION	".kconfig"
#define KSYMS_SECTION	".ksyms"

enum extern_kind {
	EXTERN_UNKNOWN,		/* the types do not tell: nothing we know */
	EXTERN_OPTION,		/* a value of the configuration */
	EXTERN_SYMBOL,		/* any symbol of the kernel: its address */
	EXTERN_VARIABLE,	/* one whose type the kernel tells */
	EXTERN_FUNCTION,
};

struct object_extern {
	const char *name;
	uint32_t symbol;	/* in the ELF file */
	enum extern_kind kind;
	uint32_t type;		/* of a variable; the prototype of a function */
	uint32_t offset, size;	/* of an option, in its section */
	bool is_weak;		/* does without */
};

/* a symbol of the kernel that is looked for */
struct kernel_symbol {
	const char *name;
	uint64_t address;	/* out */
	unsigned int found;	/* out: places with different addresses */
	bool is_hidden;		/* out: the kernel does not tell where */
};

/* What the running kernel says of itself, when it is asked; see kernfacts.h */
struct kernel_facts {
	struct core_source types;
	/* The value of an option, as the configuration has it ("y", "250",
	 * "\"text\""), or of LINUX_KERNEL_VERSION and the like as a number. 1;
	 * 0: it is not set; or what keeps us from knowing */
	int (*option)(void *data, const char *name, struct buf *value,
		      struct err *err);
	int (*symbols)(void *data, struct kernel_symbol *list, size_t cnt,
		       struct err *err);
	/* What keeps @module from being looked into, and what would help, as a
	 * hint */
	void (*hint_module)(void *data, const char *module, struct err *err);
	void *data;
};

struct bpfelf_object;

/* part of opening, before the types are made fit for the kernel, which takes
 * none of these */
int externs_read(struct bpfelf_object *obj, struct err *err);

/* where options are, for their types; NULL: there are none */
const struct btf_layout *externs_layout(const struct bpfelf_object *obj);

/* the last of the object's maps, when it has options */
int externs_add_map(struct bpfelf_object *obj, struct err *err);

/* NULL: this symbol is none */
const struct object_extern *externs_find(const struct bpfelf_object *obj,
					 uint32_t symbol);

#endif
