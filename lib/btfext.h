/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The `.BTF.ext` section: which function and which source line instructions
 * come from, and which depend on a kernel's types (CO-RE), by section.
 *
 * Pure. Records are cut to the length that linux/bpf.h gives them, and count
 * instructions instead of bytes, in the section's own bytes: an object has
 * nearly as many lines as instructions, and most go to the kernel as they
 * stand. They still are about sections, not about programs (see debuginfo.h).
 */
#ifndef BPFELF_BTFEXT_H
#define BPFELF_BTFEXT_H

#include "btf.h"

#define BTFEXT_SECTION	".BTF.ext"

/* the records of one section, in ascending order */
struct btfext_run {
	const char *section;	/* a string of the struct btf */
	const char *records;	/* in the section's bytes, maybe unaligned */
	size_t cnt;
};

/* records of one kind, each beginning with the number of an instruction */
struct btfext_table {
	size_t rec_size;
	size_t cnt;		/* in all runs */
	struct btfext_run *runs;
	size_t runs_cnt;
};

struct btfext {
	struct btfext_table funcs;	/* struct bpf_func_info */
	struct btfext_table lines;	/* struct bpf_line_info */
	struct btfext_table relos;	/* struct bpf_core_relo */
};

/*
 * -EBADMSG damaged, -ENOTSUP newer than this code, -ENOMEM; @ext is empty then.
 * Strings are those of @btf, which stays where it is, and so does @data: what
 * is written there is of use for nobody else afterwards.
 */
int btfext_read(struct btfext *ext, const struct btf *btf, void *data,
		size_t size, struct err *err);
/* Whether there are CO-RE relocations, by the header alone: for sections that
 * cannot be read */
bool btfext_has_relos(const void *data, size_t size);
void btfext_free(struct btfext *ext);

/* instruction of record @i of a run */
static inline uint32_t btfext_insn(const struct btfext_table *table,
				   const struct btfext_run *run, size_t i)
{
	uint32_t insn;

	memcpy(&insn, run->records + i * table->rec_size, sizeof(insn));
	return insn;
}

/* the first record of a run at or behind an instruction, or how many it has */
size_t btfext_first(const struct btfext_table *table,
		    const struct btfext_run *run, uint32_t insn);

#endif
