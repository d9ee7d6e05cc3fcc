/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "query.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#define DUMP_TRIES 5

static int talk(struct bpfelf_ctx *ctx, struct nl_req *req, kern_msg_fn fn,
		void *data, struct err *err)
{
	if (req->full)
		return err_set(err, -EMSGSIZE, "netlink: request too long");
	return ctx->kern->ops->talk(ctx->kern, &req->nlh, fn, data, err);
}

/*
 * Most dumps are read whole before anybody sees a message: one that changed
 * under us is asked for again, and nothing is shown twice.
 */

static int collect(const struct nlmsghdr *nlh, void *data)
{
	static const char pad[NLMSG_ALIGNTO];
	struct buf *all = data;

	buf_add(all, nlh, nlh->nlmsg_len);
	buf_add(all, pad, NLMSG_ALIGN(all->len) - all->len);
	return buf_failed(all) ? -ENOMEM : 0;
}

static int hand_over(const struct buf *all, kern_msg_fn fn, void *data)
{
	const struct nlmsghdr *nlh;
	size_t off;
	int r = 0;

	for (off = 0; off < all->len && r >= 0; off += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (const struct nlmsghdr *)(all->data + off);
		r = fn(nlh, data);
	}
	return r < 0 ? r : 0;
}

static int dump(struct bpfelf_ctx *ctx, struct nl_req *req, kern_msg_fn fn,
		void *data)
{
	struct err *err = ctx_begin(ctx);
	_cleanup_buf_ struct buf all = { 0 };
	int r, tries = DUMP_TRIES;

	do {
		all.len = 0;
		r = talk(ctx, req, collect, &all, err);
	} while (r == -EINTR && --tries);
	if (buf_failed(&all))
		return err_sys(err, -ENOMEM, "read the answer");
	if (r < 0)
		return r;
	return hand_over(&all, fn, data);
}

/* A long one is passed on while it comes. */
static int dump_through(struct bpfelf_ctx *ctx, struct nl_req *req,
			const struct query_reader *reader)
{
	struct err *err = ctx_begin(ctx);
	int r, tries = DUMP_TRIES;

	do
		r = talk(ctx, req, reader->fn, reader->data, err);
	while (r == -EINTR && --tries && reader->again(reader->data));
	return r;
}

/* Links */

static struct ifinfomsg *link_request(struct nl_req *req, uint16_t flags,
				      uint32_t ext_mask)
{
	struct ifinfomsg *ifi = nl_start(req, RTM_GETLINK, flags, sizeof(*ifi));

	nl_put_u32(req, IFLA_EXT_MASK, ext_mask);
	return ifi;
}

static int take_ifindex(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = nl_payload(nlh);
	uint32_t *ifindex = data;

	if (nlh->nlmsg_type == RTM_NEWLINK &&
	    nl_payload_len(nlh) >= sizeof(*ifi))
		*ifindex = ifi->ifi_index;
	return 0;
}

static int take_ifname(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_IFNAME + 1];

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_IFNAME);
	if (nl_str(tb[IFLA_IFNAME]))
		snprintf(data, IFNAMSIZ, "%s", nl_str(tb[IFLA_IFNAME]));
	return 0;
}

static int ask_ifindex(struct bpfelf_ctx *ctx, uint16_t type, const char *name,
		       uint32_t *ifindex, struct err *err)
{
	struct nl_req req;
	int r;

	link_request(&req, 0, RTEXT_FILTER_SKIP_STATS);
	nl_put_str(&req, type, name);
	*ifindex = 0;
	r = talk(ctx, &req, take_ifindex, ifindex, err);
	if (r == 0 && *ifindex == 0)
		r = -ENODEV;
	return r;
}

/* compat: "if7" is the device of index 7, whatever its name and be it there
 * or not */
static bool parse_ifn(const char *name, uint32_t *ifindex)
{
	char *end;

	if (strncmp(name, "if", 2) != 0 || name[2] < '0' || name[2] > '9')
		return false;
	*ifindex = strtoul(name + 2, &end, 10);
	return *end == '\0' && *ifindex;
}

/* The kernel finds a short altname as IFLA_IFNAME, too (altnames: 5.5). */
static int find_device(struct bpfelf_ctx *ctx, const char *name,
		       uint32_t *ifindex, struct err *err)
{
	size_t len = strlen(name);
	struct kern *k = ctx->kern;
	int r;

	if (!len || len >= ALTIFNAMSIZ || strpbrk(name, "/ \t\n\v\f\r"))
		return -ENODEV;
	r = len < IFNAMSIZ && !strchr(name, ':') ? k->ops->ifindex(k, name) : 0;
	if (r > 0) {
		*ifindex = r;
		return 0;
	}
	if (len < IFNAMSIZ)
		return ask_ifindex(ctx, IFLA_IFNAME, name, ifindex, err);
	r = ask_ifindex(ctx, IFLA_ALT_IFNAME, name, ifindex, err);
	/* before 5.5 that was a request for no device at all */
	return r == -EINVAL ? -ENODEV : r;
}

int query_ifindex(struct bpfelf_ctx *ctx, const char *name, uint32_t *ifindex)
{
	struct err *err = ctx_begin(ctx);
	int r;

	r = find_device(ctx, name, ifindex, err);
	if (r == -ENODEV && parse_ifn(name, ifindex)) {
		err_clear(err);
		return 0;
	}
	if (r == -ENODEV)
		return err_set(err, r, "no device '%s'", name);
	return r;
}

void query_ifname(struct bpfelf_ctx *ctx, uint32_t ifindex, char *name)
{
	struct err unseen = { 0 };
	struct nl_req req;

	snprintf(name, IFNAMSIZ, "if%u", ifindex);
	link_request(&req, 0, RTEXT_FILTER_SKIP_STATS)->ifi_index = ifindex;
	talk(ctx, &req, take_ifname, name, &unseen);
}

