/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>

#include "gather.h"
#include "names.h"
#include "query.h"
#include "report.h"
#include "tc_adapt.h"
#include "tc_filter_notes.h"
#include "uapi.h"

static int print_usage(void)
{
	fprintf(stderr,
"Usage: tc filter { add | change | replace } PLACE [ NARROW ] [ handle N ]\n"
"                 [ estimator SAMPLE AVERAGE ] bpf ...\n"
"                                                 (more: tc filter add bpf help)\n"
"       tc filter del PLACE [ NARROW ] [ [ handle N ] bpf ]\n"
"       tc filter get dev DEV PARENT protocol P pref N [ chain N ] handle N bpf\n"
"       tc filter show PLACE [ NARROW ]\n"
"  PLACE  := { dev DEV [ PARENT ] | block N }\n"
"  PARENT := { ingress | egress | root | parent MAJOR:[MINOR] }\n"
"  NARROW := [ protocol P ] [ pref N ] [ chain N ]\n"
"Passed on to the system's tc: filters of other kinds (with the programs of\n"
"their `action bpf obj`, which are loaded here), and listings in which one of\n"
"them or an action appears.\n");
	return CLI_OK;
}

static void fill_hook(const struct filter_words *filter, uint32_t ifindex,
		      struct bpfelf_hook *hook)
{
	*hook = (struct bpfelf_hook){
		.sz = sizeof(*hook),
		.kind = BPFELF_CLS,
		.ifindex = ifindex,
		.parent = filter->parent,
		.handle = filter->handle,
		.pref = filter->pref,
		.protocol = filter->protocol,
		.chain = filter->chain,
		.has_chain = filter->has_chain,
		.any_kind = filter->any_kind,
		.classid = filter->bpf.classid,
		.cls_flags = filter->bpf.cls_flags,
		.direct_action = filter->bpf.direct_action,
		.estimator = filter->has_estimator ? &filter->estimator : NULL,
	};
	if (filter->block) {
		hook->ifindex = BPFELF_BLOCK;
		hook->parent = filter->block;
	}
	if (filter->verb == FILTER_REPLACE)
		hook->flags = BPFELF_REPLACE;
	else if (filter->verb == FILTER_CHANGE)
		hook->flags = BPFELF_CHANGE;
	/* compat: change and delete narrow down to no protocol */
	if (!filter->has_protocol &&
	    (filter->verb == FILTER_ADD || filter->verb == FILTER_REPLACE))
		hook->protocol = ETH_P_ALL;
}

/* ---- listing ---- */

/* What filters of one place and preference have in common */
struct head {
	struct tcmsg tcm;	/* but for the handle */
	uint32_t chain;
	bool has_chain;
	struct out_kept text;
};

struct listing {
	struct progs progs;
	struct head head;	/* of the last one */
	struct out *o;
	const char *event;	/* "added"; NULL: just there */
	const char *dev;	/* printed unless NULL */
	/* what was asked for is not said again; 0: not asked for */
	uint32_t ifindex, parent, pref, block;
	uint16_t protocol;
	const uint32_t *chain;
	bool foreign;		/* something that we cannot print */
	size_t printed, written;	/* filters; the latter for good */
};

static void listing_init(struct listing *list, struct cli *cli)
{
	*list = (struct listing){ .o = &cli->out };
	progs_init(&list->progs, cli);
}

static void print_parent(struct out *o, uint32_t parent)
{
	char text[NAME_HANDLE_SIZE];

	if (parent == TC_H_ROOT)
		out_flag(o, "root", "root ", true);
	else if (parent == FILTER_INGRESS)
		out_flag(o, "ingress", "ingress ", true);
	else if (parent == FILTER_EGRESS)
		out_flag(o, "egress", "egress ", true);
	else
		out_str(o, "parent", "parent %s ", name_handle(parent, text));
}

static void print_place(struct listing *list, const struct tcmsg *tcm)
{
	if ((uint32_t)tcm->tcm_ifindex == TCM_IFINDEX_MAGIC_BLOCK) {
		if (list->block == tcm->tcm_block_index)
			return;
		out_u32(list->o, "block", "block %u ", tcm->tcm_block_index);
		return;
	}
	if (list->dev)
		out_str(list->o, "dev", "dev %s ", list->dev);
	if (!list->parent || list->parent != tcm->tcm_parent)
		print_parent(list->o, tcm->tcm_parent);
}

static void print_event(struct out *o, const char *event)
{
	if (!event)
		return;
	out_text(o, "%s ", event);
	out_flag(o, event, NULL, true);
}

