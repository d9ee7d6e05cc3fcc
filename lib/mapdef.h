/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One `struct bpf_elf_map` of any historical length becomes a map spec.
 *
 * Pure: bytes in, values out. It knows the layout and its sizes; it knows
 * nothing of ELF, nor of which symbol owns the bytes.
 */
#ifndef BPFELF_MAPDEF_H
#define BPFELF_MAPDEF_H

#include <iproute2/bpf_elf.h>

#include "err.h"

/* the part that every version of the struct has: up to max_elem */
#define MAPDEF_MIN offsetof(struct bpf_elf_map, flags)

/*
 * Read a definition of @size bytes; fields that an older struct lacks are 0.
 * -ENOTSUP for a size that no version of the struct has.
 */
int mapdef_read(const void *bytes, size_t size, struct bpf_elf_map *def,
		struct err *err);

/* BPF_MAP_TYPE_ARRAY_OF_MAPS, BPF_MAP_TYPE_HASH_OF_MAPS */
bool mapdef_is_outer(const struct bpf_elf_map *def);

/* "array", "hash", "prog_array", ... as bpftool names them, "99" for one that
 * has no name here, in @text then */
#define MAPDEF_TYPE_SIZE 16
const char *mapdef_type(uint32_t type, char text[MAPDEF_TYPE_SIZE]);

#endif
