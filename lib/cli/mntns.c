/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mntns.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "buf.h"
#include "uapi.h"
#include "util.h"

#define BPFFS_DEFAULT	"/sys/fs/bpf"

static bool has_bpffs(void)
{
	struct statfs st;

	return statfs(BPFFS_DEFAULT, &st) == 0 &&
	       (uint32_t)st.f_type == BPF_FS_MAGIC;
}

/* ---- whose is it ---- */

/* stat() of @path as the process @pid sees it; 0: ourselves */
static bool stat_of(unsigned int pid, const char *path, struct stat *st)
{
	char full[64];

	snprintf(full, sizeof(full), "/proc/%u/%s", pid ?: (unsigned int)getpid(),
		 path);
	return stat(full, st) == 0;
}

static bool is_same(unsigned int pid, const char *path)
{
	struct stat ours, theirs;

	return stat_of(0, path, &ours) && stat_of(pid, path, &theirs) &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static unsigned int parent_of(unsigned int pid)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_close_ int fd = -1;
	const char *line;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || buf_read(&text, fd, 1 << 16) < 0)
		return 0;
	line = strstr(buf_str(&text), "\nPPid:");
	return line ? strtoul(line + strlen("\nPPid:"), NULL, 10) : 0;
}

/*
 * The nearest ancestor in another mount namespace, if nothing but /sys is
 * different there. Another root directory is a container's: what is outside
 * is none of our business. 0: none.
 */
static unsigned int find_caller(void)
{
	unsigned int pid = getppid();

	while (pid && is_same(pid, "ns/mnt"))
		pid = parent_of(pid);
	return pid && is_same(pid, "root/") && !is_same(pid, "root/sys/") ? pid : 0;
}

/* ---- going there ---- */

static int open_of(unsigned int pid, const char *what, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid ?: (unsigned int)getpid(),
		 what);
	return open(path, flags | O_CLOEXEC);
}

static void open_side(struct mntns_side *side, unsigned int pid)
{
	side->ns = open_of(pid, "ns/mnt", O_RDONLY);
	side->root = open_of(pid, "root", O_PATH | O_DIRECTORY);
}

/* A mount namespace is entered at its own root, which need not be the process's
 * (chroot); then back to where we were. */
static bool go(const struct mntns_side *side, int cwd)
{
	/* not while a thread that ends shares our directories with us */
	return unshare(CLONE_FS) == 0 && setns(side->ns, CLONE_NEWNS) == 0 && fchdir(side->root) == 0 &&
	       chroot(".") == 0 && fchdir(cwd) == 0;
}

void mntns_enter(struct mntns *ns)
{
	if (ns->callers.ns >= 0)
		ns->lost = !go(&ns->callers, ns->cwd);
}

void mntns_leave(const struct mntns *ns)
{
	if (ns->callers.ns >= 0 && !ns->lost)
		go(&ns->ours, ns->cwd);
}

void mntns_init(struct mntns *ns)
{
	*ns = (struct mntns){ { -1, -1 }, { -1, -1 }, .cwd = -1 };
}

void mntns_seek(void *data)
{
	unsigned int pid = find_caller();
	struct mntns *ns = data;

	if (!pid)
		return;
	ns->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	open_side(&ns->ours, 0);
	open_side(&ns->callers, pid);
	ns->lost = ns->cwd < 0 || ns->ours.ns < 0 || ns->ours.root < 0 ||
		   ns->callers.ns < 0 || ns->callers.root < 0;
	if (!ns->lost)
		mntns_enter(ns);
}

void mntns_end(struct mntns *ns)
{
	mntns_leave(ns);
	close_fd(ns->ours.ns);
	close_fd(ns->ours.root);
	close_fd(ns->callers.ns);
	close_fd(ns->callers.root);
	close_fd(ns->cwd);
}

void mntns_warn(struct mntns *ns)
{
	if (!ns->lost || !has_bpffs())
		return;
	fprintf(stderr, "Warning: this bpffs is lost with its mount namespace, "
		"and all pins in it: the caller's could not be entered\n");
	fprintf(stderr, "Hint: use -n NS in place of `ip netns exec NS`, "
		"or set TC_BPF_MNT to a bpffs that is mounted outside of /sys\n");
	ns->lost = false;
}
