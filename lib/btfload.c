/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btfload.h"

#include <errno.h>

#include "btflower.h"

/* the log tells of each type, and at its end what is wrong; as long as any
 * kernel takes */
#define LOG_SIZE	((16u << 20) - 1)

static bool needs_btf(const struct bpfelf_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->maps_cnt; i++)
		if (plan->maps[i].value_type && !plan_map_is_idle(&plan->maps[i]))
			return true;
	for (i = 0; i < plan->progs_cnt; i++)
		if (plan->progs[i].info.funcs)
			return true;
	return false;
}

static void tell_refusal(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan,
			 int error, const char *log)
{
	const struct bpfelf_object *obj = plan->obj;
	struct bpfelf_event event = {
		.kind = BPFELF_BTF_REFUSED,
		.fd = -1,
		.error = error,
		.prog_type = plan->prog_type,
		.btf_size = image_find(&obj->img, BTF_SECTION)->size,
		.log = log,
	};

	ctx_event(ctx, &event);
	ctx_info(ctx, "object '%s': it is loaded without its BTF (%s)",
		 obj->name, err_str(-error));
}

/* @had: so many types have been replaced in vain */
static int load_older(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan,
		      bool all, int *had)
{
	const struct btf *btf = &plan->obj->btf;
	_cleanup_buf_ struct buf older = { 0 };
	struct err why;
	int fd, n;

	n = btflower(btf->data, btf->size, all, &older, &why);
	if (n <= *had)
		return -1;
	*had = n;
	fd = ctx->kern->ops->btf_load(ctx->kern, older.data, older.len, NULL, 0);
	if (fd < 0)
		return -1;
	ctx_info(ctx, "object '%s': %d of its types are of kinds that this kernel does not know, "
		 "they are replaced", plan->obj->name, n);
	return fd;
}

/* What is new to the kernel may be all that is wrong. */
static int load_lowered(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan)
{
	int had = 0, fd = load_older(ctx, plan, false, &had);

	return fd < 0 ? load_older(ctx, plan, true, &had) : fd;
}

/* Only what is refused is asked for again, with a log. */
static int ask_why(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan,
		   int error)
{
	const struct btf *btf = &plan->obj->btf;
	_cleanup_free_ char *log = malloc(LOG_SIZE);
	int fd = -1;

	if (log)
		fd = ctx->kern->ops->btf_load(ctx->kern, btf->data, btf->size,
					      log, LOG_SIZE);
	if (fd >= 0)
		return fd;
	tell_refusal(ctx, plan, error, log);
	return -1;
}

static void tell_problem(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan)
{
	const struct bpfelf_object *obj = plan->obj;

	ctx_info(ctx, "object '%s': %s", obj->name, obj->btf_problem);
	if (!obj->btf.data)
		tell_refusal(ctx, plan, EINVAL, obj->btf_problem);
}

int btfload(struct bpfelf_ctx *ctx, const struct bpfelf_plan *plan)
{
	const struct btf *btf = &plan->obj->btf;
	int fd, code;

	if (plan->obj->btf_problem)
		tell_problem(ctx, plan);
	if (!needs_btf(plan))
		return -1;
	fd = ctx->kern->ops->btf_load(ctx->kern, btf->data, btf->size, NULL, 0);
	if (fd >= 0)
		return fd;
	if (fd == -EPERM) {
		tell_refusal(ctx, plan, EPERM, NULL);
		return -1;
	}
	code = -fd;
	fd = load_lowered(ctx, plan);
	return fd < 0 ? ask_why(ctx, plan, code) : fd;
}
