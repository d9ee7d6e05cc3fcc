/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `.BTF`, `.BTF.ext`, and what a linked program keeps of them. */
#include "btf.h"

#include <errno.h>
#include <stdio.h>

#include "btfgen.h"
#include "debuginfo.h"
#include "elfgen.h"
#include "rig.h"
#include "unit.h"

enum {
	INT = 1, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST,
	RESTRICT, FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64,
};
enum { STATIC, GLOBAL_FUNC, EXTERN };

static struct btfgen g;
static struct elfgen elf;
static struct buf bytes, ext;
static struct bpfelf_object *obj;
static struct btf btf;
static struct err err;

static void start(void)
{
	memset(&g, 0, sizeof(g));
	obj = NULL;
	memset(&btf, 0, sizeof(btf));
	memset(&bytes, 0, sizeof(bytes));
	memset(&ext, 0, sizeof(ext));
	err_clear(&err);
	elfgen_init(&elf);
}

static void finish(void)
{
	btf_free(&btf);
	buf_free(&bytes);
	buf_free(&ext);
	bpfelf_object_free(obj);
	elfgen_free(&elf);
}

/* an object with what was built so far; `bytes` and `ext` stay */
static void open_object(void)
{
	_cleanup_buf_ struct buf file = { 0 };

	btfgen_end(&g, &bytes, &ext);
	elfgen_data(&elf, ".BTF", bytes.data, bytes.len);
	elfgen_data(&elf, ".BTF.ext", ext.data, ext.len);
	elfgen_end(&elf, &file);
	ck_assert_msg(object_open_mem(&obj, file.data, file.len, "test.o", &err) == 0,
		      "%s", err.text);
}

static int read_it(void)
{
	static const struct image none;

	return btf_read(&btf, &none, NULL, bytes.data, bytes.len, &err);
}

/* The header */

static const struct damage {
	const char *name;
	size_t at, size;
	uint32_t value;
	int expected;
	const char *words;
} damages[] = {
	{ "whole", 0, 2, 0xeb9f, 0, "" },
	{ "magic", 0, 2, 0x9feb, -EBADMSG, "magic number 0x9feb" },
	{ "version", 2, 1, 2, -ENOTSUP, "version 2" },
	{ "flags", 3, 1, 1, -ENOTSUP, "flags 0x1" },
	{ "short header", 4, 4, 23, -EBADMSG, "a header of 23 bytes" },
	{ "header past the end", 4, 4, 1000, -EBADMSG, "a header of 1000 bytes" },
	{ "header of 4 GiB", 4, 4, UINT32_MAX, -EBADMSG, "a header of" },
	{ "types past the end", 8, 4, 1000, -EBADMSG, "outside" },
	{ "types that wrap around", 8, 4, UINT32_MAX, -EBADMSG, "outside" },
	{ "too long types", 12, 4, 1000, -EBADMSG, "outside" },
	{ "types cut in two", 12, 4, 8, -EBADMSG, "type 1 is cut short" },
	{ "types cut before the words", 12, 4, 12, -EBADMSG, "type 1 is cut short" },
	{ "strings past the end", 16, 4, 1000, -EBADMSG, "outside" },
	{ "too long strings", 20, 4, UINT32_MAX, -EBADMSG, "outside" },
	{ "no strings", 20, 4, 0, -EBADMSG, "NUL" },
	{ "strings without an end", 20, 4, 3, -EBADMSG, "NUL" },
	{ "strings without a beginning", 16, 4, 12, -EBADMSG, "NUL" },
	{ "unknown kind", 24 + 4, 4, BTFGEN(20, 0), -ENOTSUP, "type 1 is of unknown kind 20" },
	{ "kind 0", 24 + 4, 4, 0, -ENOTSUP, "type 1 is of unknown kind 0" },
	{ "more words than there are", 24 + 4, 4, BTFGEN(STRUCT, 65535), -EBADMSG, "cut short" },
};

START_TEST(headers)
{
	const struct damage *d = &damages[_i];

	btfgen_type(&g, "int", BTFGEN(INT, 0), 4, WORDS(32));
	btfgen_end(&g, &bytes, NULL);
	memcpy(bytes.data + d->at, &d->value, d->size);
	ck_assert_msg(read_it() == d->expected, "%s: %s", d->name, err.text);
	ck_assert_msg(strstr(err.text, d->words) != NULL, "%s: %s", d->name, err.text);
	ck_assert_int_eq(!btf.data, d->expected != 0);
}
END_TEST

