/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Command lines of `tc` but for `tc filter`, and what they mean. */
#include "../tc/e_bpf.h"
#include "../tc/tc_actions.h"
#include "../tc/tc_adapt.h"
#include "../tc/tc_exec.h"
#include "../tc/tc_qdisc.h"
#include "tcrig.h"
#include "unit.h"

static void add_qdisc(struct buf *text, const struct qdisc_words *q)
{
	static const char *const verbs[] = {
		[QDISC_ADD] = "add", [QDISC_REPLACE] = "replace",
		[QDISC_DELETE] = "del", [QDISC_SHOW] = "show",
		[QDISC_OTHER] = "other",
	};

	buf_addf(text, "%s %s %s", verbs[q->verb], q->dev, q->kind);
	if (q->ingress_block || q->egress_block)
		buf_addf(text, " %u %u", q->ingress_block, q->egress_block);
}

static void add_graft(struct buf *text, const struct e_bpf_graft *graft)
{
	buf_addf(text, "%s", graft->map);
	if (graft->has_key)
		buf_addf(text, " key %u", graft->key);
	text_prog(text, &graft->prog);
}

/* ---- tc qdisc ---- */

static const struct row qdiscs[] = {
	{ "add dev v0 clsact", "add v0 clsact" },
	{ "a dev v0 ingress", "add v0 ingress" },
	{ "replace dev v0 clsact", "replace v0 clsact" },
	{ "add dev v0 ingress_block 22 clsact", "add v0 clsact 22 0" },
	{ "add dev v0 egress_block 0x17 ingress_block 22 clsact",
	  "add v0 clsact 22 23" },
	{ "r dev v0 clsact", "replace v0 clsact" },
	{ "delete dev v0 clsact", "del v0 clsact" },
	{ "d dev v0 ingress", "del v0 ingress" },
	{ "show dev v0 clsact", "show v0 clsact" },
	{ "show ingress dev v0", "show v0 ingress" },
	{ "lis dev v0 ingress", "show v0 ingress" },
	{ "ls dev v0 ingress", "show v0 ingress" },
	{ "ad dev v0 clsact", "add v0 clsact" },
	{ "rep dev v0 ingress", "replace v0 ingress" },
	{ "del dev v0 clsact", "del v0 clsact" },
	{ "sh dev v0 clsact", "show v0 clsact" },
	{ "s dev v0 ingress", "show v0 ingress" },

	/* all else; `l` and `li` are link, `c` change */
	{ "li dev v0 ingress", SYSTEMS },
	{ "c dev v0 clsact", SYSTEMS },
	{ "add dev v0 cls", SYSTEMS },
	{ "add dev v0 clsact foo", SYSTEMS },
	{ "add dev v0 ingress handle ffff:", SYSTEMS },
	{ "add dev v0 ingress_block 0 clsact", SYSTEMS },
	{ "add dev v0 ingress_block x clsact", SYSTEMS },
	{ "add dev v0 clsact ingress_block 22", SYSTEMS },
	{ "add dev v0 handle ffff: clsact", SYSTEMS },
	{ "add dev v0 root htb", SYSTEMS },
	{ "add dev v0", SYSTEMS },
	{ "add dev", SYSTEMS },
	{ "add clsact", SYSTEMS },
	{ "add", SYSTEMS },
	{ "show dev v0", SYSTEMS },
	{ "show clsact", SYSTEMS },
	{ "show dev v0 clsact ingress", SYSTEMS },
	{ "show dev v0 clsact invisible", SYSTEMS },
	{ "show", SYSTEMS },
	{ "", SYSTEMS },
};

