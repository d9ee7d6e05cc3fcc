/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* of what is formatted: anything longer is formatted twice */
#define USUAL_LEN 100

void buf_free(struct buf *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

char *buf_reserve(struct buf *buf, size_t len)
{
	size_t need, cap;
	char *data;

	if (buf->failed || len > SIZE_MAX / 4 - buf->len) {
		buf->failed = true;
		return NULL;
	}
	need = buf->len + len + 1;
	if (need > buf->cap) {
		cap = need < 128 ? 128 : need + need / 2;
		data = realloc(buf->data, cap);
		if (!data) {
			buf->failed = true;
			return NULL;
		}
		buf->data = data;
		buf->cap = cap;
	}
	buf->data[buf->len] = '\0';
	return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	char *room = buf_reserve(buf, len);

	if (!room)
		return;
	if (len)
		memcpy(room, data, len);
	room[len] = '\0';
	buf->len += len;
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
	char *room = buf_reserve(buf, USUAL_LEN);
	va_list ap, again;
	int len;

	if (!room)
		return;
	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(room, USUAL_LEN + 1, fmt, ap);
	va_end(ap);
	if (len < 0 || len > USUAL_LEN)
		*room = '\0';
	if (len > USUAL_LEN) {
		room = buf_reserve(buf, len);
		if (room)
			vsnprintf(room, (size_t)len + 1, fmt, again);
	}
	if (room && len > 0)
		buf->len += len;
	va_end(again);
}

int buf_read(struct buf *buf, int fd, size_t max)
{
	char *room;
	ssize_t n;

	while (buf->len <= max) {
		room = buf_reserve(buf, 4096);
		if (!room)
			return -ENOMEM;
		n = read(fd, room, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		buf->len += n;
		buf->data[buf->len] = '\0';
	}
	return -EFBIG;
}

char *str_printf(const char *fmt, ...)
{
	va_list ap;
	char *str;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&str, fmt, ap);
	va_end(ap);
	return len < 0 ? NULL : str;
}

/* for thousands of them, hence no format */
char *path_join(const char *dir, const char *name)
{
	size_t len = strlen(dir), size = strlen(name) + 1;
	char *path = malloc(len + 1 + size);

	if (!path)
		return NULL;
	memcpy(path, dir, len);
	path[len] = '/';
	memcpy(path + len + 1, name, size);
	return path;
}
