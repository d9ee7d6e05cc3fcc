/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "units.h"

#include <strings.h>

struct unit {
	const char *name;
	double factor;
};

/* bits */
static const struct unit rates[] = {
	{ "",	   1 },
	{ "bit",   1 },
	{ "kbit",  1e3 },
	{ "mbit",  1e6 },
	{ "gbit",  1e9 },
	{ "tbit",  1e12 },
	{ "kibit", 1024. },
	{ "mibit", 1024. * 1024 },
	{ "gibit", 1024. * 1024 * 1024 },
	{ "tibit", 1024. * 1024 * 1024 * 1024 },
	{ "bps",   8 },
	{ "kbps",  8e3 },
	{ "mbps",  8e6 },
	{ "gbps",  8e9 },
	{ "tbps",  8e12 },
	{ "kibps", 8 * 1024. },
	{ "mibps", 8 * 1024. * 1024 },
	{ "gibps", 8 * 1024. * 1024 * 1024 },
	{ "tibps", 8 * 1024. * 1024 * 1024 * 1024 },
	{ NULL,	   0 }
};

static const struct unit sizes[] = {
	{ "",	  1 },
	{ "b",	  1 },
	{ "k",	  1024. },
	{ "kb",	  1024. },
	{ "m",	  1024. * 1024 },
	{ "mb",	  1024. * 1024 },
	{ "g",	  1024. * 1024 * 1024 },
	{ "gb",	  1024. * 1024 * 1024 },
	{ "kbit", 1024. / 8 },
	{ "mbit", 1024. * 1024 / 8 },
	{ "gbit", 1024. * 1024 * 1024 / 8 },
	{ NULL,	  0 }
};

static const struct unit times[] = {
	{ "",	   1 },
	{ "us",	   1 },
	{ "usec",  1 },
	{ "usecs", 1 },
	{ "ms",	   1e3 },
	{ "msec",  1e3 },
	{ "msecs", 1e3 },
	{ "s",	   1e6 },
	{ "sec",   1e6 },
	{ "secs",  1e6 },
	{ NULL,	   0 }
};

/* strtod() would also take "inf", "nan" and hexadecimal */
static bool read_number(const char *word, const char **unit, double *number)
{
	static const char digits[] = "0123456789.";
	char *end;

	if (!strspn(word, digits) || (word[0] == '0' && (word[1] | 32) == 'x'))
		return false;
	*number = strtod(word, &end);
	*unit = end;
	return end != word;
}

static bool read_unit(const struct unit *units, const char *word, double max,
		      double *value)
{
	const char *name;
	double number;

	if (!read_number(word, &name, &number))
		return false;
	for (; units->name; units++)
		if (strcasecmp(name, units->name) == 0) {
			*value = number * units->factor;
			return *value <= max;
		}
	return false;
}

bool unit_rate(const char *word, uint64_t *rate)
{
	double bits;

	if (!read_unit(rates, word, 1e18, &bits))
		return false;
	*rate = bits / 8;
	return true;
}

bool unit_size(const char *word, uint32_t *size)
{
	double bytes;

	if (!read_unit(sizes, word, UINT32_MAX, &bytes))
		return false;
	*size = bytes;
	return true;
}

bool unit_time(const char *word, uint32_t *time)
{
	double usecs;

	if (!read_unit(times, word, UINT32_MAX, &usecs))
		return false;
	*time = usecs;
	return true;
}
