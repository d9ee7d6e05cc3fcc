/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "m_action.h"

#include <ctype.h>
#include <stdio.h>

/* ---- words ---- */

static int find_kind(const char *word)
{
	static const char *const kinds[] = {
		[M_GACT] = "gact", [M_MIRRED] = "mirred", [M_BPF] = "bpf",
		[M_POLICE] = "police",
	};
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(kinds); i++)
		if (str_eq(word, kinds[i]))
			return i;
	return -1;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? at - digits : -1;
}

static int take_cookie(struct words *w, const struct kw *kw, void *into)
{
	struct m_action *action = into;
	const char *word = word_take(w);
	size_t i, len = word ? strlen(word) : 0;
	int high, low;

	(void)kw;
	if (!len || len % 2 || len / 2 > sizeof(action->cookie))
		return CLI_HANDOVER;
	for (i = 0; i < len / 2; i++) {
		high = hex_digit(word[2 * i]);
		low = hex_digit(word[2 * i + 1]);
		if (high < 0 || low < 0)
			return CLI_HANDOVER;
		action->cookie[i] = high << 4 | low;
	}
	action->cookie_len = len / 2;
	return 0;
}

static int take_hw_stats(struct words *w, const struct kw *kw, void *into)
{
	static const struct word_name types[] = {
		{ "immediate", TCA_ACT_HW_STATS_IMMEDIATE },
		{ "delayed",   TCA_ACT_HW_STATS_DELAYED },
		{ "disabled",  0 },
		{ NULL,	       0 }
	};
	struct m_action *action = into;
	int type = word_among(types, word_take(w));

	(void)kw;
	if (type < 0)
		return CLI_HANDOVER;
	action->has_hw_stats = true;
	action->hw_stats = type;
	return 0;
}

static const uint32_t no_percpu = TCA_ACT_FLAGS_NO_PERCPU_STATS,
		      skip_sw = TCA_ACT_FLAGS_SKIP_SW,
		      skip_hw = TCA_ACT_FLAGS_SKIP_HW;

static const struct kw extra_words[] = {
	KW_EXACT_SELF("cookie",	   take_cookie,   NULL),
	KW_EXACT_SELF("hw_stats",  take_hw_stats, NULL),
	KW_EXACT_ARG ("no_percpu", word_bits,	  struct m_action, flags, &no_percpu),
	KW_EXACT_ARG ("skip_sw",   word_bits,	  struct m_action, flags, &skip_sw),
	KW_EXACT_ARG ("skip_hw",   word_bits,	  struct m_action, flags, &skip_hw),
	{ 0 }
};

static int parse_kind(struct words *w, struct m_action *action)
{
	switch (action->kind) {
	case M_GACT:
		return m_gact_parse(w, &action->gact);
	case M_MIRRED:
		return m_mirred_parse(w, &action->mirred);
	case M_BPF:
		return m_bpf_parse(w, &action->bpf);
	case M_POLICE:
		return m_police_parse(w, &action->police);
	}
	return CLI_HANDOVER;
}

/* 0, CLI_NO_WORD where no action begins, or an end as m_actions_parse() */
static int parse_one(struct words *w, struct m_action *action)
{
	const char *word = word_peek(w);
	int kind = find_kind(word), r;

	*action = (struct m_action){ .kind = M_GACT };
	if (kind < 0 && !control_is(word))
		return CLI_NO_WORD;
	if (kind >= 0) {
		action->kind = kind;
		word_take(w);
	}
	r = parse_kind(w, action);
	return r ?: kw_seq(extra_words, w, action);
}

int m_actions_parse(struct words *w, struct m_actions *actions)
{
	bool expected = true;
	int r = 0;

	actions->cnt = 0;
	if (!word_peek(w))
		return word_incomplete();
	while (r == 0 && actions->cnt < ARRAY_SIZE(actions->list)) {
		r = parse_one(w, &actions->list[actions->cnt]);
		if (r == CLI_NO_WORD && !expected)
			return 0;
		if (r)
			break;
		actions->cnt++;
		expected = word_peek(w) && str_eq(word_peek(w), "action");
		if (expected)
			word_take(w);
	}
	/* one too many, or of a kind that is not ours */
	return r == CLI_NO_WORD || r == 0 ? CLI_HANDOVER : r;
}

