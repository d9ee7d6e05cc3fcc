/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The entry and what it calls, one behind the other. */
#include "linker.h"

#include <errno.h>

bool linker_grow(void **array, size_t size, size_t need, size_t *cap)
{
	/* exact at first: most programs are one function */
	size_t new_cap = *cap ? need + need / 2 : need;
	void *p;

	if (need <= *cap)
		return true;
	p = reallocarray(*array, new_cap, size);
	if (!p)
		return false;
	*array = p;
	*cap = new_cap;
	return true;
}

/* The bytes of a function in the image, if instructions can be read there. */
static struct bpf_insn *insns_in_place(const struct linker *l,
				       const struct bpfelf_program *func)
{
	char *at = image_place(&l->obj->img, func->code->sec) + func->start * INSN_SIZE;

	return (uintptr_t)at % _Alignof(struct bpf_insn) ? NULL : (struct bpf_insn *)at;
}

/* Room for more: what stands in the image moves to memory of its own. */
static bool grow_insns(struct linker *l, size_t need)
{
	struct bpf_insn *in_place = l->link->in_place ? l->link->insns : NULL;

	if (in_place)
		l->link->insns = NULL;
	l->link->in_place = false;
	if (!linker_grow((void **)&l->link->insns, INSN_SIZE, need, &l->insns_cap))
		return false;
	if (in_place)
		memcpy(l->link->insns, in_place, l->link->insns_cnt * INSN_SIZE);
	return true;
}

static bool add_insns(struct linker *l, const struct bpfelf_program *func)
{
	struct link *link = l->link;

	if (!link->funcs_cnt) {
		link->insns = insns_in_place(l, func);
		link->in_place = link->insns;
	}
	if (link->funcs_cnt || !link->in_place) {
		if (!grow_insns(l, link->insns_cnt + func->cnt))
			return false;
		memcpy(link->insns + link->insns_cnt,
		       (const char *)func->code->sec->data + func->start * INSN_SIZE,
		       func->cnt * INSN_SIZE);
	}
	link->insns_cnt += func->cnt;
	return true;
}

/* Most call nothing, and need no memory for a list. */
static bool grow_funcs(struct linker *l)
{
	struct link *link = l->link;
	bool alone = link->funcs == &link->entry;
	struct link_func *funcs = alone ? NULL : link->funcs;

	if (!linker_grow((void **)&funcs, sizeof(*funcs), link->funcs_cnt + 1, &l->funcs_cap))
		return false;
	if (alone && funcs)
		funcs[0] = link->entry;
	link->funcs = funcs ?: &link->entry;
	return true;
}

static uint16_t *find_place(struct linker *l, const struct bpfelf_program *func)
{
	size_t at = (func - l->obj->progs) % ARRAY_SIZE(l->places);

	while (l->places[at] && l->link->funcs[l->places[at] - 1].func != func)
		at = (at + 1) % ARRAY_SIZE(l->places);
	return &l->places[at];
}

/* link_funcs() comes to it */
int linker_append(struct linker *l, const struct bpfelf_program *func,
		  uint32_t *at, struct err *err)
{
	struct link *link = l->link;

	if (link->funcs_cnt == LINK_MAX_FUNCS)
		return err_set(err, -E2BIG, "it calls more than %u functions", LINK_MAX_FUNCS - 1);
	if (func->cnt > INT32_MAX - link->insns_cnt)
		return err_set(err, -E2BIG, "too many instructions");
	*at = link->insns_cnt;
	if (!grow_funcs(l) || !add_insns(l, func))
		return err_sys(err, -ENOMEM, "link '%s'", func->name);
	link->funcs[link->funcs_cnt++] = (struct link_func) { func, *at };
	return 0;
}

/* Append a function unless it is in. */
int linker_place(struct linker *l, const struct bpfelf_program *func,
		 uint32_t *at, struct err *err)
{
	uint16_t *place;
	int r;

	if (!l->has_places) {
		memset(l->places, 0, sizeof(l->places));
		*find_place(l, l->link->funcs[0].func) = 1;
		l->has_places = true;
	}
	place = find_place(l, func);
	if (*place) {
		*at = l->link->funcs[*place - 1].at;
		return 0;
	}
	r = linker_append(l, func, at, err);
	if (r == 0)
		*place = l->link->funcs_cnt;
	return r;
}
