/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec bpf import`: take the maps of a load, and become their agent. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>

#include "e_bpf.h"
#include "err.h"

#define DEFAULT_TIMEOUT	300	/* s */

static char *default_shell[] = { (char *)"/bin/sh", NULL };

int e_bpf_import_parse(struct words *w, struct e_bpf_import *import)
{
	static const struct word_range range = {
		0, INT_MAX / 1000, "it takes seconds, 0 for no limit",
	};
	static const struct kw options[] = {
		KW_ARG("timeout", word_u32, struct e_bpf_import, timeout, &range),
		{ 0 }
	};
	const char *word;
	int r;

	*import = (struct e_bpf_import){
		.timeout = DEFAULT_TIMEOUT, .argv = default_shell,
	};
	r = word_need(w, &import->path);
	r = r ?: kw_seq(options, w, import);
	if (r || !word_peek(w))
		return r;
	if (!word_is(word_take(w), "run"))
		return e_bpf_usage();
	import->argv = w->argv + w->pos;
	return word_need(w, &word);
}

/* ---- a signal while waiting: the socket goes, then we do ---- */

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
static const char *socket_path;

static void on_end(int sig)
{
	unlink(socket_path);
	raise(sig);		/* the default once this returns */
}

static void clean_up_on_signals(const char *path)
{
	const struct sigaction act = {
		.sa_handler = on_end, .sa_flags = SA_RESETHAND,
	};
	struct sigaction old;
	size_t i;

	socket_path = path;
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigaction(ends[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(ends[i], &act, NULL);
}

static void stop_cleaning_up(void)
{
	struct sigaction act;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigaction(ends[i], NULL, &act) == 0 &&
		    act.sa_handler == on_end)
			signal(ends[i], SIG_DFL);
}

/* ---- the agent's environment ---- */

static int tell_map(const struct bpfelf_map *map, int fd)
{
	struct bpfelf_map_info info = { .sz = sizeof(info) };
	char name[32], value[16];
	int kept = fcntl(fd, F_DUPFD, 0);	/* past exec() */

	if (kept < 0)
		return -errno;
	bpfelf_map_info(map, &info);
	snprintf(name, sizeof(name), "BPF_MAP%u", info.id);
	snprintf(value, sizeof(value), "%d", kept);
	return setenv(name, value, true) < 0 ? -errno : 0;
}

/* compat: of two maps with one id the first is told, so it comes last */
static int tell_maps(const struct bpfelf_agent *agent, int count)
{
	const struct bpfelf_map *map;
	char value[16];
	int r = 0, fd;

	snprintf(value, sizeof(value), "%d", count);
	if (setenv("BPF_NUM_MAPS", value, true) < 0)
		return -errno;
	while (r == 0 && count--) {
		map = bpfelf_agent_map(agent, count, &fd);
		r = tell_map(map, fd);
	}
	return r;
}

static int failed(struct cli *cli)
{
	const char *hint = bpfelf_hint(cli->ctx);

	fprintf(stderr, "Error: %s\n", bpfelf_error(cli->ctx));
	if (*hint)
		fprintf(stderr, "Hint: %s\n", hint);
	return CLI_USAGE;
}

static int receive(struct cli *cli, const struct e_bpf_import *import)
{
	int timeout = import->timeout ? (int)import->timeout * 1000 : -1;
	struct bpfelf_agent *agent;
	int r = bpfelf_agent_listen(cli->ctx, import->path, &agent);

	if (r < 0)
		return failed(cli);
	clean_up_on_signals(import->path);
	r = bpfelf_agent_receive(agent, timeout);
	if (r < 0)
		failed(cli);
	if (r >= 0 && (r = tell_maps(agent, r)) < 0)
		fprintf(stderr, "Error: hand on the maps: %s\n", err_str(r));
	bpfelf_agent_free(agent);
	stop_cleaning_up();
	return r < 0 ? CLI_USAGE : 0;
}

int e_bpf_import_run(struct cli *cli, const struct e_bpf_import *import)
{
	int r = receive(cli, import);

	if (r)
		return r;
	execvp(import->argv[0], import->argv);
	fprintf(stderr, "Error: run '%s': %s\n", import->argv[0],
		err_str(-errno));
	return CLI_USAGE;
}
