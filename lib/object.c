/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "object.h"

#include <errno.h>
#include <sha1.h>

int object_cmp_names(bool x_global, size_t x_symbol,
		     bool y_global, size_t y_symbol)
{
	if (x_global != y_global)
		return x_global ? -1 : 1;
	return (x_symbol > y_symbol) - (x_symbol < y_symbol);
}

static int read_license(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec = image_find(&obj->img, ELF_SECTION_LICENSE);

	obj->license = sec && sec->type == SHT_PROGBITS && sec->size ?
		       strndup(sec->data, sec->size) : strdup("");
	return obj->license ? 0 : err_sys(err, -ENOMEM, "read the licence");
}

/* What we cannot read must not pass unseen: the fields of kernel structs would
 * be read where they were on the machine that compiled. */
static void note_core_relocations(struct bpfelf_object *obj)
{
	const struct image_section *sec = image_find(&obj->img, BTFEXT_SECTION);

	if (obj->btfext.relos.cnt || !sec || !sec->data ||
	    !btfext_has_relos(sec->data, sec->size))
		return;
	buf_addf(&obj->notes, "object '%s' has CO-RE relocations, which are not applied (%s): "
		 "kernel structs are read with their compile-time layout\n",
		 obj->name, obj->btf_problem ?: "it has no types");
}

/* Records know their section by name: of two with one name, whose are they?
 * Of several for one section, the first. */
static struct code *code_of_run(struct bpfelf_object *obj,
				const struct btfext_run *run)
{
	const struct image_section *sec = image_find(&obj->img, run->section);
	const struct code *code = sec ? object_code(obj, sec->index) : NULL;

	return code ? &obj->codes[code - obj->codes] : NULL;
}

enum { FUNCS, LINES, RELOS };

static void give_runs(struct bpfelf_object *obj, const struct btfext_table *table,
		      int kind)
{
	struct code *code;
	size_t i;

	for (i = table->runs_cnt; i-- > 0;) {
		code = code_of_run(obj, &table->runs[i]);
		if (!code)
			continue;
		if (kind == FUNCS)
			code->funcs = &table->runs[i];
		else if (kind == LINES)
			code->lines = &table->runs[i];
		else
			code->relos = &table->runs[i];
	}
}

static void give_records(struct bpfelf_object *obj)
{
	give_runs(obj, &obj->btfext.funcs, FUNCS);
	give_runs(obj, &obj->btfext.lines, LINES);
	give_runs(obj, &obj->btfext.relos, RELOS);
}

static int note_btf_problem(struct bpfelf_object *obj, const char *section,
			    int r, const struct err *why, struct err *err)
{
	if (r == 0)
		return 0;
	if (r == -ENOMEM)
		return err_set(err, r, "section '%s': %s", section, why->text);
	obj->btf_problem = str_printf("section '%s': %s", section, why->text);
	return obj->btf_problem ? 0 : err_sys(err, -ENOMEM, "read");
}

static int cmp_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Functions that are global in this object alone. */
static int find_hidden(const struct bpfelf_object *obj, struct btf_how *how,
		       struct err *err)
{
	const struct image *img = &obj->img;
	struct image_symbol sym;
	size_t i;

	if (!img->has_hidden || !how->keep_globals)
		return 0;
	how->hidden = reallocarray(NULL, img->named_cnt + 1, sizeof(*how->hidden));
	if (!how->hidden)
		return err_sys(err, -ENOMEM, "read types");
	for (i = 0; i < img->named_cnt; i++) {
		image_symbol_at(img, img->named[i], &sym);
		if (sym.name && object_code(obj, sym.section) &&
		    image_symbol_is_hidden(img, img->named[i]))
			how->hidden[how->hidden_cnt++] = sym.name;
	}
	qsort(how->hidden, how->hidden_cnt, sizeof(*how->hidden), cmp_names);
	return 0;
}

static bool overlap(const struct image_section *a, const struct image_section *b)
{
	const char *x = a->data, *y = b->data;

	return x && y && x < y + b->size && y < x + a->size;
}

/* Types are checked once and believed from then on; so nothing else may write
 * to them that is made ready in place as well. */
static bool is_alone(const struct bpfelf_object *obj,
		     const struct image_section *types)
{
	const struct image_section *ext = image_find(&obj->img, BTFEXT_SECTION);
	size_t i;

	for (i = 0; i < obj->codes_cnt; i++)
		if (overlap(types, obj->codes[i].sec))
			return false;
	return !ext || !overlap(types, ext);
}

static int read_types(struct bpfelf_object *obj, const struct image_section *sec,
		      struct err *err)
{
	struct btf_how how = {
		.layout = externs_layout(obj),
		.keep_globals = object_is_libbpf(obj),
	};
	int r;

	r = find_hidden(obj, &how, err);
	if (r == 0 && is_alone(obj, sec))
		r = btf_read_in_place(&obj->btf, &obj->img, &how,
				      image_place(&obj->img, sec), sec->size, err);
	else if (r == 0)
		r = btf_read(&obj->btf, &obj->img, &how, sec->data, sec->size, err);
	free(how.hidden);
	return r;
}