/* iproute2 7.1 takes its own header's length for the file's */
START_TEST(a_longer_header_is_passed_over)
{
	_cleanup_buf_ struct buf longer = { 0 };
	const uint32_t len = 32;

	btfgen_type(&g, "int", BTFGEN(INT, 0), 4, WORDS(32));
	btfgen_end(&g, &bytes, NULL);
	buf_add(&longer, bytes.data, 24);
	memcpy(longer.data + 4, &len, sizeof(len));
	buf_add(&longer, "somewhat", 8);
	buf_add(&longer, bytes.data + 24, bytes.len - 24);
	buf_free(&bytes);
	bytes = longer;
	memset(&longer, 0, sizeof(longer));
	ck_assert_int_eq(read_it(), 0);
	ck_assert_uint_eq(btf.size, bytes.len - 8);
	ck_assert_uint_eq(btf.types.cnt, 2);
	ck_assert_str_eq(btf_string(&btf, 1), "int");
}
END_TEST

START_TEST(gaps_are_closed)
{
	_cleanup_buf_ struct buf wide = { 0 };
	uint32_t off;

	btfgen_type(&g, "int", BTFGEN(INT, 0), 4, WORDS(32));
	btfgen_end(&g, &bytes, NULL);
	memcpy(&off, bytes.data + 16, sizeof(off));
	buf_add(&wide, bytes.data, 24 + off);
	buf_add(&wide, "hole", 4);
	buf_add(&wide, bytes.data + 24 + off, bytes.len - 24 - off);
	off += 4;
	memcpy(wide.data + 16, &off, sizeof(off));
	buf_free(&bytes);
	bytes = wide;
	memset(&wide, 0, sizeof(wide));
	ck_assert_int_eq(read_it(), 0);
	ck_assert_uint_eq(btf.size, bytes.len - 4);
	ck_assert_str_eq(btf_string(&btf, 1), "int");
	ck_assert_str_eq(btf_string(&btf, 4), "");
	ck_assert_str_eq(btf_string(&btf, 5), "");
	ck_assert_str_eq(btf_string(&btf, UINT32_MAX), "");
}
END_TEST

/* of a megabyte and more, and each in place: one has changed */
START_TEST(types_may_be_many)
{
	const uint32_t cnt = 100000;
	uint32_t id;

	btfgen_type(&g, "int", BTFGEN(INT, 0), 4, WORDS(32));
	btfgen_type(&g, "gone", BTFGEN(VAR, 0), INT, WORDS(EXTERN));
	for (id = 3; id <= cnt; id++)
		btfgen_type(&g, "", BTFGEN(PTR, 0), id - 1, NO_WORDS);
	btfgen_end(&g, &bytes, NULL);
	ck_assert_msg(read_it() == 0, "%s", err.text);
	ck_assert_uint_eq(btf.types.cnt, cnt + 1);
	for (id = 3; id <= cnt; id++)
		ck_assert_uint_eq(types_get(&btf.types, id)->type, id - 1);
	ck_assert_uint_eq(type_kind(types_get(&btf.types, id)), TYPE_VOID);
	ck_assert_int_eq(types_check(&btf.types, &err), 0);
}
END_TEST

/* What the kernel gets */

static void print_type(uint32_t id, struct buf *out)
{
	uint32_t words[3], end, i, word;

	memcpy(words, types_get(&btf.types, id), sizeof(words));
	end = type_size(types_get(&btf.types, id));
	buf_addf(out, "%u: %u/%u %s %u:", id, words[1] >> 24, words[1] & 0xffff,
		 btf_string(&btf, words[0]), words[2]);
	for (i = sizeof(words); i < end; i += 4) {
		memcpy(&word, (const char *)types_get(&btf.types, id) + i, 4);
		buf_addf(out, " %u", word);
	}
	buf_addf(out, "\n");
}

static void ck_types(const char *expected)
{
	_cleanup_buf_ struct buf text = { 0 };
	uint32_t id;

	ck_assert_msg(!obj || !obj->btf_problem, "%s", obj->btf_problem);
	if (obj) {
		btf = obj->btf;
		memset(&obj->btf, 0, sizeof(obj->btf));
	}
	for (id = 1; id < btf.types.cnt; id++)
		print_type(id, &text);
	ck_assert_str_eq(buf_str(&text), expected);
}