static void print_head(struct listing *list, const struct head *head)
{
	uint16_t protocol = ntohs(TC_H_MIN(head->tcm.tcm_info));
	uint32_t pref = TC_H_MAJ(head->tcm.tcm_info) >> 16;
	char text[NAME_PROTO_SIZE];

	print_event(list->o, list->event);
	out_text(list->o, "filter ");
	print_place(list, &head->tcm);
	if (protocol && protocol != list->protocol)
		out_str(list->o, "protocol", "protocol %s ",
			name_proto(protocol, text));
	if (pref && pref != list->pref)
		out_u32(list->o, "pref", "pref %u ", pref);
	out_str(list->o, "kind", "%s ", "bpf");
	if (head->has_chain && !(list->chain && *list->chain == head->chain))
		out_u32(list->o, "chain", "chain %u ", head->chain);
}

static bool is_same_head(const struct head *a, const struct head *b)
{
	return memcmp(&a->tcm, &b->tcm, sizeof(a->tcm)) == 0 &&
	       a->chain == b->chain && a->has_chain == b->has_chain;
}

static void print_start(struct listing *list, const struct tcmsg *tcm,
			const struct nlattr *chain)
{
	struct head *last = &list->head, head;

	head.tcm = *tcm;
	head.tcm.tcm_handle = 0;
	head.chain = nl_u32(chain, 0);
	head.has_chain = chain;
	if (is_same_head(last, &head) && out_again(list->o, &last->text))
		return;
	out_keep(list->o, &head.text);
	print_head(list, &head);
	out_kept(list->o, &head.text);
	*last = head;
}

static bool is_bpf(const struct nlattr **tb)
{
	const char *kind = nl_str(tb[TCA_KIND]);

	return kind && str_eq(kind, "bpf");
}

static int end_of_one(struct listing *list)
{
	if (list->foreign)
		return -ECANCELED;
	list->printed++;
	if (out_release(list->o))
		list->written = list->printed;
	return 0;
}

static int on_filter(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tcm = nl_payload(nlh);
	const struct nlattr *tb[TCA_MAX + 1];
	struct listing *list = data;

	if (nl_payload_len(nlh) < sizeof(*tcm))
		return 0;
	nl_attrs(nlh, sizeof(*tcm), tb, TCA_MAX);
	if (!is_bpf(tb)) {
		list->foreign = true;
		return -ECANCELED;
	}
	out_obj(list->o, OUT_ELEMENT);
	print_start(list, tcm, tb[TCA_CHAIN]);
	if (tb[TCA_OPTIONS])
		list->foreign = !f_bpf_print(&list->progs, tcm->tcm_handle,
					     tb[TCA_OPTIONS]);
	out_nl(list->o);
	out_obj_end(list->o);
	return end_of_one(list);
}

static void begin(struct listing *list)
{
	out_hold(list->o);
	out_arr(list->o, NULL);
	if (list->progs.cli->opts.details && !list->block)
		filter_print_tcx(&list->progs, list->parent, list->ifindex);
}

static bool begin_again(void *data)
{
	struct listing *list = data;

	if (list->written)
		return false;
	out_drop(list->o);
	list->printed = 0;
	begin(list);
	return true;
}

/* Something is not ours to print: the system's tc prints all of it, or what is
 * left when the first of very many filters have been written. */
static int hand_over(struct cli *cli, const struct listing *list)
{
	return list->written ? command_rest_by_system(cli, list->written)
			     : CLI_HANDOVER;
}

static int show(struct cli *cli, const struct filter_words *filter,
		uint32_t ifindex)
{
	uint32_t info = TC_H_MAKE(filter->pref << 16, htons(filter->protocol));
	uint32_t parent = filter->block ?: filter->parent;
	struct listing list;
	const struct query_reader reader = {
		.fn = on_filter,
		.again = begin_again,
		.data = &list,
	};
	int r;

	listing_init(&list, cli);
	list.ifindex = ifindex;
	list.parent = filter->parent;
	list.block = filter->block;
	list.pref = filter->pref;
	list.protocol = filter->protocol;
	list.chain = filter->has_chain ? &filter->chain : NULL;
	begin(&list);
	r = query_filters(cli->ctx, ifindex, parent, info, list.chain, &reader);
	if (list.foreign) {
		r = hand_over(cli, &list);
	} else {
		out_arr_end(list.o);
		r = tc_dumped(cli, r);
	}
	if (r <= CLI_OK)
		filter_note_elsewhere(cli, filter, ifindex);
	return r;
}

