/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "debuginfo.h"

#include <errno.h>

struct span {
	const char *records;
	size_t cnt;
};

/* The records of a function; false: not even its beginning is known. */
static bool find_records(const struct btfext_table *table,
			 const struct btfext_run *run,
			 const struct bpfelf_program *func, struct span *span)
{
	size_t first, end;

	if (!run)
		return false;
	first = btfext_first(table, run, func->start);
	end = btfext_first(table, run, func->start + func->cnt);
	span->records = run->records + first * table->rec_size;
	span->cnt = end - first;
	return first < end && btfext_insn(table, run, first) == func->start;
}

/* what can be given to the kernel as it is */
static bool fits_in_place(const struct link *link, const struct span *span)
{
	return link->funcs_cnt == 1 && link->funcs[0].func->start == 0 &&
	       (uintptr_t)span->records % sizeof(uint32_t) == 0;
}

static void move_span(const struct btfext_table *table, const struct span *span,
		      uint32_t from, uint32_t to, char *out)
{
	uint32_t insn;
	size_t i;

	memcpy(out, span->records, span->cnt * table->rec_size);
	for (i = 0; i < span->cnt; i++, out += table->rec_size) {
		memcpy(&insn, out, sizeof(insn));
		insn += to - from;
		memcpy(out, &insn, sizeof(insn));
	}
}

/* One function after the other; 0: not a whole set; -ENOMEM */
static int move_all(const struct btfext_table *table, const struct link *link,
		    const struct span *spans, void **moved, struct err *err)
{
	size_t i, total = 0, done = 0;

	for (i = 0; i < link->funcs_cnt; i++)
		total += spans[i].cnt;
	if (total > INT32_MAX)
		return err_set(err, -ENOMEM, "move records of '%s'", BTFEXT_SECTION);
	*moved = malloc(total * table->rec_size);
	if (!*moved)
		return err_sys(err, -ENOMEM, "move records of '%s'", BTFEXT_SECTION);
	for (i = 0; i < link->funcs_cnt; i++) {
		move_span(table, &spans[i], link->funcs[i].func->start, link->funcs[i].at,
			  (char *)*moved + done * table->rec_size);
		done += spans[i].cnt;
	}
	return total;
}

/* The number of records in @records, 0: not a whole set; -ENOMEM */
static int link_records(const struct btfext_table *table, bool lines,
			const struct link *link, const void **records,
			void **moved, struct err *err)
{
	struct span spans[LINK_MAX_FUNCS];
	const struct btfext_run *run;
	size_t i;
	int r;

	for (i = 0; i < link->funcs_cnt; i++) {
		run = lines ? link->funcs[i].func->code->lines :
			      link->funcs[i].func->code->funcs;
		if (!find_records(table, run, link->funcs[i].func, &spans[i]))
			return 0;
	}
	if (fits_in_place(link, &spans[0])) {
		*records = spans[0].records;
		return spans[0].cnt;
	}
	r = move_all(table, link, spans, moved, err);
	*records = *moved;
	return r;
}

int debuginfo_link(const struct bpfelf_object *obj, const struct link *link,
		   struct debuginfo *info, struct err *err)
{
	const struct btfext *ext = &obj->btfext;
	int r;

	memset(info, 0, sizeof(*info));
	if (!ext->funcs.cnt)
		return 0;
	r = link_records(&ext->funcs, false, link, (const void **)&info->funcs,
			 &info->moved_funcs, err);
	if (r <= 0)
		return r;
	info->funcs_cnt = r;
	r = link_records(&ext->lines, true, link, (const void **)&info->lines,
			 &info->moved_lines, err);
	if (r < 0) {
		debuginfo_free(info);
		return r;
	}
	info->lines_cnt = r;
	return 0;
}

void debuginfo_free(struct debuginfo *info)
{
	free(info->moved_funcs);
	free(info->moved_lines);
	memset(info, 0, sizeof(*info));
}
