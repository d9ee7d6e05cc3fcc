/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fake_kern.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "fake_world.h"

/* Operations: counted, traced, and one of them refused */

struct fake_world *fake_world(struct kern *k)
{
	struct fake_kern *fake = k->priv;

	return fake->world;
}

int fake_begin(struct kern *k, const char *fmt, ...)
{
	struct fake_kern *fake = k->priv;
	char line[512];
	va_list ap;

	if (fake->world->away)
		return 0;
	if (fake->before) {
		fake->world->away = true;
		fake->before(fake, fake->before_data);
		fake->world->away = false;
	}
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_addf(&fake->trace, "%s", line);
	if (fake->ops++ != fake->fail_at &&
	    !(fake->refuse && strstr(line, fake->refuse)))
		return 0;
	return fake->fail_code ?: -EPERM;
}

int fake_end(struct kern *k, int r)
{
	struct fake_kern *fake = k->priv;

	if (fake->world->away)
		return r;
	if (r < 0)
		buf_addf(&fake->trace, " = %s", strerrorname_np(-r) ?: "?");
	buf_addf(&fake->trace, "\n");
	return r;
}

/* Descriptors: a memfd whose bytes say which object is meant */

struct tag {
	const struct fake_world *world;
	uint32_t id;
	char magic[8];
};

static const char magic[8] = "bpffake";

static bool read_tag(const struct fake_world *world, int fd, struct tag *tag)
{
	return pread(fd, tag, sizeof(*tag), 0) == (ssize_t)sizeof(*tag) &&
	       memcmp(tag->magic, magic, sizeof(magic)) == 0 &&
	       tag->world == world;
}

struct fake_obj *fake_obj_by_id(const struct fake_world *world, uint32_t id)
{
	struct fake_obj *obj = world->objs;

	while (obj && obj->id != id)
		obj = obj->next;
	return obj;
}

int fake_obj_of(struct fake_world *world, int fd, struct fake_obj **obj)
{
	struct tag tag;

	if (lseek(fd, 0, SEEK_CUR) < 0 && errno == EBADF)
		return -EBADF;
	*obj = read_tag(world, fd, &tag) ? fake_obj_by_id(world, tag.id) : NULL;
	return *obj ? 0 : -EINVAL;
}

int fake_map_of(struct fake_world *world, int fd, struct fake_obj **map)
{
	int r = fake_obj_of(world, fd, map);

	return r < 0 ? r : (*map)->is_prog || (*map)->is_btf ? -EINVAL : 0;
}

int fake_prog_of(struct fake_world *world, int fd, uint32_t type,
		 struct fake_obj **prog)
{
	int r = fake_obj_of(world, fd, prog);

	if (r < 0)
		return r;
	return (*prog)->is_prog && (!type || (*prog)->type == type) ?
	       0 : -EINVAL;
}

int fake_obj_fd(struct fake_world *world, const struct fake_obj *obj)
{
	_cleanup_close_ int fd = memfd_create("fake-bpf", MFD_CLOEXEC);
	struct tag tag = { .world = world, .id = obj->id };

	if (fd < 0)
		return -errno;
	memcpy(tag.magic, magic, sizeof(magic));
	if (pwrite(fd, &tag, sizeof(tag), 0) != (ssize_t)sizeof(tag))
		return -EIO;
	return steal_fd(&fd);
}

const char *fake_obj_name(struct kern *k, int fd, char name[32])
{
	struct fake_obj *obj;

	if (fake_obj_of(fake_world(k), fd, &obj) < 0)
		snprintf(name, 32, "fd %d", fd < 0 ? -1 : fd);
	else if (obj->is_btf)
		snprintf(name, 32, "btf");
	else if (obj->name[0])
		snprintf(name, 32, "%s %s", obj->is_prog ? "prog" : "map", obj->name);
	else
		snprintf(name, 32, "%s %u", obj->is_prog ? "prog" : "map", obj->id);
	return name;
}

/* @id 0: of any object */
static int count_open(const struct fake_world *world, uint32_t id)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	struct tag tag;
	int n = 0;

	while (dir && (entry = readdir(dir)))
		n += entry->d_name[0] != '.' &&
		     read_tag(world, atoi(entry->d_name), &tag) &&
		     (!id || tag.id == id);
	if (dir)
		closedir(dir);
	return n;
}

int fake_count_fds(const struct fake_kern *fake)
{
	return count_open(fake->world, 0);
}

bool fake_obj_is_open(const struct fake_world *world,
		      const struct fake_obj *obj)
{
	return count_open(world, obj->id);
}

struct fake_obj *fake_obj_new(struct fake_world *world, const char *name)
{
	struct fake_obj *obj = calloc(1, sizeof(*obj));

	if (!obj)
		return NULL;
	obj->id = ++world->last_id;
	snprintf(obj->name, sizeof(obj->name), "%s", name);
	obj->next = world->objs;
	world->objs = obj;
	return obj;
}

static void obj_free(struct fake_obj *obj)
{
	struct fake_slot *slot;

	while ((slot = obj->slots)) {
		obj->slots = slot->next;
		free(slot);
	}
	free(obj);
}

/* The whole */

char *fake_state(struct fake_kern *fake)
{
	struct buf text = { 0 };

	buf_add(&text, "", 0);
	fake_fs_state(fake->world->fs, &text);
	fake_uds_state(fake->world->uds, &text);
	fake_net_state(fake->world->net, &text);
	if (!buf_failed(&text))
		return text.data;
	buf_free(&text);
	return NULL;
}

