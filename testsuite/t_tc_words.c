/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Command lines of `tc` and what they mean, abbreviations included. What is
 * marked "as 6.1" was tried on iproute2 6.1, which means or says the same.
 */
#include <stdio.h>

#include "../tc/e_bpf.h"
#include "../tc/tc_exec.h"
#include "../tc/tc_filter.h"
#include "../tc/tc_qdisc.h"
#include "buf.h"
#include "capture.h"
#include "unit.h"

struct row {
	const char *line;	/* words behind the object, one blank between */
	const char *means;	/* what is asked for, or "STATUS: first line said" */
};

#define SYSTEMS "the system's"

/* ---- words and complaints ---- */

struct line {
	char text[256];
	char *argv[32];
	struct words words;
};

static void split(struct line *line, const char *text)
{
	snprintf(line->text, sizeof(line->text), "%s", text);
	line->words = (struct words){
		.argv = line->argv, .pos = 1,
		.argc = split_words(line->text, line->argv),
	};
}

/* What was written to stderr; its first line is what counts. */
static char *first_line(struct capture *capture)
{
	char *text = capture_end(capture);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* ---- requests as text ---- */

static void add_prog(struct buf *text, const struct bpf_words *prog)
{
	static const char *const modes[] = {
		[BPF_MODE_NONE] = "",
		[BPF_MODE_OBJECT] = " obj ",
		[BPF_MODE_PINNED] = " pinned ",
		[BPF_MODE_BYTECODE] = " bytecode ",
		[BPF_MODE_BYTECODE_FILE] = " bytecode-file ",
	};

	buf_addf(text, "%s%s", modes[prog->mode], prog->file ?: "");
	if (prog->prog_type)
		buf_addf(text, " type %u", prog->prog_type);
	if (prog->section)
		buf_addf(text, " sec %s", prog->section);
	if (prog->program)
		buf_addf(text, " program %s", prog->program);
	if (prog->export)
		buf_addf(text, " export %s", prog->export);
	if (prog->verbose)
		buf_addf(text, " verbose");
}

static void add_filter(struct buf *text, const struct filter_words *f)
{
	static const char *const verbs[] = {
		[FILTER_ADD] = "add", [FILTER_CHANGE] = "change",
		[FILTER_REPLACE] = "replace", [FILTER_DELETE] = "del",
		[FILTER_GET] = "get", [FILTER_SHOW] = "show",
		[FILTER_HELP] = "help",
	};

	buf_addf(text, "%s%s%s", verbs[f->verb], f->dev ? " " : "", f->dev ?: "");
	if (f->parent)
		buf_addf(text, " parent %08x", f->parent);
	if (f->has_protocol)
		buf_addf(text, " protocol %#x", f->protocol);
	if (f->pref)
		buf_addf(text, " pref %u", f->pref);
	if (f->has_chain)
		buf_addf(text, " chain %u", f->chain);
	if (f->handle)
		buf_addf(text, " handle %u", f->handle);
	if (f->any_kind)
		buf_addf(text, " any kind");
	if (f->bpf.classid)
		buf_addf(text, " classid %x", f->bpf.classid);
	if (f->bpf.cls_flags)
		buf_addf(text, " flags %u", f->bpf.cls_flags);
	if (f->bpf.direct_action)
		buf_addf(text, " da");
	add_prog(text, &f->bpf.prog);
}

static void add_qdisc(struct buf *text, const struct qdisc_words *q)
{
	static const char *const verbs[] = {
		[QDISC_ADD] = "add", [QDISC_REPLACE] = "replace",
		[QDISC_DELETE] = "del", [QDISC_SHOW] = "show",
		[QDISC_OTHER] = "other",
	};

	buf_addf(text, "%s %s %s", verbs[q->verb], q->dev, q->kind);
}

static void add_graft(struct buf *text, const struct e_bpf_graft *graft)
{
	buf_addf(text, "%s", graft->map);
	if (graft->has_key)
		buf_addf(text, " key %u", graft->key);
	add_prog(text, &graft->prog);
}

static void add_status(struct buf *text, int status, const char *said)
{
	if (status == CLI_HANDOVER)
		buf_addf(text, "%s", SYSTEMS);
	else
		buf_addf(text, "%d: %s", status, said);
}

/* ---- tc filter ---- */

static const struct row filters[] = {
	/* the usual */
	{ "add dev v0 ingress bpf da obj a.o", "add v0 parent fffffff2 da obj a.o" },
	{ "add dev v0 egress bpf da obj a.o sec x verb",
	  "add v0 parent fffffff3 da obj a.o sec x verbose" },
	{ "replace dev v0 parent 1: protocol ip pref 5 handle 7 chain 3 bpf obj a.o",
	  "replace v0 parent 00010000 protocol 0x800 pref 5 chain 3 handle 7 obj a.o" },
	{ "add dev v0 root bpf pinned /p classid 1:a",
	  "add v0 parent ffffffff classid 1000a pinned /p" },
	{ "add dev v0 bpf obj a.o", "add v0 obj a.o" },

	/* verbs, as 6.1: the first that the word begins */
	{ "a dev v0 bpf obj a.o", "add v0 obj a.o" },
	{ "c dev v0 bpf obj a.o", "change v0 obj a.o" },
	{ "r dev v0 bpf obj a.o", "replace v0 obj a.o" },
	{ "d dev v0 pref 1 bpf", "del v0 pref 1" },
	{ "g dev v0 ingress proto ip pref 1 handle 1 bpf",
	  "get v0 parent fffffff2 protocol 0x800 pref 1 handle 1" },
	{ "l dev v0", "show v0" },
	{ "s dev v0", "show v0" },
	{ "sh dev v0", "show v0" },
	{ "ls dev v0", "show v0" },
	{ "lst dev v0", "show v0" },
	{ "h", "help" },
	{ "x dev v0", SYSTEMS },
	{ "", SYSTEMS },

	/* words before the kind, as 6.1 */
	{ "add dev v0 p 5 bpf obj a.o", "add v0 pref 5 obj a.o" },
	{ "add dev v0 pr 5 bpf obj a.o", "add v0 pref 5 obj a.o" },
	{ "add dev v0 pri 0x10 bpf obj a.o", "add v0 pref 16 obj a.o" },
	{ "add dev v0 pro ip bpf obj a.o", "add v0 protocol 0x800 obj a.o" },
	{ "add dev v0 protocol ALL bpf obj a.o", "add v0 protocol 0x3 obj a.o" },
	{ "add dev v0 protocol 0x1234 bpf obj a.o",
	  "add v0 protocol 0x1234 obj a.o" },
	{ "add dev v0 c 3 bpf obj a.o", "add v0 chain 3 obj a.o" },
	{ "add dev v0 chain 0 bpf obj a.o", "add v0 chain 0 obj a.o" },
	{ "add dev v0 pref 0 pref 2 bpf obj a.o", "add v0 pref 2 obj a.o" },
	{ "add dev v0 b 3 bpf obj a.o", SYSTEMS },
	{ "add block 3 bpf obj a.o", SYSTEMS },
	{ "add dev v0 estimator 1sec 2sec bpf obj a.o", SYSTEMS },
	{ "add dev v0 e 1sec 2sec bpf obj a.o", SYSTEMS },

	/* the kind is compared whole */
	{ "add dev v0 ingress bp obj a.o", SYSTEMS },
	{ "add dev v0 ingress matchall", SYSTEMS },
	{ "add dev v0 ingress", SYSTEMS },

	/* words behind it, as 6.1 */
	{ "add dev v0 bpf d obj a.o", "add v0 da obj a.o" },
	{ "add dev v0 bpf da o a.o", "add v0 da obj a.o" },
	{ "add dev v0 bpf da object a.o", "add v0 da obj a.o" },
	{ "add dev v0 bpf da object-file a.o", "add v0 da obj a.o" },
	{ "add dev v0 bpf da object-p /p", "add v0 da pinned /p" },
	{ "add dev v0 bpf da pi /p", "add v0 da pinned /p" },
	{ "add dev v0 bpf da pinned m:globals/p", "add v0 da pinned m:globals/p" },
	{ "add dev v0 bpf da fd /p", "add v0 da pinned /p" },
	{ "add dev v0 bpf f 1:2 obj a.o", "add v0 classid 10002 obj a.o" },
	{ "add dev v0 bpf flowid :2 obj a.o", "add v0 classid 2 obj a.o" },
	{ "add dev v0 bpf c ffff:ffff obj a.o", "add v0 classid ffffffff obj a.o" },
	{ "add dev v0 bpf classid 1:1 classid 1:2 obj a.o",
	  "add v0 classid 10002 obj a.o" },
	{ "add dev v0 bpf s obj a.o", "add v0 flags 1 obj a.o" },
	{ "add dev v0 bpf skip obj a.o", "add v0 flags 1 obj a.o" },
	{ "add dev v0 bpf skip_hw obj a.o", "add v0 flags 1 obj a.o" },
	{ "add dev v0 bpf skip_s obj a.o", "add v0 flags 2 obj a.o" },
	{ "add dev v0 bpf skip_hw skip_sw obj a.o", "add v0 flags 3 obj a.o" },
	{ "add dev v0 bpf run obj a.o da", "add v0 da obj a.o" },
	{ "add dev v0 bpf obj a.o da", "add v0 da obj a.o" },
	{ "add dev v0 bpf obj a.o classid 1:2 s", "add v0 classid 10002 flags 1 obj a.o" },
	{ "add dev v0 bpf obj a.o s s", "add v0 obj a.o sec s" },
	{ "add dev v0 bpf obj a.o se x", "add v0 obj a.o sec x" },
	{ "add dev v0 bpf obj a.o sec x program f v",
	  "add v0 obj a.o sec x program f verbose" },
	{ "add dev v0 bpf obj da", "add v0 obj da" },
	{ "add dev v0 bpf action ok obj a.o", SYSTEMS },
	{ "add dev v0 bpf obj a.o action ok", SYSTEMS },
	{ "add dev v0 bpf a drop obj a.o", SYSTEMS },
	{ "add dev v0 bpf p obj a.o", SYSTEMS },
	{ "add dev v0 bpf police rate 1mbit", SYSTEMS },
	{ "add dev v0 bpf obj a.o export /s", "add v0 obj a.o export /s" },
	{ "add dev v0 bpf obj a.o sec x e /s v da",
	  "add v0 da obj a.o sec x export /s verbose" },
	{ "add dev v0 bpf pinned /p exp /s", "add v0 pinned /p export /s" },
	{ "add dev v0 bpf bytecode 1,6", SYSTEMS },
	{ "add dev v0 bpf b 1,6", SYSTEMS },
	{ "add dev v0 bpf bc 1,6", SYSTEMS },
	{ "add dev v0 bpf bytecode-file f", SYSTEMS },
	{ "add dev v0 bpf bcf f", SYSTEMS },
	{ "add dev v0 bpf", SYSTEMS },
	{ "change dev v0 bpf da", SYSTEMS },

	/* what is complained of, as 6.1 */
	{ "add dev v0 dev v1 bpf obj a.o",
	  "255: Error: duplicate \"dev\": \"v1\" is the second value." },
	{ "add dev v0 ingress egress bpf obj a.o",
	  "255: Error: \"egress\" is duplicate parent ID" },
	{ "add dev v0 ingress parent 1: bpf obj a.o",
	  "255: Error: duplicate \"parent\": \"1:\" is the second value." },
	{ "add dev v0 parent x bpf obj a.o",
	  "255: Error: argument \"x\" is wrong: Invalid parent ID" },
	{ "show dev v0 parent x",
	  "255: Error: argument \"x\" is wrong: invalid parent ID" },
	{ "add dev v0 pref 65536 bpf obj a.o",
	  "255: Error: argument \"65536\" is wrong: invalid priority value" },
	{ "show dev v0 pref 65536", "show v0 pref 65536" },
	{ "show dev v0 pref x",
	  "255: Error: argument \"x\" is wrong: invalid preference" },
	{ "add dev v0 pref 1 prio 2 bpf obj a.o",
	  "255: Error: duplicate \"priority\": \"2\" is the second value." },
	{ "add dev v0 protocol x bpf obj a.o",
	  "255: Error: argument \"x\" is wrong: invalid protocol" },
	{ "add dev v0 protocol ip protocol ip bpf obj a.o",
	  "255: Error: duplicate \"protocol\": \"ip\" is the second value." },
	{ "add dev v0 chain -1 bpf obj a.o",
	  "255: Error: argument \"-1\" is wrong: invalid chain index value" },
	{ "add dev v0 handle 1 handle 2 bpf obj a.o",
	  "255: Error: duplicate \"handle\": \"2\" is the second value." },
	{ "add dev v0 handle x bpf obj a.o", "1: Illegal \"handle\"" },
	{ "add dev v0 bpf classid x obj a.o", "1: Illegal \"classid\"" },
	{ "add dev v0 bpf classid",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "add dev v0 bpf obj",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "add dev v0 bpf run",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "add dev v0 bpf obj a.o sec",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "add dev v0 bpf foo", "1: What mode is \"foo\"?" },
	{ "add dev v0 bpf run da obj a.o", "1: What mode is \"da\"?" },
	{ "add dev v0 bpf obj a.o verb sec x", "1: What is \"sec\"?" },
	{ "add dev v0 bpf obj a.o obj b.o", "1: What is \"obj\"?" },
	{ "add dev v0 bpf obj a.o type act", "1: What is \"type\"?" },
	{ "add dev v0 bpf obj a.o prog f", "1: What is \"prog\"?" },
	{ "add ingress bpf obj a.o", "255: Must specify netdevice \"dev\"" },

	/* get wants all of it, as 6.1 in this order */
	{ "get dev v0 bpf", "255: Must specify filter protocol" },
	{ "get dev v0 protocol ip bpf", "255: Must specify filter priority" },
	{ "get dev v0 protocol ip pref 1 bpf", "255: Must specify filter parent" },
	{ "get dev v0 protocol ip pref 1 ingress bpf",
	  "255: Must specify filter \"handle\"" },
	{ "get dev v0 protocol ip pref 1 ingress handle 1", SYSTEMS },

	/* del: without a kind all kinds go, with one only below a pref */
	{ "del dev v0 ingress", "del v0 parent fffffff2 any kind" },
	{ "del dev v0 ingress pref 1", "del v0 parent fffffff2 pref 1 any kind" },
	{ "del dev v0 ingress pref 1 handle 0x10 bpf",
	  "del v0 parent fffffff2 pref 1 handle 16" },
	{ "del dev v0 ingress pref 1 bpf da obj a.o",
	  "del v0 parent fffffff2 pref 1 da obj a.o" },
	{ "del dev v0 ingress pref 1 handle 1",
	  "255: Must specify filter type when using \"handle\"" },
	{ "del dev v0 ingress bpf", SYSTEMS },
	{ "del ingress pref 1 bpf", SYSTEMS },
	{ "del dev v0 ingress pref 1 u32", SYSTEMS },

	/* show */
	{ "show dev v0 ingress protocol ip chain 2",
	  "show v0 parent fffffff2 protocol 0x800 chain 2" },
	{ "show dev v0 handle x", "show v0" },
	{ "show dev v0 foo", SYSTEMS },
	{ "show ingress", SYSTEMS },
	{ "show block 3", SYSTEMS },
	{ "show", SYSTEMS },
};

START_TEST(filter_line_means)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_free_ char *said = NULL;
	const struct row *row = &filters[_i];
	struct filter_words filter;
	struct capture capture;
	struct line line;
	int status;

	split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	status = filter_parse(&line.words, &filter);
	said = first_line(&capture);
	if (status)
		add_status(&text, status, said);
	else
		add_filter(&text, &filter);
	ck_assert_msg(str_eq(buf_str(&text), row->means), "'%s' means '%s'",
		      row->line, buf_str(&text));
}
END_TEST

