/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "encap.h"

#include <errno.h>
#include <linux/lwtunnel.h>
#include <linux/seg6_local.h>
#include <stdio.h>

/* both numberings are one; so are those of the names */
_Static_assert((int)LWT_BPF_PROG_FD == (int)SEG6_LOCAL_BPF_PROG &&
	       (int)LWT_BPF_PROG_NAME == (int)SEG6_LOCAL_BPF_PROG_NAME,
	       "a program is written down in one way");

static const struct place {
	const char *word;
	uint16_t encap_type;
	uint16_t attr;
	uint32_t prog_type;
	size_t offset;
} places[ENCAP_ATS] = {
	[ENCAP_IN] = {
		"in", LWTUNNEL_ENCAP_BPF, LWT_BPF_IN, BPF_PROG_TYPE_LWT_IN,
		offsetof(struct bpfelf_encap, in),
	},
	[ENCAP_OUT] = {
		"out", LWTUNNEL_ENCAP_BPF, LWT_BPF_OUT, BPF_PROG_TYPE_LWT_OUT,
		offsetof(struct bpfelf_encap, out),
	},
	[ENCAP_XMIT] = {
		"xmit", LWTUNNEL_ENCAP_BPF, LWT_BPF_XMIT, BPF_PROG_TYPE_LWT_XMIT,
		offsetof(struct bpfelf_encap, xmit),
	},
	[ENCAP_SEG6LOCAL] = {
		"seg6local", LWTUNNEL_ENCAP_SEG6_LOCAL, SEG6_LOCAL_BPF,
		BPF_PROG_TYPE_LWT_SEG6LOCAL,
		offsetof(struct bpfelf_encap, seg6local),
	},
};

struct encap_prog *encaps_next(const struct encaps *encaps, size_t *at)
{
	struct encap_prog *prog;

	while (*at < encaps->cnt * ENCAP_ATS) {
		prog = &encaps->list[*at / ENCAP_ATS].progs[*at % ENCAP_ATS];
		++*at;
		if (*prog->name)
			return prog;
	}
	return NULL;
}

/* ---- the caller's list ---- */

static int read_prog(struct encap_prog *prog, const struct place *place,
		     const struct bpfelf_lwt *from, bool to_attach,
		     struct err *err)
{
	const struct bpfelf_txn *txn = from->txn;
	const char *name = from->name ?: txn ? bpfelf_txn_name(txn) : "";

	*prog = (struct encap_prog){ place->prog_type, txn ? txn->prog_fd : -1, 0, "" };
	if (txn && txn->prog_type != place->prog_type)
		return err_set(err, -EINVAL, "the program is of type %u, '%s' of a route takes type %u",
			       txn->prog_type, place->word, place->prog_type);
	if (to_attach && prog->fd < 0 && (txn || from->name))
		return err_set(err, -EINVAL, "'%s' of a route: the transaction has no program",
			       place->word);
	if (strlen(name) >= sizeof(prog->name))
		return err_set(err, -ENAMETOOLONG, "'%s' of a route: a name of more than %zu bytes",
			       place->word, sizeof(prog->name) - 1);
	if ((txn || from->name) && !*name)
		return err_set(err, -EINVAL, "'%s' of a route: a program without a name",
			       place->word);
	strcpy(prog->name, name);
	return 0;
}

static bool has_bpf(const struct encap *encap)
{
	return *encap->progs[ENCAP_IN].name || *encap->progs[ENCAP_OUT].name ||
	       *encap->progs[ENCAP_XMIT].name;
}

static bool has_seg6local(const struct encap *encap)
{
	return *encap->progs[ENCAP_SEG6LOCAL].name;
}

