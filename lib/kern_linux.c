/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>

#include "kern_around.h"
#include "kern_look.h"
#include "kern_proc.h"
#include "kern_sys.h"
#include "kern_talk.h"
#include "kern_uds.h"

#define LOCK_WAIT_MS	10000
#define LOCK_PAUSE_MS	1

struct linux_kern {
	struct kern kern;
	struct kern_talk talk;
};

#define VERIFIER_RETRIES 5

/* true: there is more of it than before, and @old is what it was */
static bool raise_memlock(struct rlimit *old)
{
	struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };

	if (getrlimit(RLIMIT_MEMLOCK, old) < 0 || old->rlim_cur == RLIM_INFINITY)
		return false;
	if (setrlimit(RLIMIT_MEMLOCK, &most) == 0)
		return true;
	most.rlim_cur = most.rlim_max = old->rlim_max;
	return old->rlim_cur != old->rlim_max &&
	       setrlimit(RLIMIT_MEMLOCK, &most) == 0;
}

/* Before 5.11 maps and programs count as locked memory, and going past the
 * limit is EPERM. */
static int bpf_make(enum bpf_cmd cmd, union bpf_attr *attr, size_t size)
{
	struct rlimit old;
	int r;

	r = sys_bpf(cmd, attr, size);
	if (r != -EPERM || !raise_memlock(&old))
		return r;
	r = sys_bpf(cmd, attr, size);
	if (r == -EPERM)
		setrlimit(RLIMIT_MEMLOCK, &old);
	return r;
}

static void copy_name(char *to, const char *name)
{
	snprintf(to, BPF_OBJ_NAME_LEN, "%s", name);
}

static int linux_map_create(struct kern *k, const struct kern_map *map)
{
	union bpf_attr attr = {
		.map_type = map->type,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map->max_entries,
		.map_flags = map->flags,
		.inner_map_fd = map->inner_fd < 0 ? 0 : map->inner_fd,
		.map_ifindex = map->ifindex,
	};
	bool btf = map->value_type;
	int r;

	(void)k;
	copy_name(attr.map_name, map->name);
	if (btf) {
		attr.btf_fd = map->btf_fd;
		attr.btf_key_type_id = map->key_type;
		attr.btf_value_type_id = map->value_type;
	}
	r = bpf_make(BPF_MAP_CREATE, &attr, btf ? ATTR_END(btf_value_type_id) :
						  ATTR_END(map_ifindex));
	/* Names: 4.15. Kernels before know the bytes from other commands
	 * (EINVAL) or not at all (E2BIG); none of them knows BTF. */
	if ((r == -EINVAL || r == -E2BIG) && map->name[0] && !btf) {
		copy_name(attr.map_name, "");
		r = bpf_make(BPF_MAP_CREATE, &attr, ATTR_END(map_ifindex));
	}
	return r;
}

static int linux_map_info(struct kern *k, int fd, struct bpf_map_info *info)
{
	(void)k;
	return obj_info(fd, info, sizeof(*info));
}

static int map_elem(enum bpf_cmd cmd, int fd, const void *key,
		    const void *value)
{
	union bpf_attr attr;

	/* by hand: an initializer may leave the hole behind map_fd as it is */
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = ptr(key);
	attr.value = ptr(value);
	attr.flags = BPF_ANY;
	return sys_bpf(cmd, &attr, ATTR_END(flags));
}

static int linux_map_lookup(struct kern *k, int fd, const void *key,
			    void *value)
{
	(void)k;
	return map_elem(BPF_MAP_LOOKUP_ELEM, fd, key, value);
}

static int linux_map_update(struct kern *k, int fd, const void *key,
			    const void *value)
{
	(void)k;
	return map_elem(BPF_MAP_UPDATE_ELEM, fd, key, value);
}

static int linux_map_delete(struct kern *k, int fd, const void *key)
{
	(void)k;
	return map_elem(BPF_MAP_DELETE_ELEM, fd, key, NULL);
}

static int linux_map_freeze(struct kern *k, int fd)
{
	union bpf_attr attr = { .map_fd = fd };

	(void)k;
	return sys_bpf(BPF_MAP_FREEZE, &attr, ATTR_END(map_fd));
}

/* The verifier gives up with EAGAIN when a signal is pending. */
static int verify(union bpf_attr *attr, size_t size)
{
	int r, tries = VERIFIER_RETRIES;

	do {
		r = bpf_make(BPF_PROG_LOAD, attr, size);
	} while (r == -EAGAIN && --tries);
	return r;
}

