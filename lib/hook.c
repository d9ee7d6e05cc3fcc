/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "hook.h"

#include <errno.h>

int hook_talk(struct bpfelf_txn *txn, struct nl_req *req, kern_msg_fn fn,
	      void *data, struct err *err)
{
	struct kern *k = txn->ctx->kern;
	int r;

	if (req->full)
		return err_set(err, -EMSGSIZE, "netlink: request too long");
	r = k->ops->talk(k, &req->nlh, fn, data, err);
	if (r == 0 && err->extack[0]) {
		ctx_warn(txn->ctx, "%s", err->extack);
		err_clear(err);
	}
	return r;
}

struct nlmsghdr *hook_copy_message(const struct nl_req *req)
{
	struct nlmsghdr *msg = malloc(req->nlh.nlmsg_len);

	if (msg)
		memcpy(msg, &req->nlh, req->nlh.nlmsg_len);
	return msg;
}

int hook_do(struct bpfelf_txn *txn, struct nl_req *req, kern_msg_fn fn,
	    void *data, const struct nl_req *undo, int *old_fd,
	    struct err *err)
{
	_cleanup_free_ struct nlmsghdr *msg = NULL;
	int r;

	if (undo) {
		msg = undo->full ? NULL : hook_copy_message(undo);
		if (!msg)
			return err_sys(err, -ENOMEM, "journal");
		r = txn_reserve(txn, err);
		if (r < 0)
			return r;
	}
	r = hook_talk(txn, req, fn, data, err);
	if (r == 0 && undo)
		txn_did_talk(txn, steal_ptr(&msg), steal_fd(old_fd));
	return r;
}

int hook_hold_prog(struct bpfelf_txn *txn, uint32_t id, int *fd,
		   struct err *err)
{
	struct kern *k = txn->ctx->kern;
	int r = k->ops->prog_by_id(k, id);

	*fd = r < 0 ? -1 : r;
	if (r < 0 && r != -EPERM && r != -ENOENT)
		return err_sys(err, r, "program %u", id);
	if (r == -EPERM)
		ctx_info(txn->ctx, "program %u could not be put back if a later step failed: "
			 "CAP_SYS_ADMIN is missing", id);
	return 0;
}

static bool has_program(const struct bpfelf_txn *txn,
			const struct bpfelf_hook *hook)
{
	return hook_source(txn, hook)->prog_fd >= 0 || hook->bytecode_cnt;
}

int hook_read(const struct bpfelf_txn *txn, const struct bpfelf_hook *from,
	      struct bpfelf_hook *hook, struct err *err)
{
	int r;

	r = ctx_check_sz(err, from, from->sz, sizeof(*hook));
	if (r < 0)
		return r;
	memset(hook, 0, sizeof(*hook));
	memcpy(hook, from, from->sz < sizeof(*hook) ? from->sz : sizeof(*hook));
	if (!hook->ifindex && hook->kind != BPFELF_ROUTE &&
	    hook->kind != BPFELF_ACT)
		return err_set(err, -EINVAL, "a hook without a device");
	if (hook->from && hook->kind != BPFELF_XDP && hook->kind != BPFELF_CLS)
		return err_set(err, -EINVAL, "this hook takes its own transaction's program only");
	if (hook->kind == BPFELF_ROUTE && (!hook->route || !hook->encap))
		return err_set(err, -EINVAL, "a route without a message or without programs");
	if (txn && hook->kind != BPFELF_QDISC && hook->kind != BPFELF_ROUTE &&
	    !has_program(txn, hook))
		return err_set(err, -EINVAL, "attach: the transaction has no program");
	return 0;
}

void hook_write(struct bpfelf_hook *to, const struct bpfelf_hook *hook)
{
	memcpy(to, hook, to->sz < sizeof(*hook) ? to->sz : sizeof(*hook));
}

int hook_attach_read(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		     struct err *err)
{
	switch (hook->kind) {
	case BPFELF_XDP:
		return hook_xdp_attach(txn, hook, err);
	case BPFELF_CLS:
		return hook_cls_attach(txn, hook, err);
	case BPFELF_QDISC:
		return hook_qdisc_attach(txn, hook, err);
	case BPFELF_ROUTE:
		return hook_lwt_attach(txn, hook, err);
	case BPFELF_ACT:
		return hook_act_attach(txn, hook, err);
	}
	return err_set(err, -EINVAL, "no hook of kind %d", hook->kind);
}

static int detach_by_kind(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
			  struct err *err)
{
	switch (hook->kind) {
	case BPFELF_XDP:
		return hook_xdp_detach(txn, hook, err);
	case BPFELF_CLS:
		return hook_cls_detach(txn, hook, err);
	case BPFELF_QDISC:
		return hook_qdisc_detach(txn, hook, err);
	case BPFELF_ROUTE:
		return hook_lwt_detach(txn, hook, err);
	case BPFELF_ACT:
		return hook_act_detach(txn, hook, err);
	}
	return err_set(err, -EINVAL, "no hook of kind %d", hook->kind);
}

int hook_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		struct err *err)
{
	struct bpfelf_hook h;
	int r;

	r = hook_read(txn, hook, &h, err);
	r = r ?: hook_attach_read(txn, &h, err);
	if (r == 0)
		hook_write(hook, &h);
	return r;
}

int hook_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		struct err *err)
{
	struct bpfelf_hook h;
	int r;

	r = hook_read(NULL, hook, &h, err);
	return r ?: detach_by_kind(txn, &h, err);
}