/* What is_ours() says before anything is done must not be less than what
 * parsing finds, and it must not say a word. */
START_TEST(filter_is_ours_agrees)
{
	_cleanup_free_ char *said = NULL;
	const struct row *row = &filters[_i];
	const struct cli cli = { 0 };
	struct capture capture;
	struct line line;
	bool ours;

	split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	ours = filter_is_ours(&cli, line.words);
	said = first_line(&capture);
	ck_assert_str_eq(said, "");
	ck_assert_msg(ours || str_eq(row->means, SYSTEMS), "'%s'", row->line);
}
END_TEST

/* ---- tc qdisc ---- */

static const struct row qdiscs[] = {
	{ "add dev v0 clsact", "add v0 clsact" },
	{ "a dev v0 ingress", "add v0 ingress" },
	{ "replace dev v0 clsact", "replace v0 clsact" },
	{ "r dev v0 clsact", "replace v0 clsact" },
	{ "delete dev v0 clsact", "del v0 clsact" },
	{ "d dev v0 ingress", "del v0 ingress" },
	{ "show dev v0 clsact", "show v0 clsact" },
	{ "show ingress dev v0", "show v0 ingress" },
	{ "lis dev v0 ingress", "show v0 ingress" },
	{ "ls dev v0 ingress", "show v0 ingress" },
	{ "s dev v0 ingress", "show v0 ingress" },

	/* all else; `l` and `li` are link, `c` change */
	{ "li dev v0 ingress", SYSTEMS },
	{ "c dev v0 clsact", SYSTEMS },
	{ "add dev v0 cls", SYSTEMS },
	{ "add dev v0 clsact foo", SYSTEMS },
	{ "add dev v0 ingress handle ffff:", SYSTEMS },
	{ "add dev v0 ingress_block 22 clsact", SYSTEMS },
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

	split(&line, row->line);
	ck_assert_int_eq(qdisc_is_ours(&cli, line.words),
			 !str_eq(row->means, SYSTEMS));
	status = qdisc_parse(&line.words, &qdisc);
	if (status)
		add_status(&text, status, "");
	else
		add_qdisc(&text, &qdisc);
	ck_assert_msg(str_eq(buf_str(&text), row->means), "'%s' means '%s'",
		      row->line, buf_str(&text));
}
END_TEST

