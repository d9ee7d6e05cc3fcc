/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a load will do: which maps in which order and where they are pinned,
 * which programs with which instructions, which slots they fill.
 *
 * Pure: paths are relative to a bpffs root that nobody has looked for yet,
 * and there are no descriptors. Everything that can be refused without the
 * kernel is refused here.
 */
#ifndef BPFELF_PLAN_H
#define BPFELF_PLAN_H

#include "contents.h"
#include "corelink.h"
#include "debuginfo.h"
#include "externlink.h"
#include "pindb.h"
#include "sectype.h"

struct plan_map {
	const struct bpfelf_map *map;
	char name[BPF_OBJ_NAME_LEN];	/* as the kernel takes it */
	char *pin;		/* below the bpffs root; NULL: not pinned */
	uint32_t value_size;	/* of a map of maps the kernel's, else map's */
	ssize_t inner;		/* map of maps: index of its template; -1 */
	uint32_t key_type, value_type;	/* in the object's BTF; 0: unknown */
	uint32_t user_type;	/* of the programs that refer to it, or go into
				 * it; 0: none does */
	bool is_filled;		/* a prog array, with programs of the plan */
	char *bytes;		/* data in place of its section's; NULL: none */
};

/* data that no program of the plan needs: it is not made */
static inline bool plan_map_is_idle(const struct plan_map *pm)
{
	return pm->map->data && !pm->user_type;
}

struct plan_prog {
	const struct bpfelf_program *prog;
	char name[BPF_OBJ_NAME_LEN];
	struct link code;
	struct debuginfo info;
	struct buf by_value;	/* variables whose contents are in it: names */
};

/* a program that goes into a prog array */
struct plan_slot {
	size_t prog, map;	/* indices */
	uint32_t key;
};

struct plan_insert {
	size_t outer, inner;	/* map indices */
	uint32_t key;
};

struct bpfelf_plan {
	const struct bpfelf_object *obj;
	uint32_t prog_type;
	struct sectype attach;	/* what the kernel wants to know besides */
	struct contents contents;	/* data that is meant by value */
	uint32_t ifindex;
	bool verbose;
	bool is_private;	/* no pins, whatever the maps ask for */
	const char *subdir;	/* of the bpffs root; NULL: no pins */
	struct plan_map *maps;	/* in file order, as everywhere */
	size_t maps_cnt;
	size_t *order;		/* in which to get them: inner before outer */
	size_t order_cnt;
	struct plan_prog *progs;	/* [0] is the entry */
	size_t progs_cnt;
	struct plan_slot *slots;	/* in the order in which they are filled */
	size_t slots_cnt;
	struct plan_insert *inserts;
	size_t inserts_cnt;
	char **modules;		/* of the kernel, that programs refer to: names */
	size_t modules_cnt;
	struct buf notes;	/* lines: what its author should know */
};

/* what linked programs get of the kernel, while the plan is made */
struct plan_kernel {
	struct corelink core;
	struct externlink externs;
};

/* whether plan_new() needs more of a database than that there is one */
bool plan_wants_pindb(const struct bpfelf_object *obj);
/* @db and @kernel, which may be NULL, are needed for as long as the call takes */
int plan_new(const struct bpfelf_object *obj, const struct bpfelf_request *req,
	     const struct pindb *db, const struct kernel_facts *kernel,
	     struct bpfelf_plan **plan, struct err *err);

/* parts of planning: plan_entry.c, plan_maps.c, plan_progs.c, plan_values.c,
 * plan_set.c, plan_options.c */
int plan_entry(const struct bpfelf_object *obj,
	       const struct bpfelf_request *req,
	       const struct bpfelf_program **entry, struct err *err);
/* "'tc' (f), 'tc/egress' (g)": whose sections are for programs of its type */
void plan_list_fitting(const struct bpfelf_plan *plan, struct buf *list);
int plan_maps(struct bpfelf_plan *plan, const struct pindb *db,
	      struct err *err);
int plan_inserts(struct bpfelf_plan *plan, struct err *err);
int plan_progs(struct bpfelf_plan *plan, const struct bpfelf_program *entry,
	       struct plan_kernel *kernel, struct err *err);
/* what the values of prog arrays name: plan_values.c */
int plan_values(struct bpfelf_plan *plan, struct plan_kernel *kernel,
		struct err *err);
int plan_add_prog(struct bpfelf_plan *plan, const struct bpfelf_program *prog,
		  struct plan_kernel *kernel, struct err *err);
void plan_add_slot(struct bpfelf_plan *plan, size_t prog, size_t map,
		   uint32_t key);
/* bytes of a map of data that the plan may write to */
int plan_own_bytes(struct plan_map *pm, struct err *err);
int plan_settings(struct bpfelf_plan *plan, const char *const *settings,
		  struct err *err);
/* after the programs: only those options are insisted on that they refer to */
int plan_options(struct bpfelf_plan *plan, const struct kernel_facts *kernel,
		 struct err *err);
/* The kernel takes 15 characters of a small alphabet. */
void plan_kernel_name(const char *name, char out[BPF_OBJ_NAME_LEN]);

#endif
