/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's clsact and ingress qdiscs, and the `bpf` filters in them. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "fake_net.h"

#define QDISC_HANDLE	TC_H_MAKE(TC_H_CLSACT, 0)
#define PREF_AUTO	0x8000		/* what is looked for, ... */
#define PREF_FIRST	0xc000		/* ... and what an empty chain gives */

struct filter {
	struct filter *next;
	uint32_t handle, classid, gen_flags;
	struct fake_obj *prog;		/* NULL: classic */
	bool direct_action;
	char name[256];
	char acts[256];			/* as given: no descriptors, please */
	size_t acts_len;
	struct sock_filter insns[8];
	uint16_t insns_cnt;
};

/* What the kernel calls a classifier instance: all filters of one pref. */
struct prefs {
	struct prefs *next;
	uint32_t parent, chain;
	uint16_t pref, protocol;	/* in network order */
	struct filter *filters;		/* newest first */
};

/* Qdiscs */

static int answer_qdisc(struct talk *t, const struct device *dev, uint16_t type)
{
	struct tcmsg *tcm = nl_start(&t->reply, type, 0, sizeof(*tcm));

	tcm->tcm_ifindex = dev->ifindex;
	tcm->tcm_handle = QDISC_HANDLE;
	tcm->tcm_parent = TC_H_CLSACT;
	tcm->tcm_info = 1;
	nl_put_str(&t->reply, TCA_KIND, dev->qdisc);
	return net_answer(t);
}

int tc_dump_qdiscs(struct talk *t)
{
	struct fake_net *net = t->world->net;
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(net->devices) && r == 0; i++)
		if (net->devices[i].qdisc)
			r = answer_qdisc(t, &net->devices[i], RTM_NEWQDISC);
	return r;
}

static void free_prefs(struct prefs **at)
{
	struct prefs *prefs = *at;
	struct filter *filter;

	*at = prefs->next;
	while ((filter = prefs->filters)) {
		prefs->filters = filter->next;
		free(filter);
	}
	free(prefs);
}

void tc_free(struct device *dev)
{
	while (dev->prefs)
		free_prefs(&dev->prefs);
	dev->qdisc = NULL;
}

static const char *known_qdisc(const char *kind)
{
	if (kind && str_eq(kind, "clsact"))
		return "clsact";
	return kind && str_eq(kind, "ingress") ? "ingress" : NULL;
}

static int new_qdisc(struct talk *t, struct device *dev, const char *kind)
{
	if (dev->qdisc) {
		if (net_has(t, NLM_F_EXCL))
			return net_refuse(t, -EEXIST, "Exclusivity flag on, cannot modify");
		if (kind && !str_eq(kind, dev->qdisc))
			return net_refuse(t, -EINVAL, "Invalid qdisc name: must match existing qdisc");
		return 0;
	}
	if (!net_has(t, NLM_F_CREATE))
		return net_refuse(t, -ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag");
	dev->qdisc = t->world->fake->no_clsact ? NULL : known_qdisc(kind);
	if (!dev->qdisc)
		return net_refuse(t, -ENOENT, "Specified qdisc kind is unknown");
	return net_has(t, NLM_F_ECHO) ? answer_qdisc(t, dev, RTM_NEWQDISC) : 0;
}

static int del_qdisc(struct talk *t, struct device *dev, const char *kind)
{
	if (!dev->qdisc)
		return net_refuse(t, -ENOENT, "Cannot find specified qdisc on specified device");
	if (kind && !str_eq(kind, dev->qdisc))
		return net_refuse(t, -EINVAL, "Invalid qdisc name: must match existing qdisc");
	tc_free(dev);
	return 0;
}

int tc_change_qdisc(struct talk *t)
{
	const struct tcmsg *tcm = nl_payload(t->req);
	struct device *dev = net_by_index(t->world, tcm->tcm_ifindex);
	const struct nlattr *tb[TCA_KIND + 1];

	if (!dev)
		return -ENODEV;
	if (tcm->tcm_parent != TC_H_CLSACT)
		return net_refuse(t, -ENOENT, "Failed to find specified qdisc");
	nl_attrs(t->req, sizeof(*tcm), tb, TCA_KIND);
	if (t->req->nlmsg_type == RTM_NEWQDISC)
		return new_qdisc(t, dev, nl_str(tb[TCA_KIND]));
	return del_qdisc(t, dev, nl_str(tb[TCA_KIND]));
}

/* Filters */

/* A request about filters, read. */
struct wanted {
	struct device *dev;
	uint32_t parent, chain, handle;
	uint16_t pref, protocol;
	const char *kind;
	const struct nlattr *options;
};

static int read_parent(struct talk *t, struct wanted *w)
{
	if (!w->dev->qdisc)
		return net_refuse(t, -EINVAL, "Parent Qdisc doesn't exists");
	/* the ingress qdisc has one list, whatever minor is asked for */
	if (str_eq(w->dev->qdisc, "ingress")) {
		w->parent = QDISC_HANDLE;
		return 0;
	}
	if (w->parent != TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) &&
	    w->parent != TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS))
		return -EINVAL;
	return 0;
}