/* Only netlink attaches anything here, and no device has a driver. */

static int no_prog_query(struct kern *k, uint32_t ifindex, uint32_t attach_type,
			 uint32_t *ids, uint32_t max)
{
	int r = fake_begin(k, "prog_query %u %u", ifindex, attach_type);

	(void)ids;
	(void)max;
	return fake_end(k, r);
}

static int no_link_next(struct kern *k, uint32_t id)
{
	int r = fake_begin(k, "link_next %u", id);

	return fake_end(k, r ?: -ENOENT);
}

static int no_link_by_id(struct kern *k, uint32_t id)
{
	int r = fake_begin(k, "link_by_id %u", id);

	return fake_end(k, r ?: -ENOENT);
}

static int no_link_info(struct kern *k, int fd, struct bpf_link_info *info)
{
	int r = fake_begin(k, "link_info");

	(void)fd;
	(void)info;
	return fake_end(k, r ?: -EINVAL);
}

static int no_ethtool(struct kern *k, const char *ifname, void *cmd)
{
	int r = fake_begin(k, "ethtool %s", ifname);

	(void)cmd;
	return fake_end(k, r ?: -EOPNOTSUPP);
}

/* What several threads may ask at a time is one after the other. The hook of a
 * test may ask in between. */

static void lock(struct kern *k)
{
	pthread_mutex_lock(&fake_world(k)->lock);
}

static int unlock(struct kern *k, int r)
{
	pthread_mutex_unlock(&fake_world(k)->lock);
	return r;
}

static int locked_map_create(struct kern *k, const struct kern_map *map)
{
	lock(k);
	return unlock(k, fake_map_create(k, map));
}

static int locked_map_update(struct kern *k, int fd, const void *key,
			     const void *value)
{
	lock(k);
	return unlock(k, fake_map_update(k, fd, key, value));
}

static int locked_prog_load(struct kern *k, const struct kern_prog *prog)
{
	lock(k);
	return unlock(k, fake_prog_load(k, prog));
}

static int locked_prog_bind_map(struct kern *k, int fd, int map_fd)
{
	lock(k);
	return unlock(k, fake_prog_bind_map(k, fd, map_fd));
}

static void keep_all(struct kern *k)
{
	(void)k;
}

static const struct kern_ops fake_ops = {
	.map_create	= locked_map_create,
	.map_info	= fake_map_info,
	.map_lookup	= fake_map_lookup,
	.map_update	= locked_map_update,
	.map_delete	= fake_map_delete,
	.map_freeze	= fake_map_freeze,
	.map_owner	= fake_map_owner,
	.prog_load	= locked_prog_load,
	.prog_info	= fake_prog_info,
	.prog_by_id	= fake_prog_by_id,
	.prog_run	= fake_prog_run,
	.jit		= fake_jit,
	.cpus		= fake_cpus,
	.own_cpus	= fake_own_cpus,
	.prog_next_id	= fake_prog_next_id,
	.prog_maps	= fake_prog_maps,
	.prog_bind_map	= locked_prog_bind_map,
	.map_by_id	= fake_map_by_id,
	.btf_load	= fake_btf_load,
	.module_btfs	= fake_module_btfs,
	.prog_query	= no_prog_query,
	.link_next	= no_link_next,
	.link_by_id	= no_link_by_id,
	.link_info	= no_link_info,
	.obj_get	= fake_obj_get,
	.obj_pin	= fake_obj_pin,
	.obj_kind	= fake_obj_kind,
	.is_bpffs	= fake_is_bpffs,
	.mounts		= fake_mounts,
	.mount		= fake_mount,
	.umount		= fake_umount,
	.lock		= fake_lock,
	.mkdir		= fake_mkdir,
	.rmdir		= fake_rmdir,
	.symlink	= fake_symlink,
	.unlink		= fake_unlink,
	.talk		= fake_talk,
	.talk_many	= fake_talk_many,
	.ifindex	= fake_ifindex,
	.ethtool	= no_ethtool,
	.fd_room	= fake_fd_room,
	.read		= fake_read,
	.view		= fake_view,
	.unview		= fake_unview,
	.apart		= fake_apart,
	.uds_connect	= fake_uds_connect,
	.uds_listen	= fake_uds_listen,
	.uds_send	= fake_uds_send,
	.uds_receive	= fake_uds_receive,
	.free		= keep_all,
};

struct kern *fake_open(struct fake_kern *fake)
{
	struct fake_world *world = calloc(1, sizeof(*world));
	pthread_mutexattr_t recursive;

	if (!world)
		return NULL;
	fake->world = world;
	fake->kern = (struct kern){ .ops = &fake_ops, .priv = fake };
	world->fake = fake;
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&world->lock, &recursive);
	world->fs = fake_fs_new(fake->bpffs ?: "/sys/fs/bpf");
	world->net = fake_net_new();
	if (world->fs && world->net)
		return &fake->kern;
	fake_free(fake);
	return NULL;
}

void fake_free(struct fake_kern *fake)
{
	struct fake_world *world = fake->world;
	struct fake_obj *obj;

	buf_free(&fake->trace);
	if (!world)
		return;
	fake_fs_free(world->fs);
	fake_uds_free(world->uds);
	fake_net_free(world->net);
	while ((obj = world->objs)) {
		world->objs = obj->next;
		obj_free(obj);
	}
	free(world);
	fake->world = NULL;
}