static void set_info(union bpf_attr *attr, const struct kern_prog *prog)
{
	attr->prog_btf_fd = prog->btf_fd;
	attr->func_info_rec_size = sizeof(*prog->func_info);
	attr->func_info = ptr(prog->func_info);
	attr->func_info_cnt = prog->func_info_cnt;
	if (!prog->line_info)
		return;
	attr->line_info_rec_size = sizeof(*prog->line_info);
	attr->line_info = ptr(prog->line_info);
	attr->line_info_cnt = prog->line_info_cnt;
}

static int linux_prog_load(struct kern *k, const struct kern_prog *prog)
{
	size_t size = ATTR_END(prog_ifindex);
	bool log = prog->log_level && prog->log_size;
	union bpf_attr attr = {
		.prog_type = prog->type,
		.insn_cnt = prog->insn_cnt,
		.insns = ptr(prog->insns),
		.license = ptr(prog->license),
		.log_level = log ? prog->log_level : 0,
		.log_size = log ? prog->log_size : 0,
		.log_buf = log ? ptr(prog->log) : 0,
		.prog_ifindex = prog->ifindex,
	};
	int r;

	(void)k;
	if (log)
		prog->log[0] = '\0';
	copy_name(attr.prog_name, prog->name);
	if (prog->func_info) {
		set_info(&attr, prog);
		size = ATTR_END(line_info_cnt);
	}
	r = verify(&attr, size);
	/* names: 4.15; here they lie behind all that older kernels know, and
	 * before what those with BTF do */
	if (r == -E2BIG && prog->name[0] && !prog->func_info) {
		copy_name(attr.prog_name, "");
		r = verify(&attr, size);
	}
	if (log)
		prog->log[prog->log_size - 1] = '\0';
	return r;
}

static int linux_prog_info(struct kern *k, int fd, struct bpf_prog_info *info)
{
	(void)k;
	return obj_info(fd, info, sizeof(*info));
}

static int linux_prog_by_id(struct kern *k, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };

	(void)k;
	return sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr, ATTR_END(prog_id));
}

static int linux_prog_next_id(struct kern *k, uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };
	int r;

	(void)k;
	r = sys_bpf(BPF_PROG_GET_NEXT_ID, &attr, ATTR_END(next_id));
	if (r == 0)
		*id = attr.next_id;
	return r;
}

static int linux_prog_maps(struct kern *k, int fd, uint32_t *ids, uint32_t cnt)
{
	struct bpf_prog_info info = {
		.map_ids = ptr(ids),
		.nr_map_ids = cnt,
	};
	union bpf_attr attr = {
		.info = {
			.bpf_fd = fd,
			.info_len = sizeof(info),
			.info = ptr(&info),
		},
	};
	int r;

	(void)k;
	r = sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, ATTR_END(info));
	if (r < 0)
		return r;
	return info.nr_map_ids < cnt ? info.nr_map_ids : cnt;
}

static int linux_prog_bind_map(struct kern *k, int fd, int map_fd)
{
	union bpf_attr attr = {
		.prog_bind_map = { .prog_fd = fd, .map_fd = map_fd },
	};

	(void)k;
	return sys_bpf(BPF_PROG_BIND_MAP, &attr, ATTR_END(prog_bind_map));
}

static int linux_map_by_id(struct kern *k, uint32_t id)
{
	union bpf_attr attr = { .map_id = id };

	(void)k;
	return sys_bpf(BPF_MAP_GET_FD_BY_ID, &attr, ATTR_END(map_id));
}

static int linux_btf_load(struct kern *k, const void *data, uint32_t size,
			  char *log, uint32_t log_size)
{
	union bpf_attr attr = {
		.btf = ptr(data),
		.btf_size = size,
		.btf_log_buf = ptr(log),
		.btf_log_size = log ? log_size : 0,
		.btf_log_level = log ? BPF_LOG_LEVEL1 : 0,
	};
	int r;

	(void)k;
	if (log)
		log[0] = '\0';
	r = bpf_make(BPF_BTF_LOAD, &attr, ATTR_END(btf_log_level));
	if (log)
		log[log_size - 1] = '\0';
	return r;
}

static int linux_obj_get(struct kern *k, const char *path)
{
	union bpf_attr attr = { .pathname = ptr(path) };

	(void)k;
	return sys_bpf(BPF_OBJ_GET, &attr, ATTR_END(bpf_fd));
}

static int linux_obj_pin(struct kern *k, int fd, const char *path)
{
	union bpf_attr attr = {
		.pathname = ptr(path),
		.bpf_fd = fd,
	};

	(void)k;
	return sys_bpf(BPF_OBJ_PIN, &attr, ATTR_END(bpf_fd));
}

