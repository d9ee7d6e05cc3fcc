/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the file says: code sections and their functions, maps, licence.
 *
 * Pure. It never changes once open, but for instructions that link.c makes
 * ready where they stand. It knows the names and conventions of the dialect; it
 * does not know what will be loaded, nor how.
 */
#ifndef BPFELF_OBJECT_H
#define BPFELF_OBJECT_H

#include <linux/bpf.h>

#include "bpfelf.h"
#include "btfext.h"
#include "buf.h"
#include "externs.h"
#include "image.h"
#include "mapbtf.h"
#include "mapdef.h"
#include "maplayout.h"

#define OBJECT_ID_LEN 40	/* hex digits of a SHA-1 */

/* a definition in section `maps` or `.maps`; what the maps in another one are
 * like; or a section of global data, which becomes an array with one value */
struct bpfelf_map {
	const char *name;
	struct bpf_elf_map def;
	const struct image_section *data;	/* NULL: a definition */
	const struct image_section *sec;	/* of the definition; NULL: none */
	uint32_t def_size;	/* bytes of it in the file */
	uint64_t offset;	/* in its section */
	size_t symbol;		/* index, for a stable order */
	bool is_global;
	const struct mapbtf *btf;	/* what it is by its type; NULL: in `maps` */
	enum maplayout layout;	/* of one in `maps` */
	size_t inner;		/* index from 1 of what its maps are like; 0: by id */
	uint32_t numa_node;
	bool is_common;		/* constants that all programs have, as for libbpf */
	char *made_up;		/* the name, when it stands nowhere */
};

/* what a slot of a map of maps, or of a prog array, holds from the start */
struct map_value {
	size_t map;		/* index */
	uint32_t key;
	const struct bpfelf_program *prog;	/* NULL: a map, */
	size_t inner;				/* this one */
};

/* an instruction that refers to something, nearly always by a relocation */
struct code_rel {
	uint32_t insn, symbol;
	int32_t addend;		/* what it holds in the file */
	uint32_t map;		/* by its own symbol: 0, or one more than an index */
	uint16_t type;		/* R_BPF_*, as far as there are any */
	bool is_bare;		/* no relocation: it says itself what it means */
};

/* an executable section */
struct code {
	const struct image_section *sec;
	size_t insns_cnt;
	const struct image_section *rel_sec;	/* NULL: none */
	struct code_rel *rels;	/* by instruction */
	size_t rels_cnt;
	bool only_maps;		/* all of them are of such */
	struct bpfelf_program *progs;	/* its functions, by start */
	size_t progs_cnt;
	const struct btfext_run *funcs, *lines, *relos;	/* NULL: not known */
	bool has_rela;		/* SHT_RELA, which BPF does not use */
	bool is_slot;		/* named id/key */
	uint32_t slot_id, slot_key;
};

/* a function: a run of instructions in one section */
struct bpfelf_program {
	const char *name;
	const struct code *code;
	uint32_t start, cnt;	/* instructions */
	size_t symbol;		/* index, for a stable order */
	bool is_global;
	bool is_entry;		/* what may be asked for by section or name */
};

struct bpfelf_object {
	struct bpfelf_ctx *ctx;	/* for the public calls; not used in here */
	struct image img;
	char *path;		/* as the caller gave it */
	const char *name;	/* in it, or all of it */
	char *license;
	char id[OBJECT_ID_LEN + 1];	/* see object_id(); "": no map wants it */
	struct code *codes;	/* in file order */
	size_t codes_cnt;
	struct code_rel *rels;	/* of all of them */
	/* by ELF index: 0, or one more than an index into codes, into maps */
	uint32_t *code_of, *data_of;
	struct bpfelf_program *progs;	/* by section, then start */
	size_t progs_cnt;
	const struct image_section *maps_sec;	/* `maps`; NULL: none */
	size_t maps_secs;	/* with all `maps/NAME`, the first of which it may be */
	/* definitions in these, then in `.maps`, by offset; then what their
	 * inner maps are like; then data by section */
	struct bpfelf_map *maps;
	size_t maps_cnt, defs_cnt;	/* all of them, those that are definitions */
	/* by symbol, from the first that names one: 0, or one more than an index */
	uint32_t *symbol_maps;
	uint32_t symbol_maps_first, symbol_maps_cnt;
	size_t btf_defs;		/* index of the first in `.maps` */
	struct map_value *values;	/* in the order of relocations */
	size_t values_cnt;
	struct mapbtf *btf_specs;	/* of what is defined by types */
	struct object_extern *externs;	/* by symbol; see externs.h */
	size_t externs_cnt;
	struct image_section kconfig;	/* values of the configuration */
	struct btf_layout options;	/* where in there */
	uint32_t kconfig_map;	/* 0: none, or one more than an index into maps */
	bool has_undefined;	/* some symbols are not defined */
	struct btf btf;		/* empty: the object has none of use */
	struct btfext btfext;	/* the same */
	char *btf_problem;	/* why it is of no use; NULL: none, or fine */
	struct buf notes;	/* lines: what its author should know */
};

