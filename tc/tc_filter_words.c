/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_filter.h"

#include <stdio.h>

#include "names.h"
#include "tc_adapt.h"
#include "units.h"

#define USECS 1000000

static bool is_show(const struct filter_words *filter)
{
	return filter->verb == FILTER_SHOW;
}

/* compat: twice is noticed only when the first was not 0, here and below */
static int take_corner(struct words *w, const struct kw *kw, void *into)
{
	struct filter_words *filter = into;

	(void)w;
	if (filter->parent) {
		fprintf(stderr, "Error: \"%s\" is duplicate parent ID\n",
			kw->name);
		return CLI_USAGE;
	}
	filter->parent = *(const uint32_t *)kw->arg;
	return 0;
}

static int take_parent(struct words *w, const struct kw *kw, void *into)
{
	struct filter_words *filter = into;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	if (filter->parent)
		return word_twice(kw->name, word);
	if (name_to_handle(word, &filter->parent))
		return 0;
	return word_wrong(word, is_show(filter) ? "invalid parent ID"
						: "Invalid parent ID");
}

static int take_pref(struct words *w, const struct kw *kw, void *into)
{
	struct filter_words *filter = into;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (filter->pref)
		return word_twice("priority", word);
	if (is_show(filter))
		return word_to_u32(word, 0, UINT32_MAX, &filter->pref)
		     ? 0 : word_wrong(word, "invalid preference");
	return word_to_u32(word, 0, 0xffff, &filter->pref)
	     ? 0 : word_wrong(word, "invalid priority value");
}

static int take_protocol(struct words *w, const struct kw *kw, void *field)
{
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	return name_to_proto(word, field)
	     ? 0 : word_wrong(word, "invalid protocol");
}

static int take_block(struct words *w, const struct kw *kw, void *into)
{
	struct filter_words *filter = into;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (filter->block)
		return word_twice("block", word);
	if (word_to_u32(word, 0, UINT32_MAX, &filter->block) && filter->block)
		return 0;
	return word_wrong(word, "invalid block index value");
}

/* ---- estimator SAMPLE AVERAGE ---- */

/* The kernel's sample is a power of two, from a quarter of a second on. */
static bool find_interval(uint32_t usecs, signed char *interval)
{
	int i;

	for (i = 0; i <= 5; i++)
		if (usecs <= (USECS / 4u) << i) {
			*interval = i - 2;
			return true;
		}
	return false;
}

/*
 * An average over n samples gives each of them the weight 1/2^log: the greatest
 * log for which -1 / ln(1 - 1/2^log), about 2^log - 1/2, is not past n.
 */
static bool find_weight(double n, unsigned char *log)
{
	static const double least[] = { 1.4427, 3.4761, 7.4889 };
	size_t i;

	*log = 0;
	for (i = 1; i <= 30; i++)
		if (n >= (i <= 3 ? least[i - 1] : (double)(1u << i) - 0.5))
			*log = i;
	return *log;
}

static int take_estimator(struct words *w, const struct kw *kw, void *into)
{
	struct filter_words *filter = into;
	struct tc_estimator *est = &filter->estimator;
	const char *sample = word_take(w), *average = word_take(w);
	uint32_t usecs, over;

	(void)kw;
	if (!sample || !average || filter->has_estimator)
		return CLI_HANDOVER;
	if (!unit_time(sample, &usecs) || !unit_time(average, &over) || !usecs)
		return CLI_HANDOVER;
	if (!find_interval(usecs, &est->interval) ||
	    !find_weight((double)over / usecs, &est->ewma_log))
		return CLI_HANDOVER;
	filter->has_estimator = true;
	return 0;
}

static int take_foreign(struct words *w, const struct kw *kw, void *into)
{
	(void)w;
	(void)kw;
	(void)into;
	return CLI_HANDOVER;
}

static const uint32_t root = TC_H_ROOT, ingress = FILTER_INGRESS,
		      egress = FILTER_EGRESS;

static const struct word_range chains = {
	0, UINT32_MAX, "invalid chain index value"
};

/* compat: `p` and `pr` are the preference, `pro` the protocol, `b` block */
static const struct kw filter_kw[] = {
	KW_EXACT_ONCE("dev",	 word_str,     struct filter_words, dev),
	KW_SELF	     ("block",	 take_block,   NULL),
	KW_EXACT_SELF("root",	 take_corner,  &root),
	KW_EXACT_SELF("ingress", take_corner,  &ingress),
	KW_EXACT_SELF("egress",	 take_corner,  &egress),
	KW_EXACT_SELF("parent",	 take_parent,  NULL),
	KW_EXACT_ONCE("handle",	 word_str,     struct filter_words, handle_word),
	KW_SELF	     ("preference", take_pref, NULL),
	KW_SELF	     ("priority", take_pref,   NULL),
	KW_ONCE	     ("protocol", take_protocol, struct filter_words, protocol),
	KW_ONCE_ARG  ("chain",	 word_u32,     struct filter_words, chain, &chains),
	KW_SELF	     ("estimator", take_estimator, NULL),
	KW_SELF	     ("help",	 take_foreign, NULL),
	{ 0 }
};

/* The word that ends the table's words: the kind, or NULL. @foreign: one
 * before it is not ours. */
static const char *find_kind(struct words w, bool *foreign)
{
	const struct kw *kw;
	const char *word;

	*foreign = false;
	while ((word = word_take(&w))) {
		kw = kw_find(filter_kw, word);
		if (!kw)
			return word;
		*foreign |= kw->take == take_foreign;
		if (kw->take != take_corner)
			word_take(&w);
		if (kw->take == take_estimator)
			word_take(&w);
	}
	return NULL;
}

