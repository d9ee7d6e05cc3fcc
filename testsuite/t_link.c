/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What becomes of maps, calls and data when a program is linked. */
#include <errno.h>
#include <stdio.h>

#include "linkrig.h"

static const struct bpfelf_program *func(const char *name)
{
	size_t i = 0;

	while (!str_eq(obj->progs[i].name, name))
		i++;
	return &obj->progs[i];
}

static const struct link_ref *ref_at(uint32_t insn)
{
	static struct link_ref load;
	size_t i;

	for (i = 0; i < linked.loads_cnt; i++)
		if (linked.loads[i].insn == insn) {
			load = (struct link_ref) { insn, linked.loads[i].map - 1, 0, false };
			return &load;
		}
	for (i = 0; i < linked.refs_cnt; i++)
		if (linked.refs[i].insn == insn)
			return &linked.refs[i];
	return NULL;
}

static void print_ref(const struct link_ref *ref, struct buf *text)
{
	const char *name = obj->maps[ref->map].name;

	if (ref->is_data)
		buf_addf(text, "%s+%u ", name, ref->offset);
	else
		buf_addf(text, "map:%s ", name);
}

/* One word for each instruction; where it refers to an instruction, '@' and
 * the number of that. */
static void print_insn(uint32_t i, struct buf *text)
{
	const struct bpf_insn *insn = &linked.insns[i];

	if (ref_at(i))
		print_ref(ref_at(i), text);
	else if (insn->src_reg == BPF_PSEUDO_FUNC)
		buf_addf(text, "func@%d ", (int)i + 1 + insn->imm);
	else if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
		buf_addf(text, "load:%d ", insn->imm);
	else if (insn->src_reg == BPF_PSEUDO_CALL)
		buf_addf(text, "call@%d ", (int)i + 1 + insn->imm);
	else if (insn->code == (BPF_JMP | BPF_CALL))
		buf_addf(text, "helper:%d ", insn->imm);
	else if (insn->code == (BPF_JMP | BPF_EXIT))
		buf_addf(text, "exit ");
	else
		buf_addf(text, "mov:%d ", insn->imm);
}

static void ck_linked(const char *expected)
{
	_cleanup_buf_ struct buf text = { 0 };
	uint32_t i;
	int r = link_it();

	ck_assert_msg(r == 0, "%s", err.text);
	for (i = 0; i < linked.insns_cnt; i++) {
		print_insn(i, &text);
		i += linked.insns[i].code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	ck_assert_str_eq(buf_str(&text), expected);
}

/* Maps */

START_TEST(a_map_by_its_name)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));
	unsigned int b = elfgen_map(&g, "b", &def, sizeof(def));

	elfgen_func(&g, "prog", "main",
		    CODE(LOAD64(1, 0, 0), LOAD64(2, 0, 0), LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, b);
	elfgen_rel(&g, "prog", 2, a);
	elfgen_rel(&g, "prog", 4, b);
	ck_linked("map:b map:a map:b exit ");
}
END_TEST

/* of a static map clang names the section, and puts the offset into the load */
START_TEST(a_map_by_its_section_and_offset)
{
	unsigned int sec;

	elfgen_map(&g, "a", &def, sizeof(def));
	elfgen_map(&g, "b", &def, 20);
	elfgen_map(&g, "c", &def, sizeof(def));
	sec = elfgen_symbol(&g, "", elfgen_index(&g, "maps"), 0, 0, LOCAL(STT_SECTION));
	elfgen_func(&g, "prog", "main",
		    CODE(LOAD64(1, 0, 36), LOAD64(1, 0, 56), LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, sec);
	elfgen_rel(&g, "prog", 2, sec);
	elfgen_rel(&g, "prog", 4, sec);
	ck_linked("map:b map:c map:a exit ");
}
END_TEST

START_TEST(descriptors_come_last_and_may_change)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));
	const int fds[] = { 42 }, others[] = { 43 };

	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0), LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 1, a);
	ck_linked("mov:0 map:a exit ");
	link_maps(&linked, fds);
	ck_assert_int_eq(linked.insns[1].src_reg, BPF_PSEUDO_MAP_FD);
	ck_assert_int_eq(linked.insns[1].imm, 42);
	ck_assert_int_eq(linked.insns[2].imm, 0);
	link_maps(&linked, others);
	ck_assert_int_eq(linked.insns[1].imm, 43);
}
END_TEST

