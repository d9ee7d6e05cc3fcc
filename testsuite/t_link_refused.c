/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What cannot be linked: section, instruction, symbol, and what to do about it. */
#include <errno.h>
#include <stdio.h>

#include "linkrig.h"
#include "uapi.h"

static void refer_to(const char *section, const char *symbol)
{
	unsigned int s;

	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0), LOAD64(1, 0, 0), EXIT));
	if (section)
		elfgen_data(&g, section, "12345678", 8);
	s = elfgen_symbol(&g, symbol, section ? elfgen_index(&g, section) : SHN_UNDEF,
			  0, 8, GLOBAL(STT_OBJECT));
	elfgen_rel(&g, "prog", 1, s);
}

static const struct {
	const char *section, *words, *hint;
} data_sections[] = {
	{ ".maps", "section '.maps' defines maps by types, and the object has none of it",
	  "compile with -g" },
	{ ".kconfig", "it lies in section '.kconfig', which is not supported", "declare it extern" },
	{ ".ksyms", "it lies in section '.ksyms', which is not supported", "declare it extern" },
	{ NULL, "it is not defined in the object", "compile with -g" },
};

START_TEST(what_is_no_data_is_refused_with_a_hint)
{
	char words[256];

	refer_to(data_sections[_i].section, "thing");
	snprintf(words, sizeof(words),
		 "section 'prog', instruction 1 (offset 0x8): symbol 'thing': %s",
		 data_sections[_i].words);
	ck_refused(-ENOTSUP, words, data_sections[_i].hint);
}
END_TEST

static void extern_function(void)
{
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, elfgen_symbol(&g, "gone", SHN_UNDEF, 0, 0, GLOBAL(STT_NOTYPE)));
}

static void absolute_symbol(void)
{
	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, elfgen_symbol(&g, "abs", SHN_ABS, 0, 0, GLOBAL(STT_NOTYPE)));
}

static void no_symbol(void)
{
	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, 99);
}

/* to map "a", from instruction @at of `main` */
static void refer_to_map(const struct bpf_insn *insns, size_t cnt, size_t at)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));

	elfgen_func(&g, "prog", "main", insns, cnt);
	elfgen_rel(&g, "prog", at, a);
}

static void map_in_a_move(void)
{
	refer_to_map(CODE(MOV(0, 0), EXIT), 0);
}

static void map_with_an_odd_offset(void)
{
	refer_to_map(CODE(LOAD64(1, 0, 4), EXIT), 0);
}

static void map_with_a_negative_offset(void)
{
	refer_to_map(CODE(LOAD64(1, 0, -36), EXIT), 0);
}

static void function_in_a_move(void)
{
	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, 1);
}

static void call_into_a_function(void)
{
	unsigned int f = elfgen_func(&g, ".text", "f", CODE(MOV(0, 7), EXIT));

	elfgen_func(&g, "prog", "main", CODE(CALL(0), EXIT));
	elfgen_rel(&g, "prog", 0, f);
}

static void call_before_the_section(void)
{
	elfgen_func(&g, "prog", "main", CODE(CALL(-9), EXIT));
}

static void call_behind_the_section(void)
{
	elfgen_func(&g, "prog", "main", CODE(CALL(1), EXIT));
}

static void call_a_map(void)
{
	refer_to_map(CODE(CALL(-1), EXIT), 0);
}

static void twice(void)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));

	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, a);
	elfgen_rel(&g, "prog", 0, a);
}

static void twice_at_the_end(void)
{
	unsigned int f = elfgen_func(&g, ".text", "f", CODE(EXIT));

	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0), CALL(-1)));
	elfgen_rel(&g, "prog", 1, f);
	elfgen_rel(&g, "prog", 1, f);
}

static void within_a_load(void)
{
	refer_to_map(CODE(LOAD64(1, 0, 0), EXIT), 1);
}

static void within_the_last_load(void)
{
	refer_to_map(CODE(EXIT, LOAD64(1, 0, 0)), 2);
}

static void half_a_load(void)
{
	const struct bpf_insn load[] = { LOAD64(1, 0, 0) };

	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0)));
	elfgen_code(&g, "prog", load, 1);
}

static void with_addends(void)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));
	struct elfgen_section *sec;

	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, a);
	sec = elfgen_section(&g, ".relprog", 0, 0);
	sec->header.sh_type = SHT_RELA;
	buf_add(&sec->data, "12345678", 8);
}

static void a_descriptor_of_ours(void)
{
	elfgen_func(&g, "prog", "main",
		    CODE(MOV(0, 0), LOAD64(1, BPF_PSEUDO_MAP_FD, 3), EXIT));
}

static void refer_to_data(uint32_t type, const struct bpf_insn *insns,
			  size_t cnt)
{
	unsigned int s;

	elfgen_data(&g, ".data", "12345678", 8);
	s = elfgen_symbol(&g, "", elfgen_index(&g, ".data"), 0, 0, LOCAL(STT_SECTION));
	elfgen_func(&g, "prog", "main", insns, cnt);
	elfgen_typed_rel(&g, "prog", 0, s, type);
}

