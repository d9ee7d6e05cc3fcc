/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "maplayout.h"

#include <errno.h>

#include "uapi.h"

#define SIXTH	offsetof(struct bpf_elf_map, id)

/* as gobpf declares it */
struct gobpf_def {
	uint32_t type, key_size, value_size, max_entries, map_flags, pinning;
	char namespace[256];
};

static int read_gobpf(const void *bytes, struct bpf_elf_map *def, struct err *err)
{
	struct gobpf_def gobpf;
	int r;

	memcpy(&gobpf, bytes, sizeof(gobpf));
	r = mapdef_read(bytes, SIXTH, def, err);
	if (r < 0)
		return r;
	if (mapdef_is_outer(def))
		return err_set(err, -ENOTSUP, "a map of maps in struct bpf_map_def of gobpf, where no field says what is in it");
	if (!gobpf.pinning)
		return 0;
	err_set(err, -ENOTSUP, "struct bpf_map_def of gobpf asks for a pin (%u) below '%.64s', where only gobpf looks",
		gobpf.pinning, gobpf.namespace);
	return err_hint(err, "without pinning it is taken; struct bpf_elf_map has pins of its own");
}

int maplayout_read(const void *bytes, size_t size, struct bpf_elf_map *def,
		   struct err *err)
{
	if (size == sizeof(struct gobpf_def))
		return read_gobpf(bytes, def, err);
	return mapdef_read(bytes, size, def, err);
}

/* the name of the member at that place, "": there is none */
static const char *member_at(const struct btf *btf, const struct btf_type *t,
			     uint32_t at)
{
	const struct btf_member *m = type_tail(t);
	uint32_t i;

	for (i = 0; i < type_vlen(t); i++)
		if (BTF_MEMBER_BIT_OFFSET(m[i].offset) == at * 8)
			return btf_string(btf, m[i].name_off);
	return "";
}

enum maplayout maplayout_of_type(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = types_get(&btf->types, types_skip(&btf->types, id));
	const char *name, *sixth;

	if (type_kind(t) != TYPE_STRUCT)
		return MAPLAYOUT_UNKNOWN;
	sixth = member_at(btf, t, SIXTH);
	if (str_eq(sixth, "inner_map_idx"))
		return MAPLAYOUT_DEF;
	if (str_eq(sixth, "id"))
		return MAPLAYOUT_ELF;
	name = type_name(&btf->types, t);
	if (str_eq(name, "bpf_elf_map"))
		return MAPLAYOUT_ELF;
	/* bpf_map_def_legacy is what the kernel's tests have */
	if (str_eq(name, "bpf_map_def") || str_eq(name, "bpf_map_def_legacy"))
		return MAPLAYOUT_DEF;
	return MAPLAYOUT_UNKNOWN;
}

enum maplayout maplayout_of_values(const struct bpf_elf_map *def, size_t size)
{
	bool is_outer = mapdef_is_outer(def);
	bool has_node = def->flags & BPF_F_NUMA_NODE;

	if (size == sizeof(struct gobpf_def))
		return MAPLAYOUT_DEF;
	if (size <= SIXTH || size > offsetof(struct bpf_elf_map, inner_id))
		return size <= SIXTH ? MAPLAYOUT_UNKNOWN : MAPLAYOUT_ELF;
	/* an index is of maps of maps only, a node comes with its flag */
	if ((!is_outer && def->id) || (!has_node && def->pinning))
		return MAPLAYOUT_ELF;
	/* no field of so short a bpf_elf_map says what the inner maps are like */
	if (is_outer || def->pinning > PIN_GLOBAL_NS)
		return MAPLAYOUT_DEF;
	return MAPLAYOUT_UNKNOWN;
}

int maplayout_to_def(struct bpf_elf_map *def, struct maplayout_def *more,
		     struct err *err)
{
	if (def->inner_id || def->inner_idx)
		return err_set(err, -ENOTSUP, "struct bpf_map_def has nothing behind numa_node, here something is");
	*more = (struct maplayout_def) {
		.inner_map_idx = def->id,
		.numa_node = def->pinning,
	};
	def->id = 0;
	def->pinning = PIN_NONE;
	return 0;
}
