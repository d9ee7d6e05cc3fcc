/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which types of the kernel have the names that relocations ask for.
 *
 * A kernel has some 150,000 types, and most of their names would have to be
 * fetched from memory one by one. So the strings are gone through first, for
 * all names together, then the types, for the offsets of what was found.
 */
#include "core.h"

#include <errno.h>

#include "core_search.h"

/* a string of the kernel's that is a name, or one with a flavour */
struct spelling {
	uint32_t offset;	/* as a type has it */
	struct core_name *name;
};

struct search {
	struct core_index *index;
	struct spelling *list;	/* sorted */
	size_t cnt;
	size_t kernels;		/* so many are the kernel's, for its modules as well */
};

static int cmp_name(const void *a, const void *b)
{
	const struct core_name *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int r = memcmp(x->name, y->name, len);

	return r ?: (x->len > y->len) - (x->len < y->len);
}

const struct core_name *core_index_find(const struct core_index *index,
					const char *name)
{
	const struct core_name key = { .name = name, .len = core_name_len(name) };

	if (!index->cnt)
		return NULL;
	return bsearch(&key, index->names, index->cnt, sizeof(key), cmp_name);
}

static void sort_names(struct core_index *index)
{
	size_t i, n = 0;

	qsort(index->names, index->cnt, sizeof(*index->names), cmp_name);
	for (i = 0; i < index->cnt; i++)
		if (!n || cmp_name(&index->names[n - 1], &index->names[i]))
			index->names[n++] = index->names[i];
	index->cnt = n;
}

static int collect_names(struct core_index *index, const struct types *local,
			 const struct bpf_core_relo *relos, size_t cnt,
			 struct err *err)
{
	const char *name;
	size_t i;

	index->names = calloc(cnt + 1, sizeof(*index->names));
	if (!index->names)
		return err_sys(err, -ENOMEM, "look for types");
	for (i = 0; i < cnt; i++) {
		name = type_name(local, types_get(local, relos[i].type_id));
		if (name[0] && relos[i].kind != BPF_CORE_TYPE_ID_LOCAL)
			index->names[index->cnt++] = (struct core_name) {
				.name = name, .len = core_name_len(name),
			};
	}
	sort_names(index);
	return 0;
}

static int add_candidate(struct core_name *name, const struct types *types,
			 uint32_t id, struct err *err)
{
	struct core_candidate *list;

	list = reallocarray(name->list, name->cnt + 1, sizeof(*list));
	if (!list)
		return err_sys(err, -ENOMEM, "look for types");
	list[name->cnt++] = (struct core_candidate) { types, id };
	name->list = list;
	return 0;
}

static int add_spelling(struct search *s, uint32_t offset, struct core_name *name,
			struct err *err)
{
	struct spelling *list;

	list = reallocarray(s->list, s->cnt + 1, sizeof(*list));
	if (!list)
		return err_sys(err, -ENOMEM, "look for types");
	list[s->cnt++] = (struct spelling) { offset, name };
	s->list = list;
	return 0;
}

/* Names that have not been found yet, in the strings of @types. One string is
 * there once, as a rule; were it there twice, both would be found. */
static int find_spellings(struct search *s, const struct types *types, struct err *err)
{
	struct core_letters letters = { 0 };
	struct core_name *name;
	size_t i, at;
	int r = 0;

	for (i = 0; i < s->index->cnt; i++)
		if (!s->index->names[i].cnt)
			core_letters_want(&letters, s->index->names[i].name,
					  s->index->names[i].len);
	while (r == 0) {
		at = core_letters_next(&letters, types->strings, types->strings_len);
		if (at >= types->strings_len)
			break;
		name = (struct core_name *)core_index_find(s->index, types->strings + at);
		if (name && !name->cnt)
			r = add_spelling(s, types->strings_first + at, name, err);
	}
	return r;
}

