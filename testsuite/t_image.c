/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "elfgen.h"
#include "unit.h"

/* Breakages of a good object: in the making, and afterwards */

static void other_order(struct elfgen *g)
{
	g->header.e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB;
}

static void no_order(struct elfgen *g)
{
	g->header.e_ident[EI_DATA] = 3;
}

static void class32(struct elfgen *g)
{
	g->header.e_ident[EI_CLASS] = ELFCLASS32;
}

static void x86(struct elfgen *g)
{
	g->header.e_machine = EM_X86_64;
}

static void executable(struct elfgen *g)
{
	g->header.e_type = ET_EXEC;
}

static void version0(struct elfgen *g)
{
	g->header.e_version = 0;
}

static void small_headers(struct elfgen *g)
{
	g->header.e_shentsize = 32;
}

static void headers_far_away(struct elfgen *g)
{
	g->shoff = 1 << 20;
}

static void headers_wrap_around(struct elfgen *g)
{
	g->shoff = -(uint64_t)64;
}

static void more_headers(struct elfgen *g)
{
	g->header.e_shnum = 1000;
}

static void names_nowhere(struct elfgen *g)
{
	g->header.e_shstrndx = 100;
}

static void names_in_code(struct elfgen *g)
{
	g->header.e_shstrndx = elfgen_index(g, "prog");
}

static void section_too_long(struct elfgen *g)
{
	elfgen_section(g, "prog", 0, 0)->header.sh_size = 1 << 20;
}

static void section_wraps_around(struct elfgen *g)
{
	elfgen_section(g, "prog", 0, 0)->header.sh_size = -(uint64_t)8;
}

static void names_without_an_end(struct elfgen *g)
{
	struct elfgen_section *names = elfgen_section(g, ".strtab", 0, 0);
	unsigned int i;

	/* what elfgen_end() adds, but for the last NUL */
	names->header.sh_size = names->data.len - 1;
	for (i = 1; i < g->sections_cnt; i++)
		names->header.sh_size += strlen(g->sections[i].name) + 1;
}

static void half_a_symbol(struct elfgen *g)
{
	elfgen_section(g, ".symtab", 0, 0)->header.sh_size = 25;
}

static void symbols_without_names(struct elfgen *g)
{
	elfgen_section(g, ".symtab", 0, 0)->header.sh_link = 100;
}

static Elf64_Ehdr *header(struct buf *bytes)
{
	return (Elf64_Ehdr *)bytes->data;
}

static Elf64_Shdr *section_header(struct buf *bytes, unsigned int i)
{
	return (Elf64_Shdr *)(bytes->data + header(bytes)->e_shoff) + i;
}

static void cut_all(struct buf *bytes)
{
	bytes->len = 0;
}

static void cut_ident(struct buf *bytes)
{
	bytes->len = EI_NIDENT - 1;
}

static void cut_header(struct buf *bytes)
{
	bytes->len = sizeof(Elf64_Ehdr) - 1;
}

static void cut_last_byte(struct buf *bytes)
{
	bytes->len--;
}

static void text(struct buf *bytes)
{
	memset(bytes->data, '#', bytes->len);
}

static void no_sections(struct buf *bytes)
{
	header(bytes)->e_shnum = 0;
	header(bytes)->e_shoff = 0;
}

/* the number of sections stands in the null section */
static void extended_count(struct buf *bytes)
{
	section_header(bytes, 0)->sh_size = header(bytes)->e_shnum;
	header(bytes)->e_shnum = 0;
}

static void extended_count_wraps(struct buf *bytes)
{
	section_header(bytes, 0)->sh_size = (uint64_t)1 << 58;
	header(bytes)->e_shnum = 0;
}

static void odd_headers(struct buf *bytes)
{
	size_t at = header(bytes)->e_shoff, size = bytes->len - at;

	buf_add(bytes, "odd", 3);
	memmove(bytes->data + at + 3, bytes->data + at, size);
	header(bytes)->e_shoff += 3;
}

