/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "image.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define HOST_DATA (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

static const char *byte_order(int data)
{
	return data == ELFDATA2LSB ? "little" : "big";
}

static bool range_ok(size_t whole, uint64_t offset, uint64_t size)
{
	return offset <= whole && size <= whole - offset;
}

/* a NUL-terminated string at @offset of a string table, or NULL; a table that
 * ends with a NUL, as it should, need not be searched for one */
static const char *string_at(const struct image_section *tab, uint64_t offset)
{
	const char *str = tab->data;

	if (!str || offset >= tab->size)
		return NULL;
	if (!str[tab->size - 1] || memchr(str + offset, '\0', tab->size - offset))
		return str + offset;
	return NULL;
}

static int check_ident(const struct image *img, struct err *err)
{
	const unsigned char *id = (const unsigned char *)img->bytes;

	if (img->size < EI_NIDENT || memcmp(id, ELFMAG, SELFMAG) != 0) {
		err_set(err, -ENOEXEC, "not an ELF file");
		return err_hint(err, "compile it with: clang -O2 -g -target bpf -c");
	}
	if (id[EI_CLASS] != ELFCLASS64)
		return err_set(err, -ENOEXEC, "ELF class %u, BPF objects are 64-bit",
			       id[EI_CLASS]);
	if (id[EI_DATA] != ELFDATA2LSB && id[EI_DATA] != ELFDATA2MSB)
		return err_set(err, -EBADMSG, "ELF byte order %u is neither little nor big endian",
			       id[EI_DATA]);
	if (id[EI_DATA] != HOST_DATA) {
		err_set(err, -ENOEXEC, "the object is %s endian, this machine is %s endian",
			byte_order(id[EI_DATA]), byte_order(HOST_DATA));
		return err_hint(err, "compile it with: clang -O2 -g -target %s -c",
				HOST_DATA == ELFDATA2LSB ? "bpfel" : "bpfeb");
	}
	if (img->size < sizeof(Elf64_Ehdr))
		return err_set(err, -EBADMSG, "truncated: %zu bytes do not hold an ELF header",
			       img->size);
	return 0;
}

static int check_header(const Elf64_Ehdr *eh, struct err *err)
{
	if (eh->e_machine != EM_BPF && eh->e_machine != EM_NONE) {
		err_set(err, -ENOEXEC, "ELF machine %u, not BPF (%u)",
			eh->e_machine, EM_BPF);
		return err_hint(err, "compile it with: clang -O2 -g -target bpf -c");
	}
	if (eh->e_type != ET_REL) {
		err_set(err, -ENOEXEC, "ELF type %u, not a relocatable object (%u)",
			eh->e_type, ET_REL);
		return err_hint(err, "give the output of clang -c, not a linked file");
	}
	if (eh->e_version != EV_CURRENT)
		return err_set(err, -ENOEXEC, "ELF version %u, not %u",
			       eh->e_version, EV_CURRENT);
	if (eh->e_shentsize != sizeof(Elf64_Shdr))
		return err_set(err, -EBADMSG, "section headers of %u bytes, not %zu",
			       eh->e_shentsize, sizeof(Elf64_Shdr));
	return 0;
}

/* a copy: the headers of a hostile file need not be aligned */
static Elf64_Shdr section_header(const struct image *img, const Elf64_Ehdr *eh,
				 size_t i)
{
	Elf64_Shdr sh;

	memcpy(&sh, img->bytes + eh->e_shoff + i * sizeof(sh), sizeof(sh));
	return sh;
}

static int fill_section(const struct image *img, size_t i, const Elf64_Shdr *sh,
			struct image_section *sec, struct err *err)
{
	if (sh->sh_type != SHT_NOBITS && sh->sh_type != SHT_NULL &&
	    !range_ok(img->size, sh->sh_offset, sh->sh_size))
		return err_set(err, -EBADMSG,
			       "truncated: section %zu lies outside the file's %zu bytes",
			       i, img->size);
	*sec = (struct image_section) {
		.index = i,
		.type = sh->sh_type,
		.flags = sh->sh_flags,
		.link = sh->sh_link,
		.info = sh->sh_info,
		.size = sh->sh_type == SHT_NULL ? 0 : sh->sh_size,
	};
	if (sh->sh_type != SHT_NOBITS && sh->sh_type != SHT_NULL)
		sec->data = img->bytes + sh->sh_offset;
	return 0;
}

