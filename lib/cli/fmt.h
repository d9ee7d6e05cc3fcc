/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What printf() prints, appended to a buffer. Listings are long and made of
 * words and numbers: %s, %u, %d, %llu and %#x are written here, at a tenth of
 * printf()'s cost; whatever else a format asks for is left to vsnprintf().
 */
#ifndef CLI_FMT_H
#define CLI_FMT_H

#include <stdarg.h>

#include "buf.h"

void fmt_add(struct buf *buf, const char *fmt, va_list ap);

/* Two hexadecimal digits. Returns what is behind them, and puts no NUL there. */
char *fmt_hex(char *at, uint8_t byte);

#endif
