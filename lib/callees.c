/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "callees.h"

#include <errno.h>

#include "insns.h"

static uint64_t place(uint32_t section, uint64_t insn)
{
	return (uint64_t)section << 32 | (uint32_t)insn;
}

static bool is_label(const struct bpfelf_object *obj,
		     const struct image_symbol *sym)
{
	return sym->name && sym->name[0] && sym->type == STT_NOTYPE &&
	       sym->bind == STB_LOCAL && object_code(obj, sym->section);
}

static bool has_labels(const struct bpfelf_object *obj)
{
	struct image_symbol sym;
	size_t i;

	for (i = 1; image_symbol_at(&obj->img, i, &sym); i++)
		if (is_label(obj, &sym))
			return true;
	return false;
}

static int add(struct callees *callees, size_t *cap, uint64_t at, struct err *err)
{
	uint64_t *grown;

	if (callees->cnt == *cap) {
		*cap = *cap * 2 + 16;
		grown = reallocarray(callees->at, *cap, sizeof(*grown));
		if (!grown)
			return err_sys(err, -ENOMEM, "read programs");
		callees->at = grown;
	}
	callees->at[callees->cnt++] = at;
	return 0;
}

/* where it leads, or 0: what is wrong with it is told when it is linked */
static uint64_t callee(const struct bpfelf_object *obj, const struct code *code,
		       const struct code_rel *rel)
{
	struct image_symbol sym;

	if (rel->is_bare)
		return place(code->sec->index, (int64_t)rel->insn + 1 + rel->addend);
	if (!image_symbol_at(&obj->img, rel->symbol, &sym) ||
	    !object_code(obj, sym.section))
		return 0;
	return place(sym.section, sym.value / INSN_SIZE + rel->addend + 1);
}

static bool is_call(const struct code *code, const struct code_rel *rel)
{
	struct bpf_insn insn;

	memcpy(&insn, (const char *)code->sec->data + rel->insn * INSN_SIZE, INSN_SIZE);
	return insn_is_call(&insn);
}

static int find_in(struct callees *callees, size_t *cap,
		   const struct bpfelf_object *obj, const struct code *code,
		   struct err *err)
{
	uint64_t at;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && !code->only_maps && i < code->rels_cnt; i++) {
		if (!is_call(code, &code->rels[i]))
			continue;
		at = callee(obj, code, &code->rels[i]);
		if (at)
			r = add(callees, cap, at, err);
	}
	return r;
}

static int cmp_place(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int callees_find(struct callees *callees, const struct bpfelf_object *obj,
		 struct err *err)
{
	size_t i, cap = 0;
	int r = 0;

	*callees = (struct callees) { 0 };
	if (!has_labels(obj))
		return 0;
	for (i = 0; r == 0 && i < obj->codes_cnt; i++)
		r = find_in(callees, &cap, obj, &obj->codes[i], err);
	if (r == 0 && callees->cnt)
		qsort(callees->at, callees->cnt, sizeof(*callees->at), cmp_place);
	return r;
}

void callees_free(struct callees *callees)
{
	free(callees->at);
	*callees = (struct callees) { 0 };
}

bool callees_has(const struct callees *callees, const struct image_symbol *sym)
{
	const uint64_t at = place(sym->section, sym->value / INSN_SIZE);

	return callees->cnt &&
	       bsearch(&at, callees->at, callees->cnt, sizeof(at), cmp_place);
}
