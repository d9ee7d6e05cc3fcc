/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A view of BTF: types by id, and their names.
 *
 * Pure. What is checked is what is needed to walk the types: each lies within
 * the bytes, an id that is none reads as void, an offset that is none as "".
 * Whether they make sense is not looked at; they may even refer to themselves.
 */
#ifndef BPFELF_TYPES_H
#define BPFELF_TYPES_H

#include <linux/btf.h>

#include "err.h"

/* kinds and bits that older headers do not name */
enum {
	TYPE_VOID = 0, TYPE_INT, TYPE_PTR, TYPE_ARRAY, TYPE_STRUCT, TYPE_UNION,
	TYPE_ENUM, TYPE_FWD, TYPE_TYPEDEF, TYPE_VOLATILE, TYPE_CONST,
	TYPE_RESTRICT, TYPE_FUNC, TYPE_FUNC_PROTO, TYPE_VAR, TYPE_DATASEC,
	TYPE_FLOAT, TYPE_DECL_TAG, TYPE_TYPE_TAG, TYPE_ENUM64,
};

/* of functions, in place of a vlen, and of variables */
enum { LINKAGE_STATIC = 0, LINKAGE_GLOBAL = 1, LINKAGE_EXTERN = 2 };

/* What BTF begins with, as every kernel takes it. Of our own: that of
 * linux/btf.h grows, a file's is as long as hdr_len. */
struct types_head {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t type_off, type_len;	/* from the header's end */
	uint32_t str_off, str_len;
};

/* Where types begin: of all, or of those that were asked for, see types_open() */
struct types_places {
	uint32_t cnt;		/* so many are known */
	uint32_t end;		/* the next one is here in data, if there is one */
	uint8_t shift;
	bool is_stuck;		/* the next one makes no sense */
	uint32_t at[];		/* in data, of type first + (i << shift) */
};

struct types {
	const struct types *base;	/* has the lower ids and strings; or NULL */
	const char *data;		/* the first type of its own */
	uint32_t data_len;
	const char *strings;
	uint32_t strings_len;
	uint32_t first, strings_first;	/* ids and offsets from here on are its own */
	struct types_places *places;
	uint32_t cnt;			/* ids in all: with void and the base's */
};

/*
 * @data, which stays where it is, is all of a `.BTF` section or of a file
 * below /sys/kernel/btf; @base, of which all are known, is what a module's
 * counts on from, or NULL.
 * -EBADMSG: damaged; -ENOTSUP: newer than this code; -ENOMEM; @types is empty
 * then.
 */
int types_read(struct types *types, const struct types *base, const void *data,
	       size_t size, struct err *err);
/* Its two steps, for who moves the bytes in between: find types and strings,
 * wherever they are; then, with `data` aligned, each type. */
int types_header(struct types *types, const struct types *base, const void *data,
		 size_t size, struct err *err);
int types_index(struct types *types, struct err *err);
/*
 * For a kernel's: types are found when they are asked for, as few of so many
 * are; `cnt` is 0 until types_index(). Where one makes no sense, that and what
 * is behind it reads as void, and types_check() says so.
 */
int types_open(struct types *types, const struct types *base, const void *data,
	       size_t size, struct err *err);
int types_check(const struct types *types, struct err *err);
void types_free(struct types *types);

const struct btf_type *types_get(const struct types *types, uint32_t id);
/* the id of what stands at @t in data; 0: no type begins there */
uint32_t types_id(const struct types *types, const struct btf_type *t);

static inline const char *types_string(const struct types *types, uint32_t offset)
{
	if (types->base && offset < types->strings_first)
		types = types->base;
	offset -= types->strings_first;
	return offset < types->strings_len ? types->strings + offset : "";
}

static inline uint32_t type_kind(const struct btf_type *t)
{
	return t->info >> 24 & 0x1f;
}

static inline uint32_t type_vlen(const struct btf_type *t)
{
	return t->info & 0xffff;
}

/* of an enum: its values are signed; of a struct: members may be bitfields;
 * of a forward declaration: it is of a union */
static inline bool type_flag(const struct btf_type *t)
{
	return t->info >> 31;
}

static inline bool type_is_composite(const struct btf_type *t)
{
	return type_kind(t) == TYPE_STRUCT || type_kind(t) == TYPE_UNION;
}

static inline bool type_is_enum(const struct btf_type *t)
{
	return type_kind(t) == TYPE_ENUM || type_kind(t) == TYPE_ENUM64;
}

/* what follows a type: an integer's word, a struct btf_array, members... */
static inline const void *type_tail(const struct btf_type *t)
{
	return t + 1;
}

static inline const char *type_name(const struct types *types,
				    const struct btf_type *t)
{
	return types_string(types, t->name_off);
}

/* bytes of a type: so many, and so many for each of vlen */
struct type_kind {
	uint8_t size, each;
};

/* all 32 that `info` has room for; those that nobody knew have no size */
extern const struct type_kind type_kinds[32];

/* with what follows struct btf_type */
static inline uint32_t type_size(const struct btf_type *t)
{
	struct type_kind kind = type_kinds[type_kind(t)];

	return kind.size + type_vlen(t) * kind.each;
}

/* One type after the other: those of its own, without those of a base */
static inline const struct btf_type *types_begin(const struct types *types)
{
	return (const void *)types->data;
}

static inline const struct btf_type *types_end(const struct types *types)
{
	return (const void *)(types->data + types->data_len);
}

static inline const struct btf_type *type_next(const struct btf_type *t)
{
	return (const void *)((const char *)t + type_size(t));
}

/* The id behind typedefs, const and the like; 0, void, for a circle of them */
uint32_t types_skip(const struct types *types, uint32_t id);

/* Bytes of a value of the type, -1: it has no size */
int64_t types_size(const struct types *types, uint32_t id);

/* "struct", "enum", ... */
const char *type_kind_name(const struct btf_type *t);

#endif
