/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* UNIX sockets of the fake: the paths are its own, what flows is real. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "fake_world.h"
#include "kern_uds.h"

/* a path that somebody listens at, and the end to which one sends there */
struct fake_uds {
	struct fake_uds *next;
	int sock;
	char path[];
};

static struct fake_uds **find(struct fake_world *world, const char *path)
{
	struct fake_uds **uds = &world->uds;

	while (*uds && !str_eq((*uds)->path, path))
		uds = &(*uds)->next;
	return uds;
}

static void drop(struct fake_uds **uds)
{
	struct fake_uds *gone = *uds;

	*uds = gone->next;
	close(gone->sock);
	free(gone);
}

void fake_uds_free(struct fake_uds *uds)
{
	while (uds)
		drop(&uds);
}

void fake_uds_state(const struct fake_uds *uds, struct buf *text)
{
	for (; uds; uds = uds->next)
		buf_addf(text, "socket %s\n", uds->path);
}

int fake_uds_unlink(struct fake_world *world, const char *path)
{
	struct fake_uds **uds = find(world, path);

	if (!*uds)
		return -ENOENT;
	drop(uds);
	return 0;
}

static int listen_at(struct fake_world *world, const char *path)
{
	struct fake_uds **end = find(world, path);
	int socks[2];

	if (*end)
		return -EADDRINUSE;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, socks) < 0)
		return -errno;
	*end = calloc(1, sizeof(**end) + strlen(path) + 1);
	if (!*end)
		return -ENOMEM;
	(*end)->sock = socks[1];
	strcpy((*end)->path, path);
	return socks[0];
}

int fake_uds_listen(struct kern *k, const char *path)
{
	int r = fake_begin(k, "uds_listen %s", path);

	return fake_end(k, r ?: listen_at(fake_world(k), path));
}

int fake_uds_connect(struct kern *k, const char *path)
{
	int r = fake_begin(k, "uds_connect %s", path);
	struct fake_uds *uds = *find(fake_world(k), path);

	if (r == 0)
		r = uds ? fcntl(uds->sock, F_DUPFD_CLOEXEC, 0) : -ENOENT;
	return fake_end(k, r);
}

int fake_uds_send(struct kern *k, int sock, const struct kern_dgram *dgram)
{
	int r = fake_begin(k, "uds_send %zu bytes, %zu descriptors",
			   dgram->len, dgram->fds_cnt);

	return fake_end(k, r ?: kern_uds_send(k, sock, dgram));
}

int fake_uds_receive(struct kern *k, int sock, int timeout,
		     struct kern_dgram *dgram)
{
	int r = fake_begin(k, "uds_receive %d", timeout);

	return fake_end(k, r ?: kern_uds_receive(k, sock, timeout, dgram));
}
