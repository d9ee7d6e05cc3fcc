/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A bounds-checked view of one BPF ELF file: sections, symbols, relocations.
 *
 * The only place where an offset from the file is believed, after one range
 * check. It keeps the file's bytes; names and section data point into them.
 * Nothing is searched for twice: names of sections are in a table. It knows
 * nothing of maps and programs.
 *
 * The bytes are a copy of our own, in which programs and their records are
 * made ready for the kernel where they stand. Sections of a hostile file may
 * overlap, hence the rules: numbers are copied before they are checked, and a
 * string ends at the latest with the NUL behind the last byte.
 */
#ifndef BPFELF_IMAGE_H
#define BPFELF_IMAGE_H

#include <elf.h>

#include "err.h"
#include "nameindex.h"

struct image_section {
	const char *name;
	uint32_t index;
	uint32_t type;		/* SHT_* */
	uint64_t flags;		/* SHF_* */
	uint32_t link, info;
	const void *data;	/* maybe unaligned; NULL for SHT_NOBITS */
	size_t size;
};

struct image_symbol {
	const char *name;
	uint32_t section;	/* index, or SHN_UNDEF, SHN_ABS... */
	unsigned int bind, type;	/* STB_*, STT_* */
	uint64_t value, size;
};

struct image_rel {
	uint64_t offset;	/* bytes into the section */
	uint32_t symbol, type;
};

struct image {
	char *bytes;		/* and a NUL, which `size` does not count */
	size_t size;
	uint64_t dev, ino;	/* of the file; 0: from memory */
	struct image_section *sections;	/* [0] is the null section */
	size_t sections_cnt;
	struct nameindex names;	/* the first section of a name */
	const struct image_section *symtab;	/* NULL: stripped */
	size_t symbols_cnt;
	uint32_t *named;	/* indices of symbols, but for the labels in code */
	size_t named_cnt;
	bool has_bad_symbol;	/* one without a valid name */
	bool has_hidden;	/* some symbols are, see image_symbol_is_hidden() */
};

/* -ENOEXEC no BPF object for this machine, -EBADMSG damaged, -ENOTSUP of a
 * kind that we do not read, -ENOMEM, or the errno of reading the file */
int image_open(struct image *img, const char *path, struct err *err);
int image_open_mem(struct image *img, const void *data, size_t size,
		   struct err *err);
void image_close(struct image *img);

/* NULL: none of that name. Of several, the first, as iproute2 has it; those of
 * relocations, which nobody asks for, are not among them. */
const struct image_section *image_find(const struct image *img,
				       const char *name);

/* Where a section of the file stands, for who makes its bytes ready there. */
static inline char *image_place(const struct image *img,
				const struct image_section *sec)
{
	return img->bytes + ((const char *)sec->data - img->bytes);
}

static inline size_t image_symbols(const struct image *img)
{
	return img->symbols_cnt;
}

/* -EBADMSG for an index or a name outside the tables */
int image_symbol(const struct image *img, size_t i, struct image_symbol *sym,
		 struct err *err);

/* -EBADMSG for the first without a valid name; the null symbol may have one, too,
 * in a file that is made up */
int image_check_symbols(const struct image *img, struct err *err);

/* image_symbol() without a word: false for an index outside the table, no name for
 * one that is not valid */
bool image_symbol_at(const struct image *img, size_t i, struct image_symbol *sym);

/* as they stand in the file, at any address */
typedef Elf64_Sym image_raw_symbol __attribute__((aligned(1)));
typedef Elf64_Rel image_raw_rel __attribute__((aligned(1)));

/* of one within the table: the index of its section */
static inline uint32_t image_symbol_section(const struct image *img, size_t i)
{
	return ((const image_raw_symbol *)img->symtab->data)[i].st_shndx;
}

/* the same: STV_HIDDEN or STV_INTERNAL, not for other objects to see */
static inline bool image_symbol_is_hidden(const struct image *img, size_t i)
{
	unsigned char other = ((const unsigned char *)img->symtab->data)
			      [i * sizeof(Elf64_Sym) + offsetof(Elf64_Sym, st_other)];

	return ELF64_ST_VISIBILITY(other) == STV_HIDDEN ||
	       ELF64_ST_VISIBILITY(other) == STV_INTERNAL;
}

static inline size_t image_rels(const struct image_section *sec)
{
	return sec->data ? sec->size / sizeof(Elf64_Rel) : 0;
}

static inline void image_rel(const struct image_section *sec, size_t i,
			     struct image_rel *rel)
{
	const image_raw_rel *raw = (const image_raw_rel *)sec->data + i;

	rel->offset = raw->r_offset;
	rel->symbol = ELF64_R_SYM(raw->r_info);
	rel->type = ELF64_R_TYPE(raw->r_info);
}

#endif
