/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "e_bpf.h"

#include <linux/bpf.h>
#include <stdio.h>

#include "report.h"

int e_bpf_usage(void)
{
	fprintf(stderr,
"Usage: tc exec bpf import SOCKET [ timeout SECONDS ] [ run PROG [ ARG ... ] ]\n"
"       tc exec bpf debug\n"
"       tc exec bpf graft MAP [ key N ] { obj FILE [ type TYPE ] [ sec NAME ] |\n"
"                                         pinned PATH [ type TYPE ] } [ verb ]\n"
"       tc exec bpf check\n"
"       tc exec bpf run { obj FILE [ sec NAME ] | pinned PATH | id N } [ type TYPE ]\n"
"              [ data { FILE | - | hex:... } | pcap FILE [ packet { N | all } ] |\n"
"                packet [ udp | tcp | ip | eth ] [ src A ] [ dst A ] [ dport N ] ... ]\n"
"              [ ctx { FIELD=VALUE ... | FILE | hex:... } ] [ meta { FILE | hex:... } ]\n"
"              [ checksum ] [ repeat N ] [ cpu N ]\n"
"              [ out { FILE | pcap:FILE } ] [ ctxout FILE ] [ pins ]\n"
"              [ live [ batch N ] [ dev DEV ] ] [ expect VERDICT ]\n"
"              [ expect-data { FILE | pcap:FILE } ] [ expect-map NAME KEY VALUE ]\n"
"  import  take the maps that a filter is loaded with, `export SOCKET`, and run\n"
"          PROG (/bin/sh) with BPF_NUM_MAPS and BPF_MAP<ID> in its environment;\n"
"          after SECONDS (300, 0: never) without them give up\n"
"  debug   print what programs trace, until ^C\n"
"  graft   put a program into a pinned prog array; m:globals/NAME is below\n"
"          bpffs' tc directory; without a key the section is named ID/N\n"
"  check   what this kernel offers, and what fails without it\n"
"  run     have the kernel run a program now, tell what came of it, and leave\n"
"          pinned maps alone unless `pins`; with live frames verdicts are done\n"
"  TYPE    cls (default), act, xdp, lwt_in, lwt_out, lwt_xmit, lwt_seg6local\n");
	return CLI_USAGE;
}

enum e_bpf_verb e_bpf_find_verb(const char *word)
{
	static const struct word_name verbs[] = {
		{ "import", E_BPF_IMPORT },
		{ "debug",  E_BPF_DEBUG },
		{ "dbg",    E_BPF_DEBUG },
		{ "graft",  E_BPF_GRAFT },
		{ "check",  E_BPF_CHECK },
		{ "run",    E_BPF_RUN },
		{ NULL,	    0 }
	};
	int verb = word_among(verbs, word);

	return verb < 0 ? E_BPF_HELP : (enum e_bpf_verb)verb;
}

static int take_key(struct words *w, struct e_bpf_graft *graft)
{
	const char *word;
	int r;

	if (!word_is(word_peek(w), "key"))
		return 0;
	word_take(w);
	r = word_need(w, &word);
	if (r)
		return r;
	if (!word_to_u32(word, 0, UINT32_MAX, &graft->key)) {
		fprintf(stderr, "Illegal \"key\"\n");
		return CLI_USAGE;
	}
	graft->has_key = true;
	return 0;
}

int e_bpf_graft_parse(struct words *w, struct e_bpf_graft *graft)
{
	int r;

	*graft = (struct e_bpf_graft){ 0 };
	r = word_need(w, &graft->map);
	r = r ?: take_key(w, graft);
	r = r ?: bpf_words_take(w, BPF_WORDS_TYPE, &graft->prog);
	if (r)
		return CLI_USAGE;
	if (word_peek(w)) {
		fprintf(stderr, "What is \"%s\"?\n", word_peek(w));
		return e_bpf_usage();
	}
	/* only a section's name can stand for the key */
	if (!graft->has_key && graft->prog.mode == BPF_MODE_PINNED)
		return word_missing("key");
	return 0;
}

static bool find_key(const struct e_bpf_graft *graft, const struct bpf_loaded *loaded,
		     uint32_t *key)
{
	*key = graft->key;
	return graft->has_key ||
	       bpfelf_program_slot(bpfelf_plan_entry(loaded->plan), NULL, key);
}

static int no_key(const struct bpf_loaded *loaded)
{
	fprintf(stderr, "Error: section '%s' is not named ID/KEY: say which slot with \"key N\"\n",
		bpfelf_program_section(bpfelf_plan_entry(loaded->plan)));
	return CLI_USAGE;
}

static int run_graft(struct cli *cli, const struct e_bpf_graft *graft)
{
	_cleanup_report_ struct report report;
	_cleanup_loaded_ struct bpf_loaded loaded = { 0 };
	uint32_t key;
	int r;

	report_begin(&report, cli, &loaded, graft->prog.verbose);
	r = bpf_words_load(&graft->prog, cli->ctx, BPF_PROG_TYPE_SCHED_CLS,
			   &loaded);
	if (r < 0)
		return report_failure(&report, r, CLI_USAGE);
	if (!find_key(graft, &loaded, &key))
		return no_key(&loaded);
	r = bpfelf_graft(loaded.txn, graft->map, key);
	r = r ?: bpfelf_commit(loaded.txn);
	return r < 0 ? report_failure(&report, r, CLI_USAGE) : CLI_OK;
}

static int graft(struct cli *cli, struct words *w)
{
	struct e_bpf_graft words;
	int r = e_bpf_graft_parse(w, &words);

	return r ?: run_graft(cli, &words);
}

static int import(struct cli *cli, struct words *w)
{
	struct e_bpf_import words;
	int r = e_bpf_import_parse(w, &words);

	return r ?: e_bpf_import_run(cli, &words);
}

/* compat: nothing to do is done well */
int e_bpf_run(struct cli *cli, struct words *w)
{
	if (!word_peek(w))
		return CLI_OK;
	switch (e_bpf_find_verb(word_take(w))) {
	case E_BPF_IMPORT:
		return import(cli, w);
	case E_BPF_DEBUG:
		return e_bpf_dbg_run();
	case E_BPF_GRAFT:
		return graft(cli, w);
	case E_BPF_CHECK:
		return e_bpf_check_run(cli);
	case E_BPF_RUN:
		return e_bpf_run_prog(cli, w);
	case E_BPF_HELP:
		break;
	}
	return e_bpf_usage();
}
