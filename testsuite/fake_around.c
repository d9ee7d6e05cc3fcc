/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is only looked at: files that a test brings, a namespace apart. */
#include <errno.h>

#include "fake_world.h"

int fake_lacks_bpf(struct kern *k)
{
	return fake_world(k)->fake->no_bpf ? -ENOSYS : 0;
}

static int read_file(const struct fake_file *file, const char *path,
		     size_t max, struct buf *data)
{
	size_t len;

	while (file && file->path && !str_eq(file->path, path))
		file++;
	if (!file || !file->path)
		return -ENOENT;
	len = file->len ?: strlen(file->data);
	buf_add(data, file->data, len);
	if (buf_failed(data))
		return -ENOMEM;
	return len > max ? -EFBIG : 0;
}

int fake_fd_room(struct kern *k, int fd, unsigned int cnt)
{
	int r = fake_begin(k, "fd_room");

	(void)fd;
	(void)cnt;
	return fake_end(k, r);
}

int fake_read(struct kern *k, const char *path, size_t max, struct buf *data)
{
	int r = fake_begin(k, "read %s", path);

	return fake_end(k, r ?: read_file(fake_world(k)->fake->files, path, max, data));
}

int fake_view(struct kern *k, const char *path, size_t max,
	      struct kern_view *view)
{
	int r = fake_begin(k, "view %s", path);

	memset(view, 0, sizeof(*view));
	r = fake_end(k, r ?: read_file(fake_world(k)->fake->files, path, max, &view->copy));
	if (r < 0)
		buf_free(&view->copy);
	view->data = view->copy.data;
	view->size = view->copy.len;
	return r;
}

void fake_unview(struct kern *k, struct kern_view *view)
{
	(void)k;
	buf_free(&view->copy);
	memset(view, 0, sizeof(*view));
}

/* in this process, and with devices of its own */
int fake_apart(struct kern *k, int (*fn)(struct kern *k))
{
	struct fake_world *world = fake_world(k);
	struct fake_net *here = world->net;
	int r = fake_begin(k, "apart");

	if (fake_end(k, r) < 0)
		return r;
	world->net = fake_net_new();
	r = world->net ? fn(k) : -ENOMEM;
	fake_net_free(world->net);
	world->net = here;
	return r;
}

int fake_jit(struct kern *k)
{
	const struct fake_kern *fake = fake_world(k)->fake;
	int r = fake_begin(k, "jit");

	return fake_end(k, r ?: fake->no_proc ? -ENOENT : !fake->no_jit);
}

int fake_cpus(struct kern *k)
{
	(void)k;
	return 3;
}

int fake_own_cpus(struct kern *k)
{
	return fake_world(k)->fake->cpus ?: 1;
}
