/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "datavalue.h"

#include "elfgen.h"
#include "unit.h"

#define MAX_INSNS	8

#define OP(class, op, source, dst, src, value)				\
	{ .code = (class) | (op) | (source), .dst_reg = (dst),		\
	  .src_reg = (src), .imm = (value) }
#define ALU64_K(op, dst, value)	OP(BPF_ALU64, op, BPF_K, dst, 0, value)
#define ALU64_X(op, dst, src)	OP(BPF_ALU64, op, BPF_X, dst, src, 0)
#define ALU32_K(op, dst, value)	OP(BPF_ALU, op, BPF_K, dst, 0, value)
#define ALU32_X(op, dst, src)	OP(BPF_ALU, op, BPF_X, dst, src, 0)
#define JMP_K(op, dst)		OP(BPF_JMP, op, BPF_K, dst, 0, 0)
#define JMP32_K(op, dst)	OP(BPF_JMP32, op, BPF_K, dst, 0, 0)
#define JMP32_X(op, dst, src)	OP(BPF_JMP32, op, BPF_X, dst, src, 0)
#define LDX(size, dst, src)	OP(BPF_LDX, BPF_MEM, size, dst, src, 0)
#define STX(size, dst, src)	OP(BPF_STX, BPF_MEM, size, dst, src, 0)
#define ST(size, dst)		OP(BPF_ST, BPF_MEM, size, dst, 0, 0)
#define ADD_ATOMIC(size, dst, src) OP(BPF_STX, BPF_ATOMIC, size, dst, src, BPF_ADD)

/* what follows `r1 = VARIABLE ll` */
static const struct followed {
	const char *what;
	struct bpf_insn insns[MAX_INSNS];
	enum datavalue verdict;
} followed[] = {
	/* content */
	{ "w2 = w1", { ALU32_X(BPF_MOV, 2, 1), EXIT }, DATAVALUE_CONTENT },
	{ "w1 = w1", { ALU32_X(BPF_MOV, 1, 1), EXIT }, DATAVALUE_CONTENT },
	{ "cut by shifts", { ALU64_K(BPF_LSH, 1, 32), ALU64_K(BPF_RSH, 1, 32), EXIT },
	  DATAVALUE_CONTENT },
	{ "sign extended by shifts", { ALU64_K(BPF_LSH, 1, 32), ALU64_K(BPF_ARSH, 1, 32), EXIT },
	  DATAVALUE_CONTENT },
	{ "sign extended", { { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2,
			       .src_reg = 1, .off = 32 }, EXIT }, DATAVALUE_CONTENT },
	{ "16 bits of it", { ALU64_K(BPF_AND, 1, 0xffff), EXIT }, DATAVALUE_CONTENT },
	{ "or", { ALU64_X(BPF_OR, 2, 1), EXIT }, DATAVALUE_CONTENT },
	{ "negative", { ALU64_K(BPF_NEG, 1, 0), EXIT }, DATAVALUE_CONTENT },
	{ "bytes swapped", { OP(BPF_ALU, BPF_END, BPF_TO_BE, 1, 0, 32), EXIT },
	  DATAVALUE_CONTENT },
	{ "w2 += w1", { ALU32_X(BPF_ADD, 2, 1), EXIT }, DATAVALUE_CONTENT },
	{ "w1 += 1", { ALU32_K(BPF_ADD, 1, 1), EXIT }, DATAVALUE_CONTENT },
	{ "stored as u32", { STX(BPF_W, 10, 1), EXIT }, DATAVALUE_CONTENT },
	{ "stored as u16", { STX(BPF_H, 10, 1), EXIT }, DATAVALUE_CONTENT },
	{ "added to a u32", { ADD_ATOMIC(BPF_W, 2, 1), EXIT }, DATAVALUE_CONTENT },
	{ "if w1 == 0", { JMP32_K(BPF_JEQ, 1), EXIT }, DATAVALUE_CONTENT },
	{ "if w2 == w1", { JMP32_X(BPF_JEQ, 2, 1), EXIT }, DATAVALUE_CONTENT },
	{ "by way of another register", { ALU64_X(BPF_MOV, 6, 1), HELPER(7),
		ALU32_X(BPF_MOV, 0, 6), EXIT }, DATAVALUE_CONTENT },
	{ "behind an if", { JMP_K(BPF_JEQ, 3), ALU32_X(BPF_MOV, 2, 1), EXIT },
	  DATAVALUE_CONTENT },
	{ "behind another load", { LOAD64(2, 0, 5), ALU32_X(BPF_MOV, 2, 1), EXIT },
	  DATAVALUE_CONTENT },
	{ "with something added", { ALU64_K(BPF_ADD, 1, 4), STX(BPF_W, 10, 1), EXIT },
	  DATAVALUE_CONTENT },

	/* addresses */
	{ "read", { LDX(BPF_W, 2, 1), EXIT }, DATAVALUE_ADDRESS },
	{ "read over itself", { LDX(BPF_DW, 1, 1), EXIT }, DATAVALUE_ADDRESS },
	{ "written", { STX(BPF_W, 1, 2), EXIT }, DATAVALUE_ADDRESS },
	{ "written to itself", { STX(BPF_W, 1, 1), EXIT }, DATAVALUE_ADDRESS },
	{ "a constant written", { ST(BPF_B, 1), EXIT }, DATAVALUE_ADDRESS },
	{ "counted in", { ADD_ATOMIC(BPF_DW, 1, 2), EXIT }, DATAVALUE_ADDRESS },
	{ "an element read", { ALU64_X(BPF_ADD, 1, 2), LDX(BPF_W, 2, 1), EXIT },
	  DATAVALUE_ADDRESS },
	{ "an element read, the other way", { ALU64_X(BPF_ADD, 2, 1), LDX(BPF_W, 3, 2), EXIT },
	  DATAVALUE_ADDRESS },
	{ "read by way of another", { ALU64_X(BPF_MOV, 2, 1), MOV(1, 0), LDX(BPF_W, 0, 2), EXIT },
	  DATAVALUE_ADDRESS },

	/* neither */
	{ "an argument", { HELPER(23), EXIT }, DATAVALUE_UNKNOWN },
	{ "an argument, gone behind the call", { HELPER(23), ALU32_X(BPF_MOV, 0, 1), EXIT },
	  DATAVALUE_UNKNOWN },
	{ "kept on the stack", { STX(BPF_DW, 10, 1), EXIT }, DATAVALUE_UNKNOWN },
	{ "compared", { JMP_K(BPF_JEQ, 1), EXIT }, DATAVALUE_UNKNOWN },
	{ "a distance", { ALU64_X(BPF_SUB, 1, 1), ALU32_X(BPF_MOV, 0, 1), EXIT },
	  DATAVALUE_UNKNOWN },
	{ "overwritten", { MOV(1, 0), ALU32_X(BPF_MOV, 2, 1), EXIT }, DATAVALUE_UNKNOWN },
	{ "overwritten, 32 bits", { ALU32_K(BPF_MOV, 1, 0), STX(BPF_W, 10, 1), EXIT },
	  DATAVALUE_UNKNOWN },
	{ "overwritten by a load", { LDX(BPF_W, 1, 6), STX(BPF_W, 10, 1), EXIT },
	  DATAVALUE_UNKNOWN },
	{ "overwritten by the next", { LOAD64(1, 0, 5), STX(BPF_W, 10, 1), EXIT },
	  DATAVALUE_UNKNOWN },
	{ "another register's", { ALU32_X(BPF_MOV, 1, 2), EXIT }, DATAVALUE_UNKNOWN },
	{ "of another block", { OP(BPF_JMP, BPF_JA, BPF_K, 0, 0, 0), ALU32_X(BPF_MOV, 2, 1) },
	  DATAVALUE_UNKNOWN },
	{ "the end", { EXIT, ALU32_X(BPF_MOV, 2, 1) }, DATAVALUE_UNKNOWN },
};

