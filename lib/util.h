/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Cleanup, steal and the few macros that everybody needs. */
#ifndef BPFELF_UTIL_H
#define BPFELF_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define __format(f, a)		__attribute__((format(printf, f, a)))
#define __must_check		__attribute__((warn_unused_result))

/* for the few loops over all instructions, or all lines, of an object */
#define __unroll		_Pragma("GCC unroll 16")

static inline void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	close_fd(*fd);
}

#define _cleanup_(f)		__attribute__((cleanup(f)))
#define _cleanup_free_		_cleanup_(cleanup_free)
#define _cleanup_close_		_cleanup_(cleanup_close)

/* success takes the value out of the cleanup's hands */
static inline int steal_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

static inline void *steal_ptr_(void *p)
{
	void **pp = p, *r = *pp;

	*pp = NULL;
	return r;
}
#define steal_ptr(p)		((__typeof__(*(p)))steal_ptr_(p))

static inline bool str_eq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* the last component of a path */
static inline const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

#endif
