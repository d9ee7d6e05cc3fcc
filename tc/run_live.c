/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Live frames: what an XDP program says of them is done. They go out in
 * portions of a second each, so that there is something to tell and ^C ends
 * between two of them: then the count is exact. Shorter ones would be felt:
 * for each call the kernel sets up and tears down a pool of pages, which takes
 * it some ten milliseconds.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "run.h"

#define PORTION_NS	1000000000ull
#define TELL_NS		500000000ull
#define FIRST_PORTION	(1u << 16)	/* to see how fast it is */
#define MAX_PORTION	(1u << 26)

struct live {
	struct run *run;
	struct bpfelf_run args;
	uint64_t sent, start, told;
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

static int summarize(struct live *live)
{
	struct out *o = &live->run->cli->out;
	uint64_t now = now_ns(), ns = now - live->start;
	char seconds[32];

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
	out_obj_end(o);
	return CLI_OK;
}

static int one_portion(struct live *live, uint64_t left)
{
	uint64_t begin = now_ns(), took, next;
	int r;

	live->args.repeat = left < live->portion ? left : live->portion;
	live->args.data_size_out = live->args.ctx_size_out = 0;
	r = bpfelf_prog_run(live->run->txn, &live->args);
	if (r < 0)
		return r;
	live->sent += live->args.repeat;
	took = now_ns() - begin;
	next = live->args.repeat * PORTION_NS / (took ?: 1);
	live->portion = next > MAX_PORTION ? MAX_PORTION : next ?: 1;
	tell(live, begin + took);
	return 0;
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
	struct xdp_md md = { 0 };
	uint32_t len = 0;

	live->args = (struct bpfelf_run){
		.sz = sizeof(live->args),
		.flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		.batch_size = run->words->batch,
	};
	if (run->in.cnt)
		live->args.data_in = run_packets_get(&run->in, run->words->packet - 1, &len);
	live->args.data_size_in = len;
	if (run->prog_type != BPF_PROG_TYPE_XDP || (!run->words->dev && !run->ctx.len))
		return 0;
	memcpy(&md, buf_str(&run->ctx), run->ctx.len < sizeof(md) ? run->ctx.len : sizeof(md));
	md.data_end = md.data_end ?: len;
	if (run->words->dev && command_device(run->cli, run->words->dev, &md.ingress_ifindex))
		return CLI_FAIL;
	run->ctx.len = 0;
	buf_add(&run->ctx, &md, sizeof(md));
	live->args.ctx_in = run->ctx.data;
	live->args.ctx_size_in = sizeof(md);
	return 0;
}

int run_live(struct run *run)
{
	struct live live = {
		.run = run,
		.portion = FIRST_PORTION,
		.talks = isatty(STDERR_FILENO),
	};
	int r = set_args(&live);

	if (r)
		return r;
	r = send_all(&live);
	if (r == 0)
		return summarize(&live);
	if (live.told)
		fprintf(stderr, "\n");
	fprintf(stderr, "Error: %s\n", bpfelf_error(run->cli->ctx));
	if (r == -EINVAL && live.args.ctx_size_in)
		fprintf(stderr, "Hint: of a device that runs no XDP program itself there may be no queues\n");
	return CLI_USAGE;
}
