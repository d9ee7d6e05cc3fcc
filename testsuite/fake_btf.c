/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's BTF: taken whole, or refused as it is told to. */
#include <errno.h>
#include <stdio.h>

#include "fake_world.h"
#include "types.h"

static bool is_new(const struct fake_kern *fake, const struct btf_type *t)
{
	if (fake->no_global_funcs && type_kind(t) == TYPE_FUNC && type_vlen(t))
		return true;
	return fake->btf_kinds && type_kind(t) >= fake->btf_kinds;
}

static bool has_new(const struct fake_kern *fake, const void *data, uint32_t size)
{
	struct types types;
	struct err err;
	uint32_t id;
	bool has = false;

	if (!fake->btf_kinds && !fake->no_global_funcs)
		return false;
	if (types_read(&types, NULL, data, size, &err) < 0)
		return true;
	for (id = 1; id < types.cnt; id++)
		has |= is_new(fake, types_get(&types, id));
	types_free(&types);
	return has;
}

static int btf_load(struct fake_world *world, const void *data, uint32_t size,
		    char *log, uint32_t log_size)
{
	int code = world->fake->btf_code;
	struct fake_obj *obj;
	uint16_t magic;

	if (size < 24)
		return -EINVAL;
	memcpy(&magic, data, sizeof(magic));
	if (has_new(world->fake, data, size))
		code = EINVAL;
	if (code || magic != 0xeb9f) {
		snprintf(log, log ? log_size : 0, "[1] INT (anon)\nnobody likes it\n");
		return -(code ?: EINVAL);
	}
	obj = fake_obj_new(world, "");
	if (!obj)
		return -ENOMEM;
	obj->is_btf = true;
	return fake_obj_fd(world, obj);
}

int fake_btf_load(struct kern *k, const void *data, uint32_t size, char *log,
		  uint32_t log_size)
{
	int r = fake_begin(k, "btf_load%s", log ? " with log" : "");

	if (log)
		log[0] = '\0';
	r = r ?: fake_lacks_bpf(k);
	return fake_end(k, r ?: btf_load(fake_world(k), data, size, log, log_size));
}

/* Whether it has a file of types, and has not gone; -ENOMEM */
static int has_module(const struct fake_kern *fake, const char *name)
{
	_cleanup_free_ char *path = str_printf("/sys/kernel/btf/%s", name);
	const struct fake_file *file = fake->files;

	if (!path)
		return -ENOMEM;
	while (file && file->path && !str_eq(file->path, path))
		file++;
	return file && file->path && !(fake->gone && str_eq(name, fake->gone));
}

static int open_module(struct fake_world *world, const char *name, int *fd)
{
	struct fake_obj *obj;
	int r = has_module(world->fake, name);

	if (r <= 0)
		return r;
	obj = fake_obj_new(world, name);
	if (!obj)
		return -ENOMEM;
	obj->is_btf = obj->is_module = true;
	*fd = fake_obj_fd(world, obj);
	return *fd < 0 ? *fd : 0;
}

int fake_module_btfs(struct kern *k, const char *const *names, size_t cnt,
		     int *fds)
{
	_cleanup_buf_ struct buf list = { 0 };
	size_t i;
	int r;

	for (i = 0; i < cnt; i++) {
		buf_addf(&list, " %s", names[i]);
		fds[i] = -1;
	}
	r = fake_begin(k, "module_btfs%s", buf_str(&list));
	for (i = 0; r == 0 && i < cnt; i++)
		r = open_module(fake_world(k), names[i], &fds[i]);
	for (i = 0; r < 0 && i < cnt; i++)
		close_fd(steal_fd(&fds[i]));
	return fake_end(k, r);
}

int fake_btf_of(struct fake_world *world, int fd, struct fake_obj **btf)
{
	int r = fake_obj_of(world, fd, btf);

	if (r < 0)
		return r;
	return (*btf)->is_btf ? -world->fake->use_btf_code : -EINVAL;
}
