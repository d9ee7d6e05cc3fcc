/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kernfacts.h"

#include <errno.h>
#include <stdio.h>

#include "features.h"
#include "kerntypes.h"

#define MAX_SYMBOLS	(256u << 20)	/* bytes of /proc/kallsyms; some have 15 M */
#define MAX_LINE	4096

/* The configuration */

static int begin_config(struct bpfelf_ctx *ctx, struct err *err)
{
	if (!ctx->config) {
		ctx->config = calloc(1, sizeof(*ctx->config));
		if (!ctx->config)
			return err_sys(err, -ENOMEM, "read the kernel's configuration");
		features_config_read(ctx->kern, ctx->config);
	}
	if (ctx->config->text.len)
		return 0;
	err_set(err, -ENOENT, "the configuration of this kernel cannot be read");
	if (ctx->config->why.text[0])
		err_set(err, ctx->config->why.code, "the configuration of this kernel cannot be read: %s",
			ctx->config->why.text);
	return err_hint(err, "it is looked for in /proc/config.gz (CONFIG_IKCONFIG_PROC), "
			"/boot/config-%s and /lib/modules/%s/config",
			ctx->config->release, ctx->config->release);
}

static int config_value(struct bpfelf_ctx *ctx, const char *name,
			struct buf *value, struct err *err)
{
	const char *at;
	size_t len;
	int r;

	r = begin_config(ctx, err);
	if (r < 0)
		return r;
	at = kconfig_value(buf_str(&ctx->config->text), name, &len);
	if (at)
		buf_add(value, at, len);
	return at != NULL;
}

uint32_t kernfacts_version(const char *release)
{
	unsigned int major, minor, patch = 0;

	if (sscanf(release, "%u.%u.%u", &major, &minor, &patch) < 2 ||
	    major > 255 || minor > 255)
		return 0;
	return major << 16 | minor << 8 | (patch > 255 ? 255 : patch);
}

/* Debian and Ubuntu name a series there, and the release elsewhere: "... Debian
 * 6.1.137-1 (...)", "Ubuntu 5.4.0-12.15-generic 5.4.8". */
static uint32_t version_of_vendor(struct kern *k)
{
	_cleanup_buf_ struct buf ubuntu = { 0 }, debian = { 0 };
	const char *at;

	if (k->ops->read(k, "/proc/version_signature", MAX_LINE, &ubuntu) == 0) {
		at = strrchr(buf_str(&ubuntu), ' ');
		return at ? kernfacts_version(at + 1) : 0;
	}
	if (k->ops->read(k, "/proc/sys/kernel/version", MAX_LINE, &debian) < 0)
		return 0;
	at = strstr(buf_str(&debian), "Debian ");
	return at ? kernfacts_version(at + strlen("Debian ")) : 0;
}

static int linux_version(struct kern *k, struct buf *value, struct err *err)
{
	_cleanup_buf_ struct buf release = { 0 };
	uint32_t version = version_of_vendor(k);
	int r;

	if (!version) {
		r = k->ops->read(k, "/proc/sys/kernel/osrelease", MAX_LINE, &release);
		if (r < 0)
			return err_sys(err, r, "read the release of the kernel");
		version = kernfacts_version(buf_str(&release));
	}
	buf_addf(value, "%u", version);
	return 1;
}

/* by trying: a kernel that has it may be older than the one that it came with */
static int has_cookie(struct kern *k)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_attach_cookie },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct kern_prog prog = {
		.name = "", .license = "GPL", .type = BPF_PROG_TYPE_TRACEPOINT,
		.insns = insns, .insn_cnt = ARRAY_SIZE(insns),
	};
	_cleanup_close_ int fd = k->ops->prog_load(k, &prog);

	return fd >= 0;
}

static int has_wrapper(struct bpfelf_ctx *ctx, struct err *err)
{
	_cleanup_buf_ struct buf value = { 0 };
	int r = config_value(ctx, "CONFIG_ARCH_HAS_SYSCALL_WRAPPER", &value, err);

	return r < 0 ? r : r && str_eq(buf_str(&value), "y");
}

static int option(void *data, const char *name, struct buf *value,
		  struct err *err)
{
	struct bpfelf_ctx *ctx = data;
	int r;

