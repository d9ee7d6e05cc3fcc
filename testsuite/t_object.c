/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "object.h"

#include <errno.h>
#include <stdio.h>

#include "elfgen.h"
#include "unit.h"

static struct elfgen g;
static struct bpfelf_object *obj;
static struct err err;

static void start(void)
{
	obj = NULL;
	err_clear(&err);
	elfgen_init(&g);
}

static int open_it(void)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	elfgen_end(&g, &bytes);
	return object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err);
}

static void finish(void)
{
	bpfelf_object_free(obj);
	elfgen_free(&g);
}

static void pass(const char *section, const char *name)
{
	elfgen_func(&g, section, name, CODE(MOV(0, 2), EXIT));
}

/* Maps. A row says which symbols there are over a section of 36-byte steps
 * filled with 1, 2, 3...; sizes and offsets are bytes. */

#define MAX_SYMBOLS 3

struct map_symbol {
	const char *name;
	uint64_t offset, size;
	unsigned char info;
};

static const struct map_case {
	const char *name;
	size_t size;
	struct map_symbol symbols[MAX_SYMBOLS];
	int expected;		/* how many maps, or an error */
	const char *words;	/* of the error, or the first map's name */
} map_cases[] = {
	{ "two of 36", 72,
	  { { "a", 0, 36, GLOBAL(STT_OBJECT) }, { "b", 36, 36, GLOBAL(STT_OBJECT) } }, 2, "a" },
	{ "symbols in another order", 72,
	  { { "b", 36, 36, GLOBAL(STT_OBJECT) }, { "a", 0, 36, GLOBAL(STT_OBJECT) } }, 2, "a" },
	{ "of 16", 16, { { "a", 0, 16, GLOBAL(STT_OBJECT) } }, 1, "a" },
	{ "of 20", 20, { { "a", 0, 20, GLOBAL(STT_OBJECT) } }, 1, "a" },
	{ "of 24", 24, { { "a", 0, 24, GLOBAL(STT_OBJECT) } }, 1, "a" },
	{ "of 28", 28, { { "a", 0, 28, GLOBAL(STT_OBJECT) } }, 1, "a" },
	{ "of 32", 32, { { "a", 0, 32, GLOBAL(STT_OBJECT) } }, 1, "a" },
	/* compat: iproute2 misreads it, 9.43 */
	{ "mixed sizes", 56,
	  { { "a", 0, 36, GLOBAL(STT_OBJECT) }, { "b", 36, 20, GLOBAL(STT_OBJECT) } }, 2, "a" },
	{ "static", 36, { { "a", 0, 36, LOCAL(STT_OBJECT) } }, 1, "a" },
	{ "static and global", 72,
	  { { "a", 0, 36, LOCAL(STT_OBJECT) }, { "b", 36, 36, GLOBAL(STT_OBJECT) } }, 2, "a" },
	{ "weak", 36, { { "a", 0, 36, ELF64_ST_INFO(STB_WEAK, STT_OBJECT) } }, 1, "a" },
	{ "LLVM 7: no type, no size", 72,
	  { { "a", 0, 0, GLOBAL(STT_NOTYPE) }, { "b", 36, 0, GLOBAL(STT_NOTYPE) } }, 2, "a" },
	{ "alias", 36, { { "a", 0, 36, GLOBAL(STT_OBJECT) }, { "b", 0, 36, GLOBAL(STT_OBJECT) } },
	  1, "a" },
	{ "alias of a static one", 36,
	  { { "a", 0, 36, LOCAL(STT_OBJECT) }, { "b", 0, 36, GLOBAL(STT_OBJECT) } }, 1, "b" },
	{ "other symbols do not count", 36,
	  { { "", 0, 0, LOCAL(STT_SECTION) }, { "L", 4, 0, LOCAL(STT_NOTYPE) },
	    { "a", 0, 36, GLOBAL(STT_OBJECT) } }, 1, "a" },
	{ "of 12", 12, { { "a", 0, 12, GLOBAL(STT_OBJECT) } }, -ENOTSUP,
	  "map 'a': a map definition of 12 bytes, struct bpf_elf_map has at least 16" },
	{ "of 40", 40, { { "a", 0, 40, GLOBAL(STT_OBJECT) } }, -ENOTSUP,
	  "map 'a': a map definition of 40 bytes, struct bpf_elf_map has at most 36" },
	{ "of 18", 18, { { "a", 0, 18, GLOBAL(STT_OBJECT) } }, -ENOTSUP, "no multiple of 4" },
	{ "array of two", 72, { { "a", 0, 72, GLOBAL(STT_OBJECT) } }, -ENOTSUP,
	  "map 'a': a map definition of 72 bytes" },
	{ "no symbols", 36, { }, -EBADMSG,
	  "section 'maps': no symbol names the map at its beginning" },
	{ "gap in front", 72, { { "b", 36, 36, GLOBAL(STT_OBJECT) } }, -EBADMSG,
	  "no symbol names the map at its beginning" },
	{ "gap between", 108,
	  { { "a", 0, 36, GLOBAL(STT_OBJECT) },
	    { "c", 72, 36, GLOBAL(STT_OBJECT) } },
	  -EBADMSG, "map 'a' has 36 bytes, the next one begins after 72" },
	{ "gap behind", 72, { { "a", 0, 36, GLOBAL(STT_OBJECT) } }, -EBADMSG,
	  "map 'a' has 36 bytes, the section ends after 72" },
	{ "overlap", 56,
	  { { "a", 0, 36, GLOBAL(STT_OBJECT) },
	    { "b", 20, 36, GLOBAL(STT_OBJECT) } },
	  -EBADMSG, "map 'a' has 36 bytes, the next one begins after 20" },
	{ "behind the end", 36,
	  { { "a", 0, 36, GLOBAL(STT_OBJECT) },
	    { "b", 36, 36, GLOBAL(STT_OBJECT) } }, -EBADMSG, "map 'b' lies outside its section" },
	{ "longer than the section", 36, { { "a", 0, 40, GLOBAL(STT_OBJECT) } }, -EBADMSG,
	  "map 'a' has 40 bytes" },
	{ "huge", 36, { { "a", 0, (uint64_t)1 << 32 | 36, GLOBAL(STT_OBJECT) } }, -EBADMSG,
	  "map 'a' has 4294967295 bytes" },
};

