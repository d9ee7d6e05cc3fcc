/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_around.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define HUGE_PAGE	(2u << 20)	/* of most processors */

static int most_fds(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 0 : (int)limit.rlim_cur;
}

/* A descriptor with a high number, for a moment: the table stays as large. */
int kern_fd_room(struct kern *k, int fd, unsigned int cnt)
{
	_cleanup_close_ int lowest = fcntl(fd, F_DUPFD_CLOEXEC, 0), last = -1;

	(void)k;
	if (lowest < 0)
		return -errno;
	last = fcntl(fd, F_DUPFD_CLOEXEC, lowest + (int)cnt);
	if (last < 0 && errno == EINVAL)
		last = fcntl(fd, F_DUPFD_CLOEXEC, most_fds() - 1);
	return last < 0 ? -errno : 0;
}

int kern_read(struct kern *k, const char *path, size_t max, struct buf *data)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	(void)k;
	return fd < 0 ? -errno : buf_read(data, fd, max);
}

static int map_file(int fd, size_t size, struct kern_view *view)
{
	void *data;

	if (!size)
		return -ENODEV;
	data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	view->data = data;
	view->size = size;
	return 0;
}

/* For a file that is read: huge pages save a page fault for each 4 KB, which
 * take nearly as long as reading. Where there are none, or there is no room,
 * all goes on without. */
static void make_room(struct buf *buf, size_t size)
{
	size_t room = (size / HUGE_PAGE + 1) * HUGE_PAGE;
	void *data;

	if (size < HUGE_PAGE)
		return;
	data = aligned_alloc(HUGE_PAGE, room);
	if (!data)
		return;
	madvise(data, room, MADV_HUGEPAGE);
	*buf = (struct buf) { .data = data, .cap = room };
}

int kern_view(struct kern *k, const char *path, size_t max,
	      struct kern_view *view)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int r;

	(void)k;
	memset(view, 0, sizeof(*view));
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > (off_t)max)
		return -EFBIG;
	if (map_file(fd, st.st_size, view) == 0)
		return 0;
	make_room(&view->copy, st.st_size);
	r = buf_read(&view->copy, fd, max);
	if (r < 0) {
		buf_free(&view->copy);
		return r;
	}
	view->data = view->copy.data;
	view->size = view->copy.len;
	return 0;
}

void kern_unview(struct kern *k, struct kern_view *view)
{
	(void)k;
	if (view->data && !view->copy.data)
		munmap((void *)view->data, view->size);
	buf_free(&view->copy);
	memset(view, 0, sizeof(*view));
}

/* a socket stays in the namespace that it was made in: so a new table */
static int run_apart(int (*fn)(struct kern *k))
{
	struct kern *k;
	int r;

	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	k = kern_linux_new();
	r = k ? fn(k) : -ENOMEM;
	kern_free(k);
	return r;
}

/* in a child, since the namespace of a thread is not always to be left again */
int kern_apart(struct kern *k, int (*fn)(struct kern *k))
{
	_cleanup_close_ int result = -1, told = -1;
	int fds[2], r;
	pid_t child;
	ssize_t n;

	(void)k;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	result = fds[0];
	told = fds[1];
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		r = run_apart(fn);
		_exit(write(told, &r, sizeof(r)) != sizeof(r));
	}
	close_fd(steal_fd(&told));
	do
		n = read(result, &r, sizeof(r));
	while (n < 0 && errno == EINTR);
	waitpid(child, NULL, 0);
	return n == sizeof(r) ? r : -EIO;
}