START_TEST(qdisc_line_means)
{
	_cleanup_buf_ struct buf text = { 0 };
	const struct row *row = &qdiscs[_i];
	struct qdisc_words qdisc;
	const struct cli cli = { 0 };
	struct line line;
	int status;

	words_split(&line, row->line);
	ck_assert_int_eq(qdisc_is_ours(&cli, line.words),
			 !str_eq(row->means, SYSTEMS));
	status = qdisc_parse(&line.words, &qdisc);
	if (status)
		text_status(&text, status, "");
	else
		add_qdisc(&text, &qdisc);
	ck_assert_msg(str_eq(buf_str(&text), row->means), "'%s' means '%s'",
		      row->line, buf_str(&text));
}
END_TEST

/* ---- tc actions ---- */

static const struct row actions_rows[] = {
	{ "add action bpf obj a.o", "add bpf 3 obj a.o" },
	{ "a a bpf o a.o sec x ok index 5 cookie aabb",
	  "add bpf 0 obj a.o sec x index 5 cookie aabb" },
	{ "add bpf obj a.o", "add bpf 3 obj a.o" },
	{ "add action bpf bytecode 1,6 drop action bpf p /p",
	  "add bpf 2 bytecode 1,6 bpf 3 pinned /p" },
	{ "replace action bpf obj a.o index 5", "replace bpf 3 obj a.o index 5" },
	{ "change action bpf obj a.o", "replace bpf 3 obj a.o" },
	{ "add action bpf obj a.o verb sec x", SYSTEMS },
	{ "add action bpf obj",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "add action bpf index 5", SYSTEMS },
	{ "add action bpf obj a.o action drop", SYSTEMS },
	{ "add action bpf obj a.o foo", SYSTEMS },
	{ "add action drop", SYSTEMS },
	{ "get action bpf index 5", SYSTEMS },
	{ "delete action bpf index 5", SYSTEMS },
	{ "ls action bpf", SYSTEMS },
	{ "flush action bpf", SYSTEMS },
	{ "ad action bpf obj a.o", "add bpf 3 obj a.o" },
	{ "add ac bpf object-file a.o se x", "add bpf 3 obj a.o sec x" },
	{ "c a bpf p /p", "replace bpf 3 pinned /p" },
	{ "r a bpf bc 1,6 ok", "replace bpf 0 bytecode 1,6" },
	{ "rep a bpf bcf f shot", "replace bpf 2 bytecode-file f" },
	{ "g action bpf index 5", SYSTEMS },
	{ "", SYSTEMS },
};

START_TEST(actions_line_means)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_free_ char *said = NULL;
	const struct row *row = &actions_rows[_i];
	struct actions_words actions;
	struct capture capture;
	const struct cli cli = { 0 };
	struct line line;
	bool ours;
	size_t i;
	int status;

	words_split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	ours = actions_is_ours(&cli, line.words);
	status = actions_parse(&line.words, &actions);
	said = words_said(&capture);
	if (status)
		text_status(&text, status, said);
	else
		buf_addf(&text, "%s", actions.replace ? "replace" : "add");
	for (i = 0; status == 0 && i < actions.actions.cnt; i++)
		text_action(&text, &actions.actions.list[i]);
	ck_assert_msg(str_eq(buf_str(&text), row->means), "'%s' means '%s'",
		      row->line, buf_str(&text));
	ck_assert_msg(ours || status == CLI_HANDOVER, "'%s'", row->line);
}
END_TEST

/* ---- objects in commands that are the system's ---- */

static const struct {
	const char *line;
	bool needed;
} adapted[] = {
	{ "filter add dev v0 matchall action bpf obj a.o", true },
	{ "filter add dev v0 u32 match u32 0 0 action ok action bpf run o a.o sec x drop", true },
	{ "filter replace dev v0 bpf da flowid 1:1 obj a.o action skbedit mark 1", true },
	{ "filter change dev v0 bpf run object-file a.o", true },
	{ "actions add action bpf obj a.o action skbedit mark 1", true },
	{ "a add bpf obj a.o action skbedit mark 1", true },
	{ "filter add dev v0 matchall action bpf pinned /p", false },
	{ "filter add dev v0 matchall action bpf object-pinned /p", false },
	{ "filter add dev v0 matchall action bpf fd /p", false },
	{ "filter add dev v0 matchall action bpf bytecode 1,6", false },
	{ "filter add dev v0 matchall action bpf index 3", false },
	{ "filter add dev bpf ingress matchall action ok", false },
	{ "filter del dev v0 matchall action bpf obj a.o", false },
	{ "filter show dev v0", false },
	{ "filter add dev v0 bpf action ok obj", false },
	{ "actions get action bpf obj", false },
	{ "actions add action bpf", false },
};

