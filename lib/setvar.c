/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "setvar.h"

#include <errno.h>

#include "near.h"

#define MAX_DEPTH	16	/* of structs without a name in others */
#define MAX_MEMBERS	100000	/* looked at: a bad struct is within itself, twice */

/* Constants and variables; not what is written for a loader (license, maps) */
static bool is_settable(const struct bpfelf_object *obj,
			const struct image_section *sec)
{
	static const char *const names[] = { ".rodata", ".data", ".bss" };
	size_t i, len;

	if (object_data(obj, sec->index))
		return true;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		len = strlen(names[i]);
		if (strncmp(sec->name, names[i], len) == 0 &&
		    (!sec->name[len] || sec->name[len] == '.'))
			return true;
	}
	return false;
}

/* the section whose variables type @id lists; NULL: it is none */
static const struct image_section *
data_section(const struct bpfelf_object *obj, const struct types *types,
	     uint32_t id)
{
	const struct btf_type *t = types_get(types, id);
	const struct image_section *sec;

	if (type_kind(t) != TYPE_DATASEC)
		return NULL;
	sec = image_find(&obj->img, type_name(types, t));
	return sec && is_settable(obj, sec) ? sec : NULL;
}

struct search {
	const struct bpfelf_object *obj;
	const struct types *types;
	const char *name;
	size_t len;
	unsigned int found;	/* of that name */
	struct buf names;	/* of all others */
	const char *nearest;	/* of these; NULL: none is near */
	unsigned int distance;
};

static void consider_near(struct search *s, const char *name)
{
	_cleanup_free_ char *word = strndup(s->name, s->len);
	unsigned int d = word ? near_distance(word, name) : NEAR_FAR;

	buf_addf(&s->names, "%s%s", s->names.len ? ", " : "", name);
	if (d == NEAR_FAR || (s->nearest && d >= s->distance))
		return;
	s->nearest = name;
	s->distance = d;
}

static void consider(struct search *s, const struct image_section *sec,
		     const struct btf_var_secinfo *at, struct setvar *var)
{
	const struct btf_type *t = types_get(s->types, at->type);
	const char *name = type_name(s->types, t);

	if (type_kind(t) != TYPE_VAR)
		return;
	if (strlen(name) != s->len || memcmp(name, s->name, s->len) != 0) {
		consider_near(s, name);
		return;
	}
	s->found++;
	*var = (struct setvar) {
		.section = sec, .offset = at->offset, .type = t->type,
	};
}

static void search(struct search *s, struct setvar *var)
{
	const struct image_section *sec;
	const struct btf_var_secinfo *v;
	const struct btf_type *t;
	uint32_t id, i;

	for (id = 1; id < s->types->cnt; id++) {
		sec = data_section(s->obj, s->types, id);
		if (!sec)
			continue;
		t = types_get(s->types, id);
		v = type_tail(t);
		for (i = 0; i < type_vlen(t); i++)
			consider(s, sec, &v[i], var);
	}
}

static int find_variable(const struct bpfelf_object *obj,
			 const struct types *types, const char *name, size_t len,
			 struct setvar *var, struct err *err)
{
	_cleanup_buf_ struct buf names = { 0 };
	struct search s = { .obj = obj, .types = types, .name = name, .len = len };

	search(&s, var);
	names = s.names;
	if (s.found == 1)
		return 0;
	if (s.found)
		return err_set(err, -EINVAL, "%u variables have the name '%.*s'",
			       s.found, (int)len, name);
	err_set(err, -ENOENT, "there is no variable '%.*s'", (int)len, name);
	if (s.nearest)
		return err_hint(err, "did you mean '%s'? The object has the variables: %s",
				s.nearest, buf_str(&names));
	if (!names.len)
		return err_hint(err, "the object has no variables");
	return err_hint(err, "the object has the variables: %s", buf_str(&names));
}

/* Whether it is declared const, and not volatile: then code that reads it may
 * have the value of the file in it. */
static bool is_constant(const struct types *types, uint32_t id)
{
	bool is_const = false;
	const struct btf_type *t;
	int depth;

	for (depth = 0; depth < 2 * MAX_DEPTH; depth++) {
		t = types_get(types, id);
		if (type_kind(t) == TYPE_VOLATILE)
			return false;
		is_const |= type_kind(t) == TYPE_CONST;
		if (type_kind(t) == TYPE_ARRAY)
			id = ((const struct btf_array *)type_tail(t))->type;
		else if (type_kind(t) == TYPE_CONST || type_kind(t) == TYPE_TYPEDEF)
			id = t->type;
		else
			break;
	}
	return is_const;
}