static size_t count_maps(void)
{
	const struct bpfelf_map *map = NULL;
	size_t n = 0;

	while ((map = bpfelf_map_next(obj, map)))
		n++;
	return n;
}

START_TEST(maps_and_their_symbols)
{
	const struct map_case *c = &map_cases[_i];
	const struct map_symbol *s;
	uint32_t words[64];
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = i % 9 + 1;
	pass("prog", "pass");
	elfgen_data(&g, "maps", words, c->size);
	for (s = c->symbols; s < c->symbols + MAX_SYMBOLS && s->name; s++)
		elfgen_symbol(&g, s->name, elfgen_index(&g, "maps"), s->offset,
			      s->size, s->info);
	r = open_it();
	if (c->expected < 0) {
		ck_assert_msg(r == c->expected, "%s: %d", c->name, r);
		ck_assert_msg(strstr(err.text, c->words) != NULL, "%s: %s", c->name, err.text);
		ck_assert_ptr_null(obj);
		return;
	}
	ck_assert_msg(r == 0, "%s: %s", c->name, err.text);
	ck_assert_uint_eq(count_maps(), c->expected);
	ck_assert_str_eq(bpfelf_map_next(obj, NULL)->name, c->words);
}
END_TEST

START_TEST(what_a_definition_says)
{
	const struct bpf_elf_map def = { 2, 4, 8, 16, 32, 64, 1, 256, 512 };
	struct bpfelf_map_info info = { .sz = sizeof(info) };
	const struct bpfelf_map *map;

	elfgen_map(&g, "m", &def, sizeof(def));
	pass("prog", "pass");
	ck_assert_int_eq(open_it(), 0);
	map = bpfelf_map_next(obj, NULL);
	ck_assert_int_eq(bpfelf_map_info(map, &info), 0);
	ck_assert_str_eq(info.name, "m");
	ck_assert_uint_eq(info.type, 2);
	ck_assert_uint_eq(info.key_size, 4);
	ck_assert_uint_eq(info.value_size, 8);
	ck_assert_uint_eq(info.max_entries, 16);
	ck_assert_uint_eq(info.map_flags, 32);
	ck_assert_uint_eq(info.id, 64);
	ck_assert_uint_eq(info.pinning, 1);
	ck_assert_uint_eq(info.inner_id, 256);
	ck_assert_uint_eq(info.inner_idx, 512);
	ck_assert_uint_eq(info.def_size, 36);

	/* a caller built with an older header, and one with a newer */
	memset(&info, 0xaa, sizeof(info));
	info.sz = offsetof(struct bpfelf_map_info, key_size);
	ck_assert_int_eq(bpfelf_map_info(map, &info), 0);
	ck_assert_uint_eq(info.type, 2);
	ck_assert_uint_eq(info.key_size, 0xaaaaaaaa);
	info.sz = sizeof(info) + 8;
	ck_assert_int_eq(bpfelf_map_info(map, &info), -E2BIG);
}
END_TEST

