/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What an administrator has set, and what this process may do, as far as
 * loading a program depends on it.
 */
#ifndef BPFELF_SETTINGS_H
#define BPFELF_SETTINGS_H

#include "ctx.h"

struct settings_sysctl {
	const char *path, *name;
	const char *matters;	/* what it is for */
	bool there;
	long value;
};

#define SETTINGS_SYSCTLS 5

struct settings_cap {
	const char *name;
	unsigned int bit;
	const char *serves;
};

#define SETTINGS_CAPS 4
extern const struct settings_cap settings_caps[SETTINGS_CAPS];

#define SETTINGS_UNLIMITED UINT64_MAX

struct settings {
	char *bpffs;		/* where it is, or would be */
	bool mounted;
	unsigned int mode;	/* of its root, as mounted */
	struct settings_sysctl sysctls[SETTINGS_SYSCTLS];
	bool caps_known;
	uint64_t caps;		/* effective */
	bool memlock_known;
	uint64_t memlock;	/* bytes */
};

/* What cannot be found out is so marked; -ENOMEM, or no place for a bpffs. */
int settings_read(struct bpfelf_ctx *ctx, struct settings *settings,
		  struct err *err);
void settings_free(struct settings *settings);
#define _cleanup_settings_ _cleanup_(settings_free)

/* ---- pure: from the text of /proc/self/status, /proc/self/limits ---- */

bool settings_parse_caps(const char *text, uint64_t *caps);
bool settings_parse_memlock(const char *text, uint64_t *bytes);
/* "rw,mode=700"; the default where there is no such word. The kernel leaves
 * out the sticky bit. */
unsigned int settings_parse_mode(const char *options);

#endif