/* Numbers that do not fit into the header stand in the null section's: how
 * many sections there are, and which one holds their names. */
static int count_sections(const struct image *img, const Elf64_Ehdr *eh,
			  size_t *cnt, size_t *names, struct err *err)
{
	const size_t max = img->size / sizeof(Elf64_Shdr);
	Elf64_Shdr null;

	if (eh->e_shoff && range_ok(img->size, eh->e_shoff, sizeof(null))) {
		null = section_header(img, eh, 0);
		*cnt = eh->e_shnum ? eh->e_shnum : null.sh_size;
		*names = eh->e_shstrndx == SHN_XINDEX ? null.sh_link : eh->e_shstrndx;
	}
	if (*cnt == 0 || *cnt > max ||
	    !range_ok(img->size, eh->e_shoff, *cnt * sizeof(null)))
		return err_set(err, -EBADMSG,
			       "truncated: no section headers within the file's %zu bytes",
			       img->size);
	if (*names >= *cnt)
		return err_set(err, -EBADMSG, "no section holds the section names");
	return 0;
}

static int read_sections(struct image *img, const Elf64_Ehdr *eh,
			 struct err *err)
{
	size_t i, cnt = 0, names_index = 0;
	struct image_section names, *sec;
	Elf64_Shdr sh;
	int r;

	r = count_sections(img, eh, &cnt, &names_index, err);
	if (r < 0)
		return r;
	sh = section_header(img, eh, names_index);
	r = fill_section(img, names_index, &sh, &names, err);
	if (r < 0)
		return r;
	img->sections = reallocarray(NULL, cnt, sizeof(*img->sections));
	if (!img->sections)
		return err_sys(err, -ENOMEM, "read sections");
	for (i = 0; i < cnt; i++) {
		sec = &img->sections[i];
		sh = section_header(img, eh, i);
		r = fill_section(img, i, &sh, sec, err);
		if (r < 0)
			return r;
		sec->name = sec->type == SHT_NULL ? "" :
			    string_at(&names, sh.sh_name);
		if (!sec->name)
			return err_set(err, -EBADMSG, "section %zu has no valid name", i);
	}
	img->sections_cnt = cnt;
	return 0;
}

static const char *section_name(const void *sections, size_t i)
{
	return ((const struct image_section *)sections)[i].name;
}

static int index_names(struct image *img, struct err *err)
{
	const struct image_section *sec;
	uint32_t *place;
	size_t i;

	if (!nameindex_init(&img->names, img->sections, img->sections_cnt, section_name))
		return err_sys(err, -ENOMEM, "read sections");
	for (i = 1; i < img->sections_cnt; i++) {
		sec = &img->sections[i];
		if (sec->type == SHT_REL || sec->type == SHT_RELA)
			continue;
		place = nameindex_find(&img->names, sec->name);
		if (!*place)
			*place = i + 1;
	}
	return 0;
}

static int find_symtab(struct image *img, struct err *err)
{
	const struct image_section *sec;
	size_t i;

	for (i = 0; i < img->sections_cnt; i++) {
		sec = &img->sections[i];
		if (sec->type != SHT_SYMTAB)
			continue;
		if (sec->size % sizeof(Elf64_Sym))
			return err_set(err, -EBADMSG, "section '%s': %zu bytes are no whole symbols",
				       sec->name, sec->size);
		if (sec->link >= img->sections_cnt)
			return err_set(err, -EBADMSG, "section '%s': no section %u holds its names",
				       sec->name, sec->link);
		img->symtab = sec;
		return 0;
	}
	return 0;
}

bool image_symbol_at(const struct image *img, size_t i, struct image_symbol *sym)
{
	const image_raw_symbol *raw;

	if (i >= img->symbols_cnt)
		return false;
	raw = (const image_raw_symbol *)img->symtab->data + i;
	*sym = (struct image_symbol) {
		.name = string_at(&img->sections[img->symtab->link], raw->st_name),
		.section = raw->st_shndx,
		.bind = ELF64_ST_BIND(raw->st_info),
		.type = ELF64_ST_TYPE(raw->st_info),
		.value = raw->st_value,
		.size = raw->st_size,
	};
	/* sections carry the name, their symbols usually have none */
	if (sym->name && sym->type == STT_SECTION && sym->section < img->sections_cnt)
		sym->name = img->sections[sym->section].name;
	return true;
}