START_TEST(there_may_be_hundreds_of_maps)
{
	const struct bpf_elf_map def = { .type = 1 };
	uint32_t sec;
	char name[16];
	int i;

	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		elfgen_map(&g, name, &def, sizeof(def));
	}
	pass("prog", "pass");
	ck_assert_int_eq(open_it(), 0);
	ck_assert_uint_eq(count_maps(), 300);
	sec = obj->maps_sec->index;
	ck_assert_str_eq(object_map_at(obj, sec, 299 * 36)->name, "m299");
	ck_assert_ptr_null(object_map_at(obj, sec, 300 * 36));
	ck_assert_ptr_null(object_map_at(obj, sec, 18));
	ck_assert_ptr_null(object_map_at(obj, sec + 1, 0));
}
END_TEST

START_TEST(sections_that_are_no_maps)
{
	pass("prog", "pass");
	elfgen_section(&g, "maps", SHT_PROGBITS, 0);	/* empty */
	elfgen_data(&g, ".maps", "x", 1);
	elfgen_data(&g, "maps/one", "x", 1);
	ck_assert_int_eq(open_it(), 0);
	ck_assert_uint_eq(count_maps(), 0);
	ck_assert_ptr_null(object_map_at(obj, image_find(&obj->img, "maps")->index, 0));
	ck_assert_ptr_null(object_map_at(obj, image_find(&obj->img, ".maps")->index, 0));
}
END_TEST

/* Licences: any length, unlike iproute2's 128 bytes */

START_TEST(licences_of_any_length)
{
	static const size_t lengths[] = { 0, 3, 127, 128, 999 };
	char license[1000] = "";

	memset(license, 'x', lengths[_i]);
	pass("prog", "pass");
	elfgen_license(&g, license);
	ck_assert_int_eq(open_it(), 0);
	ck_assert_str_eq(bpfelf_object_license(obj), license);
}
END_TEST

START_TEST(a_licence_may_lack_its_end)
{
	pass("prog", "pass");
	elfgen_data(&g, "license", "GPL", 3);
	ck_assert_int_eq(open_it(), 0);
	ck_assert_str_eq(bpfelf_object_license(obj), "GPL");
}
END_TEST