	if (str_eq(name, "LINUX_KERNEL_VERSION"))
		return linux_version(ctx->kern, value, err);
	if (str_eq(name, "LINUX_HAS_BPF_COOKIE"))
		r = has_cookie(ctx->kern);
	else if (str_eq(name, "LINUX_HAS_SYSCALL_WRAPPER"))
		r = has_wrapper(ctx, err);
	else if (strncmp(name, "CONFIG_", 7) == 0)
		return config_value(ctx, name, value, err);
	else
		return 0;
	if (r < 0)
		return r;
	buf_addf(value, "%d", r);
	return 1;
}

/* Symbols */

static int cmp_wanted(const void *a, const void *b)
{
	const struct kernel_symbol *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

struct wanted {
	struct kernel_symbol **list;	/* sorted by name */
	size_t cnt;
	bool letters[256];		/* that one of them begins with */
	bool any_address;		/* addresses are told */
};

static void found(struct wanted *w, const char *name, size_t len, uint64_t address)
{
	char copy[512];
	struct kernel_symbol key = { .name = copy }, *sym, **at;
	const struct kernel_symbol *p = &key;

	if (len >= sizeof(copy))
		return;
	memcpy(copy, name, len);
	copy[len] = '\0';
	at = bsearch(&p, w->list, w->cnt, sizeof(p), cmp_wanted);
	if (!at)
		return;
	sym = *at;
	sym->found += !sym->found || sym->address != address;
	sym->address = address;
}

/* "ffffffff81000000 T _text", "ffffffffc0000000 t init\t[module]" */
static void read_lines(struct wanted *w, const char *line)
{
	const char *end, *name;
	uint64_t address;
	char *rest;

	for (; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		name = memchr(line, ' ', end - line);
		if (!name || end - name < 4)
			continue;
		name += 3;
		w->any_address |= *line != '0';
		if (!w->letters[(uint8_t)*name])
			continue;
		address = strtoull(line, &rest, 16);
		w->any_address |= address != 0;
		found(w, name, strcspn(name, "\t\n"), address);
	}
}

int kernfacts_symbols(const char *text, struct kernel_symbol *list, size_t cnt,
		      struct err *err)
{
	_cleanup_free_ struct kernel_symbol **sorted = calloc(cnt + 1, sizeof(*sorted));
	struct wanted w = { .list = sorted };
	size_t i;

	if (!sorted)
		return err_sys(err, -ENOMEM, "look for symbols");
	for (i = 0; i < cnt; i++) {
		if (!list[i].name[0])
			continue;
		w.letters[(uint8_t)list[i].name[0]] = true;
		sorted[w.cnt++] = &list[i];
	}
	qsort(sorted, w.cnt, sizeof(*sorted), cmp_wanted);
	read_lines(&w, text);
	for (i = 0; i < w.cnt; i++)
		sorted[i]->is_hidden = sorted[i]->found && !w.any_address;
	return 0;
}

static int symbols(void *data, struct kernel_symbol *list, size_t cnt,
		   struct err *err)
{
	struct bpfelf_ctx *ctx = data;
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	r = ctx->kern->ops->read(ctx->kern, "/proc/kallsyms", MAX_SYMBOLS, &text);
	if (r < 0) {
		err_sys(err, r, "read the symbols of the kernel, '/proc/kallsyms'");
		return r == -ENOENT ? err_hint(err, "this takes a kernel with CONFIG_KALLSYMS") : r;
	}
	return kernfacts_symbols(buf_str(&text), list, cnt, err);
}

static void hint_module(void *data, const char *module, struct err *err)
{
	struct bpfelf_ctx *ctx = data;

	feature_hint_module(ctx->kern, module, err);
}

struct kernel_facts kernfacts(struct bpfelf_ctx *ctx)
{
	return (struct kernel_facts) {
		.types = kerntypes_source(ctx),
		.option = option,
		.symbols = symbols,
		.hint_module = hint_module,
		.data = ctx,
	};
}

void kernfacts_free(struct bpfelf_ctx *ctx)
{
	if (ctx->config)
		features_config_free(ctx->config);
	free(ctx->config);
	ctx->config = NULL;
}
