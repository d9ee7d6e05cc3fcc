/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_bpf.h>

#include "act.h"
#include "hook.h"
#include "query.h"

static struct nlattr *start_act(struct nl_req *req, uint16_t type,
				uint16_t flags)
{
	nl_start(req, type, flags, sizeof(struct tcamsg));
	return nl_nest(req, TCA_ACT_TAB);
}

static void put_act(struct nl_req *req, const struct bpfelf_txn *txn,
		    const struct bpfelf_hook *hook)
{
	struct act_bpf act = {
		.prog_fd = txn->prog_fd,
		.name = hook->name ?: bpfelf_txn_name(txn),
		.bytecode = hook->bytecode,
		.bytecode_cnt = hook->bytecode_cnt,
		.index = hook->handle,
		.control = hook->control,
	};
	uint16_t flags = NLM_F_CREATE | NLM_F_ECHO;
	struct nlattr *tab, *nest;

	flags |= hook->flags & BPFELF_REPLACE ? NLM_F_REPLACE : NLM_F_EXCL;
	tab = start_act(req, RTM_NEWACTION, flags);
	nest = nl_nest(req, 1);
	act_put_bpf(req, &act);
	nl_put_raw(req, hook->attrs, hook->attrs_len);
	nl_nest_end(req, nest);
	nl_nest_end(req, tab);
}

/* the index comes last: name_act() writes it there */
static void put_by_index(struct nl_req *req, uint16_t type, uint32_t index)
{
	struct nlattr *tab = start_act(req, type, 0), *nest = nl_nest(req, 1);

	nl_put_str(req, TCA_ACT_KIND, "bpf");
	nl_put_u32(req, TCA_ACT_INDEX, index);
	nl_nest_end(req, nest);
	nl_nest_end(req, tab);
}

/* The first action of a message, NULL without one. An answer to RTM_GETACTION
 * is of that type; actions are numbered from 1 in answers, from 0 in dumps. */
static const struct nlattr *first_act(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[TCA_ACT_TAB + 1], *acts[2];

	if (nlh->nlmsg_type != RTM_NEWACTION &&
	    nlh->nlmsg_type != RTM_GETACTION)
		return NULL;
	nl_attrs(nlh, sizeof(struct tcamsg), tb, TCA_ACT_TAB);
	nl_nested(tb[TCA_ACT_TAB], acts, 1);
	return acts[1] ?: acts[0];
}

static int take_echo(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *act[TCA_ACT_MAX + 1], *bpf[TCA_ACT_BPF_MAX + 1];
	struct bpfelf_hook *hook = data;
	const struct nlattr *first = first_act(nlh);

	if (!first)
		return 0;
	nl_nested(first, act, TCA_ACT_MAX);
	nl_nested(act[TCA_ACT_OPTIONS], bpf, TCA_ACT_BPF_MAX);
	/* struct tc_act_bpf begins with it */
	hook->handle = nl_u32(bpf[TCA_ACT_BPF_PARMS], hook->handle);
	hook->prog_id = nl_u32(bpf[TCA_ACT_BPF_ID], 0);
	return 0;
}

/* An action that is there, and the message that would put it back */
struct saved {
	struct bpfelf_txn *txn;
	struct err *err;
	bool found;
	struct nl_req back;
};

static int save_act(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *first = first_act(nlh);
	struct saved *saved = data;
	struct nlattr *tab, *nest;
	int r;

	if (!first)
		return 0;
	tab = start_act(&saved->back, RTM_NEWACTION,
			NLM_F_CREATE | NLM_F_REPLACE);
	nest = nl_nest(&saved->back, 1);
	r = act_copy(saved->txn, &saved->back, first, saved->err);
	nl_nest_end(&saved->back, nest);
	nl_nest_end(&saved->back, tab);
	saved->found = r > 0;
	return r < 0 ? r : 0;
}

static int save(struct bpfelf_txn *txn, uint32_t index, struct saved *saved,
		struct err *err)
{
	struct nl_req req;
	int r;

	saved->txn = txn;
	saved->err = err;
	saved->found = false;
	if (!index)
		return 0;
	put_by_index(&req, RTM_GETACTION, index);
	r = hook_talk(txn, &req, save_act, saved, err);
	if (r < 0 && r != -ENOENT && r != -EINVAL)
		return r;
	err_clear(err);
	return 0;
}

/* Until the kernel has told its index there is nothing to be taken back: no
 * action has index 0. */
static void name_act(struct nlmsghdr *undo, uint32_t index)
{
	char *end = (char *)undo + undo->nlmsg_len;

	memcpy(end - sizeof(index), &index, sizeof(index));
}

static void hint_for_act(int r, struct err *err)
{
	if (strstr(err->extack, "Failed to load TC action module"))
		err_hint(err, "this kernel lacks act_bpf (CONFIG_NET_ACT_BPF); a filter needs none: tc filter ... bpf da");
	else if (r == -EEXIST)
		err_hint(err, "to put it in its place: tc actions replace ...");
}

int hook_act_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	struct nl_req req, del;
	struct saved old;
	int r, none = -1;

	if (hook->flags & BPFELF_CHANGE)
		return err_set(err, -EINVAL, "actions are added or replaced");
	r = save(txn, hook->flags & BPFELF_REPLACE ? hook->handle : 0, &old,
		 err);
	if (r < 0)
		return r;
	put_act(&req, txn, hook);
	put_by_index(&del, RTM_DELACTION, 0);
	r = hook_do(txn, &req, take_echo, hook, old.found ? &old.back : &del,
		    &none, err);
	if (r == 0 && !old.found)
		name_act(txn->undos[txn->undos_cnt - 1].msg, hook->handle);
	hint_for_act(r, err);
	return r;
}

int hook_act_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	struct saved old;
	struct nl_req req;
	int r, none = -1;

	if (!hook->handle)
		return err_set(err, -EINVAL, "an action is told by its index");
	r = save(txn, hook->handle, &old, err);
	if (r < 0)
		return r;
	put_by_index(&req, RTM_DELACTION, hook->handle);
	return hook_do(txn, &req, NULL, NULL, old.found ? &old.back : NULL,
		       &none, err);
}