/*
 * Of each jump's target compilers leave a label, a local symbol of no type:
 * there are many, and nobody asks for them. The others are noted.
 */
static int index_symbols(struct image *img, struct err *err)
{
	const struct image_section *tab = img->symtab;
	const size_t cnt = tab ? tab->size / sizeof(Elf64_Sym) : 0;
	const image_raw_symbol *sym = tab ? tab->data : NULL;
	uint32_t *named = malloc((cnt + 1) * sizeof(*named)), names = 0;
	unsigned char other = 0;
	size_t i, n = 0;

	img->named = named;
	if (!named)
		return err_sys(err, -ENOMEM, "read symbols");
	for (i = 0; i < cnt; i++, sym++) {
		names = sym->st_name > names ? sym->st_name : names;
		named[n] = i;
		n += sym->st_info != ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE);
		other |= sym->st_other;
	}
	img->named_cnt = n;
	img->symbols_cnt = cnt;
	img->has_bad_symbol = cnt && !string_at(&img->sections[tab->link], names);
	img->has_hidden = ELF64_ST_VISIBILITY(other);
	return 0;
}

static int parse(struct image *img, struct err *err)
{
	Elf64_Ehdr eh;
	int r;

	r = check_ident(img, err);
	if (r < 0)
		return r;
	memcpy(&eh, img->bytes, sizeof(eh));
	r = check_header(&eh, err);
	r = r ?: read_sections(img, &eh, err);
	r = r ?: index_names(img, err);
	r = r ?: find_symtab(img, err);
	return r ?: index_symbols(img, err);
}

static int finish(struct image *img, int r)
{
	if (r < 0)
		image_close(img);
	return r;
}

int image_open_mem(struct image *img, const void *data, size_t size,
		   struct err *err)
{
	memset(img, 0, sizeof(*img));
	img->bytes = malloc(size + 1);
	if (!img->bytes)
		return err_sys(err, -ENOMEM, "read %zu bytes", size);
	if (size)
		memcpy(img->bytes, data, size);
	img->bytes[size] = '\0';
	img->size = size;
	return finish(img, parse(img, err));
}

/*
 * Read, not mapped: a file that shrinks under a mapping would kill the caller
 * with SIGBUS.
 */
static int read_file(struct image *img, const char *path, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return err_sys(err, -errno, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "stat");
	if (S_ISDIR(st.st_mode))
		return err_sys(err, -EISDIR, "read");
	if (!S_ISREG(st.st_mode))
		return err_set(err, -ENOEXEC, "not a regular file");
	if (st.st_size == 0)
		return err_set(err, -ENOEXEC, "the file is empty");
	img->dev = st.st_dev;
	img->ino = st.st_ino;
	img->bytes = malloc((size_t)st.st_size + 1);
	if (!img->bytes)
		return err_sys(err, -ENOMEM, "read %jd bytes", (intmax_t)st.st_size);
	while (img->size < (size_t)st.st_size) {
		n = read(fd, img->bytes + img->size, st.st_size - img->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, -errno, "read");
		if (n == 0)
			break;
		img->size += n;
	}
	img->bytes[img->size] = '\0';
	return 0;
}

int image_open(struct image *img, const char *path, struct err *err)
{
	int r;

	memset(img, 0, sizeof(*img));
	r = read_file(img, path, err);
	if (r == 0)
		r = parse(img, err);
	return finish(img, r);
}

void image_close(struct image *img)
{
	free(img->sections);
	nameindex_free(&img->names);
	free(img->named);
	free(img->bytes);
	memset(img, 0, sizeof(*img));
}

const struct image_section *image_find(const struct image *img,
				       const char *name)
{
	uint32_t place = img->names.places ? *nameindex_find(&img->names, name) : 0;

	return place ? &img->sections[place - 1] : NULL;
}

int image_symbol(const struct image *img, size_t i, struct image_symbol *sym,
		 struct err *err)
{
	if (!image_symbol_at(img, i, sym))
		return err_set(err, -EBADMSG, "no symbol %zu in the file", i);
	if (!sym->name)
		return err_set(err, -EBADMSG, "symbol %zu has no valid name", i);
	return 0;
}

int image_check_symbols(const struct image *img, struct err *err)
{
	struct image_symbol sym;
	size_t i;
	int r = 0;

	for (i = 0; img->has_bad_symbol && i < img->symbols_cnt && r == 0; i++)
		r = image_symbol(img, i, &sym, err);
	return r;
}
