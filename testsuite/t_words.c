/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Words: which row an abbreviation selects, how far a walk goes, and what is
 * said of missing, repeated and wrong words. What a word must mean, and every
 * complaint, is what iproute2 6.1 answered.
 */
#include "words.h"

#include <stdio.h>

#include "bpfwords.h"
#include "buf.h"
#include "capture.h"
#include "unit.h"

/* ---- a table with every kind of row ---- */

struct options {
	const char *dev, *section;
	bool verbose;
	uint32_t pref, bits, chain;
};

static const struct word_range pref_range = { 0, 65535, "invalid priority value" };
static const struct word_range chain_range = { 1, UINT32_MAX, "invalid chain" };
static const uint32_t skip_hw = 1, skip_sw = 2;

static const struct kw options[] = {
	KW_ONCE      ("dev",	   word_ifname, struct options, dev),
	KW_ONCE_ARG  ("preference", word_u32,	struct options, pref, &pref_range),
	KW_ONCE_ARG  ("priority",  word_u32,	struct options, pref, &pref_range),
	KW_ARG	     ("skip_hw",   word_bits,	struct options, bits, &skip_hw),
	KW_ARG	     ("skip_sw",   word_bits,	struct options, bits, &skip_sw),
	KW	     ("section",   word_str,	struct options, section),
	KW_EXACT     ("verb",	   word_flag,	struct options, verbose),
	KW_ARG	     ("chain",	   word_u32,	struct options, chain, &chain_range),
	{ 0 }
};

/* what was taken, then "| rest", then what was said */
static char *describe(const struct options *o, struct words *w, int r,
		      const char *said)
{
	struct buf text = { 0 };
	const char *word;

	if (o->dev)
		buf_addf(&text, "dev=%s ", o->dev);
	if (o->section)
		buf_addf(&text, "section=%s ", o->section);
	if (o->verbose)
		buf_addf(&text, "verbose ");
	if (o->pref)
		buf_addf(&text, "pref=%u ", o->pref);
	if (o->bits)
		buf_addf(&text, "bits=%u ", o->bits);
	if (o->chain)
		buf_addf(&text, "chain=%u ", o->chain);
	buf_addf(&text, "%d", r);
	while ((word = word_take(w)))
		buf_addf(&text, " | %s", word);
	if (*said)
		buf_addf(&text, "\n%s", said);
	return text.data;
}

enum walk { ANY, SEQ, PICK };

static const struct {
	enum walk walk;
	const char *line, *expected;
} walks[] = {
	{ ANY, "", "0" },
	{ ANY, "dev x s sec y", "dev=x section=y bits=1 0" },
	{ ANY, "d x se y sk", "dev=x section=y bits=1 0" },
	{ ANY, "s skip_ skip_s", "bits=3 0" },
	{ ANY, "skip_hwx", "0 | skip_hwx" },
	{ ANY, "verb", "verbose 0" },
	{ ANY, "ver", "0 | ver" },
	{ ANY, "verbo", "0 | verbo" },
	{ ANY, "p 0x10", "pref=16 0" },
	{ ANY, "pri 010", "pref=8 0" },
	{ ANY, "pref 65535 other", "pref=65535 0 | other" },
	{ ANY, "chain 0xffffffff", "chain=4294967295 0" },
	{ ANY, "dev", "255\nCommand line is not complete. Try option \"help\"\n" },
	{ ANY, "dev x dev y",
	  "dev=x 255\nError: duplicate \"dev\": \"y\" is the second value.\n" },
	{ ANY, "dev x dev",
	  "dev=x 255\nCommand line is not complete. Try option \"help\"\n" },
	{ ANY, "pref 1 prio 2",
	  "pref=1 255\nError: duplicate \"priority\": \"2\" is the second value.\n" },
	{ ANY, "section a section b", "section=b 0" },
	{ ANY, "dev a/b",
	  "255\nError: argument \"a/b\" is wrong: \"dev\" not a valid ifname\n" },
	{ ANY, "pref 65536",
	  "255\nError: argument \"65536\" is wrong: invalid priority value\n" },
	{ ANY, "pref 1x",
	  "255\nError: argument \"1x\" is wrong: invalid priority value\n" },
	{ ANY, "pref -1",
	  "255\nError: argument \"-1\" is wrong: invalid priority value\n" },
	{ ANY, "chain 0x100000000",
	  "255\nError: argument \"0x100000000\" is wrong: invalid chain\n" },
	{ ANY, "chain 0", "255\nError: argument \"0\" is wrong: invalid chain\n" },

	/* each row at most once, in order: a second one is left */
	{ SEQ, "dev x s section y", "dev=x section=y bits=1 0" },
	{ SEQ, "section y dev x", "section=y 0 | dev | x" },
	{ SEQ, "sec a sec b", "section=a 0 | sec | b" },
	{ SEQ, "s s", "bits=3 0" },
	{ SEQ, "", "0" },

	{ PICK, "dev x dev y", "dev=x 0 | dev | y" },
	{ PICK, "other", "-1 | other" },
	{ PICK, "", "-1" },
};