/* The second time, the bytes of the object hold the descriptors of the first:
 * as an entry that calls nothing, and as a part of another. */
START_TEST(what_descriptors_went_into_is_linked_again)
{
	const int fds[] = { 42, 43 };
	unsigned int sec, far;

	elfgen_map(&g, "a", &def, sizeof(def));
	elfgen_map(&g, "b", &def, sizeof(def));
	sec = elfgen_symbol(&g, "", elfgen_index(&g, "maps"), 0, 0, LOCAL(STT_SECTION));
	far = elfgen_func(&g, ".text", "far", CODE(LOAD64(1, 0, 36), LOAD64(2, 0, 0), EXIT));
	elfgen_rel(&g, ".text", 0, sec);
	elfgen_rel(&g, ".text", 2, sec);
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, far);
	ck_assert_int_eq(link_it(), 0);
	for (int i = 0; i < 2; i++) {
		link_free(&linked);
		ck_assert_int_eq(link_program(obj, func("far"), &linked, &err), 0);
		ck_assert(linked.in_place);
		link_maps(&linked, fds);
		ck_assert_int_eq(linked.insns[0].imm, 43);
		ck_assert_int_eq(linked.insns[2].imm, 42);
	}
	link_free(&linked);
	ck_assert_int_eq(link_program(obj, func("main"), &linked, &err), 0);
	ck_assert(!linked.in_place);
	link_maps(&linked, fds);
	ck_assert_int_eq(linked.insns[2].imm, 43);
	ck_assert_int_eq(linked.insns[4].imm, 42);
}
END_TEST

START_TEST(instructions_can_be_had_for_oneself)
{
	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0), EXIT));
	ck_linked("mov:0 exit ");
	ck_assert(linked.in_place);
	ck_assert_int_eq(link_own(&linked, &err), 0);
	ck_assert(!linked.in_place);
	linked.insns[0].imm = 5;
	ck_assert_int_eq(link_own(&linked, &err), 0);
	ck_assert_int_eq(linked.insns[0].imm, 5);
	link_free(&linked);
	ck_assert_int_eq(link_program(obj, func("main"), &linked, &err), 0);
	ck_assert_int_eq(linked.insns[0].imm, 0);
}
END_TEST

START_TEST(relocations_in_any_order)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));
	unsigned int b = elfgen_map(&g, "b", &def, sizeof(def));

	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), LOAD64(2, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 2, b);
	elfgen_rel(&g, "prog", 0, a);
	ck_linked("map:a map:b exit ");
}
END_TEST

/* as nearly all programs are: then the object's list of them does */
START_TEST(a_program_that_loads_maps_alone)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));

	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), MOV(0, 0), LOAD64(2, 0, 7), EXIT));
	elfgen_func(&g, "prog", "second", CODE(LOAD64(3, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, a);
	elfgen_rel(&g, "prog", 6, a);
	ck_linked("map:a mov:0 load:7 exit ");
	ck_assert_ptr_eq(linked.loads, obj->rels);
	ck_assert_uint_eq(linked.loads_cnt, 1);
	ck_assert_ptr_null(linked.refs);
	/* instructions count from the section's beginning there */
	link_free(&linked);
	ck_assert_int_eq(link_program(obj, func("second"), &linked, &err), 0);
	ck_assert_uint_eq(linked.loads_cnt, 0);
	ck_assert_uint_eq(linked.refs_cnt, 1);
	ck_assert_uint_eq(linked.refs[0].insn, 0);
}
END_TEST

START_TEST(a_plain_number_is_no_reference)
{
	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 7), HELPER(5), EXIT));
	ck_linked("load:7 helper:5 exit ");
}
END_TEST

/* Calls */

