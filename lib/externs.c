/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "externs.h"

#include <errno.h>

#include "object.h"

#define MAX_OPTION	65536	/* bytes of a value */

static int cmp_name(const void *a, const void *b)
{
	const struct object_extern *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int cmp_symbol(const void *a, const void *b)
{
	const struct object_extern *x = a, *y = b;

	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

/* the undefined symbols, by name */
static int collect(struct bpfelf_object *obj, struct err *err)
{
	const struct image *img = &obj->img;
	struct image_symbol sym;
	size_t i, cnt = 0;

	for (i = 0; i < img->named_cnt; i++) {
		image_symbol_at(img, img->named[i], &sym);
		cnt += sym.section == SHN_UNDEF;
	}
	obj->externs = calloc(cnt + 1, sizeof(*obj->externs));
	if (!obj->externs)
		return err_sys(err, -ENOMEM, "read externs");
	for (i = 0; i < img->named_cnt; i++) {
		image_symbol_at(img, img->named[i], &sym);
		if (sym.section == SHN_UNDEF && sym.name && sym.name[0])
			obj->externs[obj->externs_cnt++] = (struct object_extern) {
				.name = sym.name,
				.symbol = img->named[i],
				.is_weak = sym.bind == STB_WEAK,
			};
	}
	qsort(obj->externs, obj->externs_cnt, sizeof(*obj->externs), cmp_name);
	return 0;
}

static void tell_option(const struct types *types, const struct btf_type *t,
			struct object_extern *ext)
{
	int64_t size = types_size(types, t->type);

	if (type_kind(t) != TYPE_VAR || size <= 0 || size > MAX_OPTION)
		return;
	ext->kind = EXTERN_OPTION;
	ext->type = t->type;
	ext->size = size;
}

static void tell_symbol(const struct types *types, const struct btf_type *t,
			struct object_extern *ext)
{
	if (type_kind(t) == TYPE_FUNC)
		ext->kind = EXTERN_FUNCTION;
	else if (type_kind(t) == TYPE_VAR)
		ext->kind = types_skip(types, t->type) ? EXTERN_VARIABLE : EXTERN_SYMBOL;
	ext->type = t->type;
}

/* What section @id has to say of the symbols */
static void read_datasec(struct bpfelf_object *obj, const struct types *types,
			 uint32_t id)
{
	const struct btf_type *t = types_get(types, id);
	const struct btf_var_secinfo *v = type_tail(t);
	struct object_extern key = { 0 }, *ext;
	const bool is_option = str_eq(type_name(types, t), KCONFIG_SECTION);
	const struct btf_type *var;
	uint32_t i;

	if (!is_option && !str_eq(type_name(types, t), KSYMS_SECTION))
		return;
	for (i = 0; i < type_vlen(t); i++) {
		var = types_get(types, v[i].type);
		key.name = type_name(types, var);
		ext = bsearch(&key, obj->externs, obj->externs_cnt, sizeof(key), cmp_name);
		if (!ext || ext->kind != EXTERN_UNKNOWN)
			continue;
		if (is_option)
			tell_option(types, var, ext);
		else
			tell_symbol(types, var, ext);
	}
}

/* how options are laid out: bytes that a value is aligned to */
static uint32_t align_of(const struct types *types, uint32_t type)
{
	const struct btf_type *t = types_get(types, types_skip(types, type));
	const struct btf_array *array = type_tail(t);
	int64_t size;

	if (type_kind(t) == TYPE_ARRAY)
		type = array->type;
	size = types_size(types, type);
	return size == 2 || size == 4 ? size : size >= 8 ? 8 : 1;
}

struct option {
	struct object_extern *ext;
	uint32_t align;
};

/* The order that libbpf has, so that maps look alike. */
static int cmp_option(const void *a, const void *b)
{
	const struct option *x = a, *y = b;

	if (x->align != y->align)
		return x->align > y->align ? -1 : 1;
	if (x->ext->size != y->ext->size)
		return x->ext->size < y->ext->size ? -1 : 1;
	return strcmp(x->ext->name, y->ext->name);
}

static uint64_t place_options(struct option *options, size_t cnt)
{
	uint64_t at = 0;
	size_t i;

	qsort(options, cnt, sizeof(*options), cmp_option);
	for (i = 0; i < cnt; i++) {
		at += -at % options[i].align;
		options[i].ext->offset = at;
		at += options[i].ext->size;
	}
	return at;
}

static int read_options(struct bpfelf_object *obj, const struct types *types,
			struct err *err)
{
	_cleanup_free_ struct option *options = NULL;
	size_t i, cnt = 0;
	uint64_t size;

	options = calloc(obj->externs_cnt + 1, sizeof(*options));
	if (!options)
		return err_sys(err, -ENOMEM, "read externs");
	for (i = 0; i < obj->externs_cnt; i++)
		if (obj->externs[i].kind == EXTERN_OPTION)
			options[cnt++] = (struct option) {
				&obj->externs[i], align_of(types, obj->externs[i].type),
			};
	size = place_options(options, cnt);
	if (size > INT32_MAX)
		return err_set(err, -E2BIG, "section '%s': %ju bytes of values do not fit into a map",
			       KCONFIG_SECTION, (uintmax_t)size);
	obj->kconfig = (struct image_section) {
		.name = KCONFIG_SECTION, .type = SHT_NOBITS, .flags = SHF_ALLOC, .size = size,
	};
	return 0;
}

/* while they are sorted by name */
static int lay_out(struct bpfelf_object *obj, struct err *err)
{
	struct btf_layout *layout = &obj->options;
	size_t i;

	if (!obj->kconfig.size)
		return 0;
	layout->vars = calloc(obj->externs_cnt, sizeof(*layout->vars));
	if (!layout->vars)
		return err_sys(err, -ENOMEM, "read externs");
	layout->section = obj->kconfig.name;
	layout->size = obj->kconfig.size;
	for (i = 0; i < obj->externs_cnt; i++)
		if (obj->externs[i].kind == EXTERN_OPTION)
			layout->vars[layout->cnt++] = (struct btf_place) {
				obj->externs[i].name, obj->externs[i].offset,
			};
	return 0;
}

const struct btf_layout *externs_layout(const struct bpfelf_object *obj)
{
	return obj->options.cnt ? &obj->options : NULL;
}

static int read_all(struct bpfelf_object *obj, const struct types *types,
		    struct err *err)
{
	uint32_t id;
	int r;

	r = collect(obj, err);
	if (r < 0)
		return r;
	for (id = 1; id < types->cnt; id++)
		if (type_kind(types_get(types, id)) == TYPE_DATASEC)
			read_datasec(obj, types, id);
	r = read_options(obj, types, err);
	r = r ?: lay_out(obj, err);
	qsort(obj->externs, obj->externs_cnt, sizeof(*obj->externs), cmp_symbol);
	return r;
}

int externs_read(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec = image_find(&obj->img, BTF_SECTION);
	_cleanup_(types_free) struct types types = { 0 };
	_cleanup_free_ uint32_t *aligned = NULL;
	struct err why = { 0 };
	int r;

	if (!obj->has_undefined || !sec || !sec->data)
		return 0;
	aligned = malloc(sec->size + 1);
	if (!aligned)
		return err_sys(err, -ENOMEM, "read externs");
	memcpy(aligned, sec->data, sec->size);
	r = types_read(&types, NULL, aligned, sec->size, &why);
	if (r == -ENOMEM)
		return err_sys(err, r, "read externs");
	/* who refers to one is told that it is not defined */
	return r < 0 ? 0 : read_all(obj, &types, err);
}

int externs_add_map(struct bpfelf_object *obj, struct err *err)
{
	struct bpfelf_map *maps;

	if (!obj->kconfig.size)
		return 0;
	maps = reallocarray(obj->maps, obj->maps_cnt + 1, sizeof(*maps));
	if (!maps)
		return err_sys(err, -ENOMEM, "read externs");
	obj->maps = maps;
	maps[obj->maps_cnt++] = (struct bpfelf_map) {
		.name = KCONFIG_SECTION,
		.data = &obj->kconfig,
		.def = {
			.type = BPF_MAP_TYPE_ARRAY,
			.size_key = sizeof(uint32_t),
			.size_value = obj->kconfig.size,
			.max_elem = 1,
			.flags = object_data_flags(obj, &obj->kconfig),
		},
	};
	obj->kconfig_map = obj->maps_cnt;
	return 0;
}

const struct object_extern *externs_find(const struct bpfelf_object *obj,
					 uint32_t symbol)
{
	const struct object_extern key = { .symbol = symbol };

	if (!obj->externs_cnt)
		return NULL;
	return bsearch(&key, obj->externs, obj->externs_cnt, sizeof(key), cmp_symbol);
}
