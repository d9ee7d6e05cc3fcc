/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>

#include "kern_sys.h"

#define LOCK_WAIT_MS	10000
#define LOCK_PAUSE_MS	1

int kern_fs_is_bpffs(struct kern *k, const char *dir)
{
	struct statfs st;

	(void)k;
	if (statfs(dir, &st) < 0)
		return -errno;
	return (uint32_t)st.f_type == BPF_FS_MAGIC;
}

int kern_fs_mounts(struct kern *k, struct buf *text)
{
	_cleanup_close_ int fd = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);

	(void)k;
	return fd < 0 ? -errno : buf_read(text, fd, SIZE_MAX / 8);
}

/* Two that mount at once would stack one bpffs upon the other, and the pins
 * below would be lost to all: the directory underneath is the lock. */
int kern_fs_mount(struct kern *k, const char *dir)
{
	_cleanup_close_ int under = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (under < 0)
		return -errno;
	if (flock(under, LOCK_EX) < 0)
		return -errno;
	if (kern_fs_is_bpffs(k, dir) == 1)
		return -EBUSY;
	return ret(mount("bpf", dir, "bpf", 0, "mode=0700"));
}

/* The kernel's own entries have a dot in their names, others cannot have one */
static bool is_empty(int dir)
{
	DIR *d = fdopendir(fcntl(dir, F_DUPFD_CLOEXEC, 0));
	const struct dirent *entry;
	bool empty = d;

	while (empty && (entry = readdir(d)))
		empty = strchr(entry->d_name, '.');
	if (d)
		closedir(d);
	return empty;
}

/* Whoever waits for the lock meanwhile finds out, see kern_fs_lock() */
int kern_fs_umount(struct kern *k, const char *dir)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)k;
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || !is_empty(fd))
		return -EBUSY;
	return ret(umount2(dir, UMOUNT_NOFOLLOW | MNT_DETACH));
}

/* Locked: is it what the path leads to now, and a bpffs? */
static int check_locked(int fd, const char *dir)
{
	struct stat locked, there;
	struct statfs fs;

	if (fstat(fd, &locked) < 0 || stat(dir, &there) < 0 ||
	    fstatfs(fd, &fs) < 0)
		return -errno;
	return locked.st_dev == there.st_dev && locked.st_ino == there.st_ino &&
	       (uint32_t)fs.f_type == BPF_FS_MAGIC ? 0 : -ESTALE;
}

/* Not for ever: a loader that was stopped must not stop all others, and two
 * transactions of one thread must not wait for each other. */
int kern_fs_lock(struct kern *k, const char *dir, bool exclusive)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000 };
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int op = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
	int r, tries = LOCK_WAIT_MS / LOCK_PAUSE_MS;

	(void)k;
	if (fd < 0)
		return -errno;
	while (flock(fd, op) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (!tries--)
			return -EAGAIN;
		nanosleep(&pause, NULL);
	}
	r = exclusive ? check_locked(fd, dir) : 0;
	return r < 0 ? r : steal_fd(&fd);
}

int kern_fs_mkdir(struct kern *k, const char *dir)
{
	(void)k;
	return ret(mkdir(dir, 0700));
}

int kern_fs_rmdir(struct kern *k, const char *dir)
{
	(void)k;
	return ret(rmdir(dir));
}

int kern_fs_symlink(struct kern *k, const char *target, const char *path)
{
	(void)k;
	return ret(symlink(target, path));
}

int kern_fs_unlink(struct kern *k, const char *path)
{
	(void)k;
	return ret(unlink(path));
}