static int read_encap(struct encap *encap, const struct bpfelf_encap *from,
		      bool to_attach, struct err *err)
{
	struct bpfelf_encap known = { 0 };
	int r, i;

	r = ctx_check_sz(err, from, from->sz, sizeof(known));
	if (r < 0)
		return r;
	memcpy(&known, from, from->sz < sizeof(known) ? from->sz : sizeof(known));
	encap->nexthop = known.nexthop;
	encap->headroom = known.headroom;
	encap->count = known.count;
	for (i = 0; i < ENCAP_ATS; i++) {
		r = read_prog(&encap->progs[i], &places[i],
			      (const void *)((const char *)&known + places[i].offset),
			      to_attach, err);
		if (r < 0)
			return r;
	}
	if (encap->count && !has_seg6local(encap))
		return err_set(err, -EINVAL, "only seg6local counts packets");
	if (has_bpf(encap) == has_seg6local(encap))
		return err_set(err, -EINVAL, "an encapsulation takes in, out and xmit, or seg6local");
	return 0;
}

/* room for one more, which is not counted yet */
static struct encap *room(struct encaps *encaps)
{
	struct encap *list;

	list = reallocarray(encaps->list, encaps->cnt + 1, sizeof(*list));
	if (!list)
		return NULL;
	encaps->list = list;
	return &list[encaps->cnt];
}

int encaps_read(struct encaps *encaps, const struct bpfelf_encap *from,
		bool to_attach, struct err *err)
{
	struct encap *encap;
	int r;

	*encaps = (struct encaps){ 0 };
	for (; from; from = from->next) {
		encap = room(encaps);
		if (!encap)
			return err_sys(err, -ENOMEM, "route");
		r = read_encap(encap, from, to_attach, err);
		if (r < 0)
			return r;
		encaps->cnt++;
	}
	return 0;
}

void encaps_free(struct encaps *encaps)
{
	free(encaps->list);
}

/* ---- to attributes ---- */

static void put_prog(struct nl_req *req, uint16_t type,
		     const struct encap_prog *prog)
{
	struct nlattr *nest = nl_nest(req, type | NLA_F_NESTED);

	nl_put_u32(req, LWT_BPF_PROG_FD, prog->fd);
	nl_put_str(req, LWT_BPF_PROG_NAME, prog->name);
	nl_nest_end(req, nest);
}

/* their being there counts, not their values */
static void put_counters(struct nl_req *req)
{
	struct nlattr *nest = nl_nest(req, SEG6_LOCAL_COUNTERS | NLA_F_NESTED);
	const uint64_t zero = 0;

	nl_put(req, SEG6_LOCAL_CNT_PACKETS, &zero, sizeof(zero));
	nl_put(req, SEG6_LOCAL_CNT_BYTES, &zero, sizeof(zero));
	nl_put(req, SEG6_LOCAL_CNT_ERRORS, &zero, sizeof(zero));
	nl_nest_end(req, nest);
}

static void put_encap(struct nl_req *req, const struct encap *encap)
{
	const uint16_t type = has_bpf(encap) ? LWTUNNEL_ENCAP_BPF :
					       LWTUNNEL_ENCAP_SEG6_LOCAL;
	struct nlattr *nest = nl_nest(req, RTA_ENCAP | NLA_F_NESTED);
	int i;

	if (type == LWTUNNEL_ENCAP_SEG6_LOCAL)
		nl_put_u32(req, SEG6_LOCAL_ACTION, SEG6_LOCAL_ACTION_END_BPF);
	for (i = 0; i < ENCAP_ATS; i++)
		if (*encap->progs[i].name)
			put_prog(req, places[i].attr, &encap->progs[i]);
	if (encap->headroom)
		nl_put_u32(req, LWT_BPF_XMIT_HEADROOM, encap->headroom);
	if (encap->count)
		put_counters(req);
	nl_nest_end(req, nest);
	nl_put(req, RTA_ENCAP_TYPE, &type, sizeof(type));
}

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
			nl_put(req, attr->nla_type, nl_data(attr),
			       nl_len(attr));
	}
	if (encap)
		put_encap(req, encap);
}

