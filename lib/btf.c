/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>

#include "util.h"

#define MAX_SIZE	(16u << 20)	/* the kernel's BTF_MAX_SIZE */

#define LAID_OUT	UINT32_MAX	/* the index of a section that is not in the file */

/* a variable's place, for lookups by section and name */
struct place {
	uint32_t section;
	const char *name;
	uint64_t offset;
};

/*
 * A section on its way to what the kernel takes. Types are rewritten where they
 * are, one after the other, and can become shorter only.
 */
struct reader {
	const struct image *img;
	struct btf_how how;
	struct types *types;
	char *bytes;		/* of the types */
	struct place *places;	/* NULL: not collected yet */
	size_t places_cnt;
	uint32_t put;		/* bytes of types that are rewritten */
	bool *externs;		/* by id: it was one before; NULL: none was */
};

static const char *name_of(const struct reader *rd, const struct btf_type *t)
{
	return type_name(rd->types, t);
}

/* Places of variables */

static int cmp_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* not in code, where there can be many labels */
static bool may_be_variable(const struct image *img, const struct image_symbol *sym)
{
	if (sym->section < img->sections_cnt &&
	    img->sections[sym->section].flags & SHF_EXECINSTR)
		return false;
	return sym->type == STT_OBJECT || sym->type == STT_NOTYPE;
}

static int collect_places(struct reader *rd, struct err *err)
{
	size_t i, cnt = image_symbols(rd->img);
	struct image_symbol sym;
	int r;

	if (rd->places)
		return 0;
	rd->places = calloc(cnt + 1, sizeof(*rd->places));
	if (!rd->places)
		return err_sys(err, -ENOMEM, "read symbols");
	for (i = 1; i < cnt; i++) {
		r = image_symbol(rd->img, i, &sym, err);
		if (r < 0)
			return r;
		if (may_be_variable(rd->img, &sym))
			rd->places[rd->places_cnt++] = (struct place) {
				.section = sym.section,
				.name = sym.name,
				.offset = sym.value,
			};
	}
	qsort(rd->places, rd->places_cnt, sizeof(*rd->places), cmp_place);
	return 0;
}

static int cmp_laid_out(const void *name, const void *place)
{
	return strcmp(name, ((const struct btf_place *)place)->name);
}

/* where it is in the section that is not in the file; NULL: not there */
static const struct btf_place *find_laid_out(const struct reader *rd, const char *name)
{
	const struct btf_layout *layout = rd->how.layout;

	if (!layout || !layout->cnt)
		return NULL;
	return bsearch(name, layout->vars, layout->cnt, sizeof(*layout->vars),
		       cmp_laid_out);
}

static bool find_place(const struct reader *rd, uint32_t section,
		       const char *name, uint32_t *offset)
{
	const struct place key = { .section = section, .name = name };
	const struct btf_place *laid_out;
	const struct place *place;

	if (section == LAID_OUT) {
		laid_out = find_laid_out(rd, name);
		*offset = laid_out ? laid_out->offset : 0;
		return laid_out;
	}
	place = bsearch(&key, rd->places, rd->places_cnt, sizeof(key), cmp_place);
	if (!place || place->offset > UINT32_MAX)
		return false;
	*offset = place->offset;
	return true;
}

/* Writing */

static bool is_extern(const struct reader *rd, uint32_t id)
{
	const struct btf_type *t = types_get(rd->types, id);
	uint32_t linkage = 0;

	if (rd->externs && id < rd->types->cnt && rd->externs[id])
		return true;
	if (type_kind(t) == TYPE_FUNC)
		linkage = type_vlen(t);
	else if (type_kind(t) == TYPE_VAR && !find_laid_out(rd, name_of(rd, t)))
		linkage = *(const uint32_t *)type_tail(t);
	return linkage >= LINKAGE_EXTERN;
}

/* The next type is this one. It may stand where it is put, or behind. */
static void put(struct reader *rd, uint32_t id, const void *type, size_t size)
{
	char *to = rd->bytes + rd->put;

	if (to != type)
		memmove(to, type, size);
	rd->types->places->at[id - 1] = rd->put;
	rd->put += size;
}

static void keep_type(struct reader *rd, uint32_t id, const struct btf_type *t)
{
	put(rd, id, t, type_size(t));
}

