/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>

#include "act.h"
#include "features.h"
#include "hook.h"
#include "query.h"

#define KIND_BPF	"bpf"
#define SKIP_FLAGS	(TCA_CLS_FLAGS_SKIP_HW | TCA_CLS_FLAGS_SKIP_SW)

static struct tcmsg *start_filter(struct nl_req *req, uint16_t type,
				  uint16_t flags,
				  const struct bpfelf_hook *hook)
{
	struct tcmsg *tcm = nl_start(req, type, flags, sizeof(*tcm));

	tcm->tcm_ifindex = hook->ifindex;
	tcm->tcm_parent = hook->parent;
	tcm->tcm_handle = hook->handle;
	tcm->tcm_info = TC_H_MAKE(hook->pref << 16, htons(hook->protocol));
	if (hook->has_chain)
		nl_put_u32(req, TCA_CHAIN, hook->chain);
	return tcm;
}

/* compat: classic BPF goes without a name */
static void put_prog(struct nl_req *req, const struct bpfelf_txn *txn,
		     const struct bpfelf_hook *hook)
{
	uint16_t cnt = hook->bytecode_cnt;

	if (!cnt) {
		nl_put_u32(req, TCA_BPF_FD, txn->prog_fd);
		nl_put_str(req, TCA_BPF_NAME, hook->name ?: bpfelf_txn_name(txn));
		return;
	}
	nl_put(req, TCA_BPF_OPS_LEN, &cnt, sizeof(cnt));
	nl_put(req, TCA_BPF_OPS, hook->bytecode, cnt * sizeof(*hook->bytecode));
}