static void name_outside(struct buf *bytes)
{
	section_header(bytes, 3)->sh_name = 1 << 20;
}

static const struct {
	const char *name;
	void (*break_it)(struct elfgen *g);
	void (*break_bytes)(struct buf *bytes);
	int expected;
	const char *words;
} objects[] = {
	{ "good", NULL, NULL, 0, NULL },
	{ "extended section count", NULL, extended_count, 0, NULL },
	{ "headers at an odd offset", NULL, odd_headers, 0, NULL },
	{ "nothing", NULL, cut_all, -ENOEXEC, "not an ELF file" },
	{ "half an ident", NULL, cut_ident, -ENOEXEC, "not an ELF file" },
	{ "half a header", NULL, cut_header, -EBADMSG,
	  "truncated: 63 bytes do not hold an ELF header" },
	{ "text", NULL, text, -ENOEXEC, "not an ELF file" },
	{ "32 bit", class32, NULL, -ENOEXEC, "ELF class 1, BPF objects are 64-bit" },
	{ "other byte order", other_order, NULL, -ENOEXEC, " endian, this machine is " },
	{ "no byte order", no_order, NULL, -EBADMSG,
	  "ELF byte order 3 is neither little nor big endian" },
	{ "other machine", x86, NULL, -ENOEXEC, "ELF machine 62, not BPF (247)" },
	{ "linked", executable, NULL, -ENOEXEC, "ELF type 2, not a relocatable object (1)" },
	{ "ELF version", version0, NULL, -ENOEXEC, "ELF version 0, not 1" },
	{ "section header size", small_headers, NULL, -EBADMSG,
	  "section headers of 32 bytes, not 64" },
	{ "last byte missing", NULL, cut_last_byte, -EBADMSG, "truncated: no section headers" },
	{ "headers far away", headers_far_away, NULL, -EBADMSG, "truncated: no section headers" },
	{ "headers wrap around", headers_wrap_around, NULL, -EBADMSG,
	  "truncated: no section headers" },
	{ "more headers than there are", more_headers, NULL, -EBADMSG,
	  "truncated: no section headers" },
	{ "no sections", NULL, no_sections, -EBADMSG, "truncated: no section headers" },
	{ "extended section count wraps", NULL, extended_count_wraps, -EBADMSG, "" },
	{ "names in no section", names_nowhere, NULL, -EBADMSG,
	  "no section holds the section names" },
	{ "names in code", names_in_code, NULL, -EBADMSG, "has no valid name" },
	{ "names without an end", names_without_an_end, NULL, -EBADMSG, "section 4 has no valid name" },
	{ "name outside", NULL, name_outside, -EBADMSG, "section 3 has no valid name" },
	{ "section too long", section_too_long, NULL, -EBADMSG,
	  "truncated: section 3 lies outside the file's" },
	{ "section wraps around", section_wraps_around, NULL, -EBADMSG,
	  "truncated: section 3 lies outside" },
	{ "half a symbol", half_a_symbol, NULL, -EBADMSG,
	  "section '.symtab': 25 bytes are no whole symbols" },
	{ "symbols without names", symbols_without_names, NULL, -EBADMSG,
	  "section '.symtab': no section 100 holds its names" },
};

static void build(struct elfgen *g)
{
	elfgen_init(g);
	elfgen_func(g, "prog", "pass", CODE(MOV(0, 2), EXIT));
	elfgen_license(g, "GPL");
}

START_TEST(what_is_read_and_what_is_refused)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct err err = { 0 };
	struct image img;
	struct elfgen g;
	int r;

	build(&g);
	if (objects[_i].break_it)
		objects[_i].break_it(&g);
	elfgen_end(&g, &bytes);
	if (objects[_i].break_bytes)
		objects[_i].break_bytes(&bytes);
	r = image_open_mem(&img, bytes.data, bytes.len, &err);
	ck_assert_msg(r == objects[_i].expected, "%s: %d %s", objects[_i].name, r, err.text);
	if (r < 0) {
		ck_assert(err.text[0]);
		ck_assert_msg(strstr(err.text, objects[_i].words) != NULL,
			      "%s: %s", objects[_i].name, err.text);
		ck_assert_ptr_null(img.bytes);
	}
	image_close(&img);
}
END_TEST

