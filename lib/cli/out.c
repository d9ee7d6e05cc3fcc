/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli.h"
#include "fmt.h"

#define WRITE_AT	(64 * 1024)	/* bytes collected */
#define MAX_DEPTH	63		/* of JSON: bits in `filled` */
#define PLAIN_ROOM	256		/* a longer string is seldom */

/* The formats are the callers'. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

void out_init(struct out *o, int fd, unsigned int flags)
{
	*o = (struct out){ .fd = fd, .flags = flags };
}

void out_free(struct out *o)
{
	buf_free(&o->buf);
}

/* ---- writing ---- */

static int write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return 0;
}

void out_drop(struct out *o)
{
	o->buf.len = 0;
	o->depth = 0;
	o->filled = 0;
	o->held = false;
}

void out_hold(struct out *o)
{
	o->held = true;
}

int out_flush(struct out *o)
{
	if (buf_failed(&o->buf) && !o->error)
		o->error = -ENOMEM;
	if (!o->error && o->buf.len)
		o->error = write_all(o->fd, o->buf.data, o->buf.len);
	o->buf.len = 0;
	return o->error;
}

bool out_release(struct out *o)
{
	if (o->buf.len < WRITE_AT)
		return false;
	out_flush(o);
	return true;
}

int out_end(struct out *o)
{
	o->held = false;
	return out_flush(o);
}

int out_status(struct out *o)
{
	int r = out_end(o);

	if (r == 0)
		return CLI_OK;
	fprintf(stderr, "cannot write the output: %s\n", strerror(-r));
	return CLI_FAIL;
}

static void written(struct out *o)
{
	if (o->buf.len >= WRITE_AT && !o->held)
		out_flush(o);
}

/* A few characters; mostly there is room for them. */
static inline void add(struct out *o, const char *str)
{
	struct buf *buf = &o->buf;
	size_t len = strlen(str);

	if (!buf_has(buf, len)) {
		buf_add(buf, str, len);
		return;
	}
	memcpy(buf->data + buf->len, str, len + 1);
	buf->len += len;
}

/* ---- text ---- */

static void add_text(struct out *o, const char *fmt, va_list ap)
{
	fmt_add(&o->buf, fmt, ap);
	written(o);
}

static void add_word(struct out *o, const char *word)
{
	add(o, word);
	written(o);
}

void out_text(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (out_is_json(o))
		return;
	va_start(ap, fmt);
	add_text(o, fmt, ap);
	va_end(ap);
}

void out_raw(struct out *o, const struct buf *text)
{
	buf_add(&o->buf, buf_str(text), text->len);
	o->buf.failed |= text->failed;
	written(o);
}

void out_bytes(struct out *o, const char *text, size_t len)
{
	buf_add(&o->buf, text, len);
	written(o);
}

bool out_again(struct out *o, const struct out_kept *kept)
{
	if (!kept->len || kept->depth != o->depth ||
	    kept->first != out_is_first(o))
		return false;
	o->filled |= 1ull << o->depth;
	out_bytes(o, kept->text, kept->len);
	return true;
}

void out_keep(const struct out *o, struct out_kept *kept)
{
	kept->len = 0;
	kept->start = o->buf.len;
	kept->depth = o->depth;
	kept->first = out_is_first(o);
}

void out_kept(const struct out *o, struct out_kept *kept)
{
	size_t len = o->buf.len - kept->start;

	/* too much, or all but its end was written meanwhile */
	if (o->buf.len < kept->start || len > sizeof(kept->text))
		return;
	memcpy(kept->text, o->buf.data + kept->start, len);
	kept->len = len;
}

void out_nl(struct out *o)
{
	if (!out_is_json(o))
		add_word(o, o->flags & OUT_ONELINE ? "\\" : "\n");
}

/* ---- JSON ---- */

