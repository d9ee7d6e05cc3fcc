/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A map that is defined by the type of a variable, as in section `.maps`:
 *
 *	struct {
 *		__uint(type, BPF_MAP_TYPE_HASH);	int (*type)[1]
 *		__type(key, __u32);			__u32 *key
 *		__array(values, struct inner);		struct inner *values[]
 *	}
 *
 * Pure: types in, values out. It knows the attributes; it knows nothing of
 * ELF, nor of what the variable holds.
 */
#ifndef BPFELF_MAPBTF_H
#define BPFELF_MAPBTF_H

#include "btf.h"
#include "mapdef.h"

#define MAPBTF_SECTION	".maps"

enum mapbtf_values {
	MAPBTF_NO_VALUES,
	MAPBTF_MAPS,
	MAPBTF_PROGS,
};

struct mapbtf {
	struct bpf_elf_map def;		/* pinning as PIN_* of bpf_elf.h */
	bool has_id;			/* def.id is what was said, not a default */
	uint32_t numa_node;
	uint64_t map_extra;
	uint32_t key_type, value_type;	/* ids; 0: given by size, or not at all */
	enum mapbtf_values values;
	uint32_t values_at;		/* bytes, where they begin in the variable */
	uint32_t inner_type;		/* of MAPBTF_MAPS: the struct's id */
};

/*
 * Read the definition that type @id makes. -ENOTSUP: an attribute that is not
 * known; -EINVAL: what contradicts itself, or says too little; -EBADMSG: types
 * that are no definition. The error names the attribute.
 */
int mapbtf_read(const struct btf *btf, uint32_t id, struct mapbtf *map,
		struct err *err);

/* The same of map->inner_type, which can be neither pinned nor nested. */
int mapbtf_read_inner(const struct btf *btf, uint32_t id, struct mapbtf *map,
		      struct err *err);

#endif
