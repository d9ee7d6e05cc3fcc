/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "ctx.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "kernfacts.h"
#include "kerntypes.h"
#include "pindb.h"
#include "workers.h"

#define FEW_PROGS 16

int ctx_new_with_kern(struct kern *kern, struct bpfelf_ctx **ctx)
{
	*ctx = calloc(1, sizeof(**ctx));
	if (!*ctx) {
		kern_free(kern);
		return -ENOMEM;
	}
	(*ctx)->kern = kern;
	(*ctx)->pin_files = pindb_files;
	(*ctx)->few = FEW_PROGS;
	(*ctx)->lock_fd = -1;
	return 0;
}

int bpfelf_ctx_new(struct bpfelf_ctx **ctx)
{
	struct kern *kern = kern_linux_new();

	*ctx = NULL;
	return kern ? ctx_new_with_kern(kern, ctx) : -ENOMEM;
}

void bpfelf_ctx_free(struct bpfelf_ctx *ctx)
{
	if (!ctx)
		return;
	workers_join(&ctx->late);
	kerntypes_free(ctx);
	kernfacts_free(ctx);
	kern_free(ctx->kern);
	buf_free(&ctx->verifier_log);
	free(ctx->bpffs);
	free(ctx);
}

void bpfelf_ctx_set_log(struct bpfelf_ctx *ctx, enum bpfelf_log_level level,
			bpfelf_log_fn fn, void *data)
{
	ctx->log_level = fn ? level : BPFELF_LOG_NONE;
	ctx->log = fn;
	ctx->log_data = data;
}

void bpfelf_ctx_set_observer(struct bpfelf_ctx *ctx, bpfelf_event_fn fn,
			     void *data)
{
	ctx->observer = fn;
	ctx->observer_data = data;
}

int bpfelf_ctx_set_bpffs(struct bpfelf_ctx *ctx, const char *dir)
{
	struct err *err = ctx_begin(ctx);
	char *copy = dir ? strdup(dir) : NULL;

	if (dir && !copy)
		return err_sys(err, -ENOMEM, "set bpffs");
	free(ctx->bpffs);
	ctx->bpffs = copy;
	return 0;
}

int bpfelf_ctx_set_maps_as(struct bpfelf_ctx *ctx, enum bpfelf_maps_as maps_as)
{
	struct err *err = ctx_begin(ctx);

	if (maps_as > BPFELF_MAPS_AS_BPF_MAP_DEF)
		return err_set(err, -EINVAL, "maps cannot be taken for %d", (int)maps_as);
	ctx->maps_as = maps_as;
	return 0;
}

void bpfelf_ctx_set_threads(struct bpfelf_ctx *ctx, unsigned int cnt)
{
	ctx->threads = cnt;
}

const char *bpfelf_error(const struct bpfelf_ctx *ctx)
{
	return ctx->err.text;
}

const char *bpfelf_hint(const struct bpfelf_ctx *ctx)
{
	return ctx->err.hint;
}

const char *bpfelf_extack(const struct bpfelf_ctx *ctx)
{
	return ctx->err.netlink ? ctx->err.extack : NULL;
}

const char *bpfelf_verifier_log(const struct bpfelf_ctx *ctx)
{
	return buf_str(&ctx->verifier_log);
}

struct err *ctx_begin(struct bpfelf_ctx *ctx)
{
	err_clear(&ctx->err);
	buf_free(&ctx->verifier_log);
	return &ctx->err;
}

static void __format(3, 0) vlog(struct bpfelf_ctx *ctx,
				enum bpfelf_log_level level, const char *fmt,
				va_list ap)
{
	char line[1024];

	if (level > ctx->log_level)
		return;
	err_words(line, sizeof(line), fmt, ap);
	ctx->log(ctx->log_data, level, line);
}

void ctx_warn(struct bpfelf_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(ctx, BPFELF_LOG_WARN, fmt, ap);
	va_end(ap);
}

void ctx_info(struct bpfelf_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(ctx, BPFELF_LOG_INFO, fmt, ap);
	va_end(ap);
}

void ctx_event(struct bpfelf_ctx *ctx, struct bpfelf_event *event)
{
	event->sz = sizeof(*event);
	event->log = event->log ?: "";
	if (ctx->observer)
		ctx->observer(ctx->observer_data, event);
}

int ctx_check_sz(struct err *err, const void *arg, size_t sz, size_t known)
{
	const char *bytes = arg;
	size_t i;

	if (sz < sizeof(size_t))
		return err_set(err, -EINVAL, "a struct whose sz is not set");
	for (i = known; i < sz; i++)
		if (bytes[i])
			return err_set(err, -E2BIG, "a struct with fields that this library does not know");
	return 0;
}
