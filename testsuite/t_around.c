/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Real sockets, files and namespaces of this machine, as kern_linux.c has them. */
#include "kern_uds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern_around.h"
#include "kern_proc.h"
#include "rig.h"
#include "unit.h"

static char dir[] = "/tmp/bpfelf-around-XXXXXX";
static char path[64];

static void start(void)
{
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/agent", dir);
}

static void finish(void)
{
	unlink(path);
	rmdir(dir);
}

START_TEST(what_was_sent_is_received)
{
	struct kern_dgram out = { .data = "maps", .len = 4, .fds = { 0, 1 }, .fds_cnt = 2 };
	_cleanup_close_ int to = -1, at = -1;
	struct kern_dgram in;
	int fds;

	at = kern_uds_listen(NULL, path);
	ck_assert_int_ge(at, 0);
	to = kern_uds_connect(NULL, path);
	ck_assert_int_ge(to, 0);
	fds = count_fds();
	ck_assert_int_eq(kern_uds_receive(NULL, at, 0, &in), -ETIMEDOUT);
	ck_assert_int_eq(kern_uds_send(NULL, to, &out), 0);
	ck_assert_int_eq(kern_uds_receive(NULL, at, 1000, &in), 0);
	ck_assert_uint_eq(in.len, 4);
	ck_assert_mem_eq(in.data, "maps", 4);
	ck_assert_uint_eq(in.fds_cnt, 2);
	ck_assert_int_eq(count_fds(), fds + 2);
	close(in.fds[0]);
	close(in.fds[1]);
	out.fds_cnt = 0;
	ck_assert_int_eq(kern_uds_send(NULL, to, &out), 0);
	ck_assert_int_eq(kern_uds_receive(NULL, at, 1000, &in), 0);
	ck_assert_uint_eq(in.fds_cnt, 0);
}
END_TEST

/* more than there is room for: no half of it, and no descriptor stays */
START_TEST(what_is_too_long_is_dropped)
{
	static char data[sizeof(((struct kern_dgram *)NULL)->data) + 1];
	static const int some[70];	/* all of them stdin */
	const size_t size = (_i ? 70 : 2) * sizeof(int);
	struct iovec iov = { .iov_base = data, .iov_len = _i ? 4 : sizeof(data) };
	char control[CMSG_SPACE(sizeof(some))] __attribute__((aligned(8))) = { 0 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = CMSG_LEN(size),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	_cleanup_close_ int to = -1, at = -1;
	struct kern_dgram in;
	int fds;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(c), some, size);
	at = kern_uds_listen(NULL, path);
	to = kern_uds_connect(NULL, path);
	fds = count_fds();
	ck_assert_int_ge(sendmsg(to, &msg, 0), 0);
	ck_assert_int_eq(kern_uds_receive(NULL, at, 1000, &in), -EMSGSIZE);
	ck_assert_int_eq(count_fds(), fds);
	/* and the next one is received */
	in = (struct kern_dgram){ .len = 1 };
	ck_assert_int_eq(kern_uds_send(NULL, to, &in), 0);
	ck_assert_int_eq(kern_uds_receive(NULL, at, 1000, &in), 0);
	ck_assert_uint_eq(in.len, 1);
}
END_TEST

/* a socket that nobody listens at any more makes room; nothing else does */
START_TEST(whose_path_it_is)
{
	_cleanup_close_ int at = kern_uds_listen(NULL, path), again = -1;
	struct stat st;

	ck_assert_int_ge(at, 0);
	ck_assert_int_eq(kern_uds_listen(NULL, path), -EADDRINUSE);
	close_fd(steal_fd(&at));
	ck_assert_int_eq(kern_uds_connect(NULL, path), -ECONNREFUSED);
	again = kern_uds_listen(NULL, path);
	ck_assert_int_ge(again, 0);
	close_fd(steal_fd(&again));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(kern_uds_connect(NULL, path), -ENOENT);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(kern_uds_listen(NULL, path), -EADDRINUSE);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(paths_that_no_socket_can_have)
{
	char longest[108 + 1];

	memset(longest, 'x', sizeof(longest));
	longest[108] = '\0';
	ck_assert_int_eq(kern_uds_listen(NULL, longest), -ENAMETOOLONG);
	ck_assert_int_eq(kern_uds_connect(NULL, longest), -ENAMETOOLONG);
	/* the empty one would be a name of the kernel's choice */
	ck_assert_int_eq(kern_uds_listen(NULL, ""), -ENOENT);
	ck_assert_int_eq(kern_uds_connect(NULL, ""), -ENOENT);
}
END_TEST

START_TEST(a_file_is_read)
{
	_cleanup_buf_ struct buf data = { 0 };

	ck_assert_int_eq(kern_read(NULL, "/proc/self/comm", 100, &data), 0);
	ck_assert_uint_gt(data.len, 1);
	ck_assert_int_eq(kern_read(NULL, "/proc/self/comm", 1, &data), -EFBIG);
	ck_assert_int_eq(kern_read(NULL, "/proc/self/nothing", 100, &data), -ENOENT);
	ck_assert_int_eq(kern_read(NULL, "/", 100, &data), -EISDIR);
}
END_TEST

/* as before 6.16 with the kernel's types, which are as large as this program */
static bool no_mmap;

void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (!no_mmap)
		return __real_mmap(at, size, prot, flags, fd, offset);
	errno = ENODEV;
	return MAP_FAILED;
}

