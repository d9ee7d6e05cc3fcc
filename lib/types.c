/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "types.h"

#include <errno.h>

#define MAX_SIZE	(256u << 20)	/* of all kernels' many times over */
#define MAX_DEPTH	32		/* the kernel's, of what is behind a type */

#define POINTER		8		/* bytes: of BPF, and of kernels that load it */

#define SIZE(behind)	(sizeof(struct btf_type) + (behind))

const struct type_kind type_kinds[32] = {
	[TYPE_INT]	= { SIZE(4), 0 },
	[TYPE_PTR]	= { SIZE(0), 0 },
	[TYPE_ARRAY]	= { SIZE(12), 0 },
	[TYPE_STRUCT]	= { SIZE(0), 12 },
	[TYPE_UNION]	= { SIZE(0), 12 },
	[TYPE_ENUM]	= { SIZE(0), 8 },
	[TYPE_FWD]	= { SIZE(0), 0 },
	[TYPE_TYPEDEF]	= { SIZE(0), 0 },
	[TYPE_VOLATILE]	= { SIZE(0), 0 },
	[TYPE_CONST]	= { SIZE(0), 0 },
	[TYPE_RESTRICT]	= { SIZE(0), 0 },
	[TYPE_FUNC]	= { SIZE(0), 0 },	/* its vlen is its linkage */
	[TYPE_FUNC_PROTO] = { SIZE(0), 8 },
	[TYPE_VAR]	= { SIZE(4), 0 },
	[TYPE_DATASEC]	= { SIZE(0), 12 },
	[TYPE_FLOAT]	= { SIZE(0), 0 },
	[TYPE_DECL_TAG]	= { SIZE(4), 0 },
	[TYPE_TYPE_TAG]	= { SIZE(0), 0 },
	[TYPE_ENUM64]	= { SIZE(0), 12 },
};

static const char *const kind_names[32] = {
	[TYPE_INT]	= "int",
	[TYPE_PTR]	= "pointer",
	[TYPE_ARRAY]	= "array",
	[TYPE_STRUCT]	= "struct",
	[TYPE_UNION]	= "union",
	[TYPE_ENUM]	= "enum",
	[TYPE_FWD]	= "declaration",
	[TYPE_TYPEDEF]	= "typedef",
	[TYPE_VOLATILE]	= "volatile",
	[TYPE_CONST]	= "const",
	[TYPE_RESTRICT]	= "restrict",
	[TYPE_FUNC]	= "function",
	[TYPE_FUNC_PROTO]	= "prototype",
	[TYPE_VAR]	= "variable",
	[TYPE_DATASEC]	= "section",
	[TYPE_FLOAT]	= "float",
	[TYPE_DECL_TAG]	= "tag",
	[TYPE_TYPE_TAG]	= "type tag",
	[TYPE_ENUM64]	= "enum",
};

static bool inside(uint64_t whole, uint64_t offset, uint64_t size)
{
	return offset <= whole && size <= whole - offset;
}

static int check_strings(const struct types *types, struct err *err)
{
	const char *s = types->strings;
	uint32_t len = types->strings_len;

	/* a module without names of its own has no string at all */
	if (types->base && !len)
		return 0;
	if (!len || s[len - 1] || (!types->base && s[0]))
		return err_set(err, -EBADMSG, "the strings do not begin and end with a NUL");
	return 0;
}

static int read_header(struct types *types, const char *data, size_t size,
		       struct err *err)
{
	struct types_head hdr;
	size_t body;

	if (size < sizeof(hdr))
		return err_set(err, -EBADMSG, "%zu bytes do not hold a header", size);
	memcpy(&hdr, data, sizeof(hdr));
	if (hdr.magic != BTF_MAGIC)
		return err_set(err, -EBADMSG, "magic number %#x, not %#x", hdr.magic, BTF_MAGIC);
	if (hdr.version != BTF_VERSION || hdr.flags)
		return err_set(err, -ENOTSUP, "version %u, flags %#x", hdr.version, hdr.flags);
	if (hdr.hdr_len < sizeof(hdr) || hdr.hdr_len > size)
		return err_set(err, -EBADMSG, "a header of %u bytes in %zu", hdr.hdr_len, size);
	body = size - hdr.hdr_len;
	if (!inside(body, hdr.type_off, hdr.type_len) ||
	    !inside(body, hdr.str_off, hdr.str_len))
		return err_set(err, -EBADMSG, "types or strings lie outside its %zu bytes", size);
	if (size > MAX_SIZE)
		return err_set(err, -ENOTSUP, "more than %u bytes", MAX_SIZE);
	types->data = data + hdr.hdr_len + hdr.type_off;
	types->data_len = hdr.type_len;
	types->strings = data + hdr.hdr_len + hdr.str_off;
	types->strings_len = hdr.str_len;
	return check_strings(types, err);
}

/* With a place for every type, or for each that is a multiple of 1 << @shift */
static int begin_places(struct types *types, uint8_t shift, struct err *err)
{
	size_t max = types->data_len / sizeof(struct btf_type);
	struct types_places *p;

	if ((uintptr_t)types->data % sizeof(uint32_t))
		return err_set(err, -EBADMSG, "its types are not aligned");
	p = malloc(sizeof(*p) + ((max >> shift) + 1) * sizeof(p->at[0]));
	if (!p)
		return err_sys(err, -ENOMEM, "read types");
	*p = (struct types_places) { .shift = shift };
	types->places = p;
	return 0;
}

