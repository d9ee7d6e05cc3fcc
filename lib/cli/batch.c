/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* Would we do any of these lines? A line that cannot be read counts as ours:
 * then it is we who complain, and at the right moment. */
static bool any_is_ours(const struct batch *batch, struct batch_input *in)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	bool end = false;

	while (!end) {
		if (batch_read(in, batch->name, &line, &end))
			return true;
		if (!end && line.argc > 1 &&
		    batch->is_ours(batch->data, line.argc, line.argv))
			return true;
	}
	return false;
}

static int complain(const struct batch *batch, int error)
{
	if (error == -EBADMSG)
		fprintf(stderr, "Unterminated quoted string\n");
	else
		fprintf(stderr, "Cannot read \"%s\": %s\n", batch->file,
			strerror(-error));
	return CLI_FAIL;
}

/* ---- running ---- */

struct run {
	const struct batch *batch;
	struct batch_line waiting[BATCH_TOGETHER];
	size_t cnt;
	size_t most;		/* of them to be done at once */
	int status;
};

/* False: it ends here. */
static bool run_line(struct run *run, const struct batch_line *line)
{
	const struct batch *batch = run->batch;
	int r = batch->run(batch->data, line->argc, line->argv);

	if (r == 0)
		return true;
	batch->failed(batch->data, line->number, r);
	run->status = CLI_FAIL;
	return batch->force;
}

/*
 * Lines behind one that fails are done, taken back and done again: with fewer
 * of them at once as long as lines fail.
 */
static bool run_waiting(struct run *run)
{
	const struct batch *batch = run->batch;
	size_t at = 0, n, done;

	while (at < run->cnt) {
		n = run->cnt - at < run->most ? run->cnt - at : run->most;
		done = batch->together(batch->data, &run->waiting[at], n);
		at += done;
		run->most = done < n ? 1 : 2 * run->most;
		if (run->most > BATCH_TOGETHER)
			run->most = BATCH_TOGETHER;
		if (done < n && !run_line(run, &run->waiting[at++]))
			return false;
	}
	run->cnt = 0;
	return true;
}

/* Its memory goes to those that wait, and theirs comes back. */
static void let_wait(struct run *run, struct batch_line *line)
{
	struct batch_line unused = run->waiting[run->cnt];

	unused.number = line->number;
	run->waiting[run->cnt++] = *line;
	*line = unused;
}

static bool take_line(struct run *run, struct batch_line *line)
{
	const struct batch *batch = run->batch;

	if (line->argc < 2)
		return true;
	if (!batch->fits || !batch->fits(batch->data, line->argc, line->argv))
		return run_waiting(run) && run_line(run, line);
	let_wait(run, line);
	return run->cnt < BATCH_TOGETHER || run_waiting(run);
}

static int run_lines(struct run *run, struct batch_input *in)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	bool end = false;
	int r;

	for (;;) {
		if (run->cnt && !batch_is_ready(in) && !run_waiting(run))
			return run->status;
		r = batch_read(in, run->batch->name, &line, &end);
		if ((r || end) && !run_waiting(run))
			return run->status;
		if (r || end)
			return r ? complain(run->batch, r) : run->status;
		if (!take_line(run, &line))
			return run->status;
	}
}

static int run_input(const struct batch *batch, struct batch_input *in)
{
	struct run run = { .batch = batch, .most = BATCH_TOGETHER };
	int status = run_lines(&run, in);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(run.waiting); i++)
		batch_line_free(&run.waiting[i]);
	return status;
}

static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_all_foreign(const struct batch *batch, int fd)
{
	_cleanup_(batch_input_free) struct batch_input in = { .fd = fd };
	bool foreign;

	if (!is_regular(fd))
		return false;
	foreign = !any_is_ours(batch, &in);
	lseek(fd, 0, SEEK_SET);
	return foreign;
}

int batch_run(const struct batch *batch)
{
	_cleanup_(batch_input_free) struct batch_input in = { 0 };
	_cleanup_close_ int fd = -1;

	if (str_eq(batch->file, "-"))
		return run_input(batch, &in);	/* stdin */
	fd = open(batch->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "Cannot open file \"%s\" for reading: %s\n",
			batch->file, strerror(errno));
		return CLI_FAIL;
	}
	if (is_all_foreign(batch, fd))
		return CLI_HANDOVER;
	in.fd = fd;
	return run_input(batch, &in);
}