START_TEST(a_global_function_in_text)
{
	unsigned int f = elfgen_func(&g, ".text", "f", CODE(MOV(0, 7), EXIT));

	elfgen_func(&g, "prog", "main", CODE(MOV(1, 1), CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 1, f);
	ck_linked("mov:1 call@3 exit mov:7 exit ");
}
END_TEST

/* of a static function clang names the section, and counts instructions */
START_TEST(a_static_function_in_text)
{
	unsigned int sec;

	elfgen_code(&g, ".text", CODE(MOV(0, 6), EXIT, MOV(0, 7), EXIT));
	elfgen_symbol(&g, "e", elfgen_index(&g, ".text"), 0, 16, LOCAL(STT_FUNC));
	elfgen_symbol(&g, "f", elfgen_index(&g, ".text"), 16, 16, LOCAL(STT_FUNC));
	sec = elfgen_symbol(&g, "", elfgen_index(&g, ".text"), 0, 0, LOCAL(STT_SECTION));
	elfgen_func(&g, "prog", "main", CODE(CALL(1), EXIT));
	elfgen_rel(&g, "prog", 0, sec);
	ck_linked("call@2 exit mov:7 exit ");
}
END_TEST

START_TEST(what_is_not_called_stays_out)
{
	unsigned int f;

	elfgen_func(&g, ".text", "unused", CODE(MOV(0, 6), EXIT));
	f = elfgen_func(&g, ".text", "f", CODE(MOV(0, 7), EXIT));
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, f);
	elfgen_rel(&g, "prog", 1, f);
	ck_linked("call@3 call@3 exit mov:7 exit ");
}
END_TEST

START_TEST(calls_nest_and_functions_use_maps)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def)), inner, outer;

	inner = elfgen_func(&g, ".text", "inner", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, ".text", 0, a);
	outer = elfgen_func(&g, ".text", "outer", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, ".text", 3, inner);
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, outer);
	elfgen_rel(&g, "prog", 1, inner);
	ck_linked("call@3 call@5 exit call@5 exit map:a exit ");
}
END_TEST

/* a calls b and c, b calls c and d: c belongs behind b, which comes to it first */
START_TEST(what_a_function_calls_comes_behind_it)
{
	unsigned int a, b, c, d;

	d = elfgen_func(&g, ".text", "d", CODE(MOV(0, 4), EXIT));
	c = elfgen_func(&g, ".text", "c", CODE(MOV(0, 3), EXIT));
	b = elfgen_func(&g, ".text", "b", CODE(CALL(-1), CALL(-1), EXIT));
	a = elfgen_func(&g, ".text", "a", CODE(CALL(-1), CALL(-1), EXIT));
	elfgen_rel(&g, ".text", 4, c);
	elfgen_rel(&g, ".text", 5, d);
	elfgen_rel(&g, ".text", 7, b);
	elfgen_rel(&g, ".text", 8, c);
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, a);
	elfgen_rel(&g, "prog", 1, d);
	ck_linked("call@3 call@11 exit "
		  "call@6 call@9 exit "
		  "call@9 call@11 exit "
		  "mov:3 exit mov:4 exit ");
}
END_TEST

/* what waits while others are linked has its references, too */
START_TEST(maps_before_and_behind_a_call)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def)), f;

	f = elfgen_func(&g, ".text", "f", CODE(LOAD64(1, 0, 0), LOAD64(2, 0, 0), EXIT));
	elfgen_rel(&g, ".text", 0, a);
	elfgen_rel(&g, ".text", 2, a);
	elfgen_func(&g, "prog", "main", CODE(LOAD64(1, 0, 0), CALL(-1), LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, a);
	elfgen_rel(&g, "prog", 2, f);
	elfgen_rel(&g, "prog", 3, a);
	ck_linked("map:a call@6 map:a exit map:a map:a exit ");
}
END_TEST

/* each of them calls the next one, and waits for it */
START_TEST(as_deep_as_there_are_functions)
{
	unsigned int last, f;
	char name[16];
	size_t i;

	last = elfgen_func(&g, ".text", "last", CODE(MOV(0, 7), EXIT));
	for (i = 0; i < 254; i++) {
		snprintf(name, sizeof(name), "f%zu", i);
		f = elfgen_func(&g, ".text", name, CODE(CALL(-1), EXIT));
		elfgen_rel(&g, ".text", 2 * (i + 1), last);
		last = f;
	}
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, last);
	ck_assert_msg(link_it() == 0, "%s", err.text);
	ck_assert_uint_eq(linked.funcs_cnt, 256);
	ck_assert_str_eq(linked.funcs[255].func->name, "last");
	for (i = 0; i < 255; i++)
		ck_assert_int_eq(linked.insns[2 * i].imm, 1);
}
END_TEST

