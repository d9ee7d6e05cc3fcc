/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>

#include "batch.h"
#include "ctx.h"
#include "gather.h"
#include "netns.h"
#include "query.h"
#include "rest.h"

/* ---- version and help ---- */

static int print_version(const struct command *command)
{
	char line[256];
	const char *rest;

	handover_version(&command->tool, line, sizeof(line));
	rest = strstr(line, ", ");
	printf("%s, bpfelf-%s%s%s\n", command->title, BPFELF_VERSION,
	       rest ? ", over " : "", rest ? rest + 2 : "");
	if (fflush(stdout) == 0)
		return CLI_OK;
	fprintf(stderr, "cannot write the output: %s\n", strerror(errno));
	return CLI_FAIL;
}

void command_usage(const struct cli *cli)
{
	const struct command *command = cli->command;

	fprintf(stderr, "%s\nEverything else is passed on to the system's %s:\n\n",
		command->usage, command->tool.name);
}

static int print_help(struct cli *cli)
{
	char *argv[] = { cli->argv[0], (char *)"help", NULL };

	command_usage(cli);
	if (!handover_is_possible(&cli->command->tool)) {
		fprintf(stderr, "(none found: see %s)\n", cli->command->tool.env);
		return cli->command->usage_status;
	}
	return handover_exec(&cli->command->tool, argv);
}

/* ---- one command ---- */

/*
 * Options that are done with, and their values: -batch, and -netns, where the
 * child is from the start. (iproute2 would also hide our bpffs from it.)
 */
static bool is_done_with(const struct cli *cli, int i)
{
	const char *value = cli->argv[i + 1];

	return value && (value == cli->opts.batch || value == cli->opts.netns);
}

/* The invocation's options and these words; free() it. */
static char **system_argv(const struct cli *cli, int argc, char *const *words)
{
	char **argv = calloc((size_t)cli->argc + argc + 1, sizeof(*argv));
	int i, n = 0;

	if (!argv) {
		fprintf(stderr, "out of memory\n");
		return NULL;
	}
	for (i = 0; i < cli->opts.words; i++) {
		if (is_done_with(cli, i))
			i++;
		else
			argv[n++] = cli->argv[i];
	}
	for (i = 0; i < argc; i++)
		argv[n++] = words[i];
	return argv;
}

int command_run_system(struct cli *cli, int argc, char *const *words)
{
	_cleanup_free_ char **argv = system_argv(cli, argc, words);
	int status;

	if (!argv)
		return CLI_USAGE;
	mntns_leave(&cli->mntns);
	status = handover_run(&cli->command->tool, argv);
	mntns_enter(&cli->mntns);
	return status;
}

int command_capture_system(struct cli *cli, int argc, char *const *words,
			   struct buf *text)
{
	_cleanup_free_ char **argv = system_argv(cli, argc, words);
	int status;

	if (!argv)
		return CLI_USAGE;
	mntns_leave(&cli->mntns);
	status = handover_capture(&cli->command->tool, argv, text);
	mntns_enter(&cli->mntns);
	return status;
}

struct going_on {
	struct rest rest;
	struct out *out;
};

static void go_on(void *data, const char *text, size_t len)
{
	struct going_on *to = data;
	size_t skip = rest_skip(&to->rest, text, len);

	out_bytes(to->out, text + skip, len - skip);
}

int command_rest_by_system(struct cli *cli, size_t records)
{
	const struct words *w = &cli->words;
	_cleanup_free_ char **argv = system_argv(cli, w->argc - w->pos,
						 w->argv + w->pos);
	struct going_on to = {
		.rest = {
			.records = records,
			.json = out_is_json(&cli->out),
			.line_end = cli->out.flags & OUT_ONELINE ? '\\' : '\n',
		},
		.out = &cli->out,
	};
	int status;

	if (!argv)
		return CLI_USAGE;
	out_drop(&cli->out);
	mntns_leave(&cli->mntns);
	status = handover_pipe(&cli->command->tool, argv, go_on, &to);
	mntns_enter(&cli->mntns);
	return status;
}

int command_refused(struct cli *cli, int error)
{
	const char *said = bpfelf_extack(cli->ctx);
	size_t len = said ? strlen(said) : 0;

	cli->error = -error;
	if (len)
		fprintf(stderr, "Error: %s%s\n", said,
			said[len - 1] == '.' ? "" : ".");
	else
		fprintf(stderr, "RTNETLINK answers: %s\n", err_str(error));
	return CLI_KERNEL;
}

/* Run one of ours and write what it printed. */
static int run_ours(struct cli *cli, struct words *w)
{
	int status, written;

	cli->words = *w;
	cli->error = 0;
	status = cli->command->run(cli, w);
	if (status == CLI_HANDOVER) {
		out_drop(&cli->out);
		return status;
	}
	written = out_status(&cli->out);
	return status ? status : written;
}

/* The end of what the command had to say. */
static void tell(struct cli *cli, int status)
{
	const struct said_end end = {
		.status = status,
		.error = status ? cli->error : 0,
	};

	said_tell(&cli->said, &end);
}

/* ---- batch ---- */

static bool line_is_ours(void *data, int argc, char **argv)
{
	struct words w = { .argv = argv, .argc = argc, .pos = 1 };
	struct cli *cli = data;

	return cli->command->is_ours(cli, &w);
}

static int run_line(void *data, int argc, char **argv)
{
	struct words w = { .argv = argv, .argc = argc, .pos = 1 };
	struct cli *cli = data;
	int status = CLI_HANDOVER;

	cli->error = 0;
	if (cli->command->is_ours(cli, &w))
		status = run_ours(cli, &w);
	if (status == CLI_HANDOVER)
		status = command_run_system(cli, argc - 1, argv + 1);
	if (status == 0)
		tell(cli, 0);
	return status;
}

