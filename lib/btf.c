/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>

#include "util.h"

#define MAX_SIZE	(16u << 20)	/* the kernel's BTF_MAX_SIZE */

/* Of our own: that of linux/btf.h grows, a file's is as long as hdr_len. */
struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t type_off, type_len;	/* from the header's end */
	uint32_t str_off, str_len;
};

/* what follows a struct btf_type: so many bytes, and so many for each of vlen */
static const struct tail {
	uint8_t fixed, each;
} tails[] = {
	[1]  = { 4, 0 },	/* INT */
	[2]  = { 0, 0 },	/* PTR */
	[3]  = { 12, 0 },	/* ARRAY */
	[4]  = { 0, 12 },	/* STRUCT */
	[5]  = { 0, 12 },	/* UNION */
	[6]  = { 0, 8 },	/* ENUM */
	[7]  = { 0, 0 },	/* FWD */
	[8]  = { 0, 0 },	/* TYPEDEF */
	[9]  = { 0, 0 },	/* VOLATILE */
	[10] = { 0, 0 },	/* CONST */
	[11] = { 0, 0 },	/* RESTRICT */
	[12] = { 0, 0 },	/* FUNC; its vlen is its linkage */
	[13] = { 0, 8 },	/* FUNC_PROTO */
	[14] = { 4, 0 },	/* VAR */
	[15] = { 0, 12 },	/* DATASEC */
	[16] = { 0, 0 },	/* FLOAT */
	[17] = { 4, 0 },	/* DECL_TAG */
	[18] = { 0, 0 },	/* TYPE_TAG */
	[19] = { 0, 12 },	/* ENUM64 */
};

/* kinds and linkages by number: older headers do not name them all */
enum { FUNC = 12, VAR = 14, DATASEC = 15, DECL_TAG = 17 };
enum { LINKAGE_STATIC = 0, LINKAGE_EXTERN = 2 };

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
	char *types;
	const char *strings;
	uint32_t types_len, strings_len;
	uint32_t *offsets;	/* by id, in types */
	uint32_t cnt;
	struct place *places;	/* NULL: not collected yet */
	size_t places_cnt;
	uint32_t put;		/* bytes of types that are rewritten */
	bool *externs;		/* by id: it was one before; NULL: none was */
};

static uint32_t kind_of(const struct btf_type *t)
{
	return t->info >> 24 & 0x1f;
}

static uint32_t vlen_of(const struct btf_type *t)
{
	return t->info & 0xffff;
}

static bool is_void(const struct btf_type *t)
{
	return kind_of(t) == 0;
}

/* bytes of a type, 0: of a kind that nobody knew */
static uint32_t size_of(const struct btf_type *t)
{
	uint32_t kind = kind_of(t);

	if (is_void(t) || kind >= ARRAY_SIZE(tails))
		return 0;
	return sizeof(*t) + tails[kind].fixed + vlen_of(t) * tails[kind].each;
}

/* Reading */

static bool inside(uint64_t whole, uint64_t offset, uint64_t size)
{
	return offset <= whole && size <= whole - offset;
}

static int check_header(const struct header *hdr, size_t size, struct err *err)
{
	size_t body;

	if (hdr->magic != BTF_MAGIC)
		return err_set(err, -EBADMSG, "magic number %#x, not %#x", hdr->magic, BTF_MAGIC);
	if (hdr->version != BTF_VERSION || hdr->flags)
		return err_set(err, -ENOTSUP, "version %u, flags %#x", hdr->version, hdr->flags);
	if (hdr->hdr_len < sizeof(*hdr) || hdr->hdr_len > size)
		return err_set(err, -EBADMSG, "a header of %u bytes in %zu", hdr->hdr_len, size);
	body = size - hdr->hdr_len;
	if (!inside(body, hdr->type_off, hdr->type_len) ||
	    !inside(body, hdr->str_off, hdr->str_len))
		return err_set(err, -EBADMSG, "types or strings lie outside its %zu bytes", size);
	if (hdr->type_len > MAX_SIZE || hdr->str_len > MAX_SIZE)
		return err_set(err, -ENOTSUP, "more than %u bytes of types or strings", MAX_SIZE);
	return 0;
}

static int read_header(struct reader *rd, struct header *hdr, const char *data,
		       size_t size, struct err *err)
{
	int r;

	if (size < sizeof(*hdr))
		return err_set(err, -EBADMSG, "%zu bytes do not hold a header", size);
	memcpy(hdr, data, sizeof(*hdr));
	r = check_header(hdr, size, err);
	if (r < 0)
		return r;
	rd->types = (char *)data + hdr->hdr_len + hdr->type_off;
	rd->types_len = hdr->type_len;
	rd->strings = data + hdr->hdr_len + hdr->str_off;
	rd->strings_len = hdr->str_len;
	if (!hdr->str_len || rd->strings[0] || rd->strings[hdr->str_len - 1])
		return err_set(err, -EBADMSG, "the strings do not begin and end with a NUL");
	return 0;
}

