/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Deleting a route by what its encapsulation runs. */
#include <errno.h>
#include <sys/socket.h>

#include "encap.h"
#include "hook.h"
#include "query.h"
#include "route.h"

/* The kernel builds the encapsulation to compare the names: any program of
 * the right type will do. */
static int load_stub(struct kern *k, uint32_t type)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct kern_prog prog = {
		.name = "",
		.license = "",
		.insns = nothing,
		.insn_cnt = ARRAY_SIZE(nothing),
		.type = type,
	};

	return k->ops->prog_load(k, &prog);
}

static int load_stubs(struct bpfelf_txn *txn, struct encaps *encaps,
		      struct err *err)
{
	struct encap_prog *prog;
	size_t at = 0;
	int r;

	while ((prog = encaps_next(encaps, &at))) {
		if (prog->fd >= 0)
			continue;
		prog->fd = load_stub(txn->ctx->kern, prog->type);
		if (prog->fd < 0)
			return err_sys(err, prog->fd, "load a program to name '%s' with",
				       prog->name);
		r = txn_hold(txn, prog->fd, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* a route that runs what is asked for, but for marks */
struct marked {
	struct route_place place;
	struct encaps *encaps;		/* its names, once found */
	bool found;
};

static bool is_marked(const struct encap *there, const struct encap *asked)
{
	uint32_t id;
	int at;

	for (at = 0; at < ENCAP_ATS; at++)
		if (!encap_is_name(there->progs[at].name, asked->progs[at].name, &id))
			return false;
	return true;
}

static int look_for_marked(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RTA_MAX + 1];
	struct marked *m = data;
	struct encap *asked = &m->encaps->list[0], there;
	struct route_place place;
	int at;

	if (m->found || !route_is(nlh))
		return 0;
	route_place(nlh, &place);
	nl_attrs(nlh, sizeof(struct rtmsg), tb, RTA_MAX);
	if (!route_same_dst(&place, &m->place) || place.rtm->rtm_tos != m->place.rtm->rtm_tos ||
	    (m->place.metric && place.metric != m->place.metric) ||
	    !encap_parse(tb, &there) || !is_marked(&there, asked))
		return 0;
	for (at = 0; at < ENCAP_ATS; at++)
		strcpy(asked->progs[at].name, there.progs[at].name);
	m->found = true;
	return 0;
}

/* The user's words are those of the load, and need not know of a mark. */
static bool find_marked(struct bpfelf_txn *txn, const struct nlmsghdr *route,
			struct encaps *encaps)
{
	struct marked m = { .encaps = encaps };

	route_place(route, &m.place);
	if (m.place.rtm->rtm_family != AF_INET || encaps->list[0].nexthop)
		return false;
	return query_routes(txn->ctx, AF_INET, look_for_marked, &m) == 0 && m.found;
}

static int send_deletion(struct bpfelf_txn *txn, const struct nlmsghdr *route,
			 const struct encaps *encaps, struct err *err)
{
	struct nl_req req;
	int r;

	r = encaps_put_route(&req, RTM_DELROUTE, 0, route, encaps, err);
	return r ?: hook_do(txn, &req, NULL, NULL, NULL, NULL, err);
}

int hook_lwt_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err)
{
	_cleanup_encaps_ struct encaps encaps = { 0 };
	struct err refused;
	int r;

	r = encaps_read(&encaps, hook->encap, false, err);
	r = r ?: load_stubs(txn, &encaps, err);
	r = r ?: send_deletion(txn, hook->route, &encaps, err);
	if (r != -ESRCH)
		return r;
	refused = *err;
	if (find_marked(txn, hook->route, &encaps))
		return send_deletion(txn, hook->route, &encaps, err);
	*err = refused;
	return r;
}
