/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "features.h"
#include "hook.h"

static int put_qdisc(struct nl_req *req, uint16_t type, uint16_t flags,
		     const struct bpfelf_hook *hook, struct err *err)
{
	struct tcmsg *tcm = nl_start(req, type, flags, sizeof(*tcm));

	if (!hook->qdisc ||
	    (!str_eq(hook->qdisc, "clsact") && !str_eq(hook->qdisc, "ingress")))
		return err_set(err, -EINVAL, "the qdisc is clsact or ingress, not '%s'",
			       hook->qdisc ?: "");
	tcm->tcm_ifindex = hook->ifindex;
	tcm->tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	tcm->tcm_parent = TC_H_CLSACT;
	nl_put_str(req, TCA_KIND, hook->qdisc);
	if (hook->ingress_block)
		nl_put_u32(req, TCA_INGRESS_BLOCK, hook->ingress_block);
	if (hook->egress_block)
		nl_put_u32(req, TCA_EGRESS_BLOCK, hook->egress_block);
	return 0;
}

int hook_qdisc_prepare(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		       struct hook_step *step, struct err *err)
{
	int r;

	(void)txn;
	step->fn = NULL;
	step->old_fd = -1;
	step->looked = false;
	step->sure = !(hook->flags & BPFELF_REPLACE);
	r = put_qdisc(&step->req, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, hook,
		      err);
	return r ?: put_qdisc(&step->undo, RTM_DELQDISC, 0, hook, err);
}

int hook_qdisc_refused(struct bpfelf_txn *txn, int r, struct err *err)
{
	if (r == -ENOENT)
		feature_hint(txn->ctx->kern, FEATURE_NET_SCH_INGRESS, r, err);
	return r;
}

/* To know whether a replacement makes a new one, ask for a new one first */
int hook_qdisc_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		      struct err *err)
{
	_cleanup_step_ struct hook_step step;
	int r;

	r = hook_qdisc_prepare(txn, hook, &step, err);
	if (r < 0)
		return r;
	r = hook_do(txn, &step.req, NULL, NULL, &step.undo, &step.old_fd, err);
	if (r != -EEXIST || !(hook->flags & BPFELF_REPLACE))
		return hook_qdisc_refused(txn, r, err);
	err_clear(err);
	put_qdisc(&step.req, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, hook,
		  err);
	return hook_do(txn, &step.req, NULL, NULL, NULL, NULL, err);
}

int hook_qdisc_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		      struct err *err)
{
	struct nl_req req;
	int r;

	r = put_qdisc(&req, RTM_DELQDISC, 0, hook, err);
	return r ?: hook_do(txn, &req, NULL, NULL, NULL, NULL, err);
}
