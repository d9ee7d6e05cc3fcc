/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec bpf run`: try a program before it is attached anywhere. */
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>

#include "e_bpf.h"
#include "run.h"
#include "run_verdict.h"

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
		return run_packets_add(&run->in, words->built.data, words->built.len) ?
		       run_no_memory() : 0;
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
	if (r)
		return r;
	buf_add(&run->ctx, bytes, run->ctx_type->size);
	return buf_failed(&run->ctx) ? run_no_memory() : 0;
}

/* Behind the context, which may say how long it is. */
static int read_meta(struct run *run)
{
	struct xdp_md md = { 0 };
	int r = 0;

	if (run->words->meta && run->prog_type != BPF_PROG_TYPE_XDP)
		return word_wrong("meta", "only xdp programs see metadata");
	if (run->words->meta)
		r = run_read(run->words->meta, &run->meta);
	if (r || run->prog_type != BPF_PROG_TYPE_XDP || run->ctx.len < sizeof(md))
		return r;
	memcpy(&md, run->ctx.data, sizeof(md));
	if (!md.data || md.data == run->meta.len)
		return 0;
	return word_wrong("ctx", "it has metadata, which \"meta\" gives");
}

/* That maps, keys and values are such that can be compared is seen now: in vain
 * nothing is to be run. */
static int read_expected(struct run *run)
{
	_cleanup_buf_ struct buf as_yet = { 0 };
	const struct run_words *words = run->words;

	if (words->verdict &&
	    !run_verdict_read(run->prog_type, words->verdict, &run->verdict))
		return word_wrong(words->verdict, "no verdict of this type, and no number");
	if (run_check_maps(run, &as_yet) == CLI_USAGE)
		return CLI_USAGE;
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
	r = r ?: read_meta(run);
	r = r ?: read_expected(run);
	return r ?: go_to_cpu(run);
}

/* ---- all that are to be done ---- */

static int run_failed(const struct run *run, struct report *report, int r)
{
	int status;

	if (!*bpfelf_error(run->cli->ctx))
		return run_no_memory();
	status = report_failure(report, r, CLI_USAGE);
	if (r == -EINVAL && !run->in.cnt && strstr(bpfelf_error(run->cli->ctx), "needs a packet"))
		fprintf(stderr, "Hint: give one by \"packet\", \"data\" or \"pcap\"\n");
	return status;
}

static int worse(int a, int b)
{
	return a > b ? a : b;
}

/* Nobody is to read a success where memory lacked for what is wrong. */
static int judged(const struct buf *why)
{
	if (buf_failed(why))
		return run_no_memory();
	return why->len ? CLI_FAIL : CLI_OK;
}

static int tell_line(struct run *run, size_t i, const struct run_result *result)
{
	_cleanup_buf_ struct buf why = { 0 }, what = { 0 };
	int status;

	run_check(run, i, result, &why);
	status = judged(&why);
	if (status == CLI_USAGE)
		return status;
	buf_addf(&what, "packet %zu: ", i + 1);
	run_verdict_text(run, result->run.retval, &what);
	run_show_tap(&run->cli->out, i + 1, &what, &why);
	return status;
}

/* A packet with a wrong checksum is one that is not as expected. */
static int tell_checksum(struct run *run, size_t i, struct report *report)
{
	_cleanup_buf_ struct buf why = { 0 }, what = { 0 };

	if (!run->words->all || out_is_json(&run->cli->out))
		return report_failure(report, -EBADMSG, CLI_FAIL);
	buf_addf(&why, "%s\n", bpfelf_error(run->cli->ctx));
	buf_addf(&what, "packet %zu: no verdict", i + 1);
	run_show_tap(&run->cli->out, i + 1, &what, &why);
	return CLI_FAIL;
}

/* Maps are looked at when all is done, which with a single packet is now. */
static int tell(struct run *run, size_t i, const struct run_result *result)
{
	_cleanup_buf_ struct buf why = { 0 };
	int status = CLI_OK;

	if (run->words->all && !out_is_json(&run->cli->out))
		return tell_line(run, i, result);
	run_check(run, i, result, &why);
	if (!run->words->all)
		status = run_check_maps(run, &why);
	status = worse(status, judged(&why));
	if (status != CLI_USAGE)
		run_show(run, i, result, &why);
	return status;
}

static int keep(struct run *run, const struct run_result *result)
{
	const struct bpfelf_run *r = &result->run;

	if (result->data && run_packets_add(&run->out, result->data, r->data_size_out) < 0)
		return run_no_memory();
	if (!run->words->ctx_out)
		return CLI_OK;
	return run_write(run->words->ctx_out, result->ctx, r->ctx_size_out);
}

static int run_packet(struct run *run, size_t i, struct report *report)
{
	_cleanup_(run_result_free) struct run_result result = { 0 };
	int r = run_once(run, i, &result);

	if (r == -EBADMSG && run->words->checksum)
		return tell_checksum(run, i, report);
	if (r < 0)
		return run_failed(run, report, r);
	r = tell(run, i, &result);
	return worse(r, keep(run, &result));
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
		run_show_tap(&run->cli->out, run->in.cnt + i + 1, &what, &why);
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

/* Pins stay when all is well, were it not as expected; until then others wait
 * for the lock of the bpffs. */
int run_keep_pins(const struct run *run)
{
	return run->words->pins ? bpfelf_commit(run->txn) : 0;
}

static int run_loaded(struct run *run, struct report *report)
{
	int r = prepare(run), status;

	if (r)
		return r < 0 ? report_failure(report, r, CLI_USAGE) : r;
	if (run->words->live)
		return run_live(run, report);
	status = run_all(run, report);
	if (status == CLI_USAGE)
		return status;
	r = run_keep_pins(run);
	return r < 0 ? report_failure(report, r, CLI_USAGE) : status;
}

static int run_words(struct cli *cli, const struct run_words *words)
{
	_cleanup_loaded_ struct bpf_loaded loaded = { 0 };
	_cleanup_report_ struct report report;
	struct run run = { .cli = cli, .words = words };
	int r;

	report_begin(&report, cli, &loaded, words->prog.verbose);
	r = open_prog(&run, &loaded);
	if (r < 0)
		return report_failure(&report, r, CLI_USAGE);
	run.txn = loaded.txn;
	run.prog_type = bpfelf_prog_type(loaded.txn);
	run.ctx_type = run_ctx_of(run.prog_type);
	r = run_loaded(&run, &report);
	buf_free(&run.ctx);
	buf_free(&run.meta);
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