/* Go on until number @n, and what stands at @offset, are among the known. */
static void find(const struct types *types, uint32_t n, uint32_t offset)
{
	struct types_places *p = types->places;
	uint32_t cnt = p->cnt, end = p->end, mask = (1u << p->shift) - 1;
	uint32_t left = types->data_len - end, size;
	const struct btf_type *t;

	for (; left && (cnt <= n || end <= offset); left -= size) {
		t = (const void *)(types->data + end);
		size = left < sizeof(*t) ? 0 : type_size(t);
		if (!size || size > left) {
			p->is_stuck = true;
			break;
		}
		if (!(cnt & mask))
			p->at[cnt >> p->shift] = end;
		cnt++;
		end += size;
	}
	p->cnt = cnt;
	p->end = end;
}

int types_check(const struct types *types, struct err *err)
{
	const struct types_places *p = types->places;
	const struct btf_type *t = (const void *)(types->data + p->end);
	uint32_t id = types->first + p->cnt;

	if (!p->is_stuck)
		return 0;
	if (types->data_len - p->end >= sizeof(*t) && !type_size(t))
		return err_set(err, -ENOTSUP, "type %u is of unknown kind %u", id, type_kind(t));
	return err_set(err, -EBADMSG, "type %u is cut short", id);
}

int types_index(struct types *types, struct err *err)
{
	int r = types->places ? 0 : begin_places(types, 0, err);

	if (r < 0)
		return r;
	find(types, UINT32_MAX, 0);
	r = types_check(types, err);
	if (r == 0)
		types->cnt = types->first + types->places->cnt;
	return r;
}

int types_header(struct types *types, const struct types *base, const void *data,
		 size_t size, struct err *err)
{
	memset(types, 0, sizeof(*types));
	types->base = base;
	types->first = base ? base->cnt : 1;
	types->strings_first = base ? base->strings_first + base->strings_len : 0;
	return read_header(types, data, size, err);
}

int types_read(struct types *types, const struct types *base, const void *data,
	       size_t size, struct err *err)
{
	int r;

	r = types_header(types, base, data, size, err);
	r = r ?: types_index(types, err);
	if (r < 0)
		types_free(types);
	return r;
}

/* of a kernel's 100,000 and more: a few steps to a type cost less than memory */
#define KERNEL_SHIFT	4

int types_open(struct types *types, const struct types *base, const void *data,
	       size_t size, struct err *err)
{
	int r;

	r = types_header(types, base, data, size, err);
	r = r ?: begin_places(types, KERNEL_SHIFT, err);
	if (r < 0)
		types_free(types);
	return r;
}

void types_free(struct types *types)
{
	free(types->places);
	memset(types, 0, sizeof(*types));
}

const struct btf_type *types_get(const struct types *types, uint32_t id)
{
	static const struct btf_type none;
	const struct types_places *p;
	const struct btf_type *t;
	uint32_t n, steps;

	if (types->base && id < types->first)
		types = types->base;
	p = types->places;
	if (id < types->first || !p)
		return &none;
	n = id - types->first;
	if (n >= p->cnt)
		find(types, n, 0);
	if (n >= p->cnt)
		return &none;
	t = (const void *)(types->data + p->at[n >> p->shift]);
	for (steps = n & ((1u << p->shift) - 1); steps; steps--)
		t = type_next(t);
	return t;
}

/* the last place of those noted that is not behind @offset, which is known */
static uint32_t find_place(const struct types_places *p, uint32_t offset)
{
	uint32_t low = 0, high = (p->cnt - 1) >> p->shift, mid;

	while (low < high) {
		mid = high - (high - low) / 2;
		if (p->at[mid] <= offset)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

uint32_t types_id(const struct types *types, const struct btf_type *t)
{
	uint32_t offset = (const char *)t - types->data, place, id;
	const struct types_places *p = types->places;
	const struct btf_type *known;

	find(types, 0, offset);
	if (p->end <= offset)
		return 0;
	place = find_place(p, offset);
	id = types->first + (place << p->shift);
	known = (const void *)(types->data + p->at[place]);
	for (; known < t; known = type_next(known))
		id++;
	return known == t ? id : 0;
}

uint32_t types_skip(const struct types *types, uint32_t id)
{
	const struct btf_type *t;
	int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		t = types_get(types, id);
		switch (type_kind(t)) {
		case TYPE_TYPEDEF:
		case TYPE_VOLATILE:
		case TYPE_CONST:
		case TYPE_RESTRICT:
		case TYPE_TYPE_TAG:
			id = t->type;
			break;
		default:
			return id;
		}
	}
	return 0;
}

static int64_t bytes(uint64_t cnt, uint32_t size)
{
	return size && cnt > INT32_MAX / size ? -1 : (int64_t)(cnt * size);
}

int64_t types_size(const struct types *types, uint32_t id)
{
	const struct btf_array *array;
	const struct btf_type *t;
	uint64_t cnt = 1;
	int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		t = types_get(types, types_skip(types, id));
		switch (type_kind(t)) {
		case TYPE_PTR:
			return bytes(cnt, POINTER);
		case TYPE_INT:
		case TYPE_STRUCT:
		case TYPE_UNION:
		case TYPE_ENUM:
		case TYPE_ENUM64:
		case TYPE_FLOAT:
			return bytes(cnt, t->size);
		case TYPE_ARRAY:
			array = type_tail(t);
			cnt *= array->nelems;
			if (cnt > INT32_MAX)
				return -1;
			id = array->type;
			break;
		default:
			return -1;
		}
	}
	return -1;
}

const char *type_kind_name(const struct btf_type *t)
{
	return kind_names[type_kind(t)] ?: "void";
}