static int walk(enum walk how, struct words *w, struct options *o)
{
	uint64_t seen = 0;

	switch (how) {
	case ANY:
		return kw_any(options, w, o, &seen);
	case SEQ:
		return kw_seq(options, w, o);
	case PICK:
		return kw_pick(options, w, o, &seen);
	}
	return -1;
}

START_TEST(a_table_is_walked)
{
	_cleanup_free_ char *line = strdup(walks[_i].line);
	_cleanup_free_ char *said = NULL, *got = NULL;
	struct options o = { 0 };
	struct capture stderr_;
	char *argv[32];
	struct words w = { argv, split_words(line, argv), 1 };
	int r;

	capture_begin(&stderr_, STDERR_FILENO);
	r = walk(walks[_i].walk, &w, &o);
	said = capture_end(&stderr_);
	got = describe(&o, &w, r, said);
	ck_assert_str_eq(got, walks[_i].expected);
}
END_TEST

START_TEST(seen_rows_can_be_asked_for)
{
	char *argv[] = { (char *)"dev", (char *)"x" };
	struct words w = { argv, 2, 0 };
	struct options o = { 0 };
	uint64_t seen = 0;

	ck_assert_int_eq(kw_any(options, &w, &o, &seen), 0);
	ck_assert(kw_was_seen(options, seen, "dev"));
	ck_assert(!kw_was_seen(options, seen, "section"));
	ck_assert(!kw_was_seen(options, seen, "no such row"));
}
END_TEST

/* ---- the words that name a program ---- */

static const struct {
	unsigned int allow;
	const char *line, *expected;
} programs[] = {
	{ 0, "object-file f", "object f 0" },
	{ 0, "o f", "object f 0" },
	{ 0, "obj f sec s verb", "object f section=s verbose 0" },
	{ 0, "obj f sec s program p v", "object f section=s program=p verbose 0" },
	{ 0, "obj f prog p", "object f 0 | prog | p" },
	{ 0, "obj f verb sec s", "object f verbose 0 | sec | s" },
	{ 0, "obj f exp u", "object f 0 | exp | u" },
	{ 0, "obj f type xdp", "object f 0 | type | xdp" },
	{ 0, "object-p f", "pinned f 0" },
	{ 0, "p f", "pinned f 0" },
	{ 0, "pinned m:globals/x verb", "pinned m:globals/x verbose 0" },
	{ 0, "f p", "pinned p 0" },
	{ 0, "fd 3", "pinned 3 0" },
	{ 0, "b x", "1 | b | x\nWhat mode is \"b\"?\n" },
	{ 0, "objx f", "1 | objx | f\nWhat mode is \"objx\"?\n"
	  "Hint: did you mean \"object-file\"?\n" },
	{ 0, "obj", "object 255\nCommand line is not complete. Try option \"help\"\n" },
	{ 0, "", "255\nCommand line is not complete. Try option \"help\"\n" },
	{ 0, "obj f sec", "object f 255\nCommand line is not complete. Try option \"help\"\n" },

	{ BPF_WORDS_EXPORT, "obj f sec s exp u verb",
	  "object f section=s export=u verbose 0" },
	{ BPF_WORDS_TYPE, "obj f type a sec s", "object f type=4 section=s 0" },
	{ BPF_WORDS_TYPE, "obj f t lwt_x", "object f type=12 0" },
	{ BPF_WORDS_TYPE, "obj f type l", "object f type=10 0" },
	{ BPF_WORDS_TYPE, "obj f type foo", "object f 255\nWhat type is \"foo\"?\n" },

	{ BPF_WORDS_BYTECODE, "b 1,6", "bytecode 1,6 0" },
	{ BPF_WORDS_BYTECODE, "bc 1,6 da", "bytecode 1,6 0 | da" },
	{ BPF_WORDS_BYTECODE, "bytecode 1,6", "bytecode 1,6 0" },
	{ BPF_WORDS_BYTECODE, "bytecode- f", "bytecode-file f 0" },
	{ BPF_WORDS_BYTECODE, "bcf f verb", "bytecode-file f 0 | verb" },
};

