/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "f_bpf.h"

#include <linux/filter.h>
#include <linux/pkt_cls.h>
#include <stdio.h>

#include "names.h"

/* ---- words ---- */

static int print_usage(void)
{
	fprintf(stderr,
"Usage: tc filter ... bpf [ OPTIONS ] PROGRAM [ OPTIONS ]\n"
"  PROGRAM := { obj FILE [ sec NAME ] [ program FUNC ] [ maps-as STRUCT ]\n"
"               [ data-as { value | map } ]\n"
"               [ set NAME=VALUE ]... [ export SOCKET ] [ verb ] |\n"
"               pinned PATH | bytecode 'N,c t f k,...' | bytecode-file FILE }\n"
"  OPTIONS := [ da ] [ classid MAJOR:MINOR ] [ skip_hw | skip_sw ]\n"
"             [ police RATE ... ] [ action ACTION [ action ACTION ]... ]\n"
"  ACTION  := { CONTROL | mirred HOW dev DEV | police RATE ... |\n"
"               bpf PROGRAM [ CONTROL ] [ index N ] }\n"
"  CONTROL := { ok | drop | pipe | reclassify | continue | goto chain N | ... }\n"
"  obj FILE      load a BPF ELF object, its maps and tail calls included;\n"
"                sec NAME picks the section (classifier; in an action:\n"
"                action; or else the only one that is for this, as tc is),\n"
"                program the function\n"
"  maps-as       bpf_elf_map or bpf_map_def: what section maps holds\n"
"  data-as value the address of a variable stands for what it holds\n"
"  set           give a global variable another value\n"
"  pinned PATH   take a program from bpffs; m:PATH is below its tc directory\n"
"  export SOCKET hand the maps to the agent that listens there\n"
"  verb          report every map and program, with the verifier's log\n"
"  da            the program's return value is the verdict\n"
"Passed on to the system's tc: actions of other kinds, which get\n"
"the programs of `action bpf` by their pins. More: man tc-bpf.\n");
	return CLI_FAIL;
}

static int take_classid(struct words *w, const struct kw *kw, void *field)
{
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (name_to_handle(word, field))
		return 0;
	fprintf(stderr, "Illegal \"classid\"\n");
	return CLI_FAIL;
}

static int take_actions(struct words *w, const struct kw *kw, void *actions)
{
	(void)kw;
	/* compat: the second list would take the place of the first */
	if (((struct m_actions *)actions)->cnt)
		return CLI_HANDOVER;
	return m_actions_parse(w, actions);
}

static int take_police(struct words *w, const struct kw *kw, void *into)
{
	struct f_bpf *bpf = into;

	(void)kw;
	if (bpf->has_police)
		return CLI_HANDOVER;
	bpf->has_police = true;
	return m_police_parse(w, &bpf->police);
}

static int take_help(struct words *w, const struct kw *kw, void *bpf)
{
	(void)w;
	(void)kw;
	(void)bpf;
	return print_usage();
}

static int what_is(const char *word)
{
	struct suggest suggest = { .word = word };

	fprintf(stderr, "What is \"%s\"?\n", word);
	bpf_words_suggest(&suggest);
	suggest_consider(&suggest, "classid");
	suggest_consider(&suggest, "direct-action");
	suggest_consider(&suggest, "skip_hw");
	suggest_consider(&suggest, "skip_sw");
	suggest_hint(&suggest);
	return print_usage();
}

static int take_program(struct words *w, struct f_bpf *bpf)
{
	int r;

	if (bpf->prog.mode != BPF_MODE_NONE)
		return what_is(word_peek(w));
	r = bpf_words_take(w, BPF_WORDS_BYTECODE | BPF_WORDS_EXPORT | BPF_WORDS_UDS,
			   &bpf->prog);
	if (r == CLI_FAIL)
		fprintf(stderr, "Unable to parse bpf command line\n");
	return r;
}

/* `run` may stand before the program, and only there */
static int take_run(struct words *w, const struct kw *kw, void *bpf)
{
	(void)kw;
	return take_program(w, bpf);
}

static const uint32_t skip_hw = TCA_CLS_FLAGS_SKIP_HW,
		      skip_sw = TCA_CLS_FLAGS_SKIP_SW;

/* compat: `s` is skip_hw, `p` police, `f` flowid, `d` direct-action */
static const struct kw option_words[] = {
	KW_SELF("run",		 take_run,	NULL),
	KW     ("classid",	 take_classid,	struct f_bpf, classid),
	KW     ("flowid",	 take_classid,	struct f_bpf, classid),
	KW     ("direct-action", word_flag,	struct f_bpf, direct_action),
	KW     ("da",		 word_flag,	struct f_bpf, direct_action),
	KW_ARG ("skip_hw",	 word_bits,	struct f_bpf, cls_flags, &skip_hw),
	KW_ARG ("skip_sw",	 word_bits,	struct f_bpf, cls_flags, &skip_sw),
	KW     ("action",	 take_actions,	struct f_bpf, actions),
	KW_SELF("police",	 take_police,	NULL),
	KW_SELF("help",		 take_help,	NULL),
	{ 0 }
};