START_TEST(objects_are_found)
{
	struct line line;

	words_split(&line, adapted[_i].line);
	line.words.pos = 2;
	ck_assert_msg(adapt_is_needed(line.words) == adapted[_i].needed, "'%s'",
		      adapted[_i].line);
}
END_TEST

/* ---- tc exec ---- */

static const struct row grafts[] = {
	{ "m:globals/jmp key 1 obj a.o", "m:globals/jmp key 1 obj a.o" },
	{ "/m k 0x10 o a.o t act s x v", "/m key 16 obj a.o type 4 sec x verbose" },
	{ "/m key 010 pinned /p", "/m key 8 pinned /p" },
	{ "/m key 1 p /p", "/m key 1 pinned /p" },
	{ "/m ke 1 object-p /p", "/m key 1 pinned /p" },
	{ "/m key 1 fd /p", "/m key 1 pinned /p" },
	{ "/m key 1 object-file a.o ty xdp se x verb",
	  "/m key 1 obj a.o type 6 sec x verbose" },
	{ "/m obj a.o sec 1/2", "/m obj a.o sec 1/2" },
	{ "/m obj a.o type cls", "/m obj a.o type 3" },
	{ "/m obj a.o type x", "/m obj a.o type 6" },
	{ "/m obj a.o type lwt_s", "/m obj a.o type 19" },
	{ "key key 1 obj a.o", "key key 1 obj a.o" },

	{ "", "255: Command line is not complete. Try option \"help\"" },
	{ "/m", "255: Command line is not complete. Try option \"help\"" },
	{ "/m key", "255: Command line is not complete. Try option \"help\"" },
	{ "/m key 1", "255: Command line is not complete. Try option \"help\"" },
	{ "/m key x obj a.o", "255: Illegal \"key\"" },
	{ "/m key 1 foo", "255: What mode is \"foo\"?" },
	{ "/m key 1 bytecode 1,6", "255: What mode is \"bytecode\"?" },
	{ "/m obj a.o type foo", "255: What type is \"foo\"?" },
	{ "/m obj a.o sec x type act", "255: What is \"type\"?" },
	{ "/m pinned /p", "255: Error: argument \"key\" is required" },
};

START_TEST(graft_line_means)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_free_ char *said = NULL;
	const struct row *row = &grafts[_i];
	struct capture capture;
	struct e_bpf_graft graft;
	struct line line;
	int status;

	words_split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	status = e_bpf_graft_parse(&line.words, &graft);
	said = words_said(&capture);
	if (status)
		text_status(&text, status, said);
	else
		add_graft(&text, &graft);
	ck_assert_msg(str_eq(buf_str(&text), row->means), "'%s' means '%s'",
		      row->line, buf_str(&text));
}
END_TEST

static const struct row imports[] = {
	{ "/s", "/s 300 /bin/sh" },
	{ "/s run a", "/s 300 a" },
	{ "/s r a b 'c'", "/s 300 a b 'c'" },
	{ "/s timeout 5 run a", "/s 5 a" },
	{ "/s t 0", "/s 0 /bin/sh" },
	{ "/s run timeout 5", "/s 300 timeout 5" },
	{ "run run run", "run 300 run" },

	{ "", "255: Command line is not complete. Try option \"help\"" },
	{ "/s run", "255: Command line is not complete. Try option \"help\"" },
	{ "/s timeout", "255: Command line is not complete. Try option \"help\"" },
	{ "/s timeout x", "255: Error: argument \"x\" is wrong: it takes seconds, 0 for no limit" },
	{ "/s timeout 2147484", "255: Error: argument \"2147484\" is wrong: it takes seconds, 0 for no limit" },
	{ "/s foo", "255: Usage: tc exec bpf import SOCKET [ timeout SECONDS ] [ run PROG [ ARG ... ] ]" },
};