int object_open(struct bpfelf_object **obj, const char *path, struct err *err);
int object_open_mem(struct bpfelf_object **obj, const void *data, size_t size,
		    const char *name, struct err *err);
/* The same, and section `maps` is taken for this, whatever it looks like. */
int object_open_as(struct bpfelf_object **obj, const char *path,
		   enum maplayout layout, struct err *err);
int object_open_mem_as(struct bpfelf_object **obj, const void *data,
		       size_t size, const char *name, enum maplayout layout,
		       struct err *err);

/* SHA-1 of the file, as sha1sum prints it; of an object that is open it can
 * be had only when one of its maps is pinned by it */
void object_id(const struct bpfelf_object *obj, char id[OBJECT_ID_LEN + 1]);

/* the code section with this ELF index, or NULL */
const struct code *object_code(const struct bpfelf_object *obj, uint32_t index);

/* Nothing of it is in section `maps`: iproute2 built with libbpf would leave it
 * to that, and so it is treated as by libbpf where that makes a difference. */
static inline bool object_is_libbpf(const struct bpfelf_object *obj)
{
	return !obj->maps_sec;
}

/* the function that holds this instruction, or NULL */
const struct bpfelf_program *object_func(const struct code *code, uint64_t insn);

/* what a section of that name, or this section, is entered by */
const struct bpfelf_program *object_entry(const struct bpfelf_object *obj,
					  const char *section);	/* NULL: none */
const struct bpfelf_program *object_code_entry(const struct code *code);

/* `maps`, and `maps/NAME` of gobpf and others, which have one for each */
bool object_is_maps(const struct image_section *sec);
/* whether maps are defined in the section with this ELF index */
bool object_defines_maps(const struct bpfelf_object *obj, uint32_t index);
/* the map whose definition begins at @offset of such a section, or NULL */
const struct bpfelf_map *object_map_at(const struct bpfelf_object *obj,
				       uint32_t index, uint64_t offset);

/* the map in `maps` that this symbol names: 0, or one more than its index */
static inline uint32_t object_symbol_map(const struct bpfelf_object *obj,
					 uint32_t symbol)
{
	symbol -= obj->symbol_maps_first;
	return symbol < obj->symbol_maps_cnt ? obj->symbol_maps[symbol] : 0;
}

/* flags of the map for data in a section; programs may write to it, or not */
uint32_t object_data_flags(const struct bpfelf_object *obj,
			   const struct image_section *sec);

/* the map that holds this section's data, or NULL */
const struct bpfelf_map *object_data(const struct bpfelf_object *obj,
				     uint32_t index);

/* parts of opening: object_maps.c, object_code.c, object_rels.c,
 * object_layouts.c, object_btfmaps.c, object_data.c */
int object_read_maps(struct bpfelf_object *obj, struct err *err);
int object_read_code(struct bpfelf_object *obj, struct err *err);
int object_read_rels(struct bpfelf_object *obj, struct err *err);
int object_read_layouts(struct bpfelf_object *obj, enum maplayout asked,
			struct err *err);
int object_read_btfmaps(struct bpfelf_object *obj, struct err *err);
int object_read_values(struct bpfelf_object *obj, struct err *err);
int object_read_data(struct bpfelf_object *obj, struct err *err);

/* where two symbols stand at one place, the name to keep comes first */
int object_cmp_names(bool x_global, size_t x_symbol,
		     bool y_global, size_t y_symbol);

#endif
