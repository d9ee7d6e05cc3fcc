/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's end of rtnetlink, its devices and their XDP programs. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "fake_net.h"

int net_refuse(struct talk *t, int code, const char *words)
{
	t->words = words;
	return code;
}

bool net_has(const struct talk *t, uint16_t flags)
{
	return (t->req->nlmsg_flags & flags) == flags;
}

bool net_is_dump(const struct talk *t)
{
	return (t->req->nlmsg_type & 3) == (RTM_GETLINK & 3) &&
	       t->req->nlmsg_flags & NLM_F_DUMP;
}

int net_answer(struct talk *t)
{
	int r;

	if (t->reply.full)
		return -EMSGSIZE;
	t->reply.nlh.nlmsg_flags = net_is_dump(t) ? NLM_F_MULTI : 0;
	t->reply.nlh.nlmsg_seq = t->req->nlmsg_seq;
	r = t->fn ? t->fn(&t->reply.nlh, t->data) : 0;
	t->stopped = r < 0;
	return t->stopped ? r : 0;
}

struct device *net_by_index(struct fake_world *world, uint32_t ifindex)
{
	struct fake_net *net = world->net;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(net->devices); i++)
		if (net->devices[i].ifindex == ifindex)
			return &net->devices[i];
	return NULL;
}

static struct device *by_name(struct fake_world *world, const char *name)
{
	struct fake_net *net = world->net;
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(net->devices); i++)
		if (str_eq(net->devices[i].name, name))
			return &net->devices[i];
	return NULL;
}

int fake_ifindex(struct kern *k, const char *name)
{
	int r = fake_begin(k, "ifindex %s", name);
	struct device *dev = by_name(fake_world(k), name);

	return fake_end(k, r ?: dev ? (int)dev->ifindex : -ENODEV);
}

/* Links and XDP */

static void put_xdp(struct nl_req *req, const struct device *dev)
{
	static const struct {
		uint8_t attached;
		uint16_t attr;
	} mode[XDP_MODES] = {
		[XDP_SKB] = { XDP_ATTACHED_SKB, IFLA_XDP_SKB_PROG_ID },
		[XDP_DRV] = { XDP_ATTACHED_DRV, IFLA_XDP_DRV_PROG_ID },
		[XDP_HW]  = { XDP_ATTACHED_HW,  IFLA_XDP_HW_PROG_ID },
	};
	struct nlattr *nest = nl_nest(req, IFLA_XDP);
	uint8_t attached = XDP_ATTACHED_NONE;
	uint32_t id = 0;
	int i;

	for (i = 0; i < XDP_MODES; i++) {
		if (!dev->xdp[i])
			continue;
		attached = id ? XDP_ATTACHED_MULTI : mode[i].attached;
		id = dev->xdp[i]->id;
		nl_put_u32(req, mode[i].attr, id);
	}
	nl_put(req, IFLA_XDP_ATTACHED, &attached, sizeof(attached));
	if (id && attached != XDP_ATTACHED_MULTI)
		nl_put_u32(req, IFLA_XDP_PROG_ID, id);
	nl_nest_end(req, nest);
}

static int answer_link(struct talk *t, const struct device *dev)
{
	struct ifinfomsg *ifi;

	ifi = nl_start(&t->reply, RTM_NEWLINK, 0, sizeof(*ifi));
	ifi->ifi_index = dev->ifindex;
	nl_put_str(&t->reply, IFLA_IFNAME, dev->name);
	nl_put_u32(&t->reply, IFLA_MTU, 1500);
	put_xdp(&t->reply, dev);
	return net_answer(t);
}

static int dump_links(struct talk *t)
{
	struct fake_net *net = t->world->net;
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(net->devices) && r == 0; i++)
		r = answer_link(t, &net->devices[i]);
	return r;
}

static struct device *named_link(struct talk *t, const struct nlattr **tb)
{
	const struct ifinfomsg *ifi = nl_payload(t->req);

	if (ifi->ifi_index)
		return net_by_index(t->world, ifi->ifi_index);
	return by_name(t->world,
		       nl_str(tb[IFLA_IFNAME]) ?: nl_str(tb[IFLA_ALT_IFNAME]));
}

static int get_link(struct talk *t)
{
	const struct nlattr *tb[IFLA_ALT_IFNAME + 1];
	struct device *dev;

	if (net_is_dump(t))
		return dump_links(t);
	nl_attrs(t->req, sizeof(struct ifinfomsg), tb, IFLA_ALT_IFNAME);
	dev = named_link(t, tb);
	return dev ? answer_link(t, dev) : -ENODEV;
}