START_TEST(every_kind_is_known)
{
	uint32_t kind, len;
	static const uint8_t words[] = {
		[INT] = 1, [ARRAY] = 3, [STRUCT] = 6, [UNION] = 6, [ENUM] = 4,
		[FUNC_PROTO] = 4, [VAR] = 1, [DECL_TAG] = 1, [ENUM64] = 6,
	};

	for (kind = INT; kind <= ENUM64; kind++) {
		len = kind == DATASEC ? 6 : words[kind];
		btfgen_type(&g, "x", BTFGEN(kind, kind == FUNC ? 0 : 2), 8,
			    (const uint32_t[6]) { 0 }, len);
	}
	btfgen_end(&g, &bytes, NULL);
	ck_assert_msg(read_it() == 0, "%s", err.text);
	ck_assert_uint_eq(btf.types.cnt, ENUM64 + 1);
	ck_assert_uint_eq(btf.size, bytes.len);
	ck_assert_int_eq(memcmp(btf.data, bytes.data, bytes.len), 0);
}
END_TEST

static void add_vars(void)
{
	elfgen_data(&elf, ".data", "............", 12);
	elfgen_symbol(&elf, "first", elfgen_index(&elf, ".data"), 0, 4, GLOBAL(STT_OBJECT));
	elfgen_symbol(&elf, "second", elfgen_index(&elf, ".data"), 8, 4, LOCAL(STT_OBJECT));
	elfgen_data(&elf, "other", "....", 4);
	elfgen_symbol(&elf, "third", elfgen_index(&elf, "other"), 0, 4, GLOBAL(STT_OBJECT));
	btfgen_type(&g, "int", BTFGEN(INT, 0), 4, WORDS(32));		/* 1 */
	btfgen_type(&g, "second", BTFGEN(VAR, 0), 1, WORDS(0));	/* 2 */
	btfgen_type(&g, "first", BTFGEN(VAR, 0), 1, WORDS(1));		/* 3 */
	btfgen_type(&g, "third", BTFGEN(VAR, 0), 1, WORDS(1));		/* 4 */
	btfgen_type(&g, "extern", BTFGEN(VAR, 0), 1, WORDS(EXTERN));	/* 5 */
}

#define VARS "1: 1/0 int 4: 32\n2: 14/0 second 1: 0\n3: 14/0 first 1: 1\n" \
	"4: 14/0 third 1: 1\n5: 2/0  0:\n"

static const struct {
	const char *name;
	uint32_t size, words[6], cnt;
	const char *expected;
} sections[] = {
	{ ".data", 0, { 2, 0, 4, 3, 0, 4 }, 6,
	  "6: 15/2 .data 12: 3 0 4 2 8 4\n" },
	{ ".data", 0, { 2, 0, 4 }, 3, "6: 15/1 .data 12: 2 8 4\n" },
	/* nobody knows better than who filled it in */
	{ ".data", 12, { 3, 4, 4, 2, 8, 4 }, 6, "6: 15/2 .data 12: 3 4 4 2 8 4\n" },
	/* a variable that is elsewhere, extern, or none */
	{ ".data", 0, { 2, 0, 4, 4, 0, 4 }, 6, "6: 2/0  0:\n" },
	{ ".data", 0, { 5, 0, 4 }, 3, "6: 2/0  0:\n" },
	{ ".data", 0, { 1, 0, 4 }, 3, "6: 2/0  0:\n" },
	{ ".data", 0, { 99, 0, 4 }, 3, "6: 2/0  0:\n" },
	{ ".data", 0, { 0, 0, 4 }, 3, "6: 2/0  0:\n" },
	{ ".ksyms", 0, { 2, 0, 4 }, 3, "6: 2/0  0:\n" },
	{ "other", 0, { 4, 0, 4 }, 3, "6: 15/1 other 4: 4 0 4\n" },
};

START_TEST(sections_get_size_and_offsets)
{
	_cleanup_free_ char *expected = str_printf("%s%s", VARS, sections[_i].expected);

	add_vars();
	btfgen_type(&g, sections[_i].name, BTFGEN(DATASEC, sections[_i].cnt / 3),
		    sections[_i].size, sections[_i].words, sections[_i].cnt);
	open_object();
	ck_types(expected);
}
END_TEST