START_TEST(the_hint_names_the_target)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image img;
	struct elfgen g;
	struct err err;

	build(&g);
	other_order(&g);
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), -ENOEXEC);
	ck_assert(strstr(err.hint, "-target bpfe") != NULL);
}
END_TEST

START_TEST(sections_symbols_relocations)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	const struct image_section *sec;
	struct image_symbol sym;
	struct image_rel rel;
	struct image img;
	struct elfgen g;
	struct err err;

	build(&g);
	elfgen_symbol(&g, "", elfgen_index(&g, "prog"), 0, 0, LOCAL(STT_SECTION));
	elfgen_rel(&g, "prog", 1, 2);
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);

	sec = image_find(&img, "prog");
	ck_assert_uint_eq(sec->index, 3);
	ck_assert_uint_eq(sec->type, SHT_PROGBITS);
	ck_assert(sec->flags & SHF_EXECINSTR);
	ck_assert_uint_eq(sec->size, 16);
	ck_assert_str_eq(image_find(&img, "license")->data, "GPL");
	ck_assert_ptr_null(image_find(&img, "maps"));
	ck_assert_ptr_null(image_find(&img, ""));

	ck_assert_uint_eq(image_symbols(&img), 3);
	ck_assert_int_eq(image_symbol(&img, 1, &sym, &err), 0);
	ck_assert_str_eq(sym.name, "pass");
	ck_assert_uint_eq(sym.section, 3);
	ck_assert_uint_eq(sym.bind, STB_GLOBAL);
	ck_assert_uint_eq(sym.type, STT_FUNC);
	ck_assert_uint_eq(sym.size, 16);
	ck_assert_int_eq(image_symbol(&img, 2, &sym, &err), 0);
	ck_assert_str_eq(sym.name, "prog");
	ck_assert_int_eq(image_symbol(&img, 3, &sym, &err), -EBADMSG);
	ck_assert_str_eq(err.text, "no symbol 3 in the file");

	ck_assert_ptr_null(image_find(&img, ".relprog"));
	for (sec = img.sections; sec->type != SHT_REL; sec++)
		;
	ck_assert_uint_eq(sec->info, 3);
	ck_assert_uint_eq(image_rels(sec), 1);
	image_rel(sec, 0, &rel);
	ck_assert_uint_eq(rel.offset, 8);
	ck_assert_uint_eq(rel.symbol, 2);
	image_close(&img);
}
END_TEST

START_TEST(the_null_symbol_is_looked_at_too)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image_symbol sym;
	struct image img;
	Elf64_Sym null = { .st_name = 0x7e000019 };
	struct elfgen g;
	struct err err;
	size_t at;

	build(&g);
	elfgen_symbol(&g, "pass", elfgen_index(&g, "prog"), 0, 16, GLOBAL(STT_FUNC));
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);
	ck_assert_int_eq(image_check_symbols(&img, &err), 0);
	at = (const char *)img.symtab->data - img.bytes;
	image_close(&img);

	memcpy(bytes.data + at, &null, sizeof(null));
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);
	ck_assert_int_eq(image_symbol(&img, 1, &sym, &err), 0);
	ck_assert_int_eq(image_check_symbols(&img, &err), -EBADMSG);
	ck_assert_str_eq(err.text, "symbol 0 has no valid name");
	image_close(&img);
}
END_TEST

START_TEST(of_sections_with_one_name_the_first_counts)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image img;
	struct elfgen g;
	struct err err;

	build(&g);
	elfgen_data(&g, "other", "x", 1);
	free(g.sections[elfgen_index(&g, "other")].name);
	g.sections[g.sections_cnt - 1].name = strdup("prog");
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);
	ck_assert_uint_eq(image_find(&img, "prog")->index, 3);
	image_close(&img);
}
END_TEST