/* Find where each type begins; after it, all types lie within the section. */
static int index_types(struct reader *rd, struct err *err)
{
	uint32_t at, len, max = rd->types_len / sizeof(struct btf_type) + 1;
	struct btf_type t;

	rd->offsets = calloc(max, sizeof(*rd->offsets));
	if (!rd->offsets)
		return err_sys(err, -ENOMEM, "read types");
	rd->cnt = 1;
	for (at = 0; at < rd->types_len; at += len) {
		if (rd->types_len - at < sizeof(t))
			return err_set(err, -EBADMSG, "type %u is cut short", rd->cnt);
		memcpy(&t, rd->types + at, sizeof(t));
		len = size_of(&t);
		if (!len)
			return err_set(err, -ENOTSUP, "type %u is of unknown kind %u",
				       rd->cnt, kind_of(&t));
		if (len > rd->types_len - at)
			return err_set(err, -EBADMSG, "type %u is cut short", rd->cnt);
		rd->offsets[rd->cnt++] = at;
	}
	return 0;
}

/* an id outside the types reads as void */
static struct btf_type get_type(const struct reader *rd, uint32_t id)
{
	struct btf_type t = { 0 };

	if (id && id < rd->cnt)
		memcpy(&t, rd->types + rd->offsets[id], sizeof(t));
	return t;
}

static void get_tail(const struct reader *rd, uint32_t id, uint32_t i,
		     void *to, size_t size)
{
	memcpy(to, rd->types + rd->offsets[id] + sizeof(struct btf_type) +
	       i * size, size);
}

