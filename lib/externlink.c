/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "externlink.h"

#include <errno.h>

#include "corelink.h"
#include "insns.h"
#include "kfuncs.h"
#include "uapi.h"

#define MAX_TOLD	8	/* modules in an error's words */

static void put_wide(struct bpf_insn *insn, uint8_t src_reg, uint64_t value)
{
	insn[0].src_reg = src_reg;
	insn[0].imm = value;
	insn[1].imm = value >> 32;
}

/* What is not there, and need not be: its address is 0, and a call of it is one
 * that the verifier refuses unless it cannot be reached. */
static int put_nothing(struct link *link, uint32_t at,
		       const struct object_extern *ext, struct err *err)
{
	struct bpf_insn *insn = &link->insns[at];

	if (insn_is_load64(insn)) {
		put_wide(insn, 0, 0);
		return 0;
	}
	*insn = (struct bpf_insn) { .code = BPF_JMP | BPF_CALL, .imm = CORELINK_POISON };
	return link_add_missing(link, at, str_printf("kernel function '%s'", ext->name), err);
}

static int hint_weak(struct err *err)
{
	return err_hint(err, "declare it __weak, and see whether it is there before it is used");
}

/* Addresses */

static int ask_symbols(struct externlink *e, struct err *err)
{
	const struct bpfelf_object *obj = e->obj;
	size_t i;
	int r;

	e->symbols = calloc(obj->externs_cnt + 1, sizeof(*e->symbols));
	if (!e->symbols)
		return err_sys(err, -ENOMEM, "look for symbols");
	for (i = 0; i < obj->externs_cnt; i++)
		e->symbols[i].name = obj->externs[i].kind == EXTERN_SYMBOL ?
				     obj->externs[i].name : "";
	r = e->kernel && e->kernel->symbols ?
	    e->kernel->symbols(e->kernel->data, e->symbols, obj->externs_cnt, err) :
	    err_set(err, -ENOENT, "there are no symbols of a kernel");
	if (r < 0)
		free(steal_ptr(&e->symbols));
	return r;
}

static int apply_symbol(struct externlink *e, struct link *link,
			const struct link_extern *use,
			const struct object_extern *ext, struct err *err)
{
	const struct kernel_symbol *sym;
	int r = e->symbols ? 0 : ask_symbols(e, err);

	if (r < 0)
		return r;
	sym = &e->symbols[ext - e->obj->externs];
	if (!sym->found && ext->is_weak)
		return put_nothing(link, use->insn, ext, err);
	if (!sym->found) {
		err_set(err, -ENOENT, "the kernel has no such symbol");
		return hint_weak(err);
	}
	if (sym->is_hidden) {
		err_set(err, -EPERM, "the kernel does not tell addresses of its symbols");
		return err_hint(err, "sysctl kernel.kptr_restrict=1 or 0, and CAP_SYSLOG, make it tell");
	}
	if (sym->found > 1)
		return err_set(err, -EINVAL, "the kernel has %u symbols of that name", sym->found);
	put_wide(&link->insns[use->insn], 0, sym->address + use->addend);
	return 0;
}

/* Ids */

static int search_types(struct externlink *e, struct err *err)
{
	const struct bpfelf_object *obj = e->obj;
	_cleanup_free_ const char **names = NULL;
	size_t i, cnt = 0;

	names = calloc(obj->externs_cnt + 1, sizeof(*names));
	if (!names)
		return err_sys(err, -ENOMEM, "look for symbols");
	for (i = 0; i < obj->externs_cnt; i++)
		if (obj->externs[i].kind == EXTERN_VARIABLE ||
		    obj->externs[i].kind == EXTERN_FUNCTION)
			names[cnt++] = obj->externs[i].name;
	return core_index_names(&e->index, names, cnt, 1u << TYPE_VAR | 1u << TYPE_FUNC,
				&e->kernel->types, err);
}

static int ask_types(struct externlink *e, struct err *err)
{
	int r;

	if (e->has_index)
		return 0;
	if (!e->kernel || !e->kernel->types.get)
		return err_set(err, -ENOENT, "there are no types of a kernel");
	r = search_types(e, err);
	e->has_index = r == 0;
	return r;
}

/* the kernel's variable or function of that name, NULL: none */
static const struct core_candidate *
find_candidate(const struct externlink *e, const struct object_extern *ext)
{
	uint32_t want = ext->kind == EXTERN_FUNCTION ? TYPE_FUNC : TYPE_VAR;
	const struct core_name *name = core_index_find(&e->index, ext->name);
	size_t i;

	for (i = 0; name && i < name->cnt; i++)
		if (type_kind(types_get(name->list[i].types, name->list[i].id)) == want)
			return &name->list[i];
	return NULL;
}

static const char *module_of(const struct externlink *e, const struct types *types)
{
	const struct core_source *source = &e->kernel->types;

	return types->base ? source->module(source->data, types) : NULL;
}

/* Which modules have been looked at; whether @known is one of them */
static bool list_modules(const struct externlink *e, const char *known,
			 struct buf *list)
{
	const struct core_source *source = &e->kernel->types;
	const struct types *types;
	struct err unseen;
	const char *name;
	bool is_there = false;
	size_t n;