/* ---- add, change, replace, del, get ---- */

static int talk_failure(struct report *report, int error)
{
	int status = report_failure(report, error, CLI_FAIL);

	if (status == CLI_KERNEL)
		fprintf(stderr, "We have an error talking to the kernel\n");
	return status;
}

static int get(struct cli *cli, const struct filter_words *filter,
	       uint32_t ifindex)
{
	_cleanup_report_ struct report report;
	struct bpfelf_hook hook;
	struct listing list;
	int r;

	report_begin(&report, cli, NULL, false);
	fill_hook(filter, ifindex, &hook);
	listing_init(&list, cli);
	out_hold(list.o);
	out_arr(list.o, NULL);
	r = query_filter(cli->ctx, &hook, on_filter, &list);
	out_arr_end(list.o);
	if (list.foreign)
		return CLI_HANDOVER;
	if (r == 0)
		return CLI_OK;
	out_drop(list.o);
	return talk_failure(&report, r);
}

/* compat: object words may be there, and nothing is loaded for them */
static int delete(struct cli *cli, const struct filter_words *filter,
		  uint32_t ifindex)
{
	_cleanup_report_ struct report report;
	struct bpfelf_txn *txn = NULL;
	struct bpfelf_hook hook;
	int r;

	report_begin(&report, cli, NULL, false);
	fill_hook(filter, ifindex, &hook);
	r = bpfelf_txn_new(cli->ctx, &txn);
	r = r ?: bpfelf_detach(txn, &hook);
	r = r ?: bpfelf_commit(txn);
	bpfelf_txn_free(txn);
	return r < 0 ? talk_failure(&report, r) : CLI_OK;
}

/* -echo: what the kernel made of it, as `tc monitor` shows it */
static void echo(struct cli *cli, const struct filter_words *filter,
		 const struct bpfelf_hook *hook)
{
	char dev[IFNAMSIZ];
	struct listing list;

	query_ifname(cli->ctx, hook->ifindex, dev);
	listing_init(&list, cli);
	list.dev = dev;
	if (filter->verb == FILTER_ADD)
		list.event = "added";
	else if (filter->verb == FILTER_REPLACE)
		list.event = "replaced";
	out_arr(list.o, NULL);
	query_filter(cli->ctx, hook, on_filter, &list);
	out_arr_end(list.o);
}

static int load_failure(struct report *report, const struct filter_words *filter,
			int error)
{
	int status = report_failure(report, error, CLI_FAIL);

	fprintf(stderr, filter->bpf.prog.mode == BPF_MODE_OBJECT
		      ? "Unable to load program\n"
		      : "Unable to parse bpf command line\n");
	return status;
}

/* What is loaded already: attach it, and keep all or nothing. */
static int attach_loaded(struct cli *cli, struct filter_words *filter,
			 uint32_t ifindex, struct bpf_loaded *loaded,
			 struct report *report)
{
	struct bpfelf_hook hook;
	struct nl_req attrs;
	int r;

	nl_start(&attrs, NLMSG_NOOP, 0, 0);
	f_bpf_put(&attrs, &filter->bpf);
	fill_hook(filter, ifindex, &hook);
	hook.attrs = nl_payload(&attrs.nlh);
	hook.attrs_len = nl_payload_len(&attrs.nlh);
	hook.bytecode = loaded->insns;
	hook.bytecode_cnt = loaded->insns_cnt;
	hook.from = loaded->from;
	r = bpfelf_attach(loaded->txn, &hook);
	r = r ?: m_actions_commit(&filter->bpf.actions, true);
	r = r ?: bpfelf_commit(loaded->txn);
	if (r < 0)
		return talk_failure(report, r);
	m_actions_commit(&filter->bpf.actions, false);
	if (cli->opts.echo)
		echo(cli, filter, &hook);
	if (filter->verb == FILTER_REPLACE)
		filter_note_copy(cli, filter, &hook, bpfelf_txn_name(bpf_loaded_source(loaded)));
	return CLI_OK;
}

/* Does it come to the same on another device, with nothing to be said? A
 * replacement that names no filter may be told to be one more. */
static bool is_form(const struct cli *cli, const struct filter_words *filter)
{
	bool names = filter->pref && filter->handle;

	return filter->dev && !filter->bpf.actions.cnt &&
	       !filter->bpf.has_police && !filter->has_estimator &&
	       !cli->opts.echo && (filter->verb == FILTER_ADD ||
				   (filter->verb == FILTER_REPLACE && names));
}

