/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `ip route`: routes that run programs, and what `show` tells of them. */
#include "ip_common.h"
#include "iproute_words.h"

/* compat: the order in which iproute2 compares; `ip route s` is show */
static const struct verb {
	const char *name;
	enum { VERB_ADD, VERB_DEL, VERB_SHOW, VERB_FOREIGN } what;
	uint16_t flags;
} verbs[] = {
	{ "add",	VERB_ADD, NLM_F_CREATE | NLM_F_EXCL },
	{ "change",	VERB_ADD, NLM_F_REPLACE },
	{ "chg",	VERB_ADD, NLM_F_REPLACE },
	{ "replace",	VERB_ADD, NLM_F_CREATE | NLM_F_REPLACE },
	{ "prepend",	VERB_ADD, NLM_F_CREATE },
	{ "append",	VERB_ADD, NLM_F_CREATE | NLM_F_APPEND },
	{ "test",	VERB_ADD, NLM_F_EXCL },
	{ "delete",	VERB_DEL, 0 },
	{ "get",	VERB_SHOW, 0 },
	{ "list",	VERB_SHOW, 0 },
	{ "show",	VERB_SHOW, 0 },
	{ "lst",	VERB_SHOW, 0 },
};

static const struct verb *find_verb(const char *word)
{
	static const struct verb show = { "show", VERB_SHOW, 0 };
	static const struct verb foreign = { "", VERB_FOREIGN, 0 };
	size_t i;

	if (!word)
		return &show;
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (word_is(word, verbs[i].name))
			return &verbs[i];
	return &foreign;
}

bool iproute_is_ours(const struct cli *cli, struct words w)
{
	if (route_family(&cli->opts) < 0)
		return false;
	switch (find_verb(word_take(&w))->what) {
	case VERB_ADD:
	case VERB_DEL:
		return encap_words_are_there(w);
	case VERB_SHOW:
		return cli->opts.details || cli->opts.json;
	case VERB_FOREIGN:
		return false;
	}
	return false;
}

/* ---- adding and deleting ---- */

static int attach(struct cli *cli, const struct route_words *route,
		  struct encap_jobs *jobs)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook),
		.kind = BPFELF_ROUTE,
		.route = &route->req.nlh,
		.encap = &jobs->list[0].encap,
	};
	struct bpfelf_txn *txn;
	int r;

	r = bpfelf_txn_new(cli->ctx, &txn);
	if (r < 0)
		return report_failure(&jobs->report, r, CLI_USAGE);
	r = route->del ? bpfelf_detach(txn, &hook) : bpfelf_attach(txn, &hook);
	if (r < 0) {
		r = report_failure(&jobs->report, r, CLI_USAGE);
	} else {
		bpfelf_commit(txn);
		encap_jobs_commit(jobs);
	}
	bpfelf_txn_free(txn);
	return r;
}

static int modify(struct cli *cli, const struct verb *verb, struct words *w)
{
	struct encap_jobs jobs = { 0 };
	struct route_words route;
	int r;

	memset(&route, 0, offsetof(struct route_words, req));
	route.cli = cli;
	route.del = verb->what == VERB_DEL;
	r = route_words_take(w, &route);
	if (r == 0) {
		route.req.nlh.nlmsg_flags = verb->flags;
		r = encap_jobs_load(&jobs, cli, route.encaps, route.encaps_cnt,
				    route.del);
		r = r ?: attach(cli, &route, &jobs);
		encap_jobs_free(&jobs);
	}
	route_words_free(&route);
	return r;
}

int iproute(struct cli *cli, struct words *w)
{
	const struct words all = { .argv = w->argv, .argc = w->argc, .pos = w->pos - 1 };
	const struct verb *verb = find_verb(word_take(w));

	switch (verb->what) {
	case VERB_ADD:
	case VERB_DEL:
		return modify(cli, verb, w);
	case VERB_SHOW:
		return iproute_show(cli, &all);
	case VERB_FOREIGN:
		return CLI_HANDOVER;
	}
	return CLI_HANDOVER;
}