START_TEST(what_is_done_with_it_tells)
{
	const struct followed *f = &followed[_i];
	struct bpf_insn insns[3 + MAX_INSNS] = { MOV(9, 0), LOAD64(1, 0, 0) };

	memcpy(insns + 3, f->insns, sizeof(f->insns));
	ck_assert_msg(datavalue_scan(insns, 3 + MAX_INSNS, 1) == f->verdict,
		      "%s: %d", f->what, datavalue_scan(insns, 3 + MAX_INSNS, 1));
}
END_TEST

START_TEST(nothing_behind_the_end_is_read)
{
	const struct bpf_insn insns[] = { LOAD64(1, 0, 0), LOAD64(2, 0, 0) };

	ck_assert_int_eq(datavalue_scan(insns, 2, 0), DATAVALUE_UNKNOWN);
	/* a load that is cut in the middle */
	ck_assert_int_eq(datavalue_scan(insns, 1, 0), DATAVALUE_UNKNOWN);
	ck_assert_int_eq(datavalue_scan(insns, 3, 0), DATAVALUE_UNKNOWN);
}
END_TEST

START_TEST(a_long_way_tells_nothing)
{
	struct bpf_insn insns[1000] = { LOAD64(1, 0, 0) };
	size_t i;

	for (i = 2; i < ARRAY_SIZE(insns); i++)
		insns[i] = (struct bpf_insn) MOV(2, 0);
	insns[900] = (struct bpf_insn) ALU32_X(BPF_MOV, 2, 1);
	ck_assert_int_eq(datavalue_scan(insns, 1000, 0), DATAVALUE_UNKNOWN);
	insns[200] = insns[900];
	ck_assert_int_eq(datavalue_scan(insns, 1000, 0), DATAVALUE_CONTENT);
}
END_TEST

Suite *datavalue_suite(void)
{
	Suite *s = suite_create("datavalue");
	TCase *tc = tcase_create("datavalue");

	tcase_add_loop_test(tc, what_is_done_with_it_tells, 0, ARRAY_SIZE(followed));
	tcase_add_test(tc, nothing_behind_the_end_is_read);
	tcase_add_test(tc, a_long_way_tells_nothing);
	suite_add_tcase(s, tc);
	return s;
}
