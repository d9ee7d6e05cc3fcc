/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Growable bytes. A failed growth is remembered, later calls do nothing, and
 * one look at the end tells: buf_failed(). `data` always ends with a NUL that
 * is not counted.
 */
#ifndef BPFELF_BUF_H
#define BPFELF_BUF_H

#include "util.h"

struct buf {
	char *data;		/* NULL as long as nothing was added */
	size_t len, cap;
	bool failed;
};

void buf_free(struct buf *buf);
#define _cleanup_buf_ _cleanup_(buf_free)

/* Room for @len bytes more, which the caller fills and counts into `len`;
 * NULL: no memory */
char *buf_reserve(struct buf *buf, size_t len);
/* is that room there already? */
static inline bool buf_has(const struct buf *buf, size_t len)
{
	return buf->cap - buf->len > len;
}
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_addf(struct buf *buf, const char *fmt, ...) __format(2, 3);
/* Append what is left to read; 0, -EFBIG for more than @max bytes in all, or
 * the errno */
int buf_read(struct buf *buf, int fd, size_t max);
/* a new string, free() it; NULL: no memory */
char *str_printf(const char *fmt, ...) __format(1, 2);
char *path_join(const char *dir, const char *name);

static inline bool buf_failed(const struct buf *buf)
{
	return buf->failed;
}
static inline const char *buf_str(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

#endif
