/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "insns.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STRIDE	INSNS_STRIDE
#define LOAD64	(BPF_LD | BPF_IMM | BPF_DW)
#define CALL	(BPF_JMP | BPF_CALL)

/* Most calls are of helpers, which are nobody else's business. Source 8 means
 * nothing, and the kernel says so. */
static bool refers(const struct bpf_insn *insn)
{
	return insn->code == LOAD64 ? insn->src_reg & 7 : insn_is_call(insn);
}

/* a bit for each of at most STRIDE instructions */
static uint32_t find_refs(const struct bpf_insn *insns, size_t cnt)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < cnt; i++)
		bits |= (uint32_t)refers(&insns[i]) << i;
	return bits;
}

#ifdef __SSE2__

/* The beginnings of four instructions, all but opcode and source zeroed. */
static inline __m128i four_heads(const struct bpf_insn *insns)
{
	__m128 a = _mm_loadu_ps((const float *)insns);
	__m128 b = _mm_loadu_ps((const float *)(insns + 2));
	__m128i words = _mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0)));

	/* with all of the source, packing would saturate */
	return _mm_and_si128(words, _mm_set1_epi32(0x70ff));
}

static inline __m128i eight_heads(const struct bpf_insn *insns)
{
	return _mm_packs_epi32(four_heads(insns), four_heads(insns + 4));
}

/* what has been seen of a stride; 0: none */
struct seen {
	__m128i calls, loads;
};

static inline void look_at_eight(struct seen *seen, const struct bpf_insn *insns)
{
	const __m128i call = _mm_set1_epi16(BPF_PSEUDO_CALL << 12 | CALL);
	const __m128i load = _mm_set1_epi16(LOAD64);
	__m128i heads = eight_heads(insns);

	/* byte by byte: of a load with a source 0x00ff, without one -1; of all
	 * that has another opcode no more than 0 */
	seen->loads = _mm_max_epi16(seen->loads, _mm_cmpeq_epi8(heads, load));
	seen->calls = _mm_or_si128(seen->calls, _mm_cmpeq_epi16(heads, call));
}

/* whether there is one in a stride, which is rare */
static inline bool any_refs(const struct bpf_insn *insns)
{
	struct seen seen = { _mm_setzero_si128(), _mm_setzero_si128() };

	look_at_eight(&seen, insns);
	look_at_eight(&seen, insns + 8);
	look_at_eight(&seen, insns + 16);
	look_at_eight(&seen, insns + 24);
	return _mm_movemask_epi8(_mm_or_si128(seen.calls, seen.loads));
}

#else

static inline bool any_refs(const struct bpf_insn *insns)
{
	return find_refs(insns, STRIDE);
}

#endif

void insns_find_refs(struct insns_walk *walk, const struct bpf_insn *insns,
		     size_t cnt)
{
	size_t i = walk->next;

	while (i + STRIDE <= cnt && !any_refs(insns + i))
		i += STRIDE;
	/* what is left, with what stands before it */
	if (i < cnt && i + STRIDE > cnt && cnt >= STRIDE && !any_refs(insns + cnt - STRIDE))
		i = cnt;
	walk->bits = i < cnt ? find_refs(insns + i, cnt - i < STRIDE ? cnt - i : STRIDE) : 0;
	walk->next = i + STRIDE;
}
