/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kconfig.h"

#define PREFIX "CONFIG_"

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* what follows @word at the start of @text, or NULL */
static const char *behind(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 ? text + len : NULL;
}

bool kconfig_is(const char *text)
{
	for (; *text; text = next_line(text))
		if (behind(text, PREFIX) || behind(text, "# " PREFIX))
			return true;
	return false;
}

enum kconfig kconfig_get(const char *text, const char *option)
{
	const char *value;

	if (!kconfig_is(text))
		return KCONFIG_UNKNOWN;
	for (; *text; text = next_line(text)) {
		value = behind(text, PREFIX);
		value = value ? behind(value, option) : NULL;
		if (!value || value[0] != '=')
			continue;
		if (value[1] == 'y')
			return KCONFIG_YES;
		return value[1] == 'm' ? KCONFIG_MODULE : KCONFIG_NO;
	}
	return KCONFIG_NO;
}

const char *kconfig_value(const char *text, const char *name, size_t *len)
{
	const size_t name_len = strlen(name);
	const char *at;

	for (at = text; (at = strstr(at, name)); at += name_len) {
		if ((at > text && at[-1] != '\n') || at[name_len] != '=')
			continue;
		at += name_len + 1;
		*len = strcspn(at, "\n");
		return at;
	}
	return NULL;
}

/* "kernel/net/sched/act_bpf.ko.xz: ..." */
bool kconfig_has_module(const char *list, const char *name)
{
	const char *line, *file, *end;

	for (line = list; *line; line = next_line(line)) {
		end = line + strcspn(line, ":\n");
		file = memrchr(line, '/', end - line);
		file = behind(file ? file + 1 : line, name);
		if (file && behind(file, ".ko"))
			return true;
	}
	return false;
}