START_TEST(functions_may_call_themselves_and_each_other)
{
	unsigned int f;

	/* the kernel refuses recursion; that is not the linker's business */
	elfgen_func(&g, "prog", "main", CODE(CALL(-1), CALL(-1), EXIT));
	f = elfgen_func(&g, ".text", "f", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, f);
	elfgen_rel(&g, "prog", 1, 1);
	elfgen_rel(&g, ".text", 0, 1);
	ck_linked("call@3 call@0 exit call@0 exit ");
}
END_TEST

/* Within a section the assembler settles a call itself, without relocation */
START_TEST(a_call_within_the_section)
{
	elfgen_code(&g, "prog", CODE(MOV(0, 7), EXIT));
	elfgen_symbol(&g, "f", elfgen_index(&g, "prog"), 0, 16, LOCAL(STT_FUNC));
	elfgen_func(&g, "prog", "main", CODE(CALL(-3), CALL(-4), EXIT));
	ck_linked("call@3 call@3 exit mov:7 exit ");
}
END_TEST

START_TEST(calls_without_a_relocation_stand_among_those_with_one)
{
	unsigned int a = elfgen_map(&g, "a", &def, sizeof(def));
	unsigned int f = elfgen_func(&g, ".text", "f", CODE(MOV(0, 6), EXIT));

	elfgen_func(&g, "prog", "main",
		    CODE(CALL(7), LOAD64(1, 0, 0), CALL(-1), CALL(3), LOAD64(2, 0, 0), EXIT));
	elfgen_func(&g, "prog", "near", CODE(MOV(0, 7), EXIT));
	elfgen_rel(&g, "prog", 5, a);
	elfgen_rel(&g, "prog", 3, f);
	elfgen_rel(&g, "prog", 1, a);
	ck_linked("call@8 map:a call@10 call@8 map:a exit mov:7 exit mov:6 exit ");
	ck_assert_uint_eq(linked.refs_cnt, 2);
}
END_TEST

/* the section's bytes once more, behind all others and at an odd place */
static void move_away(struct buf *bytes, unsigned int section)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)bytes->data;
	size_t at = eh->e_shoff + section * sizeof(Elf64_Shdr);
	Elf64_Shdr sh;

	buf_add(bytes, "odd", 3 - bytes->len % 2);
	memcpy(&sh, bytes->data + at, sizeof(sh));
	ck_assert(buf_reserve(bytes, sh.sh_size));
	buf_add(bytes, bytes->data + sh.sh_offset, sh.sh_size);
	sh.sh_offset = bytes->len - sh.sh_size;
	memcpy(bytes->data + at, &sh, sizeof(sh));
}

START_TEST(a_call_in_code_at_an_odd_place)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	unsigned int section;

	elfgen_func(&g, "prog", "main", CODE(CALL(1), EXIT));
	elfgen_func(&g, "prog", "near", CODE(MOV(0, 7), EXIT));
	section = elfgen_index(&g, "prog");
	elfgen_end(&g, &bytes);
	move_away(&bytes, section);
	ck_assert_int_eq(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err), 0);
	ck_assert((uintptr_t)obj->codes[0].sec->data % _Alignof(struct bpf_insn));
	ck_assert_int_eq(link_program(obj, func("main"), &linked, &err), 0);
	ck_assert_uint_eq(linked.funcs_cnt, 2);
	ck_assert_int_eq(linked.insns[0].imm, 1);
}
END_TEST

START_TEST(a_call_into_another_named_section)
{
	unsigned int f = elfgen_func(&g, "helpers", "f", CODE(MOV(0, 7), EXIT));

	elfgen_func(&g, "prog", "main", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, "prog", 0, f);
	ck_linked("call@2 exit mov:7 exit ");
}
END_TEST

