/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "act.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_bpf.h>

#include "hook.h"

#define RTAB_SIZE	1024	/* TC_RTAB_SIZE: what the kernel insists on */
#define RTAB_CELL_LOG	3	/* any but 0 */

void act_put_bpf(struct nl_req *req, const struct act_bpf *act)
{
	struct tc_act_bpf parms = {
		.index = act->index, .action = act->control,
	};
	struct nlattr *options;
	uint16_t cnt = act->bytecode_cnt;

	nl_put_str(req, TCA_ACT_KIND, "bpf");
	options = nl_nest(req, TCA_ACT_OPTIONS | NLA_F_NESTED);
	if (cnt) {
		nl_put(req, TCA_ACT_BPF_OPS_LEN, &cnt, sizeof(cnt));
		nl_put(req, TCA_ACT_BPF_OPS, act->bytecode,
		       cnt * sizeof(*act->bytecode));
	} else if (act->prog_fd >= 0) {
		nl_put_u32(req, TCA_ACT_BPF_FD, act->prog_fd);
		nl_put_str(req, TCA_ACT_BPF_NAME, act->name ?: "");
	}
	nl_put(req, TCA_ACT_BPF_PARMS, &parms, sizeof(parms));
	nl_nest_end(req, options);
}

static void copy(struct nl_req *req, uint16_t type, const struct nlattr *attr)
{
	if (attr)
		nl_put(req, type, nl_data(attr), nl_len(attr));
}

/* The program is told by its id, and taken by its descriptor. */
static int copy_bpf_prog(struct bpfelf_txn *txn, struct nl_req *req,
			 uint32_t id, struct err *err)
{
	int fd, r;

	r = hook_hold_prog(txn, id, &fd, err);
	if (r < 0 || fd < 0)
		return r;
	nl_put_u32(req, TCA_ACT_BPF_FD, fd);
	r = txn_hold(txn, fd, err);
	return r ?: 1;
}

static int copy_bpf(struct bpfelf_txn *txn, struct nl_req *req,
		    const struct nlattr *from, struct err *err)
{
	static const int types[] = {
		TCA_ACT_BPF_PARMS, TCA_ACT_BPF_OPS_LEN, TCA_ACT_BPF_OPS,
		TCA_ACT_BPF_NAME,
	};
	const struct nlattr *tb[TCA_ACT_BPF_MAX + 1];
	uint32_t id;
	size_t i;

	nl_nested(from, tb, TCA_ACT_BPF_MAX);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		copy(req, types[i], tb[types[i]]);
	id = nl_u32(tb[TCA_ACT_BPF_ID], 0);
	return id ? copy_bpf_prog(txn, req, id, err) : 1;
}

/* The kernel asks for a table of the rate and has not looked into it since
 * 3.8; it does not tell the table, nor how it was laid out. */
static void copy_rate(struct nl_req *req, uint16_t type,
		      struct tc_ratespec *rate)
{
	static const char table[RTAB_SIZE];

	if (!rate->rate)
		return;
	rate->cell_log = rate->cell_log ?: RTAB_CELL_LOG;
	nl_put(req, type, table, sizeof(table));
}

static void copy_police(struct nl_req *req, const struct nlattr *from)
{
	static const int types[] = {
		TCA_POLICE_AVRATE, TCA_POLICE_RESULT, TCA_POLICE_RATE64,
		TCA_POLICE_PEAKRATE64, TCA_POLICE_PKTRATE64,
		TCA_POLICE_PKTBURST64,
	};
	const struct nlattr *tb[TCA_POLICE_MAX + 1];
	struct tc_police police;
	size_t i;

	nl_nested(from, tb, TCA_POLICE_MAX);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		copy(req, types[i], tb[types[i]]);
	if (!tb[TCA_POLICE_TBF] ||
	    nl_len(tb[TCA_POLICE_TBF]) < sizeof(police))
		return;
	memcpy(&police, nl_data(tb[TCA_POLICE_TBF]),
	       sizeof(police));
	copy_rate(req, TCA_POLICE_RATE, &police.rate);
	copy_rate(req, TCA_POLICE_PEAKRATE, &police.peakrate);
	nl_put(req, TCA_POLICE_TBF, &police, sizeof(police));
}

void act_copy_police(struct nl_req *req, uint16_t type,
		     const struct nlattr *from)
{
	struct nlattr *nest = nl_nest(req, type);

	copy_police(req, from);
	nl_nest_end(req, nest);
}

static int copy_options(struct bpfelf_txn *txn, struct nl_req *req,
			const char *kind, const struct nlattr *from,
			struct err *err)
{
	if (str_eq(kind, "bpf"))
		return copy_bpf(txn, req, from, err);
	if (str_eq(kind, "police"))
		copy_police(req, from);
	else
		nl_put_raw(req, nl_data(from), nl_len(from));
	return 1;
}

int act_copy(struct bpfelf_txn *txn, struct nl_req *req,
	     const struct nlattr *from, struct err *err)
{
	const struct nlattr *tb[TCA_ACT_MAX + 1];
	struct nlattr *options;
	const char *kind;
	int r;

	nl_nested(from, tb, TCA_ACT_MAX);
	kind = nl_str(tb[TCA_ACT_KIND]);
	if (!kind || !tb[TCA_ACT_OPTIONS])
		return 0;
	nl_put_str(req, TCA_ACT_KIND, kind);
	options = nl_nest(req, TCA_ACT_OPTIONS | NLA_F_NESTED);
	r = copy_options(txn, req, kind, tb[TCA_ACT_OPTIONS], err);
	nl_nest_end(req, options);
	copy(req, TCA_ACT_COOKIE, tb[TCA_ACT_COOKIE]);
	copy(req, TCA_ACT_HW_STATS, tb[TCA_ACT_HW_STATS]);
	copy(req, TCA_ACT_FLAGS, tb[TCA_ACT_FLAGS]);
	return r;
}

int act_copy_list(struct bpfelf_txn *txn, struct nl_req *req, uint16_t type,
		  const struct nlattr *from, struct err *err)
{
	const struct nlattr *tb[TCA_ACT_MAX_PRIO + 1];
	struct nlattr *list = nl_nest(req, type), *nest;
	int i, r = 1;

	nl_nested(from, tb, TCA_ACT_MAX_PRIO);
	for (i = 1; i <= TCA_ACT_MAX_PRIO && r > 0; i++) {
		if (!tb[i])
			continue;
		nest = nl_nest(req, i);
		r = act_copy(txn, req, tb[i], err);
		nl_nest_end(req, nest);
	}
	nl_nest_end(req, list);
	return r;
}