START_TEST(a_licence_may_be_absent)
{
	pass("prog", "pass");
	ck_assert_int_eq(open_it(), 0);
	ck_assert_str_eq(bpfelf_object_license(obj), "");
	ck_assert_str_eq(bpfelf_object_name(obj), "test.o");
}
END_TEST

/* compat: scanf's %i/%i */
static const struct {
	const char *section;
	bool is_slot;
	uint32_t id, key;
} slots[] = {
	{ "1/0", true, 1, 0 },
	{ "0x10/0", true, 16, 0 },
	{ "0X1f/0xA", true, 31, 10 },
	{ "020/010", true, 16, 8 },
	{ "16/9junk", true, 16, 9 },
	{ "16/0x", true, 16, 0 },
	{ " 16/12", true, 16, 12 },
	{ "16/ 12", true, 16, 12 },
	{ "+16/13", true, 16, 13 },
	{ "16/-1", true, 16, UINT32_MAX },
	{ "-1/3", true, UINT32_MAX, 3 },
	{ "0/0", true, 0, 0 },
	{ "2147483647/1", true, INT32_MAX, 1 },
	{ "1/2/3", true, 1, 2 },
	{ "1 /2", false, 0, 0 },
	{ "1/", false, 0, 0 },
	{ "/1", false, 0, 0 },
	{ "1", false, 0, 0 },
	{ "1-2", false, 0, 0 },
	{ "a/1", false, 0, 0 },
	{ "classifier/1", false, 0, 0 },
	{ "prog", false, 0, 0 },
};

START_TEST(sections_named_id_and_key)
{
	const struct bpfelf_program *prog;
	uint32_t id, key;

	pass(slots[_i].section, "f");
	ck_assert_int_eq(open_it(), 0);
	prog = bpfelf_program_next(obj, NULL);
	ck_assert_msg(bpfelf_program_slot(prog, &id, &key) == slots[_i].is_slot,
		      "%s", slots[_i].section);
	ck_assert_uint_eq(id, slots[_i].id);
	ck_assert_uint_eq(key, slots[_i].key);
	ck_assert(bpfelf_program_slot(prog, NULL, NULL) == slots[_i].is_slot);
}
END_TEST

/* Functions */

/* "section:name:instructions ..." of what may be asked for */
static const char *entries(struct buf *text)
{
	const struct bpfelf_program *p = NULL;

	while ((p = bpfelf_program_next(obj, p)))
		buf_addf(text, "%s%s:%s:%zu", text->len ? " " : "",
			 bpfelf_program_section(p), bpfelf_program_name(p),
			 bpfelf_program_insn_cnt(p));
	return buf_str(text);
}

static void ck_entries(const char *expected)
{
	_cleanup_buf_ struct buf text = { 0 };

	ck_assert_msg(obj || open_it() == 0, "%s", err.text);
	ck_assert_str_eq(entries(&text), expected);
}

START_TEST(a_section_may_hold_several_functions)
{
	pass("prog", "one");
	elfgen_func(&g, "prog", "two", CODE(MOV(1, 1), MOV(0, 2), EXIT));
	pass("other", "three");
	ck_entries("prog:one:2 prog:two:3 other:three:2");
	ck_assert_str_eq(object_entry(obj, "prog")->name, "one");
	ck_assert_ptr_null(object_entry(obj, "pro"));
}
END_TEST

START_TEST(a_static_function_in_front_is_no_entry)
{
	elfgen_code(&g, "prog", CODE(MOV(0, 0), EXIT));
	elfgen_symbol(&g, "helper", elfgen_index(&g, "prog"), 0, 16, LOCAL(STT_FUNC));
	pass("prog", "main");
	ck_entries("prog:main:2");
	ck_assert_str_eq(object_entry(obj, "prog")->name, "main");
}
END_TEST

START_TEST(a_section_of_static_functions_has_an_entry)
{
	elfgen_code(&g, "prog", CODE(MOV(0, 0), EXIT));
	elfgen_symbol(&g, "only", elfgen_index(&g, "prog"), 0, 16, LOCAL(STT_FUNC));
	pass("other", "main");
	ck_entries("prog:only:2 other:main:2");
}
END_TEST