/* In a batch: let other lines have the program. */
static void share(struct cli *cli, const struct filter_words *filter,
		  struct bpf_loaded *loaded)
{
	struct bpfelf_hook hook;
	uint64_t shared = share_keep(cli->share, &filter->bpf.prog,
				     BPF_PROG_TYPE_SCHED_CLS, loaded);

	if (!shared || !is_form(cli, filter))
		return;
	fill_hook(filter, 0, &hook);
	gather_learn(cli, filter->dev, &hook, shared, NULL);
}

/* Which of an object's programs it may be, when there is one for each side */
static uint32_t side_of(uint32_t parent)
{
	if (parent == FILTER_INGRESS || parent == TC_H_MAKE(TC_H_INGRESS, 0))
		return BPF_TCX_INGRESS;
	return parent == FILTER_EGRESS ? BPF_TCX_EGRESS : 0;
}

/* compat: the programs of the actions are loaded before the filter's own */
static int attach(struct cli *cli, struct filter_words *filter,
		  uint32_t ifindex)
{
	struct bpf_words *prog = &filter->bpf.prog;
	_cleanup_report_ struct report report;
	_cleanup_loaded_ struct bpf_loaded loaded = { 0 };
	int r;

	report_begin(&report, cli, &loaded, prog->verbose);
	if (filter->bpf.cls_flags & TCA_CLS_FLAGS_SKIP_SW)
		prog->ifindex = ifindex;
	prog->share = cli->share;
	prog->attach_type = side_of(filter->parent);
	r = bpf_words_load(prog, cli->ctx, BPF_PROG_TYPE_SCHED_CLS, &loaded);
	if (r < 0)
		return load_failure(&report, filter, r);
	r = attach_loaded(cli, filter, ifindex, &loaded, &report);
	if (r == CLI_OK && !report.warned)
		share(cli, filter, &loaded);
	return r;
}

static int attach_with_actions(struct cli *cli, struct filter_words *filter,
			       uint32_t ifindex)
{
	struct m_actions *actions = &filter->bpf.actions;
	int r = m_actions_load(cli, actions);

	r = r ?: attach(cli, filter, ifindex);
	m_actions_free(actions);
	return r;
}

/* ---- blocks ---- */

struct seek {
	uint32_t block;
	bool found;
};

static int on_qdisc(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[TCA_MAX + 1];
	struct seek *seek = data;

	nl_attrs(nlh, sizeof(struct tcmsg), tb, TCA_MAX);
	if (nl_u32(tb[TCA_INGRESS_BLOCK], 0) == seek->block ||
	    nl_u32(tb[TCA_EGRESS_BLOCK], 0) == seek->block)
		seek->found = true;
	return 0;
}

/* compat: a block that no device has is no empty one, in a listing */
static int find_block(struct cli *cli, uint32_t block)
{
	struct seek seek = { .block = block };
	int r = query_qdiscs(cli->ctx, 0, on_qdisc, &seek);

	if (r < 0)
		return tc_dumped(cli, r);
	if (seek.found)
		return CLI_OK;
	fprintf(stderr, "Cannot find block \"%u\"\n", block);
	return CLI_FAIL;
}

static int find_place(struct cli *cli, const struct filter_words *filter,
		      uint32_t *ifindex)
{
	if (!filter->block)
		return command_device(cli, filter->dev, ifindex);
	*ifindex = BPFELF_BLOCK;
	return filter->verb == FILTER_SHOW ? find_block(cli, filter->block) : 0;
}

static int run_adapted(struct cli *cli, struct words w)
{
	int r = adapt_run(cli, w);

	if (r != CLI_OK && r != CLI_HANDOVER)
		filter_suggest(w);
	return r;
}

int filter_run(struct cli *cli, struct words *w)
{
	const struct words all = *w;
	struct filter_words filter;
	uint32_t ifindex;
	int r = filter_parse(w, &filter);

	if (r == CLI_HANDOVER)
		return run_adapted(cli, all);
	if (r)
		return r;
	if (filter.verb == FILTER_HELP)
		return print_usage();
	r = find_place(cli, &filter, &ifindex);
	if (r)
		return r;
	switch (filter.verb) {
	case FILTER_ADD:
	case FILTER_CHANGE:
	case FILTER_REPLACE:
		return attach_with_actions(cli, &filter, ifindex);
	case FILTER_DELETE:
		return delete(cli, &filter, ifindex);
	case FILTER_GET:
		return get(cli, &filter, ifindex);
	case FILTER_SHOW:
		return show(cli, &filter, ifindex);
	case FILTER_HELP:
		break;
	}
	return print_usage();
}