int query_links(struct bpfelf_ctx *ctx, uint32_t ifindex, uint32_t ext_mask,
		kern_msg_fn fn, void *data)
{
	struct nl_req req;

	if (!ifindex) {
		link_request(&req, NLM_F_DUMP, ext_mask);
		return dump(ctx, &req, fn, data);
	}
	link_request(&req, 0, ext_mask)->ifi_index = ifindex;
	return talk(ctx, &req, fn, data, ctx_begin(ctx));
}

int query_all_links(struct bpfelf_ctx *ctx, uint32_t ext_mask,
		    const struct query_reader *reader)
{
	struct nl_req req;

	link_request(&req, NLM_F_DUMP, ext_mask);
	return dump_through(ctx, &req, reader);
}

/* Qdiscs and filters */

struct of_device {
	uint32_t ifindex;
	kern_msg_fn fn;
	void *data;
};

/* The kernel lists the qdiscs of all devices, whatever it is asked. */
static int only_of_device(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tcm = nl_payload(nlh);
	const struct of_device *of = data;

	if (nl_payload_len(nlh) < sizeof(*tcm) ||
	    (of->ifindex && tcm->tcm_ifindex != (int)of->ifindex))
		return 0;
	return of->fn(nlh, of->data);
}

int query_qdiscs(struct bpfelf_ctx *ctx, uint32_t ifindex, kern_msg_fn fn,
		 void *data)
{
	struct of_device of = { ifindex, fn, data };
	struct nl_req req;
	struct tcmsg *tcm;

	tcm = nl_start(&req, RTM_GETQDISC, NLM_F_DUMP, sizeof(*tcm));
	tcm->tcm_ifindex = ifindex;
	return dump(ctx, &req, only_of_device, &of);
}

static void filters_request(struct nl_req *req, uint32_t ifindex,
			    uint32_t parent, uint32_t info,
			    const uint32_t *chain)
{
	struct tcmsg *tcm;

	tcm = nl_start(req, RTM_GETTFILTER, NLM_F_DUMP, sizeof(*tcm));
	tcm->tcm_ifindex = ifindex;
	tcm->tcm_parent = parent;
	tcm->tcm_info = info;
	if (chain)
		nl_put_u32(req, TCA_CHAIN, *chain);
}

int query_filters(struct bpfelf_ctx *ctx, uint32_t ifindex, uint32_t parent,
		  uint32_t info, const uint32_t *chain,
		  const struct query_reader *reader)
{
	struct nl_req req;

	filters_request(&req, ifindex, parent, info, chain);
	return dump_through(ctx, &req, reader);
}

int query_filters_until(struct bpfelf_ctx *ctx, uint32_t ifindex,
			uint32_t parent, uint32_t info, const uint32_t *chain,
			kern_msg_fn fn, void *data)
{
	struct nl_req req;

	filters_request(&req, ifindex, parent, info, chain);
	return talk(ctx, &req, fn, data, ctx_begin(ctx));
}

int query_filter(struct bpfelf_ctx *ctx, const struct bpfelf_hook *hook,
		 kern_msg_fn fn, void *data)
{
	struct nl_req req;
	struct tcmsg *tcm;

	tcm = nl_start(&req, RTM_GETTFILTER, 0, sizeof(*tcm));
	tcm->tcm_ifindex = hook->ifindex;
	tcm->tcm_parent = hook->parent;
	tcm->tcm_handle = hook->handle;
	tcm->tcm_info = TC_H_MAKE(hook->pref << 16, htons(hook->protocol));
	if (hook->has_chain)
		nl_put_u32(&req, TCA_CHAIN, hook->chain);
	nl_put_str(&req, TCA_KIND, "bpf");
	return talk(ctx, &req, fn, data, ctx_begin(ctx));
}

/* Routes */

int query_routes(struct bpfelf_ctx *ctx, uint8_t family, kern_msg_fn fn,
		 void *data)
{
	struct nl_req req;
	struct rtmsg *rtm;

	rtm = nl_start(&req, RTM_GETROUTE, NLM_F_DUMP, sizeof(*rtm));
	rtm->rtm_family = family;
	return dump(ctx, &req, fn, data);
}

/* Programs */

int query_prog(struct bpfelf_ctx *ctx, uint32_t id,
	       struct bpf_prog_info *info)
{
	struct kern *k = ctx->kern;
	_cleanup_close_ int fd = k->ops->prog_by_id(k, id);

	return fd < 0 ? fd : k->ops->prog_info(k, fd, info);
}

int query_attached(struct bpfelf_ctx *ctx, uint32_t ifindex,
		   uint32_t attach_type, uint32_t *ids, uint32_t max)
{
	int r = ctx->kern->ops->prog_query(ctx->kern, ifindex, attach_type, ids,
					   max);

	return r < 0 || (uint32_t)r <= max ? r : (int)max;
}

/* Drivers */

void query_driver(struct bpfelf_ctx *ctx, uint32_t ifindex,
		  struct query_driver *driver)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };
	struct kern *k = ctx->kern;
	char name[IFNAMSIZ];

	memset(driver, 0, sizeof(*driver));
	query_ifname(ctx, ifindex, name);
	if (k->ops->ethtool(k, name, &info) == 0)
		snprintf(driver->name, sizeof(driver->name), "%.31s", info.driver);
	if (k->ops->ethtool(k, name, &flags) == 0)
		driver->lro = flags.data & ETH_FLAG_LRO;
	if (k->ops->ethtool(k, name, &channels) == 0)
		driver->channels = channels.combined_count;
}
