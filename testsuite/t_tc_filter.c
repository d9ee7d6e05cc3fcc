/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Command lines of `tc filter` and what they mean, abbreviations included. */
#include "../tc/tc_filter.h"
#include "tcrig.h"
#include "unit.h"

static void add_place(struct buf *text, const struct filter_words *f)
{
	if (f->dev)
		buf_addf(text, " %s", f->dev);
	if (f->block)
		buf_addf(text, " block %u", f->block);
	if (f->parent)
		buf_addf(text, " parent %08x", f->parent);
}

static void add_filter(struct buf *text, const struct filter_words *f)
{
	static const char *const verbs[] = {
		[FILTER_ADD] = "add", [FILTER_CHANGE] = "change",
		[FILTER_REPLACE] = "replace", [FILTER_DELETE] = "del",
		[FILTER_GET] = "get", [FILTER_SHOW] = "show",
		[FILTER_HELP] = "help",
	};
	size_t i;

	buf_addf(text, "%s", verbs[f->verb]);
	add_place(text, f);
	if (f->has_protocol)
		buf_addf(text, " protocol %#x", f->protocol);
	if (f->pref)
		buf_addf(text, " pref %u", f->pref);
	if (f->has_chain)
		buf_addf(text, " chain %u", f->chain);
	if (f->handle)
		buf_addf(text, " handle %u", f->handle);
	if (f->has_estimator)
		buf_addf(text, " estimator %d %u", f->estimator.interval,
			 f->estimator.ewma_log);
	if (f->any_kind)
		buf_addf(text, " any kind");
	if (f->bpf.classid)
		buf_addf(text, " classid %x", f->bpf.classid);
	if (f->bpf.cls_flags)
		buf_addf(text, " flags %u", f->bpf.cls_flags);
	if (f->bpf.direct_action)
		buf_addf(text, " da");
	text_prog(text, &f->bpf.prog);
	for (i = 0; i < f->bpf.actions.cnt; i++)
		text_action(text, &f->bpf.actions.list[i]);
	if (f->bpf.has_police)
		text_police(text, &f->bpf.police);
}

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
	{ "add block 3 bpf obj a.o", "add block 3 obj a.o" },
	{ "add b 0x16 ingress bpf obj a.o", "add block 22 parent fffffff2 obj a.o" },
	{ "replace block 3 pref 1 handle 1 bpf da obj a.o",
	  "replace block 3 pref 1 handle 1 da obj a.o" },
	{ "add dev v0 estimator 1sec 8sec bpf obj a.o", "add v0 estimator 0 3 obj a.o" },
	{ "add dev v0 e 250ms 1s bpf obj a.o", "add v0 estimator -2 2 obj a.o" },
	{ "add dev v0 e 4 64 bpf obj a.o", "add v0 estimator -2 4 obj a.o" },
	{ "add dev v0 e 1s 2s e 1s 2s bpf obj a.o", SYSTEMS },
	{ "add dev v0 e 9s 64s bpf obj a.o", SYSTEMS },
	{ "add dev v0 e 1s 1s bpf obj a.o", SYSTEMS },
	{ "add dev v0 e 1x 2s bpf obj a.o", SYSTEMS },
	{ "add dev v0 e 1s bpf obj a.o", SYSTEMS },

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
	{ "add dev v0 bpf obj a.o maps-as bpf_map_def v",
	  "add v0 obj a.o maps-as 2 verbose" },
	{ "add dev v0 bpf obj a.o sec x program f maps-as bpf_elf_map e /s",
	  "add v0 obj a.o sec x program f maps-as 1 export /s" },
	{ "add dev v0 bpf obj a.o data-as value v", "add v0 obj a.o data-as 4 verbose" },
	{ "add dev v0 bpf obj a.o maps-as bpf_map_def data-as map e /s",
	  "add v0 obj a.o maps-as 2 data-as 8 export /s" },
	{ "add dev v0 bpf obj a.o set a=1 set b[1].c=x da",
	  "add v0 da obj a.o set a=1 set b[1].c=x" },
	{ "add dev v0 bpf obj a.o sec x set a=1 e /s v set b=2 da",
	  "add v0 da obj a.o sec x set a=1 set b=2 export /s verbose" },
	{ "add dev v0 bpf obj a.o se set", "add v0 obj a.o sec set" },
	{ "add dev v0 bpf obj da", "add v0 obj da" },
	{ "add dev v0 bpf obj a.o export /s", "add v0 obj a.o export /s" },
	{ "add dev v0 bpf obj a.o sec x e /s v da",
	  "add v0 da obj a.o sec x export /s verbose" },
	{ "add dev v0 bpf pinned /p exp /s", "add v0 pinned /p export /s" },
	{ "add dev v0 bpf bytecode 1,6", "add v0 bytecode 1,6" },
	{ "add dev v0 bpf b 1,6", "add v0 bytecode 1,6" },
	{ "add dev v0 bpf bc 1,6", "add v0 bytecode 1,6" },
	{ "add dev v0 bpf bytecode-file f da", "add v0 da bytecode-file f" },
	{ "add dev v0 bpf bcf f", "add v0 bytecode-file f" },

	/* actions, as 6.1 */
	{ "add dev v0 bpf action ok obj a.o", "add v0 obj a.o action 0" },
	{ "add dev v0 bpf obj a.o action ok", "add v0 obj a.o action 0" },
	{ "add dev v0 bpf a drop obj a.o", "add v0 obj a.o action 2" },
	{ "add dev v0 bpf obj a.o a p", "add v0 obj a.o action 0" },
	{ "add dev v0 bpf obj a.o a pi", "add v0 obj a.o action 3" },
	{ "add dev v0 bpf obj a.o action continue", "add v0 obj a.o action -1" },
	{ "add dev v0 bpf obj a.o action goto chain 5", "add v0 obj a.o action 536870917" },
	{ "add dev v0 bpf obj a.o action jump 2", "add v0 obj a.o action 268435458" },
	{ "add dev v0 bpf obj a.o action goto 3", SYSTEMS },
	{ "add dev v0 bpf obj a.o action gact drop random determ ok 4 index 7",
	  "add v0 obj a.o action 2 random 2 4 0 index 7" },
	{ "add dev v0 bpf obj a.o action gact index 4", "add v0 obj a.o action 0 index 4" },
	{ "add dev v0 bpf obj a.o action ok index 0x10", SYSTEMS },
	{ "add dev v0 bpf obj a.o action drop reclassify",
	  "add v0 obj a.o action 2 action 1" },
	{ "add dev v0 bpf obj a.o action pass action pipe",
	  "add v0 obj a.o action 0 action 3" },
	{ "add dev v0 bpf obj a.o action ok flowid 1:1 da",
	  "add v0 classid 10001 da obj a.o action 0" },
	{ "add dev v0 bpf obj a.o action ok cookie aaBB hw_stats immediate no_percpu skip_hw",
	  "add v0 obj a.o action 0 cookie aabb hw_stats 1 flags 3" },
	{ "add dev v0 bpf obj a.o action ok hw_stats disabled",
	  "add v0 obj a.o action 0 hw_stats 0" },
	{ "add dev v0 bpf obj a.o action ok cookie zz", SYSTEMS },
	{ "add dev v0 bpf obj a.o action ok cookie abc", SYSTEMS },
	{ "add dev v0 bpf obj a.o action mirred egress redirect dev v1",
	  "add v0 obj a.o mirred 1 v1 4" },
	{ "add dev v0 bpf obj a.o action mirred egress mirror index 4 dev v1 pipe",
	  "add v0 obj a.o mirred 2 v1 3 index 4" },
	{ "add dev v0 bpf obj a.o action mirred ingress redirect dev v1 drop",
	  "add v0 obj a.o mirred 3 v1 4 action 2" },
	{ "add dev v0 bpf obj a.o action mirred egress mirror dev v1 drop",
	  "add v0 obj a.o mirred 2 v1 2" },
	{ "add dev v0 bpf obj a.o action mirred ingress mirror dev v1 index 4 continue",
	  "add v0 obj a.o mirred 4 v1 3 index 4 action -1" },
	{ "add dev v0 bpf obj a.o action mirred redirect egress dev v1", SYSTEMS },
	{ "add dev v0 bpf obj a.o action mirred egress redirect", SYSTEMS },
	{ "add dev v0 bpf obj a.o action bpf obj b.o sec x drop index 3 cookie 12",
	  "add v0 obj a.o bpf 2 obj b.o sec x index 3 cookie 12" },
	{ "add dev v0 bpf obj a.o action bpf run p /p action bpf b 1,6",
	  "add v0 obj a.o bpf 3 pinned /p bpf 3 bytecode 1,6" },
	{ "add dev v0 bpf obj a.o action bpf index 3", "add v0 obj a.o bpf 3 index 3" },
	{ "add dev v0 bpf obj a.o action bpf obj b.o verb sec x",
	  "1: What is \"sec\"?" },
	{ "add dev v0 bpf obj a.o action bpf obj",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "add dev v0 bpf obj a.o action bpf obj b.o export /s",
	  "add v0 obj a.o bpf 3 obj b.o export /s" },
	{ "add dev v0 bpf obj a.o export /t action bpf obj b.o export /s",
	  "1: Error: only one program of a command can be exported" },
	{ "add dev v0 bpf obj a.o action skbedit mark 1", SYSTEMS },
	{ "add dev v0 bpf obj a.o action ok action skbedit mark 1", SYSTEMS },
	{ "add dev v0 bpf obj a.o action ok action drop action",  SYSTEMS },
	{ "add dev v0 bpf obj a.o action",
	  "255: Command line is not complete. Try option \"help\"" },

	/* police, as 6.1 */
	{ "add dev v0 bpf p rate 1mbit burst 10k obj a.o",
	  "add v0 obj a.o police 125000 10240 1" },
	{ "add dev v0 bpf obj a.o police rate 1mbps burst 10kbit drop da",
	  "add v0 da obj a.o police 1000000 1280 2" },
	{ "add dev v0 bpf obj a.o action police rate 1.5mibps burst 10 mtu 2k "
	  "peakrate 2gibps overhead 4 index 9 continue action ok",
	  "add v0 obj a.o police 1572864 10 -1 peak 2147483648 mtu 2048 overhead 4 index 9 action 0" },
	{ "add dev v0 bpf obj a.o action police pkts_rate 100 pkts_burst 10 "
	  "conform-exceed drop/pipe linklayer ethernet",
	  "add v0 obj a.o police 0 0 2 packets 100 10 conform 3" },
	{ "add dev v0 bpf obj a.o action police mtu 1500 conform-exceed goto chain 3",
	  "add v0 obj a.o police 0 0 536870915 mtu 1500" },
	{ "add dev v0 bpf obj a.o action police rate 1mbit burst 10k conform-exceed drop/goto",
	  SYSTEMS },
	{ "add dev v0 bpf obj a.o action police rate 1mbit", SYSTEMS },
	{ "add dev v0 bpf obj a.o action police burst 10k", SYSTEMS },
	{ "add dev v0 bpf obj a.o action police rate 1mbit burst 10k peakrate 2mbit",
	  SYSTEMS },
	{ "add dev v0 bpf obj a.o action police rate 10% burst 10k", SYSTEMS },
	{ "add dev v0 bpf obj a.o action police rate 1mbit burst 10k/8", SYSTEMS },
	{ "add dev v0 bpf obj a.o action police rate 1mbit burst 10k linklayer atm",
	  SYSTEMS },
	{ "add dev v0 bpf obj a.o action police avrate 1mbit", SYSTEMS },
	{ "add dev v0 bpf obj a.o action police", SYSTEMS },
	{ "add dev v0 bpf obj a.o action police rate 1mbit burst 10k rate 2mbit",
	  "255: Error: duplicate \"rate\": \"2mbit\" is the second value." },

	/* of other kinds, with objects for us to load */
	{ "add dev v0 matchall action bpf obj a.o", SYSTEMS },
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
	{ "add block 0 bpf obj a.o",
	  "255: Error: argument \"0\" is wrong: invalid block index value" },
	{ "add block x bpf obj a.o",
	  "255: Error: argument \"x\" is wrong: invalid block index value" },
	{ "add block 3 block 4 bpf obj a.o",
	  "255: Error: duplicate \"block\": \"4\" is the second value." },
	{ "add block 3 dev v0 bpf obj a.o", SYSTEMS },

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
	{ "del block 3", "del block 3 any kind" },
	{ "del block 3 pref 1 handle 2 bpf", "del block 3 pref 1 handle 2" },
	{ "get block 3 protocol ip pref 1 handle 1 parent 1: bpf", SYSTEMS },
	{ "del dev v0 ingress pref 1 u32", SYSTEMS },

	/* show */
	{ "show dev v0 ingress protocol ip chain 2",
	  "show v0 parent fffffff2 protocol 0x800 chain 2" },
	{ "show dev v0 handle x", "show v0" },
	{ "show dev v0 foo", SYSTEMS },
	{ "show ingress", SYSTEMS },
	{ "show block 3", "show block 3" },
	{ "show block 3 dev v0", SYSTEMS },
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

	words_split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	status = filter_parse(&line.words, &filter);
	said = words_said(&capture);
	if (status)
		text_status(&text, status, said);
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

	words_split(&line, row->line);
	capture_begin(&capture, STDERR_FILENO);
	ours = filter_is_ours(&cli, line.words);
	said = words_said(&capture);
	ck_assert_str_eq(said, "");
	ck_assert_msg(ours || str_eq(row->means, SYSTEMS), "'%s'", row->line);
}
END_TEST

/* a slip before the kind: passed on with a hint, and nothing is loaded for it */
START_TEST(slip_is_not_ours)
{
	const struct cli cli = { 0 };
	struct line line;

	words_split(&line, "add dev v0 ingres bpf da obj x.o");
	ck_assert(!filter_is_ours(&cli, line.words));
	words_split(&line, "add dev v0 ingress flower action bpf obj x.o");
	ck_assert(filter_is_ours(&cli, line.words));
}
END_TEST

Suite *tc_filter_suite(void)
{
	Suite *s = suite_create("tc_filter");
	TCase *tc = tcase_create("tc_filter");

	tcase_add_loop_test(tc, filter_line_means, 0, ARRAY_SIZE(filters));
	tcase_add_loop_test(tc, filter_is_ours_agrees, 0, ARRAY_SIZE(filters));
	tcase_add_test(tc, slip_is_not_ours);
	suite_add_tcase(s, tc);
	return s;
}
