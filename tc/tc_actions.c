/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_actions.h"

#include <stdio.h>

#include "report.h"
#include "tc_adapt.h"

/* ---- words ---- */

enum actions_verb {
	ACTIONS_ADD,
	ACTIONS_REPLACE,
	ACTIONS_OTHER,		/* the system's: they load nothing */
};

static int find_verb(const char *word)
{
	static const struct word_name verbs[] = {
		{ "add",     ACTIONS_ADD },
		{ "change",  ACTIONS_REPLACE },
		{ "replace", ACTIONS_REPLACE },
		{ "get",     ACTIONS_OTHER },
		{ NULL,	     0 }
	};
	int verb = word_among(verbs, word);

	return verb < 0 ? ACTIONS_OTHER : verb;
}

static bool all_have_programs(const struct m_actions *actions)
{
	const struct m_action *action;
	size_t i;

	for (i = 0; i < actions->cnt; i++) {
		action = &actions->list[i];
		if (action->kind != M_BPF ||
		    action->bpf.prog.mode == BPF_MODE_NONE)
			return false;
	}
	return true;
}

int actions_parse(struct words *w, struct actions_words *actions)
{
	int verb = find_verb(word_take(w)), r;

	if (verb == ACTIONS_OTHER)
		return CLI_HANDOVER;
	actions->replace = verb == ACTIONS_REPLACE;
	if (word_is(word_peek(w), "action"))
		word_take(w);
	r = m_actions_parse(w, &actions->actions);
	r = r ?: m_actions_check_exports(m_actions_exports(&actions->actions));
	if (r)
		return r;
	return word_peek(w) || !all_have_programs(&actions->actions)
	     ? CLI_HANDOVER : 0;
}

bool actions_is_ours(const struct cli *cli, struct words w)
{
	const char *word;

	(void)cli;
	if (find_verb(word_take(&w)) == ACTIONS_OTHER)
		return false;
	while ((word = word_take(&w)))
		if (str_eq(word, "bpf"))
			return true;
	return false;
}

/* ---- add, replace ---- */

static int attach(struct bpf_loaded *loaded, const struct m_action *action,
		  bool replace)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook),
		.kind = BPFELF_ACT,
		.flags = replace ? BPFELF_REPLACE : 0,
		.handle = action->bpf.index,
		.control = action->bpf.control,
		.bytecode = loaded->insns,
		.bytecode_cnt = loaded->insns_cnt,
	};
	struct nl_req extras;

	nl_start(&extras, NLMSG_NOOP, 0, 0);
	m_action_put_extras(&extras, action);
	hook.attrs = nl_payload(&extras.nlh);
	hook.attrs_len = nl_payload_len(&extras.nlh);
	return bpfelf_attach(loaded->txn, &hook);
}

static int attach_all(struct cli *cli, struct actions_words *actions)
{
	struct m_actions *list = &actions->actions;
	_cleanup_report_ struct report report;
	int r = 0;
	size_t i;

	report_begin(&report, cli, NULL, false);
	for (i = 0; i < list->cnt && r == 0; i++)
		r = attach(&list->list[i].bpf.loaded, &list->list[i],
			   actions->replace);
	r = r ?: m_actions_commit(list, true);
	if (r == 0) {
		m_actions_commit(list, false);
		return CLI_OK;
	}
	if (report_failure(&report, r, CLI_USAGE) == CLI_KERNEL)
		fprintf(stderr, "We have an error talking to the kernel\n");
	m_actions_free(list);
	return CLI_USAGE;
}

int actions_run(struct cli *cli, struct words *w)
{
	const struct words all = *w;
	struct actions_words actions;
	int r = actions_parse(w, &actions);

	if (r == CLI_HANDOVER)
		return adapt_run(cli, all);
	if (r)
		return CLI_USAGE;
	/* compat: whatever goes wrong, it is 255 */
	r = m_actions_load(cli, &actions.actions) ? CLI_USAGE
	  : attach_all(cli, &actions);
	m_actions_free(&actions.actions);
	return r;
}
