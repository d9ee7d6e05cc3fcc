/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the symbol of a relocation stands for: a map, data, a function, ... */
#include "linker.h"

#include <errno.h>

#include "uapi.h"

int linker_to_func(struct linker *l, uint32_t at, const struct code *code,
		   int64_t target, struct err *err)
{
	const struct bpfelf_program *func;
	uint32_t func_at;
	int r;

	func = target < 0 ? NULL : object_func(code, target);
	if (!func || func->start != target)
		return err_set(err, -EBADMSG, "it calls instruction %jd of '%s', where no function begins",
			       (intmax_t)target, code->sec->name);
	r = linker_place(l, func, &func_at, err);
	if (r < 0)
		return r;
	l->link->insns[at].imm = (int32_t)func_at - (int32_t)at - 1;
	return 0;
}

static int add_ref(struct linker *l, uint32_t at, const struct bpfelf_map *map,
		   uint32_t offset)
{
	linker_add_ref(l->link, at, map - l->obj->maps, offset, map->data);
	return 0;
}

static int link_to_map(struct linker *l, uint32_t at,
		       const struct image_symbol *sym, int32_t addend,
		       struct err *err)
{
	struct bpf_insn *insn = &l->link->insns[at];
	uint64_t offset = sym->value + (uint32_t)addend;
	const struct bpfelf_map *map = object_map_at(l->obj, sym->section, offset);

	if (!insn_is_load64(insn))
		return err_set(err, -EBADMSG, "opcode %#x cannot hold a map, only a 16-byte load can",
			       insn->code);
	if (!map)
		return err_set(err, -EBADMSG, "no map begins at offset %#jx of section '%s'",
			       (uintmax_t)offset, l->obj->img.sections[sym->section].name);
	return add_ref(l, at, map, 0);
}

static int link_to_data(struct linker *l, uint32_t at,
			const struct image_symbol *sym, int32_t addend,
			const struct bpfelf_map *map, struct err *err)
{
	struct bpf_insn *insn = &l->link->insns[at];
	uint64_t offset = sym->value + (int64_t)addend;

	if (!insn_is_load64(insn))
		return err_set(err, -EBADMSG, "opcode %#x cannot hold an address, only a 16-byte load can",
			       insn->code);
	/* the kernel knows no address behind the last byte, either */
	if (offset >= map->data->size)
		return err_set(err, -EBADMSG, "offset %jd lies outside section '%s', which has %zu bytes",
			       (intmax_t)offset, map->name, map->data->size);
	return add_ref(l, at, map, offset);
}

static int link_to_option(struct linker *l, uint32_t at,
			  const struct object_extern *ext, int32_t addend,
			  struct err *err)
{
	if (!insn_is_load64(&l->link->insns[at]))
		return err_set(err, -EBADMSG, "opcode %#x cannot hold an address, only a 16-byte load can",
			       l->link->insns[at].code);
	if (addend < 0 || (uint32_t)addend >= ext->size)
		return err_set(err, -EBADMSG, "offset %d lies outside its %u bytes",
			       addend, ext->size);
	return add_ref(l, at, &l->obj->maps[l->obj->kconfig_map - 1], ext->offset + addend);
}

/* What the kernel has is noted, and put in by externlink_apply() */
static int link_to_extern(struct linker *l, uint32_t at,
			  const struct object_extern *ext, int32_t addend,
			  struct err *err)
{
	const struct bpf_insn *insn = &l->link->insns[at];
	struct link *link = l->link;
	struct link_extern *grown;

	if (ext->kind == EXTERN_OPTION)
		return link_to_option(l, at, ext, addend, err);
	if (!insn_is_load64(insn) &&
	    !(ext->kind == EXTERN_FUNCTION && insn_is_call(insn)))
		return err_set(err, -EBADMSG, "opcode %#x cannot refer to it", insn->code);
	grown = reallocarray(link->externs, link->externs_cnt + 1, sizeof(*grown));
	if (!grown)
		return err_sys(err, -ENOMEM, "link");
	link->externs = grown;
	grown[link->externs_cnt++] = (struct link_extern) {
		.insn = at, .index = ext - l->obj->externs, .addend = addend,
	};
	return 0;
}

