/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_adapt.h"

#include <linux/bpf.h>
#include <stdio.h>

#include "bpfwords.h"
#include "report.h"

#define OBJECTS_MAX 33		/* a filter and its actions */

/* ---- finding them ---- */

/* the words [begin, end) name a program of this type */
struct place {
	int begin, end;
	uint32_t prog_type;
	struct bpf_words prog;
};

static bool attaches(const char *verb)
{
	return word_is(verb, "add") || word_is(verb, "change") ||
	       word_is(verb, "replace");
}

/* the options of the filter kind that may stand before its program */
static void skip_options(struct words *w)
{
	static const char *const flags[] = {
		"run", "direct-action", "da", "skip_hw", "skip_sw",
	};
	const char *word;
	size_t i;

	while ((word = word_peek(w)) && !bpf_words_is_mode(word, 0)) {
		for (i = 0; i < ARRAY_SIZE(flags); i++)
			if (word_is(word, flags[i]))
				break;
		if (i == ARRAY_SIZE(flags) && !word_is(word, "classid") &&
		    !word_is(word, "flowid"))
			return;
		word_take(w);
		if (i == ARRAY_SIZE(flags))
			word_take(w);
	}
}

/* From one `bpf` to the next: does it stand behind `action`, or behind the
 * verb of `tc actions`? Else it is the kind of the filter. */
static bool find_next(struct words *w, bool actions, struct place *place)
{
	const char *word, *before = actions ? "action" : NULL;

	while ((word = word_take(w))) {
		if (str_eq(word, "bpf"))
			break;
		before = word;
	}
	if (!word)
		return false;
	place->prog_type = actions || word_is(before, "action")
			 ? BPF_PROG_TYPE_SCHED_ACT : BPF_PROG_TYPE_SCHED_CLS;
	if (place->prog_type == BPF_PROG_TYPE_SCHED_CLS)
		skip_options(w);
	else if (word_is(word_peek(w), "run"))
		word_take(w);
	place->begin = w->pos;
	return true;
}

static bool is_object(const char *word)
{
	return bpf_words_is_mode(word, 0) && word[0] == 'o' &&
	       !(strlen(word) > 7 && word_is(word, "object-pinned"));
}

/* `tc actions` and not `tc filter`: the word before the verb tells */
static bool is_actions(const struct words *w)
{
	return w->pos > 0 && word_is(w->argv[w->pos - 1], "actions");
}

bool adapt_is_needed(struct words w)
{
	bool actions = is_actions(&w);
	struct place place;

	if (!attaches(word_take(&w)))
		return false;
	while (find_next(&w, actions, &place))
		if (is_object(word_peek(&w)))
			return true;
	return false;
}

/* 0 or an exit status */
static int find_all(struct words w, struct place places[OBJECTS_MAX],
		    size_t *cnt)
{
	bool actions = is_actions(&w);
	struct place place;
	int r;

	*cnt = 0;
	while (find_next(&w, actions, &place)) {
		if (!is_object(word_peek(&w)))
			continue;
		r = bpf_words_take(&w, BPF_WORDS_EXPORT, &place.prog);
		if (r)
			return r;
		/* compat: one more action than the kernel takes, or export */
		if (*cnt == OBJECTS_MAX || place.prog.export)
			return CLI_HANDOVER;
		place.end = w.pos;
		places[(*cnt)++] = place;
	}
	return 0;
}

/* ---- running ---- */

/* the command as it is, with the paths in the places */
static int run_system(struct cli *cli, const struct words *w,
		      const struct place *places, const char *const *paths,
		      size_t cnt)
{
	_cleanup_free_ char **argv = calloc(w->argc + 1, sizeof(*argv));
	int i, argc = 0;
	size_t n = 0;

	if (!argv) {
		fprintf(stderr, "out of memory\n");
		return CLI_USAGE;
	}
	for (i = w->pos - 1; i < w->argc; i++) {
		if (n == cnt || i != places[n].begin) {
			argv[argc++] = w->argv[i];
			continue;
		}
		argv[argc++] = (char *)"object-pinned";
		argv[argc++] = (char *)paths[n];
		i = places[n++].end - 1;
	}
	return command_run_system(cli, argc, argv);
}

/* @failed: the exit status then */
static int load_one(struct cli *cli, const struct place *place, int failed,
		    struct bpf_loaded *loaded, const char **path)
{
	_cleanup_report_ struct report report;
	int r;

	report_begin(&report, cli, loaded, place->prog.verbose);
	r = bpf_words_load(&place->prog, cli->ctx, place->prog_type, loaded);
	r = r ?: bpfelf_lend(loaded->txn, path);
	return r < 0 ? report_failure(&report, r, failed) : 0;
}

static int load_and_run(struct cli *cli, const struct words *w,
			const struct place *places, size_t cnt,
			struct bpf_loaded *loaded)
{
	int failed = is_actions(w) ? CLI_USAGE : CLI_FAIL, r = 0;
	const char *paths[OBJECTS_MAX];
	size_t i;

	for (i = 0; i < cnt && r == 0; i++)
		r = load_one(cli, &places[i], failed, &loaded[i],
			     &paths[i]);
	r = r ?: run_system(cli, w, places, paths, cnt);
	for (i = 0; i < cnt && r == CLI_OK; i++)
		bpfelf_commit(loaded[i].txn);
	return r;
}

int adapt_run(struct cli *cli, struct words w)
{
	struct bpf_loaded loaded[OBJECTS_MAX] = { 0 };
	struct place places[OBJECTS_MAX];
	size_t cnt;
	int r;

	if (!adapt_is_needed(w))
		return CLI_HANDOVER;
	r = find_all(w, places, &cnt);
	r = r ?: load_and_run(cli, &w, places, cnt, loaded);
	while (cnt > 0)
		bpf_loaded_free(&loaded[--cnt]);
	return r;
}
