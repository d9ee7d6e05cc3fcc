/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Live frames: what an XDP program says of them is done. They go out in
 * portions of a second each, so that there is something to tell and ^C ends
 * between two of them: then the count is exact. Shorter ones would be felt:
 * for each call the kernel sets up and tears down a pool of pages, which it
 * waits for some ten milliseconds, or fifty where the CPUs are busy. Where
 * nobody watches and there is an end, portions are longer.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "run.h"

#define PORTION_NS	1000000000ull
#define UNSEEN_NS	4000000000ull
#define TELL_NS		500000000ull
#define FIRST_PORTION	(1u << 18)	/* to see how fast it is */
#define MAX_PORTION	(1u << 26)

struct live {
	struct run *run;
	struct bpfelf_run args;
	struct run_input input;
	uint64_t sent, start, told;
	uint64_t portion_ns;
	uint32_t portion;
	bool talks;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static uint64_t rate(const struct live *live, uint64_t now)
{
	uint64_t us = (now - live->start) / 1000;

	return us ? live->sent * 1000000 / us : 0;
}

static void tell(struct live *live, uint64_t now)
{
	if (!live->talks || now - live->told < TELL_NS)
		return;
	live->told = now;
	fprintf(stderr, "\r%llu packets, %llu packets/s ", (unsigned long long)live->sent,
		(unsigned long long)rate(live, now));
}

/* What the frames did to the maps belongs to it. */
static int summarize(struct live *live)
{
	_cleanup_buf_ struct buf why = { 0 };
	struct out *o = &live->run->cli->out;
	uint64_t now = now_ns(), ns = now - live->start;
	char seconds[32];
	int status = run_check_maps(live->run, &why);

	if (live->told)
		fprintf(stderr, "\r\033[K");
	snprintf(seconds, sizeof(seconds), "%.3f", ns / 1e9);
	out_obj(o, NULL);
	out_str(o, "prog", "%s ", bpfelf_txn_name(live->run->txn));
	out_u64(o, "packets", "%llu packets ", live->sent);
	out_text(o, "in %s s, ", seconds);
	out_u64(o, "time_ns", NULL, ns);
	out_u64(o, "rate", "%llu packets/s", rate(live, now));
	out_nl(o);
	run_show_why(o, &why);
	out_obj_end(o);
	return status;
}

static int one_portion(struct live *live, uint64_t left)
{
	uint64_t begin = now_ns(), took, next;
	int r;

	/* no call for a small rest */
	live->args.repeat = left < 3ull * live->portion / 2 ? left : live->portion;
	live->args.data_size_out = live->args.ctx_size_out = 0;
	r = bpfelf_prog_run(live->run->txn, &live->args);
	if (r < 0)
		return r;
	live->sent += live->args.repeat;
	took = now_ns() - begin;
	next = live->args.repeat * live->portion_ns / (took ?: 1);
	live->portion = next > MAX_PORTION ? MAX_PORTION : next ?: 1;
	tell(live, begin + took);
	return run_keep_pins(live->run);
}

/* The signals wait while the kernel sends, which would leave off in between. */
static int send_all(struct live *live)
{
	const struct run_words *words = live->run->words;
	uint64_t count = words->has_repeat ? words->repeat : 1;
	const struct timespec at_once = { 0 };
	sigset_t ends, old;
	int r = 0;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &old);
	live->portion_ns = count && !live->talks ? UNSEEN_NS : PORTION_NS;
	live->start = now_ns();
	while (r == 0 && (!count || live->sent < count) &&
	       sigtimedwait(&ends, NULL, &at_once) < 0)
		r = one_portion(live, count ? count - live->sent : UINT64_MAX);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

static int set_args(struct live *live)
{
	struct run *run = live->run;
	uint32_t ifindex = 0;

	if (run->words->dev && command_device(run->cli, run->words->dev, &ifindex))
		return CLI_FAIL;
	if (run_input_make(run, run->words->packet - 1, ifindex, &live->input))
		return run_no_memory();
	live->args = (struct bpfelf_run){
		.sz = sizeof(live->args),
		.flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		.batch_size = run->words->batch,
		.data_in = live->input.data.data,
		.data_size_in = live->input.data.len,
		.ctx_in = live->input.ctx.data,
		.ctx_size_in = live->input.ctx.len,
	};
	return 0;
}

static int live_failed(const struct live *live, struct report *report, int r)
{
	if (live->told)
		fprintf(stderr, "\n");
	return report_failure(report, r, CLI_USAGE);
}

int run_live(struct run *run, struct report *report)
{
	struct live live = {
		.run = run,
		.portion = FIRST_PORTION,
		.talks = isatty(STDERR_FILENO),
	};
	int r = set_args(&live);

	if (r == 0) {
		r = send_all(&live);
		r = r == 0 ? summarize(&live) : live_failed(&live, report, r);
	}
	run_input_free(&live.input);
	return r;
}
