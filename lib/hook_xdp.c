/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "hook.h"

/* what sits on a device, by mode; 0: nothing */
struct present {
	uint32_t drv, skb, hw;
};

static int take_present(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_XDP + 1], *xdp[IFLA_XDP_MAX + 1];
	struct present *p = data;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_XDP);
	if (!tb[IFLA_XDP])
		return 0;
	nl_nested(tb[IFLA_XDP], xdp, IFLA_XDP_MAX);
	p->drv = nl_u32(xdp[IFLA_XDP_DRV_PROG_ID], 0);
	p->skb = nl_u32(xdp[IFLA_XDP_SKB_PROG_ID], 0);
	p->hw = nl_u32(xdp[IFLA_XDP_HW_PROG_ID], 0);
	return 0;
}

static int query_present(struct bpfelf_txn *txn, uint32_t ifindex,
			 struct present *p, struct err *err)
{
	struct ifinfomsg *ifi;
	struct nl_req req;

	memset(p, 0, sizeof(*p));
	ifi = nl_start(&req, RTM_GETLINK, 0, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	nl_put_u32(&req, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return hook_talk(txn, &req, take_present, p, err);
}

/* Which of them a request with these flags would replace. Without a mode the
 * kernel takes the driver's where it has one, and never both at a time. */
static uint32_t present_in_mode(const struct present *p, uint32_t flags)
{
	if (flags & XDP_FLAGS_HW_MODE)
		return p->hw;
	if (flags & XDP_FLAGS_DRV_MODE)
		return p->drv;
	if (flags & XDP_FLAGS_SKB_MODE)
		return p->skb;
	return p->drv ?: p->skb;
}

static void put_message(struct nl_req *req, uint32_t ifindex, int fd,
			uint32_t flags, int expected_fd)
{
	struct nlattr *xdp;

	((struct ifinfomsg *)nl_start(req, RTM_NEWLINK, 0,
				      sizeof(struct ifinfomsg)))->ifi_index = ifindex;
	xdp = nl_nest(req, IFLA_XDP);
	nl_put_u32(req, IFLA_XDP_FD, fd);
	if (flags)
		nl_put_u32(req, IFLA_XDP_FLAGS, flags);
	if (flags & XDP_FLAGS_REPLACE)
		nl_put_u32(req, IFLA_XDP_EXPECTED_FD, expected_fd);
	nl_nest_end(req, xdp);
}

static int check_mode(const struct bpfelf_hook *hook, struct err *err)
{
	if (hook->xdp_flags & ~XDP_FLAGS_MODES)
		return err_set(err, -EINVAL, "XDP flags %#x are no mode", hook->xdp_flags);
	return 0;
}

/* The program that the request may replace: its id, 0 for none */
static int program_to_replace(struct bpfelf_txn *txn,
			      const struct bpfelf_hook *hook, uint32_t *id,
			      struct err *err)
{
	struct present present;
	int r;

	*id = hook->expected_id;
	if (*id || !(hook->flags & BPFELF_REPLACE))
		return 0;
	r = query_present(txn, hook->ifindex, &present, err);
	*id = present_in_mode(&present, hook->xdp_flags);
	return r;
}

static int hold_expected(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
			 uint32_t id, int *fd, struct err *err)
{
	struct kern *k = txn->ctx->kern;

	*fd = -1;
	if (!hook->expected_id)
		return id ? hook_hold_prog(txn, id, fd, err) : 0;
	*fd = k->ops->prog_by_id(k, id);
	return *fd < 0 ? err_sys(err, *fd, "the expected program %u", id) : 0;
}

static uint32_t request_flags(const struct bpfelf_hook *hook)
{
	if (hook->expected_id)
		return hook->xdp_flags | XDP_FLAGS_REPLACE;
	if (hook->flags & BPFELF_REPLACE)
		return hook->xdp_flags;
	return hook->xdp_flags | XDP_FLAGS_UPDATE_IF_NOEXIST;
}

int hook_xdp_prepare(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		     struct hook_step *step, struct err *err)
{
	int fd = hook_source(txn, hook)->prog_fd;
	uint32_t old_id = 0;
	int r;

	step->fn = NULL;
	step->old_fd = -1;
	r = check_mode(hook, err);
	r = r ?: program_to_replace(txn, hook, &old_id, err);
	r = r ?: hold_expected(txn, hook, old_id, &step->old_fd, err);
	if (r < 0)
		return r;
	step->looked = hook->flags & BPFELF_REPLACE;
	step->sure = !old_id || step->old_fd >= 0;
	put_message(&step->req, hook->ifindex, fd, request_flags(hook),
		    step->old_fd);
	/* only if it is still ours by then */
	put_message(&step->undo, hook->ifindex, step->old_fd,
		    hook->xdp_flags | XDP_FLAGS_REPLACE, fd);
	return 0;
}

int hook_xdp_refused(struct bpfelf_txn *txn, int r, struct err *err)
{
	(void)txn;
	if (r == -EBUSY && strstr(err->extack, "already attached"))
		err_hint(err, "to replace it: ip -force link set ..., to take it off: xdp off");
	return r;
}

int hook_xdp_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	_cleanup_step_ struct hook_step step;
	int r;

	r = hook_xdp_prepare(txn, hook, &step, err);
	if (r < 0)
		return r;
	r = hook_do(txn, &step.req, NULL, NULL, &step.undo, &step.old_fd, err);
	return hook_xdp_refused(txn, r, err);
}

int hook_xdp_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	_cleanup_close_ int old_fd = -1;
	struct nl_req req, undo;
	struct present present;
	uint32_t old_id;
	int r;

	r = check_mode(hook, err);
	r = r ?: query_present(txn, hook->ifindex, &present, err);
	if (r < 0)
		return r;
	old_id = hook->expected_id ?: present_in_mode(&present, hook->xdp_flags);
	r = hold_expected(txn, hook, old_id, &old_fd, err);
	if (r < 0)
		return r;
	put_message(&req, hook->ifindex, -1, request_flags(hook), old_fd);
	if (old_fd < 0)
		return hook_do(txn, &req, NULL, NULL, NULL, NULL, err);
	put_message(&undo, hook->ifindex, old_fd,
		    hook->xdp_flags | XDP_FLAGS_UPDATE_IF_NOEXIST, -1);
	return hook_do(txn, &req, NULL, NULL, &undo, &old_fd, err);
}
