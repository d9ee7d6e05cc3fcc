/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "opts.h"

#include "out.h"
#include "words.h"

static const struct opt *find_opt(const struct opt *table, const char *word)
{
	const struct opt *opt;

	for (opt = table; opt->name; opt++)
		if (word_is(word, opt->name) && strlen(word) >= opt->min)
			return opt;
	return NULL;
}

static bool is_when(const char *when)
{
	return str_eq(when, "always") || str_eq(when, "auto") ||
	       str_eq(when, "never");
}

/* "-color=WHEN", the one option with a value in its own word, and abbreviated
 * as no other: `tc -c` is -conf, `tc -c=never` is not */
static const struct opt *find_color(const struct opt *table, const char *word,
				    const char **when)
{
	const char *equals = strchr(word, '=');
	const struct opt *opt;

	if (!equals || equals == word || !is_when(equals + 1))
		return NULL;
	*when = equals + 1;
	for (opt = table; opt->name; opt++)
		if (opt->kind == OPT_COLOR &&
		    strncmp(word, opt->name, equals - word) == 0)
			return opt;
	return NULL;
}

static bool wants_color(const char *when)
{
	if (when && str_eq(when, "auto"))
		return isatty(STDOUT_FILENO);
	return !when || str_eq(when, "always");
}

static int take_opt(const struct opt *opt, const char *when, struct words *w,
		    struct opts *opts)
{
	void *field = (char *)opts + opt->offset;
	const char *value;

	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_SYSTEM_STR:
		*(bool *)field = true;
		return word_need(w, &value);
	case OPT_COLOR:
		*(bool *)field = wants_color(when);
		return 0;
	case OPT_COUNT:
		++*(uint32_t *)field;
		return 0;
	case OPT_STR:
		return word_need(w, field);
	}
	return 0;
}

int opts_parse(const struct opt *table, int argc, char **argv,
	       struct opts *opts)
{
	struct words w = { .argv = argv, .argc = argc, .pos = 1 };
	const struct opt *opt;
	const char *word;
	int r = 0;

	*opts = (struct opts){ 0 };
	while (r == 0 && (word = word_peek(&w)) && *word == '-') {
		const char *when = NULL;

		w.pos++;
		if (str_eq(word, "--"))
			break;
		word += word[1] == '-' ? 2 : 1;
		opt = find_opt(table, word) ?: find_color(table, word, &when);
		if (!opt) {
			opts->foreign = true;
			break;
		}
		r = take_opt(opt, when, &w, opts);
	}
	opts->words = w.pos;
	return r;
}

unsigned int opts_out_flags(const struct opts *opts)
{
	return (opts->json ? OUT_JSON : 0) | (opts->pretty ? OUT_PRETTY : 0) |
	       (opts->oneline ? OUT_ONELINE : 0);
}
