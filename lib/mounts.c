/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mounts.h"

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* blanks and backslashes are written as three octal digits */
static void unescape(char *str)
{
	char *out = str;

	for (; *str; str++) {
		if (str[0] == '\\' && is_octal(str[1]) && is_octal(str[2]) &&
		    is_octal(str[3])) {
			*out++ = (str[1] - '0') << 6 | (str[2] - '0') << 3 |
				 (str[3] - '0');
			str += 3;
		} else {
			*out++ = *str;
		}
	}
	*out = '\0';
}

bool mounts_next(char **text, struct mounts_entry *entry)
{
	char *line, *dir;

	while ((line = strsep(text, "\n"))) {
		strsep(&line, " ");		/* the source */
		dir = strsep(&line, " ");
		entry->type = strsep(&line, " ");
		entry->options = strsep(&line, " ") ?: "";
		if (!entry->type)
			continue;
		unescape(dir);
		entry->dir = dir;
		return true;
	}
	return false;
}

bool mounts_find(char *text, const char *type, struct mounts_entry *entry)
{
	while (mounts_next(&text, entry))
		if (str_eq(entry->type, type))
			return true;
	return false;
}
