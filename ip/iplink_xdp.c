/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iplink_xdp.h"

#include <linux/bpf.h>
#include <stdio.h>

#include "gather.h"
#include "iplink_why.h"
#include "names.h"
#include "nl.h"

/* ---- attaching ---- */

int xdp_usage(void)
{
	fprintf(stderr,
"Usage: ip [ -force ] link set [ dev ] DEV XDP { off | none |\n"
"              { obj FILE [ sec NAME ] [ program FUNC ] [ maps-as STRUCT ]\n"
"                [ data-as { value | map } ]\n"
"                [ set NAME=VALUE ]... |\n"
"                pinned PATH } [ verb ] }\n"
"  XDP := { xdp | xdpgeneric | xdpdrv | xdpoffload }\n"
"  xdp           in the driver, or in generic mode if the driver has no XDP\n"
"  xdpgeneric    in generic mode, xdpdrv: in the driver, xdpoffload: in the device\n"
"  -force        replace the program that is there\n"
"  off, none     take off what is there, in this mode\n"
"  obj FILE      load a BPF ELF object, its maps and tail calls included;\n"
"                sec NAME picks the section (prog, or else the only\n"
"                one for XDP), program the function\n"
"  data-as value the address of a variable stands for what it holds\n"
"  set           give a global variable another value\n"
"  pinned PATH   take a program from bpffs; m:PATH is below its xdp directory\n"
"  verb          report every map and program, with the verifier's log\n");
	return CLI_USAGE;
}

int xdp_words_take(struct words *w, uint32_t mode, struct xdp_words *xdp)
{
	const char *word = word_peek(w);

	/* compat: of several clauses the last one counts */
	*xdp = (struct xdp_words){ .given = true, .mode = mode };
	if (word && (str_eq(word, "off") || str_eq(word, "none"))) {
		w->pos++;
		xdp->off = true;
		return 0;
	}
	if (word && str_eq(word, "help"))
		return xdp_usage();
	return bpf_words_take(w, 0, &xdp->bpf) ? CLI_USAGE : 0;
}

static int load(struct xdp_job *job)
{
	const struct xdp_words *words = job->words;
	struct bpf_words bpf = words->bpf;

	if (words->off)
		return bpfelf_txn_new(job->cli->ctx, &job->loaded.txn);
	bpf.share = job->cli->share;
	bpf.ifindex = words->mode == XDP_FLAGS_HW_MODE ? job->ifindex : 0;
	return bpf_words_load(&bpf, job->cli->ctx, BPF_PROG_TYPE_XDP,
			      &job->loaded);
}

int xdp_load(struct xdp_job *job)
{
	int r;

	report_begin(&job->report, job->cli, &job->loaded,
		     job->words->bpf.verbose);
	r = load(job);
	return r < 0 ? report_failure(&job->report, r, CLI_USAGE) : CLI_OK;
}

static int refused(struct xdp_job *job, int error)
{
	const char *extack = bpfelf_extack(job->cli->ctx);
	_cleanup_free_ char *said = extack ? strdup(extack) : NULL;
	int status = report_failure(&job->report, error, CLI_USAGE);

	if (said)
		why_refused(job, error, said);
	return status;
}

static struct bpfelf_hook make_hook(const struct xdp_job *job)
{
	return (struct bpfelf_hook){
		.sz = sizeof(struct bpfelf_hook),
		.kind = BPFELF_XDP,
		.ifindex = job->ifindex,
		.flags = job->cli->opts.force ? BPFELF_REPLACE : 0,
		.xdp_flags = job->words->mode,
		.from = job->loaded.from,
	};
}

int xdp_attach(struct xdp_job *job)
{
	struct bpfelf_hook hook = make_hook(job);
	int r;

	if (job->words->off)
		r = bpfelf_detach(job->loaded.txn, &hook);
	else
		r = bpfelf_attach(job->loaded.txn, &hook);
	return r < 0 ? refused(job, r) : CLI_OK;
}

int xdp_keep(struct xdp_job *job)
{
	int r = bpfelf_commit(job->loaded.txn);

	if (r < 0)
		return report_failure(&job->report, r, CLI_USAGE);
	why_elsewhere(job);
	return CLI_OK;
}

/* what xdp_keep() says */
static void tell_where(struct cli *cli, const char *dev,
		       const struct bpfelf_hook *hook)
{
	const struct xdp_words words = { .mode = hook->xdp_flags };
	const struct xdp_job job = {
		.cli = cli, .words = &words, .dev = dev,
		.ifindex = hook->ifindex,
	};

	why_elsewhere(&job);
}