START_TEST(functions_become_static_and_externs_nothing)
{
	uint32_t var, func;

	btfgen_type(&g, "", BTFGEN(FUNC_PROTO, 0), 0, NO_WORDS);
	btfgen_type(&g, "global", BTFGEN(FUNC, GLOBAL_FUNC), 1, NO_WORDS);
	btfgen_type(&g, "static", BTFGEN(FUNC, STATIC), 1, NO_WORDS);
	func = btfgen_type(&g, "kfunc", BTFGEN(FUNC, EXTERN), 1, NO_WORDS);
	var = btfgen_type(&g, "config", BTFGEN(VAR, 0), 1, WORDS(EXTERN));
	btfgen_type(&g, "tag", BTFGEN(DECL_TAG, 0), func, WORDS(-1u));
	btfgen_type(&g, "tag", BTFGEN(DECL_TAG, 0), var, WORDS(-1u));
	btfgen_type(&g, "tag", BTFGEN(DECL_TAG, 0), 2, WORDS(-1u));
	btfgen_end(&g, &bytes, NULL);
	ck_assert_int_eq(read_it(), 0);
	ck_types("1: 13/0  0:\n"
		 "2: 12/0 global 1:\n"
		 "3: 12/0 static 1:\n"
		 "4: 2/0  0:\n"
		 "5: 2/0  0:\n"
		 "6: 2/0  0:\n"
		 "7: 2/0  0:\n"
		 "8: 17/0 tag 2: 4294967295\n");
}
END_TEST

/* In an object for libbpf: which stay global */
START_TEST(functions_stay_global_but_for_hidden_ones)
{
	static const char *const names[] = { "seen", "hidden", "also_hidden" };
	Elf64_Sym *sym;
	size_t i;

	btfgen_type(&g, "", BTFGEN(FUNC_PROTO, 0), 0, NO_WORDS);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		btfgen_type(&g, names[i], BTFGEN(FUNC, GLOBAL_FUNC), 1, NO_WORDS);
		elfgen_func(&elf, ".text", names[i], CODE(MOV(0, 0), EXIT));
		sym = (Elf64_Sym *)elfgen_section(&elf, ".symtab", 0, 0)->data.data + 1 + i;
		sym->st_other = i;	/* STV_DEFAULT, STV_INTERNAL, STV_HIDDEN */
	}
	btfgen_type(&g, "static", BTFGEN(FUNC, STATIC), 1, NO_WORDS);
	open_object();
	ck_types("1: 13/0  0:\n"
		 "2: 12/1 seen 1:\n"
		 "3: 12/0 hidden 1:\n"
		 "4: 12/0 also_hidden 1:\n"
		 "5: 12/0 static 1:\n");
}
END_TEST

/* Map types; compat: struct ____btf_map_NAME tells them */

static const struct {
	uint32_t kind, vlen;
	const char *name, *first, *second;
	bool expected;
} annotations[] = {
	{ STRUCT, 2, "____btf_map_acl", "key", "value", true },
	{ UNION,  2, "____btf_map_acl", "key", "value", false },
	{ STRUCT, 2, "____btf_map_acl", "value", "key", false },
	{ STRUCT, 2, "____btf_map_acl", "key", "val", false },
	{ STRUCT, 2, "____btf_map_acl", "", "value", false },
	{ STRUCT, 2, "____btf_map_acl2", "key", "value", false },
	{ STRUCT, 2, "____btf_map_", "key", "value", false },
	{ STRUCT, 2, "acl", "key", "value", false },
	{ STRUCT, 1, "____btf_map_acl", "key", "value", false },
	{ STRUCT, 3, "____btf_map_acl", "key", "value", false },
};

START_TEST(types_of_a_map)
{
	uint32_t key = 0, value = 0, members[9] = { 0 };

	members[0] = btfgen_string(&g, annotations[_i].first);
	members[1] = 7;
	members[3] = btfgen_string(&g, annotations[_i].second);
	members[4] = 9;
	btfgen_type(&g, annotations[_i].name,
		    BTFGEN(annotations[_i].kind, annotations[_i].vlen), 16, members,
		    annotations[_i].vlen * 3);
	btfgen_end(&g, &bytes, NULL);
	ck_assert_msg(read_it() == 0, "%s", err.text);
	ck_assert_int_eq(btf_map_types(&btf, "acl", &key, &value), annotations[_i].expected);
	if (annotations[_i].expected) {
		ck_assert_uint_eq(key, 7);
		ck_assert_uint_eq(value, 9);
	}
}
END_TEST

