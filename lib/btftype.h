/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Walking the types that btf_read() has taken: what a type is beneath its
 * typedefs and qualifiers, what it consists of, how many bytes it takes.
 *
 * Pure. An id outside the types reads as void, and a loop of types ends, so
 * that nobody has to check a reference before following it.
 */
#ifndef BPFELF_BTFTYPE_H
#define BPFELF_BTFTYPE_H

#include <linux/btf.h>

#include "btf.h"

struct btf_type btftype_get(const struct btf *btf, uint32_t id);

/* Entry @i, of @size bytes, of what follows the type @id: a member, a variable.
 * The caller knows from the type's kind and length that it is there. */
void btftype_entry(const struct btf *btf, uint32_t id, uint32_t i, void *entry,
		   size_t size);

/* the id beneath typedefs, const, volatile, restrict and tags */
uint32_t btftype_bare(const struct btf *btf, uint32_t id);

/* the kind of that, BTF_KIND_*; of BTF_KIND_UNKN void */
uint32_t btftype_kind(const struct btf *btf, uint32_t id);

/* bytes of a variable of that type; false: there can be none, or not so large */
bool btftype_size(const struct btf *btf, uint32_t id, uint32_t *size);

#endif