/* what to do about a symbol that is neither a map nor a function */
static const char *advice(const char *section)
{
	static const struct { const char *prefix, *advice; } known[] = {
		{ ".kconfig", "a kernel configuration value: declare it extern, without a value" },
		{ ".ksyms", "a kernel symbol: declare it extern, without a value" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (strncmp(section, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].advice;
	return "only maps in sections 'maps' and '.maps', functions and data can be referred to";
}

static int refuse_without_types(const struct bpfelf_object *obj, struct err *err)
{
	if (obj->btf_problem)
		return err_set(err, -ENOTSUP, "section '%s' defines maps by types, which cannot be read: %s",
			       MAPBTF_SECTION, obj->btf_problem);
	err_set(err, -ENOTSUP, "section '%s' defines maps by types, and the object has none of it",
		MAPBTF_SECTION);
	/* what other linkers make of two files is the types of one */
	if (obj->btf.data)
		return err_hint(err, "its types are of something else: objects that have types are linked by 'bpftool gen object'");
	return err_hint(err, "compile with -g, and do not strip section '%s'", BTF_SECTION);
}

/* what of the kernel it would be, types tell */
static int refuse_undefined(const struct bpfelf_object *obj, struct err *err)
{
	err_set(err, -ENOTSUP, "it is not defined in the object");
	return err_hint(err, "define it, or declare a helper by its number "
			"(static long (*f)(...) = (void *)BPF_FUNC_...)%s",
			obj->btf.data ? "" : "; if it is the kernel's (__ksym, __kconfig), compile with -g");
}

static int refuse(struct linker *l, const struct image_symbol *sym,
		  struct err *err)
{
	const char *section = "?";

	if (sym->section == SHN_UNDEF)
		return refuse_undefined(l->obj, err);
	if (sym->section == SHN_COMMON) {
		err_set(err, -ENOTSUP, "it is a common symbol, which has no section");
		return err_hint(err, "compile with -fno-common, or give it a value");
	}
	if (sym->section < l->obj->img.sections_cnt)
		section = l->obj->img.sections[sym->section].name;
	if (str_eq(section, MAPBTF_SECTION))
		return refuse_without_types(l->obj, err);
	err_set(err, -ENOTSUP, "it lies in section '%s', which is not supported", section);
	return err_hint(err, "%s", advice(section));
}

static int link_to_code(struct linker *l, uint32_t at, const struct code *code,
			const struct image_symbol *sym, int32_t addend,
			struct err *err)
{
	struct bpf_insn *insn = &l->link->insns[at];
	int64_t target = sym->value / INSN_SIZE;

	if (insn_is_call(insn))
		return linker_to_func(l, at, code, target + addend + 1, err);
	if (!insn_is_load64(insn))
		return err_set(err, -EBADMSG, "opcode %#x cannot refer to a function",
			       insn->code);
	/* the addend is in bytes here, in instructions for a call */
	insn->src_reg = BPF_PSEUDO_FUNC;
	return linker_to_func(l, at, code, target + addend / (int)INSN_SIZE, err);
}

static int link_to_symbol(struct linker *l, uint32_t at,
			  const struct image_symbol *sym, int32_t addend,
			  struct err *err)
{
	const struct bpfelf_map *data;
	const struct code *code;

	if (object_defines_maps(l->obj, sym->section))
		return link_to_map(l, at, sym, addend, err);
	data = object_data(l->obj, sym->section);
	if (data)
		return link_to_data(l, at, sym, addend, data, err);
	code = object_code(l->obj, sym->section);
	if (code)
		return link_to_code(l, at, code, sym, addend, err);
	return refuse(l, sym, err);
}

/*
 * R_BPF_64_64 is of loads, R_BPF_64_32 of calls; the instruction tells them
 * apart, and LLVM up to 4 did not care. The others are of data alone.
 */
int linker_apply_rel(struct linker *l, uint32_t at, const struct code_rel *rel,
		     struct err *err)
{
	const struct object_extern *ext = externs_find(l->obj, rel->symbol);
	struct image_symbol sym;
	int r;

	if (!image_symbol_at(&l->obj->img, rel->symbol, &sym) || !sym.name)
		return err_set(err, -EBADMSG, "no symbol %u in the file", rel->symbol);
	if (rel->type == R_BPF_64_ABS64 || rel->type == R_BPF_64_ABS32 ||
	    rel->type == R_BPF_64_NODYLD32)
		r = err_set(err, -EBADMSG, "relocation type %u, which no instruction can have",
			    rel->type);
	else if (ext && ext->kind != EXTERN_UNKNOWN)
		r = link_to_extern(l, at, ext, rel->addend, err);
	else
		r = link_to_symbol(l, at, &sym, rel->addend, err);
	return r < 0 ? err_wrap(err, "symbol '%s'", sym.name) : 0;
}
