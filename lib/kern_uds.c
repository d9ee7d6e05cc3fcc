/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_uds.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

/* A full queue is waited for, but the sender may be holding the lock of the
 * bpffs. */
#define SEND_WAIT_S	5

static int new_socket(const char *path, struct sockaddr_un *addr)
{
	size_t len = strlen(path);
	int sock;

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (!len)
		return -ENOENT;
	if (len >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	memcpy(addr->sun_path, path, len);
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return sock < 0 ? -errno : sock;
}

int kern_uds_connect(struct kern *k, const char *path)
{
	const struct timeval wait = { .tv_sec = SEND_WAIT_S };
	struct sockaddr_un addr;
	_cleanup_close_ int sock = new_socket(path, &addr);

	(void)k;
	if (sock < 0)
		return sock;
	if (setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0)
		return -errno;
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return steal_fd(&sock);
}

/* the socket of an agent that was killed: nobody else can ever receive there */
static bool is_abandoned(struct kern *k, const char *path)
{
	_cleanup_close_ int sock = -1;
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	sock = kern_uds_connect(k, path);
	return sock == -ECONNREFUSED;
}

int kern_uds_listen(struct kern *k, const char *path)
{
	struct sockaddr_un addr;
	_cleanup_close_ int sock = new_socket(path, &addr);

	if (sock < 0)
		return sock;
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return steal_fd(&sock);
	if (errno != EADDRINUSE || !is_abandoned(k, path))
		return -errno;
	if (unlink(path) < 0 ||
	    bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return steal_fd(&sock);
}

/* ---- messages ---- */

#define FDS_MAX ARRAY_SIZE(((struct kern_dgram *)NULL)->fds)

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

int kern_uds_send(struct kern *k, int sock, const struct kern_dgram *dgram)
{
	size_t size = dgram->fds_cnt * sizeof(dgram->fds[0]);
	struct iovec iov = {
		.iov_base = (void *)dgram->data, .iov_len = dgram->len,
	};
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control = { 0 };

	(void)k;
	if (size) {
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(size);
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_LEN(size);
		memcpy(CMSG_DATA(&control.align), dgram->fds, size);
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void take_fds(struct msghdr *msg, struct kern_dgram *dgram)
{
	struct cmsghdr *c;

	dgram->fds_cnt = 0;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		/* the room is for one such block */
		dgram->fds_cnt = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(dgram->fds, CMSG_DATA(c), dgram->fds_cnt * sizeof(int));
	}
}

static int wait_for(int sock, int timeout)
{
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	int r = poll(&pfd, 1, timeout);

	if (r < 0)
		return -errno;
	return r ? 0 : -ETIMEDOUT;
}

int kern_uds_receive(struct kern *k, int sock, int timeout,
		     struct kern_dgram *dgram)
{
	struct iovec iov = {
		.iov_base = dgram->data, .iov_len = sizeof(dgram->data),
	};
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int r = wait_for(sock, timeout);
	ssize_t n;

	(void)k;
	if (r < 0)
		return r;
	n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	dgram->len = n;
	take_fds(&msg, dgram);
	if (!(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 0;
	while (dgram->fds_cnt)
		close_fd(dgram->fds[--dgram->fds_cnt]);
	return -EMSGSIZE;
}
