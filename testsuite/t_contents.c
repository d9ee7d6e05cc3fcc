/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "contents.h"

#include "plan.h"
#include "rig.h"
#include "unit.h"

static struct elfgen g;
static struct bpfelf_object *obj;
static struct bpfelf_plan *plan;
static struct err err;

enum { NODE_IP, PORT, FLAG, WIDE, TABLE, ZERO };

/* .data: u32, u16, u8, u64, u32[4]; .bss: u32 */
static const struct {
	const char *name, *section;
	uint64_t value, size;
} variables[] = {
	[NODE_IP] = { "NODE_IP", ".data", 0, 4 },
	[PORT] = { "PORT", ".data", 4, 2 },
	[FLAG] = { "FLAG", ".data", 6, 1 },
	[WIDE] = { "WIDE", ".data", 8, 8 },
	[TABLE] = { "TABLE", ".data", 16, 16 },
	[ZERO] = { "ZERO", ".bss", 4, 4 },
};

static const uint8_t data[32] = {
	1, 2, 3, 0x84, 0x34, 0x12, 9, 0xff, 1, 2, 3, 4, 5, 6, 7, 8,
	10, 0, 0, 0, 11, 0, 0, 0, 12, 0, 0, 0, 13,
};

static unsigned int symbols[ARRAY_SIZE(variables)];

static void start(void)
{
	size_t i;

	obj = NULL;
	plan = NULL;
	err_clear(&err);
	elfgen_init(&g);
	elfgen_section(&g, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	elfgen_data(&g, ".data", data, sizeof(data));
	elfgen_section(&g, ".bss", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	elfgen_data(&g, ".bss", "\0\0\0\0\0\0\0", 8);
	elfgen_section(&g, ".rodata", SHT_PROGBITS, SHF_ALLOC);
	elfgen_data(&g, ".rodata", data, sizeof(data));
	for (i = 0; i < ARRAY_SIZE(variables); i++)
		symbols[i] = elfgen_symbol(&g, variables[i].name,
					   elfgen_index(&g, variables[i].section),
					   variables[i].value, variables[i].size,
					   GLOBAL(STT_OBJECT));
}

static void finish(void)
{
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	elfgen_free(&g);
}

static int plan_it(uint32_t flags, const char *section)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .flags = flags, .section = section,
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
	};
	_cleanup_buf_ struct buf bytes = { 0 };

	if (!obj) {
		elfgen_end(&g, &bytes);
		ck_assert_int_eq(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err), 0);
	}
	return plan_new(obj, &request, NULL, NULL, &plan, &err);
}

#define CUT(dst, src)	{ .code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = (dst), .src_reg = (src) }
#define READ(dst, src)	{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = (dst), .src_reg = (src) }

static const struct bpf_insn *insns(size_t prog)
{
	return plan->progs[prog].code.insns;
}

static uint64_t loaded(size_t at)
{
	return (uint32_t)insns(0)[at].imm | (uint64_t)(uint32_t)insns(0)[at + 1].imm << 32;
}

static const struct {
	int variable;
	uint64_t content;
} held[] = {
	{ NODE_IP, 0x84030201 }, { PORT, 0x1234 }, { FLAG, 9 },
	{ WIDE, 0x0807060504030201 }, { TABLE, 10 }, { ZERO, 0 },
};

START_TEST(a_variable_that_is_cut_is_its_content)
{
	elfgen_func(&g, "classifier", "f", CODE(LOAD64(1, 0, 0), CUT(0, 1), EXIT));
	elfgen_rel(&g, "classifier", 0, symbols[held[_i].variable]);
	ck_assert_int_eq(plan_it(0, NULL), 0);
	ck_assert_uint_eq(loaded(0), held[_i].content);
	ck_assert_uint_eq(insns(0)[0].src_reg, 0);
	ck_assert_uint_eq(plan->progs[0].code.refs_cnt, 0);
	ck_assert_str_eq(buf_str(&plan->progs[0].by_value), variables[held[_i].variable].name);
	/* the section that nobody needs is no map */
	ck_assert_uint_eq(plan->order_cnt, 0);
}
END_TEST

START_TEST(by_its_section_and_an_offset)
{
	unsigned int section = elfgen_symbol(&g, "", elfgen_index(&g, ".data"), 0, 0,
					     LOCAL(STT_SECTION));

	elfgen_func(&g, "classifier", "f",
		    CODE(LOAD64(1, 0, 20), CUT(0, 1), LOAD64(1, 0, 4), CUT(0, 1), EXIT));
	elfgen_rel(&g, "classifier", 0, section);
	elfgen_rel(&g, "classifier", 3, section);
	ck_assert_int_eq(plan_it(0, NULL), 0);
	ck_assert_uint_eq(loaded(0), 11);
	ck_assert_uint_eq(loaded(3), 0x1234);
	ck_assert_str_eq(buf_str(&plan->progs[0].by_value), ".data+20, PORT");
}
END_TEST