START_TEST(code_without_a_symbol_is_named_after_its_section)
{
	elfgen_code(&g, "prog", CODE(MOV(0, 0), EXIT));
	ck_entries("prog:prog:2");
}
END_TEST

START_TEST(a_function_without_type_counts_if_global)
{
	elfgen_code(&g, "prog", CODE(MOV(0, 0), MOV(0, 0), EXIT));
	elfgen_symbol(&g, "old", elfgen_index(&g, "prog"), 0, 0, GLOBAL(STT_NOTYPE));
	elfgen_symbol(&g, "LBB0", elfgen_index(&g, "prog"), 8, 0, LOCAL(STT_NOTYPE));
	ck_entries("prog:old:3");
}
END_TEST

START_TEST(of_names_for_one_function_the_first_global_counts)
{
	elfgen_code(&g, "prog", CODE(MOV(0, 0), EXIT));
	elfgen_symbol(&g, "local", elfgen_index(&g, "prog"), 0, 16, LOCAL(STT_FUNC));
	elfgen_symbol(&g, "first", elfgen_index(&g, "prog"), 0, 16, GLOBAL(STT_FUNC));
	elfgen_symbol(&g, "second", elfgen_index(&g, "prog"), 0, 16, GLOBAL(STT_FUNC));
	ck_entries("prog:first:2");
}
END_TEST

START_TEST(empty_and_data_sections_are_no_programs)
{
	elfgen_section(&g, "empty", SHT_PROGBITS, SHF_EXECINSTR);
	elfgen_data(&g, "data", "12345678", 8);
	elfgen_section(&g, "nobits", SHT_NOBITS, SHF_EXECINSTR)->header.sh_size = 1 << 20;
	ck_entries("");
}
END_TEST

START_TEST(any_instruction_leads_to_its_function)
{
	const struct code *code;

	pass("a", "one");
	pass("b", "two");
	pass("b", "three");
	ck_assert_int_eq(open_it(), 0);
	code = object_code(obj, image_find(&obj->img, "b")->index);
	ck_assert_str_eq(object_func(code, 0)->name, "two");
	ck_assert_str_eq(object_func(code, 1)->name, "two");
	ck_assert_str_eq(object_func(code, 2)->name, "three");
	ck_assert_str_eq(object_func(code, 3)->name, "three");
	ck_assert_ptr_null(object_func(code, 4));
	ck_assert_ptr_null(object_func(code, UINT64_MAX));
	ck_assert_ptr_null(object_code(obj, 0));
	ck_assert_ptr_null(object_code(obj, 1));
	ck_assert_ptr_null(object_code(obj, UINT32_MAX));
}
END_TEST

/* Damage */

static void half_an_instruction(void)
{
	elfgen_data(&g, "prog", "1234", 4);
	elfgen_section(&g, "prog", 0, 0)->header.sh_flags |= SHF_EXECINSTR;
}

static void function_behind_the_end(void)
{
	pass("prog", "pass");
	elfgen_symbol(&g, "late", elfgen_index(&g, "prog"), 16, 0, GLOBAL(STT_FUNC));
}

static void function_within_an_instruction(void)
{
	pass("prog", "pass");
	elfgen_symbol(&g, "odd", elfgen_index(&g, "prog"), 4, 0, GLOBAL(STT_FUNC));
}

static void relocation_behind_the_end(void)
{
	pass("prog", "pass");
	elfgen_rel(&g, "prog", 2, 1);
}

static void relocation_within_an_instruction(void)
{
	pass("prog", "pass");
	elfgen_rel(&g, "prog", 0, 1);
	((Elf64_Rel *)elfgen_section(&g, ".relprog", 0, 0)->data.data)->r_offset = 4;
}

