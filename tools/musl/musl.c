/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Functions of musl.h, and what archives that were built for glibc call. */
#include <stddef.h>
#include <stdlib.h>

static const struct {
	const char *name, *words;
} errnos[] = {
#include "errnos.h"
};

#define KNOWN (sizeof(errnos) / sizeof(errnos[0]))

const char *strerrordesc_np(int code)
{
	return code >= 0 && (size_t)code < KNOWN ? errnos[code].words : NULL;
}

const char *strerrorname_np(int code)
{
	return code >= 0 && (size_t)code < KNOWN ? errnos[code].name : NULL;
}

/* of _FORTIFY_SOURCE, for files that libmd reads and we do not */
ssize_t __read_chk(int fd, void *buf, size_t len, size_t size);
ssize_t __read_chk(int fd, void *buf, size_t len, size_t size)
{
	if (len > size)
		abort();
	return read(fd, buf, len);
}