/* Something that keeps the number, and that every kernel takes: void * */
static const struct btf_type nothing = { .info = BTF_KIND_PTR << 24 };

static void put_nothing(struct reader *rd, uint32_t id)
{
	put(rd, id, &nothing, sizeof(nothing));
}

static int cmp_name(const void *name, const void *hidden)
{
	return strcmp(name, *(const char *const *)hidden);
}

static bool stays_global(const struct reader *rd, const struct btf_type *t)
{
	const struct btf_how *how = &rd->how;

	if (!how->keep_globals)
		return false;
	return !how->hidden_cnt || !bsearch(name_of(rd, t), how->hidden, how->hidden_cnt,
					    sizeof(*how->hidden), cmp_name);
}

/* A global function is verified on its own, for whatever its prototype allows,
 * and once; a static one where it is called. */
static void put_func(struct reader *rd, uint32_t id, const struct btf_type *t)
{
	struct btf_type func = *t;

	if (!stays_global(rd, t))
		func.info = (func.info & ~0xffffu) | LINKAGE_STATIC;
	put(rd, id, &func, sizeof(func));
}

/* What the object left undefined, and is there by now. */
static void put_var(struct reader *rd, uint32_t id, const struct btf_type *t)
{
	const struct {
		struct btf_type type;
		uint32_t linkage;
	} var = { *t, LINKAGE_GLOBAL };

	if (find_laid_out(rd, name_of(rd, t)))
		put(rd, id, &var, sizeof(var));
	else
		keep_type(rd, id, t);
}

static int cmp_var(const void *a, const void *b)
{
	const struct btf_var_secinfo *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* the variables of a section, by offset; false: not all are in the file */
static bool place_vars(const struct reader *rd, const struct btf_type *t,
		       uint32_t section, struct btf_var_secinfo *vars)
{
	const struct btf_type *var;
	uint32_t i;

	memcpy(vars, type_tail(t), type_vlen(t) * sizeof(*vars));
	for (i = 0; i < type_vlen(t); i++) {
		var = types_get(rd->types, vars[i].type);
		if (type_kind(var) != TYPE_VAR || is_extern(rd, vars[i].type) ||
		    !find_place(rd, section, name_of(rd, var), &vars[i].offset))
			return false;
	}
	qsort(vars, type_vlen(t), sizeof(*vars), cmp_var);
	return true;
}

static bool find_section(const struct reader *rd, const char *name,
			 uint32_t *index, uint32_t *size)
{
	const struct image_section *sec = image_find(rd->img, name);

	if (rd->how.layout && str_eq(rd->how.layout->section, name)) {
		*index = LAID_OUT;
		*size = rd->how.layout->size;
		return true;
	}
	if (!sec || !sec->size || sec->size > UINT32_MAX)
		return false;
	*index = sec->index;
	*size = sec->size;
	return true;
}

/* clang leaves size and offsets 0, and the variables in no order */
static int put_datasec(struct reader *rd, uint32_t id, const struct btf_type *t,
		       struct err *err)
{
	_cleanup_free_ struct btf_var_secinfo *vars = NULL;
	struct btf_type placed = *t;
	uint32_t section, len = type_vlen(t) * sizeof(*vars);
	int r;

	if (t->size) {
		keep_type(rd, id, t);
		return 0;
	}
	r = collect_places(rd, err);
	if (r < 0)
		return r;
	vars = malloc(len + 1);
	if (!vars)
		return err_sys(err, -ENOMEM, "read variables");
	if (!find_section(rd, name_of(rd, t), &section, &placed.size) ||
	    !place_vars(rd, t, section, vars)) {
		put_nothing(rd, id);
		return 0;
	}
	put(rd, id, &placed, sizeof(placed));
	memcpy(rd->bytes + rd->put, vars, len);
	rd->put += len;
	return 0;
}

/* what is about it may come later */
static int put_extern(struct reader *rd, uint32_t id, struct err *err)
{
	if (!rd->externs)
		rd->externs = calloc(rd->types->cnt, sizeof(*rd->externs));
	if (!rd->externs)
		return err_sys(err, -ENOMEM, "write types");
	rd->externs[id] = true;
	put_nothing(rd, id);
	return 0;
}

static int put_type(struct reader *rd, uint32_t id, struct err *err)
{
	const struct btf_type *t = types_get(rd->types, id);

	if (type_kind(t) == TYPE_DATASEC)
		return put_datasec(rd, id, t, err);
	if (is_extern(rd, id))
		return put_extern(rd, id, err);
	if (type_kind(t) == TYPE_DECL_TAG && is_extern(rd, t->type))
		put_nothing(rd, id);
	else if (type_kind(t) == TYPE_FUNC)
		put_func(rd, id, t);
	else if (type_kind(t) == TYPE_VAR)
		put_var(rd, id, t);
	else
		keep_type(rd, id, t);
	return 0;
}

/* Types, then strings: no gaps. */
static int put_all(struct reader *rd, struct btf *btf, struct err *err)
{
	struct types *types = rd->types;
	struct types_head hdr = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(hdr),
		.str_len = types->strings_len,
	};
	uint32_t id;
	int r = 0;

	for (id = 1; r == 0 && id < types->cnt; id++)
		r = put_type(rd, id, err);
	if (r < 0)
		return r;
	hdr.type_len = hdr.str_off = rd->put;
	memcpy(btf->data, &hdr, sizeof(hdr));
	if (rd->bytes + rd->put != types->strings)
		memmove(rd->bytes + rd->put, types->strings, types->strings_len);
	types->data_len = types->places->end = rd->put;
	types->strings = rd->bytes + rd->put;
	btf->size = sizeof(hdr) + rd->put + types->strings_len;
	return 0;
}

