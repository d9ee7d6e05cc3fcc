/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What came of a run, as text or JSON. */
#include <linux/bpf.h>
#include <stdio.h>

#include "prog.h"
#include "run.h"
#include "run_verdict.h"

#define ROW 16			/* bytes */

/* What memory lacked for is output that it lacked for. */
static const char *text_of(struct out *o, const struct buf *text)
{
	if (buf_failed(text))
		o->buf.failed = true;
	return buf_str(text);
}

void run_verdict_text(const struct run *run, uint32_t retval, struct buf *text)
{
	char room[RUN_VERDICT_SIZE];
	const char *name = run_verdict_name(run->prog_type, retval, room);

	if (name)
		buf_addf(text, "%s (%d)", name, (int)retval);
	else
		buf_addf(text, "%u", retval);
}

static void show_head(const struct run *run, const struct run_result *result)
{
	struct out *o = &run->cli->out;
	uint32_t retval = result->run.retval;
	char type[PROG_TYPE_SIZE], room[RUN_VERDICT_SIZE];
	_cleanup_buf_ struct buf verdict = { 0 };
	const char *name = run_verdict_name(run->prog_type, retval, room);

	out_str(o, "prog", "%s ", bpfelf_txn_name(run->txn));
	out_str(o, "type", "type %s ", prog_type_name(run->prog_type, type));
	run_verdict_text(run, retval, &verdict);
	out_text(o, "verdict %s ", text_of(o, &verdict));
	out_u32(o, "retval", NULL, retval);
	if (name)
		out_str(o, "verdict", NULL, name);
	if (result->run.duration)
		out_u32(o, "duration", "time %u ns ", result->run.duration);
	if (run->words->has_repeat)
		out_u32(o, "repeat", "repeat %u ", run->words->repeat);
	out_nl(o);
}

/* ---- the packet ---- */

static void add_hex(struct buf *text, const uint8_t *data, size_t len,
		    const char *between)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf_addf(text, "%s%02x", i ? between : "", data[i]);
}

static void show_row(struct out *o, char sign, uint32_t at, const uint8_t *data,
		     uint32_t len)
{
	_cleanup_buf_ struct buf hex = { 0 };
	uint32_t n = at < len ? len - at : 0;

	if (!n)
		return;
	add_hex(&hex, data + at, n < ROW ? n : ROW, " ");
	out_text(o, "  %c 0x%04x  %s", sign, at, text_of(o, &hex));
	out_nl(o);
}

static bool row_differs(const uint8_t *a, uint32_t a_len, const uint8_t *b,
			uint32_t b_len, uint32_t at)
{
	uint32_t x = at < a_len ? a_len - at : 0, y = at < b_len ? b_len - at : 0;

	x = x < ROW ? x : ROW;
	y = y < ROW ? y : ROW;
	return x != y || memcmp(a + at, b + at, x) != 0;
}

static void show_data(const struct run *run, size_t i,
		      const struct run_result *result)
{
	struct out *o = &run->cli->out;
	uint32_t at, len, now = result->run.data_size_out;
	const uint8_t *in = run_packets_get(&run->in, i, &len);
	_cleanup_buf_ struct buf hex = { 0 };

	add_hex(&hex, result->data, now, "");
	out_u32(o, "data_size_in", NULL, len);
	out_u32(o, "data_size_out", NULL, now);
	out_str(o, "data_out", NULL, text_of(o, &hex));
	out_bool(o, "data_changed", NULL, NULL,
		 len != now || memcmp(in, result->data, len) != 0);
	if (len == now && memcmp(in, result->data, len) == 0) {
		out_text(o, "packet unchanged, %u bytes", len);
		out_nl(o);
		return;
	}
	out_text(o, "packet %u bytes, was %u", now, len);
	out_nl(o);
	for (at = 0; at < len || at < now; at += ROW) {
		if (!row_differs(in, len, result->data, now, at))
			continue;
		show_row(o, '-', at, in, len);
		show_row(o, '+', at, result->data, now);
	}
}

static void show_meta(const struct run *run, const struct run_result *result)
{
	struct out *o = &run->cli->out;
	_cleanup_buf_ struct buf hex = { 0 };

	if (!result->meta_len && !run->meta.len)
		return;
	add_hex(&hex, result->meta, result->meta_len, "");
	out_text(o, "metadata %u bytes, was %zu: ", result->meta_len, run->meta.len);
	out_str(o, "meta_out", "%s", text_of(o, &hex));
	out_nl(o);
}

static void show_keys(const struct run *run, const struct run_result *result)
{
	struct out *o = &run->cli->out;

	out_obj(o, "flow_keys");
	run_ctx_print(o, run_ctx_flow_keys(), "flow keys:", NULL, result->data,
		      result->run.data_size_out);
	out_obj_end(o);
}

/* ---- the context ---- */

static void show_ctx(const struct run *run, const struct run_result *result)
{
	struct out *o = &run->cli->out;
	uint8_t before[RUN_CTX_MAX] = { 0 };
	uint32_t size = result->run.ctx_size_out;
	_cleanup_buf_ struct buf hex = { 0 };

	if (!size)
		return;
	if (!run->ctx_type) {
		add_hex(&hex, result->ctx, size, "");
		out_str(o, "ctx_out", "context %s", text_of(o, &hex));
		out_nl(o);
		return;
	}
	/* it may be given shorter than it is */
	if (run->ctx.len)
		memcpy(before, run->ctx.data, run->ctx.len < sizeof(before) ?
					      run->ctx.len : sizeof(before));
	out_obj(o, "ctx");
	run_ctx_print(o, run->ctx_type, "context:", before, result->ctx, size);
	out_obj_end(o);
}

/* ---- what is wrong ---- */

static void show_lines(struct out *o, const struct buf *why, const char *start)
{
	const char *line = text_of(o, why), *end;
	_cleanup_buf_ struct buf one = { 0 };

	for (; (end = strchr(line, '\n')); line = end + 1) {
		one.len = 0;
		buf_add(&one, line, end - line);
		out_text(o, "%s", start);
		out_str(o, OUT_ELEMENT, "%s", text_of(o, &one));
		out_nl(o);
	}
}

void run_show_why(struct out *o, const struct buf *why)
{
	out_bool(o, "ok", NULL, NULL, !why->len);
	out_arr(o, "failures");
	show_lines(o, why, "FAILED: ");
	out_arr_end(o);
}

void run_show(const struct run *run, size_t i, const struct run_result *result,
	      const struct buf *why)
{
	struct out *o = &run->cli->out;

	out_obj(o, run->words->all ? OUT_ELEMENT : NULL);
	show_head(run, result);
	if (result->data && run->prog_type == BPF_PROG_TYPE_FLOW_DISSECTOR)
		show_keys(run, result);
	else if (result->data && run->in.cnt)
		show_data(run, i, result);
	show_meta(run, result);
	show_ctx(run, result);
	run_show_why(o, why);
	out_obj_end(o);
}

void run_show_tap(struct out *o, size_t number, const struct buf *what,
		  const struct buf *why)
{
	out_text(o, "%s %zu - %s", why->len ? "not ok" : "ok", number, text_of(o, what));
	out_nl(o);
	if (!out_is_json(o))
		show_lines(o, why, "# ");
}
