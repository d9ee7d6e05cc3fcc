/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A value, given as text, as the bytes of its type.
 *
 * Pure. Integers of any size, bool, enumerations by name or number, and
 * strings for arrays of char; whatever does not fit is refused with words.
 */
#ifndef BPFELF_VALUE_H
#define BPFELF_VALUE_H

#include "types.h"

struct value_number {
	bool negative;
	uint64_t size;		/* without its sign */
};

/* Decimal, or with 0x or 0 in front as in C; false: no number, or a larger one */
bool value_read_number(const char *text, struct value_number *n);

/* how many there are in an array of char; 0: it is none */
uint32_t value_chars(const struct types *types, uint32_t id);

/*
 * Each writes as many bytes as the type has to @to, or none. -EINVAL: that is
 * no value for the type; -ERANGE; -ENOTSUP: a type that takes none (a
 * pointer, a struct, ...).
 */
int value_put(const struct types *types, uint32_t id, const char *text,
	      char *to, struct err *err);
int value_put_number(const struct types *types, uint32_t id,
		     const struct value_number *n, char *to, struct err *err);

/* "unsigned int", "struct args", "char[16]", for words about it */
#define VALUE_TYPE_SIZE 64
const char *value_type(const struct types *types, uint32_t id,
		       char text[VALUE_TYPE_SIZE]);

#endif