static void line_failed(void *data, unsigned int line, int status)
{
	struct cli *cli = data;
	const struct said_end end = {
		.status = status,
		.error = cli->error,
		.file = cli->opts.batch,
		.line = line,
	};

	if (cli->opts.json)
		said_tell(&cli->said, &end);
	else
		fprintf(stderr, "Command failed %s:%u\n", cli->opts.batch, line);
}

static bool line_fits(void *data, int argc, char **argv)
{
	return gather_fits(data, argc, argv);
}

static size_t run_together(void *data, const struct batch_line *lines,
			   size_t cnt)
{
	return gather_do(data, lines, cnt);
}

static int run_batch(struct cli *cli)
{
	struct gather gather = { 0 };
	struct share share = { 0 };
	struct batch batch = {
		.file = cli->opts.batch,
		.force = cli->opts.force,
		.name = cli->argv[0],
		.is_ours = line_is_ours,
		.run = run_line,
		.failed = line_failed,
		.fits = line_fits,
		.together = run_together,
		.data = cli,
	};
	int status;

	cli->gather = &gather;
	cli->share = &share;
	status = batch_run(&batch);
	gather_free(&gather);
	share_free(&share);
	return status;
}

/* ---- the whole ---- */

static int run_single(struct cli *cli)
{
	struct words w = {
		.argv = cli->argv, .argc = cli->argc, .pos = cli->opts.words,
	};

	return run_ours(cli, &w);
}

/* A batch is opened to tell; words tell at once. */
static bool may_be_ours(const struct cli *cli)
{
	const struct words w = {
		.argv = cli->argv, .argc = cli->argc, .pos = cli->opts.words,
	};

	return cli->opts.batch || cli->command->is_ours(cli, &w);
}

/* With a context: the batch or the words. */
static int run_with_ctx(struct cli *cli)
{
	int r;

	if (bpfelf_ctx_new(&cli->ctx) < 0) {
		fprintf(stderr, "out of memory\n");
		return CLI_USAGE;
	}
	mntns_init(&cli->mntns);
	cli->ctx->seek_bpffs = mntns_seek;
	cli->ctx->seek_data = &cli->mntns;
	out_init(&cli->out, STDOUT_FILENO, opts_out_flags(&cli->opts));
	r = cli->opts.batch ? run_batch(cli) : run_single(cli);
	out_free(&cli->out);
	mntns_end(&cli->mntns);
	/* the context goes with the process, which waits for no late thread */
	return r;
}

void command_leave(struct cli *cli, struct bpf_loaded *loaded)
{
	bpf_loaded_free(&cli->left);
	cli->left = *loaded;
	*loaded = (struct bpf_loaded){ 0 };
}

/* In the namespace asked for. */
static int run_here(struct cli *cli)
{
	int r;

	said_begin(&cli->said, opts_out_flags(&cli->opts));
	r = cli->opts.netns ? netns_enter(cli->opts.netns) : 0;
	r = r ?: run_with_ctx(cli);
	tell(cli, r == CLI_HANDOVER ? 0 : r);
	said_stop(&cli->said);
	return r;
}

static int pass_on(const struct cli *cli)
{
	const struct words w = {
		.argv = cli->argv, .argc = cli->argc, .pos = cli->opts.words,
	};

	if (cli->command->suggest)
		cli->command->suggest(&w);
	return CLI_HANDOVER;
}

static bool asks_for_help(const struct cli *cli)
{
	return cli->opts.help || (cli->opts.words == cli->argc &&
				  !cli->opts.batch) ||
	       (cli->opts.words < cli->argc &&
		word_is(cli->argv[cli->opts.words], "help"));
}

/*
 * A standard descriptor that is closed would be given to a socket or a map,
 * and be written to. The null device is opened there, for reading only, so
 * that writing to it fails and is told.
 */
static void fill_standard_fds(void)
{
	struct pollfd fds[] = {
		{ STDIN_FILENO, 0, 0 }, { STDOUT_FILENO, 0, 0 }, { STDERR_FILENO, 0, 0 },
	};
	size_t i;

	if (poll(fds, ARRAY_SIZE(fds), 0) == 0)
		return;
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i].revents & POLLNVAL)	/* the lowest that is free */
			open("/dev/null", O_RDONLY);
}

/* A few larger steps in place of many brk(), up and down, and many mmap(). */
static void tune_malloc(void)
{
#ifdef M_TOP_PAD
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int command_main(const struct command *command, int argc, char **argv)
{
	static struct cli cli;	/* nothing that is left in it is lost */
	int status;

	cli = (struct cli){ .command = command, .argv = argv, .argc = argc };
	fill_standard_fds();
	tune_malloc();
	status = opts_parse(command->options, argc, argv, &cli.opts);
	if (status)
		return status;
	if (cli.opts.foreign)
		return handover_exec(&command->tool, argv);
	if (cli.opts.version)
		return print_version(command);
	if (asks_for_help(&cli))
		return print_help(&cli);
	if (may_be_ours(&cli))
		status = run_here(&cli);
	else
		status = pass_on(&cli);
	if (status == CLI_HANDOVER)
		return handover_exec(&command->tool, argv);
	return status;
}

int command_device(struct cli *cli, const char *name, uint32_t *ifindex)
{
	int r = query_ifindex(cli->ctx, name, ifindex);

	cli->error = -r;
	if (r == 0)
		return CLI_OK;
	if (r == -ENODEV)
		fprintf(stderr, "Cannot find device \"%s\"\n", name);
	else
		fprintf(stderr, "Error: %s\n", bpfelf_error(cli->ctx));
	return CLI_FAIL;
}
