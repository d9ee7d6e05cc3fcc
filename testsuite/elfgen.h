/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Builds small BPF ELF objects in memory, whole or deliberately broken.
 *
 *	struct elfgen g;
 *	unsigned int map;
 *
 *	elfgen_init(&g);
 *	map = elfgen_map(&g, "counters", &def, sizeof(def));
 *	elfgen_func(&g, "classifier", "count", CODE(LOAD64(1, 0, 0), EXIT));
 *	elfgen_rel(&g, "classifier", 0, map);
 *	elfgen_end(&g, &bytes);
 *
 * Sections are known by their names and made when first asked for. Nothing is
 * checked: what is nonsense goes into the file as it is. Out of memory ends
 * the test program.
 */
#ifndef BPFELF_ELFGEN_H
#define BPFELF_ELFGEN_H

#include <elf.h>
#include <iproute2/bpf_elf.h>
#include <linux/bpf.h>

#include "buf.h"

#define ELFGEN_SECTIONS 2100

struct elfgen_section {
	char *name;
	Elf64_Shdr header;	/* offset and size are filled in at the end */
	struct buf data;
};

struct elfgen {
	Elf64_Ehdr header;	/* change it as you like, until the end; */
	uint64_t shoff;		/* this, unless 0, goes into it then */
	struct elfgen_section sections[ELFGEN_SECTIONS];
	unsigned int sections_cnt;
};

/* instructions; LOAD64 is two */
#define MOV(reg, value)							\
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (reg), .imm = (value) }
#define LOAD64(reg, src, value)						\
	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = (reg),		\
	  .src_reg = (src), .imm = (value) }, { .code = 0 }
#define CALL(by)							\
	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = (by) }
#define HELPER(number)	{ .code = BPF_JMP | BPF_CALL, .imm = (number) }
#define EXIT		{ .code = BPF_JMP | BPF_EXIT }

/* the last two arguments of elfgen_func() */
#define CODE(...)							\
	((const struct bpf_insn[]){ __VA_ARGS__ }),			\
	(sizeof((const struct bpf_insn[]){ __VA_ARGS__ }) / sizeof(struct bpf_insn))

#define GLOBAL(type)	ELF64_ST_INFO(STB_GLOBAL, type)
#define LOCAL(type)	ELF64_ST_INFO(STB_LOCAL, type)

void elfgen_init(struct elfgen *g);

/* the section of that name, made with this type and these flags if new */
struct elfgen_section *elfgen_section(struct elfgen *g, const char *name,
				      uint32_t type, uint64_t flags);
/* its index, 0: none */
unsigned int elfgen_index(const struct elfgen *g, const char *name);

/* these return the index of the symbol */
unsigned int elfgen_symbol(struct elfgen *g, const char *name,
			   unsigned int section, uint64_t value, uint64_t size,
			   unsigned char info);
unsigned int elfgen_map(struct elfgen *g, const char *name,
			const struct bpf_elf_map *def, size_t size);
unsigned int elfgen_func(struct elfgen *g, const char *section,
			 const char *name, const struct bpf_insn *insns,
			 size_t cnt);

/* append code without a symbol, data, the licence */
void elfgen_code(struct elfgen *g, const char *section,
		 const struct bpf_insn *insns, size_t cnt);
void elfgen_data(struct elfgen *g, const char *section, const void *data,
		 size_t size);
void elfgen_license(struct elfgen *g, const char *license);

/* a relocation for instruction @insn of @section */
void elfgen_rel(struct elfgen *g, const char *section, size_t insn,
		unsigned int symbol);
void elfgen_typed_rel(struct elfgen *g, const char *section, size_t insn,
		      unsigned int symbol, uint32_t type);	/* R_BPF_* */

/* Write it down in the byte order that e_ident says, and free what @g holds;
 * or only the latter. Freeing twice is fine. */
void elfgen_end(struct elfgen *g, struct buf *bytes);
void elfgen_free(struct elfgen *g);

#endif
