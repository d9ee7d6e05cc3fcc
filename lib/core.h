/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * CO-RE: what a relocation of an object means on another kernel.
 *
 * Pure. A relocation says, in terms of the object's own types, which field,
 * type or enumerator an instruction depends on. It is looked for by name in
 * the types of the kernel, and what the instruction wants to know of it (an
 * offset, a size, whether it is there) is worked out from these.
 */
#ifndef BPFELF_CORE_H
#define BPFELF_CORE_H

#include <linux/bpf.h>

#include "buf.h"
#include "types.h"

#define CORE_MAX_STEPS	64
#define CORE_KINDS	(BPF_CORE_TYPE_MATCHES + 1)

/* a step on the way to a field: a member, or an element */
struct core_step {
	const char *name;	/* of the member; NULL: an element */
	uint32_t index;		/* of the element; of an enumerator */
	uint32_t type;		/* of the member or the element, in `types` */
};

/* a field, type or enumerator: of the object's, or found in the kernel's */
struct core_spec {
	const struct types *types;
	enum bpf_core_relo_kind kind;
	uint32_t root;		/* the type that it begins with */
	uint32_t type;		/* that of the field, or the enum's */
	struct core_step steps[CORE_MAX_STEPS];
	uint32_t steps_cnt;
	uint64_t bit_offset;	/* of the field, from the root's beginning */
	uint32_t bit_size;	/* of a bitfield; else 0 */
	uint32_t index;		/* of the enumerator */
};

/* what an instruction is to be given */
struct core_value {
	uint64_t value;
	bool poison;		/* there is no such thing here */
	bool is_memory_field;	/* an access to it may have to change its size: */
	uint32_t size;		/* bytes */
	bool no_resize;		/* a load of another size would be wrong */
	uint32_t local_size;
};

/* Who has the kernel's types: number 0 is the kernel itself, then come its
 * modules. -ENOENT: there are no more. */
struct core_source {
	int (*get)(void *data, size_t n, const struct types **types,
		   struct err *err);
	/* whose types these are; NULL: the kernel's own */
	const char *(*module)(void *data, const struct types *types);
	void *data;
};

struct core_candidate {
	const struct types *types;
	uint32_t id;
};

/* types of one name, of the kinds that are asked for */
struct core_name {
	const char *name;	/* @len bytes of it, in the object's strings */
	size_t len;
	uint32_t kinds;		/* a bit for each */
	struct core_candidate *list;
	uint32_t cnt;
};

/* where the kernel has the types that an object's relocations begin with */
struct core_index {
	struct core_name *names;	/* sorted */
	size_t cnt;
};

/* core_spec.c: the object's part of a relocation. -EBADMSG: it makes no
 * sense; -E2BIG */
int core_spec_read(struct core_spec *spec, const struct types *types,
		   const struct bpf_core_relo *relo, struct err *err);
/* "struct task_struct.se.vruntime", "enum bpf_map_type::BPF_MAP_TYPE_HASH" */
void core_spec_text(const struct core_spec *spec, struct buf *out);
/* The same in other types, beginning with @root. 1, 0: it is not there, or
 * -E2BIG */
int core_spec_find(const struct core_spec *local, const struct types *types,
		   uint32_t root, struct core_spec *spec, struct err *err);

/* core_match.c */
/* the length of a name without its flavour */
size_t core_name_len(const char *name);
bool core_same_name(const char *a, const char *b);
/* Whether a field of one type may stand for that of another */
bool core_fields_agree(const struct types *a, uint32_t a_id,
		       const struct types *b, uint32_t b_id);
/* Whether it is the same kind of type through and through; or the same type,
 * as far as the object knows of it */
bool core_types_agree(const struct types *a, uint32_t a_id,
		      const struct types *b, uint32_t b_id);
bool core_types_match(const struct types *local, uint32_t local_id,
		      const struct types *kernel, uint32_t kernel_id);

/* core_value.c: @found is NULL when nothing was. -EINVAL for what is not to be
 * known of such a thing, -E2BIG */
int core_value(const struct core_spec *local, const struct core_spec *found,
	       struct core_value *value, struct err *err);

/* core_index.c: look for the roots of @cnt relocations, all at once. -ENOENT
 * and what the source says: there are no types of the kernel; -ENOMEM */
int core_index_make(struct core_index *index, const struct types *local,
		    const struct bpf_core_relo *relos, size_t cnt,
		    const struct core_source *source, struct err *err);
/* The same for types, variables and functions of these names, of @kinds: a bit
 * for each */
int core_index_names(struct core_index *index, const char *const *names,
		     size_t cnt, uint32_t kinds,
		     const struct core_source *source, struct err *err);
void core_index_free(struct core_index *index);
const struct core_name *core_index_find(const struct core_index *index,
					const char *name);

/*
 * core.c: what relocation @relo comes to. @local is filled in for words about
 * it. -EBADMSG: the object makes no sense, -EINVAL: the kernel has two types
 * of that name that disagree; -E2BIG.
 */
int core_resolve(const struct core_index *index, const struct types *types,
		 const struct bpf_core_relo *relo, struct core_spec *local,
		 struct core_value *value, struct err *err);

#endif
