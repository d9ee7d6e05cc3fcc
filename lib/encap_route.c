/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a route's message has its encapsulations: its own, each nexthop's. */
#include "encap.h"

#include <errno.h>

static const struct encap *find_encap(const struct encaps *encaps,
				      uint32_t nexthop)
{
	size_t i;

	for (i = 0; i < encaps->cnt; i++)
		if (encaps->list[i].nexthop == nexthop)
			return &encaps->list[i];
	return NULL;
}

/* what a route that is put back cannot have: of the nexthop object's, if it
 * has one, and what the kernel alone says */
static bool is_left_out(uint16_t type, bool has_encap, bool has_nhid)
{
	switch (type) {
	case RTA_MULTIPATH:	/* see put_nexthops() */
	case RTA_CACHEINFO:
		return true;
	case RTA_ENCAP:
	case RTA_ENCAP_TYPE:
		return has_encap || has_nhid;
	case RTA_OIF:
	case RTA_GATEWAY:
	case RTA_VIA:
		return has_nhid;
	}
	return false;
}

/* to the next one, or to the end: the last one need not be padded */
static size_t step_of(size_t size, size_t left)
{
	return (size_t)NLA_ALIGN(size) < left ? (size_t)NLA_ALIGN(size) : left;
}

/* The attributes of the route or of a nexthop, and what it runs. */
static void put_attrs(struct nl_req *req, const char *at, size_t len,
		      const struct encap *encap, bool has_nhid)
{
	const struct nlattr *attr;
	size_t step;

	for (; len >= sizeof(*attr); at += step, len -= step) {
		attr = (const struct nlattr *)at;
		if (attr->nla_len < sizeof(*attr) || attr->nla_len > len)
			break;
		step = step_of(attr->nla_len, len);
		if (!is_left_out(nl_type(attr), encap, has_nhid))
			nl_put(req, attr->nla_type, nl_data(attr), nl_len(attr));
	}
	if (encap)
		encap_put(req, encap);
}

/* The nexthop behind @nh, the first for NULL; NULL: no more */
static const struct rtnexthop *next_nexthop(const struct nlattr *multi,
					    const struct rtnexthop *nh)
{
	const char *at = nl_data(multi), *end = at + nl_len(multi);

	if (nh)
		at = (const char *)nh + step_of(nh->rtnh_len, end - (const char *)nh);
	nh = (const void *)at;
	return (size_t)(end - at) >= sizeof(*nh) && nh->rtnh_len >= sizeof(*nh) &&
	       nh->rtnh_len <= end - at ? nh : NULL;
}

static void put_nexthop(struct nl_req *req, const struct rtnexthop *nh,
			const struct encap *encap)
{
	const size_t start = req->nlh.nlmsg_len;
	struct rtnexthop *copy = nl_room(req, sizeof(*nh));

	if (!copy)
		return;
	memcpy(copy, nh, sizeof(*nh));
	put_attrs(req, (const char *)nh + sizeof(*nh),
		  nh->rtnh_len - sizeof(*nh), encap, false);
	copy->rtnh_len = req->nlh.nlmsg_len - start;
}

static uint32_t put_nexthops(struct nl_req *req, const struct nlattr *multi,
			     const struct encaps *encaps)
{
	struct nlattr *nest = nl_nest(req, RTA_MULTIPATH);
	const struct rtnexthop *nh = NULL;
	uint32_t count = 0;

	while ((nh = next_nexthop(multi, nh)))
		put_nexthop(req, nh, find_encap(encaps, ++count));
	nl_nest_end(req, nest);
	return count;
}

static int check_places(const struct encaps *encaps, uint32_t count,
			struct err *err)
{
	size_t i;

	for (i = 0; i < encaps->cnt; i++) {
		if (encaps->list[i].nexthop > count)
			return err_set(err, -EINVAL, "the route has no nexthop %u",
				       encaps->list[i].nexthop);
		if (find_encap(encaps, encaps->list[i].nexthop) != &encaps->list[i])
			return err_set(err, -EINVAL, "two encapsulations for nexthop %u",
				       encaps->list[i].nexthop);
	}
	return 0;
}

int encaps_put_route(struct nl_req *req, uint16_t type, uint16_t flags,
		     const struct nlmsghdr *msg, const struct encaps *encaps,
		     struct err *err)
{
	const size_t hdrlen = NLMSG_LENGTH(sizeof(struct rtmsg));
	const struct nlattr *tb[RTA_MAX + 1];
	uint32_t count = 0;

	if (msg->nlmsg_len < hdrlen)
		return err_set(err, -EINVAL, "a route's message without struct rtmsg");
	nl_attrs(msg, sizeof(struct rtmsg), tb, RTA_MAX);
	memcpy(nl_start(req, type, flags, sizeof(struct rtmsg)), NLMSG_DATA(msg),
	       sizeof(struct rtmsg));
	put_attrs(req, (const char *)msg + hdrlen, msg->nlmsg_len - hdrlen,
		  find_encap(encaps, 0), tb[RTA_NH_ID]);
	if (tb[RTA_MULTIPATH] && !tb[RTA_NH_ID])
		count = put_nexthops(req, tb[RTA_MULTIPATH], encaps);
	return check_places(encaps, count, err);
}

int encap_each_nexthop(const struct nlmsghdr *route, encap_nexthop_fn fn,
		       void *data)
{
	const struct nlattr *tb[RTA_MAX + 1], *multi;
	const struct rtnexthop *nh = NULL;
	uint32_t count = 0;
	int r = 0;

	nl_attrs(route, sizeof(struct rtmsg), tb, RTA_MAX);
	multi = tb[RTA_MULTIPATH];
	if (!multi)
		return fn(0, tb, data);
	while (r == 0 && (nh = next_nexthop(multi, nh))) {
		nl_parse(nh + 1, nh->rtnh_len - sizeof(*nh), tb, RTA_MAX);
		r = fn(++count, tb, data);
	}
	return r;
}
