/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec bpf run`: try a program before it is attached anywhere. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <sched.h>
#include <stdio.h>

#include "e_bpf.h"
#include "report.h"
#include "run.h"
#include "run_verdict.h"

#define DATA_OUT (64u << 10)	/* room beyond what goes in */

/* ---- from words to what is run ---- */

static int open_prog(struct run *run, struct bpf_loaded *loaded)
{
	const struct run_words *words = run->words;

	if (words->id)
		return bpfelf_open_id(run->cli->ctx, words->id, words->prog_type,
				      &loaded->txn);
	return bpf_words_load(&words->prog, run->cli->ctx, 0, loaded);
}

static int read_input(struct run *run)
{
	const struct run_words *words = run->words;
	char why[64];

	if (words->data)
		return run_read_packets(words->data, &run->in);
	if (words->built.len)
		return run_packets_add(&run->in, words->built.data, words->built.len);
	if (!words->pcap)
		return 0;
	if (run_pcap_read(words->pcap, &run->in))
		return CLI_USAGE;
	if (words->all || words->packet <= run->in.cnt)
		return 0;
	snprintf(why, sizeof(why), "the file has %zu packets", run->in.cnt);
	return word_wrong("packet", why);
}

static int read_ctx(struct run *run)
{
	const struct run_words *words = run->words;
	char bytes[RUN_CTX_MAX] = { 0 };
	int r = 0, i;

	if (!words->ctx_cnt)
		return 0;
	if (!strchr(words->ctx[0], '='))
		return run_read(words->ctx[0], &run->ctx);
	if (!run->ctx_type)
		return word_wrong(words->ctx[0], "this type of context has no fields: a file or hex:...");
	for (i = 0; r == 0 && i < words->ctx_cnt; i++)
		r = run_ctx_set(run->cli, run->ctx_type, words->ctx[i], bytes);
	if (r == 0)
		buf_add(&run->ctx, bytes, run->ctx_type->size);
	return r;
}

static int read_expected(struct run *run)
{
	const struct run_words *words = run->words;

	if (words->verdict &&
	    !run_verdict_read(run->prog_type, words->verdict, &run->verdict))
		return word_wrong(words->verdict, "no verdict of this type, and no number");
	return words->expect_data ? run_read_packets(words->expect_data, &run->wanted) : 0;
}

/* Only raw tracepoints take one; for all others it is where we are. */
static int go_to_cpu(const struct run *run)
{
	cpu_set_t set;

	if (!run->words->has_cpu || run->prog_type == BPF_PROG_TYPE_RAW_TRACEPOINT)
		return 0;
	CPU_ZERO(&set);
	if (run->words->cpu < CPU_SETSIZE)
		CPU_SET(run->words->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		return 0;
	return word_wrong("cpu", "no CPU that this process may use");
}

static int prepare(struct run *run)
{
	int r;

	r = read_input(run);
	r = r ?: read_ctx(run);
	r = r ?: read_expected(run);
	return r ?: go_to_cpu(run);
}

/* ---- one run ---- */

static bool is_skb(uint32_t prog_type)
{
	return run_ctx_of(prog_type) == run_ctx_of(BPF_PROG_TYPE_SCHED_CLS);
}

/* The kernel gives zeros in place of the Ethernet header where a program does
 * not see one: what it did not touch is as it was. */
static void restore_header(const struct run *run, const uint8_t *in,
			   struct run_result *result)
{
	static const uint8_t zeros[ETH_HLEN];

	if (is_skb(run->prog_type) && result->run.data_size_out >= ETH_HLEN &&
	    memcmp(result->data, zeros, ETH_HLEN) == 0)
		memcpy(result->data, in, ETH_HLEN);
}

static void set_ctx(const struct run *run, struct run_result *result,
		    const void *ctx)
{
	struct bpfelf_run *r = &result->run;
	bool gives = run->prog_type != BPF_PROG_TYPE_RAW_TRACEPOINT &&
		     run->prog_type != BPF_PROG_TYPE_STRUCT_OPS &&
		     run->prog_type != BPF_PROG_TYPE_FLOW_DISSECTOR;

	if (run->ctx.len) {
		r->ctx_in = ctx;
		r->ctx_size_in = run->ctx.len;
	}
	/* without one in, an skb or XDP program gets none back */
	if (!gives || (!run->ctx.len && !is_skb(run->prog_type)))
		return;
	r->ctx_out = result->ctx;
	r->ctx_size_out = sizeof(result->ctx);
}

/* Of an XDP context the kernel wants to know where the packet ends. */
static void complete_xdp(const struct run *run, uint32_t len, void *ctx)
{
	struct xdp_md md;

	if (run->prog_type != BPF_PROG_TYPE_XDP || run->ctx.len < sizeof(md))
		return;
	memcpy(&md, ctx, sizeof(md));
	if (md.data_end)
		return;
	md.data_end = len;
	memcpy(ctx, &md, sizeof(md));
}

static int run_once(const struct run *run, size_t i, struct run_result *result)
{
	_cleanup_free_ char *ctx = calloc(1, run->ctx.len + 1);
	struct bpfelf_run *r = &result->run;
	uint32_t len = 0;
	const uint8_t *in = run->in.cnt ? run_packets_get(&run->in, i, &len) : NULL;
	int ret;

	*r = (struct bpfelf_run){ .sz = sizeof(*r), .data_in = in, .data_size_in = len };
	if (in)
		result->data = malloc(len + DATA_OUT);
	if (!ctx || (in && !result->data))
		return -ENOMEM;
	memcpy(ctx, buf_str(&run->ctx), run->ctx.len);
	complete_xdp(run, len, ctx);
	set_ctx(run, result, ctx);
	r->data_out = result->data;
	r->data_size_out = in ? len + DATA_OUT : 0;
	r->repeat = run->words->repeat;
	if (run->words->has_cpu && run->prog_type == BPF_PROG_TYPE_RAW_TRACEPOINT) {
		r->cpu = run->words->cpu;
		r->flags = BPF_F_TEST_RUN_ON_CPU;
	}
	ret = bpfelf_prog_run(run->txn, r);
	if (ret == 0 && in)
		restore_header(run, in, result);
	return ret;
}

/* ---- all that are to be done ---- */

static int run_failed(const struct run *run, struct report *report, int r)
{
	int status = report_failure(report, r, CLI_USAGE);

	if (r == -EINVAL && !run->in.cnt && strstr(bpfelf_error(run->cli->ctx), "needs a packet"))
		fprintf(stderr, "Hint: give one by \"packet\", \"data\" or \"pcap\"\n");
	return status;
}

static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int tell_line(struct run *run, size_t i, const struct run_result *result)
{
	_cleanup_buf_ struct buf why = { 0 }, what = { 0 };

	run_check(run, i, result, &why);
	buf_addf(&what, "packet %zu: ", i + 1);
	run_verdict_text(run, result->run.retval, &what);
	run_show_tap(&run->cli->out, i + 1, buf_str(&what), &why);
	return why.len ? CLI_FAIL : CLI_OK;
}

/* Maps are looked at when all is done, which with a single packet is now. */
static int tell(struct run *run, size_t i, const struct run_result *result)
{
	_cleanup_buf_ struct buf why = { 0 };
	int status = CLI_OK;
	size_t m;

	if (run->words->all && !out_is_json(&run->cli->out))
		return tell_line(run, i, result);
	run_check(run, i, result, &why);
	for (m = 0; !run->words->all && m < run->words->maps_cnt; m++)
		status = worse(status, run_check_map(run, &run->words->maps[m], &why));
	if (status != CLI_USAGE)
		run_show(run, i, result, &why);
	return worse(status, why.len ? CLI_FAIL : CLI_OK);
}

static int run_packet(struct run *run, size_t i, struct report *report)
{
	struct run_result result = { 0 };
	const char *ctx_out = run->words->ctx_out;
	int status, r = run_once(run, i, &result);

	if (r < 0)
		status = run_failed(run, report, r);
	else
		status = tell(run, i, &result);
	if (r == 0 && result.data &&
	    run_packets_add(&run->out, result.data, result.run.data_size_out) < 0)
		status = CLI_USAGE;
	if (r == 0 && ctx_out && run_write(ctx_out, result.ctx, result.run.ctx_size_out))
		status = CLI_USAGE;
	free(result.data);
	return status;
}

static int run_packets(struct run *run, struct report *report)
{
	size_t i, first = run->words->all || !run->in.cnt ? 0 : run->words->packet - 1;
	size_t end = run->words->all ? run->in.cnt : first + 1;
	int status = CLI_OK;

	for (i = first; i < end && status != CLI_USAGE; i++)
		status = worse(status, run_packet(run, i, report));
	return status;
}

/* what all packets did to the maps; in JSON it is said, and in the status */
static int check_map(struct run *run, size_t i)
{
	const struct run_expect_map *m = &run->words->maps[i];
	_cleanup_buf_ struct buf why = { 0 }, what = { 0 };
	int r = run_check_map(run, m, &why);

	if (r == CLI_USAGE)
		return r;
	buf_addf(&what, "map %s key %s", m->name, m->key);
	if (!out_is_json(&run->cli->out))
		run_show_tap(&run->cli->out, run->in.cnt + i + 1, buf_str(&what), &why);
	else if (r)
		fprintf(stderr, "FAILED: %s", buf_str(&why));
	return r;
}

static int check_maps(struct run *run)
{
	int status = CLI_OK;
	size_t i;

	for (i = 0; run->words->all && i < run->words->maps_cnt && status != CLI_USAGE; i++)
		status = worse(status, check_map(run, i));
	return status;
}

static int run_all(struct run *run, struct report *report)
{
	struct out *o = &run->cli->out;
	int status;

	if (run->words->all && !out_is_json(o)) {
		out_text(o, "1..%zu", run->in.cnt + run->words->maps_cnt);
		out_nl(o);
	}
	if (run->words->all)
		out_arr(o, NULL);
	status = run_packets(run, report);
	if (run->words->all)
		out_arr_end(o);
	if (status != CLI_USAGE)
		status = worse(status, check_maps(run));
	if (status != CLI_USAGE && run->words->out &&
	    run_write_packets(run->words->out, &run->out))
		status = CLI_USAGE;
	return status;
}

static int run_loaded(struct run *run, struct report *report)
{
	int r = prepare(run);

	if (r)
		return r < 0 ? report_failure(report, r, CLI_USAGE) : r;
	if (run->words->live)
		return run_live(run);
	return run_all(run, report);
}

static int run_words(struct cli *cli, const struct run_words *words)
{
	_cleanup_loaded_ struct bpf_loaded loaded = { 0 };
	_cleanup_report_ struct report report;
	struct run run = { .cli = cli, .words = words };
	int r;

	report_begin(&report, cli, &loaded, words->prog.verbose);
	r = open_prog(&run, &loaded);
	if (r == 0 && words->pins)
		r = bpfelf_commit(loaded.txn);
	if (r < 0)
		return report_failure(&report, r, CLI_USAGE);
	run.txn = loaded.txn;
	run.prog_type = bpfelf_prog_type(loaded.txn);
	run.ctx_type = run_ctx_of(run.prog_type);
	r = run_loaded(&run, &report);
	buf_free(&run.ctx);
	run_packets_free(&run.in);
	run_packets_free(&run.out);
	run_packets_free(&run.wanted);
	return r;
}

int e_bpf_run_prog(struct cli *cli, struct words *w)
{
	struct run_words words;
	int r = run_words_take(w, &words);

	r = r ?: run_words(cli, &words);
	run_words_free(&words);
	return r;
}
