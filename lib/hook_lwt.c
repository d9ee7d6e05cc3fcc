/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Adding a route whose encapsulation runs programs: beside those that are
 * there, or in the place of one, which comes back if it is undone.
 */
#include <errno.h>
#include <sys/socket.h>

#include "encap.h"
#include "features.h"
#include "hook.h"
#include "label.h"
#include "query.h"
#include "route.h"

/* ---- what is there ---- */

struct survey {
	const struct encaps *encaps;	/* to be attached */
	struct route_place place;
	bool replace;
	struct buf former;	/* the route to be replaced; empty: none */
	bool former_shares;	/* it has a program of one of these names */
	bool others_share;	/* some other route has one */
};

static bool runs(const struct encap *there, const struct encaps *encaps)
{
	const struct encap_prog *prog;
	size_t n = 0;
	int at;

	while ((prog = encaps_next(encaps, &n)))
		for (at = 0; at < ENCAP_ATS; at++)
			if (prog->type == there->progs[at].type &&
			    str_eq(prog->name, there->progs[at].name))
				return true;
	return false;
}

/* 1: this nexthop has a program of one of the names */
static int nexthop_shares(uint32_t nexthop, const struct nlattr *const *tb,
			  void *data)
{
	const struct survey *s = data;
	struct encap there;

	(void)nexthop;
	return encap_parse(tb, &there) && runs(&there, s->encaps);
}

static int look_at_route(const struct nlmsghdr *nlh, void *data)
{
	struct survey *s = data;
	struct route_place place;
	bool shares;

	if (!route_is(nlh))
		return 0;
	shares = encap_each_nexthop(nlh, nexthop_shares, s);
	route_place(nlh, &place);
	/* of several the first one is replaced */
	if (s->replace && !s->former.len && route_same_place(&place, &s->place)) {
		buf_add(&s->former, nlh, nlh->nlmsg_len);
		s->former_shares = shares;
		return buf_failed(&s->former) ? -ENOMEM : 0;
	}
	s->others_share |= shares;
	return 0;
}

/* IPv6 keeps each route's programs for itself. */
static int survey(struct bpfelf_txn *txn, const struct nlmsghdr *route,
		  const struct encaps *encaps, struct survey *s,
		  struct err *err)
{
	bool ipv4;
	int r;

	*s = (struct survey){ .encaps = encaps };
	if (route->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg)))
		return 0;	/* refused as it is written */
	route_place(route, &s->place);
	ipv4 = s->place.rtm->rtm_family == AF_INET;
	s->replace = route->nlmsg_flags & NLM_F_REPLACE;
	if (!ipv4 && !s->replace)
		return 0;
	r = query_routes(txn->ctx, s->place.rtm->rtm_family, look_at_route, s);
	if (!ipv4)
		s->former_shares = s->others_share = false;
	return r < 0 ? err_wrap(err, "look at the routes that are there") : 0;
}

/* ---- putting it back ---- */

static int add_nexthop(uint32_t nexthop, const struct nlattr *const *tb,
		       void *data)
{
	return encaps_add(data, nexthop, tb);
}

/* Programs that are not in a route yet must not be taken for one that is. */
static void leave_out_new(struct labels *labels, const struct encaps *encaps)
{
	const struct encap_prog *prog;
	size_t at = 0, i, n;

	while ((prog = encaps_next(encaps, &at))) {
		for (i = n = 0; i < labels->cnt; i++)
			if (labels->list[i].id != prog->id)
				labels->list[n++] = labels->list[i];
		labels->cnt = n;
	}
}

/* Descriptors for the programs of a route that is there, by their names */
static int open_progs(struct bpfelf_txn *txn, struct encaps *former,
		      const struct encaps *new, struct err *err)
{
	_cleanup_labels_ struct labels labels = { 0 };
	struct kern *k = txn->ctx->kern;
	struct encap_prog *prog;
	const struct label *l;
	size_t at = 0;
	int r;

	r = labels_read(&labels, txn->ctx);
	leave_out_new(&labels, new);
	while (r == 0 && (prog = encaps_next(former, &at))) {
		l = label_find(&labels, prog->type, prog->name);
		if (!l)
			return -ENOENT;
		prog->id = l->id;
		prog->fd = k->ops->prog_by_id(k, l->id);
		r = prog->fd < 0 ? prog->fd : txn_hold(txn, prog->fd, err);
	}
	return r;
}

static int put_former(struct nl_req *req, const struct survey *s,
		      const struct encaps *encaps, struct err *err)
{
	const struct nlmsghdr *former = (const struct nlmsghdr *)s->former.data;
	int r;

	r = encaps_put_route(req, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
			     former, encaps, err);
	if (r == 0 && route_seconds(former))
		nl_put_u32(req, RTA_EXPIRES, route_seconds(former));
	return r;
}

/* In IPv6 a deletion without a metric takes the first of any. */
static int put_deletion(struct nl_req *req, const struct nlmsghdr *route,
			const struct encaps *encaps, struct err *err)
{
	struct route_place place;
	int r;

	r = encaps_put_route(req, RTM_DELROUTE, 0, route, encaps, err);
	if (r < 0)
		return r;
	route_place(&req->nlh, &place);
	if (place.rtm->rtm_family == AF_INET6 && place.metric == ROUTE_IPV6_METRIC)
		nl_put_u32(req, RTA_PRIORITY, ROUTE_IPV6_METRIC);
	return 0;
}

/* ---- attaching ---- */

struct attachment {
	struct bpfelf_txn *txn;
	const struct nlmsghdr *route;
	struct survey survey;
	struct encaps plain, marked;	/* the same by other names */
	struct encaps former;		/* with descriptors */
	bool knows_former;
};

