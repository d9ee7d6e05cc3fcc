/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec bpf debug`: follow the kernel's trace pipe. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <time.h>

#include "buf.h"
#include "e_bpf.h"
#include "err.h"
#include "mounts.h"

#define PIPE	"trace_pipe"
#define RETRY_MS 100

/* ---- tracefs ---- */

/* -1: no tracefs there */
static int open_tracefs(const char *dir)
{
	_cleanup_close_ int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs st;

	if (fd < 0 || fstatfs(fd, &st) < 0 ||
	    (uint32_t)st.f_type != TRACEFS_MAGIC)
		return -1;
	return steal_fd(&fd);
}

static int open_mounted(void)
{
	/* not /sys/kernel/debug/tracing: to look there mounts one for good;
	 * where it is mounted, the list of mounts has it */
	static const char *const known[] = {
		"/sys/kernel/tracing", "/tracing", "/trace",
	};
	_cleanup_close_ int file = -1;
	_cleanup_buf_ struct buf text = { 0 };
	struct mounts_entry found;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		fd = open_tracefs(known[i]);
		if (fd >= 0)
			return fd;
	}
	file = open("/proc/mounts", O_RDONLY | O_CLOEXEC);
	if (file < 0 || buf_read(&text, file, SIZE_MAX / 8) < 0 ||
	    !mounts_find(text.data, "tracefs", &found))
		return -1;
	return open_tracefs(found.dir);
}

/* One that is at no place in the tree: nobody sees it, and it goes with its
 * descriptor. Linux 5.2. */
static int mount_apart(void)
{
	_cleanup_close_ int fs = fsopen("tracefs", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, 0);
}

/* ---- who else reads it ---- */

static bool is_pipe(int fds, const char *name)
{
	char target[4096];
	ssize_t n = readlinkat(fds, name, target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return str_eq(path_base(target), PIPE);
}

static bool holds_pipe(const char *pid)
{
	_cleanup_free_ char *path = str_printf("/proc/%s/fd", pid);
	DIR *fds = path ? opendir(path) : NULL;
	const struct dirent *entry;
	bool holds = false;

	while (fds && !holds && (entry = readdir(fds)))
		holds = is_pipe(dirfd(fds), entry->d_name);
	if (fds)
		closedir(fds);
	return holds;
}

static void tell_reader(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    !holds_pipe(entry->d_name))
			continue;
		fprintf(stderr, "Hint: it is process %s that does\n", entry->d_name);
		break;
	}
	if (proc)
		closedir(proc);
}

/* ---- the pipe ---- */

static int no_pipe(int error)
{
	fprintf(stderr, error == EBUSY ? "Error: somebody else reads the trace pipe, and it takes one reader\n"
				       : "Error: open the trace pipe: %s\n",
		err_str(-error));
	if (error == EBUSY)
		tell_reader();
	return CLI_USAGE;
}

static int no_tracefs(int error)
{
	fprintf(stderr, "tracefs not mounted?\nNo trace pipe, tracefs not mounted?\n");
	if (error == EPERM || error == EACCES)
		fprintf(stderr, "Hint: it takes root, or CAP_SYS_ADMIN\n");
	else if (error == ENODEV)
		fprintf(stderr, "Hint: this kernel is built without CONFIG_FTRACE\n");
	else
		fprintf(stderr, "Hint: mount it: mount -t tracefs tracefs /sys/kernel/tracing\n");
	return CLI_USAGE;
}

static void warn_when_off(int tracefs)
{
	_cleanup_close_ int fd = openat(tracefs, "tracing_on", O_RDONLY | O_CLOEXEC);
	char state;

	if (fd >= 0 && read(fd, &state, 1) == 1 && state == '0')
		fprintf(stderr, "Warning: tracing is off: echo 1 >/sys/kernel/tracing/tracing_on\n");
}

static bool write_all(const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(STDERR_FILENO, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= n;
	}
	return true;
}

/* An end is none: so the pipe reads while tracing is off. */
static int follow(int pipe)
{
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000 };
	char data[4096];
	ssize_t n;

	for (;;) {
		n = read(pipe, data, sizeof(data));
		if (n > 0 && !write_all(data, n))
			return CLI_USAGE;
		if (n == 0)
			nanosleep(&pause, NULL);
		if (n >= 0 || errno == EINTR)
			continue;
		fprintf(stderr, "Error: read the trace pipe: %s\n", err_str(-errno));
		return CLI_USAGE;
	}
}

int e_bpf_dbg_run(void)
{
	_cleanup_close_ int tracefs = open_mounted(), pipe = -1;

	if (tracefs < 0)
		tracefs = mount_apart();
	if (tracefs < 0)
		return no_tracefs(errno);
	pipe = openat(tracefs, PIPE, O_RDONLY | O_CLOEXEC);
	if (pipe < 0)
		return no_pipe(errno);
	fprintf(stderr, "Running! Hang up with ^C!\n\n");
	warn_when_off(tracefs);
	return follow(pipe);
}
