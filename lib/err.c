/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "err.h"

#include <errno.h>
#include <stdio.h>

#include "uapi.h"

void err_clear(struct err *err)
{
	memset(err, 0, sizeof(*err));
}

const char *err_str(int code)
{
	if (code == -ENOTSUPP)
		return "Operation not supported (ENOTSUPP)";
	return strerrordesc_np(-code) ?: "Unknown error";
}

void err_words(char *text, size_t size, const char *fmt, va_list ap)
{
	unsigned char *c = (unsigned char *)text;

	vsnprintf(text, size, fmt, ap);
	for (; *c; c++)
		if ((*c < ' ' && *c != '\t') || *c == 0x7f)
			*c = '?';
}

static int start(struct err *err, int code)
{
	err_clear(err);
	err->code = code;
	return code;
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	start(err, code);
	va_start(ap, fmt);
	err_words(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

int err_sys(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	start(err, code);
	va_start(ap, fmt);
	err_words(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", err_str(code));
	return code;
}

int err_netlink(struct err *err, int code, const char *words)
{
	bool has_words = words && *words;

	if (code)
		err_set(err, code, "%s", has_words ? words : err_str(code));
	if (code)
		err->netlink = true;
	err->extack[0] = '\0';
	if (has_words)
		snprintf(err->extack, sizeof(err->extack), "%s", words);
	return code;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char outer[sizeof(err->text)];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	err_words(outer, sizeof(outer) - 2, fmt, ap);
	va_end(ap);
	strcat(outer, ": ");
	len = strlen(outer);
	/* a chain too long loses its innermost end, never its beginning */
	memmove(err->text + len, err->text, sizeof(err->text) - len);
	err->text[sizeof(err->text) - 1] = '\0';
	memcpy(err->text, outer, len);
	return err->code;
}

int err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (err->hint[0])
		return err->code;
	va_start(ap, fmt);
	err_words(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return err->code;
}