struct nest {
	int depth;
	unsigned int seen;
};

/* 1: found; a struct without a name has its members where it stands */
static int find_member(const struct types *types, uint32_t id, const char *name,
		       size_t len, struct setvar *var, struct nest *nest,
		       struct err *err)
{
	const struct btf_type *t = types_get(types, types_skip(types, id));
	const struct btf_member *m = type_tail(t);
	uint32_t i, bits, at = var->offset;
	const char *text;
	int r = 0;

	if (!type_is_composite(t) || nest->depth == MAX_DEPTH)
		return 0;
	nest->depth++;
	for (i = 0; r == 0 && i < type_vlen(t) && nest->seen < MAX_MEMBERS; i++) {
		nest->seen++;
		text = types_string(types, m[i].name_off);
		bits = type_flag(t) ? m[i].offset & 0xffffff : m[i].offset;
		var->offset = at + bits / 8;
		if (!text[0])
			r = find_member(types, m[i].type, name, len, var, nest, err);
		if (!text[0] || strlen(text) != len || memcmp(text, name, len) != 0)
			continue;
		var->type = m[i].type;
		if (bits % 8 || (type_flag(t) && m[i].offset >> 24))
			return err_set(err, -ENOTSUP, "'%s' is a bitfield", text);
		return 1;
	}
	nest->depth--;
	return r;
}

static int step_to_member(const struct types *types, const char *name, size_t len,
			  struct setvar *var, struct err *err)
{
	struct nest nest = { 0 };
	int r = find_member(types, var->type, name, len, var, &nest, err);

	if (r == 0)
		return err_set(err, -ENOENT, "there is no field '%.*s' in it", (int)len, name);
	return r < 0 ? r : 0;
}

static int step_to_element(const struct types *types, const char *digits,
			   size_t len, struct setvar *var, struct err *err)
{
	const struct btf_type *t = types_get(types, types_skip(types, var->type));
	const struct btf_array *array = type_tail(t);
	uint64_t n = 0;
	size_t i;

	if (type_kind(t) != TYPE_ARRAY)
		return err_set(err, -EINVAL, "it is no array");
	for (i = 0; i < len && digits[i] >= '0' && digits[i] <= '9'; i++)
		n = n > UINT32_MAX ? n : n * 10 + (digits[i] - '0');
	if (!len || i < len)
		return err_set(err, -EINVAL, "'%.*s' is no number of an element", (int)len, digits);
	if (n >= array->nelems)
		return err_set(err, -ENOENT, "element %.*s is past its end, there are %u",
			       (int)len, digits, array->nelems);
	var->type = array->type;
	/* within what check_place() takes, or refused by it */
	var->offset += n * (uint64_t)types_size(types, array->type);
	return 0;
}

static size_t name_len(const char *at, const char *end)
{
	const char *p = at;

	while (p < end && *p != '.' && *p != '[')
		p++;
	return p - at;
}

static int walk(const struct types *types, const char *at, const char *end,
		struct setvar *var, struct err *err)
{
	const char *stop;
	int r = 0;

	while (r == 0 && at < end) {
		if (*at == '.') {
			stop = at + 1 + name_len(at + 1, end);
			r = step_to_member(types, at + 1, stop - at - 1, var, err);
			at = stop;
			continue;
		}
		stop = *at == '[' ? memchr(at, ']', end - at) : NULL;
		if (!stop)
			return err_set(err, -EINVAL, "'%.*s' makes no sense behind a name",
				       (int)(end - at), at);
		r = step_to_element(types, at + 1, stop - at - 1, var, err);
		at = stop + 1;
	}
	return r;
}

/* What the types say is a stranger's word. */
static int check_place(const struct types *types, struct setvar *var,
		       uint32_t begin, struct err *err)
{
	int64_t size = types_size(types, var->type);

	if (size < 0 || var->offset < begin || var->offset > var->section->size ||
	    (uint64_t)size > var->section->size - var->offset)
		return err_set(err, -EBADMSG, "it does not lie within section '%s'",
			       var->section->name);
	var->size = size;
	return 0;
}

int setvar_find(const struct bpfelf_object *obj, const struct types *types,
		const char *path, size_t len, struct setvar *var,
		struct err *err)
{
	size_t n = name_len(path, path + len);
	uint32_t begin;
	int r;

	r = find_variable(obj, types, path, n, var, err);
	if (r < 0)
		return r;
	var->is_constant = is_constant(types, var->type);
	begin = var->offset;
	r = walk(types, path + n, path + len, var, err);
	return r ?: check_place(types, var, begin, err);
}
