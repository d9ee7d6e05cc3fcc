/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btfext.h"

#include <errno.h>
#include <linux/btf.h>

#include "buf.h"
#include "uapi.h"

struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t func_off, func_len;	/* from the header's end */
	uint32_t line_off, line_len;
};

/* behind it, unless it comes from before clang 10 */
struct relo_header {
	uint32_t relo_off, relo_len;
};

/* before the records of each section */
struct run_header {
	uint32_t section;	/* its name, in the strings */
	uint32_t cnt;
};

struct bytes {
	char *data;
	size_t len;
};

/* records as they stand in the file, at any address */
struct record {
	uint32_t insn;
} __attribute__((packed, may_alias));

struct line {
	uint32_t insn, rest[3];
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct line) == sizeof(struct bpf_line_info), "as in bpf.h");

static bool take(struct bytes *from, void *to, size_t size)
{
	if (size > from->len)
		return false;
	memcpy(to, from->data, size);
	from->data += size;
	from->len -= size;
	return true;
}

static bool part(struct bytes whole, uint32_t offset, uint32_t len,
		 struct bytes *out)
{
	if (offset > whole.len || len > whole.len - offset)
		return false;
	*out = (struct bytes) { whole.data + offset, len };
	return true;
}

struct parts {
	struct bytes funcs, lines, relos;
};

static int read_header(void *data, size_t size, struct parts *parts,
		       struct err *err)
{
	struct bytes body = { data, size };
	struct relo_header relo = { 0 };
	struct header hdr;

	if (!take(&body, &hdr, sizeof(hdr)))
		return err_set(err, -EBADMSG, "%zu bytes do not hold a header", size);
	if (hdr.magic != BTF_MAGIC)
		return err_set(err, -EBADMSG, "magic number %#x, not %#x", hdr.magic, BTF_MAGIC);
	if (hdr.version != BTF_VERSION || hdr.flags)
		return err_set(err, -ENOTSUP, "version %u, flags %#x", hdr.version, hdr.flags);
	if (hdr.hdr_len < sizeof(hdr) || hdr.hdr_len > size)
		return err_set(err, -EBADMSG, "a header of %u bytes in %zu", hdr.hdr_len, size);
	if (hdr.hdr_len >= sizeof(hdr) + sizeof(relo))
		take(&body, &relo, sizeof(relo));
	body = (struct bytes) { (char *)data + hdr.hdr_len, size - hdr.hdr_len };
	if (!part(body, hdr.func_off, hdr.func_len, &parts->funcs) ||
	    !part(body, hdr.line_off, hdr.line_len, &parts->lines) ||
	    !part(body, relo.relo_off, relo.relo_len, &parts->relos))
		return err_set(err, -EBADMSG, "records lie outside its %zu bytes", size);
	return 0;
}

/*
 * From bytes to instructions, and so that what is no whole number of them shows
 * as a number too high: the lowest three bits become the highest.
 */
#define TOO_HIGH	(1u << 29)

static inline uint32_t to_insn(uint32_t bytes)
{
	return bytes >> 3 | bytes << 29;
}

static void count_insns(char *records, size_t cnt, size_t rec_size)
{
	struct record *r;

	for (; cnt; cnt--, records += rec_size) {
		r = (struct record *)records;
		r->insn = to_insn(r->insn);
	}
}

/* This and the next are all that is done to each line of most objects. */
static void count_insns_of_lines(struct line *lines, size_t cnt)
{
	size_t i;

	__unroll
	for (i = 0; i < cnt; i++)
		lines[i].insn = to_insn(lines[i].insn);
}

/* Whether each is higher than the one before, and none too high. */
static bool is_ascending(const struct line *lines, size_t cnt)
{
	const struct line *l = lines, *last = &lines[cnt - 1];
	uint32_t insn;
	size_t pairs;

	__unroll
	for (pairs = (cnt - 1) / 2; pairs; pairs--, l += 2) {
		insn = l[1].insn;
		if (l[0].insn >= insn || l[2].insn <= insn)
			return false;
	}
	return (l == last || l->insn < last->insn) && last->insn < TOO_HIGH;
}

/* The same with all that is not as it should be. Records are cut, and move
 * together; of two for one instruction, the later one holds. */