/* Records */

static void print_info(const struct debuginfo *info, struct buf *out)
{
	uint32_t i;

	for (i = 0; i < info->funcs_cnt; i++)
		buf_addf(out, "%u:func%u ", info->funcs[i].insn_off,
			 info->funcs[i].type_id);
	for (i = 0; i < info->lines_cnt; i++)
		buf_addf(out, "%u:line%u ", info->lines[i].insn_off,
			 info->lines[i].line_col);
}

static void ck_info(const char *program, const char *expected)
{
	_cleanup_(debuginfo_free) struct debuginfo info = { 0 };
	_cleanup_(link_free) struct link link = { 0 };
	const struct bpfelf_program *p = NULL;
	_cleanup_buf_ struct buf text = { 0 };

	while ((p = bpfelf_program_next(obj, p)) && !str_eq(p->name, program))
		;
	ck_assert_ptr_nonnull(p);
	ck_assert_msg(link_program(obj, p, &link, &err) == 0, "%s", err.text);
	ck_assert_int_eq(debuginfo_link(obj, &link, &info, &err), 0);
	print_info(&info, &text);
	ck_assert_str_eq(buf_str(&text), expected);
}

/* `prog` with main, 4 instructions, and local, 2; `.text` with unused, 2, and
 * far, 2: main calls both, and far calls local */
static void add_code(void)
{
	unsigned int far, local;

	elfgen_func(&elf, "prog", "main", CODE(CALL(-1), CALL(2), MOV(0, 0), EXIT));
	local = elfgen_func(&elf, "prog", "local", CODE(MOV(0, 1), EXIT));
	elfgen_func(&elf, ".text", "unused", CODE(MOV(0, 2), EXIT));
	far = elfgen_func(&elf, ".text", "far", CODE(CALL(-1), EXIT));
	elfgen_rel(&elf, "prog", 0, far);
	elfgen_rel(&elf, ".text", 2, local);
}

START_TEST(records_move_with_their_functions)
{
	add_code();
	btfgen_run(&g, &g.funcs, ".text", 3, WORDS(0, 30, 0, 16, 40, 0));
	btfgen_run(&g, &g.funcs, "prog", 3, WORDS(0, 10, 0, 32, 20, 0));
	btfgen_run(&g, &g.lines, "prog", 5,
		   WORDS(0, 0, 0, 1, 9, 16, 0, 0, 2, 9, 24, 0, 0, 3, 9, 32, 0, 0, 4, 9));
	btfgen_run(&g, &g.lines, ".text", 5,
		   WORDS(0, 0, 0, 5, 9, 16, 0, 0, 6, 9, 24, 0, 0, 7, 9));
	open_object();
	ck_assert_ptr_null(obj->btf_problem);
	/* main at 0, far at 4, local at 6 */
	ck_info("main", "0:func10 4:func40 6:func20 "
		"0:line1 2:line2 3:line3 4:line6 5:line7 6:line4 ");
	ck_info("unused", "0:func30 0:line5 ");
}
END_TEST

/* "" stands for a section without records */
static const struct {
	const char *name;
	uint32_t funcs[4], lines[8];
	const char *expected, *problem;
} sets[] = {
	{ "whole", { 0, 1, 16, 2 }, { 0, 0, 0, 1, 16, 0, 0, 2 },
	  "0:func1 2:func2 0:line1 2:line2 ", NULL },
	{ "no function at the beginning", { 8, 1, 16, 2 }, { 0, 0, 0, 1, 16, 0, 0, 2 }, "", NULL },
	{ "no second function", { 0, 1, 24, 2 }, { 0, 0, 0, 1, 16, 0, 0, 2 }, "", NULL },
	{ "no first line", { 0, 1, 16, 2 }, { 8, 0, 0, 1, 16, 0, 0, 2 },
	  "0:func1 2:func2 ", NULL },
	{ "no line of the second", { 0, 1, 16, 2 }, { 0, 0, 0, 1, 24, 0, 0, 2 },
	  "0:func1 2:func2 ", NULL },
	{ "two lines for one", { 0, 1, 16, 2 }, { 16, 0, 0, 1, 16, 0, 0, 2 },
	  "0:func1 2:func2 ", NULL },
	{ "functions not in order", { 16, 1, 0, 2 }, { 0, 0, 0, 1, 16, 0, 0, 2 }, "",
	  "section '.BTF.ext': section 'prog': records are not in order" },
	{ "lines not in order", { 0, 1, 16, 2 }, { 16, 0, 0, 1, 0, 0, 0, 2 }, "",
	  "section '.BTF.ext': section 'prog': records are not in order" },
	{ "between instructions", { 0, 1, 20, 2 }, { 0, 0, 0, 1, 16, 0, 0, 2 }, "",
	  "section '.BTF.ext': section 'prog': offset 20 is no instruction" },
};

