/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tcrig.h"

#include <inttypes.h>
#include <stdio.h>

void words_split(struct line *line, const char *text)
{
	snprintf(line->text, sizeof(line->text), "%s", text);
	line->words = (struct words){
		.argv = line->argv, .pos = 1,
		.argc = split_words(line->text, line->argv),
	};
}

char *words_said(struct capture *capture)
{
	char *text = capture_end(capture);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

void text_prog(struct buf *text, const struct bpf_words *prog)
{
	static const char *const modes[] = {
		[BPF_MODE_NONE] = "",
		[BPF_MODE_OBJECT] = " obj ",
		[BPF_MODE_PINNED] = " pinned ",
		[BPF_MODE_BYTECODE] = " bytecode ",
		[BPF_MODE_BYTECODE_FILE] = " bytecode-file ",
	};
	size_t i;

	buf_addf(text, "%s%s", modes[prog->mode], prog->file ?: "");
	if (prog->prog_type)
		buf_addf(text, " type %u", prog->prog_type);
	if (prog->section)
		buf_addf(text, " sec %s", prog->section);
	if (prog->program)
		buf_addf(text, " program %s", prog->program);
	if (prog->maps_as)
		buf_addf(text, " maps-as %u", prog->maps_as);
	if (prog->data_as)
		buf_addf(text, " data-as %u", prog->data_as);
	for (i = 0; prog->set[i]; i++)
		buf_addf(text, " set %s", prog->set[i]);
	if (prog->export)
		buf_addf(text, " export %s", prog->export);
	if (prog->verbose)
		buf_addf(text, " verbose");
}

static void add_index(struct buf *text, uint32_t index)
{
	if (index)
		buf_addf(text, " index %u", index);
}

void text_police(struct buf *text, const struct m_police *p)
{
	buf_addf(text, " police %" PRIu64 " %u %d", p->rate, p->burst, p->exceed);
	if (p->peakrate)
		buf_addf(text, " peak %" PRIu64, p->peakrate);
	if (p->mtu)
		buf_addf(text, " mtu %u", p->mtu);
	if (p->overhead)
		buf_addf(text, " overhead %u", p->overhead);
	if (p->pkts_rate)
		buf_addf(text, " packets %" PRIu64 " %u", p->pkts_rate,
			 p->pkts_burst);
	if (p->has_conform)
		buf_addf(text, " conform %d", p->conform);
	add_index(text, p->index);
}

static void add_gact(struct buf *text, const struct m_gact *gact)
{
	buf_addf(text, " action %d", gact->control);
	if (gact->random.ptype)
		buf_addf(text, " random %u %u %d", gact->random.ptype,
			 gact->random.pval, gact->random.paction);
	add_index(text, gact->index);
}

void text_action(struct buf *text, const struct m_action *a)
{
	size_t i;

	switch (a->kind) {
	case M_GACT:
		add_gact(text, &a->gact);
		break;
	case M_MIRRED:
		buf_addf(text, " mirred %d %s %d", a->mirred.eaction,
			 a->mirred.dev, a->mirred.control);
		add_index(text, a->mirred.index);
		break;
	case M_BPF:
		buf_addf(text, " bpf %d", a->bpf.control);
		text_prog(text, &a->bpf.prog);
		add_index(text, a->bpf.index);
		break;
	case M_POLICE:
		text_police(text, &a->police);
		break;
	}
	for (i = 0; i < a->cookie_len; i++)
		buf_addf(text, "%s%02x", i ? "" : " cookie ", a->cookie[i]);
	if (a->has_hw_stats)
		buf_addf(text, " hw_stats %u", a->hw_stats);
	if (a->flags)
		buf_addf(text, " flags %u", a->flags);
}

void text_status(struct buf *text, int status, const char *said)
{
	if (status == CLI_HANDOVER)
		buf_addf(text, "%s", SYSTEMS);
	else
		buf_addf(text, "%d: %s", status, said);
}