START_TEST(a_stripped_file_has_no_symbols)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image_symbol sym;
	struct image img;
	struct elfgen g;
	struct err err;

	build(&g);
	elfgen_section(&g, ".symtab", 0, 0)->header.sh_type = SHT_PROGBITS;
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);
	ck_assert_uint_eq(image_symbols(&img), 0);
	ck_assert_int_eq(image_symbol(&img, 0, &sym, &err), -EBADMSG);
	image_close(&img);
}
END_TEST

START_TEST(a_symbol_name_outside_is_damage)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image_symbol sym;
	struct image img;
	struct elfgen g;
	struct err err;

	build(&g);
	((Elf64_Sym *)elfgen_section(&g, ".symtab", 0, 0)->data.data)[1].st_name = 1 << 20;
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);
	ck_assert_int_eq(image_symbol(&img, 1, &sym, &err), -EBADMSG);
	ck_assert_str_eq(err.text, "symbol 1 has no valid name");
	image_close(&img);
}
END_TEST

START_TEST(an_object_of_machine_none_is_read)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image img;
	struct elfgen g;
	struct err err;

	build(&g);
	g.header.e_machine = EM_NONE;
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(image_open_mem(&img, bytes.data, bytes.len, &err), 0);
	image_close(&img);
}
END_TEST

/* Files */

static const struct {
	const char *path;
	int expected;
	const char *words;
} paths[] = {
	{ "/nonexistent/x.o", -ENOENT, "open: No such file or directory" },
	{ "/proc/self", -EISDIR, "read: Is a directory" },
	{ "/dev/null", -ENOEXEC, "not a regular file" },
	{ "/proc/self/comm", -ENOEXEC, "the file is empty" },
};

START_TEST(what_is_no_file_of_ours)
{
	struct image img;
	struct err err;

	ck_assert_int_eq(image_open(&img, paths[_i].path, &err), paths[_i].expected);
	ck_assert_str_eq(err.text, paths[_i].words);
}
END_TEST

START_TEST(a_file_is_read_like_memory)
{
	_cleanup_close_ int fd = memfd_create("x.o", MFD_CLOEXEC);
	_cleanup_buf_ struct buf bytes = { 0 };
	struct image img;
	struct elfgen g;
	struct err err;
	char path[64];

	build(&g);
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(write(fd, bytes.data, bytes.len), (ssize_t)bytes.len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ck_assert_int_eq(image_open(&img, path, &err), 0);
	ck_assert_uint_eq(img.size, bytes.len);
	ck_assert_mem_eq(img.bytes, bytes.data, bytes.len);
	image_close(&img);
}
END_TEST

START_TEST(a_fifo_does_not_make_us_wait)
{
	char path[] = "/tmp/bpfelf-fifo-XXXXXX";
	struct image img;
	struct err err;
	int r;

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	r = image_open(&img, path, &err);
	unlink(path);
	ck_assert_int_eq(r, -ENOEXEC);
}
END_TEST

Suite *image_suite(void)
{
	Suite *s = suite_create("image");
	TCase *tc = tcase_create("image");

	tcase_add_loop_test(tc, what_is_read_and_what_is_refused, 0, ARRAY_SIZE(objects));
	tcase_add_test(tc, the_hint_names_the_target);
	tcase_add_test(tc, sections_symbols_relocations);
	tcase_add_test(tc, the_null_symbol_is_looked_at_too);
	tcase_add_test(tc, of_sections_with_one_name_the_first_counts);
	tcase_add_test(tc, a_stripped_file_has_no_symbols);
	tcase_add_test(tc, a_symbol_name_outside_is_damage);
	tcase_add_test(tc, an_object_of_machine_none_is_read);
	tcase_add_loop_test(tc, what_is_no_file_of_ours, 0, ARRAY_SIZE(paths));
	tcase_add_test(tc, a_file_is_read_like_memory);
	tcase_add_test(tc, a_fifo_does_not_make_us_wait);
	suite_add_tcase(s, tc);
	return s;
}
