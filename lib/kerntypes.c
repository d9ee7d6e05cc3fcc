/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kerntypes.h"

#include <errno.h>

#define MAX_TYPES	(256u << 20)
#define MAX_MODULES	(1u << 20)	/* bytes of /proc/modules */

struct source {
	struct kern_view view;
	struct types types;
};

struct kerntypes {
	struct source **list;	/* the kernel's, then those of modules */
	size_t cnt;
	struct buf modules;	/* lines that begin with the name of one */
	size_t next;		/* the line that has not been looked at yet */
	bool has_modules;
};

static int read_source(struct kern *k, const char *path, const struct types *base,
		       struct source *source, struct err *err)
{
	int r;

	r = k->ops->view(k, path, MAX_TYPES, &source->view);
	if (r < 0)
		return err_sys(err, r, "read the types of the kernel, '%s'", path);
	r = types_read(&source->types, base, source->view.data, source->view.size, err);
	if (r == 0)
		return 0;
	k->ops->unview(k, &source->view);
	return err_wrap(err, "'%s'", path);
}

static int add_source(struct kern *k, struct kerntypes *kt, const char *name,
		      struct err *err)
{
	const struct types *base = kt->cnt ? &kt->list[0]->types : NULL;
	_cleanup_free_ char *path = str_printf(KERNTYPES_DIR "/%s", name);
	_cleanup_free_ struct source *source = calloc(1, sizeof(*source));
	struct source **list;
	int r;

	list = reallocarray(kt->list, kt->cnt + 1, sizeof(struct source *));
	if (list)
		kt->list = list;
	if (!path || !source || !list)
		return err_sys(err, -ENOMEM, "read the types of the kernel");
	r = read_source(k, path, base, source, err);
	if (r < 0)
		return r;
	list[kt->cnt++] = steal_ptr(&source);
	return 0;
}

static int begin(struct bpfelf_ctx *ctx, struct err *err)
{
	int r;

	if (!ctx->types)
		ctx->types = calloc(1, sizeof(*ctx->types));
	if (!ctx->types)
		return err_sys(err, -ENOMEM, "read the types of the kernel");
	if (ctx->types->cnt)
		return 0;
	r = add_source(ctx->kern, ctx->types, "vmlinux", err);
	if (r == -ENOENT)
		err_hint(err, "this takes a kernel with CONFIG_DEBUG_INFO_BTF");
	return r;
}

/* the next module that has types of its own, and readable ones; -ENOENT: none */
static int next_module(struct bpfelf_ctx *ctx, struct err *err)
{
	struct kerntypes *kt = ctx->types;
	struct kern *k = ctx->kern;
	char *line, *end, *space;
	int r;

	if (!kt->has_modules) {
		/* a kernel without modules has no such file */
		k->ops->read(k, "/proc/modules", MAX_MODULES, &kt->modules);
		kt->has_modules = true;
	}
	for (; kt->next < kt->modules.len; kt->next = end + 1 - kt->modules.data) {
		line = kt->modules.data + kt->next;
		end = strchrnul(line, '\n');
		space = memchr(line, ' ', end - line);
		if (!space)
			continue;
		*space = '\0';
		r = add_source(k, kt, line, err);
		*space = ' ';
		if (r < 0 && r != -ENOMEM)
			continue;
		kt->next = end + 1 - kt->modules.data;
		return r;
	}
	return err_set(err, -ENOENT, "no more modules");
}

static int get(void *data, size_t n, const struct types **types, struct err *err)
{
	struct bpfelf_ctx *ctx = data;
	int r;

	r = begin(ctx, err);
	while (r == 0 && n >= ctx->types->cnt)
		r = next_module(ctx, err);
	if (r == 0)
		*types = &ctx->types->list[n]->types;
	return r;
}

struct core_source kerntypes_source(struct bpfelf_ctx *ctx)
{
	return (struct core_source) { .get = get, .data = ctx };
}

int kerntypes_get(struct bpfelf_ctx *ctx, const struct types **types,
		  struct err *err)
{
	return get(ctx, 0, types, err);
}

void kerntypes_free(struct bpfelf_ctx *ctx)
{
	struct kerntypes *kt = ctx->types;
	size_t i;

	if (!kt)
		return;
	for (i = 0; i < kt->cnt; i++) {
		types_free(&kt->list[i]->types);
		ctx->kern->ops->unview(ctx->kern, &kt->list[i]->view);
		free(kt->list[i]);
	}
	free(kt->list);
	buf_free(&kt->modules);
	free(kt);
	ctx->types = NULL;
}
