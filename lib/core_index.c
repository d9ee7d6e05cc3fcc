/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which types of the kernel have the names that relocations ask for.
 *
 * A kernel has some 150,000 types, and walking them is slow, as each must be
 * seen to know where the next one is. So the words they consist of are gone
 * through, all names together, for what says that here is a type of the right
 * kind; of those most are passed over by the first two letters of their names.
 * Where one has a name that is wanted, types_id() tells whether it is a type.
 */
#include "core.h"

#include <errno.h>

#define BLOCK	16	/* words */
#define AHEAD	1024	/* words: a page, as processors themselves stop at its end */
#define KIND	0x1f000000u

/* what processors compare in one go; compilers write it out for those that
 * cannot */
typedef uint32_t words_t __attribute__((vector_size(16), aligned(4), may_alias));

struct search {
	struct core_index *index;
	uint32_t kinds[32];
	uint32_t kinds_cnt;
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
	struct core_name *names = index->names;
	size_t i, n = 0;

	qsort(names, index->cnt, sizeof(*names), cmp_name);
	for (i = 0; i < index->cnt; i++)
		if (n && cmp_name(&names[n - 1], &names[i]) == 0)
			names[n - 1].kinds |= names[i].kinds;
		else
			names[n++] = names[i];
	index->cnt = n;
}

/* what is_kind() of core.c takes for the same */
static uint32_t kinds_like(const struct btf_type *t)
{
	return type_is_enum(t) ? 1u << TYPE_ENUM | 1u << TYPE_ENUM64 : 1u << type_kind(t);
}

static int collect_names(struct core_index *index, const struct types *local,
			 const struct bpf_core_relo *relos, size_t cnt,
			 struct err *err)
{
	const struct btf_type *t;
	const char *name;
	size_t i;

	index->names = calloc(cnt + 1, sizeof(*index->names));
	if (!index->names)
		return err_sys(err, -ENOMEM, "look for types");
	for (i = 0; i < cnt; i++) {
		t = types_get(local, relos[i].type_id);
		name = type_name(local, t);
		if (name[0] && relos[i].kind != BPF_CORE_TYPE_ID_LOCAL)
			index->names[index->cnt++] = (struct core_name) {
				.name = name, .len = core_name_len(name),
				.kinds = kinds_like(t),
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
	uint32_t kind, kinds = 0;
	size_t i;

	memset(s->letters, 0, sizeof(s->letters));
	for (i = 0; i < s->index->cnt; i++) {
		name = &s->index->names[i];
		if (name->cnt)
			continue;
		kinds |= name->kinds;
		want(s, first_letters(name->name));
		if (name->len == 1) {
			want(s, (uint8_t)name->name[0] << 8);
			want(s, (uint8_t)name->name[0] << 8 | '_');
		}
	}
	s->kinds_cnt = 0;
	for (kind = 0; kind < 32; kind++)
		if (kinds >> kind & 1)
			s->kinds[s->kinds_cnt++] = kind << 24;
}

/* @bit and the three above it, for words that have this kind */
static inline words_t bits_of(words_t words, uint32_t kind, uint32_t bit)
{
	return ((words & KIND) == kind) & (words_t){ bit, bit << 1, bit << 2, bit << 3 };
}

/* A bit for each of BLOCK words that may be the `info` of a wanted type */
static inline uint32_t wanted_words(const struct search *s, const uint32_t *words)
{
	const words_t *w = (const void *)words;
	words_t bits = { 0 };
	uint64_t half[2];
	uint32_t i, kind;

	for (i = 0; i < s->kinds_cnt; i++) {
		kind = s->kinds[i];
		bits |= bits_of(w[0], kind, 1) | bits_of(w[1], kind, 1 << 4) |
			bits_of(w[2], kind, 1 << 8) | bits_of(w[3], kind, 1 << 12);
	}
	memcpy(half, &bits, sizeof(half));
	half[0] |= half[1];
	return half[0] | half[0] >> 32;
}

static int take(struct search *s, const struct types *types,
		const struct btf_type *t, const char *text, struct err *err)
{
	const struct core_name *found = core_index_find(s->index, text);
	struct core_name *name;
	uint32_t id;

	if (!found)
		return 0;
	name = &s->index->names[found - s->index->names];
	/* what the kernel itself has does not come from a module */
	if (!(name->kinds >> type_kind(t) & 1) ||
	    (name->cnt && name->list[0].types != types))
		return 0;
	id = types_id(types, t);
	return id ? add_candidate(name, types, id, err) : types_check(types, err);
}

/* A type has its name's offset in the word before `info`. */
static int look_at(struct search *s, const struct types *types,
		   const uint32_t *words, uint32_t bits, struct err *err)
{
	const struct btf_type *t;
	const char *text;
	int r = 0;

	for (; r == 0 && bits; bits &= bits - 1) {
		t = (const void *)(words + __builtin_ctz(bits) - 1);
		text = types_string(types, t->name_off);
		if (text[0] && may_be_wanted(s, text))
			r = take(s, types, t, text, err);
	}
	return r;
}

/* `info` is neither the first word nor the last. */
static int look_through(struct search *s, const struct types *types,
			struct err *err)
{
	const uint32_t *words = (const void *)types->data;
	size_t i, cnt = types->data_len / sizeof(*words);
	uint32_t last[BLOCK] = { 0 }, bits;
	int r = 0;

	for (i = 1; r == 0 && i + BLOCK < cnt; i += BLOCK) {
		__builtin_prefetch(words + i + AHEAD);
		bits = wanted_words(s, words + i);
		if (bits)	/* of one block in five */
			r = look_at(s, types, words + i, bits, err);
	}
	if (r < 0 || i + 1 >= cnt)
		return r;
	memcpy(last, words + i, (cnt - 1 - i) * sizeof(*last));
	bits = wanted_words(s, last);
	return look_at(s, types, words + i, bits, err);
}

static bool all_found(const struct core_index *index)
{
	size_t i;

	for (i = 0; i < index->cnt; i++)
		if (!index->names[i].cnt)
			return false;
	return true;
}

static int search(struct core_index *index, const struct core_source *source,
		  struct err *err)
{
	struct search s = { .index = index };
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
	r = r ?: search(index, source, err);
	if (r < 0)
		core_index_free(index);
	return r;
}

int core_index_names(struct core_index *index, const char *const *names,
		     size_t cnt, uint32_t kinds,
		     const struct core_source *source, struct err *err)
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
			.kinds = kinds,
		};
	index->cnt = cnt;
	sort_names(index);
	r = search(index, source, err);
	if (r < 0)
		core_index_free(index);
	return r;
}
