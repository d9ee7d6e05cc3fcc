/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iproute_encap.h"

#include <linux/bpf.h>
#include <stdio.h>

enum place { IN, OUT, XMIT, SEG6LOCAL };

static const uint32_t prog_types[ENCAP_PLACES] = {
	[IN]	    = BPF_PROG_TYPE_LWT_IN,
	[OUT]	    = BPF_PROG_TYPE_LWT_OUT,
	[XMIT]	    = BPF_PROG_TYPE_LWT_XMIT,
	[SEG6LOCAL] = BPF_PROG_TYPE_LWT_SEG6LOCAL,
};

/* ---- words ---- */

/* compat: of two programs for one place the last one counts */
static int take_prog(struct words *w, const struct kw *kw, void *field)
{
	(void)kw;
	return bpf_words_take(w, 0, field) ? CLI_USAGE : 0;
}

/* compat: of two numbers the first one counts */
static int take_headroom(struct words *w, const struct kw *kw, void *field)
{
	uint32_t *headroom = field, number;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (!word_to_u32(word, 0, UINT32_MAX, &number) || !number)
		return word_wrong(word, "headroom is invalid");
	if (!*headroom)
		*headroom = number;
	return 0;
}

static const struct kw bpf_kw[] = {
	KW_EXACT("in",	     take_prog,	    struct encap_words, progs[IN]),
	KW_EXACT("out",	     take_prog,	    struct encap_words, progs[OUT]),
	KW_EXACT("xmit",     take_prog,	    struct encap_words, progs[XMIT]),
	KW_EXACT("headroom", take_headroom, struct encap_words, headroom),
	{ 0 }
};

static int take_bpf(struct words *w, struct encap_words *encap)
{
	int r = kw_any(bpf_kw, w, encap, NULL);

	if (r)
		return r;
	if (encap->progs[IN].mode || encap->progs[OUT].mode ||
	    encap->progs[XMIT].mode)
		return 0;
	return word_missing("in, out or xmit");
}

static int take_action(struct words *w, const struct kw *kw, void *field)
{
	bool *action = field;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (*action)
		return word_twice_or_garbage("action", word);
	*action = str_eq(word, "End.BPF");
	return *action ? 0 : word_wrong(word, "only End.BPF goes with a program");
}

static int take_endpoint(struct words *w, const struct kw *kw, void *field)
{
	const struct bpf_words *before = field;

	if (before->mode && word_peek(w))
		return word_twice_or_garbage("endpoint", word_peek(w));
	return take_prog(w, kw, field);
}

static int take_foreign(struct words *w, const struct kw *kw, void *field)
{
	(void)w;
	(void)field;
	return word_wrong(kw->name, "End.BPF takes endpoint and count only");
}

static const struct kw seg6local_kw[] = {
	KW_EXACT("action",   take_action,   struct encap_words, action),
	KW_EXACT("endpoint", take_endpoint, struct encap_words, progs[SEG6LOCAL]),
	KW_EXACT("count",    word_flag,	    struct encap_words, count),
	KW_EXACT_SELF("table",	  take_foreign, NULL),
	KW_EXACT_SELF("vrftable", take_foreign, NULL),
	KW_EXACT_SELF("nh4",	  take_foreign, NULL),
	KW_EXACT_SELF("nh6",	  take_foreign, NULL),
	KW_EXACT_SELF("iif",	  take_foreign, NULL),
	KW_EXACT_SELF("oif",	  take_foreign, NULL),
	KW_EXACT_SELF("srh",	  take_foreign, NULL),
	KW_EXACT_SELF("flavors",  take_foreign, NULL),
	{ 0 }
};

static int take_seg6local(struct words *w, struct encap_words *encap)
{
	int r = kw_any(seg6local_kw, w, encap, NULL);

	if (r)
		return r;
	if (!encap->action) {
		fprintf(stderr, "Missing action type\n");
		return CLI_USAGE;
	}
	return encap->progs[SEG6LOCAL].mode ? 0 : word_missing("endpoint");
}

int encap_words_take(struct words *w, struct encap_words *encap)
{
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	*encap = (struct encap_words){ 0 };
	if (str_eq(word, "bpf"))
		return take_bpf(w, encap);
	if (str_eq(word, "seg6local"))
		return take_seg6local(w, encap);
	return word_wrong(word, "beside programs of BPF no other encapsulation is taken");
}

