/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "elfgen.h"

#include <endian.h>
#include <libelf.h>
#include <stdio.h>

#define HOST_DATA (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)
#define INSN_SIZE sizeof(struct bpf_insn)

enum { SYMTAB = 1, STRTAB };

static void add(struct buf *buf, const void *data, size_t size)
{
	buf_add(buf, data, size);
	if (buf_failed(buf))
		abort();
}

static size_t add_string(struct buf *buf, const char *str)
{
	size_t at = buf->len;

	add(buf, str, strlen(str) + 1);
	return at;
}

void elfgen_init(struct elfgen *g)
{
	memset(g, 0, sizeof(*g));
	memcpy(g->header.e_ident, ELFMAG, SELFMAG);
	g->header.e_ident[EI_CLASS] = ELFCLASS64;
	g->header.e_ident[EI_DATA] = HOST_DATA;
	g->header.e_ident[EI_VERSION] = EV_CURRENT;
	g->header.e_type = ET_REL;
	g->header.e_machine = EM_BPF;
	g->header.e_version = EV_CURRENT;
	g->header.e_ehsize = sizeof(Elf64_Ehdr);
	g->header.e_shentsize = sizeof(Elf64_Shdr);
	g->header.e_shstrndx = STRTAB;
	elfgen_section(g, "", SHT_NULL, 0);
	elfgen_section(g, ".symtab", SHT_SYMTAB, 0)->header.sh_link = STRTAB;
	elfgen_section(g, ".strtab", SHT_STRTAB, 0);
	elfgen_symbol(g, "", SHN_UNDEF, 0, 0, 0);
}

unsigned int elfgen_index(const struct elfgen *g, const char *name)
{
	unsigned int i;

	for (i = 1; i < g->sections_cnt; i++)
		if (str_eq(g->sections[i].name, name))
			return i;
	return 0;
}

static uint64_t entry_size(uint32_t type)
{
	switch (type) {
	case SHT_SYMTAB:
		return sizeof(Elf64_Sym);
	case SHT_REL:
		return sizeof(Elf64_Rel);
	case SHT_RELA:
		return sizeof(Elf64_Rela);
	default:
		return 0;
	}
}

struct elfgen_section *elfgen_section(struct elfgen *g, const char *name,
				      uint32_t type, uint64_t flags)
{
	unsigned int i = elfgen_index(g, name);
	struct elfgen_section *sec;

	if (i)
		return &g->sections[i];
	if (g->sections_cnt == ELFGEN_SECTIONS)
		abort();
	sec = &g->sections[g->sections_cnt++];
	sec->name = strdup(name);
	if (!sec->name)
		abort();
	sec->header.sh_type = type;
	sec->header.sh_flags = flags;
	sec->header.sh_addralign = 1;
	sec->header.sh_entsize = entry_size(type);
	return sec;
}

unsigned int elfgen_symbol(struct elfgen *g, const char *name,
			   unsigned int section, uint64_t value, uint64_t size,
			   unsigned char info)
{
	struct buf *symbols = &g->sections[SYMTAB].data;
	Elf64_Sym sym = {
		.st_name = add_string(&g->sections[STRTAB].data, name),
		.st_info = info,
		.st_shndx = section,
		.st_value = value,
		.st_size = size,
	};

	add(symbols, &sym, sizeof(sym));
	return symbols->len / sizeof(sym) - 1;
}

void elfgen_data(struct elfgen *g, const char *section, const void *data,
		 size_t size)
{
	add(&elfgen_section(g, section, SHT_PROGBITS, SHF_ALLOC)->data, data,
	    size);
}

void elfgen_license(struct elfgen *g, const char *license)
{
	elfgen_data(g, ELF_SECTION_LICENSE, license, strlen(license) + 1);
}

void elfgen_code(struct elfgen *g, const char *section,
		 const struct bpf_insn *insns, size_t cnt)
{
	add(&elfgen_section(g, section, SHT_PROGBITS,
			    SHF_ALLOC | SHF_EXECINSTR)->data,
	    insns, cnt * INSN_SIZE);
}

unsigned int elfgen_func(struct elfgen *g, const char *section,
			 const char *name, const struct bpf_insn *insns,
			 size_t cnt)
{
	size_t end;

	elfgen_code(g, section, insns, cnt);
	end = elfgen_section(g, section, 0, 0)->data.len;
	return elfgen_symbol(g, name, elfgen_index(g, section),
			     end - cnt * INSN_SIZE, cnt * INSN_SIZE,
			     GLOBAL(STT_FUNC));
}

