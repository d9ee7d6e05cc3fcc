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

#include "features.h"
#include "query.h"
#include "rigged.h"

static char file[32];		/* sample "own" */
static int file_fd;

static void start(void)
{
	_cleanup_buf_ struct buf elf = { 0 };

	rig_start();
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
	rig_finish();
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

static int listen_for_maps(void)
{
	struct bpfelf_agent *agent;
	int r = bpfelf_agent_listen(rig.ctx, "/run/agent", &agent);

	bpfelf_agent_free(agent);
	return r;
}

static int export(void)
{
	struct bpfelf_agent *agent = NULL;
	bool was = oom_pause(true);
	int r = bpfelf_agent_listen(rig.ctx, "/run/agent", &agent);

	r = r ?: job_load_sample(&job, &rig, "pins");
	oom_pause(was);
	r = r ?: bpfelf_export(job.txn, "/run/agent");
	r = r ?: bpfelf_commit(job.txn);
	r = r ?: bpfelf_agent_receive(agent, 0);
	bpfelf_agent_free(agent);
	return r < 0 ? r : 0;
}

static int lend(void)
{
	bool was = oom_pause(true);
	const char *path;
	int r = job_load_sample(&job, &rig, "plain");

	oom_pause(was);
	return r ?: bpfelf_lend(job.txn, &path);
}

static int open_data(void)
{
	_cleanup_buf_ struct buf elf = { 0 };
	bool was = oom_pause(true);

	rig_build("data", &elf);
	oom_pause(was);
	return bpfelf_object_open_mem(rig.ctx, elf.data, elf.len, "data.o", &job.obj);
}

/* "CONFIG_BPF=y\n" */
static const char config_gz[] =
	"\037\213\010\000\000\000\000\000\002\003\163\366\367\163\363\164"
	"\217\167\012\160\263\255\344\002\000\261\017\315\050\015\000\000\000";

/* what is read for the hint of what a kernel lacks */
static int read_config_of(const struct fake_file *files)
{
	_cleanup_config_ struct features_config config;

	rig.fake.files = files;
	features_config_read(rig.ctx->kern, &config);
	return strstr(config.why.text, strerror(ENOMEM))
	     ? err_sys(&rig.ctx->err, -ENOMEM, "no configuration") : 0;
}

static int read_config(void)
{
	static const struct fake_file files[] = {
		{ "/proc/sys/kernel/osrelease", "6.1\n", 0 },
		{ "/boot/config-6.1", "CONFIG_BPF=y\n", 0 }, { 0 }
	};

	return read_config_of(files);
}

static int unpack_config(void)
{
	static const struct fake_file files[] = {
		{ "/proc/config.gz", config_gz, sizeof(config_gz) - 1 }, { 0 }
	};

	return read_config_of(files);
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
	{ "listen for maps", listen_for_maps },
	{ "export", export },
	{ "lend", lend },
	{ "open an object with data", open_data },
	{ "read a configuration", read_config },
	{ "unpack a configuration", unpack_config },
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