static void put_filter(struct nl_req *req, const struct bpfelf_txn *txn,
		       const struct bpfelf_hook *hook)
{
	struct nlattr *options;
	uint16_t flags = NLM_F_ECHO;

	if (!(hook->flags & BPFELF_CHANGE))
		flags |= NLM_F_CREATE;
	if (!(hook->flags & (BPFELF_CHANGE | BPFELF_REPLACE)))
		flags |= NLM_F_EXCL;
	start_filter(req, RTM_NEWTFILTER, flags, hook);
	nl_put_str(req, TCA_KIND, KIND_BPF);
	options = nl_nest(req, TCA_OPTIONS);
	if (hook->classid)
		nl_put_u32(req, TCA_BPF_CLASSID, hook->classid);
	nl_put_raw(req, hook->attrs, hook->attrs_len);
	put_prog(req, hook_source(txn, hook), hook);
	if (hook->cls_flags)
		nl_put_u32(req, TCA_BPF_FLAGS_GEN, hook->cls_flags);
	if (hook->direct_action)
		nl_put_u32(req, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	nl_nest_end(req, options);
	if (hook->estimator)
		nl_put(req, TCA_RATE, hook->estimator,
		       sizeof(*hook->estimator));
}

/* the attributes of a filter as the kernel tells it */
struct filter {
	const struct tcmsg *tcm;
	const struct nlattr *tb[TCA_MAX + 1], *bpf[TCA_BPF_MAX + 1];
};

static bool read_filter(const struct nlmsghdr *nlh, struct filter *f)
{
	if (nlh->nlmsg_type != RTM_NEWTFILTER ||
	    nl_payload_len(nlh) < sizeof(*f->tcm))
		return false;
	f->tcm = nl_payload(nlh);
	nl_attrs(nlh, sizeof(*f->tcm), f->tb, TCA_MAX);
	memset(f->bpf, 0, sizeof(f->bpf));
	if (f->tb[TCA_OPTIONS])
		nl_nested(f->tb[TCA_OPTIONS], f->bpf, TCA_BPF_MAX);
	return true;
}

/* A filter that is there, and the message that would put it back */
struct saved {
	struct bpfelf_txn *txn;
	struct err *err;
	bool there;
	bool found;		/* and can be put back */
	int prog_fd;		/* -1: classic, or not to be had */
	struct nl_req *back;
};

static void copy_option(struct nl_req *req, const struct filter *f, int type)
{
	const struct nlattr *attr = f->bpf[type];

	if (attr)
		nl_put(req, type, nl_data(attr), nl_len(attr));
}

/* 1; 0: they cannot be had back */
static int save_actions(struct saved *saved, const struct filter *f)
{
	if (f->bpf[TCA_BPF_POLICE])
		act_copy_police(saved->back, TCA_BPF_POLICE,
				f->bpf[TCA_BPF_POLICE]);
	if (!f->bpf[TCA_BPF_ACT])
		return 1;
	return act_copy_list(saved->txn, saved->back, TCA_BPF_ACT,
			     f->bpf[TCA_BPF_ACT], saved->err);
}

static void save_options(struct saved *saved, const struct filter *f)
{
	static const int options[] = {
		TCA_BPF_CLASSID, TCA_BPF_OPS_LEN, TCA_BPF_OPS, TCA_BPF_NAME,
		TCA_BPF_FLAGS,
	};
	struct nl_req *back = saved->back;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		copy_option(back, f, options[i]);
	if (saved->prog_fd >= 0)
		nl_put_u32(back, TCA_BPF_FD, saved->prog_fd);
	/* what the kernel adds to them on the way out it refuses on the way in */
	nl_put_u32(back, TCA_BPF_FLAGS_GEN,
		   nl_u32(f->bpf[TCA_BPF_FLAGS_GEN], 0) & SKIP_FLAGS);
}

static int save_filter(const struct nlmsghdr *nlh, void *data)
{
	struct saved *saved = data;
	struct nl_req *back = saved->back;
	struct nlattr *nest;
	struct filter f;
	uint32_t id;
	int r;

	if (!read_filter(nlh, &f))
		return 0;
	saved->there = true;
	id = nl_u32(f.bpf[TCA_BPF_ID], 0);
	r = id ? hook_hold_prog(saved->txn, id, &saved->prog_fd, saved->err) : 0;
	if (r < 0)
		return r;
	*(struct tcmsg *)nl_start(back, RTM_NEWTFILTER, NLM_F_CREATE,
				  sizeof(struct tcmsg)) = *f.tcm;
	if (f.tb[TCA_CHAIN])
		nl_put_u32(back, TCA_CHAIN, nl_u32(f.tb[TCA_CHAIN], 0));
	nl_put_str(back, TCA_KIND, KIND_BPF);
	nest = nl_nest(back, TCA_OPTIONS);
	r = save_actions(saved, &f);
	if (r < 0)
		return r;
	saved->found = r && (!id || saved->prog_fd >= 0);
	save_options(saved, &f);
	nl_nest_end(back, nest);
	return back->full ? -EMSGSIZE : 0;
}

/* The one filter that @hook names, where it names one and it is there */
static int save(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		struct saved *saved, struct err *err)
{
	int r;

	saved->txn = txn;
	saved->err = err;
	saved->there = saved->found = false;
	saved->prog_fd = -1;
	if (!hook->pref || !hook->handle)
		return 0;
	r = query_filter(txn->ctx, hook, save_filter, saved);
	/* there is no such filter, or no place for one */
	if (r < 0 && r != -ENOENT && r != -EINVAL)
		return r;
	err_clear(err);
	return 0;
}

static int take_echo(const struct nlmsghdr *nlh, void *data)
{
	struct bpfelf_hook *hook = data;
	struct filter f;

	if (!read_filter(nlh, &f))
		return 0;
	hook->handle = f.tcm->tcm_handle;
	hook->pref = TC_H_MAJ(f.tcm->tcm_info) >> 16;
	hook->protocol = ntohs(TC_H_MIN(f.tcm->tcm_info));
	hook->prog_id = nl_u32(f.bpf[TCA_BPF_ID], 0);
	return 0;
}

/*
 * A new filter is taken back by what the kernel tells of it. Until it has, the
 * message must be none: a deletion that names no filter deletes them all.
 */
void hook_cls_done(const struct bpfelf_hook *hook, struct nlmsghdr *undo)
{
	struct tcmsg *tcm = NLMSG_DATA(undo);

	if (undo->nlmsg_type != NLMSG_NOOP || !hook->handle || !hook->pref)
		return;
	undo->nlmsg_type = RTM_DELTFILTER;
	tcm->tcm_handle = hook->handle;
	tcm->tcm_info = TC_H_MAKE(hook->pref << 16, htons(hook->protocol));
}

int hook_cls_refused(struct bpfelf_txn *txn, int r, struct err *err)
{
	if (r == -ENOENT && strstr(err->extack, "classifier not found"))
		feature_hint(txn->ctx->kern, FEATURE_NET_CLS_BPF, r, err);
	else if (r == -EINVAL && strstr(err->extack, "Parent Qdisc"))
		err_hint(err, "filters sit on a qdisc, make one first: tc qdisc add dev DEV clsact");
	else if (r < 0 && strstr(err->extack, "TC offload is disabled"))
		err_hint(err, "switch it on: ethtool -K DEV hw-tc-offload on");
	else if (r == -EEXIST)
		err_hint(err, "to put it in its place: tc filter replace ...");
	return r;
}

static int check_hook(const struct bpfelf_hook *hook, struct err *err)
{
	if (hook->pref > UINT16_MAX || hook->protocol > UINT16_MAX)
		return err_set(err, -EINVAL, "pref %u and protocol %#x must fit 16 bits",
			       hook->pref, hook->protocol);
	if (hook->bytecode_cnt > BPF_MAXINSNS)
		return err_set(err, -E2BIG, "%zu instructions, the kernel takes %u",
			       hook->bytecode_cnt, BPF_MAXINSNS);
	return 0;
}

int hook_cls_prepare(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		     struct hook_step *step, struct err *err)
{
	struct saved old = { .prog_fd = -1, .back = &step->undo };
	int r;

	step->fn = take_echo;
	step->old_fd = -1;
	step->looked = hook->flags & (BPFELF_REPLACE | BPFELF_CHANGE);
	r = check_hook(hook, err);
	if (r == 0 && step->looked)
		r = save(txn, hook, &old, err);
	step->old_fd = old.prog_fd;
	if (r < 0)
		return r;
	/* what is changed is there, seen or not */
	step->sure = old.found || !(old.there || hook->flags & BPFELF_CHANGE);
	put_filter(&step->req, txn, hook);
	if (old.found)
		return 0;
	start_filter(&step->undo, NLMSG_NOOP, 0, hook);
	nl_put_str(&step->undo, TCA_KIND, KIND_BPF);
	return 0;
}

int hook_cls_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	_cleanup_step_ struct hook_step step;
	int r;

	r = hook_cls_prepare(txn, hook, &step, err);
	if (r < 0)
		return r;
	r = hook_do(txn, &step.req, step.fn, hook, &step.undo, &step.old_fd,
		    err);
	if (r == 0)
		hook_cls_done(hook, txn->undos[txn->undos_cnt - 1].msg);
	return hook_cls_refused(txn, r, err);
}

int hook_cls_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	struct nl_req req, back;
	struct saved old = { .back = &back };
	int r;

	/* the kernel takes a kind only with a pref */
	if (!hook->pref && !hook->any_kind)
		return err_set(err, -EINVAL, "without a pref filters of all kinds would go");
	r = save(txn, hook, &old, err);
	if (r < 0)
		return r;
	start_filter(&req, RTM_DELTFILTER, 0, hook);
	if (!hook->any_kind)
		nl_put_str(&req, TCA_KIND, KIND_BPF);
	r = hook_do(txn, &req, NULL, NULL, old.found ? &back : NULL,
		    &old.prog_fd, err);
	close_fd(old.prog_fd);
	return r;
}