	for (n = 1; source->get(source->data, n, &types, &unseen) == 0; n++) {
		name = source->module(source->data, types);
		is_there |= known && str_eq(name, known);
		if (n <= MAX_TOLD)
			buf_addf(list, "%s%s", n == 1 ? ", nor has a module (" : ", ", name);
	}
	if (n > MAX_TOLD + 1)
		buf_addf(list, " and %zu more", n - 1 - MAX_TOLD);
	buf_addf(list, n > 1 ? ")" : "");
	return is_there;
}

static int missing(const struct externlink *e, const struct object_extern *ext,
		   struct err *err)
{
	_cleanup_buf_ struct buf modules = { 0 };
	const char *known = kfuncs_module(ext->name);
	bool is_there = list_modules(e, known, &modules);

	err_set(err, -ENOENT, "what the kernel tells of its types has no such %s%s",
		ext->kind == EXTERN_FUNCTION ? "function" : "variable",
		buf_str(&modules));
	if (known && !is_there && e->kernel->hint_module)
		e->kernel->hint_module(e->kernel->data, known, err);
	return hint_weak(err);
}

static int check_type(const struct externlink *e, const struct object_extern *ext,
		      const struct core_candidate *found, struct err *err)
{
	const struct btf_type *t = types_get(found->types, found->id);
	const char *module = module_of(e, found->types);

	if (core_types_agree(&e->obj->btf.types, ext->type, found->types, t->type))
		return 0;
	if (types_check(found->types, err) < 0)
		return err->code;
	err_set(err, -EINVAL, "%s%s has it with another %s",
		module ? "module " : "", module ?: "the kernel",
		ext->kind == EXTERN_FUNCTION ? "prototype" : "type");
	return err_hint(err, "declare it as the kernel does: "
			"bpftool btf dump file /sys/kernel/btf/%s format c",
			module ?: "vmlinux");
}

/* The module's number, a new one for a new module; 0: it is in none; -ENOMEM,
 * -E2BIG */
static int number_module(struct externlink *e, const struct types *types,
			 struct err *err)
{
	const char *module = module_of(e, types);
	char **names;
	size_t i;

	if (!module)
		return 0;
	for (i = 0; i < e->modules_cnt; i++)
		if (str_eq(e->modules[i], module))
			return i + 1;
	/* a call has 15 bits for it */
	if (e->modules_cnt == INT16_MAX)
		return err_set(err, -E2BIG, "too many modules");
	names = reallocarray(e->modules, e->modules_cnt + 1, sizeof(*names));
	if (names)
		e->modules = names;
	if (!names || !(names[e->modules_cnt] = strdup(module)))
		return err_sys(err, -ENOMEM, "look for symbols");
	return ++e->modules_cnt;
}

static int put_id(struct externlink *e, struct link *link,
		  struct link_extern *use, const struct core_candidate *found,
		  struct err *err)
{
	struct bpf_insn *insn = &link->insns[use->insn];
	int module = number_module(e, found->types, err);

	if (module < 0)
		return module;
	use->module = module;
	if (insn_is_load64(insn)) {
		put_wide(insn, BPF_PSEUDO_BTF_ID, found->id);
		return 0;
	}
	insn->src_reg = BPF_PSEUDO_KFUNC_CALL;
	insn->imm = found->id;
	insn->off = module;
	return 0;
}

static int apply_typed(struct externlink *e, struct link *link,
		       struct link_extern *use,
		       const struct object_extern *ext, struct err *err)
{
	const struct core_candidate *found;
	int r;

	r = ask_types(e, err);
	if (r < 0)
		return r;
	found = find_candidate(e, ext);
	if (!found && ext->is_weak)
		return put_nothing(link, use->insn, ext, err);
	if (!found)
		return missing(e, ext, err);
	r = check_type(e, ext, found, err);
	if (r < 0 && ext->is_weak) {
		err_clear(err);
		return put_nothing(link, use->insn, ext, err);
	}
	return r < 0 ? r : put_id(e, link, use, found, err);
}

int externlink_apply(struct externlink *e, struct link *link, struct err *err)
{
	const struct object_extern *ext;
	size_t i;
	int r = link->externs_cnt ? link_own(link, err) : 0;

	for (i = 0; r == 0 && i < link->externs_cnt; i++) {
		ext = &e->obj->externs[link->externs[i].index];
		if (ext->kind == EXTERN_SYMBOL)
			r = apply_symbol(e, link, &link->externs[i], ext, err);
		else
			r = apply_typed(e, link, &link->externs[i], ext, err);
		if (r < 0)
			return err_wrap(err, "instruction %u: symbol '%s'",
					link->externs[i].insn, ext->name);
	}
	return r;
}

void externlink_free(struct externlink *e)
{
	size_t i;

	for (i = 0; e->modules && i < e->modules_cnt; i++)
		free(e->modules[i]);
	free(e->modules);
	free(e->symbols);
	core_index_free(&e->index);
}
