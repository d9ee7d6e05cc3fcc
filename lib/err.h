/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An error is a code and a chain of words, read from the outside in.
 *
 * It knows nothing of where it goes. Reporting and passing on are each one
 * `return`, since every function here returns the code.
 */
#ifndef BPFELF_ERR_H
#define BPFELF_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include "util.h"

struct err {
	int code;		/* negative errno, 0: none */
	bool netlink;		/* the kernel refused a netlink request */
	char text[1024];
	char hint[512];		/* what to do next, or "" */
	char extack[256];	/* the kernel's words with it, or "" */
};

void err_clear(struct err *err);

/* Start a chain: what is wrong, in our words. Returns @code. */
int err_set(struct err *err, int code, const char *fmt, ...) __format(3, 4);

/* The same, and the errno's words behind it: "open 'x': Permission denied". */
int err_sys(struct err *err, int code, const char *fmt, ...) __format(3, 4);

/*
 * The kernel's verdict on a netlink request, and its words with it (NULL or "":
 * none). With a refusal they are the text; with @code 0 they are a warning, in
 * err->extack alone. Returns @code.
 */
int err_netlink(struct err *err, int code, const char *words);

/* Put context in front: "program 'x': " + chain. Returns the code. */
int err_wrap(struct err *err, const char *fmt, ...) __format(2, 3);

/* Write words down; what names out of a file could do to a terminal is '?'. */
void err_words(char *text, size_t size, const char *fmt, va_list ap)
	__format(3, 0);

/* Say what to do next; the innermost hint stays. Returns the code. */
int err_hint(struct err *err, const char *fmt, ...) __format(2, 3);

/* strerror() for a negative errno, kernel-only numbers (524) included. */
const char *err_str(int code);

#endif