static char *describe_program(const struct bpf_words *bpf, struct words *w,
			      int r, const char *said)
{
	static const char *const modes[] = {
		[BPF_MODE_NONE] = "", [BPF_MODE_OBJECT] = "object ",
		[BPF_MODE_PINNED] = "pinned ", [BPF_MODE_BYTECODE] = "bytecode ",
		[BPF_MODE_BYTECODE_FILE] = "bytecode-file ",
	};
	struct buf text = { 0 };
	const char *word;

	buf_addf(&text, "%s", modes[bpf->mode]);
	if (bpf->file)
		buf_addf(&text, "%s ", bpf->file);
	if (bpf->prog_type)
		buf_addf(&text, "type=%u ", bpf->prog_type);
	if (bpf->section)
		buf_addf(&text, "section=%s ", bpf->section);
	if (bpf->program)
		buf_addf(&text, "program=%s ", bpf->program);
	if (bpf->export)
		buf_addf(&text, "export=%s ", bpf->export);
	if (bpf->verbose)
		buf_addf(&text, "verbose ");
	buf_addf(&text, "%d", r);
	while ((word = word_take(w)))
		buf_addf(&text, " | %s", word);
	if (*said)
		buf_addf(&text, "\n%s", said);
	return text.data;
}

START_TEST(a_program_is_named)
{
	_cleanup_free_ char *line = strdup(programs[_i].line);
	_cleanup_free_ char *said = NULL, *got = NULL;
	struct capture stderr_;
	struct bpf_words bpf;
	char *argv[32];
	struct words w = { argv, split_words(line, argv), 1 };
	int r;

	capture_begin(&stderr_, STDERR_FILENO);
	r = bpf_words_take(&w, programs[_i].allow, &bpf);
	said = capture_end(&stderr_);
	got = describe_program(&bpf, &w, r, said);
	ck_assert_str_eq(got, programs[_i].expected);
}
END_TEST

/* and the word is stronger, where iproute2 knows it no more */
START_TEST(the_environment_names_an_agent)
{
	static const struct {
		const char *line, *agent;
	} cases[] = {
		{ "obj f", "/s" }, { "obj f sec x verb", "/s" },
		{ "obj f exp /t", "/t" }, { "pinned p", NULL },
		{ "pinned p export /t", "/t" },
	};
	struct bpf_words bpf;
	char line[64], *argv[32];
	size_t i;

	setenv("TC_BPF_UDS", "/s", true);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct words w = { argv, split_words(strcpy(line, cases[i].line), argv), 1 };

		ck_assert_int_eq(bpf_words_take(&w, BPF_WORDS_EXPORT | BPF_WORDS_UDS, &bpf), 0);
		ck_assert_pstr_eq(bpf.export, cases[i].agent);
		w.pos = 1;
		/* an action's program is not meant */
		ck_assert_int_eq(bpf_words_take(&w, BPF_WORDS_EXPORT, &bpf), 0);
		ck_assert_pstr_eq(bpf.export, str_eq(cases[i].agent ?: "", "/t") ? "/t" : NULL);
		w.pos = 1;
		ck_assert_int_eq(bpf_words_take(&w, 0, &bpf), 0);
		ck_assert_ptr_null(bpf.export);
	}
	unsetenv("TC_BPF_UDS");
}
END_TEST

Suite *words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *tc = tcase_create("words");

	tcase_add_loop_test(tc, a_table_is_walked, 0, ARRAY_SIZE(walks));
	tcase_add_test(tc, seen_rows_can_be_asked_for);
	tcase_add_loop_test(tc, a_program_is_named, 0, ARRAY_SIZE(programs));
	tcase_add_test(tc, the_environment_names_an_agent);
	suite_add_tcase(suite, tc);
	return suite;
}
