/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_filter_notes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "names.h"
#include "query.h"
#include "retype.h"
#include "uapi.h"

#define TCX_MAX		64	/* as many as the kernel takes */
#define NAME_SIZE	256	/* CLS_BPF_NAME_LEN */

/* ---- one more where one was to be replaced ---- */

struct other {
	const struct filter_words *filter;
	const struct bpfelf_hook *hook;	/* the new one */
	const char *name;
	bool found, is_copy;		/* a copy has the same name */
	uint32_t pref, handle;
	char its_name[NAME_SIZE];
};

/* Could the words, completed, have meant this one and not the new one? */
static bool was_meant(const struct other *other, uint32_t pref, uint32_t handle)
{
	const struct filter_words *filter = other->filter;

	if (pref == other->hook->pref && handle == other->hook->handle)
		return false;
	return (!filter->pref || filter->pref == pref) &&
	       (!filter->handle || filter->handle == handle);
}

/* Among them one of the same name is the copy; else it is the first. */
static int look_for_other(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[TCA_MAX + 1], *bpf[TCA_BPF_MAX + 1];
	const struct tcmsg *tcm = nl_payload(nlh);
	struct other *other = data;
	const char *kind, *name;
	uint32_t pref;

	if (nl_payload_len(nlh) < sizeof(*tcm) || !tcm->tcm_handle)
		return 0;
	nl_attrs(nlh, sizeof(*tcm), tb, TCA_MAX);
	kind = nl_str(tb[TCA_KIND]);
	pref = TC_H_MAJ(tcm->tcm_info) >> 16;
	if (!kind || !str_eq(kind, "bpf") ||
	    !was_meant(other, pref, tcm->tcm_handle))
		return 0;
	nl_nested(tb[TCA_OPTIONS], bpf, TCA_BPF_MAX);
	name = nl_str(bpf[TCA_BPF_NAME]) ?: "";
	other->is_copy = str_eq(name, other->name);
	if (other->found && !other->is_copy)
		return 0;
	other->found = true;
	other->pref = pref;
	other->handle = tcm->tcm_handle;
	snprintf(other->its_name, sizeof(other->its_name), "%s", name);
	return other->is_copy ? -ECANCELED : 0;
}

/* The same command, with what it left open said */
static void retype_replace(struct buf *text, const struct cli *cli,
			   const struct filter_words *filter,
			   const struct other *other)
{
	const struct words *w = &cli->words;
	int i;

	retype_command(text, cli);
	for (i = w->pos; i < w->argc; i++) {
		if (i == filter->kind_pos && !filter->pref)
			buf_addf(text, " pref %u", other->pref);
		if (i == filter->kind_pos && !filter->handle)
			buf_addf(text, " handle %#x", other->handle);
		retype_word(text, w->argv[i]);
	}
}

static void retype_parent(struct buf *text, uint32_t parent)
{
	char name[NAME_HANDLE_SIZE];

	if (parent == FILTER_INGRESS)
		buf_addf(text, " ingress");
	else if (parent == FILTER_EGRESS)
		buf_addf(text, " egress");
	else if (parent)
		buf_addf(text, " parent %s", name_handle(parent, name));
}

static void retype_delete(struct buf *text, const struct cli *cli,
			  const struct filter_words *filter,
			  const struct bpfelf_hook *hook)
{
	retype_command(text, cli);
	buf_addf(text, " filter del dev");
	retype_word(text, filter->dev);
	retype_parent(text, filter->parent);
	if (filter->has_chain)
		buf_addf(text, " chain %u", filter->chain);
	buf_addf(text, " pref %u handle %#x bpf", hook->pref, hook->handle);
}

void filter_note_copy(struct cli *cli, const struct filter_words *filter,
		      const struct bpfelf_hook *hook, const char *name)
{
	struct other other = { .filter = filter, .hook = hook, .name = name };
	_cleanup_buf_ struct buf again = { 0 }, delete = { 0 };

	if (!filter->dev || (filter->pref && filter->handle) || !hook->handle)
		return;
	query_filters_until(cli->ctx, hook->ifindex, hook->parent,
			    htons(hook->protocol), &hook->chain, look_for_other,
			    &other);
	if (!other.found)
		return;
	retype_replace(&again, cli, filter, &other);
	retype_delete(&delete, cli, filter, hook);
	fprintf(stderr, "Note: nothing was replaced: pref %u handle %#x is one more beside pref %u handle %#x (%s)\n",
		hook->pref, hook->handle, other.pref, other.handle,
		other.its_name);
	fprintf(stderr, "Hint: to replace that one: %s\n", buf_str(&again));
	fprintf(stderr, "Hint: to take this one off: %s\n", buf_str(&delete));
}

/* ---- what is listed nowhere ---- */

static int stop(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return -ECANCELED;
}

static bool has_filters(struct cli *cli, const struct filter_words *filter,
			uint32_t ifindex, uint32_t parent)
{
	uint32_t info = TC_H_MAKE(filter->pref << 16, htons(filter->protocol));

	return query_filters_until(cli->ctx, ifindex, parent, info,
				   filter->has_chain ? &filter->chain : NULL,
				   stop, NULL) == -ECANCELED;
}

static void hint_direction(const struct cli *cli, const char *direction)
{
	const struct words *w = &cli->words;
	_cleanup_buf_ struct buf text = { 0 };
	int i;

	retype_command(&text, cli);
	for (i = w->pos; i < w->argc; i++)
		retype_word(&text, w->argv[i]);
	fprintf(stderr, "Hint: to see them: %s %s\n", buf_str(&text), direction);
}

void filter_note_elsewhere(struct cli *cli, const struct filter_words *filter,
			   uint32_t ifindex)
{
	bool ingress, egress;

	if (filter->parent || !filter->dev)
		return;
	ingress = has_filters(cli, filter, ifindex, FILTER_INGRESS);
	egress = has_filters(cli, filter, ifindex, FILTER_EGRESS);
	if (!ingress && !egress)
		return;
	fprintf(stderr, "Note: this lists the filters of the root qdisc; %s has others at %s%s%s\n",
		filter->dev, ingress ? "ingress" : "",
		ingress && egress ? " and " : "", egress ? "egress" : "");
	if (ingress)
		hint_direction(cli, "ingress");
	if (egress)
		hint_direction(cli, "egress");
}

/* ---- tcx ---- */

void filter_print_tcx(struct progs *progs, uint32_t parent, uint32_t ifindex)
{
	const char *direction = parent == FILTER_INGRESS ? "ingress" : "egress";
	struct out *o = &progs->cli->out;
	uint32_t ids[TCX_MAX];
	int i, n;

	if (parent != FILTER_INGRESS && parent != FILTER_EGRESS)
		return;
	n = query_attached(progs->cli->ctx, ifindex,
			   parent == FILTER_INGRESS ? BPF_TCX_INGRESS
						    : BPF_TCX_EGRESS,
			   ids, TCX_MAX);
	for (i = 0; i < n; i++) {
		out_obj(o, OUT_ELEMENT);
		out_str(o, "kind", "%s ", "tcx");
		out_flag(o, direction, NULL, true);
		out_text(o, "%s ", direction);
		out_u32(o, "order", "order %u ", i + 1);
		progs_print(progs, "id %u ", ids[i]);
		out_nl(o);
		out_obj_end(o);
	}
}