void xdp_share(struct xdp_job *job, bool is_all)
{
	const struct bpfelf_hook hook = make_hook(job);
	uint64_t shared;

	if (job->words->off || job->report.warned)
		return;
	shared = share_keep(job->cli->share, &job->words->bpf,
			    BPF_PROG_TYPE_XDP, &job->loaded);
	if (shared && is_all)
		gather_learn(job->cli, job->dev, &hook, shared, tell_where);
}

void xdp_end(struct xdp_job *job)
{
	report_end(&job->report);
	bpf_loaded_free(&job->loaded);
}

/* ---- showing ---- */

/* in the order in which several attachments are listed */
static const struct attachment {
	uint16_t attr;		/* IFLA_XDP_*_PROG_ID */
	uint8_t mode;
	const char *fmt;	/* of its line */
} attachments[] = {
	{ IFLA_XDP_SKB_PROG_ID, XDP_ATTACHED_SKB, "    prog/xdpgeneric id %u " },
	{ IFLA_XDP_DRV_PROG_ID, XDP_ATTACHED_DRV, "    prog/xdpdrv id %u " },
	{ IFLA_XDP_HW_PROG_ID,	XDP_ATTACHED_HW,  "    prog/xdpoffload id %u " },
};

static void show_attached(struct progs *progs, uint8_t mode, uint32_t id)
{
	struct out *o = &progs->cli->out;

	out_obj(o, OUT_ELEMENT);
	out_u32(o, "mode", NULL, mode);
	progs_print(progs, NULL, id);
	out_obj_end(o);
}

static void show_all_attached(struct progs *progs, const struct nlattr **tb,
			      uint8_t mode)
{
	bool any = false;
	size_t i;

	out_arr(&progs->cli->out, "attached");
	for (i = 0; i < ARRAY_SIZE(attachments); i++) {
		const struct attachment *at = &attachments[i];

		if (!tb[at->attr])
			continue;
		show_attached(progs, at->mode, nl_u32(tb[at->attr], 0));
		any = true;
	}
	/* before 4.19 there was one id for all modes */
	if (!any && tb[IFLA_XDP_PROG_ID])
		show_attached(progs, mode, nl_u32(tb[IFLA_XDP_PROG_ID], 0));
	out_arr_end(&progs->cli->out);
}

static void show_mode(struct out *o, uint8_t mode)
{
	const char *name = name_xdp_mode(mode);

	if (name)
		out_text(o, "%s ", name);
	else
		out_text(o, "xdp[%u] ", mode);
}

void xdp_show_word(struct progs *progs, const struct nlattr *nest)
{
	const struct nlattr *tb[IFLA_XDP_MAX + 1];
	struct out *o = &progs->cli->out;
	uint8_t mode;

	nl_nested(nest, tb, IFLA_XDP_MAX);
	mode = nl_u8(tb[IFLA_XDP_ATTACHED], XDP_ATTACHED_NONE);
	if (mode == XDP_ATTACHED_NONE)
		return;
	if (!out_is_json(o)) {
		show_mode(o, mode);
		return;
	}
	out_obj(o, "xdp");
	out_u32(o, "mode", NULL, mode);
	if (tb[IFLA_XDP_PROG_ID] && mode != XDP_ATTACHED_MULTI)
		progs_print(progs, NULL, nl_u32(tb[IFLA_XDP_PROG_ID], 0));
	show_all_attached(progs, tb, mode);
	out_obj_end(o);
}

static void show_line(struct progs *progs, const char *fmt, const struct nlattr *id)
{
	out_nl(&progs->cli->out);
	progs_print(progs, fmt, nl_u32(id, 0));
}

void xdp_show_lines(struct progs *progs, const struct nlattr *nest)
{
	const struct nlattr *tb[IFLA_XDP_MAX + 1];
	uint8_t mode;
	size_t i;

	nl_nested(nest, tb, IFLA_XDP_MAX);
	mode = nl_u8(tb[IFLA_XDP_ATTACHED], XDP_ATTACHED_NONE);
	if (mode == XDP_ATTACHED_NONE || out_is_json(&progs->cli->out))
		return;
	if (mode != XDP_ATTACHED_MULTI) {
		if (tb[IFLA_XDP_PROG_ID])
			show_line(progs, "    prog/xdp id %u ",
				  tb[IFLA_XDP_PROG_ID]);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(attachments); i++)
		if (tb[attachments[i].attr])
			show_line(progs, attachments[i].fmt,
				  tb[attachments[i].attr]);
}