/* @c stands for itself in a JSON string */
static bool is_plain(char c)
{
	return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

/* the first characters of @str that are plain, as many as fit: how many */
static size_t add_plain(struct out *o, const char *str)
{
	size_t n = 0;
	char *room;

	if (!buf_has(&o->buf, PLAIN_ROOM) && !buf_reserve(&o->buf, PLAIN_ROOM))
		return strlen(str);
	room = o->buf.data + o->buf.len;
	for (; n < PLAIN_ROOM && is_plain(str[n]); n++)
		room[n] = str[n];
	room[n] = '\0';
	o->buf.len += n;
	return n;
}

static void add_escaped(struct out *o, char c)
{
	static const char escaped[] = "\t\n\f\r\b\\\"", letter[] = "tnfrb\\\"";
	const char *at = strchr(escaped, c);

	if (at)
		buf_addf(&o->buf, "\\%c", letter[at - escaped]);
	else if (!is_plain(c))
		buf_addf(&o->buf, "\\u%04x", c);
	else
		buf_add(&o->buf, &c, 1);
}

static void add_quoted(struct out *o, const char *str)
{
	add(o, "\"");
	str += add_plain(o, str);
	for (; *str; str++)
		add_escaped(o, *str);
	add(o, "\"");
}

static bool is_pretty(const struct out *o)
{
	return o->flags & OUT_PRETTY;
}

static void add_newline(struct out *o)
{
	if (is_pretty(o))
		buf_addf(&o->buf, "\n%*s", 4 * (int)o->depth, "");
}

/* what stands before every value: a comma, a new line, the key */
static void begin_value(struct out *o, const char *key)
{
	uint64_t level = 1ull << o->depth;

	if (o->filled & level)
		add(o, ",");
	o->filled |= level;
	if (!key || !*key)
		return;
	add_newline(o);
	add(o, "\"");
	add(o, key);		/* keys are ours: nothing to be escaped */
	add(o, is_pretty(o) ? "\": " : "\":");
}

static void open_level(struct out *o, const char *key, const char *bracket)
{
	begin_value(o, key);
	add(o, bracket);
	if (o->depth < MAX_DEPTH)
		o->depth++;
	o->filled &= ~(1ull << o->depth);
}

/* was there anything in the level that is closed? */
static bool close_level(struct out *o)
{
	bool filled = o->filled & 1ull << o->depth;

	if (o->depth)
		o->depth--;
	return filled;
}

/* the end of a value at the top is the end of a line */
static void end_value(struct out *o)
{
	if (o->depth == 0) {
		add(o, "\n");
		o->filled = 0;
	}
	written(o);
}

void out_obj(struct out *o, const char *key)
{
	if (out_is_json(o))
		open_level(o, key, "{");
}

void out_obj_end(struct out *o)
{
	if (!out_is_json(o))
		return;
	if (close_level(o))
		add_newline(o);
	add(o, "}");
	end_value(o);
}

void out_arr(struct out *o, const char *key)
{
	if (out_is_json(o))
		open_level(o, key, is_pretty(o) ? "[ " : "[");
}

void out_arr_end(struct out *o)
{
	if (!out_is_json(o))
		return;
	if (close_level(o) && is_pretty(o))
		add(o, " ");
	add(o, "]");
	end_value(o);
}

static void add_scalar(struct out *o, const char *key, const char *fmt, ...)
	__format(3, 4);
static void add_scalar(struct out *o, const char *key, const char *fmt, ...)
{
	va_list ap;

	begin_value(o, key);
	va_start(ap, fmt);
	add_text(o, fmt, ap);
	va_end(ap);
}

static void add_plain_word(struct out *o, const char *key, const char *word)
{
	begin_value(o, key);
	add_word(o, word);
}

/* ---- both ---- */

/* is this call's JSON half wanted? its text half? */
static bool json(const struct out *o, const char *key)
{
	return out_is_json(o) && key;
}

static bool text(const struct out *o, const char *fmt)
{
	return !out_is_json(o) && fmt;
}

void out_str(struct out *o, const char *key, const char *fmt, const char *value)
{
	if (json(o, key)) {
		begin_value(o, key);
		add_quoted(o, value);
	} else if (text(o, fmt)) {
		out_text(o, fmt, value);
	}
}

void out_int(struct out *o, const char *key, const char *fmt, int value)
{
	if (json(o, key))
		add_scalar(o, key, "%d", value);
	else if (text(o, fmt))
		out_text(o, fmt, value);
}

void out_u32(struct out *o, const char *key, const char *fmt, uint32_t value)
{
	if (json(o, key))
		add_scalar(o, key, "%" PRIu32, value);
	else if (text(o, fmt))
		out_text(o, fmt, value);
}

void out_u64(struct out *o, const char *key, const char *fmt, uint64_t value)
{
	if (json(o, key))
		add_scalar(o, key, "%" PRIu64, value);
	else if (text(o, fmt))
		out_text(o, fmt, (unsigned long long)value);
}

void out_hex(struct out *o, const char *key, const char *fmt, uint32_t value)
{
	if (json(o, key))
		add_scalar(o, key, "\"%#" PRIx32 "\"", value);
	else if (text(o, fmt))
		out_text(o, fmt, value);
}

void out_bool(struct out *o, const char *key, const char *on, const char *off,
	      bool value)
{
	const char *word = value ? on : off;

	if (json(o, key))
		add_plain_word(o, key, value ? "true" : "false");
	else if (text(o, word))
		add_word(o, word);
}

void out_flag(struct out *o, const char *key, const char *str, bool value)
{
	if (value)
		out_bool(o, key, str, NULL, true);
}

void out_null(struct out *o, const char *key)
{
	if (json(o, key))
		add_plain_word(o, key, "null");
}
