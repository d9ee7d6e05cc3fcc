/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_filter.h"

#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <stdio.h>

#include "gather.h"
#include "report.h"
#include "tc_adapt.h"
#include "tc_filter_notes.h"
#include "tc_filter_show.h"
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

void filter_hook(const struct filter_words *filter, uint32_t ifindex,
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

int filter_refused(struct report *report, int error)
{
	int status = report_failure(report, error, CLI_FAIL);

	if (status == CLI_KERNEL)
		fprintf(stderr, "We have an error talking to the kernel\n");
	return status;
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
	filter_hook(filter, ifindex, &hook);
	r = bpfelf_txn_new(cli->ctx, &txn);
	r = r ?: bpfelf_detach(txn, &hook);
	r = r ?: bpfelf_commit(txn);
	bpfelf_txn_free(txn);
	return r < 0 ? filter_refused(&report, r) : CLI_OK;
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
	filter_hook(filter, ifindex, &hook);
	hook.attrs = nl_payload(&attrs.nlh);
	hook.attrs_len = nl_payload_len(&attrs.nlh);
	hook.bytecode = loaded->insns;
	hook.bytecode_cnt = loaded->insns_cnt;
	hook.from = loaded->from;
	r = bpfelf_attach(loaded->txn, &hook);
	r = r ?: m_actions_commit(&filter->bpf.actions, true);
	r = r ?: bpfelf_commit(loaded->txn);
	if (r < 0)
		return filter_refused(report, r);
	m_actions_commit(&filter->bpf.actions, false);
	if (cli->opts.echo)
		filter_echo(cli, filter, &hook);
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
	filter_hook(filter, 0, &hook);
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
	if (r == CLI_OK && !cli->share)
		command_leave(cli, &loaded);
	else if (r == CLI_OK && !report.warned)
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

static int find_place(struct cli *cli, const struct filter_words *filter,
		      uint32_t *ifindex)
{
	if (!filter->block)
		return command_device(cli, filter->dev, ifindex);
	*ifindex = BPFELF_BLOCK;
	return CLI_OK;
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
		return filter_get(cli, &filter, ifindex);
	case FILTER_SHOW:
		return filter_show(cli, &filter, ifindex);
	case FILTER_HELP:
		break;
	}
	return print_usage();
}
