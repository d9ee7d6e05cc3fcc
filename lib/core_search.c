/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "core_search.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STRIDE		16			/* bytes of strings looked at in one go */
#define SEEN		(STRIDE + 2)		/* with what follows the last of them */
#define WORDS		16			/* words of types */

static inline bool has(const uint64_t *set, uint8_t a, uint8_t b)
{
	return set[(a << 8 | b) / 64] >> b % 64 & 1;
}

static void add(uint64_t *set, uint8_t a, uint8_t b)
{
	set[(a << 8 | b) / 64] |= 1ull << b % 64;
}

static void add_head(struct core_letters *l, uint8_t first, uint8_t second)
{
	if (has(l->heads, first, second))
		return;
	add(l->heads, first, second);
	if (l->cnt < CORE_LETTERS_FEW) {
		l->first[l->cnt] = first;
		l->second[l->cnt] = second;
	}
	l->cnt++;
}

/* a short name ends before its fourth letter, or goes on with a flavour's '_' */
void core_letters_want(struct core_letters *letters, const char *name, size_t len)
{
	struct core_letters *l = letters;

	if (!len)
		return;
	add_head(l, name[0], len > 1 ? name[1] : '\0');
	if (len == 1)
		add_head(l, name[0], '_');
	add(l->tails, len > 2 ? name[2] : '\0', len > 3 ? name[3] : '\0');
	if (len < 4)
		add(l->tails, len > 2 ? name[2] : '_', '_');
}

/* not a byte is read behind a string's NUL */
static inline bool is_wanted(const struct core_letters *l, const char *s)
{
	if (!s[0] || !has(l->heads, s[0], s[1]))
		return false;
	return !s[1] || has(l->tails, s[2], s[2] ? s[3] : '\0');
}

#ifdef __SSE2__

static inline __m128i load(const void *at)
{
	return _mm_loadu_si128(at);
}

/* A bit for each NUL of STRIDE bytes; of those, if heads are few, behind which
 * one of them stands. */
static inline uint32_t beginnings(const struct core_letters *l, const char *s)
{
	__m128i nuls = _mm_cmpeq_epi8(load(s), _mm_setzero_si128());
	__m128i a = load(s + 1), b = load(s + 2), heads = _mm_setzero_si128();
	size_t i;

	if (l->cnt > CORE_LETTERS_FEW)
		return _mm_movemask_epi8(nuls);
	for (i = 0; i < l->cnt; i++)
		heads = _mm_or_si128(heads, _mm_and_si128(
			_mm_cmpeq_epi8(a, _mm_set1_epi8((char)l->first[i])),
			_mm_cmpeq_epi8(b, _mm_set1_epi8((char)l->second[i]))));
	return _mm_movemask_epi8(_mm_and_si128(nuls, heads));
}

/* A bit for each of WORDS words that is one of these. */
static inline uint32_t equal_words(const uint32_t *w, const uint32_t *wanted, size_t cnt)
{
	__m128i a = _mm_setzero_si128(), b = a, c = a, d = a, word;
	size_t i;

	for (i = 0; i < cnt; i++) {
		word = _mm_set1_epi32(wanted[i]);
		a = _mm_or_si128(a, _mm_cmpeq_epi32(load(w), word));
		b = _mm_or_si128(b, _mm_cmpeq_epi32(load(w + 4), word));
		c = _mm_or_si128(c, _mm_cmpeq_epi32(load(w + 8), word));
		d = _mm_or_si128(d, _mm_cmpeq_epi32(load(w + 12), word));
	}
	return _mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(a, b),
						 _mm_packs_epi32(c, d)));
}

#else

static inline uint32_t beginnings(const struct core_letters *l, const char *s)
{
	uint32_t i, bits = 0;

	(void)l;
	for (i = 0; i < STRIDE; i++)
		bits |= (uint32_t)!s[i] << i;
	return bits;
}

static inline uint32_t equal_words(const uint32_t *w, const uint32_t *wanted, size_t cnt)
{
	uint32_t i, bits = 0;
	size_t k;

	for (i = 0; i < WORDS; i++)
		for (k = 0; k < cnt; k++)
			bits |= (uint32_t)(w[i] == wanted[k]) << i;
	return bits;
}

#endif

/* the last few bytes, one by one; nothing follows the very last, a NUL */
static size_t next_of_last(struct core_letters *l, const char *strings, size_t len)
{
	while (l->next + 1 < len)
		if (!strings[l->next++] && is_wanted(l, strings + l->next))
			return l->next;
	return len;
}

size_t core_letters_next(struct core_letters *letters, const char *strings,
			 size_t len)
{
	struct core_letters *l = letters;
	size_t at;

	if (!l->begun) {
		l->begun = true;	/* no NUL stands before the first one */
		if (len && is_wanted(l, strings))
			return 0;
	}
	for (;;) {
		for (; l->bits; l->bits &= l->bits - 1) {
			at = l->next - STRIDE + __builtin_ctz(l->bits) + 1;
			if (!is_wanted(l, strings + at))
				continue;
			l->bits &= l->bits - 1;
			return at;
		}
		for (; !l->bits && l->next + SEEN <= len; l->next += STRIDE)
			l->bits = beginnings(l, strings + l->next);
		if (!l->bits)
			return next_of_last(l, strings, len);
	}
}

/* What else may be equal to a name's offset, a type's id or a size, is nearly
 * always followed by less than a kind. */
static bool may_be_type(const uint32_t *w)
{
	return type_kind((const struct btf_type *)w);
}

uint32_t core_search_types(const struct types *types, uint32_t at,
			   const uint32_t *names, size_t cnt)
{
	const uint32_t *words = (const void *)types->data;
	uint32_t i = at / sizeof(*words), bits;
	uint32_t end = types->data_len / sizeof(*words);
	uint32_t room = sizeof(struct btf_type) / sizeof(*words);
	uint32_t k;

	for (; i + WORDS + room <= end; i += WORDS)
		for (bits = equal_words(words + i, names, cnt); bits; bits &= bits - 1)
			if (may_be_type(words + i + __builtin_ctz(bits)))
				return (i + __builtin_ctz(bits)) * sizeof(*words);
	for (; i + room <= end; i++)
		for (k = 0; k < cnt; k++)
			if (words[i] == names[k] && may_be_type(words + i))
				return i * sizeof(*words);
	return types->data_len;
}
