/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "debuginfo.h"

#include <errno.h>

/* the first record of a run at or behind an instruction */
static size_t first_record(const struct btfext_table *table,
			   const struct btfext_run *run, uint32_t insn)
{
	size_t lo = run->first, hi = run->first + run->cnt, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (btfext_insn(table, mid) < insn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Records know their section by name: of two with one name, whose are they? */
static const struct btfext_run *find_run(const struct bpfelf_object *obj,
					 const struct btfext_table *table,
					 const struct image_section *sec)
{
	if (image_find(&obj->img, sec->name) != sec)
		return NULL;
	return btfext_find(table, sec->name);
}

/* Append what is known of a function; false: not even its beginning is */
static bool move_func(const struct bpfelf_object *obj,
		      const struct btfext_table *table,
		      const struct link_func *placed, struct buf *out)
{
	const struct bpfelf_program *func = placed->func;
	const struct btfext_run *run = find_run(obj, table, func->code->sec);
	size_t i, end;
	uint32_t at;

	if (!run)
		return false;
	i = first_record(table, run, func->start);
	end = first_record(table, run, func->start + func->cnt);
	if (i == end || btfext_insn(table, i) != func->start)
		return false;
	for (; i < end; i++) {
		at = placed->at + btfext_insn(table, i) - func->start;
		buf_add(out, &at, sizeof(at));
		buf_add(out, table->records + i * table->rec_size + sizeof(at),
			table->rec_size - sizeof(at));
	}
	return true;
}

/* The number of records in @records, 0: not a whole set; -ENOMEM */
static int move_all(const struct bpfelf_object *obj,
		    const struct btfext_table *table, const struct link *link,
		    void *records, struct err *err)
{
	_cleanup_buf_ struct buf out = { 0 };
	size_t i;

	for (i = 0; i < link->funcs_cnt; i++)
		if (!move_func(obj, table, &link->funcs[i], &out))
			return 0;
	if (buf_failed(&out) || out.len / table->rec_size > INT32_MAX)
		return err_sys(err, -ENOMEM, "move records of '%s'", BTFEXT_SECTION);
	*(void **)records = steal_ptr(&out.data);
	return out.len / table->rec_size;
}

int debuginfo_link(const struct bpfelf_object *obj, const struct link *link,
		   struct debuginfo *info, struct err *err)
{
	const struct btfext *ext = &obj->btfext;
	int r;

	memset(info, 0, sizeof(*info));
	if (!ext->funcs.cnt)
		return 0;
	r = move_all(obj, &ext->funcs, link, &info->funcs, err);
	if (r <= 0)
		return r;
	info->funcs_cnt = r;
	r = move_all(obj, &ext->lines, link, &info->lines, err);
	if (r < 0) {
		debuginfo_free(info);
		return r;
	}
	info->lines_cnt = r;
	return 0;
}

void debuginfo_free(struct debuginfo *info)
{
	free(info->funcs);
	free(info->lines);
	memset(info, 0, sizeof(*info));
}