START_TEST(whole_sets_only)
{
	elfgen_func(&elf, "prog", "main", CODE(CALL(1), EXIT));
	elfgen_func(&elf, "prog", "sub", CODE(MOV(0, 1), EXIT));
	btfgen_run(&g, &g.funcs, "prog", 2, sets[_i].funcs, 4);
	btfgen_run(&g, &g.lines, "prog", 4, sets[_i].lines, 8);
	open_object();
	ck_info("main", sets[_i].expected);
	if (sets[_i].problem)
		ck_assert_str_eq(obj->btf_problem, sets[_i].problem);
	else
		ck_assert_ptr_null(obj->btf_problem);
}
END_TEST

START_TEST(sections_without_records_have_none)
{
	add_code();
	btfgen_run(&g, &g.funcs, "prog", 2, WORDS(0, 10, 32, 20));
	open_object();
	ck_info("main", "");	/* far lies in .text */
	ck_info("unused", "");
	ck_info("local", "0:func20 ");
}
END_TEST

START_TEST(of_two_sections_with_one_name_the_second_has_none)
{
	elfgen_func(&elf, "prog", "one", CODE(MOV(0, 1), EXIT));
	elfgen_func(&elf, "prog2", "two", CODE(MOV(0, 2), EXIT));
	elf.sections[elfgen_index(&elf, "prog2")].name[4] = '\0';
	btfgen_run(&g, &g.funcs, "prog", 2, WORDS(0, 10));
	open_object();
	ck_info("one", "0:func10 ");
	ck_info("two", "");
}
END_TEST

static const struct damage ext_damages[] = {
	{ "whole", 0, 2, 0xeb9f, 0, "" },
	{ "magic", 0, 2, 1, -EBADMSG, "magic" },
	{ "version", 2, 1, 9, -ENOTSUP, "version 9" },
	{ "header past the end", 4, 4, 1000, -EBADMSG, "a header of 1000 bytes" },
	{ "short header", 4, 4, 8, -EBADMSG, "a header of 8 bytes" },
	{ "functions past the end", 8, 4, 1000, -EBADMSG, "outside" },
	{ "too long lines", 20, 4, UINT32_MAX, -EBADMSG, "outside" },
	{ "records of nothing", 24, 4, 0, -EBADMSG, "records of 0 bytes" },
	{ "short records", 24, 4, 4, -EBADMSG, "records of 4 bytes, not 8" },
	{ "records of 4 GiB", 24, 4, UINT32_MAX, -EBADMSG, "cut short" },
	{ "more records than there are", 32, 4, 2, -EBADMSG, "cut short" },
	{ "records without number", 32, 4, UINT32_MAX, -EBADMSG, "cut short" },
	{ "cut in two", 12, 4, 6, -EBADMSG, "cut short" },
	{ "no functions", 12, 4, 0, 0, "" },
};

START_TEST(headers_of_ext)
{
	const struct damage *d = &ext_damages[_i];
	struct btfext parsed;

	btfgen_run(&g, &g.funcs, "prog", 2, WORDS(0, 10));
	btfgen_run(&g, &g.lines, "prog", 4, WORDS(0, 0, 0, 1));
	btfgen_end(&g, &bytes, &ext);
	ck_assert_int_eq(read_it(), 0);
	memcpy(ext.data + d->at, &d->value, d->size);
	ck_assert_msg(btfext_read(&parsed, &btf, ext.data, ext.len, &err) == d->expected,
		      "%s: %s", d->name, err.text);
	ck_assert_msg(strstr(err.text, d->words) != NULL, "%s: %s", d->name, err.text);
	ck_assert(d->expected == 0 || !parsed.funcs.cnt);
	btfext_free(&parsed);
}
END_TEST