struct xdp_change {
	uint32_t flags;
	enum xdp_mode mode;
	struct fake_obj *prog;		/* NULL: off */
	struct fake_obj *expected;
};

static bool one_bit(uint32_t bits)
{
	return !(bits & (bits - 1));
}

static int xdp_prog(struct talk *t, const struct nlattr *attr,
		    struct fake_obj **prog)
{
	int fd = nl_u32(attr, -1);

	*prog = NULL;
	return fd < 0 ? 0 : fake_prog_of(t->world, fd, BPF_PROG_TYPE_XDP, prog);
}

static enum xdp_mode choose_mode(const struct device *dev, uint32_t flags)
{
	if (flags & XDP_FLAGS_HW_MODE)
		return XDP_HW;
	if (flags & XDP_FLAGS_SKB_MODE)
		return XDP_SKB;
	return flags & XDP_FLAGS_DRV_MODE || dev->native_xdp ? XDP_DRV : XDP_SKB;
}

static int read_xdp_change(struct talk *t, const struct device *dev,
			   const struct nlattr *nest, struct xdp_change *c)
{
	const struct nlattr *tb[IFLA_XDP_MAX + 1];
	int r;

	nl_nested(nest, tb, IFLA_XDP_MAX);
	c->flags = nl_u32(tb[IFLA_XDP_FLAGS], 0);
	if (tb[IFLA_XDP_ATTACHED] || tb[IFLA_XDP_PROG_ID] ||
	    c->flags & ~XDP_FLAGS_MASK || !one_bit(c->flags & XDP_FLAGS_MODES))
		return -EINVAL;
	if (c->flags & XDP_FLAGS_REPLACE && !tb[IFLA_XDP_EXPECTED_FD])
		return -EINVAL;
	c->mode = choose_mode(dev, c->flags);
	c->expected = NULL;
	r = xdp_prog(t, tb[IFLA_XDP_FD], &c->prog);
	if (r == 0 && c->flags & XDP_FLAGS_REPLACE)
		r = xdp_prog(t, tb[IFLA_XDP_EXPECTED_FD], &c->expected);
	return r;
}

static int check_xdp_change(struct talk *t, const struct device *dev,
			    const struct xdp_change *c)
{
	enum xdp_mode other = c->mode == XDP_SKB ? XDP_DRV : XDP_SKB;
	const struct fake_obj *old = dev->xdp[c->mode];

	if (c->flags & XDP_FLAGS_REPLACE && old != c->expected)
		return net_refuse(t, -EEXIST, "Active program does not match expected");
	if (c->prog && c->flags & XDP_FLAGS_UPDATE_IF_NOEXIST && old)
		return net_refuse(t, -EBUSY, "XDP program already attached");
	if (c->prog && c->mode != XDP_HW && dev->xdp[other])
		return net_refuse(t, -EEXIST, "Native and generic XDP can't be active at the same time");
	if (c->prog == old)
		return 0;
	if (c->mode != XDP_SKB && !dev->native_xdp)
		return net_refuse(t, -EOPNOTSUPP, "Underlying driver does not support XDP in native mode");
	return c->mode == XDP_HW ? -EINVAL : 0;
}

static int set_link(struct talk *t)
{
	const struct nlattr *tb[IFLA_ALT_IFNAME + 1];
	struct xdp_change c;
	struct device *dev;
	int r;

	nl_attrs(t->req, sizeof(struct ifinfomsg), tb, IFLA_ALT_IFNAME);
	dev = named_link(t, tb);
	if (!dev)
		return -ENODEV;
	if (!tb[IFLA_XDP])
		return 0;
	r = read_xdp_change(t, dev, tb[IFLA_XDP], &c);
	r = r ?: check_xdp_change(t, dev, &c);
	if (r == 0)
		dev->xdp[c.mode] = c.prog;
	return r;
}

/* The exchange */

