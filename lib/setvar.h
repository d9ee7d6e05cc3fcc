/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A variable of the object, or a part of one, by its name: NAME, NAME.field,
 * NAME[3], NAME[3].field ...
 *
 * Pure: the object's types say where it is and what it can hold.
 */
#ifndef BPFELF_SETVAR_H
#define BPFELF_SETVAR_H

#include "object.h"
#include "types.h"

struct setvar {
	const struct image_section *section;
	uint32_t offset;	/* of it in there, bytes */
	uint32_t size;
	uint32_t type;
	bool is_constant;	/* and the compiler may have relied on that */
};

/* @path is @len bytes of a text. -ENOENT: there is no such variable, field or
 * element; -EINVAL: it makes no sense; -ENOTSUP: a bitfield; -EBADMSG */
int setvar_find(const struct bpfelf_object *obj, const struct types *types,
		const char *path, size_t len, struct setvar *var,
		struct err *err);

#endif