/* ---- loading ---- */

static int find_devices(struct cli *cli, struct m_actions *actions)
{
	struct m_action *action;
	int r = 0;
	size_t i;

	for (i = 0; i < actions->cnt && r == 0; i++) {
		action = &actions->list[i];
		if (action->kind == M_MIRRED)
			r = command_device(cli, action->mirred.dev,
					   &action->mirred.ifindex);
	}
	return r;
}

static bool has_program(const struct m_action *action)
{
	return action->kind == M_BPF &&
	       action->bpf.prog.mode != BPF_MODE_NONE;
}

int m_actions_load(struct cli *cli, struct m_actions *actions)
{
	int r = find_devices(cli, actions);
	size_t i;

	for (i = 0; i < actions->cnt && r == 0; i++)
		if (has_program(&actions->list[i]))
			r = m_bpf_load(cli, &actions->list[i].bpf);
	if (r)
		fprintf(stderr, "bad action parsing\n");
	return r;
}

size_t m_actions_exports(const struct m_actions *actions)
{
	size_t i, n = 0;

	for (i = 0; i < actions->cnt; i++)
		n += has_program(&actions->list[i]) && actions->list[i].bpf.prog.export;
	return n;
}

int m_actions_check_exports(size_t exports)
{
	if (exports <= 1)
		return 0;
	fprintf(stderr, "Error: only one program of a command can be exported\n");
	return CLI_FAIL;
}

int m_actions_commit(struct m_actions *actions, bool exported)
{
	struct m_action *action;
	int r = 0;
	size_t i;

	for (i = 0; i < actions->cnt && r == 0; i++) {
		action = &actions->list[i];
		if (action->kind == M_BPF && action->bpf.loaded.txn &&
		    !action->bpf.prog.export == !exported)
			r = bpfelf_commit(action->bpf.loaded.txn);
	}
	return r;
}

void m_actions_free(struct m_actions *actions)
{
	while (actions->cnt) {
		actions->cnt--;
		if (actions->list[actions->cnt].kind == M_BPF)
			m_bpf_free(&actions->list[actions->cnt].bpf);
	}
}

/* ---- attributes ---- */

static void put_options(struct nl_req *req, const struct m_action *action)
{
	if (action->kind == M_GACT)
		m_gact_put(req, &action->gact);
	else if (action->kind == M_MIRRED)
		m_mirred_put(req, &action->mirred);
	else
		m_police_put(req, &action->police);
}

static void put_foreign(struct nl_req *req, const char *kind,
			const struct m_action *action)
{
	struct nlattr *options;

	nl_put_str(req, TCA_ACT_KIND, kind);
	options = nl_nest(req, TCA_ACT_OPTIONS | NLA_F_NESTED);
	put_options(req, action);
	nl_nest_end(req, options);
}

static void put_bits(struct nl_req *req, uint16_t type, uint32_t bits)
{
	struct nla_bitfield32 field = { .value = bits, .selector = bits };

	nl_put(req, type, &field, sizeof(field));
}

void m_action_put_extras(struct nl_req *req, const struct m_action *action)
{
	if (action->cookie_len)
		nl_put(req, TCA_ACT_COOKIE, action->cookie, action->cookie_len);
	if (action->has_hw_stats)
		put_bits(req, TCA_ACT_HW_STATS, action->hw_stats);
	if (action->flags)
		put_bits(req, TCA_ACT_FLAGS, action->flags);
}

static void put_action(struct nl_req *req, const struct m_action *action)
{
	switch (action->kind) {
	case M_GACT:
		put_foreign(req, "gact", action);
		break;
	case M_MIRRED:
		put_foreign(req, "mirred", action);
		break;
	case M_POLICE:
		put_foreign(req, "police", action);
		break;
	case M_BPF:
		m_bpf_put(req, &action->bpf);
		break;
	}
	m_action_put_extras(req, action);
}

void m_actions_put(struct nl_req *req, uint16_t type,
		   const struct m_actions *actions)
{
	struct nlattr *list = nl_nest(req, type), *nest;
	size_t i;

	for (i = 0; i < actions->cnt; i++) {
		nest = nl_nest(req, i + 1);
		put_action(req, &actions->list[i]);
		nl_nest_end(req, nest);
	}
	nl_nest_end(req, list);
}
