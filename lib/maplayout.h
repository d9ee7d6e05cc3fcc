/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which struct a definition in section `maps` is. They are alike in their
 * first five words, and section and symbols do not tell them apart:
 *
 *	struct bpf_elf_map	type, size_key, size_value, max_elem, flags,
 *				id, pinning, inner_id, inner_idx
 *	struct bpf_map_def	type, key_size, value_size, max_entries, map_flags
 *	    of kernel samples	and inner_map_idx, numa_node
 *	    of gobpf		and pinning, namespace[256]
 *
 * but for the last, which is told by its length.
 *
 * Pure: types and bytes in, an opinion out.
 */
#ifndef BPFELF_MAPLAYOUT_H
#define BPFELF_MAPLAYOUT_H

#include "btf.h"
#include "mapdef.h"

enum maplayout {
	MAPLAYOUT_UNKNOWN,
	MAPLAYOUT_ELF,		/* struct bpf_elf_map */
	MAPLAYOUT_DEF,		/* struct bpf_map_def */
};

/* Read a definition of any of them as struct bpf_elf_map. -ENOTSUP: none has that
 * size, or it is gobpf's and asks for what only gobpf knows. */
int maplayout_read(const void *bytes, size_t size, struct bpf_elf_map *def,
		   struct err *err);

/* By the type of the variable: the name of its sixth member, or its own. */
enum maplayout maplayout_of_type(const struct btf *btf, uint32_t id);

/*
 * By what stands there: for which of them a definition speaks, read as @def of
 * @size bytes. Where it would mean the same, or could be either, for neither.
 */
enum maplayout maplayout_of_values(const struct bpf_elf_map *def, size_t size);

/* What struct bpf_map_def has where struct bpf_elf_map has something else */
struct maplayout_def {
	uint32_t inner_map_idx;	/* of a map of maps: index from 0, by place */
	uint32_t numa_node;	/* with BPF_F_NUMA_NODE */
};

/* Take that out of @def, which was read as struct bpf_elf_map. -ENOTSUP: there
 * is more in it than we know. */
int maplayout_to_def(struct bpf_elf_map *def, struct maplayout_def *more,
		     struct err *err);

#endif
