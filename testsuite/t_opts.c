/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Options before the object: how far they reach, and what they mean. */
#include "opts.h"

#include <stdio.h>

#include "buf.h"
#include "capture.h"
#include "unit.h"

static const struct opt table[] = {
	OPT("family",	 1, OPT_SYSTEM_STR, system),
	OPT("4",	 1, OPT_FLAG,	    system),
	OPT("details",	 1, OPT_COUNT,	    details),
	OPT("force",	 2, OPT_FLAG,	    force),
	OPT("conf",	 1, OPT_SYSTEM_STR, system),
	OPT("color",	 3, OPT_COLOR,	    color),
	OPT("timestamp", 1, OPT_FLAG,	    timestamp),
	OPT("netns",	 1, OPT_STR,	    netns),
	OPT("json",	 1, OPT_FLAG,	    json),
	{ 0 }
};

static const struct {
	const char *line, *meant;
} lines[] = {
	{ "link", "1" },
	{ "-d -d -j link show", "4 details=2 json" },
	{ "--json -- link", "3 json" },
	{ "-f inet -4 x", "4 system" },		/* -f is family, */
	{ "-fo x", "2 force" },			/* -fo force */
	{ "-c x -json y", "4 system json" },	/* tc: -c is conf */
	{ "-c=never x", "2" },			/* and this is not */
	{ "-c=always x", "2 color" },
	{ "-col x", "2 color" },
	{ "-color=auto x", "2" },		/* no terminal here */
	{ "-c=au x", "2 foreign" },
	{ "-c= x", "2 foreign" },
	{ "-d=always x", "2 foreign" },
	{ "-=always x", "2 foreign" },
	{ "-Q -j x", "2 foreign" },		/* no further */
	{ "-n peer -t x", "4 netns=peer timestamp" },
};

static void describe(const struct opts *o, struct buf *text)
{
	buf_addf(text, "%d", o->words);
	if (o->netns)
		buf_addf(text, " netns=%s", o->netns);
	if (o->details)
		buf_addf(text, " details=%u", o->details);
	buf_addf(text, "%s%s%s%s%s%s", o->system ? " system" : "",
		 o->color ? " color" : "", o->force ? " force" : "",
		 o->json ? " json" : "", o->timestamp ? " timestamp" : "",
		 o->foreign ? " foreign" : "");
}

START_TEST(options_are_read)
{
	_cleanup_free_ char *line = strdup(lines[_i].line), *said = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	struct capture stdout_;
	char *argv[32];
	int argc = split_words(line, argv);
	struct opts opts;

	capture_begin(&stdout_, STDOUT_FILENO);
	ck_assert_int_eq(opts_parse(table, argc, argv, &opts), 0);
	said = capture_end(&stdout_);
	describe(&opts, &text);
	ck_assert_str_eq(buf_str(&text), lines[_i].meant);
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(a_value_may_be_missing)
{
	static const char *const options[] = { "-n", "-f", "-conf" };
	char *argv[] = { (char *)"ip", (char *)options[_i], NULL };
	_cleanup_free_ char *said = NULL;
	struct capture stderr_;
	struct opts opts;
	int r;

	capture_begin(&stderr_, STDERR_FILENO);
	r = opts_parse(table, 2, argv, &opts);
	said = capture_end(&stderr_);
	ck_assert_int_eq(r, CLI_USAGE);
	ck_assert_str_eq(said, "Command line is not complete. Try option \"help\"\n");
}
END_TEST

Suite *opts_suite(void)
{
	Suite *suite = suite_create("opts");
	TCase *tc = tcase_create("opts");

	tcase_add_loop_test(tc, options_are_read, 0, ARRAY_SIZE(lines));
	tcase_add_loop_test(tc, a_value_may_be_missing, 0, 3);
	suite_add_tcase(suite, tc);
	return suite;
}
