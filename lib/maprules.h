/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What each type of map wants of its definition, in words.
 *
 * Pure. The kernel decides: these rules are asked only when it has refused a
 * map, to say why, so that a kernel that takes more than 6.18 does is never
 * in their way.
 */
#ifndef BPFELF_MAPRULES_H
#define BPFELF_MAPRULES_H

#include "buf.h"
#include "mapdef.h"

/*
 * Every rule of its type that @def breaks: "takes key size 4, not 8; needs
 * BPF_F_NO_PREALLOC"; nothing when there is none. @has_types: the object has
 * BTF for key and value.
 */
void maprules_broken(const struct bpf_elf_map *def, bool has_types,
		     struct buf *out);

/* whether maps of this type cannot be without BTF for key and value */
bool maprules_needs_types(uint32_t type);
/* whether the kernel takes maps of this type with it */
bool maprules_takes_types(uint32_t type);

#endif