/* up to the next nexthop */
static bool has_end_bpf(struct words w)
{
	const char *word;

	while ((word = word_take(&w)) && !str_eq(word, "nexthop"))
		if (str_eq(word, "action") && word_peek(&w) &&
		    str_eq(word_peek(&w), "End.BPF"))
			return true;
	return false;
}

bool encap_words_are_there(struct words w)
{
	const char *word;

	while ((word = word_take(&w))) {
		if (!str_eq(word, "encap"))
			continue;
		word = word_take(&w);
		if (word && (str_eq(word, "bpf") ||
			     (str_eq(word, "seg6local") && has_end_bpf(w))))
			return true;
	}
	return false;
}

/* ---- carrying them out ---- */

static struct bpfelf_lwt *place_of(struct encap_job *job, enum place place)
{
	switch (place) {
	case IN:
		return &job->encap.in;
	case OUT:
		return &job->encap.out;
	case XMIT:
		return &job->encap.xmit;
	case SEG6LOCAL:
		return &job->encap.seg6local;
	}
	return NULL;
}

static int load_one(struct encap_jobs *jobs, struct encap_job *job,
		    enum place place, const struct bpf_words *bpf,
		    bool names_only)
{
	struct cli *cli = jobs->report.cli;
	int r;

	report_end(&jobs->report);
	report_begin(&jobs->report, cli, &job->loaded[place], bpf->verbose);
	if (names_only)
		r = bpf_words_name(bpf, cli->ctx, prog_types[place],
				   &job->names[place]);
	else
		r = bpf_words_load(bpf, cli->ctx, prog_types[place],
				   &job->loaded[place]);
	if (r < 0)
		return report_failure(&jobs->report, r, CLI_USAGE);
	*place_of(job, place) = (struct bpfelf_lwt){
		.txn = job->loaded[place].txn, .name = job->names[place],
	};
	return CLI_OK;
}

static int load_all(struct encap_jobs *jobs, const struct encap_words *words,
		    bool names_only)
{
	struct encap_job *job;
	size_t i;
	int place, r = CLI_OK;

	for (i = 0; i < jobs->cnt; i++) {
		job = &jobs->list[i];
		job->encap = (struct bpfelf_encap){
			.sz = sizeof(job->encap),
			.next = i + 1 < jobs->cnt ? &job[1].encap : NULL,
			.nexthop = words[i].nexthop,
			.headroom = words[i].headroom,
			.count = words[i].count,
		};
		for (place = 0; place < ENCAP_PLACES && !r; place++)
			if (words[i].progs[place].mode)
				r = load_one(jobs, job, place,
					     &words[i].progs[place], names_only);
	}
	return r;
}

int encap_jobs_load(struct encap_jobs *jobs, struct cli *cli,
		    const struct encap_words *words, size_t cnt,
		    bool names_only)
{
	report_begin(&jobs->report, cli, NULL, false);
	jobs->list = calloc(cnt, sizeof(*jobs->list));
	if (!jobs->list) {
		fprintf(stderr, "out of memory\n");
		return CLI_USAGE;
	}
	jobs->cnt = cnt;
	return load_all(jobs, words, names_only);
}

void encap_jobs_commit(struct encap_jobs *jobs)
{
	size_t i;
	int place;

	for (i = 0; i < jobs->cnt; i++)
		for (place = 0; place < ENCAP_PLACES; place++)
			if (jobs->list[i].loaded[place].txn)
				bpfelf_commit(jobs->list[i].loaded[place].txn);
}

void encap_jobs_free(struct encap_jobs *jobs)
{
	size_t i;
	int place;

	if (!jobs->report.cli)
		return;
	report_end(&jobs->report);
	/* the last one first: it may use a map that an earlier one has pinned */
	for (i = jobs->cnt; i-- > 0; ) {
		for (place = ENCAP_PLACES; place-- > 0; ) {
			bpf_loaded_free(&jobs->list[i].loaded[place]);
			free(jobs->list[i].names[place]);
		}
	}
	free(jobs->list);
}