static int read_wanted(struct talk *t, struct wanted *w)
{
	const struct tcmsg *tcm = nl_payload(t->req);
	const struct nlattr *tb[TCA_CHAIN + 1];

	nl_attrs(t->req, sizeof(*tcm), tb, TCA_CHAIN);
	w->dev = net_by_index(t->world, tcm->tcm_ifindex);
	w->parent = tcm->tcm_parent;
	w->handle = tcm->tcm_handle;
	w->pref = TC_H_MAJ(tcm->tcm_info) >> 16;
	w->protocol = TC_H_MIN(tcm->tcm_info);
	w->chain = nl_u32(tb[TCA_CHAIN], 0);
	w->kind = nl_str(tb[TCA_KIND]);
	w->options = tb[TCA_OPTIONS];
	return w->dev ? read_parent(t, w) : -ENODEV;
}

static bool before(const struct prefs *prefs, uint32_t parent, uint32_t chain,
		   uint16_t pref)
{
	if (prefs->parent != parent)
		return prefs->parent < parent;
	if (prefs->chain != chain)
		return prefs->chain < chain;
	return prefs->pref < pref;
}

/* the link that points, or would point, to this pref */
static struct prefs **place_of(const struct wanted *w, uint16_t pref)
{
	struct prefs **at = &w->dev->prefs;

	while (*at && before(*at, w->parent, w->chain, pref))
		at = &(*at)->next;
	return at;
}

static bool in_chain(const struct prefs *prefs, const struct wanted *w)
{
	return prefs && prefs->parent == w->parent && prefs->chain == w->chain;
}

static bool chain_is_empty(const struct wanted *w)
{
	return !in_chain(*place_of(w, 0), w);
}

static int find_prefs(struct talk *t, const struct wanted *w,
		      struct prefs ***found)
{
	struct prefs **at = place_of(w, w->pref);

	if (!in_chain(*at, w) || (*at)->pref != w->pref)
		return net_refuse(t, -ENOENT, "Filter with specified priority/protocol not found");
	if (w->protocol && (*at)->protocol != w->protocol)
		return net_refuse(t, -EINVAL, "Protocol mismatch for filter with specified priority");
	if (w->kind && !str_eq(w->kind, "bpf"))
		return net_refuse(t, -EINVAL, "Specified filter kind does not match existing one");
	*found = at;
	return 0;
}

static struct filter **find_filter(struct prefs *prefs, uint32_t handle)
{
	struct filter **at = &prefs->filters;

	while (*at && (*at)->handle != handle)
		at = &(*at)->next;
	return at;
}

