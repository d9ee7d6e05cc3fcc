/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Memory that runs out in the calls that t_txn.c leaves out: whichever
 * allocation fails, they say so, and nothing is lost.
 */
#include "oom.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "query.h"
#include "rig.h"
#include "unit.h"

static struct rig rig;
static struct job job;
static char file[32];		/* sample "own" */
static int file_fd;

static void start(void)
{
	_cleanup_buf_ struct buf elf = { 0 };

	memset(&job, 0, sizeof(job));
	rig_open(&rig, NULL);
	/* two of its lines are worth a warning */
	rig_set_pindb(&rig, "1 a\n16 own/deep\nbad\n");
	rig_build("own", &elf);
	file_fd = memfd_create("own.o", MFD_CLOEXEC);
	ck_assert_int_eq(write(file_fd, elf.data, elf.len), elf.len);
	snprintf(file, sizeof(file), "/proc/self/fd/%d", file_fd);
}

static void finish(void)
{
	close_fd(file_fd);
	rig_close(&rig);
}

static int make_context(void)
{
	struct bpfelf_ctx *ctx;
	int r = bpfelf_ctx_new(&ctx);

	bpfelf_ctx_free(ctx);
	return r == 0 ? 0 : err_sys(&rig.ctx->err, r, "no context");
}

static int set_bpffs(void)
{
	return bpfelf_ctx_set_bpffs(rig.ctx, "/sys/fs/bpf");
}

static int open_file(void)
{
	return bpfelf_object_open(rig.ctx, file, &job.obj);
}

static int plan(void)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_XDP,
	};
	int r = open_file();

	return r ?: bpfelf_plan_new(job.obj, &request, &job.plan);
}

static int print_plan(void)
{
	_cleanup_free_ char *text = NULL;
	int r = plan();

	if (r == 0)
		text = bpfelf_plan_text(job.plan);
	if (r < 0 || text)
		return r;
	return err_sys(&rig.ctx->err, -ENOMEM, "no text");
}

static int no_message(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return 0;
}

static int list_links(void)
{
	return query_links(rig.ctx, 0, 0, no_message, NULL);
}

static const struct {
	const char *name;
	int (*call)(void);
} calls[] = {
	{ "make a context", make_context },
	{ "choose a bpffs", set_bpffs },
	{ "open a file", open_file },
	{ "plan", plan },
	{ "print a plan", print_plan },
	{ "list links", list_links },
};

/* The fake kernel, too, may go without: a few lines of its trace. */
static bool run_without_memory(size_t i, int nth, int *failed)
{
	int r, fds = count_fds();
	bool reached;

	oom_at(nth);
	r = calls[i].call();
	reached = oom_reached();
	oom_at(-1);
	ck_assert_msg(r == 0 || (reached && r == -ENOMEM), "%s, allocation %d: %d: %s",
		      calls[i].name, nth, r, bpfelf_error(rig.ctx));
	ck_assert(r == 0 || strstr(bpfelf_error(rig.ctx), "Cannot allocate memory"));
	*failed += r < 0;
	job_free(&job);
	ck_assert_int_eq(count_fds(), fds);
	return reached;
}

START_TEST(memory_that_runs_out_is_told)
{
	int n, failed = 0;

	for (n = 0; run_without_memory(_i, n, &failed); n++)
		;
	ck_assert_int_gt(failed, 0);
}
END_TEST

Suite *oom_suite(void)
{
	Suite *s = suite_create("oom");
	TCase *tc = tcase_create("oom");

	tcase_add_checked_fixture(tc, start, finish);
	if (oom_possible())
		tcase_add_loop_test(tc, memory_that_runs_out_is_told, 0, ARRAY_SIZE(calls));
	suite_add_tcase(s, tc);
	return s;
}
