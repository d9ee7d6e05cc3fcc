/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "linker.h"

#include <errno.h>

#include "uapi.h"

/* the address of a function, for a helper that calls back */
static bool is_func_address(const struct bpf_insn *insn)
{
	return insn_is_load64(insn) && insn->src_reg == BPF_PSEUDO_FUNC;
}

/*
 * What refers to something without a relocation: a call within the section
 * is meant relative to itself. A descriptor number would be one of ours,
 * which no object can know.
 */
static int link_unrelocated(struct linker *l, const struct link_func *p,
			    uint32_t i, int32_t imm, struct err *err)
{
	const struct bpfelf_program *func = p->func;
	const struct bpf_insn *insn = &l->link->insns[p->at + i];
	int64_t target = (int64_t)func->start + i + 1 + imm;

	if (insn_is_call(insn) || is_func_address(insn)) {
		if (target > func->start && target < (int64_t)func->start + func->cnt)
			return 0;
		return linker_to_func(l, p->at + i, func->code, target, err);
	}
	if (insn_is_load64(insn) && insn->src_reg != 0 &&
	    insn->src_reg != BPF_PSEUDO_BTF_ID)
		return err_set(err, -EBADMSG, "it names descriptor %d without a relocation",
			       imm);
	return 0;
}

/* the first relocation at or behind an instruction */
static const struct code_rel *first_rel(const struct code *code, uint32_t insn)
{
	size_t lo = 0, hi = code->rels_cnt, mid;

	/* most functions have a section of their own */
	if (!insn || insn == code->insns_cnt)
		return code->rels + (insn ? hi : 0);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (code->rels[mid].insn < insn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return code->rels + lo;
}

static int too_many(const struct code *code, const struct code_rel *rel,
		    struct err *err)
{
	return err_set(err, -EBADMSG, "section '%s': a relocation at offset %#jx too many",
		       code->sec->name, (uintmax_t)rel->insn * INSN_SIZE);
}

static int link_insn(struct linker *l, const struct link_func *p, uint32_t i,
		     const struct code_rel *rel, struct err *err)
{
	uint32_t insn = p->func->start + i;
	int r;

	if (rel->is_bare)
		r = link_unrelocated(l, p, i, rel->addend, err);
	else
		r = linker_apply_rel(l, p->at + i, rel, err);
	return r < 0 ? err_wrap(err, "section '%s', instruction %u (offset %#jx)",
				p->func->code->sec->name, insn,
				(uintmax_t)insn * INSN_SIZE) : 0;
}

/* of a load whose first half nobody looked at */
static bool is_second_half(const struct link *link, uint32_t first, uint32_t at)
{
	return at > first && !link->insns[at].code &&
	       insn_is_load64(&link->insns[at - 1]);
}

static int link_at(struct linker *l, const struct link_func *p, uint32_t at,
		   const struct code_rel *rel, struct err *err)
{
	struct link *link = l->link;

	if (rel->map && insn_is_load64(&link->insns[p->at + at])) {
		linker_add_ref(link, p->at + at, rel->map - 1, 0, false);
		return 0;
	}
	if (is_second_half(link, p->at, p->at + at))
		return too_many(p->func->code, rel, err);
	return link_insn(l, p, at, rel, err);
}

/*
 * What refers to something: the rest, which is nearly all, is not looked at. 1:
 * a function was appended, and the rest of this one waits until that is linked.
 */
static int link_refs(struct linker *l, struct linker_step *step, struct err *err)
{
	const struct link_func p = l->link->funcs[step->func];
	const size_t funcs_cnt = l->link->funcs_cnt;
	const struct code_rel *rel;
	uint32_t at;
	int r;

	while (step->rel < step->end) {
		rel = step->rel++;
		at = rel->insn - p.func->start;
		/* the second half of a load is nothing by itself */
		if (at < step->next && rel->is_bare)
			continue;
		/* within a 16-byte load, or a second one for the same */
		if (at < step->next)
			return too_many(p.func->code, rel, err);
		step->next = at + 1 + insn_is_load64(&l->link->insns[p.at + at]);
		r = link_at(l, &p, at, rel, err);
		if (r < 0)
			return r;
		if (l->link->funcs_cnt > funcs_cnt)
			return 1;
	}
	return 0;
}

/*
 * Most programs have a section of their own, and load maps, nothing else: then
 * the object's list is theirs. false: that is not so, or something is wrong.
 */
static bool link_loads(struct link *link, const struct bpfelf_program *func,
		       const struct linker_step *step)
{
	const struct code_rel *rel;
	struct bpf_insn *insn;
	uint32_t next = 0;

	if (link->funcs_cnt > 1 || func->start || !func->code->only_maps)
		return false;
	for (rel = step->rel; rel < step->end; rel++) {
		insn = &link->insns[rel->insn];
		if (rel->insn < next || !insn_is_load64(insn))
			return false;
		linker_set_source(insn, BPF_PSEUDO_MAP_FD, 0);
		next = rel->insn + 2;
	}
	link->loads = step->rel;
	link->loads_cnt = step->end - step->rel;
	return true;
}

/* Begin with the function that was appended last. */
static int begin_func(struct linker *l, struct linker_step *step, struct err *err)
{
	struct link *link = l->link;
	const struct link_func *p = &link->funcs[link->funcs_cnt - 1];
	const struct bpfelf_program *func = p->func;
	const struct code *code = func->code;

	*step = (struct linker_step) {
		.func = link->funcs_cnt - 1,
		.rel = first_rel(code, func->start),
		.end = first_rel(code, func->start + func->cnt),
	};
	if (code->has_rela)
		return err_set(err, -ENOTSUP, "section '%s' has relocations of type RELA, BPF uses REL",
			       code->sec->name);
	/* a second half that looks like a first one is refused by the kernel */
	if (insn_is_load64(&link->insns[p->at + func->cnt - 1]))
		return err_set(err, -EBADMSG, "section '%s': function '%s' ends within a 16-byte load",
			       code->sec->name, func->name);
	if (link_loads(link, func, step)) {
		step->rel = step->end;
		return 0;
	}
	/* also for what waits */
	l->refs_max += step->end - step->rel;
	if (!linker_grow((void **)&link->refs, sizeof(*link->refs), l->refs_max, &l->refs_cap))
		return err_sys(err, -ENOMEM, "link");
	return 0;
}

/* A function is followed by what it calls, that by what it calls in turn: so
 * libbpf has it, and with the order programs get the same tags. */
static int link_funcs(struct linker *l, struct err *err)
{
	struct linker_step steps[LINK_MAX_FUNCS];	/* each is in once */
	size_t depth = 0;
	int r;

	r = begin_func(l, &steps[0], err);
	while (r == 0) {
		r = link_refs(l, &steps[depth], err);
		if (r > 0)
			r = begin_func(l, &steps[++depth], err);
		else if (r == 0 && depth-- == 0)
			break;
	}
	return r;
}

int link_program(const struct bpfelf_object *obj,
		 const struct bpfelf_program *entry, struct link *link,
		 struct err *err)
{
	struct linker l;
	uint32_t at;
	int r;

	l.obj = obj;
	l.link = link;
	l.insns_cap = l.refs_cap = l.refs_max = 0;
	l.funcs_cap = 1;
	l.has_places = false;
	memset(link, 0, sizeof(*link));
	link->funcs = &link->entry;
	r = linker_append(&l, entry, &at, err);
	r = r ?: link_funcs(&l, err);
	if (r < 0)
		link_free(link);
	return r;
}

void link_free(struct link *link)
{
	size_t i;

	for (i = 0; i < link->missing_cnt; i++)
		free(link->missing[i].what);
	free(link->missing);
	free(link->externs);
	if (!link->in_place)
		free(link->insns);
	free(link->refs);
	if (link->funcs != &link->entry)
		free(link->funcs);
	memset(link, 0, sizeof(*link));
}

int link_own(struct link *link, struct err *err)
{
	struct bpf_insn *insns;

	if (!link->in_place)
		return 0;
	insns = reallocarray(NULL, link->insns_cnt, INSN_SIZE);
	if (!insns)
		return err_sys(err, -ENOMEM, "link");
	memcpy(insns, link->insns, link->insns_cnt * INSN_SIZE);
	link->insns = insns;
	link->in_place = false;
	return 0;
}

int link_add_missing(struct link *link, uint32_t insn, char *what,
		     struct err *err)
{
	struct link_missing *missing = NULL;

	if (what)
		missing = reallocarray(link->missing, link->missing_cnt + 1, sizeof(*missing));
	if (!missing) {
		free(what);
		return err_sys(err, -ENOMEM, "relocate");
	}
	link->missing = missing;
	missing[link->missing_cnt++] = (struct link_missing) { insn, what };
	return 0;
}

void link_maps(const struct link *link, const int *map_fds)
{
	const struct code_rel *load = link->loads;
	const struct link_ref *ref = link->refs;
	size_t i;

	for (i = link->loads_cnt; i; i--, load++)
		link->insns[load->insn].imm = map_fds[load->map - 1];
	for (i = link->refs_cnt; i; i--, ref++)
		link->insns[ref->insn].imm = map_fds[ref->map];
}

bool link_modules(const struct link *link, const int *fds)
{
	const struct link_extern *ext;
	struct bpf_insn *insn;
	bool has_calls = false;
	size_t i;

	for (i = 0; i < link->externs_cnt; i++) {
		ext = &link->externs[i];
		insn = &link->insns[ext->insn];
		if (ext->module && insn_is_load64(insn))
			insn[1].imm = fds[ext->module];
		else if (ext->module)
			has_calls = true;
	}
	return has_calls;
}
