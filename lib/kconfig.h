/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The text of a kernel's .config, and of its lists of modules. No disk. */
#ifndef BPFELF_KCONFIG_H
#define BPFELF_KCONFIG_H

#include "util.h"

enum kconfig {
	KCONFIG_UNKNOWN,	/* there is no configuration to look into */
	KCONFIG_NO,
	KCONFIG_MODULE,
	KCONFIG_YES,
};

/* does it look like one at all? */
bool kconfig_is(const char *text);

/* @option without CONFIG_. What a configuration does not name is not set. */
enum kconfig kconfig_get(const char *text, const char *option);

/* What option @name, CONFIG_ and all, is set to, @len bytes: y, 250,
 * "text", ...; NULL: it is not set */
const char *kconfig_value(const char *text, const char *name, size_t *len);

/* whether modules.dep or modules.builtin names the module @name */
bool kconfig_has_module(const char *list, const char *name);

#endif
