/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which types of the kernel have the names that relocations ask for.
 *
 * A kernel has some 150,000 types: they are gone through once, for all names
 * together, and most are passed over by the first two letters.
 */
#include "core.h"

#include <errno.h>

struct search {
	struct core_index *index;
	uint32_t kinds;		/* that count: a bit for each */
	uint64_t letters[65536 / 64];	/* a bit for each pair that names begin with */
};

/* of a name of at least one, behind which there is a NUL */
static inline uint32_t first_letters(const char *name)
{
	return (uint8_t)name[0] << 8 | (uint8_t)name[1];
}

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

static void want(struct search *s, uint32_t letters)
{
	s->letters[letters / 64] |= 1ull << letters % 64;
}

static inline bool may_be_wanted(const struct search *s, const char *name)
{
	uint32_t letters = first_letters(name);

	return s->letters[letters / 64] >> letters % 64 & 1;
}

/* the names that have not been found; those of one letter may have a flavour */
static void begin(struct search *s)
{
	const struct core_name *name;
	size_t i;

	memset(s->letters, 0, sizeof(s->letters));
	for (i = 0; i < s->index->cnt; i++) {
		name = &s->index->names[i];
		if (name->cnt)
			continue;
		want(s, first_letters(name->name));
		if (name->len == 1) {
			want(s, (uint8_t)name->name[0] << 8);
			want(s, (uint8_t)name->name[0] << 8 | '_');
		}
	}
}

static int take(struct search *s, const struct types *types, uint32_t id,
		const char *text, struct err *err)
{
	const struct core_name *name = core_index_find(s->index, text);

	/* what the kernel itself has does not come from a module */
	if (!name || (name->cnt && name->list[0].types != types))
		return 0;
	return add_candidate(&s->index->names[name - s->index->names], types, id, err);
}

static int look_through(struct search *s, const struct types *types,
			struct err *err)
{
	const struct btf_type *t, *end = types_end(types);
	uint32_t id = types->first;
	const char *text;
	int r = 0;

	for (t = types_begin(types); r == 0 && t < end; t = type_next(t), id++) {
		if (!t->name_off)	/* half of them */
			continue;
		text = types_string(types, t->name_off);
		if (text[0] && may_be_wanted(s, text) &&
		    s->kinds >> type_kind(t) & 1)
			r = take(s, types, id, text, err);
	}
	return r;
}

static bool all_found(const struct core_index *index)
{
	size_t i;

	for (i = 0; i < index->cnt; i++)
		if (!index->names[i].cnt)
			return false;
	return true;
}

static int search(struct core_index *index, uint32_t kinds,
		  const struct core_source *source, struct err *err)
{
	struct search s = { .index = index, .kinds = kinds };
	const struct types *types;
	size_t n;
	int r;

	for (n = 0; !all_found(index); n++) {
		r = source->get(source->data, n, &types, err);
		if (r == -ENOENT && n)
			break;
		if (r < 0)
			return r;
		begin(&s);
		r = look_through(&s, types, err);
		if (r < 0)
			return r;
	}
	err_clear(err);
	return 0;
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
	r = r ?: search(index, UINT32_MAX, source, err);
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
	r = search(index, 1u << TYPE_VAR | 1u << TYPE_FUNC, source, err);
	if (r < 0)
		core_index_free(index);
	return r;
}
