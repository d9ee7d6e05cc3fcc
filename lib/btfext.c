/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btfext.h"

#include <errno.h>
#include <linux/btf.h>

#include "buf.h"
#include "uapi.h"

#define INSN_SIZE	sizeof(struct bpf_insn)

struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t func_off, func_len;	/* from the header's end */
	uint32_t line_off, line_len;
};

/* before the records of each section */
struct run_header {
	uint32_t section;	/* its name, in the strings */
	uint32_t cnt;
};

struct bytes {
	const char *data;
	size_t len;
};

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

static int read_header(const void *data, size_t size, struct bytes *funcs,
		       struct bytes *lines, struct err *err)
{
	struct bytes body = { data, size };
	struct header hdr;

	if (!take(&body, &hdr, sizeof(hdr)))
		return err_set(err, -EBADMSG, "%zu bytes do not hold a header", size);
	if (hdr.magic != BTF_MAGIC)
		return err_set(err, -EBADMSG, "magic number %#x, not %#x", hdr.magic, BTF_MAGIC);
	if (hdr.version != BTF_VERSION || hdr.flags)
		return err_set(err, -ENOTSUP, "version %u, flags %#x", hdr.version, hdr.flags);
	if (hdr.hdr_len < sizeof(hdr) || hdr.hdr_len > size)
		return err_set(err, -EBADMSG, "a header of %u bytes in %zu", hdr.hdr_len, size);
	body = (struct bytes) { (const char *)data + hdr.hdr_len, size - hdr.hdr_len };
	if (!part(body, hdr.func_off, hdr.func_len, funcs) ||
	    !part(body, hdr.line_off, hdr.line_len, lines))
		return err_set(err, -EBADMSG, "records lie outside its %zu bytes", size);
	return 0;
}

/* Cut @raw, and count in instructions; of two for one instruction, the later
 * one holds. */
static int add_record(struct btfext_table *table, struct buf *records,
		      const char *raw, const struct btfext_run *run,
		      struct err *err)
{
	uint32_t insn, last;

	memcpy(&insn, raw, sizeof(insn));
	if (insn % INSN_SIZE)
		return err_set(err, -EBADMSG, "section '%s': offset %u is no instruction",
			       run->section, insn);
	insn /= INSN_SIZE;
	if (run->cnt) {
		memcpy(&last, records->data + records->len - table->rec_size,
		       sizeof(last));
		if (insn < last)
			return err_set(err, -EBADMSG, "section '%s': records are not in order",
				       run->section);
		if (insn == last)
			records->len -= table->rec_size;
	}
	buf_add(records, &insn, sizeof(insn));
	buf_add(records, raw + sizeof(insn), table->rec_size - sizeof(insn));
	return buf_failed(records) ? err_sys(err, -ENOMEM, "read records") : 0;
}

static int read_run(struct btfext_table *table, struct bytes *from,
		    uint32_t rec_size, const struct btf *btf,
		    struct buf *records, struct buf *runs, struct err *err)
{
	struct btfext_run run = { .first = records->len / table->rec_size };
	struct run_header hdr;
	uint32_t i;
	int r;

	if (!take(from, &hdr, sizeof(hdr)) || hdr.cnt > from->len / rec_size)
		return err_set(err, -EBADMSG, "records are cut short");
	run.section = btf_string(btf, hdr.section);
	for (i = 0; i < hdr.cnt; i++) {
		r = add_record(table, records, from->data, &run, err);
		if (r < 0)
			return r;
		run.cnt = records->len / table->rec_size - run.first;
		from->data += rec_size;
		from->len -= rec_size;
	}
	buf_add(runs, &run, sizeof(run));
	return buf_failed(runs) ? err_sys(err, -ENOMEM, "read records") : 0;
}

static int read_table(struct btfext_table *table, size_t known,
		      struct bytes from, const struct btf *btf, struct err *err)
{
	struct buf records = { 0 }, runs = { 0 };
	uint32_t rec_size = 0;
	int r = 0;

	table->rec_size = known;
	if (!from.len)
		return 0;
	if (!take(&from, &rec_size, sizeof(rec_size)) || rec_size < known)
		return err_set(err, -EBADMSG, "records of %u bytes, not %zu", rec_size, known);
	while (r == 0 && from.len)
		r = read_run(table, &from, rec_size, btf, &records, &runs, err);
	table->records = records.data;
	table->cnt = records.len / known;
	table->runs = (struct btfext_run *)runs.data;
	table->runs_cnt = runs.len / sizeof(*table->runs);
	return r;
}

int btfext_read(struct btfext *ext, const struct btf *btf, const void *data,
		size_t size, struct err *err)
{
	struct bytes funcs, lines;
	int r;

	memset(ext, 0, sizeof(*ext));
	r = read_header(data, size, &funcs, &lines, err);
	r = r ?: read_table(&ext->funcs, sizeof(struct bpf_func_info), funcs, btf, err);
	r = r ?: read_table(&ext->lines, sizeof(struct bpf_line_info), lines, btf, err);
	if (r < 0)
		btfext_free(ext);
	return r;
}

void btfext_free(struct btfext *ext)
{
	free(ext->funcs.records);
	free(ext->funcs.runs);
	free(ext->lines.records);
	free(ext->lines.runs);
	memset(ext, 0, sizeof(*ext));
}

const struct btfext_run *btfext_find(const struct btfext_table *table,
				     const char *section)
{
	size_t i;

	for (i = 0; i < table->runs_cnt; i++)
		if (str_eq(table->runs[i].section, section))
			return &table->runs[i];
	return NULL;
}

uint32_t btfext_insn(const struct btfext_table *table, size_t i)
{
	uint32_t insn;

	memcpy(&insn, table->records + i * table->rec_size, sizeof(insn));
	return insn;
}
