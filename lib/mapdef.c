/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mapdef.h"

#include <errno.h>
#include <stdio.h>

#include "uapi.h"

/*
 * compat: the struct grew from 20 bytes (4.1) to 36 (4.13), and in between a
 * field went into its middle; no version tells itself. Any multiple of four
 * from 16 on is read as a prefix of today's struct, as iproute2 does.
 */
int mapdef_read(const void *bytes, size_t size, struct bpf_elf_map *def,
		struct err *err)
{
	if (size < MAPDEF_MIN) {
		err_set(err, -ENOTSUP, "a map definition of %zu bytes, struct bpf_elf_map has at least %zu",
			size, MAPDEF_MIN);
		return err_hint(err, "declare the map as struct bpf_elf_map (iproute2/bpf_elf.h)");
	}
	if (size > sizeof(*def)) {
		err_set(err, -ENOTSUP, "a map definition of %zu bytes, struct bpf_elf_map has at most %zu",
			size, sizeof(*def));
		return err_hint(err, "give each map a symbol of its own, no arrays, "
				"declared as struct bpf_elf_map (iproute2/bpf_elf.h)");
	}
	if (size % sizeof(__u32)) {
		err_set(err, -ENOTSUP, "a map definition of %zu bytes, no multiple of %zu",
			size, sizeof(__u32));
		return err_hint(err, "put nothing but struct bpf_elf_map into section '%s'",
				ELF_SECTION_MAPS);
	}
	memset(def, 0, sizeof(*def));
	memcpy(def, bytes, size);
	return 0;
}

bool mapdef_is_outer(const struct bpf_elf_map *def)
{
	return def->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       def->type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

const char *mapdef_type(uint32_t type, char text[MAPDEF_TYPE_SIZE])
{
	static const char *const names[] = {
		[BPF_MAP_TYPE_HASH] = "hash",
		[BPF_MAP_TYPE_ARRAY] = "array",
		[BPF_MAP_TYPE_PROG_ARRAY] = "prog_array",
		[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = "perf_event_array",
		[BPF_MAP_TYPE_PERCPU_HASH] = "percpu_hash",
		[BPF_MAP_TYPE_PERCPU_ARRAY] = "percpu_array",
		[BPF_MAP_TYPE_STACK_TRACE] = "stack_trace",
		[BPF_MAP_TYPE_CGROUP_ARRAY] = "cgroup_array",
		[BPF_MAP_TYPE_LRU_HASH] = "lru_hash",
		[BPF_MAP_TYPE_LRU_PERCPU_HASH] = "lru_percpu_hash",
		[BPF_MAP_TYPE_LPM_TRIE] = "lpm_trie",
		[BPF_MAP_TYPE_ARRAY_OF_MAPS] = "array_of_maps",
		[BPF_MAP_TYPE_HASH_OF_MAPS] = "hash_of_maps",
		[BPF_MAP_TYPE_DEVMAP] = "devmap",
		[BPF_MAP_TYPE_SOCKMAP] = "sockmap",
		[BPF_MAP_TYPE_CPUMAP] = "cpumap",
		[BPF_MAP_TYPE_XSKMAP] = "xskmap",
		[BPF_MAP_TYPE_SOCKHASH] = "sockhash",
		[BPF_MAP_TYPE_CGROUP_STORAGE] = "cgroup_storage",
		[BPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = "reuseport_sockarray",
		[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = "percpu_cgroup_storage",
		[BPF_MAP_TYPE_QUEUE] = "queue",
		[BPF_MAP_TYPE_STACK] = "stack",
		[BPF_MAP_TYPE_SK_STORAGE] = "sk_storage",
		[BPF_MAP_TYPE_DEVMAP_HASH] = "devmap_hash",
		[BPF_MAP_TYPE_STRUCT_OPS] = "struct_ops",
		[BPF_MAP_TYPE_RINGBUF] = "ringbuf",
		[BPF_MAP_TYPE_INODE_STORAGE] = "inode_storage",
		[BPF_MAP_TYPE_TASK_STORAGE] = "task_storage",
		[BPF_MAP_TYPE_BLOOM_FILTER] = "bloom_filter",
		[BPF_MAP_TYPE_USER_RINGBUF] = "user_ringbuf",
		[BPF_MAP_TYPE_CGRP_STORAGE] = "cgrp_storage",
		[BPF_MAP_TYPE_ARENA] = "arena",
		[BPF_MAP_TYPE_INSN_ARRAY] = "insn_array",
	};

	if (type < ARRAY_SIZE(names) && names[type])
		return names[type];
	snprintf(text, MAPDEF_TYPE_SIZE, "%u", type);
	return text;
}