static enum kern_obj linux_obj_kind(struct kern *k, int fd)
{
	(void)k;
	return kern_proc_obj_kind(fd);
}

static int linux_map_owner(struct kern *k, int fd, struct kern_owner *owner)
{
	(void)k;
	return kern_proc_owner(fd, owner);
}

static int linux_jit(struct kern *k)
{
	(void)k;
	return kern_proc_jit();
}

static int linux_cpus(struct kern *k)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	(void)k;
	return n < 1 ? 1 : n;
}

/* bpffs */

static int linux_is_bpffs(struct kern *k, const char *dir)
{
	struct statfs st;

	(void)k;
	if (statfs(dir, &st) < 0)
		return -errno;
	return (uint32_t)st.f_type == BPF_FS_MAGIC;
}

static int linux_mounts(struct kern *k, struct buf *text)
{
	_cleanup_close_ int fd = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);

	(void)k;
	return fd < 0 ? -errno : buf_read(text, fd, SIZE_MAX / 8);
}

/* Two that mount at once would stack one bpffs upon the other, and the pins
 * below would be lost to all: the directory underneath is the lock. */
static int linux_mount(struct kern *k, const char *dir)
{
	_cleanup_close_ int under = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (under < 0)
		return -errno;
	if (flock(under, LOCK_EX) < 0)
		return -errno;
	if (linux_is_bpffs(k, dir) == 1)
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

/* Whoever waits for the lock meanwhile finds out, see linux_lock() */
static int linux_umount(struct kern *k, const char *dir)
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
static int linux_lock(struct kern *k, const char *dir, bool exclusive)
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

static int linux_mkdir(struct kern *k, const char *dir)
{
	(void)k;
	return ret(mkdir(dir, 0700));
}

static int linux_rmdir(struct kern *k, const char *dir)
{
	(void)k;
	return ret(rmdir(dir));
}

static int linux_symlink(struct kern *k, const char *target, const char *path)
{
	(void)k;
	return ret(symlink(target, path));
}

static int linux_unlink(struct kern *k, const char *path)
{
	(void)k;
	return ret(unlink(path));
}

static int linux_talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
		      void *data, struct err *err)
{
	struct linux_kern *lk = k->priv;

	return kern_talk(&lk->talk, req, fn, data, err);
}

static void linux_free(struct kern *k)
{
	struct linux_kern *lk = k->priv;

	kern_talk_close(&lk->talk);
	free(lk);
}

static const struct kern_ops linux_ops = {
	.map_create	= linux_map_create,
	.map_info	= linux_map_info,
	.map_lookup	= linux_map_lookup,
	.map_update	= linux_map_update,
	.map_delete	= linux_map_delete,
	.map_freeze	= linux_map_freeze,
	.map_owner	= linux_map_owner,
	.prog_load	= linux_prog_load,
	.prog_info	= linux_prog_info,
	.prog_by_id	= linux_prog_by_id,
	.jit		= linux_jit,
	.cpus		= linux_cpus,
	.prog_next_id	= linux_prog_next_id,
	.prog_maps	= linux_prog_maps,
	.prog_bind_map	= linux_prog_bind_map,
	.map_by_id	= linux_map_by_id,
	.btf_load	= linux_btf_load,
	.prog_query	= kern_look_prog_query,
	.link_next	= kern_look_link_next,
	.link_by_id	= kern_look_link_by_id,
	.link_info	= kern_look_link_info,
	.obj_get	= linux_obj_get,
	.obj_pin	= linux_obj_pin,
	.obj_kind	= linux_obj_kind,
	.is_bpffs	= linux_is_bpffs,
	.mounts		= linux_mounts,
	.mount		= linux_mount,
	.umount		= linux_umount,
	.lock		= linux_lock,
	.mkdir		= linux_mkdir,
	.rmdir		= linux_rmdir,
	.symlink	= linux_symlink,
	.unlink		= linux_unlink,
	.talk		= linux_talk,
	.ethtool	= kern_look_ethtool,
	.uds_connect	= kern_uds_connect,
	.uds_listen	= kern_uds_listen,
	.uds_send	= kern_uds_send,
	.uds_receive	= kern_uds_receive,
	.read		= kern_read,
	.apart		= kern_apart,
	.free		= linux_free,
};

struct kern *kern_linux_new(void)
{
	struct linux_kern *lk = malloc(sizeof(*lk));

	if (!lk)
		return NULL;
	lk->kern.ops = &linux_ops;
	lk->kern.priv = lk;
	lk->talk.sock = -1;
	lk->talk.seq = 0;
	return &lk->kern;
}
