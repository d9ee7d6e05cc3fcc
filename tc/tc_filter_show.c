/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_filter_show.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>

#include "names.h"
#include "query.h"
#include "report.h"
#include "tc_filter_notes.h"

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

int filter_show(struct cli *cli, const struct filter_words *filter,
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
	int r = filter->block ? find_block(cli, filter->block) : CLI_OK;

	if (r != CLI_OK)
		return r;
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

int filter_get(struct cli *cli, const struct filter_words *filter,
	       uint32_t ifindex)
{
	_cleanup_report_ struct report report;
	struct bpfelf_hook hook;
	struct listing list;
	int r;

	report_begin(&report, cli, NULL, false);
	filter_hook(filter, ifindex, &hook);
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
	return filter_refused(&report, r);
}

void filter_echo(struct cli *cli, const struct filter_words *filter,
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
