/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "handover.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "buf.h"

#define SEEN		"BPFELF_SEEN"
/* where iproute2 lives, and not in every user's PATH */
#define LAST_RESORT	"/usr/sbin:/sbin"

/* ---- who is ours ---- */

/*
 * "DEV:INO DEV:INO ": the bpfelf binaries that handed over, and the scripts
 * that were handed to. A script that calls its own name through PATH would
 * come back to us, and we would give it the same command for ever; it may be
 * asked once. (A binary may be asked again and again, as `ip netns exec NS ip
 * ...` does: each turn has fewer words.)
 */
static void add_seen(struct buf *seen, const struct stat *st)
{
	buf_addf(seen, "%" PRIu64 ":%" PRIu64 " ", (uint64_t)st->st_dev,
		 (uint64_t)st->st_ino);
}

static bool is_seen(const char *seen, const struct stat *st)
{
	_cleanup_buf_ struct buf id = { 0 };
	const char *at = seen;

	add_seen(&id, st);
	while ((at = strstr(at, buf_str(&id)))) {
		if (at == seen || at[-1] == ' ')
			return true;
		at++;
	}
	return false;
}

static bool is_script(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[2];

	return fd >= 0 && read(fd, magic, 2) == 2 && !memcmp(magic, "#!", 2);
}

/* what was seen before, and this program */
static void read_seen(struct buf *seen)
{
	const char *before = getenv(SEEN);
	struct stat self;

	if (before)
		buf_addf(seen, "%s", before);
	if (stat("/proc/self/exe", &self) == 0 &&
	    !is_seen(buf_str(seen), &self))
		add_seen(seen, &self);
}

/* ---- finding the other ---- */

/* As execvp(): what is no file or may not be executed is passed over. */
static bool is_candidate(const char *path, const char *seen)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0 && !is_seen(seen, &st);
}

static bool search(const char *dirs, const char *name, const char *seen,
		   char path[PATH_MAX])
{
	const char *dir, *end;
	int len;

	for (dir = dirs; ; dir = end + 1) {
		end = strchrnul(dir, ':');
		len = end - dir;
		snprintf(path, PATH_MAX, "%.*s/%s", len ? len : 1,
			 len ? dir : ".", name);
		if (is_candidate(path, seen))
			return true;
		if (!*end)
			return false;
	}
}

static bool find_tool(const struct tool *tool, const char *seen,
		      char path[PATH_MAX])
{
	const char *named = getenv(tool->env), *dirs = getenv("PATH");

	if (named && *named) {
		if (!strchr(named, '/'))
			return dirs && search(dirs, named, seen, path);
		snprintf(path, PATH_MAX, "%s", named);
		return is_candidate(path, seen);
	}
	return (dirs && search(dirs, tool->name, seen, path)) ||
	       search(LAST_RESORT, tool->name, seen, path);
}

static int complain_of_none(const struct tool *tool)
{
	const char *named = getenv(tool->env);

	if (named && *named)
		fprintf(stderr, "%s=%s names no other program that can be run\n",
			tool->env, named);
	else
		fprintf(stderr, "no other \"%s\" in PATH or %s to hand this to: install iproute2, or set %s\n",
			tool->name, LAST_RESORT, tool->env);
	return CLI_USAGE;
}

bool handover_is_possible(const struct tool *tool)
{
	_cleanup_buf_ struct buf seen = { 0 };
	char path[PATH_MAX];

	read_seen(&seen);
	return find_tool(tool, buf_str(&seen), path);
}

/* ---- going there ---- */

/* Exec @path, with the marker in its environment. Returns if it fails. */
static int become(const char *path, char *const argv[], struct buf *seen)
{
	struct stat st;

	if (is_script(path) && stat(path, &st) == 0)
		add_seen(seen, &st);
	if (buf_failed(seen) || setenv(SEEN, buf_str(seen), true) < 0) {
		fprintf(stderr, "%s: out of memory\n", path);
		return CLI_USAGE;
	}
	execv(path, argv);
	fprintf(stderr, "cannot execute %s: %s\n", path, strerror(errno));
	return CLI_USAGE;
}

