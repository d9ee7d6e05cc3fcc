/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Numbers with a unit behind them, as tc(8) lists them: rates, sizes, times.
 * Fractions are fine, letters may be large or small. No output: false is for
 * what is no such number, or one that does not fit.
 */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include "util.h"

/* "1mbit", "1.5mibps", bare: bits per second; into bytes per second */
bool unit_rate(const char *word, uint64_t *rate);
/* "10k", "10kb", "80kbit", bare: bytes; k is 1024 */
bool unit_size(const char *word, uint32_t *size);
/* "1s", "250ms", bare: microseconds; into microseconds */
bool unit_time(const char *word, uint32_t *time);

#endif