/* Damage. The sections come alone, on the heap: a read past their end is one
 * past an allocation. */

static void try(const void *btf_bytes, size_t btf_len, const void *ext_bytes,
		size_t ext_len)
{
	_cleanup_free_ void *one = malloc(btf_len + !btf_len);
	_cleanup_free_ void *two = malloc(ext_len + !ext_len);
	uint32_t key, value;
	struct btfext parsed;
	struct btf b;
	struct err e = { 0 };

	memcpy(one, btf_bytes, btf_len);
	memcpy(two, ext_bytes, ext_len);
	if (btf_read(&b, &obj->img, NULL, one, btf_len, &e) < 0) {
		ck_assert(e.text[0] && !b.data);
		return;
	}
	btf_map_types(&b, "counts", &key, &value);
	if (btfext_read(&parsed, &b, two, ext_len, &e) < 0)
		ck_assert(e.text[0] && !parsed.funcs.runs && !parsed.lines.runs);
	btfext_free(&parsed);
	btf_free(&b);
}

static void open_sample(void)
{
	_cleanup_buf_ struct buf file = { 0 };
	const struct image_section *sec;

	rig_build("source", &file);
	ck_assert_int_eq(object_open_mem(&obj, file.data, file.len, "source.o", &err), 0);
	ck_assert_ptr_null(obj->btf_problem);
	ck_assert_uint_gt(obj->btf.types.cnt, 5);
	ck_assert_uint_gt(obj->btfext.lines.cnt, 3);
	sec = image_find(&obj->img, ".BTF");
	buf_add(&bytes, sec->data, sec->size);
	sec = image_find(&obj->img, ".BTF.ext");
	buf_add(&ext, sec->data, sec->size);
}

START_TEST(truncated_sections)
{
	size_t len;

	open_sample();
	for (len = 0; len <= bytes.len; len++)
		try(bytes.data, len, ext.data, ext.len);
	for (len = 0; len <= ext.len; len++)
		try(bytes.data, bytes.len, ext.data, len);
}
END_TEST

START_TEST(corrupted_sections)
{
	struct buf *victim;
	char old[4];
	size_t at, i;
	int round;

	open_sample();
	srandom(20261121);
	for (round = 0; round < 20000; round++) {
		victim = round & 1 ? &bytes : &ext;
		at = random() % (victim->len - sizeof(old));
		memcpy(old, victim->data + at, sizeof(old));
		for (i = 0; i <= (size_t)round % sizeof(old); i++)
			victim->data[at + i] = random() % 3 ? random() : -1;
		try(bytes.data, bytes.len, ext.data, ext.len);
		memcpy(victim->data + at, old, sizeof(old));
	}
}
END_TEST

Suite *btf_suite(void)
{
	Suite *s = suite_create("btf");
	TCase *tc = tcase_create("btf");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, headers, 0, ARRAY_SIZE(damages));
	tcase_add_test(tc, a_longer_header_is_passed_over);
	tcase_add_test(tc, gaps_are_closed);
	tcase_add_test(tc, every_kind_is_known);
	tcase_add_test(tc, types_may_be_many);
	tcase_add_loop_test(tc, sections_get_size_and_offsets, 0, ARRAY_SIZE(sections));
	tcase_add_test(tc, functions_become_static_and_externs_nothing);
	tcase_add_test(tc, functions_stay_global_but_for_hidden_ones);
	tcase_add_loop_test(tc, types_of_a_map, 0, ARRAY_SIZE(annotations));
	tcase_add_test(tc, records_move_with_their_functions);
	tcase_add_loop_test(tc, whole_sets_only, 0, ARRAY_SIZE(sets));
	tcase_add_test(tc, sections_without_records_have_none);
	tcase_add_test(tc, of_two_sections_with_one_name_the_second_has_none);
	tcase_add_loop_test(tc, headers_of_ext, 0, ARRAY_SIZE(ext_damages));
	tcase_add_test(tc, truncated_sections);
	tcase_add_test(tc, corrupted_sections);
	suite_add_tcase(s, tc);
	return s;
}
