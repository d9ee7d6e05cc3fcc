/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "m_bpf.h"

#include <linux/pkt_cls.h>

#include "act.h"
#include "m_gact.h"
#include "report.h"

static int take_program(struct words *w, struct bpf_words *prog)
{
	const char *word;

	if (word_is(word_peek(w), "run"))
		word_take(w);
	word = word_peek(w);
	/* compat: `i` is index, which may stand for the program */
	if (!bpf_words_is_mode(word, BPF_WORDS_BYTECODE))
		return word_is(word, "index") ? 0 : CLI_HANDOVER;
	return bpf_words_take(w, BPF_WORDS_BYTECODE | BPF_WORDS_EXPORT, prog);
}

int m_bpf_parse(struct words *w, struct m_bpf *bpf)
{
	int r;

	*bpf = (struct m_bpf){ .control = TC_ACT_PIPE };
	r = take_program(w, &bpf->prog);
	if (r)
		return r;
	r = control_take(w, &bpf->control);
	if (r && r != CLI_NO_WORD)
		return r;
	return index_take(w, &bpf->index);
}

int m_bpf_load(struct cli *cli, struct m_bpf *bpf)
{
	_cleanup_report_ struct report report;
	int r;

	report_begin(&report, cli, &bpf->loaded, bpf->prog.verbose);
	r = bpf_words_load(&bpf->prog, cli->ctx, BPF_PROG_TYPE_SCHED_ACT,
			   &bpf->loaded);
	return r < 0 ? report_failure(&report, r, CLI_FAIL) : 0;
}

void m_bpf_free(struct m_bpf *bpf)
{
	bpf_loaded_free(&bpf->loaded);
	bpf->loaded = (struct bpf_loaded){ 0 };
}

void m_bpf_put(struct nl_req *req, const struct m_bpf *bpf)
{
	const struct bpf_loaded *loaded = &bpf->loaded;
	struct act_bpf act = {
		.prog_fd = loaded->txn ? bpfelf_prog_fd(loaded->txn) : -1,
		.name = loaded->txn ? bpfelf_txn_name(loaded->txn) : NULL,
		.bytecode = loaded->insns,
		.bytecode_cnt = loaded->insns_cnt,
		.index = bpf->index,
		.control = bpf->control,
	};

	act_put_bpf(req, &act);
}
