/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "run.h"

#include <linux/bpf.h>
#include <stdio.h>

#include "e_bpf.h"
#include "run_packet.h"

static int take_type(struct words *w, const struct kw *kw, void *field)
{
	static const struct word_name types[] = {
		{ "cls",	    BPF_PROG_TYPE_SCHED_CLS },
		{ "sched_cls",	    BPF_PROG_TYPE_SCHED_CLS },
		{ "act",	    BPF_PROG_TYPE_SCHED_ACT },
		{ "sched_act",	    BPF_PROG_TYPE_SCHED_ACT },
		{ "xdp",	    BPF_PROG_TYPE_XDP },
		{ "lwt_in",	    BPF_PROG_TYPE_LWT_IN },
		{ "lwt_out",	    BPF_PROG_TYPE_LWT_OUT },
		{ "lwt_xmit",	    BPF_PROG_TYPE_LWT_XMIT },
		{ "lwt_seg6local",  BPF_PROG_TYPE_LWT_SEG6LOCAL },
		{ "socket_filter",  BPF_PROG_TYPE_SOCKET_FILTER },
		{ "sk_lookup",	    BPF_PROG_TYPE_SK_LOOKUP },
		{ "cgroup_skb",	    BPF_PROG_TYPE_CGROUP_SKB },
		{ "flow_dissector", BPF_PROG_TYPE_FLOW_DISSECTOR },
		{ "raw_tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT },
		{ "syscall",	    BPF_PROG_TYPE_SYSCALL },
		{ "struct_ops",	    BPF_PROG_TYPE_STRUCT_OPS },
		{ 0 }
	};

	(void)kw;
	return bpf_type_take(w, types, field);
}

/* pcap FILE [ packet { N | all } ]: the word has another meaning elsewhere */
static int take_pcap(struct words *w, const struct kw *kw, void *field)
{
	struct run_words *run = field;
	struct words ahead;
	const char *word;
	int r = word_need(w, &run->pcap);

	(void)kw;
	if (r)
		return r;
	ahead = *w;
	word = word_take(&ahead);
	if (!word || !str_eq(word, "packet"))
		return 0;
	*w = ahead;
	r = word_need(w, &word);
	if (r)
		return r;
	run->all = str_eq(word, "all");
	if (run->all)
		return 0;
	if (!word_to_u32(word, 0, UINT32_MAX, &run->packet) || !run->packet)
		return word_wrong(word, "a number from 1, or \"all\"");
	return 0;
}

static int take_packet(struct words *w, const struct kw *kw, void *field)
{
	struct run_words *run = field;

	(void)kw;
	if (run->built.len)
		return word_twice("packet", "packet");
	return run_packet_take(w, &run->built);
}

/* FIELD=VALUE ..., or one word that names bytes */
static int take_ctx(struct words *w, const struct kw *kw, void *field)
{
	struct run_words *run = field;
	const char *word = word_peek(w);

	(void)kw;
	if (!word)
		return word_incomplete();
	if (run->ctx_cnt)
		return word_twice("ctx", word);
	run->ctx = &w->argv[w->pos];
	do {
		word_take(w);
		run->ctx_cnt++;
		if (!strchr(run->ctx[0], '='))
			break;
		word = word_peek(w);
	} while (word && strchr(word, '='));
	return 0;
}

static int take_repeat(struct words *w, const struct kw *kw, void *field)
{
	struct run_words *run = field;

	(void)kw;
	run->has_repeat = true;
	return word_u32(w, &(struct kw){ "repeat", 0, NULL, 0, NULL }, &run->repeat);
}

static int take_cpu(struct words *w, const struct kw *kw, void *field)
{
	struct run_words *run = field;

	(void)kw;
	run->has_cpu = true;
	return word_u32(w, &(struct kw){ "cpu", 0, NULL, 0, NULL }, &run->cpu);
}

static int take_map(struct words *w, const struct kw *kw, void *field)
{
	struct run_words *run = field;
	struct run_expect_map *map = &run->maps[run->maps_cnt];
	int r;

	(void)kw;
	if (run->maps_cnt == RUN_MAX_MAPS) {
		fprintf(stderr, "Error: more than %d times \"expect-map\"\n", RUN_MAX_MAPS);
		return CLI_USAGE;
	}
	r = word_need(w, &map->name);
	r = r ?: word_need(w, &map->key);
	r = r ?: word_need(w, &map->value);
	run->maps_cnt++;
	return r;
}

static const struct kw options[] = {
	KW_EXACT     ("type",	     take_type, struct run_words, prog_type),
	KW_EXACT     ("data",	     word_str,  struct run_words, data),
	KW_EXACT_SELF("pcap",	     take_pcap, NULL),
	KW_EXACT_SELF("packet",	     take_packet, NULL),
	KW_EXACT     ("meta",	     word_str,	struct run_words, meta),
	KW_EXACT_SELF("ctx",	     take_ctx, NULL),
	KW_EXACT     ("checksum",    word_flag, struct run_words, checksum),
	KW_EXACT_SELF("repeat",	     take_repeat, NULL),
	KW_EXACT_SELF("cpu",	     take_cpu, NULL),
	KW_EXACT     ("out",	     word_str,  struct run_words, out),
	KW_EXACT     ("ctxout",	     word_str,  struct run_words, ctx_out),
	KW_EXACT     ("live",	     word_flag, struct run_words, live),
	KW_EXACT     ("batch",	     word_u32,	struct run_words, batch),
	KW_EXACT     ("dev",	     word_ifname, struct run_words, dev),
	KW_EXACT     ("expect",	     word_str,  struct run_words, verdict),
	KW_EXACT     ("expect-data", word_str,  struct run_words, expect_data),
	KW_EXACT_SELF("expect-map",  take_map, NULL),
	KW_EXACT     ("pins",	     word_flag, struct run_words, pins),
	/* behind `type`, too, where `graft` has them */
	KW	     ("section",     word_str,	struct run_words, prog.section),
	KW_EXACT     ("program",     word_str,	struct run_words, prog.program),
	KW_EXACT     ("maps-as",     bpf_maps_as_take, struct run_words, prog.maps_as),
	KW_EXACT     ("data-as",     bpf_data_as_take, struct run_words, prog.data_as),
	KW_EXACT     ("set",	     bpf_set_take, struct run_words, prog.set),
	KW	     ("verbose",     word_flag, struct run_words, prog.verbose),
	{ 0 }
};

static int take_program(struct words *w, struct run_words *run)
{
	const char *word = word_peek(w);
	int r;

	if (!word || !str_eq(word, "id")) {
		r = bpf_words_take(w, 0, &run->prog);
		return r ? CLI_USAGE : 0;
	}
	word_take(w);
	r = word_need(w, &word);
	if (r)
		return r;
	if (!word_to_u32(word, 0, UINT32_MAX, &run->id) || !run->id)
		return word_wrong(word, "no id of a program");
	return 0;
}

static int one_of(const char *a, const char *b)
{
	fprintf(stderr, "Error: either \"%s\" or \"%s\"\n", a, b);
	return CLI_USAGE;
}

static int check_live(const struct run_words *run)
{
	if (run->out)
		return one_of("live", "out");
	if (run->ctx_out)
		return one_of("live", "ctxout");
	if (run->all)
		return one_of("live", "packet all");
	if (!run->verdict && !run->expect_data)
		return 0;
	one_of("live", run->verdict ? "expect" : "expect-data");
	fprintf(stderr, "Hint: of live frames the kernel tells no verdict; a map may count them, for \"expect-map\"\n");
	return CLI_USAGE;
}

/* what no kernel has to be asked for */
static int check(const struct run_words *run)
{
	if (run->data && run->pcap)
		return one_of("data", "pcap");
	if (run->built.len && (run->data || run->pcap))
		return one_of("packet", run->data ? "data" : "pcap");
	if (!run->live && (run->batch || run->dev))
		return word_missing("live");
	return run->live ? check_live(run) : 0;
}

static int what_is(const char *word)
{
	struct suggest suggest = { .word = word };

	fprintf(stderr, "What is \"%s\"?\n", word);
	suggest_table(&suggest, options);
	suggest_hint(&suggest);
	return CLI_USAGE;
}

int run_words_take(struct words *w, struct run_words *run)
{
	int r;

	*run = (struct run_words){ .packet = 1 };
	r = take_program(w, run);
	r = r ?: kw_any(options, w, run, NULL);
	if (r == 0 && word_peek(w))
		r = what_is(word_peek(w));
	run->prog.prog_type = run->prog_type;
	run->prog.is_private = !run->pins;
	return r ?: check(run);
}

void run_words_free(struct run_words *run)
{
	buf_free(&run->built);
}