static bool nexthop_ok(const struct rtnexthop *nh, size_t len)
{
	return len >= sizeof(*nh) && nh->rtnh_len >= sizeof(*nh) &&
	       nh->rtnh_len <= len;
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
	size_t len = nl_len(multi), step;
	const char *at = nl_data(multi);
	struct nlattr *nest = nl_nest(req, RTA_MULTIPATH);
	uint32_t count = 0;

	for (; nexthop_ok((const void *)at, len); at += step, len -= step) {
		put_nexthop(req, (const void *)at, find_encap(encaps, ++count));
		step = step_of(((const struct rtnexthop *)at)->rtnh_len, len);
	}
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

/* ---- marks ---- */

/* The kernel's limit is for what is marked, too: the name loses its end. */
static void mark(struct encap_prog *prog)
{
	char text[16];
	size_t len = snprintf(text, sizeof(text), "#%u", prog->id);
	size_t at = strlen(prog->name);

	if (at + len >= sizeof(prog->name))
		at = sizeof(prog->name) - 1 - len;
	strcpy(prog->name + at, text);
}

void encaps_mark(struct encaps *encaps)
{
	struct encap_prog *prog;
	size_t at = 0;

	while ((prog = encaps_next(encaps, &at)))
		mark(prog);
}

bool encap_is_name(const char *there, const char *name, uint32_t *id)
{
	const size_t len = strlen(name);
	unsigned long number;
	char *end;

	*id = 0;
	if (strncmp(there, name, len) != 0)
		return false;
	if (!there[len])
		return true;
	if (there[len] != '#' || there[len + 1] < '1' || there[len + 1] > '9')
		return false;
	number = strtoul(there + len + 1, &end, 10);
	*id = number;
	return !*end && number <= UINT32_MAX;
}

/* ---- from attributes ---- */

static bool parse_prog(const struct nlattr *nest, struct encap_prog *prog)
{
	const struct nlattr *tb[LWT_BPF_PROG_MAX + 1];
	const char *name;

	nl_nested(nest, tb, LWT_BPF_PROG_MAX);
	name = nl_str(tb[LWT_BPF_PROG_NAME]);
	prog->fd = -1;
	snprintf(prog->name, sizeof(prog->name), "%s", name ?: "");
	return *prog->name;
}

bool encap_parse(const struct nlattr *const *tb, struct encap *encap)
{
	const struct nlattr *nest[SEG6_LOCAL_MAX + 1];
	uint16_t type = nl_u16(tb[RTA_ENCAP_TYPE], LWTUNNEL_ENCAP_NONE);
	bool any = false;
	int i;

	memset(encap, 0, sizeof(*encap));
	nl_nested(tb[RTA_ENCAP], nest, SEG6_LOCAL_MAX);
	for (i = 0; i < ENCAP_ATS; i++) {
		encap->progs[i].type = places[i].prog_type;
		if (type == places[i].encap_type && nest[places[i].attr])
			any |= parse_prog(nest[places[i].attr], &encap->progs[i]);
	}
	if (any && type == LWTUNNEL_ENCAP_BPF)
		encap->headroom = nl_u32(nest[LWT_BPF_XMIT_HEADROOM], 0);
	if (any && type == LWTUNNEL_ENCAP_SEG6_LOCAL)
		encap->count = nest[SEG6_LOCAL_COUNTERS];
	return any;
}

int encaps_add(struct encaps *encaps, uint32_t nexthop,
	       const struct nlattr *const *tb)
{
	struct encap *encap = room(encaps);

	if (!encap)
		return -ENOMEM;
	if (!encap_parse(tb, encap))
		return 0;
	encap->nexthop = nexthop;
	encaps->cnt++;
	return 0;
}

int encap_each_nexthop(const struct nlmsghdr *route, encap_nexthop_fn fn,
		       void *data)
{
	const struct nlattr *tb[RTA_MAX + 1], *multi;
	uint32_t count = 0;
	size_t len, step;
	const char *at;
	int r = 0;

	nl_attrs(route, sizeof(struct rtmsg), tb, RTA_MAX);
	multi = tb[RTA_MULTIPATH];
	if (!multi)
		return fn(0, tb, data);
	at = nl_data(multi);
	len = nl_len(multi);
	for (; nexthop_ok((const void *)at, len) && r == 0; at += step, len -= step) {
		nl_parse(at + sizeof(struct rtnexthop), ((const struct rtnexthop *)at)->rtnh_len -
			 sizeof(struct rtnexthop), tb, RTA_MAX);
		r = fn(++count, tb, data);
		step = step_of(((const struct rtnexthop *)at)->rtnh_len, len);
	}
	return r;
}
