/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The nearest word: slips of the fingers find it, other words do not. */
#include "suggest.h"

#include <stdio.h>

#include "capture.h"
#include "unit.h"

static const struct kw table[] = {
	{ .name = "object-file" }, { .name = "pinned" }, { .name = "section" },
	{ .name = "direct-action" }, { .name = "xdpgeneric" }, { .name = "xdp" },
	{ 0 }
};

static const struct word_name names[] = {
	{ "ingress", 0 }, { "egress", 0 }, { "bpf", 0 }, { NULL, 0 }
};

static const struct {
	const char *word, *nearest;	/* NULL: none */
} slips[] = {
	{ "objj", "object-file" }, { "pbject", "object-file" },
	{ "ojb", "object-file" }, { "ob-ject", "object-file" },
	{ "secton", "section" }, { "sectoin", "section" }, { "pined", "pinned" },
	{ "drect-action", "direct-action" }, { "direct_action", "direct-action" },
	{ "ingres", "ingress" }, { "eggress", "egress" }, { "igress", "ingress" },
	{ "bfp", "bpf" }, { "xpd", "xdpgeneric" }, { "xdpgenric", "xdpgeneric" },
	{ "pf", "pinned" },
	{ "flower", NULL }, { "u32", NULL }, { "", NULL }, { "x", NULL },
	{ "/sys/fs/bpf/tc/globals/a/name/that/is/long", NULL }, { NULL, NULL },
	{ "matchall", NULL }, { "type", NULL },
};

START_TEST(the_nearest_word_is_found)
{
	struct suggest s = { .word = slips[_i].word };

	suggest_table(&s, table);
	suggest_names(&s, names);
	ck_assert_pstr_eq(s.nearest, slips[_i].nearest);
}
END_TEST

START_TEST(it_is_said_or_nothing_is)
{
	_cleanup_free_ char *said = NULL, *nothing = NULL;
	struct suggest s = { .word = "secton" }, none = { .word = "u32" };
	struct capture stderr_;

	suggest_table(&s, table);
	suggest_table(&none, table);
	capture_begin(&stderr_, STDERR_FILENO);
	suggest_hint(&s);
	said = capture_end(&stderr_);
	capture_begin(&stderr_, STDERR_FILENO);
	suggest_hint(&none);
	nothing = capture_end(&stderr_);
	ck_assert_str_eq(said, "Hint: did you mean \"section\"?\n");
	ck_assert_str_eq(nothing, "");
}
END_TEST

Suite *suggest_suite(void)
{
	Suite *suite = suite_create("suggest");
	TCase *tc = tcase_create("suggest");

	tcase_add_loop_test(tc, the_nearest_word_is_found, 0, ARRAY_SIZE(slips));
	tcase_add_test(tc, it_is_said_or_nothing_is);
	suite_add_tcase(suite, tc);
	return suite;
}