static const char *name_of(const struct reader *rd, const struct btf_type *t)
{
	return t->name_off < rd->strings_len ? rd->strings + t->name_off : "";
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

static bool find_place(const struct reader *rd, uint32_t section,
		       const char *name, uint32_t *offset)
{
	const struct place key = { .section = section, .name = name };
	const struct place *place;

	place = bsearch(&key, rd->places, rd->places_cnt, sizeof(key), cmp_place);
	if (!place || place->offset > UINT32_MAX)
		return false;
	*offset = place->offset;
	return true;
}

/* Writing */

static bool is_extern(const struct reader *rd, uint32_t id)
{
	struct btf_type t = get_type(rd, id);
	uint32_t linkage = 0;

	if (rd->externs && id < rd->cnt && rd->externs[id])
		return true;
	if (kind_of(&t) == FUNC)
		linkage = vlen_of(&t);
	else if (kind_of(&t) == VAR)
		get_tail(rd, id, 0, &linkage, sizeof(linkage));
	return linkage >= LINKAGE_EXTERN;
}

/* The next type is this one. It may stand where it is put, or behind. */
static void put(struct reader *rd, uint32_t id, const void *type, size_t size)
{
	char *to = rd->types + rd->put;

	if (to != type)
		memmove(to, type, size);
	rd->offsets[id] = rd->put;
	rd->put += size;
}

static void keep_type(struct reader *rd, uint32_t id, const struct btf_type *t)
{
	put(rd, id, rd->types + rd->offsets[id], size_of(t));
}

/* Something that keeps the number, and that every kernel takes: void * */
static const struct btf_type nothing = { .info = BTF_KIND_PTR << 24 };

static void put_nothing(struct reader *rd, uint32_t id)
{
	put(rd, id, &nothing, sizeof(nothing));
}

/*
 * A global function would be verified on its own, for whatever its prototype
 * allows; a program that loads without BTF must not fail with it.
 */
static void put_func(struct reader *rd, uint32_t id, const struct btf_type *t)
{
	struct btf_type func = *t;

	func.info = (func.info & ~0xffffu) | LINKAGE_STATIC;
	put(rd, id, &func, sizeof(func));
}

static int cmp_var(const void *a, const void *b)
{
	const struct btf_var_secinfo *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* the variables of a section, by offset; false: not all are in the file */
static bool place_vars(const struct reader *rd, uint32_t id, uint32_t section,
		       struct btf_var_secinfo *vars, uint32_t cnt)
{
	struct btf_type var;
	uint32_t i;

	for (i = 0; i < cnt; i++) {
		get_tail(rd, id, i, &vars[i], sizeof(vars[i]));
		var = get_type(rd, vars[i].type);
		if (kind_of(&var) != VAR || is_extern(rd, vars[i].type) ||
		    !find_place(rd, section, name_of(rd, &var), &vars[i].offset))
			return false;
	}
	qsort(vars, cnt, sizeof(*vars), cmp_var);
	return true;
}

/* clang leaves size and offsets 0, and the variables in no order */
static int put_datasec(struct reader *rd, uint32_t id, struct btf_type t,
		       struct err *err)
{
	_cleanup_free_ struct btf_var_secinfo *vars = NULL;
	const struct image_section *sec = image_find(rd->img, name_of(rd, &t));
	uint32_t cnt = vlen_of(&t);
	int r;

	if (t.size) {
		keep_type(rd, id, &t);
		return 0;
	}
	r = collect_places(rd, err);
	if (r < 0)
		return r;
	vars = calloc(cnt + 1, sizeof(*vars));
	if (!vars)
		return err_sys(err, -ENOMEM, "read variables");
	if (!sec || !sec->size || sec->size > UINT32_MAX ||
	    !place_vars(rd, id, sec->index, vars, cnt)) {
		put_nothing(rd, id);
		return 0;
	}
	t.size = sec->size;
	put(rd, id, &t, sizeof(t));
	memcpy(rd->types + rd->put, vars, cnt * sizeof(*vars));
	rd->put += cnt * sizeof(*vars);
	return 0;
}

/* what is about it may come later */
static int put_extern(struct reader *rd, uint32_t id, struct err *err)
{
	if (!rd->externs)
		rd->externs = calloc(rd->cnt, sizeof(*rd->externs));
	if (!rd->externs)
		return err_sys(err, -ENOMEM, "write types");
	rd->externs[id] = true;
	put_nothing(rd, id);
	return 0;
}

static int put_type(struct reader *rd, uint32_t id, struct err *err)
{
	struct btf_type t = get_type(rd, id);
	uint32_t kind = kind_of(&t);

	if (kind == DATASEC)
		return put_datasec(rd, id, t, err);
	if (is_extern(rd, id))
		return put_extern(rd, id, err);
	if (kind == DECL_TAG && is_extern(rd, t.type))
		put_nothing(rd, id);
	else if (kind == FUNC)
		put_func(rd, id, &t);
	else
		keep_type(rd, id, &t);
	return 0;
}

/* The header that every kernel takes, types, strings: no gaps. */
static int put_all(struct reader *rd, struct btf *btf, struct err *err)
{
	struct header hdr = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(hdr),
		.str_len = rd->strings_len,
	};
	uint32_t id;
	int r = 0;

	for (id = 1; r == 0 && id < rd->cnt; id++)
		r = put_type(rd, id, err);
	if (r < 0)
		return r;
	for (id = 1; id < rd->cnt; id++)
		rd->offsets[id] += sizeof(hdr);
	hdr.type_len = hdr.str_off = rd->put;
	memcpy(btf->data, &hdr, sizeof(hdr));
	if (rd->types + rd->put != rd->strings)
		memmove(rd->types + rd->put, rd->strings, rd->strings_len);
	btf->size = sizeof(hdr) + rd->put + rd->strings_len;
	btf->strings = rd->types + rd->put;
	btf->strings_len = rd->strings_len;
	btf->types = steal_ptr(&rd->offsets);
	btf->types_cnt = rd->cnt;
	return 0;
}

/* Have header, types and strings one behind the other, in a copy if need be. */
static int lay_out(struct reader *rd, struct btf *btf, const struct header *hdr,
		   char *data, bool in_place, struct err *err)
{
	char *types;

	btf->data = data;
	if (in_place && rd->types == data + sizeof(*hdr) && hdr->str_off == hdr->type_len)
		return 0;
	btf->copy = malloc(sizeof(*hdr) + rd->types_len + rd->strings_len);
	if (!btf->copy)
		return err_sys(err, -ENOMEM, "write types");
	btf->data = btf->copy;
	types = btf->copy + sizeof(*hdr);
	memcpy(types, rd->types, rd->types_len);
	memcpy(types + rd->types_len, rd->strings, rd->strings_len);
	rd->types = types;
	rd->strings = types + rd->types_len;
	return 0;
}

static void reader_free(struct reader *rd)
{
	free(rd->offsets);
	free(rd->places);
	free(rd->externs);
}

static int read_btf(struct btf *btf, const struct image *img, char *data,
		    size_t size, bool in_place, struct err *err)
{
	_cleanup_(reader_free) struct reader rd = { .img = img };
	struct header hdr;
	int r;

	memset(btf, 0, sizeof(*btf));
	r = read_header(&rd, &hdr, data, size, err);
	r = r ?: index_types(&rd, err);
	r = r ?: lay_out(&rd, btf, &hdr, data, in_place, err);
	r = r ?: put_all(&rd, btf, err);
	r = r ?: btf_index(btf, err);
	if (r < 0)
		btf_free(btf);
	return r;
}

int btf_read(struct btf *btf, const struct image *img, const void *data,
	     size_t size, struct err *err)
{
	return read_btf(btf, img, (char *)data, size, false, err);
}

int btf_read_in_place(struct btf *btf, const struct image *img, void *data,
		      size_t size, struct err *err)
{
	return read_btf(btf, img, data, size, true, err);
}

void btf_free(struct btf *btf)
{
	free(btf->copy);
	free(btf->types);
	free(btf->named);
	memset(btf, 0, sizeof(*btf));
}
