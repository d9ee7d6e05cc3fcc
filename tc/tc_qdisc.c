/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_qdisc.h"

#include <linux/rtnetlink.h>

#include "gather.h"
#include "names.h"
#include "query.h"
#include "report.h"

/* ---- words ---- */

static bool is_kind(const char *word)
{
	return word && (str_eq(word, "clsact") || str_eq(word, "ingress"));
}

static int take_block(struct words *w, const struct kw *kw, void *field)
{
	const char *word = word_take(w);
	uint32_t *block = field;

	(void)kw;
	if (!word || *block || !word_to_u32(word, 0, UINT32_MAX, block))
		return CLI_HANDOVER;
	return *block ? 0 : CLI_HANDOVER;
}

static const struct kw qdisc_kw[] = {
	KW_EXACT("ingress_block", take_block, struct qdisc_words, ingress_block),
	KW_EXACT("egress_block",  take_block, struct qdisc_words, egress_block),
	{ 0 }
};

/* dev DEV [BLOCKS] KIND and nothing else: with handles it is the system's */
static int parse_device_and_kind(struct words *w, struct qdisc_words *qdisc)
{
	const char *word = word_take(w);
	int r;

	if (!word || !str_eq(word, "dev"))
		return CLI_HANDOVER;
	qdisc->dev = word_take(w);
	r = kw_any(qdisc_kw, w, qdisc, NULL);
	if (r)
		return r;
	qdisc->kind = word_take(w);
	return is_kind(qdisc->kind) && !word_peek(w) ? 0 : CLI_HANDOVER;
}

/* In a listing the kind is a filter, and both words mean the same. */
static int parse_show(struct words *w, struct qdisc_words *qdisc)
{
	const char *word;

	while ((word = word_take(w))) {
		if (str_eq(word, "dev") && !qdisc->dev && word_peek(w))
			qdisc->dev = word_take(w);
		else if (is_kind(word) && !qdisc->kind)
			qdisc->kind = word;
		else
			return CLI_HANDOVER;
	}
	return qdisc->dev && qdisc->kind ? 0 : CLI_HANDOVER;
}

int qdisc_parse(struct words *w, struct qdisc_words *qdisc)
{
	static const struct word_name verbs[] = {
		{ "add",     QDISC_ADD },
		{ "change",  QDISC_OTHER },
		{ "replace", QDISC_REPLACE },
		{ "link",    QDISC_OTHER },
		{ "delete",  QDISC_DELETE },
		{ "list",    QDISC_SHOW },
		{ "show",    QDISC_SHOW },
		{ "lst",     QDISC_SHOW },
		{ NULL,	     0 }
	};
	int verb = word_among(verbs, word_take(w));

	if (verb < 0 || verb == QDISC_OTHER)
		return CLI_HANDOVER;
	*qdisc = (struct qdisc_words){ .verb = verb };
	if (verb == QDISC_SHOW)
		return parse_show(w, qdisc);
	return parse_device_and_kind(w, qdisc);
}

bool qdisc_is_ours(const struct cli *cli, struct words w)
{
	struct qdisc_words qdisc;

	if (qdisc_parse(&w, &qdisc))
		return false;
	return qdisc.verb != QDISC_SHOW ||
	       (tc_prints_plain(cli) && !cli->opts.stats);
}

/* ---- add, replace, delete ---- */

static int change(struct cli *cli, const struct qdisc_words *qdisc,
		  uint32_t ifindex)
{
	_cleanup_report_ struct report report;
	struct bpfelf_hook hook = {
		.sz = sizeof(hook),
		.kind = BPFELF_QDISC,
		.ifindex = ifindex,
		.qdisc = str_eq(qdisc->kind, "clsact") ? "clsact" : "ingress",
		.ingress_block = qdisc->ingress_block,
		.egress_block = qdisc->egress_block,
		.flags = qdisc->verb == QDISC_REPLACE ? BPFELF_REPLACE : 0,
	};
	struct bpfelf_txn *txn = NULL;
	int r;

	report_begin(&report, cli, NULL, false);
	r = bpfelf_txn_new(cli->ctx, &txn);
	if (r == 0 && qdisc->verb == QDISC_DELETE)
		r = bpfelf_detach(txn, &hook);
	else if (r == 0)
		r = bpfelf_attach(txn, &hook);
	r = r ?: bpfelf_commit(txn);
	bpfelf_txn_free(txn);
	if (r < 0)
		return report_failure(&report, r, CLI_FAIL);
	if (qdisc->verb != QDISC_DELETE)
		gather_learn(cli, qdisc->dev, &hook, 0, NULL);
	return CLI_OK;
}

/* ---- show ---- */

struct listing {
	struct out *o;
	bool foreign;		/* something that we cannot print */
};

static void print_qdisc(struct listing *list, const struct tcmsg *tcm,
			const struct nlattr **tb, const char *kind)
{
	struct out *o = list->o;
	char text[NAME_HANDLE_SIZE];

	out_obj(o, OUT_ELEMENT);
	out_str(o, "kind", "qdisc %s ", kind);
	out_str(o, "handle", "%s ", name_handle(tcm->tcm_handle, text));
	out_str(o, "parent", "parent %s ", name_handle(tcm->tcm_parent, text));
	if (tcm->tcm_info != 1)
		out_u32(o, "refcnt", "refcnt %u ", tcm->tcm_info);
	if (tb[TCA_INGRESS_BLOCK])
		out_u32(o, "ingress_block", "ingress_block %u ",
			nl_u32(tb[TCA_INGRESS_BLOCK], 0));
	if (tb[TCA_EGRESS_BLOCK])
		out_u32(o, "egress_block", "egress_block %u ",
			nl_u32(tb[TCA_EGRESS_BLOCK], 0));
	out_obj(o, "options");
	out_obj_end(o);
	if (str_eq(kind, "ingress"))
		out_text(o, "---------------- ");
	out_nl(o);
	out_obj_end(o);
}

static int on_qdisc(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tcm = nl_payload(nlh);
	const struct nlattr *tb[TCA_MAX + 1];
	struct listing *list = data;
	const char *kind;

	if (nl_payload_len(nlh) < sizeof(*tcm) ||
	    tcm->tcm_parent != TC_H_INGRESS)
		return 0;
	nl_attrs(nlh, sizeof(*tcm), tb, TCA_MAX);
	kind = nl_str(tb[TCA_KIND]);
	if (!is_kind(kind) || nl_u8(tb[TCA_HW_OFFLOAD], 0))
		list->foreign = true;
	else
		print_qdisc(list, tcm, tb, kind);
	return 0;
}

static int show(struct cli *cli, uint32_t ifindex)
{
	struct listing list = { .o = &cli->out };
	int r;

	out_hold(list.o);
	out_arr(list.o, NULL);
	r = query_qdiscs(cli->ctx, ifindex, on_qdisc, &list);
	out_arr_end(list.o);
	return list.foreign ? CLI_HANDOVER : tc_dumped(cli, r);
}

int qdisc_run(struct cli *cli, struct words *w)
{
	struct qdisc_words qdisc;
	uint32_t ifindex;
	int r = qdisc_parse(w, &qdisc);

	r = r ?: command_device(cli, qdisc.dev, &ifindex);
	if (r)
		return r;
	if (qdisc.verb == QDISC_SHOW)
		return show(cli, ifindex);
	return change(cli, &qdisc, ifindex);
}