static void attachment_free(struct attachment *a)
{
	buf_free(&a->survey.former);
	encaps_free(&a->plain);
	encaps_free(&a->marked);
	encaps_free(&a->former);
}

static int ask_ids(struct bpfelf_txn *txn, struct encaps *encaps,
		   struct err *err)
{
	struct kern *k = txn->ctx->kern;
	struct bpf_prog_info info;
	struct encap_prog *prog;
	size_t at = 0;
	int r;

	while ((prog = encaps_next(encaps, &at))) {
		r = k->ops->prog_info(k, prog->fd, &info);
		if (r < 0)
			return err_sys(err, r, "ask for the program");
		prog->id = info.id;
	}
	return 0;
}

static int copy_marked(struct encaps *to, const struct encaps *from,
		       struct err *err)
{
	to->list = calloc(from->cnt + 1, sizeof(*to->list));
	if (!to->list)
		return err_sys(err, -ENOMEM, "route");
	if (from->cnt)
		memcpy(to->list, from->list, from->cnt * sizeof(*to->list));
	to->cnt = from->cnt;
	encaps_mark(to);
	return 0;
}

static void label_all(struct bpfelf_txn *txn, const struct encaps *encaps)
{
	const struct encap_prog *prog;
	size_t at = 0;

	while ((prog = encaps_next(encaps, &at)))
		label_put(txn->ctx, prog->fd, prog->name);
}

/* 0 with nothing found, too: the load goes on, as for a filter */
static int know_former(struct attachment *a, struct err *err)
{
	struct nlmsghdr *former = (struct nlmsghdr *)a->survey.former.data;
	size_t at = 0;
	int r;

	if (!former)
		return 0;
	route_clean(former);
	r = encap_each_nexthop(former, add_nexthop, &a->former);
	if (r == 0 && encaps_next(&a->former, &at))
		r = open_progs(a->txn, &a->former, &a->plain, err);
	if (r == -ENOMEM)
		return err_sys(err, r, "route");
	a->knows_former = r == 0;
	if (r < 0)
		ctx_info(a->txn->ctx, "the route that is replaced could not be put back "
			 "if a later step failed: its programs are not known");
	return 0;
}

/* The request with @encaps, undone by @undo. */
static int send_route(struct attachment *a, uint16_t flags,
		      const struct encaps *encaps, const struct nl_req *undo,
		      struct err *err)
{
	struct nl_req req;
	int r, none = -1;

	r = encaps_put_route(&req, RTM_NEWROUTE, flags, a->route, encaps, err);
	return r ?: hook_do(a->txn, &req, NULL, NULL, undo, &none, err);
}

static int send_first(struct attachment *a, const struct encaps *encaps,
		      struct err *err)
{
	const uint16_t flags = a->route->nlmsg_flags &
			       (NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE | NLM_F_APPEND);
	struct nl_req undo;
	int r;

	if (!a->survey.former.len)
		r = put_deletion(&undo, a->route, encaps, err);
	else
		r = put_former(&undo, &a->survey, &a->former, err);
	if (r < 0)
		return r;
	if (a->survey.former.len && !a->knows_former)
		return send_route(a, flags, encaps, NULL, err);
	return send_route(a, flags, encaps, &undo, err);
}

/* Back to the plain names, now that the former route has gone. On the way
 * back the former one needs a mark first, for the same reason. */
static int send_second(struct attachment *a, struct err *err)
{
	_cleanup_encaps_ struct encaps former = { 0 };
	struct nl_req undo;
	int r;

	if (!a->knows_former)
		return send_route(a, NLM_F_REPLACE, &a->plain, NULL, err);
	r = copy_marked(&former, &a->former, err);
	r = r ?: put_former(&undo, &a->survey, &former, err);
	return r ?: send_route(a, NLM_F_REPLACE, &a->plain, &undo, err);
}

static int attach(struct attachment *a, struct err *err)
{
	const struct survey *s = &a->survey;
	int r;

	if (!s->former_shares && !s->others_share) {
		label_all(a->txn, &a->plain);
		return send_first(a, &a->plain, err);
	}
	label_all(a->txn, s->others_share ? &a->marked : &a->plain);
	r = send_first(a, &a->marked, err);
	if (r < 0)
		return r;
	if (s->others_share) {
		ctx_info(a->txn->ctx, "a route of these names is there with programs of its own: "
			 "in this one they have a mark behind their names");
		return 0;
	}
	if (send_second(a, err) == 0)
		return 0;
	ctx_info(a->txn->ctx, "the route keeps the mark behind its programs' names: %s",
		 err->text);
	err_clear(err);
	label_all(a->txn, &a->marked);
	return 0;
}

static void hint_for_route(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
			   int r, struct err *err)
{
	struct bpfelf_encap encap = { 0 };

	if (r == -EEXIST)
		err_hint(err, "to put it in its place: ip route replace ...");
	if (r != -EOPNOTSUPP)
		return;
	memcpy(&encap, hook->encap, hook->encap->sz < sizeof(encap) ?
				    hook->encap->sz : sizeof(encap));
	feature_hint(txn->ctx->kern, encap.seg6local.txn ? FEATURE_IPV6_SEG6_LWTUNNEL :
							   FEATURE_LWTUNNEL_BPF, r, err);
}

int hook_lwt_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	_cleanup_(attachment_free) struct attachment a = {
		.txn = txn, .route = hook->route,
	};
	int r;

	r = encaps_read(&a.plain, hook->encap, true, err);
	r = r ?: ask_ids(txn, &a.plain, err);
	r = r ?: copy_marked(&a.marked, &a.plain, err);
	r = r ?: survey(txn, hook->route, &a.plain, &a.survey, err);
	r = r ?: know_former(&a, err);
	r = r ?: attach(&a, err);
	hint_for_route(txn, hook, r, err);
	return r;
}