/* Types and lines help; what is wrong with them must not keep an object from
 * being loaded. */
static int read_btf(struct bpfelf_object *obj, struct err *err)
{
	const struct image_section *sec = image_find(&obj->img, BTF_SECTION);
	struct err why = { 0 };
	int r;

	if (!sec || !sec->data)
		return 0;
	r = read_types(obj, sec, &why);
	if (r < 0)
		return note_btf_problem(obj, BTF_SECTION, r, &why, err);
	sec = image_find(&obj->img, BTFEXT_SECTION);
	if (!sec || !sec->data)
		return 0;
	r = btfext_read(&obj->btfext, &obj->btf, image_place(&obj->img, sec), sec->size, &why);
	give_records(obj);
	return note_btf_problem(obj, BTFEXT_SECTION, r, &why, err);
}

/* While the bytes are still those of the file. Hashing them takes more time
 * than all the rest, so it is for those who need it. */
static void keep_id(struct bpfelf_object *obj)
{
	size_t i;

	for (i = 0; i < obj->defs_cnt; i++)
		if (obj->maps[i].def.pinning == PIN_OBJECT_NS) {
			object_id(obj, obj->id);
			return;
		}
}

static int parse(struct bpfelf_object *obj, enum maplayout layout,
		 struct err *err)
{
	int r;

	r = read_license(obj, err);
	r = r ?: object_read_maps(obj, err);
	r = r ?: object_read_code(obj, err);
	r = r ?: externs_read(obj, err);
	if (r == 0)
		keep_id(obj);
	r = r ?: read_btf(obj, err);
	r = r ?: object_read_layouts(obj, layout, err);
	r = r ?: object_read_btfmaps(obj, err);
	r = r ?: object_read_values(obj, err);
	r = r ?: object_read_data(obj, err);
	r = r ?: externs_add_map(obj, err);
	if (r < 0)
		return r;
	note_core_relocations(obj);
	return buf_failed(&obj->notes) ? err_sys(err, -ENOMEM, "read") : 0;
}

/* @name is part of @path */
static int new_object(struct bpfelf_object **obj, const char *path,
		      const char *name, struct err *err)
{
	*obj = calloc(1, sizeof(**obj));
	if (*obj)
		(*obj)->path = strdup(path);
	if (*obj && (*obj)->path) {
		(*obj)->name = (*obj)->path + (name - path);
		return 0;
	}
	free(*obj);
	*obj = NULL;
	return err_sys(err, -ENOMEM, "open");
}

static int finish(struct bpfelf_object **obj, int r)
{
	if (r < 0) {
		bpfelf_object_free(*obj);
		*obj = NULL;
	}
	return r;
}

int object_open_as(struct bpfelf_object **obj, const char *path,
		   enum maplayout layout, struct err *err)
{
	int r;

	r = new_object(obj, path, path_base(path), err);
	if (r < 0)
		return r;
	r = image_open(&(*obj)->img, path, err);
	r = r ?: parse(*obj, layout, err);
	return finish(obj, r);
}

int object_open(struct bpfelf_object **obj, const char *path, struct err *err)
{
	return object_open_as(obj, path, MAPLAYOUT_UNKNOWN, err);
}

int object_open_mem_as(struct bpfelf_object **obj, const void *data,
		       size_t size, const char *name, enum maplayout layout,
		       struct err *err)
{
	int r;

	r = new_object(obj, name, name, err);
	if (r < 0)
		return r;
	r = image_open_mem(&(*obj)->img, data, size, err);
	r = r ?: parse(*obj, layout, err);
	return finish(obj, r);
}

int object_open_mem(struct bpfelf_object **obj, const void *data, size_t size,
		    const char *name, struct err *err)
{
	return object_open_mem_as(obj, data, size, name, MAPLAYOUT_UNKNOWN, err);
}

void bpfelf_object_free(struct bpfelf_object *obj)
{
	size_t i;

	if (!obj)
		return;
	free(obj->rels);
	free(obj->codes);
	free(obj->code_of);
	free(obj->data_of);
	free(obj->externs);
	free(obj->options.vars);
	free(obj->progs);
	for (i = 0; i < obj->maps_cnt; i++)
		free(obj->maps[i].made_up);
	free(obj->maps);
	free(obj->symbol_maps);
	free(obj->btf_specs);
	free(obj->values);
	free(obj->license);
	free(obj->path);
	btf_free(&obj->btf);
	btfext_free(&obj->btfext);
	free(obj->btf_problem);
	buf_free(&obj->notes);
	image_close(&obj->img);
	free(obj);
}

void object_id(const struct bpfelf_object *obj, char id[OBJECT_ID_LEN + 1])
{
	if (obj->id[0])
		memcpy(id, obj->id, sizeof(obj->id));
	else
		SHA1Data((const uint8_t *)obj->img.bytes, obj->img.size, id);
}

const char *bpfelf_object_name(const struct bpfelf_object *obj)
{
	return obj->name;
}

const char *bpfelf_object_license(const struct bpfelf_object *obj)
{
	return obj->license;
}