static int settle_run(struct btfext_run *run, char *records, size_t cnt,
		      size_t from_size, size_t size, struct err *err)
{
	const char *from = records;
	uint32_t insn, last;
	char *to = records;
	size_t i;

	for (i = 0; i < cnt; i++, from += from_size) {
		insn = ((const struct record *)from)->insn;
		if (insn >= TOO_HIGH)
			return err_set(err, -EBADMSG, "section '%s': offset %u is no instruction",
				       run->section, insn << 3 | insn >> 29);
		last = run->cnt ? ((struct record *)(to - size))->insn : 0;
		if (insn < last)
			return err_set(err, -EBADMSG, "section '%s': records are not in order",
				       run->section);
		if (run->cnt && insn == last)
			to -= size;
		else
			run->cnt++;
		memmove(to, from, size);
		to += size;
	}
	return 0;
}

static int read_records(struct btfext_run *run, char *records, uint32_t cnt,
			uint32_t rec_size, size_t size, struct err *err)
{
	run->records = records;
	if (size == sizeof(struct line) && rec_size == size && cnt) {
		count_insns_of_lines((struct line *)records, cnt);
		if (is_ascending((struct line *)records, cnt)) {
			run->cnt = cnt;
			return 0;
		}
	} else {
		count_insns(records, cnt, rec_size);
	}
	return settle_run(run, records, cnt, rec_size, size, err);
}

static int read_run(struct btfext_table *table, struct bytes *from,
		    uint32_t rec_size, const struct btf *btf,
		    struct buf *runs, struct err *err)
{
	struct btfext_run run = { 0 };
	struct run_header hdr;
	int r;

	if (!take(from, &hdr, sizeof(hdr)) || hdr.cnt > from->len / rec_size)
		return err_set(err, -EBADMSG, "records are cut short");
	run.section = btf_string(btf, hdr.section);
	r = read_records(&run, from->data, hdr.cnt, rec_size, table->rec_size, err);
	if (r < 0)
		return r;
	from->data += (size_t)hdr.cnt * rec_size;
	from->len -= (size_t)hdr.cnt * rec_size;
	table->cnt += run.cnt;
	buf_add(runs, &run, sizeof(run));
	return buf_failed(runs) ? err_sys(err, -ENOMEM, "read records") : 0;
}

static int read_table(struct btfext_table *table, size_t known,
		      struct bytes from, const struct btf *btf, struct err *err)
{
	uint32_t rec_size = 0;
	struct buf runs = { 0 };
	int r = 0;

	table->rec_size = known;
	if (!from.len)
		return 0;
	if (!take(&from, &rec_size, sizeof(rec_size)) || rec_size < known)
		return err_set(err, -EBADMSG, "records of %u bytes, not %zu", rec_size, known);
	while (r == 0 && from.len)
		r = read_run(table, &from, rec_size, btf, &runs, err);
	table->runs = (struct btfext_run *)runs.data;
	table->runs_cnt = runs.len / sizeof(*table->runs);
	return r;
}

int btfext_read(struct btfext *ext, const struct btf *btf, void *data,
		size_t size, struct err *err)
{
	struct parts parts;
	int r;

	memset(ext, 0, sizeof(*ext));
	r = read_header(data, size, &parts, err);
	r = r ?: read_table(&ext->relos, sizeof(struct bpf_core_relo), parts.relos, btf, err);
	r = r ?: read_table(&ext->funcs, sizeof(struct bpf_func_info), parts.funcs, btf, err);
	r = r ?: read_table(&ext->lines, sizeof(struct bpf_line_info), parts.lines, btf, err);
	if (r < 0)
		btfext_free(ext);
	return r;
}

size_t btfext_first(const struct btfext_table *table,
		    const struct btfext_run *run, uint32_t insn)
{
	size_t lo = 0, hi = run->cnt, mid;

	/* most functions have a section of their own */
	if (!insn)
		return 0;
	if (hi && btfext_insn(table, run, hi - 1) < insn)
		return hi;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (btfext_insn(table, run, mid) < insn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool btfext_has_relos(const void *data, size_t size)
{
	struct {
		struct header head;
		struct relo_header relo;
	} hdr;

	if (size < sizeof(hdr))
		return false;
	memcpy(&hdr, data, sizeof(hdr));
	/* the length is of records; the size of one comes first */
	return hdr.head.hdr_len >= sizeof(hdr) && hdr.relo.relo_len > sizeof(uint32_t);
}

void btfext_free(struct btfext *ext)
{
	free(ext->funcs.runs);
	free(ext->lines.runs);
	free(ext->relos.runs);
	memset(ext, 0, sizeof(*ext));
}
