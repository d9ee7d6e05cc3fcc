/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The `.BTF` section: the types of an object, made fit for the kernel.
 *
 * Pure: bytes and symbols in, bytes and type ids out. What is checked is what
 * is needed to walk the types and their names; whether they make sense, the
 * kernel decides.
 */
#ifndef BPFELF_BTF_H
#define BPFELF_BTF_H

#include "image.h"
#include "types.h"

#define BTF_SECTION	".BTF"

struct btf {
	char *data;		/* what the kernel gets; NULL: there is none */
	uint32_t size;
	struct types types;	/* in data */
	uint32_t *named;	/* ids of what is looked for, sorted by name */
	uint32_t named_cnt;
	char *copy;		/* data, when it is not the caller's */
};

/* A section that is not in the file: where its variables are, which the object
 * leaves undefined. The kernel gets them as it gets others. */
struct btf_layout {
	const char *section;
	uint32_t size;
	struct btf_place {
		const char *name;
		uint32_t offset;
	} *vars;		/* sorted by name */
	size_t cnt;
};

/* What depends on the rest of the object */
struct btf_how {
	const struct btf_layout *layout;	/* NULL: none */
	bool keep_globals;	/* global functions stay so, but for these: */
	const char **hidden;	/* sorted */
	size_t hidden_cnt;
};

/*
 * Take @data, the bytes of the section, and make of a copy one in which
 * variables have the offsets, and their sections the sizes, that clang leaves
 * to the loader. What the kernel refuses and nothing needs is replaced; type
 * ids and offsets of strings stay. -EBADMSG: damaged; -ENOTSUP: newer than
 * this code; -ENOMEM; @btf is empty then. @how may be NULL.
 */
int btf_read(struct btf *btf, const struct image *img,
	     const struct btf_how *how, const void *data, size_t size,
	     struct err *err);
/* The same where the bytes are, if they are laid out as they should be. They
 * must stay there, and nobody else may write to them. */
int btf_read_in_place(struct btf *btf, const struct image *img,
		      const struct btf_how *how, void *data, size_t size,
		      struct err *err);
void btf_free(struct btf *btf);

/* part of reading: btf_find.c */
int btf_index(struct btf *btf, struct err *err);

/* a name; "" for what is no offset of one */
const char *btf_string(const struct btf *btf, uint32_t offset);

/* Key and value of map @name, from struct ____btf_map_NAME, which has these
 * two members. false: the object does not tell. */
bool btf_map_types(const struct btf *btf, const char *name, uint32_t *key,
		   uint32_t *value);

/* The variables of a section of @size bytes; 0: the object does not tell. */
uint32_t btf_section_type(const struct btf *btf, const char *section,
			  uint32_t size);

#endif