START_TEST(a_call_within_the_function_stays)
{
	elfgen_func(&g, "prog", "main", CODE(CALL(1), EXIT, MOV(0, 7), EXIT));
	ck_linked("call@2 exit mov:7 exit ");
}
END_TEST

/* The address of a function, for bpf_for_each_map_elem() and its like */
START_TEST(a_callback_by_name_and_by_section)
{
	unsigned int f, sec;

	elfgen_func(&g, ".text", "e", CODE(MOV(0, 6), EXIT));
	f = elfgen_func(&g, ".text", "f", CODE(MOV(0, 7), EXIT));
	sec = elfgen_symbol(&g, "", elfgen_index(&g, ".text"), 0, 0, LOCAL(STT_SECTION));
	elfgen_func(&g, "prog", "main", CODE(LOAD64(2, 0, 0), LOAD64(2, 0, 16), EXIT));
	elfgen_rel(&g, "prog", 0, f);
	elfgen_rel(&g, "prog", 2, sec);
	ck_linked("func@5 func@5 exit mov:7 exit ");
}
END_TEST

static void call_functions(unsigned int cnt)
{
	struct bpf_insn call = CALL(-1), exit = EXIT;
	unsigned int i, f;
	char name[16];

	for (i = 0; i < cnt; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		f = elfgen_func(&g, ".text", name, CODE(EXIT));
		elfgen_code(&g, "prog", &call, 1);
		elfgen_rel(&g, "prog", i, f);
	}
	elfgen_code(&g, "prog", &exit, 1);
}

START_TEST(as_many_functions_as_the_kernel_takes)
{
	call_functions(255);
	ck_assert_msg(link_it() == 0, "%s", err.text);
	ck_assert_uint_eq(linked.insns_cnt, 256 + 255);
}
END_TEST

START_TEST(one_function_more_is_refused)
{
	call_functions(256);
	ck_refused(-E2BIG,
		   "section 'prog', instruction 255 (offset 0x7f8): symbol 'f255': it calls more than 255 functions", "");
}
END_TEST