static void half_a_relocation(void)
{
	pass("prog", "pass");
	elfgen_rel(&g, "prog", 0, 1);
	elfgen_section(&g, ".relprog", 0, 0)->header.sh_size = 8;
}

static const struct {
	void (*build)(void);
	int expected;
	const char *words;
} damaged[] = {
	{ half_an_instruction, -EBADMSG, "section 'prog': 4 bytes are no whole instructions" },
	{ function_behind_the_end, -EBADMSG,
	  "function 'late' at offset 0x10 is no instruction of 'prog'" },
	{ function_within_an_instruction, -EBADMSG,
	  "function 'odd' at offset 0x4 is no instruction of 'prog'" },
	{ relocation_behind_the_end, -EBADMSG,
	  "section '.relprog': relocation 0 at offset 0x10 is no instruction of 'prog'" },
	{ relocation_within_an_instruction, -EBADMSG,
	  "section '.relprog': relocation 0 at offset 0x4 is no instruction of 'prog'" },
	{ half_a_relocation, -EBADMSG, "section '.relprog': 8 bytes are no whole relocations" },
};

START_TEST(damage_is_named)
{
	damaged[_i].build();
	ck_assert_int_eq(open_it(), damaged[_i].expected);
	ck_assert_str_eq(err.text, damaged[_i].words);
}
END_TEST

START_TEST(the_id_is_what_sha1sum_prints)
{
	static const char sha_of_abc[] = "a9993e364706816aba3e25717850c26c9cd0d89d";
	char id[OBJECT_ID_LEN + 1];
	struct bpfelf_object abc = { .img = { .bytes = (char *)"abc", .size = 3 } };

	object_id(&abc, id);
	ck_assert_str_eq(id, sha_of_abc);
}
END_TEST

START_TEST(relocations_for_co_re_do_not_pass_unseen)
{
	const uint32_t hdr[] = { 0x0001eb9f, 32, 0, 0, 0, 0, 0, 64 };

	pass("prog", "pass");
	elfgen_data(&g, ".BTF.ext", hdr, sizeof(hdr));
	ck_assert_int_eq(open_it(), 0);
	ck_assert(strstr(buf_str(&obj->notes), "CO-RE relocations, which are not applied") != NULL);
}
END_TEST

Suite *object_suite(void)
{
	Suite *s = suite_create("object");
	TCase *tc = tcase_create("object");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, maps_and_their_symbols, 0, ARRAY_SIZE(map_cases));
	tcase_add_test(tc, what_a_definition_says);
	tcase_add_test(tc, there_may_be_hundreds_of_maps);
	tcase_add_test(tc, sections_that_are_no_maps);
	tcase_add_loop_test(tc, licences_of_any_length, 0, 5);
	tcase_add_test(tc, a_licence_may_lack_its_end);
	tcase_add_test(tc, a_licence_may_be_absent);
	tcase_add_loop_test(tc, sections_named_id_and_key, 0, ARRAY_SIZE(slots));
	tcase_add_test(tc, a_section_may_hold_several_functions);
	tcase_add_test(tc, a_static_function_in_front_is_no_entry);
	tcase_add_test(tc, a_section_of_static_functions_has_an_entry);
	tcase_add_test(tc, code_without_a_symbol_is_named_after_its_section);
	tcase_add_test(tc, a_function_without_type_counts_if_global);
	tcase_add_test(tc, of_names_for_one_function_the_first_global_counts);
	tcase_add_test(tc, empty_and_data_sections_are_no_programs);
	tcase_add_test(tc, any_instruction_leads_to_its_function);
	tcase_add_loop_test(tc, damage_is_named, 0, ARRAY_SIZE(damaged));
	tcase_add_test(tc, the_id_is_what_sha1sum_prints);
	tcase_add_test(tc, relocations_for_co_re_do_not_pass_unseen);
	suite_add_tcase(s, tc);
	return s;
}
