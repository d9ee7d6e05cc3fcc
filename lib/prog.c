/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "prog.h"

#include <errno.h>
#include <stdio.h>

#define STATS_LOG	(64u << 10)
/* touched only as far as it is written; before 5.2 the longest that is taken */
#define FULL_LOG	((16u << 20) - 1)
#define MAX_LOG		(256u << 20)	/* later ones take less than 1 GiB */

static int load_with_log(struct kern *k, struct kern_prog *prog,
			 uint32_t level, uint32_t size, struct buf *log)
{
	int fd;

	buf_free(log);
	prog->log = level ? buf_reserve(log, size) : NULL;
	prog->log_size = prog->log ? size : 0;
	prog->log_level = prog->log ? level : 0;
	log->failed = false;
	if (prog->log)
		prog->log[0] = '\0';
	fd = k->ops->prog_load(k, prog);
	log->len = prog->log ? strlen(prog->log) : 0;
	return fd;
}

/*
 * A log that does not fit is ENOSPC, whatever the verdict: ask with more room,
 * and at the end without a log. So with EINVAL that no log explains, since it
 * may be the log itself that is refused.
 */
static int load_with_full_log(struct kern *k, struct kern_prog *prog,
			      uint32_t level, struct buf *log)
{
	uint32_t size;
	int fd;

	for (size = FULL_LOG; size <= MAX_LOG; size *= 4) {
		fd = load_with_log(k, prog, level, size, log);
		if (fd == -EINVAL && !buf_str(log)[0])
			break;
		if (fd != -ENOSPC || !prog->log)
			return fd;
	}
	return load_with_log(k, prog, 0, 0, log);
}

/*
 * Level STATS costs nothing and already names the reason of a refusal; the
 * way there takes a second verification. That one may also succeed, where the
 * kernel does not know the level (before 5.2) or lacked memory for a moment.
 */
static int load_quietly(struct kern *k, struct kern_prog *prog, struct buf *log)
{
	int fd;

	fd = load_with_log(k, prog, BPF_LOG_STATS, STATS_LOG, log);
	if (fd >= 0) {
		buf_free(log);
		return fd;
	}
	if (!buf_str(log)[0] && fd != -EINVAL && fd != -ENOSPC)
		return fd;	/* refused before the verifier saw it */
	return load_with_full_log(k, prog, BPF_LOG_LEVEL1 | BPF_LOG_STATS, log);
}

/* the statistics that end every log */
static bool is_statistics(const char *line)
{
	static const char *const starts[] = {
		"processed ", "verification time ", "stack depth ",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

bool prog_reason(const char *log, char *reason, size_t size)
{
	const char *end = log + strlen(log), *start;

	for (; end > log; end = start) {
		while (end > log && end[-1] == '\n')
			end--;
		for (start = end; start > log && start[-1] != '\n'; start--)
			;
		if (start == end || is_statistics(start))
			continue;
		snprintf(reason, size, "%.*s", (int)(end - start), start);
		return true;
	}
	return false;
}

static int refused(const struct kern_prog *prog, const char *log, int code,
		   struct err *err)
{
	char reason[512];

	if (prog_reason(log, reason, sizeof(reason)))
		return err_set(err, code, "the verifier refuses it: %s (%s)",
			       reason, err_str(code));
	err_sys(err, code, "load");
	if (code == -EPERM)
		return err_hint(err, "it takes root, or CAP_BPF and CAP_NET_ADMIN");
	if (prog->ifindex)
		return err_hint(err, "does the device itself run BPF programs? Few do; without offload the kernel does");
	return code;
}

int prog_load(struct bpfelf_ctx *ctx, struct kern_prog *prog, bool verbose,
	      struct buf *log, struct err *err)
{
	int fd;

	fd = verbose ? load_with_full_log(ctx->kern, prog,
					  BPF_LOG_LEVEL1 | BPF_LOG_LEVEL2, log) :
		       load_quietly(ctx->kern, prog, log);
	if (fd >= 0)
		return fd;
	return refused(prog, buf_str(log), fd, err);
}