static bool is_laid_out(const struct types *types, const char *place)
{
	return (uintptr_t)place % sizeof(uint32_t) == 0 &&
	       types->data == place + sizeof(struct types_head) &&
	       types->strings == types->data + types->data_len;
}

/* Have header, types and strings one behind the other: at @place, unless it is
 * NULL, if they are so there, else in a copy. */
static int lay_out(struct reader *rd, struct btf *btf, char *place, struct err *err)
{
	struct types *types = rd->types;

	if (place && is_laid_out(types, place)) {
		btf->data = place;
		rd->bytes = place + sizeof(struct types_head);
		return 0;
	}
	btf->copy = malloc(sizeof(struct types_head) + types->data_len + types->strings_len);
	if (!btf->copy)
		return err_sys(err, -ENOMEM, "write types");
	btf->data = btf->copy;
	rd->bytes = btf->copy + sizeof(struct types_head);
	memcpy(rd->bytes, types->data, types->data_len);
	memcpy(rd->bytes + types->data_len, types->strings, types->strings_len);
	types->data = rd->bytes;
	types->strings = rd->bytes + types->data_len;
	return 0;
}

static void reader_free(struct reader *rd)
{
	free(rd->places);
	free(rd->externs);
}

static int check_size(const struct types *types, struct err *err)
{
	if (types->data_len <= MAX_SIZE && types->strings_len <= MAX_SIZE)
		return 0;
	return err_set(err, -ENOTSUP, "more than %u bytes of types or strings", MAX_SIZE);
}

static int read_btf(struct btf *btf, const struct image *img,
		    const struct btf_how *how, const void *data, size_t size,
		    char *place, struct err *err)
{
	_cleanup_(reader_free) struct reader rd = {
		.img = img, .types = &btf->types,
	};
	int r;

	if (how)
		rd.how = *how;
	memset(btf, 0, sizeof(*btf));
	r = types_header(&btf->types, NULL, data, size, err);
	r = r ?: check_size(&btf->types, err);
	r = r ?: lay_out(&rd, btf, place, err);
	r = r ?: types_index(&btf->types, err);
	r = r ?: put_all(&rd, btf, err);
	r = r ?: btf_index(btf, err);
	if (r < 0)
		btf_free(btf);
	return r;
}

int btf_read(struct btf *btf, const struct image *img,
	     const struct btf_how *how, const void *data, size_t size,
	     struct err *err)
{
	return read_btf(btf, img, how, data, size, NULL, err);
}

int btf_read_in_place(struct btf *btf, const struct image *img,
		      const struct btf_how *how, void *data, size_t size,
		      struct err *err)
{
	return read_btf(btf, img, how, data, size, data, err);
}

void btf_free(struct btf *btf)
{
	free(btf->copy);
	types_free(&btf->types);
	free(btf->named);
	memset(btf, 0, sizeof(*btf));
}