/* ---- tc exec ---- */

static const struct row grafts[] = {
	{ "m:globals/jmp key 1 obj a.o", "m:globals/jmp key 1 obj a.o" },
	{ "/m k 0x10 o a.o t act s x v", "/m key 16 obj a.o type 4 sec x verbose" },
	{ "/m key 010 pinned /p", "/m key 8 pinned /p" },
	{ "/m key 1 p /p", "/m key 1 pinned /p" },
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

	split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	status = e_bpf_graft_parse(&line.words, &graft);
	said = first_line(&capture);
	if (status)
		add_status(&text, status, said);
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

	split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	status = e_bpf_import_parse(&line.words, &import);
	said = first_line(&capture);
	if (status)
		add_status(&text, status, said);
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

	split(&line, row->line);
	ck_assert_msg(exec_is_ours(&cli, line.words) == str_eq(row->means, "ours"),
		      "'%s'", row->line);
}
END_TEST

Suite *tc_words_suite(void)
{
	Suite *s = suite_create("tc_words");
	TCase *tc = tcase_create("tc_words");

	tcase_add_loop_test(tc, filter_line_means, 0, ARRAY_SIZE(filters));
	tcase_add_loop_test(tc, filter_is_ours_agrees, 0, ARRAY_SIZE(filters));
	tcase_add_loop_test(tc, qdisc_line_means, 0, ARRAY_SIZE(qdiscs));
	tcase_add_loop_test(tc, graft_line_means, 0, ARRAY_SIZE(grafts));
	tcase_add_loop_test(tc, import_line_means, 0, ARRAY_SIZE(imports));
	tcase_add_loop_test(tc, exec_line_is_ours, 0, ARRAY_SIZE(execs));
	suite_add_tcase(s, tc);
	return s;
}