unsigned int elfgen_map(struct elfgen *g, const char *name,
			const struct bpf_elf_map *def, size_t size)
{
	static const char zero[64];
	size_t known = size < sizeof(*def) ? size : sizeof(*def), end;

	elfgen_data(g, ELF_SECTION_MAPS, def, known);
	elfgen_data(g, ELF_SECTION_MAPS, zero, size - known);
	end = elfgen_section(g, ELF_SECTION_MAPS, 0, 0)->data.len;
	return elfgen_symbol(g, name, elfgen_index(g, ELF_SECTION_MAPS),
			     end - size, size, GLOBAL(STT_OBJECT));
}

void elfgen_rel(struct elfgen *g, const char *section, size_t insn,
		unsigned int symbol)
{
	elfgen_typed_rel(g, section, insn, symbol, R_BPF_64_64);
}

void elfgen_typed_rel(struct elfgen *g, const char *section, size_t insn,
		      unsigned int symbol, uint32_t type)
{
	struct elfgen_section *sec;
	char name[256];
	Elf64_Rel rel = {
		.r_offset = insn * INSN_SIZE,
		.r_info = ELF64_R_INFO((uint64_t)symbol, type),
	};

	snprintf(name, sizeof(name), ".rel%s", section);
	sec = elfgen_section(g, name, SHT_REL, 0);
	sec->header.sh_link = SYMTAB;
	sec->header.sh_info = elfgen_index(g, section);
	add(&sec->data, &rel, sizeof(rel));
}

/* libelf knows how each kind of record looks in the other byte order */
static void to_file_order(const struct elfgen *g, void *data, size_t size,
			  Elf_Type type)
{
	Elf_Data in = {
		.d_buf = data, .d_size = size, .d_type = type,
		.d_version = EV_CURRENT,
	};
	Elf_Data out = in;

	elf_version(EV_CURRENT);
	elf64_xlatetof(&out, &in, g->header.e_ident[EI_DATA]);
}

static Elf_Type record_type(uint32_t section_type)
{
	switch (section_type) {
	case SHT_SYMTAB:
		return ELF_T_SYM;
	case SHT_REL:
		return ELF_T_REL;
	case SHT_RELA:
		return ELF_T_RELA;
	default:
		return ELF_T_BYTE;
	}
}

static void align(struct buf *bytes)
{
	static const char padding[8];

	add(bytes, padding, -bytes->len % sizeof(padding));
}

static void put_section(const struct elfgen *g, struct elfgen_section *sec,
			struct buf *bytes)
{
	align(bytes);
	sec->header.sh_offset = bytes->len;
	if (!sec->header.sh_size)
		sec->header.sh_size = sec->data.len;
	if (!sec->data.len)
		return;
	add(bytes, sec->data.data, sec->data.len);
	to_file_order(g, bytes->data + sec->header.sh_offset, sec->data.len,
		      record_type(sec->header.sh_type));
}

static void put_headers(struct elfgen *g, struct buf *bytes)
{
	unsigned int i;
	size_t at;

	align(bytes);
	at = bytes->len;
	for (i = 0; i < g->sections_cnt; i++)
		add(bytes, &g->sections[i].header, sizeof(Elf64_Shdr));
	to_file_order(g, bytes->data + at, bytes->len - at, ELF_T_SHDR);
	g->header.e_shoff = g->shoff ?: at;
	if (!g->header.e_shnum)
		g->header.e_shnum = g->sections_cnt;
	memcpy(bytes->data, &g->header, sizeof(g->header));
	to_file_order(g, bytes->data, sizeof(g->header), ELF_T_EHDR);
}

void elfgen_free(struct elfgen *g)
{
	while (g->sections_cnt) {
		g->sections_cnt--;
		buf_free(&g->sections[g->sections_cnt].data);
		free(g->sections[g->sections_cnt].name);
	}
}

void elfgen_end(struct elfgen *g, struct buf *bytes)
{
	unsigned int i;

	memset(bytes, 0, sizeof(*bytes));
	for (i = 1; i < g->sections_cnt; i++)
		g->sections[i].header.sh_name =
			add_string(&g->sections[STRTAB].data, g->sections[i].name);
	add(bytes, &g->header, sizeof(g->header));
	for (i = 1; i < g->sections_cnt; i++)
		put_section(g, &g->sections[i], bytes);
	put_headers(g, bytes);
	elfgen_free(g);
}
