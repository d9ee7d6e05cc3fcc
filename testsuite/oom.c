/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "oom.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

/* what ld makes of the names that it wraps; NULL where it does not */
#define WRAPPED(type, name, ...)				\
	type __real_##name(__VA_ARGS__) __attribute__((weak));	\
	type __wrap_##name(__VA_ARGS__)

WRAPPED(void *, malloc, size_t size);
WRAPPED(void *, calloc, size_t cnt, size_t size);
WRAPPED(void *, realloc, void *p, size_t size);
WRAPPED(void *, reallocarray, void *p, size_t cnt, size_t size);
WRAPPED(char *, strdup, const char *str);
WRAPPED(char *, strndup, const char *str, size_t len);
WRAPPED(int, vasprintf, char **str, const char *fmt, va_list ap);

static atomic_int left = -1;
static atomic_bool reached, paused_now;

void oom_at(int nth)
{
	left = nth;
	reached = false;
}

bool oom_reached(void)
{
	return reached;
}

bool oom_pause(bool paused)
{
	bool was = paused_now;

	paused_now = paused;
	return was;
}

bool oom_possible(void)
{
	return __real_malloc != NULL;
}

static bool refused(void)
{
	if (paused_now || left < 0 || atomic_fetch_sub(&left, 1) != 0)
		return false;
	reached = true;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t cnt, size_t size)
{
	return refused() ? NULL : __real_calloc(cnt, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return refused() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t cnt, size_t size)
{
	return refused() ? NULL : __real_reallocarray(p, cnt, size);
}

char *__wrap_strdup(const char *str)
{
	return refused() ? NULL : __real_strdup(str);
}

char *__wrap_strndup(const char *str, size_t len)
{
	return refused() ? NULL : __real_strndup(str, len);
}

int __wrap_vasprintf(char **str, const char *fmt, va_list ap)
{
	return refused() ? -1 : __real_vasprintf(str, fmt, ap);
}
