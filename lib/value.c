/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "buf.h"

#define ENUMS_NAMED	12	/* in a hint */

static const struct btf_type *skip(const struct types *types, uint32_t id)
{
	return types_get(types, types_skip(types, id));
}

static uint32_t int_flags(const struct btf_type *t)
{
	return *(const uint32_t *)type_tail(t) >> 24;
}

static bool is_bool(const struct btf_type *t)
{
	return type_kind(t) == TYPE_INT && int_flags(t) & BTF_INT_BOOL;
}

static bool is_signed(const struct btf_type *t)
{
	return type_is_enum(t) ? type_flag(t) : int_flags(t) & BTF_INT_SIGNED;
}

static bool is_char(const struct types *types, const struct btf_type *t)
{
	return type_kind(t) == TYPE_INT && t->size == 1 &&
	       (int_flags(t) & BTF_INT_CHAR || str_eq(type_name(types, t), "char"));
}

uint32_t value_chars(const struct types *types, uint32_t id)
{
	const struct btf_type *t = skip(types, id);
	const struct btf_array *array = type_tail(t);

	if (type_kind(t) != TYPE_ARRAY || !is_char(types, skip(types, array->type)))
		return 0;
	return array->nelems;
}

const char *value_type(const struct types *types, uint32_t id,
		       char text[VALUE_TYPE_SIZE])
{
	const struct btf_type *t = skip(types, id);
	const struct btf_array *array = type_tail(t);
	const char *prefix = "", *name;

	if (type_kind(t) == TYPE_ARRAY) {
		name = type_name(types, skip(types, array->type));
		snprintf(text, VALUE_TYPE_SIZE, "%s[%u]", name[0] ? name : "array", array->nelems);
		return text;
	}
	name = type_name(types, t);
	if (type_is_composite(t) || type_is_enum(t) || !name[0])
		prefix = type_kind_name(t);
	snprintf(text, VALUE_TYPE_SIZE, "%s%s%s", prefix, prefix[0] && name[0] ? " " : "", name);
	return text;
}

bool value_read_number(const char *text, struct value_number *n)
{
	char *end;

	n->negative = *text == '-';
	text += n->negative;
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n->size = strtoull(text, &end, 0);
	return !*end && !errno;
}

/* the lowest, without its sign, and the highest number of a type */
static void limits(const struct btf_type *t, uint64_t *low, uint64_t *high)
{
	uint32_t bits = t->size < 8 ? t->size * 8 : 64;

	*low = 0;
	*high = UINT64_MAX >> (64 - bits);
	if (is_bool(t))
		*high = 1;
	if (!is_signed(t))
		return;
	*low = (uint64_t)1 << (bits - 1);
	*high = *low - 1;
}

/* Those of 16 bytes get the sign in the upper half. */
static void put_bytes(const struct btf_type *t, const struct value_number *n,
		      char *to)
{
	const uint64_t value = n->negative ? -n->size : n->size;
	const uint64_t above = n->negative && n->size ? UINT64_MAX : 0;
	uint32_t i, at;

	for (i = 0; i < t->size; i++) {
		at = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? i : t->size - 1 - i;
		to[at] = i < 8 ? value >> i * 8 : above;
	}
}

static int no_value(const struct types *types, uint32_t id, struct err *err)
{
	char type[VALUE_TYPE_SIZE];

	return err_set(err, -ENOTSUP, "no value can be given to '%s'",
		       value_type(types, id, type));
}

int value_put_number(const struct types *types, uint32_t id,
		     const struct value_number *n, char *to, struct err *err)
{
	const struct btf_type *t = skip(types, id);
	char type[VALUE_TYPE_SIZE];
	uint64_t low, high;

	if ((type_kind(t) != TYPE_INT && !type_is_enum(t)) || !t->size || t->size > 16)
		return no_value(types, id, err);
	limits(t, &low, &high);
	if (n->negative ? n->size > low : n->size > high)
		return err_set(err, -ERANGE, "%s%ju does not fit: %s takes %s%ju to %ju",
			       n->negative ? "-" : "", (uintmax_t)n->size,
			       value_type(types, id, type), low ? "-" : "",
			       (uintmax_t)low, (uintmax_t)high);
	put_bytes(t, n, to);
	return 0;
}

static bool read_bool(const char *text, struct value_number *n)
{
	static const struct { const char *word; bool value; } words[] = {
		{ "true", true }, { "false", false }, { "yes", true }, { "no", false },
		{ "on", true }, { "off", false }, { "y", true }, { "n", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_eq(words[i].word, text))
			continue;
		*n = (struct value_number) { false, words[i].value };
		return true;
	}
	return value_read_number(text, n);
}

static void get_enumerator(const struct btf_type *t, uint32_t i, uint32_t *name,
			   uint64_t *value)
{
	const struct btf_enum *e = (const struct btf_enum *)type_tail(t) + i;
	const uint32_t *e64 = (const uint32_t *)type_tail(t) + i * 3;

	if (type_kind(t) == TYPE_ENUM) {
		*name = e->name_off;
		*value = type_flag(t) ? (uint64_t)(int64_t)e->val : (uint32_t)e->val;
	} else {
		*name = e64[0];
		*value = e64[1] | (uint64_t)e64[2] << 32;
	}
}

static bool read_enum(const struct types *types, const struct btf_type *t,
		      const char *text, struct value_number *n)
{
	uint32_t i, name;
	uint64_t value;

	for (i = 0; i < type_vlen(t); i++) {
		get_enumerator(t, i, &name, &value);
		if (!str_eq(types_string(types, name), text))
			continue;
		n->negative = type_flag(t) && (int64_t)value < 0;
		n->size = n->negative ? -value : value;
		return true;
	}
	return value_read_number(text, n);
}

static int hint_enum(const struct types *types, const struct btf_type *t,
		     struct err *err)
{
	_cleanup_buf_ struct buf list = { 0 };
	uint32_t i, name;
	uint64_t value;

	for (i = 0; i < type_vlen(t) && i < ENUMS_NAMED; i++) {
		get_enumerator(t, i, &name, &value);
		buf_addf(&list, "%s%s", i ? ", " : "", types_string(types, name));
	}
	return err_hint(err, "it takes %s%s", buf_str(&list), i < type_vlen(t) ? ", ..." : "");
}

static int put_chars(uint32_t room, const char *text, char *to, struct err *err)
{
	size_t len = strlen(text);

	if (len >= room)
		return err_set(err, -ERANGE, "a string of %zu bytes does not fit: there is room for %u and a NUL",
			       len, room - 1);
	memset(to, 0, room);
	memcpy(to, text, len);
	return 0;
}

int value_put(const struct types *types, uint32_t id, const char *text,
	      char *to, struct err *err)
{
	const struct btf_type *t = skip(types, id);
	struct value_number n;
	char type[VALUE_TYPE_SIZE];
	bool ok;

	if (value_chars(types, id))
		return put_chars(value_chars(types, id), text, to, err);
	if (type_is_enum(t))
		ok = read_enum(types, t, text, &n);
	else if (type_kind(t) != TYPE_INT)
		return no_value(types, id, err);
	else
		ok = is_bool(t) ? read_bool(text, &n) : value_read_number(text, &n);
	if (ok)
		return value_put_number(types, id, &n, to, err);
	err_set(err, -EINVAL, "'%s' is no value of type '%s'", text,
		value_type(types, id, type));
	return type_is_enum(t) ? hint_enum(types, t, err) : -EINVAL;
}