static const struct request {
	uint16_t type;
	size_t hdrlen;
	const char *name;
	int (*handle)(struct talk *t);
} requests[] = {
	{ RTM_NEWLINK,    sizeof(struct ifinfomsg), "newlink",    set_link },
	{ RTM_SETLINK,    sizeof(struct ifinfomsg), "setlink",    set_link },
	{ RTM_GETLINK,    sizeof(struct ifinfomsg), "getlink",    get_link },
	{ RTM_NEWQDISC,   sizeof(struct tcmsg),     "newqdisc",   tc_change_qdisc },
	{ RTM_DELQDISC,   sizeof(struct tcmsg),     "delqdisc",   tc_change_qdisc },
	{ RTM_GETQDISC,   sizeof(struct tcmsg),     "getqdisc",   tc_dump_qdiscs },
	{ RTM_NEWTFILTER, sizeof(struct tcmsg),     "newtfilter", tc_new_filter },
	{ RTM_DELTFILTER, sizeof(struct tcmsg),     "deltfilter", tc_del_filter },
	{ RTM_GETTFILTER, sizeof(struct tcmsg),     "gettfilter", tc_get_filter },
	{ RTM_NEWROUTE,   sizeof(struct rtmsg),     "newroute",   route_new },
	{ RTM_DELROUTE,   sizeof(struct rtmsg),     "delroute",   route_del },
	{ RTM_GETROUTE,   sizeof(struct rtmsg),     "getroute",   route_dump },
	{ RTM_NEWACTION,  sizeof(struct tcamsg),    "newaction",  act_new },
	{ RTM_GETACTION,  sizeof(struct tcamsg),    "getaction",  act_get },
	{ RTM_DELACTION,  sizeof(struct tcamsg),    "delaction",  act_del },
};

static const struct request *find_request(const struct nlmsghdr *nlh)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].type == nlh->nlmsg_type)
			return &requests[i];
	return NULL;
}

/* the device's index stands at the same place in two headers; those of routes
 * and actions have none */
static uint32_t index_of(const struct nlmsghdr *nlh)
{
	const struct tcmsg *tcm = nl_payload(nlh);
	bool is_route = nlh->nlmsg_type >= RTM_NEWROUTE &&
			nlh->nlmsg_type <= RTM_GETROUTE;

	return is_route || nlh->nlmsg_type >= RTM_NEWACTION ? 0 : tcm->tcm_ifindex;
}

int fake_talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
	      void *data, struct err *err)
{
	const struct request *request = find_request(req);
	struct talk t = { .fn = fn, .data = data, .req = req };
	int r;

	if (!request || req->nlmsg_len < NLMSG_LENGTH(request->hdrlen))
		return err_netlink(err, -EOPNOTSUPP, NULL);
	t.world = fake_world(k);
	r = fake_begin(k, "talk %s dev %u flags %#x", request->name,
		       index_of(req), req->nlmsg_flags & ~NLM_F_ACK);
	req->nlmsg_seq = t.world->fake->ops;
	if (!net_is_dump(&t))
		req->nlmsg_flags |= NLM_F_ACK;
	r = r ?: request->handle(&t);
	return fake_end(k, t.stopped ? r : err_netlink(err, r, r ? t.words : NULL));
}

/* Each counts as an operation of its own. */
int fake_talk_many(struct kern *k, struct kern_request *reqs, size_t cnt,
		   struct err *err)
{
	size_t i, lost = fake_world(k)->fake->lost;
	struct err words;

	for (i = 0; i < cnt; i++) {
		err_clear(&words);
		reqs[i].code = fake_talk(k, reqs[i].nlh, reqs[i].fn,
					 reqs[i].data, &words);
		snprintf(reqs[i].extack, sizeof(reqs[i].extack), "%s",
			 words.extack);
		reqs[i].answered = i + lost < cnt;
	}
	return lost ? err_sys(err, -ENOBUFS, "netlink: receive") : 0;
}

struct fake_net *fake_net_new(void)
{
	static const char *const names[] = { "lo", "v0", "v1", "v2" };
	struct fake_net *net = calloc(1, sizeof(*net));
	size_t i;

	if (!net)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(net->devices); i++) {
		net->devices[i].name = names[i];
		net->devices[i].ifindex = i + 1;
		net->devices[i].native_xdp = i > 0;
	}
	return net;
}

void fake_net_free(struct fake_net *net)
{
	size_t i;

	for (i = 0; net && i < ARRAY_SIZE(net->devices); i++)
		tc_free(&net->devices[i]);
	if (net) {
		route_free_all(net);
		act_free(net);
	}
	free(net);
}

static void put_device_state(const struct device *dev, struct buf *text)
{
	static const char *const mode[] = { "skb", "drv", "hw" };
	int i;

	for (i = 0; i < XDP_MODES; i++) {
		if (!dev->xdp[i])
			continue;
		buf_addf(text, "%s xdp %s ", dev->name, mode[i]);
		fake_obj_state(dev->xdp[i], text);
	}
	tc_state(dev, text);
}

void fake_net_state(const struct fake_net *net, struct buf *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(net->devices); i++)
		put_device_state(&net->devices[i], text);
	route_state(net, text);
	act_state(net, text);
}
