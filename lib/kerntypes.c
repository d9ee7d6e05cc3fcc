/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kerntypes.h"

#include <errno.h>

#define MAX_TYPES	(256u << 20)
#define MAX_MODULES	(1u << 20)	/* bytes of /proc/modules */

struct source {
	struct kern_view view;
	struct types types;
	char *name;		/* below KERNTYPES_DIR */
};

struct kerntypes {
	struct source **list;	/* the kernel's, then those of modules */
	size_t cnt;
	struct buf modules;	/* lines that begin with the name of one */
	size_t next;		/* the line that has not been looked at yet */
	struct buf bare;	/* modules that tell no types, one a line */
};

static int read_source(struct kern *k, const char *path, const struct types *base,
		       struct source *source, struct err *err)
{
	int r;

	r = k->ops->view(k, path, MAX_TYPES, &source->view);
	if (r < 0)
		return err_sys(err, r, "read the types of the kernel, '%s'", path);
	r = types_open(&source->types, base, source->view.data, source->view.size, err);
	if (r == 0)
		return 0;
	k->ops->unview(k, &source->view);
	return err_wrap(err, "'%s'", path);
}

/* A module's types go on where all of the kernel's end. */
static int get_base(struct kerntypes *kt, const struct types **base, struct err *err)
{
	struct types *types = kt->cnt ? &kt->list[0]->types : NULL;

	*base = types;
	return !types || types->cnt ? 0 : types_index(types, err);
}

static int add_source(struct kern *k, struct kerntypes *kt, const char *name,
		      struct err *err)
{
	const struct types *base;
	_cleanup_free_ char *path = str_printf(KERNTYPES_DIR "/%s", name);
	_cleanup_free_ struct source *source = calloc(1, sizeof(*source));
	_cleanup_free_ char *copy = strdup(name);
	struct source **list;
	int r;

	list = reallocarray(kt->list, kt->cnt + 1, sizeof(struct source *));
	if (list)
		kt->list = list;
	if (!path || !source || !copy || !list)
		return err_sys(err, -ENOMEM, "read the types of the kernel");
	r = get_base(kt, &base, err);
	r = r ?: read_source(k, path, base, source, err);
	if (r < 0)
		return r;
	source->name = steal_ptr(&copy);
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

/* Those that there are now: one may have been loaded since the last search. A
 * kernel without modules has no such file. */
static int list_modules(struct bpfelf_ctx *ctx, struct err *err)
{
	struct kerntypes *kt = ctx->types;
	int r;

	buf_free(&kt->modules);
	kt->next = 0;
	r = ctx->kern->ops->read(ctx->kern, "/proc/modules", MAX_MODULES, &kt->modules);
	return r == -ENOMEM ? err_sys(err, r, "list the modules of the kernel") : 0;
}

static bool is_known(const struct kerntypes *kt, const char *name)
{
	size_t i;

	for (i = 1; i < kt->cnt; i++)
		if (str_eq(kt->list[i]->name, name))
			return true;
	return false;
}

static bool is_bare(const struct kerntypes *kt, const char *name)
{
	_cleanup_free_ char *line = str_printf("\n%s\n", name);

	return line && strstr(buf_str(&kt->bare), line);
}

/* so that it is not tried each time; without memory it is */
static void note_bare(struct kerntypes *kt, const char *name)
{
	buf_addf(&kt->bare, "%s%s\n", kt->bare.len ? "" : "\n", name);
}

/* the first word of the next line; NULL: there are no more */
static const char *next_name(struct kerntypes *kt)
{
	char *line;

	if (kt->next >= kt->modules.len)
		return NULL;
	line = kt->modules.data + kt->next;
	kt->next += strcspn(line, "\n") + 1;
	line[strcspn(line, " \n")] = '\0';
	return line;
}

/* the next module that has types of its own, and readable ones; -ENOENT: none */
static int next_module(struct bpfelf_ctx *ctx, struct err *err)
{
	struct kerntypes *kt = ctx->types;
	const char *name;
	int r;

	while ((name = next_name(kt))) {
		if (is_known(kt, name) || is_bare(kt, name))
			continue;
		r = add_source(ctx->kern, kt, name, err);
		if (r == 0 || r == -ENOMEM)
			return r;
		note_bare(kt, name);
	}
	return err_set(err, -ENOENT, "no more modules");
}

static int get(void *data, size_t n, const struct types **types, struct err *err)
{
	struct bpfelf_ctx *ctx = data;
	int r;

	r = begin(ctx, err);
	if (r == 0 && n == 1)
		r = list_modules(ctx, err);
	while (r == 0 && n >= ctx->types->cnt)
		r = next_module(ctx, err);
	if (r == 0)
		*types = &ctx->types->list[n]->types;
	return r;
}

static const char *module(void *data, const struct types *types)
{
	const struct bpfelf_ctx *ctx = data;
	const struct kerntypes *kt = ctx->types;
	size_t i;

	for (i = 1; i < kt->cnt; i++)
		if (&kt->list[i]->types == types)
			return kt->list[i]->name;
	return NULL;
}

struct core_source kerntypes_source(struct bpfelf_ctx *ctx)
{
	return (struct core_source) { .get = get, .module = module, .data = ctx };
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
		free(kt->list[i]->name);
		free(kt->list[i]);
	}
	free(kt->list);
	buf_free(&kt->modules);
	buf_free(&kt->bare);
	free(kt);
	ctx->types = NULL;
}