START_TEST(import_line_means)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_free_ char *said = NULL;
	const struct row *row = &imports[_i];
	struct e_bpf_import import;
	struct capture capture;
	struct line line;
	int status;

	words_split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	status = e_bpf_import_parse(&line.words, &import);
	said = words_said(&capture);
	if (status)
		text_status(&text, status, said);
	else
		buf_addf(&text, "%s %u", import.path, import.timeout);
	for (char **word = import.argv; status == 0 && *word; word++)
		buf_addf(&text, " %s", *word);
	ck_assert_msg(str_eq(buf_str(&text), row->means), "'%s' means '%s'",
		      row->line, buf_str(&text));
}
END_TEST

static const struct row execs[] = {
	{ "bpf graft", "ours" },
	{ "bpf g /m key 1 obj a.o", "ours" },
	{ "bpf help", "ours" },
	{ "h", "ours" },
	{ "bp graft", SYSTEMS },
	{ "bpf import /s", "ours" },
	{ "bpf d", "ours" },
	{ "bpf", "ours" },
	{ "bpf foo", "ours" },
	{ "", SYSTEMS },
};

START_TEST(exec_line_is_ours)
{
	const struct row *row = &execs[_i];
	const struct cli cli = { 0 };
	struct line line;

	words_split(&line, row->line);
	ck_assert_msg(exec_is_ours(&cli, line.words) == str_eq(row->means, "ours"),
		      "'%s'", row->line);
}
END_TEST

/* as 6.1, which has no check */
static const struct {
	const char *word;
	enum e_bpf_verb verb;
} exec_verbs[] = {
	{ "import", E_BPF_IMPORT }, { "imp", E_BPF_IMPORT }, { "i", E_BPF_IMPORT },
	{ "debug", E_BPF_DEBUG }, { "d", E_BPF_DEBUG }, { "de", E_BPF_DEBUG },
	{ "dbg", E_BPF_DEBUG }, { "db", E_BPF_DEBUG },
	{ "graft", E_BPF_GRAFT }, { "g", E_BPF_GRAFT },
	{ "check", E_BPF_CHECK }, { "c", E_BPF_CHECK },
	{ "help", E_BPF_HELP }, { "h", E_BPF_HELP },
	{ "imports", E_BPF_HELP }, { "dbgs", E_BPF_HELP }, { "x", E_BPF_HELP },
};

START_TEST(exec_verb_is)
{
	ck_assert_msg(e_bpf_find_verb(exec_verbs[_i].word) == exec_verbs[_i].verb,
		      "'%s'", exec_verbs[_i].word);
}
END_TEST

Suite *tc_words_suite(void)
{
	Suite *s = suite_create("tc_words");
	TCase *tc = tcase_create("tc_words");

	tcase_add_loop_test(tc, qdisc_line_means, 0, ARRAY_SIZE(qdiscs));
	tcase_add_loop_test(tc, actions_line_means, 0, ARRAY_SIZE(actions_rows));
	tcase_add_loop_test(tc, objects_are_found, 0, ARRAY_SIZE(adapted));
	tcase_add_loop_test(tc, graft_line_means, 0, ARRAY_SIZE(grafts));
	tcase_add_loop_test(tc, import_line_means, 0, ARRAY_SIZE(imports));
	tcase_add_loop_test(tc, exec_line_is_ours, 0, ARRAY_SIZE(execs));
	tcase_add_loop_test(tc, exec_verb_is, 0, ARRAY_SIZE(exec_verbs));
	suite_add_tcase(s, tc);
	return s;
}
