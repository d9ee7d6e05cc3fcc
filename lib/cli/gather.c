/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "gather.h"

#include "batch.h"
#include "query.h"
#include "report.h"

/* ---- forms ---- */

static void forget(struct gather_form *form)
{
	free(form->words);
	*form = (struct gather_form){ 0 };
}

void gather_free(struct gather *gather)
{
	size_t i;

	for (i = 0; i < GATHER_FORMS; i++)
		forget(&gather->forms[i]);
}

static bool fits(const struct gather_form *form, int argc, char **argv)
{
	const char *word = form->words;
	int i;

	if (!word || form->argc != argc)
		return false;
	for (i = 1; i < argc; i++) {
		if (i != form->dev_at && !str_eq(word, argv[i]))
			return false;
		word += strlen(word) + 1;
	}
	return true;
}

static struct gather_form *find(struct gather *gather, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < GATHER_FORMS; i++)
		if (fits(&gather->forms[i], argc, argv))
			return &gather->forms[i];
	return NULL;
}

bool gather_fits(struct cli *cli, int argc, char **argv)
{
	/* each line says what it has to say as an object of its own */
	return cli->gather && !cli->opts.json && find(cli->gather, argc, argv);
}

/* ---- learning ---- */

static struct gather_form *find_place(struct gather *gather,
				      const struct words *w)
{
	struct gather_form *form = find(gather, w->argc, w->argv);
	size_t i;

	if (!form) {
		form = &gather->forms[0];
		for (i = 1; i < GATHER_FORMS; i++)
			if (gather->forms[i].used < form->used)
				form = &gather->forms[i];
	}
	forget(form);
	return form;
}

static char *copy_words(const struct words *w)
{
	_cleanup_buf_ struct buf words = { 0 };
	int i;

	for (i = 1; i < w->argc; i++)
		buf_add(&words, w->argv[i], strlen(w->argv[i]) + 1);
	return buf_failed(&words) ? NULL : steal_ptr(&words.data);
}

/* 0: it is none of the line's words */
static int position(const struct words *w, const char *word)
{
	int i;

	for (i = 1; i < w->argc; i++)
		if (w->argv[i] == word)
			return i;
	return 0;
}

void gather_learn(struct cli *cli, const char *dev,
		  const struct bpfelf_hook *hook, uint64_t shared,
		  gather_after_fn after)
{
	const struct words *w = &cli->words;
	int dev_at = position(w, dev);
	struct gather_form *form;

	if (!cli->gather || !dev_at)
		return;
	form = find_place(cli->gather, w);
	*form = (struct gather_form){
		.words = copy_words(w),
		.argc = w->argc,
		.dev_at = dev_at,
		.hook = *hook,
		.shared = shared,
		.after = after,
		.used = ++cli->gather->clock,
	};
}

/* ---- doing ---- */

struct lines {
	struct cli *cli;
	const struct batch_line *lines;
	struct bpfelf_hook hooks[BATCH_TOGETHER];
	struct gather_form *forms[BATCH_TOGETHER];
	size_t cnt;
};

/* Looked at once for all lines: another look might find it gone, and free what
 * the first ones have. */
static const struct bpfelf_txn *program_of(const struct lines *all,
					   const struct gather_form *form)
{
	size_t i;

	for (i = 0; i < all->cnt; i++)
		if (all->forms[i]->shared == form->shared)
			return all->hooks[i].from;
	return share_get(all->cli->share, form->shared);
}

/* False: this line has to go its ordinary way. */
static bool add_line(struct lines *all, const struct batch_line *line)
{
	struct gather *gather = all->cli->gather;
	struct gather_form *form = find(gather, line->argc, line->argv);
	struct bpfelf_hook *hook = &all->hooks[all->cnt];

	if (!form)
		return false;
	form->used = ++gather->clock;
	*hook = form->hook;
	if (form->shared)
		hook->from = program_of(all, form);
	if ((form->shared && !hook->from) ||
	    query_ifindex(all->cli->ctx, line->argv[form->dev_at],
			  &hook->ifindex) < 0)
		return false;
	all->forms[all->cnt++] = form;
	return true;
}

static size_t attach(struct lines *all)
{
	struct bpfelf_txn *txn;
	size_t done = 0;

	if (bpfelf_txn_new(all->cli->ctx, &txn) < 0)
		return 0;
	bpfelf_attach_many(txn, all->hooks, all->cnt, &done);
	bpfelf_commit(txn);	/* nothing is exported: it cannot fail */
	bpfelf_txn_free(txn);
	return done;
}

static void tell(struct lines *all, size_t i)
{
	const struct gather_form *form = all->forms[i];

	if (form->after)
		form->after(all->cli, all->lines[i].argv[form->dev_at],
			    &all->hooks[i]);
}

size_t gather_do(struct cli *cli, const struct batch_line *lines, size_t cnt)
{
	struct lines all = { .cli = cli, .lines = lines };
	_cleanup_report_ struct report report;
	size_t i, done;

	while (all.cnt < cnt && add_line(&all, &lines[all.cnt]))
		;
	report_begin(&report, cli, NULL, false);
	done = all.cnt ? attach(&all) : 0;
	for (i = 0; i < done; i++)
		tell(&all, i);
	return done;
}