static const struct word_name verbs[] = {
	{ "add",     FILTER_ADD },
	{ "change",  FILTER_CHANGE },
	{ "replace", FILTER_REPLACE },
	{ "delete",  FILTER_DELETE },
	{ "get",     FILTER_GET },
	{ "list",    FILTER_SHOW },
	{ "show",    FILTER_SHOW },
	{ "lst",     FILTER_SHOW },
	{ "help",    FILTER_HELP },
	{ NULL,	     0 }
};

static int find_verb(const char *word)
{
	return word_among(verbs, word);
}

static bool is_kind(const char *word)
{
	static const char *const kinds[] = {
		"basic", "bpf", "cgroup", "flow", "flower", "fw", "matchall",
		"route", "rsvp", "tcindex", "u32",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(word, kinds[i]))
			return true;
	return false;
}

void filter_suggest(struct words w)
{
	struct suggest s = { .word = word_peek(&w) };
	bool foreign;

	if (find_verb(word_take(&w)) < 0) {
		suggest_names(&s, verbs);
	} else {
		s.word = find_kind(w, &foreign);
		if (!s.word || is_kind(s.word))
			return;
		suggest_table(&s, filter_kw);
		suggest_consider(&s, "bpf");
	}
	suggest_hint(&s);
}

static int must_specify(const char *what)
{
	fprintf(stderr, "Must specify %s\n", what);
	return CLI_USAGE;
}

static bool attaches(const struct filter_words *filter)
{
	return filter->verb == FILTER_ADD || filter->verb == FILTER_CHANGE ||
	       filter->verb == FILTER_REPLACE;
}

/* the system's tc has words for each place where they meet */
static bool is_somewhere(const struct filter_words *filter)
{
	return !filter->dev != !filter->block;
}

static int check_attach(const struct filter_words *filter)
{
	/* the system's tc finds the words for it */
	if (filter->bpf.prog.mode == BPF_MODE_NONE)
		return CLI_HANDOVER;
	if (filter->block)
		return filter->dev ? CLI_HANDOVER : 0;
	return filter->dev ? 0 : must_specify("netdevice \"dev\"");
}

/* compat: in this order */
static int check_get(const struct filter_words *filter)
{
	if (!filter->has_protocol)
		return must_specify("filter protocol");
	if (!filter->pref)
		return must_specify("filter priority");
	if (!filter->parent)
		return must_specify("filter parent");
	if (!filter->handle)
		return must_specify("filter \"handle\"");
	return filter->dev && !filter->block ? 0 : CLI_HANDOVER;
}

/* With a kind, only filters of one pref can go: the kernel will say so. */
static int check_delete(const struct filter_words *filter)
{
	if (filter->any_kind && filter->handle_word)
		return must_specify("filter type when using \"handle\"");
	if (!is_somewhere(filter) || !(filter->any_kind || filter->pref))
		return CLI_HANDOVER;
	return 0;
}

static int parse_bpf(struct words *w, struct filter_words *filter)
{
	const char *handle = filter->handle_word;

	if (handle && !word_to_u32(handle, 0, UINT32_MAX, &filter->handle)) {
		fprintf(stderr, "Illegal \"handle\"\n");
		return CLI_FAIL;
	}
	return f_bpf_parse(w, &filter->bpf);
}

static int parse_kind(struct words *w, struct filter_words *filter)
{
	const char *kind;

	filter->kind_pos = w->pos;
	kind = word_take(w);
	if (!kind && filter->verb == FILTER_DELETE) {
		filter->any_kind = true;
		return 0;
	}
	if (!kind || !str_eq(kind, "bpf"))
		return CLI_HANDOVER;
	return parse_bpf(w, filter);
}

int filter_parse(struct words *w, struct filter_words *filter)
{
	int verb = find_verb(word_take(w)), r;
	uint64_t seen = 0;

	if (verb < 0)
		return CLI_HANDOVER;
	memset(filter, 0, offsetof(struct filter_words, bpf) + F_BPF_CLEARED);
	filter->verb = verb;
	if (verb == FILTER_HELP)
		return 0;
	r = kw_any(filter_kw, w, filter, &seen);
	if (r)
		return r;
	filter->has_protocol = kw_was_seen(filter_kw, seen, "protocol");
	filter->has_chain = kw_was_seen(filter_kw, seen, "chain");
	if (verb == FILTER_SHOW)
		return word_peek(w) || !is_somewhere(filter) ? CLI_HANDOVER : 0;
	r = parse_kind(w, filter);
	if (r)
		return r;
	if (attaches(filter))
		return check_attach(filter);
	return verb == FILTER_GET ? check_get(filter) : check_delete(filter);
}

bool filter_is_ours(const struct cli *cli, struct words w)
{
	const struct words all = w;
	int verb = find_verb(word_take(&w));
	bool foreign;
	const char *kind = find_kind(w, &foreign);

	if (verb < 0 || foreign)
		return false;
	if (verb == FILTER_HELP)
		return true;
	if (verb == FILTER_SHOW)
		return !kind && tc_prints_plain(cli);
	if (verb == FILTER_GET && !tc_prints_plain(cli))
		return false;
	if (kind && str_eq(kind, "bpf"))
		return true;
	if (kind)	/* another word is a slip: filter_suggest() */
		return is_kind(kind) && adapt_is_needed(all);
	return verb == FILTER_DELETE;
}