int f_bpf_parse(struct words *w, struct f_bpf *bpf)
{
	int r = 0;

	memset(bpf, 0, F_BPF_CLEARED);
	while (r == 0 && word_peek(w)) {
		r = kw_pick(option_words, w, bpf, NULL);
		if (r == CLI_NO_WORD)
			r = take_program(w, bpf);
	}
	return r ?: m_actions_check_exports(m_actions_exports(&bpf->actions) +
					    !!bpf->prog.export);
}

void f_bpf_put(struct nl_req *req, const struct f_bpf *bpf)
{
	struct nlattr *police;

	if (bpf->actions.cnt)
		m_actions_put(req, TCA_BPF_ACT, &bpf->actions);
	if (!bpf->has_police)
		return;
	police = nl_nest(req, TCA_BPF_POLICE);
	m_police_put(req, &bpf->police);
	nl_nest_end(req, police);
}

/* ---- listing ---- */

static void print_prog(struct progs *progs, uint32_t id,
		       const struct nlattr *tag)
{
	if (!progs_print(progs, "id %u ", id) && tag &&
	    nl_len(tag) >= BPF_TAG_SIZE)
		progs_print_tag(&progs->cli->out, nl_data(tag));
}

static void print_insn(struct out *o, const struct sock_filter *insn)
{
	out_text(o, ",%u %u %u %u", insn->code, insn->jt, insn->jf, insn->k);
	out_obj(o, OUT_ELEMENT);
	out_u32(o, "code", NULL, insn->code);
	out_u32(o, "jt", NULL, insn->jt);
	out_u32(o, "jf", NULL, insn->jf);
	out_u32(o, "k", NULL, insn->k);
	out_obj_end(o);
}

static void print_bytecode(struct out *o, const struct nlattr *ops)
{
	size_t i, cnt = nl_len(ops) / sizeof(struct sock_filter);
	const struct sock_filter *insns = nl_data(ops);

	out_obj(o, "bytecode");
	out_u32(o, "length", "bytecode '%u", cnt);
	out_arr(o, "insns");
	for (i = 0; i < cnt; i++)
		print_insn(o, &insns[i]);
	out_arr_end(o);
	out_obj_end(o);
	out_text(o, "'");
}

static void print_flags(struct out *o, uint32_t flags)
{
	out_flag(o, "skip_hw", "skip_hw ", flags & TCA_CLS_FLAGS_SKIP_HW);
	out_flag(o, "skip_sw", "skip_sw ", flags & TCA_CLS_FLAGS_SKIP_SW);
	if (flags & TCA_CLS_FLAGS_IN_HW)
		out_flag(o, "in_hw", "in_hw ", true);
	else
		out_flag(o, "not_in_hw", "not_in_hw ",
			 flags & TCA_CLS_FLAGS_NOT_IN_HW);
}

static void print_options(struct progs *progs, uint32_t handle,
			  const struct nlattr **tb)
{
	bool da = nl_u32(tb[TCA_BPF_FLAGS], 0) & TCA_BPF_FLAG_ACT_DIRECT;
	const char *name = nl_str(tb[TCA_BPF_NAME]);
	struct out *o = &progs->cli->out;
	char text[NAME_HANDLE_SIZE];

	if (handle)
		out_hex(o, "handle", "handle %#x ", handle);
	if (tb[TCA_BPF_CLASSID])
		out_str(o, "flowid", "flowid %s ",
			name_handle(nl_u32(tb[TCA_BPF_CLASSID], 0), text));
	if (name)
		out_str(o, "bpf_name", "%s ", name);
	out_flag(o, "direct-action", "direct-action ", da);
	print_flags(o, nl_u32(tb[TCA_BPF_FLAGS_GEN], 0));
	if (tb[TCA_BPF_OPS])
		print_bytecode(o, tb[TCA_BPF_OPS]);
	if (tb[TCA_BPF_ID])
		print_prog(progs, nl_u32(tb[TCA_BPF_ID], 0), tb[TCA_BPF_TAG]);
}

bool f_bpf_print(struct progs *progs, uint32_t handle,
		 const struct nlattr *options)
{
	const struct nlattr *tb[TCA_BPF_MAX + 1];

	nl_nested(options, tb, TCA_BPF_MAX);
	if (tb[TCA_BPF_POLICE] || tb[TCA_BPF_ACT])
		return false;
	out_obj(&progs->cli->out, "options");
	print_options(progs, handle, tb);
	out_obj_end(&progs->cli->out);
	return true;
}