/* a name, and what of it: of a static variable clang names the section */
START_TEST(data_by_name_and_by_section)
{
	unsigned int text, number, data, zero;

	elfgen_data(&g, ".rodata.str1.1", "one\0two", 8);
	elfgen_section(&g, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	elfgen_data(&g, ".data", "0123456789abcdef", 16);
	elfgen_section(&g, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE);
	elfgen_data(&g, ".bss", "\0\0\0\0", 4);
	text = elfgen_symbol(&g, ".L.str", elfgen_index(&g, ".rodata.str1.1"), 0, 4,
			     LOCAL(STT_OBJECT));
	number = elfgen_symbol(&g, "number", elfgen_index(&g, ".data"), 8, 8,
			       GLOBAL(STT_OBJECT));
	data = elfgen_symbol(&g, "", elfgen_index(&g, ".data"), 0, 0, LOCAL(STT_SECTION));
	zero = elfgen_symbol(&g, "zero", elfgen_index(&g, ".bss"), 0, 4, GLOBAL(STT_OBJECT));
	elfgen_func(&g, "prog", "main",
		    CODE(LOAD64(1, 0, 4), LOAD64(2, 0, 4), LOAD64(3, 0, 4),
			 LOAD64(4, 0, -8), LOAD64(5, 0, 3), EXIT));
	elfgen_rel(&g, "prog", 0, text);
	elfgen_rel(&g, "prog", 2, number);
	elfgen_rel(&g, "prog", 4, data);
	elfgen_rel(&g, "prog", 6, number);
	elfgen_rel(&g, "prog", 8, zero);
	ck_linked(".rodata.str1.1+4 .data+12 .data+4 .data+0 .bss+3 exit ");
}
END_TEST

/* As LLVM 6 wrote it: no symbol is a function, and a label is like a local one */
START_TEST(local_functions_without_a_type_are_known_by_their_callers)
{
	unsigned int text;

	elfgen_code(&g, "prog", CODE(CALL(1), MOV(0, 5), CALL(1), EXIT, MOV(0, 6), EXIT));
	elfgen_code(&g, ".text", CODE(MOV(0, 1), EXIT, MOV(0, 2), MOV(0, 3), EXIT));
	text = elfgen_symbol(&g, "", elfgen_index(&g, ".text"), 0, 0, LOCAL(STT_SECTION));
	elfgen_symbol(&g, "LBB1_1", elfgen_index(&g, "prog"), 8, 0, LOCAL(STT_NOTYPE));
	elfgen_symbol(&g, "near", elfgen_index(&g, "prog"), 32, 0, LOCAL(STT_NOTYPE));
	elfgen_symbol(&g, "first", elfgen_index(&g, ".text"), 0, 0, LOCAL(STT_NOTYPE));
	elfgen_symbol(&g, "second", elfgen_index(&g, ".text"), 16, 0, LOCAL(STT_NOTYPE));
	elfgen_symbol(&g, "LBB2_1", elfgen_index(&g, ".text"), 24, 0, LOCAL(STT_NOTYPE));
	elfgen_symbol(&g, "main", elfgen_index(&g, "prog"), 0, 0, GLOBAL(STT_NOTYPE));
	elfgen_rel(&g, "prog", 0, text);
	ck_linked("call@4 mov:5 call@7 exit mov:2 mov:3 exit mov:6 exit ");
	ck_assert_str_eq(linked.funcs[0].func->name, "main");
	ck_assert_str_eq(linked.funcs[1].func->name, "second");
	ck_assert_str_eq(linked.funcs[2].func->name, "near");
}
END_TEST

START_TEST(relocations_of_what_is_not_loaded_do_not_matter)
{
	unsigned int s = elfgen_symbol(&g, "gone", SHN_UNDEF, 0, 0, GLOBAL(STT_NOTYPE));

	elfgen_func(&g, "other", "bad", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "other", 0, s);
	elfgen_func(&g, "prog", "main", CODE(EXIT));
	elfgen_func(&g, "prog", "bad_as_well", CODE(LOAD64(1, 0, 0), EXIT));
	elfgen_rel(&g, "prog", 1, s);
	ck_linked("exit ");
}
END_TEST

Suite *link_suite(void)
{
	Suite *s = suite_create("link");
	TCase *tc = tcase_create("link");

	tcase_add_checked_fixture(tc, link_start, link_finish);
	tcase_add_test(tc, a_map_by_its_name);
	tcase_add_test(tc, a_map_by_its_section_and_offset);
	tcase_add_test(tc, data_by_name_and_by_section);
	tcase_add_test(tc, descriptors_come_last_and_may_change);
	tcase_add_test(tc, what_descriptors_went_into_is_linked_again);
	tcase_add_test(tc, instructions_can_be_had_for_oneself);
	tcase_add_test(tc, relocations_in_any_order);
	tcase_add_test(tc, a_program_that_loads_maps_alone);
	tcase_add_test(tc, a_plain_number_is_no_reference);
	tcase_add_test(tc, a_global_function_in_text);
	tcase_add_test(tc, a_static_function_in_text);
	tcase_add_test(tc, what_is_not_called_stays_out);
	tcase_add_test(tc, calls_nest_and_functions_use_maps);
	tcase_add_test(tc, what_a_function_calls_comes_behind_it);
	tcase_add_test(tc, maps_before_and_behind_a_call);
	tcase_add_test(tc, as_deep_as_there_are_functions);
	tcase_add_test(tc, functions_may_call_themselves_and_each_other);
	tcase_add_test(tc, a_call_within_the_section);
	tcase_add_test(tc, calls_without_a_relocation_stand_among_those_with_one);
	tcase_add_test(tc, a_call_in_code_at_an_odd_place);
	tcase_add_test(tc, a_call_into_another_named_section);
	tcase_add_test(tc, a_call_within_the_function_stays);
	tcase_add_test(tc, a_callback_by_name_and_by_section);
	tcase_add_test(tc, as_many_functions_as_the_kernel_takes);
	tcase_add_test(tc, one_function_more_is_refused);
	tcase_add_test(tc, local_functions_without_a_type_are_known_by_their_callers);
	tcase_add_test(tc, relocations_of_what_is_not_loaded_do_not_matter);
	suite_add_tcase(s, tc);
	return s;
}
