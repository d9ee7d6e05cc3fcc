/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "settings.h"

#include <linux/capability.h>

#include "bpffs.h"
#include "mounts.h"

#define FILE_MAX	(1u << 20)
#define DEFAULT_MODE	01777

/* newer than the oldest headers */
#ifndef CAP_PERFMON
#define CAP_PERFMON	38
#define CAP_BPF		39
#endif

const struct settings_cap settings_caps[SETTINGS_CAPS] = {
	{ "CAP_BPF", CAP_BPF, "maps and programs" },
	{ "CAP_NET_ADMIN", CAP_NET_ADMIN, "network programs, and attaching them" },
	{ "CAP_PERFMON", CAP_PERFMON, "bpf_trace_printk(), pointer arithmetic" },
	{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN, "programs by id, mounting a bpffs; before 5.8 all of it" },
};

static const struct settings_sysctl sysctls[SETTINGS_SYSCTLS] = {
	{ .path = "/proc/sys/net/core/bpf_jit_enable", .name = "bpf_jit_enable",
	  .matters = "0: programs are interpreted" },
	{ .path = "/proc/sys/net/core/bpf_jit_harden", .name = "bpf_jit_harden",
	  .matters = "1, 2: slower, against spraying" },
	{ .path = "/proc/sys/net/core/bpf_jit_kallsyms", .name = "bpf_jit_kallsyms",
	  .matters = "1: programs have names in profiles" },
	{ .path = "/proc/sys/kernel/unprivileged_bpf_disabled",
	  .name = "unprivileged_bpf_disabled", .matters = "not 0: bpf(2) takes CAP_BPF" },
	{ .path = "/proc/sys/kernel/kptr_restrict", .name = "kptr_restrict",
	  .matters = "not 0: addresses of programs are hidden" },
};

/* ---- pure ---- */

/* what follows @word at the start of a line of @text, blanks skipped */
static const char *find_line(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, word, len) == 0)
			return text + len + strspn(text + len, " \t");
	}
	return NULL;
}

bool settings_parse_caps(const char *text, uint64_t *caps)
{
	const char *value = find_line(text, "CapEff:");
	char *end;

	if (!value)
		return false;
	*caps = strtoull(value, &end, 16);
	return end != value && (*end == '\n' || !*end);
}

bool settings_parse_memlock(const char *text, uint64_t *bytes)
{
	const char *value = find_line(text, "Max locked memory");
	char *end;

	if (!value)
		return false;
	if (strncmp(value, "unlimited", 9) == 0) {
		*bytes = SETTINGS_UNLIMITED;
		return true;
	}
	*bytes = strtoull(value, &end, 10);
	return end != value && *end == ' ';
}

unsigned int settings_parse_mode(const char *options)
{
	const char *word = "mode=";
	const char *found = strncmp(options, word, 5) == 0 ? options :
			    strstr(options, ",mode=");

	if (!found)
		return DEFAULT_MODE;
	return strtoul(strchr(found, '=') + 1, NULL, 8) & 07777;
}

/* ---- from the kernel ---- */

static void read_sysctl(struct kern *k, struct settings_sysctl *sysctl)
{
	_cleanup_buf_ struct buf text = { 0 };
	char *end;

	if (k->ops->read(k, sysctl->path, FILE_MAX, &text) < 0)
		return;
	sysctl->value = strtol(buf_str(&text), &end, 10);
	sysctl->there = end != buf_str(&text);
}

static void read_process(struct kern *k, struct settings *s)
{
	_cleanup_buf_ struct buf status = { 0 }, limits = { 0 };

	k->ops->read(k, "/proc/self/status", FILE_MAX, &status);
	s->caps_known = settings_parse_caps(buf_str(&status), &s->caps);
	k->ops->read(k, "/proc/self/limits", FILE_MAX, &limits);
	s->memlock_known = settings_parse_memlock(buf_str(&limits), &s->memlock);
}

static void read_mode(struct kern *k, struct settings *s)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct mounts_entry entry;
	char *rest;

	k->ops->mounts(k, &text);
	s->mode = DEFAULT_MODE;
	/* the last one lies on top */
	for (rest = text.data; mounts_next(&rest, &entry);)
		if (str_eq(entry.type, "bpf") && str_eq(entry.dir, s->bpffs))
			s->mode = settings_parse_mode(entry.options);
}

int settings_read(struct bpfelf_ctx *ctx, struct settings *s, struct err *err)
{
	struct bpffs fs;
	size_t i;
	int r;

	memset(s, 0, sizeof(*s));
	r = bpffs_find(ctx, &fs, err);
	if (r < 0)
		return r;
	s->bpffs = steal_ptr(&fs.root);
	s->mounted = fs.mounted;
	if (s->mounted)
		read_mode(ctx->kern, s);
	memcpy(s->sysctls, sysctls, sizeof(sysctls));
	for (i = 0; i < SETTINGS_SYSCTLS; i++)
		read_sysctl(ctx->kern, &s->sysctls[i]);
	read_process(ctx->kern, s);
	return 0;
}

void settings_free(struct settings *s)
{
	free(s->bpffs);
}