static int cmp_offset(const void *a, const void *b)
{
	const struct spelling *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int take(struct search *s, const struct types *types, uint32_t id,
		uint32_t offset, struct err *err)
{
	const struct spelling key = { .offset = offset };
	const struct spelling *found;

	found = bsearch(&key, s->list, s->cnt, sizeof(key), cmp_offset);
	/* what the kernel itself has does not come from a module */
	if (!found || (found->name->cnt && found->name->list[0].types != types))
		return 0;
	return add_candidate(found->name, types, id, err);
}

static int find_few(struct search *s, const struct types *types,
		    const uint32_t *offsets, size_t cnt, struct err *err)
{
	uint32_t at, id;
	int r = 0;

	for (at = 0; r == 0; at += sizeof(uint32_t)) {
		at = core_search_types(types, at, offsets, cnt);
		if (at >= types->data_len)
			break;
		id = types_at(types, at);
		if (id)
			r = take(s, types, id, types_get(types, id)->name_off, err);
	}
	return r;
}

/* most types are passed over by the low bits of their names' offsets */
static int find_many(struct search *s, const struct types *types, struct err *err)
{
	const struct btf_type *t, *end = types_end(types);
	uint64_t low[65536 / 64] = { 0 };
	uint32_t id = types->first;
	uint16_t bit;
	size_t i;
	int r = 0;

	for (i = 0; i < s->cnt; i++) {
		bit = s->list[i].offset;
		low[bit / 64] |= 1ull << bit % 64;
	}
	for (t = types_begin(types); r == 0 && t < end; t = type_next(t), id++) {
		bit = t->name_off;
		if (low[bit / 64] >> bit % 64 & 1)
			r = take(s, types, id, t->name_off, err);
	}
	return r;
}

static int look_through(struct search *s, const struct types *types,
			struct err *err)
{
	uint32_t few[CORE_SEARCH_FEW];
	size_t i, n = 0;
	int r;

	s->cnt = types->base ? s->kernels : 0;
	r = find_spellings(s, types, err);
	if (r < 0)
		return r;
	if (!types->base)
		s->kernels = s->cnt;
	for (i = 0; i < s->cnt; i++) {
		if (s->list[i].name->cnt)
			continue;
		if (n == CORE_SEARCH_FEW)
			return find_many(s, types, err);
		few[n++] = s->list[i].offset;
	}
	return n ? find_few(s, types, few, n, err) : 0;
}

static bool all_found(const struct core_index *index)
{
	size_t i;

	for (i = 0; i < index->cnt; i++)
		if (!index->names[i].cnt)
			return false;
	return true;
}

static int search_all(struct search *s, const struct core_source *source,
		      struct err *err)
{
	const struct types *types;
	size_t n;
	int r;

	for (n = 0; !all_found(s->index); n++) {
		r = source->get(source->data, n, &types, err);
		if (r == -ENOENT && n)
			break;
		r = r ?: look_through(s, types, err);
		if (r < 0)
			return r;
	}
	err_clear(err);
	return 0;
}

static int search(struct core_index *index, const struct core_source *source,
		  struct err *err)
{
	struct search s = { .index = index };
	int r;

	r = search_all(&s, source, err);
	free(s.list);
	return r;
}

void core_index_free(struct core_index *index)
{
	size_t i;

	for (i = 0; i < index->cnt; i++)
		free(index->names[i].list);
	free(index->names);
	memset(index, 0, sizeof(*index));
}

int core_index_make(struct core_index *index, const struct types *local,
		    const struct bpf_core_relo *relos, size_t cnt,
		    const struct core_source *source, struct err *err)
{
	int r;

	memset(index, 0, sizeof(*index));
	r = collect_names(index, local, relos, cnt, err);
	r = r ?: search(index, source, err);
	if (r < 0)
		core_index_free(index);
	return r;
}

int core_index_names(struct core_index *index, const char *const *names,
		     size_t cnt, const struct core_source *source,
		     struct err *err)
{
	size_t i;
	int r;

	memset(index, 0, sizeof(*index));
	index->names = calloc(cnt + 1, sizeof(*index->names));
	if (!index->names)
		return err_sys(err, -ENOMEM, "look for types");
	for (i = 0; i < cnt; i++)
		index->names[i] = (struct core_name) {
			.name = names[i], .len = core_name_len(names[i]),
		};
	index->cnt = cnt;
	sort_names(index);
	r = search(index, source, err);
	if (r < 0)
		core_index_free(index);
	return r;
}