static void behind_the_data(void)
{
	refer_to_data(R_BPF_64_64, CODE(LOAD64(1, 0, 8), EXIT));
}

static void before_the_data(void)
{
	refer_to_data(R_BPF_64_64, CODE(LOAD64(1, 0, -1), EXIT));
}

static void data_in_a_move(void)
{
	refer_to_data(R_BPF_64_64, CODE(MOV(0, 0), EXIT));
}

static void common_symbol(void)
{
	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, elfgen_symbol(&g, "common", SHN_COMMON, 4, 4,
						GLOBAL(STT_OBJECT)));
}

static void address_in_code(void)
{
	refer_to_data(R_BPF_64_ABS64, CODE(LOAD64(1, 0, 0), EXIT));
}

static void a_map_value_of_ours(void)
{
	elfgen_func(&g, "prog", "main",
		    CODE(LOAD64(1, BPF_PSEUDO_MAP_VALUE, 3), EXIT));
}

#define FIRST "section 'prog', instruction 0 (offset 0): "

static const struct {
	void (*build)(void);
	int expected;
	const char *words;
} refused[] = {
	{ extern_function, -ENOTSUP,
	  FIRST "symbol 'gone': it is not defined in the object" },
	{ absolute_symbol, -ENOTSUP,
	  FIRST "symbol 'abs': it lies in section '?', which is not supported" },
	{ behind_the_data, -EBADMSG,
	  FIRST "symbol '.data': offset 8 lies outside section '.data', which has 8 bytes" },
	{ before_the_data, -EBADMSG,
	  FIRST "symbol '.data': offset -1 lies outside section '.data', which has 8 bytes" },
	{ data_in_a_move, -EBADMSG,
	  FIRST "symbol '.data': opcode 0xb7 cannot hold an address, only a 16-byte load can" },
	{ common_symbol, -ENOTSUP,
	  FIRST "symbol 'common': it is a common symbol, which has no section" },
	{ address_in_code, -EBADMSG,
	  FIRST "symbol '.data': relocation type 2, which no instruction can have" },
	{ no_symbol, -EBADMSG,
	  FIRST "no symbol 99 in the file" },
	{ map_in_a_move, -EBADMSG,
	  FIRST "symbol 'a': opcode 0xb7 cannot hold a map, only a 16-byte load can" },
	{ map_with_an_odd_offset, -EBADMSG,
	  FIRST "symbol 'a': no map begins at offset 0x4 of section 'maps'" },
	{ map_with_a_negative_offset, -EBADMSG,
	  FIRST "symbol 'a': no map begins at offset 0xffffffdc of section 'maps'" },
	{ function_in_a_move, -EBADMSG,
	  FIRST "symbol 'main': opcode 0xb7 cannot refer to a function" },
	{ call_into_a_function, -EBADMSG,
	  FIRST "symbol 'f': it calls instruction 1 of '.text', where no function begins" },
	{ call_before_the_section, -EBADMSG,
	  FIRST "it calls instruction -8 of 'prog', where no function begins" },
	{ call_behind_the_section, -EBADMSG,
	  FIRST "it calls instruction 2 of 'prog', where no function begins" },
	{ call_a_map, -EBADMSG,
	  FIRST "symbol 'a': opcode 0x85 cannot hold a map, only a 16-byte load can" },
	{ twice, -EBADMSG, "section 'prog': a relocation at offset 0 too many" },
	{ twice_at_the_end, -EBADMSG, "section 'prog': a relocation at offset 0x8 too many" },
	{ within_a_load, -EBADMSG, "section 'prog': a relocation at offset 0x8 too many" },
	{ within_the_last_load, -EBADMSG, "section 'prog': a relocation at offset 0x10 too many" },
	{ half_a_load, -EBADMSG, "section 'prog': function 'main' ends within a 16-byte load" },
	{ with_addends, -ENOTSUP, "section 'prog' has relocations of type RELA, BPF uses REL" },
	{ a_descriptor_of_ours, -EBADMSG,
	  "section 'prog', instruction 1 (offset 0x8): it names descriptor 3 without a relocation" },
	{ a_map_value_of_ours, -EBADMSG,
	  FIRST "it names descriptor 3 without a relocation" },
};

START_TEST(what_makes_no_sense_is_refused)
{
	refused[_i].build();
	ck_refused(refused[_i].expected, refused[_i].words, "");
}
END_TEST

Suite *link_refused_suite(void)
{
	Suite *s = suite_create("link_refused");
	TCase *tc = tcase_create("link_refused");

	tcase_add_checked_fixture(tc, link_start, link_finish);
	tcase_add_loop_test(tc, what_is_no_data_is_refused_with_a_hint, 0, ARRAY_SIZE(data_sections));
	tcase_add_loop_test(tc, what_makes_no_sense_is_refused, 0, ARRAY_SIZE(refused));
	suite_add_tcase(s, tc);
	return s;
}
