/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The public verbs: each lends the context's error to the module that does
 * the work, and says which object it was about.
 */
#include <errno.h>

#include "export.h"
#include "hook.h"
#include "kernfacts.h"
#include "load.h"

/* lines that the pure part collected, as it has nobody to tell */
static void pass_on_notes(struct bpfelf_ctx *ctx, const struct buf *notes)
{
	const char *line = buf_str(notes), *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		ctx_warn(ctx, "%.*s", (int)(end - line), line);
}

static int opened(struct bpfelf_ctx *ctx, struct bpfelf_object *obj,
		  const char *name, int r)
{
	if (r < 0)
		return err_wrap(&ctx->err, "object '%s'", name);
	obj->ctx = ctx;
	pass_on_notes(ctx, &obj->notes);
	return 0;
}

int bpfelf_object_open(struct bpfelf_ctx *ctx, const char *path,
		       struct bpfelf_object **obj)
{
	int r = object_open_as(obj, path, (enum maplayout)ctx->maps_as, ctx_begin(ctx));

	return opened(ctx, *obj, path, r);
}

int bpfelf_object_open_mem(struct bpfelf_ctx *ctx, const void *data,
			   size_t size, const char *name,
			   struct bpfelf_object **obj)
{
	int r = object_open_mem_as(obj, data, size, name,
				   (enum maplayout)ctx->maps_as, ctx_begin(ctx));

	return opened(ctx, *obj, name, r);
}

/* what it has to say is told even when the plan comes to nothing */
static int read_pindb(const struct bpfelf_object *obj, uint32_t flags,
		      struct pindb *db, struct err *err)
{
	int r;

	if (flags & BPFELF_PRIVATE || !plan_wants_pindb(obj))
		return 0;
	r = pindb_read(db, obj->ctx->pin_files, err);
	pass_on_notes(obj->ctx, &db->notes);
	return r;
}

static int new_plan(struct bpfelf_object *obj,
		    const struct bpfelf_request *request,
		    struct bpfelf_plan **plan, struct err *err)
{
	struct bpfelf_request req = { .sz = sizeof(req) };
	const struct kernel_facts kernel = kernfacts(obj->ctx);
	_cleanup_(pindb_free) struct pindb db = { 0 };
	int r;

	r = ctx_check_sz(err, request, request->sz, sizeof(req));
	if (r < 0)
		return r;
	memcpy(&req, request, request->sz < sizeof(req) ? request->sz : sizeof(req));
	if (req.flags & ~(BPFELF_VERBOSE | BPFELF_PRIVATE |
			  BPFELF_DATA_AS_VALUE | BPFELF_DATA_AS_MAP))
		return err_set(err, -EINVAL, "flags %#x are not known", req.flags);
	r = read_pindb(obj, req.flags, &db, err);
	return r ?: plan_new(obj, &req, &db, &kernel, plan, err);
}

int bpfelf_plan_new(struct bpfelf_object *obj,
		    const struct bpfelf_request *request,
		    struct bpfelf_plan **plan)
{
	struct err *err = ctx_begin(obj->ctx);
	int r;

	*plan = NULL;
	r = new_plan(obj, request, plan, err);
	if (r < 0)
		return err_wrap(err, "object '%s'", obj->name);
	pass_on_notes(obj->ctx, &(*plan)->notes);
	return 0;
}

static int give_txn(struct bpfelf_txn *t, int r, struct bpfelf_txn **txn)
{
	if (r < 0)
		bpfelf_txn_free(t);
	else
		*txn = t;
	return r;
}

int bpfelf_load(struct bpfelf_plan *plan, struct bpfelf_txn **txn)
{
	struct err *err = ctx_begin(plan->obj->ctx);
	struct bpfelf_txn *t;
	int r;

	*txn = NULL;
	r = txn_new(plan->obj->ctx, &t, err);
	if (r < 0)
		return r;
	r = load_plan(t, plan, err);
	if (r < 0)
		err_wrap(err, "object '%s'", plan->obj->name);
	return give_txn(t, r, txn);
}

bool bpfelf_load_is_same(struct bpfelf_txn *txn)
{
	return load_is_same(txn);
}

int bpfelf_open_id(struct bpfelf_ctx *ctx, uint32_t id, uint32_t prog_type,
		   struct bpfelf_txn **txn)
{
	struct err *err = ctx_begin(ctx);
	struct bpfelf_txn *t;
	int r;

	*txn = NULL;
	r = txn_new(ctx, &t, err);
	if (r < 0)
		return r;
	r = load_by_id(t, id, prog_type, err);
	if (r < 0)
		err_wrap(err, "program %u", id);
	return give_txn(t, r, txn);
}

int bpfelf_open_pinned(struct bpfelf_ctx *ctx, const char *path,
		       uint32_t prog_type, struct bpfelf_txn **txn)
{
	struct err *err = ctx_begin(ctx);
	struct bpfelf_txn *t;
	int r;

	*txn = NULL;
	r = txn_new(ctx, &t, err);
	if (r < 0)
		return r;
	r = load_pinned(t, path, prog_type, err);
	if (r < 0)
		err_wrap(err, "pinned program '%s'", path);
	return give_txn(t, r, txn);
}

int bpfelf_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook)
{
	return hook_attach(txn, hook, ctx_begin(txn->ctx));
}

int bpfelf_attach_many(struct bpfelf_txn *txn, struct bpfelf_hook *hooks,
		       size_t cnt, size_t *done)
{
	size_t n;
	int r = hook_attach_many(txn, hooks, cnt, &n, ctx_begin(txn->ctx));

	if (done)
		*done = n;
	return r;
}

int bpfelf_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook)
{
	return hook_detach(txn, hook, ctx_begin(txn->ctx));
}

int bpfelf_export(struct bpfelf_txn *txn, const char *path)
{
	struct err *err = ctx_begin(txn->ctx);
	int r = export_connect(txn, path, err);

	return r < 0 ? err_wrap(err, "export to '%s'", path) : 0;
}

int bpfelf_graft(struct bpfelf_txn *txn, const char *map, uint32_t key)
{
	return graft(txn, map, key, ctx_begin(txn->ctx));
}