int handover_exec(const struct tool *tool, char *const argv[])
{
	_cleanup_buf_ struct buf seen = { 0 };
	char path[PATH_MAX];

	read_seen(&seen);
	if (!find_tool(tool, buf_str(&seen), path))
		return complain_of_none(tool);
	return become(path, argv, &seen);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return CLI_USAGE;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

/* ^C is for the child: we have effects to take back when it ends. */
static void ignore_keyboard(struct sigaction saved[2])
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &ignore, &saved[0]);
	sigaction(SIGQUIT, &ignore, &saved[1]);
}

static void restore_keyboard(const struct sigaction saved[2])
{
	sigaction(SIGINT, &saved[0], NULL);
	sigaction(SIGQUIT, &saved[1], NULL);
}

/* Start it, with @out unless -1 as its standard output. */
static pid_t start(const char *path, char *const argv[], struct buf *seen,
		   const struct sigaction saved[2], int out)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		restore_keyboard(saved);
		if (out >= 0)
			dup2(out, STDOUT_FILENO);
		_exit(become(path, argv, seen));
	}
	if (pid < 0)
		fprintf(stderr, "cannot start %s: %s\n", path, strerror(errno));
	return pid;
}

int handover_run(const struct tool *tool, char *const argv[])
{
	_cleanup_buf_ struct buf seen = { 0 };
	struct sigaction saved[2];
	char path[PATH_MAX];
	int status;
	pid_t pid;

	read_seen(&seen);
	if (!find_tool(tool, buf_str(&seen), path))
		return complain_of_none(tool);
	ignore_keyboard(saved);
	pid = start(path, argv, &seen, saved, -1);
	status = pid < 0 ? CLI_USAGE : wait_for(pid);
	restore_keyboard(saved);
	return status;
}

static int read_all(int fd, handover_fn fn, void *data)
{
	char text[16384];
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) != 0) {
		if (n > 0)
			fn(data, text, n);
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		fprintf(stderr, "cannot read the output: %s\n", strerror(errno));
	return n < 0 ? CLI_USAGE : 0;
}

int handover_pipe(const struct tool *tool, char *const argv[], handover_fn fn,
		  void *data)
{
	_cleanup_buf_ struct buf seen = { 0 };
	struct sigaction saved[2];
	char path[PATH_MAX];
	int ends[2], status;
	pid_t pid;

	read_seen(&seen);
	if (!find_tool(tool, buf_str(&seen), path))
		return complain_of_none(tool);
	if (pipe2(ends, O_CLOEXEC) < 0) {
		fprintf(stderr, "cannot start %s: %s\n", path, strerror(errno));
		return CLI_USAGE;
	}
	ignore_keyboard(saved);
	pid = start(path, argv, &seen, saved, ends[1]);
	close(ends[1]);
	status = pid < 0 ? CLI_USAGE : read_all(ends[0], fn, data);
	close(ends[0]);
	if (pid > 0)
		status = wait_for(pid) ?: status;
	restore_keyboard(saved);
	return status;
}

static void add_to_text(void *text, const char *piece, size_t len)
{
	buf_add(text, piece, len);
}

int handover_capture(const struct tool *tool, char *const argv[],
		     struct buf *text)
{
	int status = handover_pipe(tool, argv, add_to_text, text);

	if (!buf_failed(text))
		return status;
	fprintf(stderr, "cannot read the output: %s\n", strerror(ENOMEM));
	return CLI_USAGE;
}

/* ---- asking for its version ---- */

static void read_line(int fd, char *line, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 &&
	       (n = read(fd, line + len, size - 1 - len)) > 0)
		len += n;
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

void handover_version(const struct tool *tool, char *line, size_t size)
{
	char *argv[] = { (char *)tool->name, (char *)"-V", NULL };
	_cleanup_buf_ struct buf seen = { 0 };
	char path[PATH_MAX];
	int ends[2];
	pid_t pid;

	*line = '\0';
	read_seen(&seen);
	if (!find_tool(tool, buf_str(&seen), path) ||
	    pipe2(ends, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		_exit(become(path, argv, &seen));
	}
	close(ends[1]);
	if (pid > 0)
		read_line(ends[0], line, size);
	close(ends[0]);
	if (pid > 0)
		wait_for(pid);
}