/* NODE_IP is cut, and PORT passed on; WIDE is read; in another section NODE_IP
 * is passed on */
static void mixed(void)
{
	elfgen_func(&g, "classifier", "f",
		    CODE(LOAD64(1, 0, 0), CUT(2, 1), LOAD64(1, 0, 0), HELPER(5),
			 LOAD64(3, 0, 0), READ(0, 3), EXIT));
	elfgen_rel(&g, "classifier", 0, symbols[NODE_IP]);
	elfgen_rel(&g, "classifier", 3, symbols[PORT]);
	elfgen_rel(&g, "classifier", 6, symbols[WIDE]);
	elfgen_func(&g, "other", "o", CODE(LOAD64(1, 0, 0), HELPER(5), EXIT));
	elfgen_rel(&g, "other", 0, symbols[NODE_IP]);
}

START_TEST(what_is_certain_somewhere_is_so_everywhere)
{
	mixed();
	ck_assert_int_eq(plan_it(0, "other"), 0);
	ck_assert_uint_eq(loaded(0), 0x84030201);
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(0, NULL), 0);
	ck_assert_str_eq(buf_str(&plan->progs[0].by_value), "NODE_IP");
	ck_assert_uint_eq(plan->progs[0].code.refs_cnt, 2);
	ck_assert_uint_eq(plan->progs[0].code.refs[0].insn, 3);
	ck_assert_uint_eq(plan->order_cnt, 1);
}
END_TEST

START_TEST(the_word_is_for_all_but_what_is_read)
{
	mixed();
	ck_assert_int_eq(plan_it(BPFELF_DATA_AS_VALUE, NULL), 0);
	ck_assert_str_eq(buf_str(&plan->progs[0].by_value), "NODE_IP, PORT");
	ck_assert_uint_eq(loaded(3), 0x1234);
	ck_assert_uint_eq(plan->progs[0].code.refs_cnt, 1);
	ck_assert_uint_eq(plan->progs[0].code.refs[0].insn, 6);
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(BPFELF_DATA_AS_MAP, NULL), 0);
	ck_assert_uint_eq(plan->progs[0].code.refs_cnt, 3);
	ck_assert_str_eq(buf_str(&plan->progs[0].by_value), "");
	/* the object's own instructions are as they were */
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(0, NULL), 0);
	ck_assert_uint_eq(loaded(0), 0x84030201);
}
END_TEST

START_TEST(read_once_it_is_an_address)
{
	elfgen_func(&g, "classifier", "f",
		    CODE(LOAD64(1, 0, 0), CUT(2, 1), LOAD64(3, 0, 0), READ(0, 3), EXIT));
	elfgen_rel(&g, "classifier", 0, symbols[NODE_IP]);
	elfgen_rel(&g, "classifier", 3, symbols[NODE_IP]);
	ck_assert_int_eq(plan_it(BPFELF_DATA_AS_VALUE, NULL), 0);
	ck_assert_uint_eq(plan->progs[0].code.refs_cnt, 2);
}
END_TEST

START_TEST(constants_are_left_alone)
{
	unsigned int constant = elfgen_symbol(&g, "k", elfgen_index(&g, ".rodata"), 0, 4,
					      GLOBAL(STT_OBJECT));

	elfgen_func(&g, "classifier", "f", CODE(LOAD64(1, 0, 0), CUT(0, 1), EXIT));
	elfgen_rel(&g, "classifier", 0, constant);
	ck_assert_int_eq(plan_it(BPFELF_DATA_AS_VALUE, NULL), 0);
	ck_assert_uint_eq(plan->progs[0].code.refs_cnt, 1);
}
END_TEST

START_TEST(doubtful_ones_are_known)
{
	char name[64] = "";

	mixed();
	ck_assert_int_eq(plan_it(0, NULL), 0);
	ck_assert(contents_doubtful(obj, &plan->progs[0].code, name, sizeof(name)));
	ck_assert_str_eq(name, "PORT");
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(BPFELF_DATA_AS_VALUE, NULL), 0);
	ck_assert(!contents_doubtful(obj, &plan->progs[0].code, name, sizeof(name)));
}
END_TEST

Suite *contents_suite(void)
{
	Suite *s = suite_create("contents");
	TCase *tc = tcase_create("contents");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, a_variable_that_is_cut_is_its_content, 0, ARRAY_SIZE(held));
	tcase_add_test(tc, by_its_section_and_an_offset);
	tcase_add_test(tc, what_is_certain_somewhere_is_so_everywhere);
	tcase_add_test(tc, the_word_is_for_all_but_what_is_read);
	tcase_add_test(tc, read_once_it_is_an_address);
	tcase_add_test(tc, constants_are_left_alone);
	tcase_add_test(tc, doubtful_ones_are_known);
	suite_add_tcase(s, tc);
	return s;
}