static void same_as_read(const char *file)
{
	_cleanup_buf_ struct buf data = { 0 };
	struct kern_view view;

	ck_assert_int_eq(kern_read(NULL, file, 256 << 20, &data), 0);
	ck_assert_uint_gt(data.len, 0);
	ck_assert_int_eq(kern_view(NULL, file, 256 << 20, &view), 0);
	ck_assert_mem_eq(view.data, data.data, data.len);
	ck_assert_uint_eq(view.size, data.len);
	kern_unview(NULL, &view);
	ck_assert_int_eq(kern_view(NULL, file, data.len - 1, &view), -EFBIG);
	ck_assert_ptr_null(view.data);
}

START_TEST(a_file_is_viewed)
{
	struct kern_view view;

	no_mmap = _i;
	same_as_read("/proc/self/exe");
	same_as_read("/proc/self/comm");
	ck_assert_int_eq(kern_view(NULL, "/proc/self/nothing", 100, &view), -ENOENT);
	ck_assert_int_eq(kern_view(NULL, "/", 1 << 20, &view), -EISDIR);
	no_mmap = false;
}
END_TEST

/* ---- a network namespace apart ---- */

static ino_t here;

static ino_t net_of_process(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) < 0 ? 0 : st.st_ino;
}

/* A child that leaves so would not write its counters, where there are any. */
extern void __gcov_dump(void) __attribute__((weak));
_Noreturn void __real__exit(int status) __attribute__((weak));
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
	if (__gcov_dump)
		__gcov_dump();
	__real__exit(status);
}

static int is_elsewhere(struct kern *k)
{
	return k ? net_of_process() != here : -EINVAL;
}

static int refuse(struct kern *k)
{
	(void)k;
	return -EBUSY;
}

static int crash(struct kern *k)
{
	(void)k;
	_exit(1);
}

START_TEST(it_runs_apart_and_leaves_us_here)
{
	int r, fds = count_fds();
	bool may;

	here = net_of_process();
	r = kern_apart(NULL, is_elsewhere);
	may = r != -EPERM;
	ck_assert_int_eq(r, may ? 1 : -EPERM);
	ck_assert_uint_eq(net_of_process(), here);
	ck_assert_int_eq(kern_apart(NULL, refuse), may ? -EBUSY : -EPERM);
	ck_assert_int_eq(kern_apart(NULL, crash), may ? -EIO : -EPERM);
	ck_assert_int_eq(count_fds(), fds);
}
END_TEST

/* the table of descriptors is full: told, and none is lost */
START_TEST(no_descriptor_is_left)
{
	struct rlimit was, none = { 0 };
	int r, fds = count_fds();

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &was), 0);
	none.rlim_max = was.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	r = kern_apart(NULL, refuse);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &was), 0);
	ck_assert_int_eq(r, -EMFILE);
	ck_assert_int_eq(count_fds(), fds);
}
END_TEST

/* ---- what /proc tells ---- */

START_TEST(descriptors_that_are_not_of_bpf)
{
	_cleanup_close_ int fd = open("/proc/self", O_RDONLY | O_CLOEXEC);
	struct kern_owner owner = { .type = 1 };

	ck_assert_int_eq(kern_proc_obj_kind(fd), KERN_OBJ_OTHER);
	ck_assert_int_eq(kern_proc_obj_kind(-1), KERN_OBJ_UNKNOWN);
	ck_assert_int_eq(kern_proc_owner(fd, &owner), 0);
	ck_assert_uint_eq(owner.type, 0);
	ck_assert_int_eq(kern_proc_owner(-1, &owner), -ENOENT);
}
END_TEST

Suite *around_suite(void)
{
	Suite *s = suite_create("around");
	TCase *tc = tcase_create("around");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, what_was_sent_is_received);
	tcase_add_loop_test(tc, what_is_too_long_is_dropped, 0, 2);
	tcase_add_test(tc, whose_path_it_is);
	tcase_add_test(tc, paths_that_no_socket_can_have);
	tcase_add_test(tc, a_file_is_read);
	tcase_add_loop_test(tc, a_file_is_viewed, 0, 2);
	tcase_add_test(tc, it_runs_apart_and_leaves_us_here);
	tcase_add_test(tc, no_descriptor_is_left);
	tcase_add_test(tc, descriptors_that_are_not_of_bpf);
	suite_add_tcase(s, tc);
	return s;
}
