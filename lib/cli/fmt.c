/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fmt.h"

#include <stdio.h>

#define ROOM	256		/* what is longer is vsnprintf()'s */

/* The formats are the callers'. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static const char hex_digits[] = "0123456789abcdef";

/* what is being written: full at `end`, which is as good as not written */
struct pen {
	char *at, *end;
	va_list ap;
};

static void put_bytes(struct pen *pen, const char *bytes, size_t len)
{
	size_t room = pen->end - pen->at;

	if (len > room)
		len = room;
	memcpy(pen->at, bytes, len);
	pen->at += len;
}

static void put_str(struct pen *pen, const char *str)
{
	put_bytes(pen, str, strlen(str));
}

static void put_number(struct pen *pen, unsigned long long value)
{
	char digits[24], *const end = digits + sizeof(digits), *first = end;

	do
		*--first = '0' + value % 10;
	while (value /= 10);
	put_bytes(pen, first, end - first);
}

/* as %#x: 0 has no 0x */
static void put_hex(struct pen *pen, unsigned int value)
{
	char digits[12], *const end = digits + sizeof(digits), *first = end;
	bool is_zero = !value;

	do
		*--first = hex_digits[value % 16];
	while (value /= 16);
	if (!is_zero) {
		*--first = 'x';
		*--first = '0';
	}
	put_bytes(pen, first, end - first);
}

static void put_signed(struct pen *pen, int value)
{
	if (value < 0)
		put_str(pen, "-");
	put_number(pen, value < 0 ? -(long long)value : value);
}

static bool is_next(const char *conversion, const char *wanted)
{
	return strncmp(conversion, wanted, strlen(wanted)) == 0;
}

/* the conversion behind a '%': its length, 0 for one that is not ours */
static size_t put_value(struct pen *pen, const char *conversion)
{
	switch (*conversion) {
	case 's':
		put_str(pen, va_arg(pen->ap, const char *));
		return 1;
	case 'u':
		put_number(pen, va_arg(pen->ap, unsigned int));
		return 1;
	case 'd':
		put_signed(pen, va_arg(pen->ap, int));
		return 1;
	}
	if (is_next(conversion, "llu")) {
		put_number(pen, va_arg(pen->ap, unsigned long long));
		return 3;
	}
	if (is_next(conversion, "#x")) {
		put_hex(pen, va_arg(pen->ap, unsigned int));
		return 2;
	}
	return 0;
}

/* up to the next conversion, or the end: where that is */
static const char *put_literal(struct pen *pen, const char *fmt)
{
	char *at = pen->at, *end = pen->end, c;

	for (; (c = *fmt) != '%' && c && at < end; fmt++)
		*at++ = c;
	pen->at = at;
	return fmt;
}

static bool put_all(struct pen *pen, const char *fmt)
{
	size_t len;

	while (*(fmt = put_literal(pen, fmt)) == '%') {
		len = put_value(pen, fmt + 1);
		if (!len)
			return false;
		fmt += 1 + len;
	}
	return pen->at < pen->end;
}

static void add_by_printf(struct buf *buf, const char *fmt, va_list ap)
{
	va_list again;
	char *room;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	room = len < 0 ? NULL : buf_reserve(buf, len);
	if (!room)
		return;
	vsnprintf(room, (size_t)len + 1, fmt, ap);
	buf->len += len;
}

void fmt_add(struct buf *buf, const char *fmt, va_list ap)
{
	struct pen pen;
	bool done;

	if (!buf_has(buf, ROOM) && !buf_reserve(buf, ROOM))
		return;
	pen.at = buf->data + buf->len;
	pen.end = pen.at + ROOM;
	va_copy(pen.ap, ap);
	done = put_all(&pen, fmt);
	va_end(pen.ap);
	if (!done) {
		add_by_printf(buf, fmt, ap);
		return;
	}
	*pen.at = '\0';
	buf->len = pen.at - buf->data;
}

char *fmt_hex(char *at, uint8_t byte)
{
	*at++ = hex_digits[byte >> 4];
	*at++ = hex_digits[byte & 15];
	return at;
}
