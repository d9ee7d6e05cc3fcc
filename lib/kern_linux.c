/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern.h"

#include <sched.h>
#include <unistd.h>

#include "kern_around.h"
#include "kern_bpf.h"
#include "kern_fs.h"
#include "kern_look.h"
#include "kern_modules.h"
#include "kern_proc.h"
#include "kern_run.h"
#include "kern_talk.h"
#include "kern_uds.h"

struct linux_kern {
	struct kern kern;
	struct kern_talk talk;
};

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

static int linux_own_cpus(struct kern *k)
{
	cpu_set_t cpus;

	(void)k;
	/* EINVAL: more than a set has room for */
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return sysconf(_SC_NPROCESSORS_ONLN);
	return CPU_COUNT(&cpus);
}

static int linux_talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
		      void *data, struct err *err)
{
	struct linux_kern *lk = k->priv;

	return kern_talk(&lk->talk, req, fn, data, err);
}

static int linux_talk_many(struct kern *k, struct kern_request *reqs,
			   size_t cnt, struct err *err)
{
	struct linux_kern *lk = k->priv;

	return kern_talk_many(&lk->talk, reqs, cnt, err);
}

static int linux_ifindex(struct kern *k, const char *name)
{
	struct linux_kern *lk = k->priv;

	return kern_talk_ifindex(&lk->talk, name);
}

static void linux_free(struct kern *k)
{
	struct linux_kern *lk = k->priv;

	kern_talk_close(&lk->talk);
	free(lk);
}

static const struct kern_ops linux_ops = {
	.map_create	= kern_bpf_map_create,
	.map_info	= kern_bpf_map_info,
	.map_lookup	= kern_bpf_map_lookup,
	.map_update	= kern_bpf_map_update,
	.map_delete	= kern_bpf_map_delete,
	.map_freeze	= kern_bpf_map_freeze,
	.map_owner	= linux_map_owner,
	.prog_load	= kern_bpf_prog_load,
	.prog_info	= kern_bpf_prog_info,
	.prog_by_id	= kern_bpf_prog_by_id,
	.prog_run	= kern_run,
	.jit		= linux_jit,
	.cpus		= linux_cpus,
	.own_cpus	= linux_own_cpus,
	.prog_next_id	= kern_bpf_prog_next_id,
	.prog_maps	= kern_bpf_prog_maps,
	.prog_bind_map	= kern_bpf_prog_bind_map,
	.map_by_id	= kern_bpf_map_by_id,
	.btf_load	= kern_bpf_btf_load,
	.module_btfs	= kern_module_btfs,
	.prog_query	= kern_look_prog_query,
	.link_next	= kern_look_link_next,
	.link_by_id	= kern_look_link_by_id,
	.link_info	= kern_look_link_info,
	.obj_get	= kern_bpf_obj_get,
	.obj_pin	= kern_bpf_obj_pin,
	.obj_kind	= linux_obj_kind,
	.is_bpffs	= kern_fs_is_bpffs,
	.mounts		= kern_fs_mounts,
	.mount		= kern_fs_mount,
	.umount		= kern_fs_umount,
	.lock		= kern_fs_lock,
	.mkdir		= kern_fs_mkdir,
	.rmdir		= kern_fs_rmdir,
	.symlink	= kern_fs_symlink,
	.unlink		= kern_fs_unlink,
	.talk		= linux_talk,
	.talk_many	= linux_talk_many,
	.ifindex	= linux_ifindex,
	.ethtool	= kern_look_ethtool,
	.uds_connect	= kern_uds_connect,
	.uds_listen	= kern_uds_listen,
	.uds_send	= kern_uds_send,
	.uds_receive	= kern_uds_receive,
	.fd_room	= kern_fd_room,
	.read		= kern_read,
	.view		= kern_view,
	.unview		= kern_unview,
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