static void put_prog(struct nl_req *req, const struct filter *filter)
{
	const struct fake_obj *prog = filter->prog;

	if (prog) {
		nl_put_u32(req, TCA_BPF_ID, prog->id);
		nl_put(req, TCA_BPF_TAG, &prog->tag, sizeof(prog->tag));
		return;
	}
	nl_put(req, TCA_BPF_OPS_LEN, &filter->insns_cnt,
	       sizeof(filter->insns_cnt));
	nl_put(req, TCA_BPF_OPS, filter->insns,
	       filter->insns_cnt * sizeof(filter->insns[0]));
}

static void put_options(struct nl_req *req, const struct filter *filter)
{
	struct nlattr *nest = nl_nest(req, TCA_OPTIONS);

	if (filter->classid)
		nl_put_u32(req, TCA_BPF_CLASSID, filter->classid);
	if (filter->name[0])
		nl_put_str(req, TCA_BPF_NAME, filter->name);
	if (filter->acts_len)
		nl_put(req, TCA_BPF_ACT, filter->acts, filter->acts_len);
	put_prog(req, filter);
	if (filter->direct_action)
		nl_put_u32(req, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	nl_put_u32(req, TCA_BPF_FLAGS_GEN,
		   filter->gen_flags | TCA_CLS_FLAGS_NOT_IN_HW);
	nl_nest_end(req, nest);
}

/* without a filter: the line that a dump gives for the pref itself */
static int answer_filter(struct talk *t, const struct device *dev,
			 const struct prefs *prefs, const struct filter *filter)
{
	struct tcmsg *tcm;

	tcm = nl_start(&t->reply, RTM_NEWTFILTER, 0, sizeof(*tcm));
	tcm->tcm_ifindex = dev->ifindex;
	tcm->tcm_parent = prefs->parent;
	tcm->tcm_info = TC_H_MAKE((uint32_t)prefs->pref << 16, prefs->protocol);
	nl_put_str(&t->reply, TCA_KIND, "bpf");
	nl_put_u32(&t->reply, TCA_CHAIN, prefs->chain);
	if (filter) {
		tcm->tcm_handle = filter->handle;
		put_options(&t->reply, filter);
	}
	return net_answer(t);
}

static int dump_prefs(struct talk *t, const struct device *dev,
		      const struct prefs *prefs)
{
	const struct filter *filter;
	int r = answer_filter(t, dev, prefs, NULL);

	for (filter = prefs->filters; filter && r == 0; filter = filter->next)
		r = answer_filter(t, dev, prefs, filter);
	return r;
}

/* A dump narrows down by everything that is given. */
static int dump_filters(struct talk *t)
{
	const struct tcmsg *tcm = nl_payload(t->req);
	const struct nlattr *tb[TCA_CHAIN + 1];
	const struct prefs *prefs;
	struct wanted w = { 0 };
	int r = 0;

	/* nothing there to list is no failure */
	if (read_wanted(t, &w) < 0)
		return 0;
	nl_attrs(t->req, sizeof(*tcm), tb, TCA_CHAIN);
	for (prefs = w.dev->prefs; prefs && r == 0; prefs = prefs->next)
		if (prefs->parent == w.parent &&
		    (!tb[TCA_CHAIN] || prefs->chain == w.chain) &&
		    (!w.pref || prefs->pref == w.pref) &&
		    (!w.protocol || prefs->protocol == w.protocol))
			r = dump_prefs(t, w.dev, prefs);
	return r;
}

int tc_get_filter(struct talk *t)
{
	struct prefs **prefs;
	struct filter *filter;
	struct wanted w;
	int r;

	if (net_is_dump(t))
		return dump_filters(t);
	r = read_wanted(t, &w);
	if (r < 0)
		return r;
	if (!w.pref)
		return net_refuse(t, -ENOENT, "Invalid filter command with priority of zero");
	if (chain_is_empty(&w))
		return net_refuse(t, -EINVAL, "Cannot find specified filter chain");
	r = find_prefs(t, &w, &prefs);
	if (r < 0)
		return r;
	filter = *find_filter(*prefs, w.handle);
	if (!filter)
		return net_refuse(t, -ENOENT, "Specified filter handle not found");
	return answer_filter(t, w.dev, *prefs, filter);
}

static size_t copy(void *to, size_t size, const struct nlattr *attr)
{
	size_t len = attr ? nl_len(attr) : 0;

	if (len > size)
		return 0;
	if (len)
		memcpy(to, nl_data(attr), len);
	return len;
}

static int read_classic(const struct nlattr **tb, struct filter *filter)
{
	filter->insns_cnt = nl_u16(tb[TCA_BPF_OPS_LEN], 0);
	if (copy(filter->insns, sizeof(filter->insns), tb[TCA_BPF_OPS]) !=
	    filter->insns_cnt * sizeof(filter->insns[0]))
		return -EINVAL;
	return 0;
}

static int read_options(struct talk *t, const struct nlattr *options,
			struct filter *filter)
{
	const struct nlattr *tb[TCA_BPF_MAX + 1];
	uint32_t flags;
	int r;

	nl_nested(options, tb, TCA_BPF_MAX);
	flags = nl_u32(tb[TCA_BPF_FLAGS], 0);
	filter->gen_flags = nl_u32(tb[TCA_BPF_FLAGS_GEN], 0);
	if (!tb[TCA_BPF_FD] == !tb[TCA_BPF_OPS] ||
	    flags & ~TCA_BPF_FLAG_ACT_DIRECT)
		return -EINVAL;
	r = tb[TCA_BPF_FD]
	  ? fake_prog_of(t->world, nl_u32(tb[TCA_BPF_FD], -1),
			 BPF_PROG_TYPE_SCHED_CLS, &filter->prog)
	  : read_classic(tb, filter);
	if (r < 0)
		return r;
	filter->acts_len = copy(filter->acts, sizeof(filter->acts),
				tb[TCA_BPF_ACT]);
	if (filter->gen_flags & TCA_CLS_FLAGS_SKIP_SW)
		return -EOPNOTSUPP;
	filter->classid = nl_u32(tb[TCA_BPF_CLASSID], 0);
	filter->direct_action = flags & TCA_BPF_FLAG_ACT_DIRECT;
	snprintf(filter->name, sizeof(filter->name), "%s",
		 nl_str(tb[TCA_BPF_NAME]) ?: "");
	return 0;
}

/* A new pref goes before the first automatic one. */
static uint16_t choose_pref(const struct wanted *w)
{
	struct prefs *next = *place_of(w, PREF_AUTO);

	return in_chain(next, w) ? next->pref - 1 : PREF_FIRST;
}

static uint32_t choose_handle(struct prefs *prefs)
{
	uint32_t handle = 1;

	while (*find_filter(prefs, handle))
		handle++;
	return handle;
}

/* The pref, made if need be; *made tells whether it was. */
static int take_prefs(struct talk *t, struct wanted *w, struct prefs ***found,
		      bool *made)
{
	struct prefs **at, *prefs;

	*made = false;
	if (!w->pref && !net_has(t, NLM_F_CREATE))
		return net_refuse(t, -ENOENT, "Invalid filter command with priority of zero");
	if (!w->pref)
		w->pref = choose_pref(w);
	at = place_of(w, w->pref);
	if (in_chain(*at, w) && (*at)->pref == w->pref)
		return find_prefs(t, w, found);
	if (!w->kind || !w->protocol)
		return net_refuse(t, -EINVAL, "Filter kind and protocol must be specified");
	if (!net_has(t, NLM_F_CREATE))
		return net_refuse(t, -ENOENT, "Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter");
	if (!str_eq(w->kind, "bpf") || t->world->fake->no_cls_bpf)
		return net_refuse(t, -ENOENT, "TC classifier not found");
	prefs = calloc(1, sizeof(*prefs));
	if (!prefs)
		return -ENOMEM;
	prefs->parent = w->parent;
	prefs->chain = w->chain;
	prefs->pref = w->pref;
	prefs->protocol = w->protocol;
	prefs->next = *at;
	*at = prefs;
	*found = at;
	*made = true;
	return 0;
}

/* A filter that takes the place of another keeps its handle and its order. */
static int put_filter(struct talk *t, const struct wanted *w,
		      struct prefs *prefs)
{
	struct filter **at = find_filter(prefs, w->handle);
	struct filter *filter, read = { 0 };
	int r;

	if (!*at && !net_has(t, NLM_F_CREATE))
		return net_refuse(t, -ENOENT, "Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter");
	if (*at && net_has(t, NLM_F_EXCL))
		return net_refuse(t, -EEXIST, "Filter already exists");
	r = read_options(t, w->options, &read);
	if (r < 0)
		return r;
	filter = *at ?: calloc(1, sizeof(*filter));
	if (!filter)
		return -ENOMEM;
	read.handle = w->handle ?: choose_handle(prefs);
	read.next = *at ? filter->next : prefs->filters;
	if (!*at)
		prefs->filters = filter;
	*filter = read;
	return net_has(t, NLM_F_ECHO) ? answer_filter(t, w->dev, prefs, filter) : 0;
}

int tc_new_filter(struct talk *t)
{
	struct prefs **prefs = NULL;
	struct wanted w;
	bool made;
	int r;

	r = read_wanted(t, &w);
	r = r ?: take_prefs(t, &w, &prefs, &made);
	if (r)
		return r;
	r = put_filter(t, &w, *prefs);
	if (made && !(*prefs)->filters)
		free_prefs(prefs);
	return r;
}

static void flush_chain(const struct wanted *w)
{
	while (!chain_is_empty(w))
		free_prefs(place_of(w, 0));
}

static int del_one(struct talk *t, const struct wanted *w, struct prefs **prefs)
{
	struct filter **at = find_filter(*prefs, w->handle), *filter = *at;

	if (!filter)
		return net_refuse(t, -ENOENT, "Specified filter handle not found");
	*at = filter->next;
	free(filter);
	if (!(*prefs)->filters)
		free_prefs(prefs);
	return 0;
}

int tc_del_filter(struct talk *t)
{
	struct prefs **prefs;
	struct wanted w;
	int r;

	r = read_wanted(t, &w);
	if (r < 0)
		return r;
	if (!w.pref && (w.protocol || w.handle || w.kind))
		return net_refuse(t, -ENOENT, "Cannot flush filters with protocol, handle or kind set");
	if (!w.pref) {
		flush_chain(&w);
		return 0;
	}
	if (chain_is_empty(&w))
		return net_refuse(t, -ENOENT, "Cannot find specified filter chain");
	r = find_prefs(t, &w, &prefs);
	if (r < 0)
		return r;
	if (w.handle)
		return del_one(t, &w, prefs);
	free_prefs(prefs);
	return 0;
}

/* As text */

static void put_filter_state(const struct device *dev,
			     const struct prefs *prefs, struct buf *text)
{
	const struct filter *f;

	for (f = prefs->filters; f; f = f->next) {
		buf_addf(text, "%s filter %x: chain %u pref %u protocol %#x handle %u ",
			 dev->name, TC_H_MIN(prefs->parent), prefs->chain,
			 prefs->pref, ntohs(prefs->protocol), f->handle);
		buf_addf(text, "classid %#x flags %#x%s '%s' ", f->classid,
			 f->gen_flags, f->direct_action ? " da" : "", f->name);
		if (f->acts_len)
			buf_addf(text, "acts %zu ", f->acts_len);
		if (f->prog)
			fake_obj_state(f->prog, text);
		else
			buf_addf(text, "classic %u\n", f->insns_cnt);
	}
}

void tc_state(const struct device *dev, struct buf *text)
{
	const struct prefs *prefs;

	if (dev->qdisc)
		buf_addf(text, "%s qdisc %s\n", dev->name, dev->qdisc);
	for (prefs = dev->prefs; prefs; prefs = prefs->next)
		put_filter_state(dev, prefs, text);
}
