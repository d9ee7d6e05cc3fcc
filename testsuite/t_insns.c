/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "elfgen.h"
#include "insns.h"
#include "unit.h"

#define CNT 67	/* some strides, and a rest */

static struct bpf_insn insns[CNT];

static const struct bpf_insn plain[] = {
	MOV(3, 0x85), HELPER(1), EXIT, { .code = 0 },
	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1 },
	{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = 8, .src_reg = 5, .off = 0x1885 },
	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL },
};

static void fill(void)
{
	size_t i;

	for (i = 0; i < CNT; i++)
		insns[i] = plain[i % ARRAY_SIZE(plain)];
}

START_TEST(each_place_is_seen)
{
	const struct bpf_insn refs[] = {
		CALL(2), { .code = BPF_LD | BPF_IMM | BPF_DW, .src_reg = 1 + _i % 7 },
	};
	struct insns_walk walk = { 0 };

	fill();
	insns[_i] = refs[_i % 2];
	ck_assert_uint_eq(insns_next_ref(&walk, insns, CNT), _i);
	ck_assert_uint_eq(insns_next_ref(&walk, insns, CNT), CNT);
	ck_assert_uint_eq(insns_next_ref(&walk, insns, CNT), CNT);
}
END_TEST

START_TEST(all_are_seen_in_their_order)
{
	static const struct bpf_insn ref[] = { CALL(2) };
	struct insns_walk walk = { 0 };
	size_t i;

	for (i = 0; i < CNT; i++)
		insns[i] = ref[0];
	for (i = 0; i < CNT; i++)
		ck_assert_uint_eq(insns_next_ref(&walk, insns, CNT), i);
	ck_assert_uint_eq(insns_next_ref(&walk, insns, CNT), CNT);
}
END_TEST

START_TEST(what_lies_behind_the_end_is_not_seen)
{
	static const struct bpf_insn ref[] = { CALL(2) };
	struct insns_walk walk = { 0 };

	fill();
	insns[_i] = ref[0];
	ck_assert_uint_eq(insns_next_ref(&walk, insns, _i), _i);
	ck_assert_uint_eq(walk.bits, 0);
}
END_TEST

Suite *insns_suite(void)
{
	Suite *s = suite_create("insns");
	TCase *tc = tcase_create("insns");

	tcase_add_loop_test(tc, each_place_is_seen, 0, CNT);
	tcase_add_test(tc, all_are_seen_in_their_order);
	tcase_add_loop_test(tc, what_lies_behind_the_end_is_not_seen, 0, CNT);
	suite_add_tcase(s, tc);
	return s;
}
