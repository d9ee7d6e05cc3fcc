/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "insns.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STRIDE	16	/* instructions looked at in one go */
#define LOAD64	(BPF_LD | BPF_IMM | BPF_DW)
#define CALL	(BPF_JMP | BPF_CALL)

#ifdef __SSE2__

/* The beginnings of four instructions, all but their opcodes zeroed. */
static inline __m128i four_opcodes(const struct bpf_insn *insns)
{
	__m128 a = _mm_loadu_ps((const float *)insns);
	__m128 b = _mm_loadu_ps((const float *)(insns + 2));
	__m128i words = _mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0)));

	return _mm_and_si128(words, _mm_set1_epi32(0xff));
}

/* A bit for each of STRIDE instructions that is a load or a call. */
static inline uint32_t candidates(const struct bpf_insn *insns)
{
	__m128i a = _mm_packs_epi32(four_opcodes(insns), four_opcodes(insns + 4));
	__m128i b = _mm_packs_epi32(four_opcodes(insns + 8), four_opcodes(insns + 12));
	__m128i codes = _mm_packus_epi16(a, b);
	__m128i loads = _mm_cmpeq_epi8(codes, _mm_set1_epi8(LOAD64));
	__m128i calls = _mm_cmpeq_epi8(codes, _mm_set1_epi8((char)CALL));

	return _mm_movemask_epi8(_mm_or_si128(loads, calls));
}

#else

static inline uint32_t candidates(const struct bpf_insn *insns)
{
	uint32_t i, bits = 0;

	for (i = 0; i < STRIDE; i++)
		bits |= (uint32_t)(insns[i].code == LOAD64 || insns[i].code == CALL) << i;
	return bits;
}

#endif

/* the same for fewer of them */
static uint32_t last_candidates(const struct bpf_insn *insns, size_t cnt)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < cnt; i++)
		bits |= (uint32_t)(insns[i].code == LOAD64 || insns[i].code == CALL) << i;
	return bits;
}

/* Most calls are of helpers, which are nobody else's business. */
static bool refers(const struct bpf_insn *insn)
{
	return insn->code != CALL || insn->src_reg == BPF_PSEUDO_CALL;
}

static void find_candidates(struct insns_walk *walk, const struct bpf_insn *insns,
			    size_t cnt)
{
	size_t i = walk->next;

	for (walk->bits = 0; !walk->bits && i + STRIDE <= cnt; i += STRIDE)
		walk->bits = candidates(insns + i);
	if (!walk->bits && i < cnt) {
		walk->bits = last_candidates(insns + i, cnt - i);
		i += STRIDE;
	}
	walk->next = i;
}

size_t insns_next_ref(struct insns_walk *walk, const struct bpf_insn *insns,
		      size_t cnt)
{
	size_t at;

	for (;;) {
		if (!walk->bits && walk->next < cnt)
			find_candidates(walk, insns, cnt);
		if (!walk->bits)
			return cnt;
		at = walk->next - STRIDE + __builtin_ctz(walk->bits);
		walk->bits &= walk->bits - 1;
		if (refers(&insns[at]))
			return at;
	}
}
