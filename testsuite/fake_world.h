/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the parts of the fake kernel share: fake_kern.c has the table and the
 * descriptors, fake_map.c maps, fake_prog.c programs, fake_btf.c their types,
 * fake_bpf.c what is told of all of these, fake_tree.c the file tree, fake_fs.c
 * what is done in it, fake_uds.c sockets, fake_around.c what is only looked at,
 * fake_nl.c the devices, fake_tc.c what traffic control keeps for them,
 * fake_route.c the routes.
 */
#ifndef BPFELF_FAKE_WORLD_H
#define BPFELF_FAKE_WORLD_H

#include <pthread.h>

#include "fake_kern.h"

struct fake_slot {
	struct fake_slot *next;
	char *value;		/* behind the key */
	char key[];
};

/* A map or a program. */
struct fake_obj {
	struct fake_obj *next;
	bool is_prog, is_btf;		/* neither: a map */
	bool is_module;			/* BTF: of one of the kernel's */
	uint32_t id, type;
	char name[BPF_OBJ_NAME_LEN];
	uint32_t key_size, value_size, max_entries, flags;
	uint32_t ifindex;		/* of its device */
	uint32_t owner_type;		/* prog array: of the first program */
	bool jited;			/* program, or owner of a prog array */
	struct fake_obj *inner;		/* map of maps: the template */
	struct fake_slot *slots;	/* those written, by key */
	bool frozen;
	uint64_t tag;
	uint32_t btf_id;		/* 0: without */
	uint32_t key_type, value_type;	/* map */
	uint64_t extra;			/* map */
	uint32_t funcs_cnt, lines_cnt;	/* program */
	uint32_t bound[4];		/* program: maps bound to it, 0: none */
};

struct fake_fs;
struct fake_net;
struct fake_uds;

struct fake_world {
	struct fake_kern *fake;
	pthread_mutex_t lock;
	struct fake_obj *objs;		/* newest first */
	uint32_t last_id;
	bool away;			/* .before runs: another process */
	struct fake_fs *fs;
	struct fake_net *net;
	struct fake_uds *uds;
};

struct fake_world *fake_world(struct kern *k);

/* Bracket every operation: what begin returns, unless 0, is the answer; end
 * passes the answer on into the trace. */
int fake_begin(struct kern *k, const char *fmt, ...) __format(2, 3);
int fake_end(struct kern *k, int r);

/* -ENOSYS where the kernel has no bpf(2) */
int fake_lacks_bpf(struct kern *k);

/* Object behind a descriptor: -EBADF none, -EINVAL something else. */
int fake_obj_of(struct fake_world *world, int fd, struct fake_obj **obj);
int fake_map_of(struct fake_world *world, int fd, struct fake_obj **map);
/* @type 0: any */
int fake_prog_of(struct fake_world *world, int fd, uint32_t type,
		 struct fake_obj **prog);
struct fake_obj *fake_obj_by_id(const struct fake_world *world, uint32_t id);
struct fake_obj *fake_obj_new(struct fake_world *world, const char *name);
/* a new descriptor, or -errno */
int fake_obj_fd(struct fake_world *world, const struct fake_obj *obj);
/* "map cnt", "prog 3"; for the trace, "fd -1" */
const char *fake_obj_name(struct kern *k, int fd, char name[32]);

/* does somebody hold it by a descriptor? */
bool fake_obj_is_open(const struct fake_world *world,
		      const struct fake_obj *obj);

/* fake_map.c */
int fake_map_create(struct kern *k, const struct kern_map *map);
int fake_map_lookup(struct kern *k, int fd, const void *key, void *value);
int fake_map_update(struct kern *k, int fd, const void *key,
		    const void *value);
int fake_map_delete(struct kern *k, int fd, const void *key);
int fake_map_freeze(struct kern *k, int fd);
int fake_map_owner(struct kern *k, int fd, struct kern_owner *owner);
/* The first program that calls through a prog array, or goes into it, makes
 * it an array of such: -EINVAL for others. */
int fake_array_own(struct fake_obj *array, uint32_t type, bool jited);

/* fake_prog.c */
int fake_prog_load(struct kern *k, const struct kern_prog *prog);
int fake_prog_run(struct kern *k, struct kern_run *run);
int fake_prog_next_id(struct kern *k, uint32_t *id);
int fake_prog_maps(struct kern *k, int fd, uint32_t *ids, uint32_t cnt);
int fake_prog_bind_map(struct kern *k, int fd, int map_fd);

/* fake_btf.c */
int fake_btf_load(struct kern *k, const void *data, uint32_t size, char *log,
		  uint32_t log_size);
int fake_module_btfs(struct kern *k, const char *const *names, size_t cnt,
		     int *fds);
/* for a map or a program; fails as .use_btf_code says */
int fake_btf_of(struct fake_world *world, int fd, struct fake_obj **btf);

/* fake_bpf.c */
int fake_map_info(struct kern *k, int fd, struct bpf_map_info *info);
int fake_prog_info(struct kern *k, int fd, struct bpf_prog_info *info);
int fake_map_by_id(struct kern *k, uint32_t id);
int fake_prog_by_id(struct kern *k, uint32_t id);
enum kern_obj fake_obj_kind(struct kern *k, int fd);
void fake_obj_state(const struct fake_obj *obj, struct buf *text);
/* of the first 32 bytes; returns @text */
const char *fake_hex(const void *bytes, size_t len, char text[65]);
/* -EINVAL: it does not offload */
int fake_check_device(struct fake_world *world, uint32_t ifindex);

/* fake_around.c */
int fake_fd_room(struct kern *k, int fd, unsigned int cnt);
int fake_read(struct kern *k, const char *path, size_t max, struct buf *data);
int fake_view(struct kern *k, const char *path, size_t max,
	      struct kern_view *view);
void fake_unview(struct kern *k, struct kern_view *view);
int fake_apart(struct kern *k, int (*fn)(struct kern *k));
int fake_jit(struct kern *k);
int fake_cpus(struct kern *k);
int fake_own_cpus(struct kern *k);

/* fake_fs.c */
struct fake_fs *fake_fs_new(const char *bpffs);
void fake_fs_free(struct fake_fs *fs);
void fake_fs_state(const struct fake_fs *fs, struct buf *text);
int fake_obj_get(struct kern *k, const char *path);
int fake_obj_pin(struct kern *k, int fd, const char *path);
int fake_is_bpffs(struct kern *k, const char *dir);
int fake_mounts(struct kern *k, struct buf *text);
int fake_mount(struct kern *k, const char *dir);
int fake_umount(struct kern *k, const char *dir);
int fake_lock(struct kern *k, const char *dir, bool exclusive);
int fake_mkdir(struct kern *k, const char *dir);
int fake_rmdir(struct kern *k, const char *dir);
int fake_symlink(struct kern *k, const char *target, const char *path);
int fake_unlink(struct kern *k, const char *path);

/* fake_uds.c */
void fake_uds_free(struct fake_uds *uds);
void fake_uds_state(const struct fake_uds *uds, struct buf *text);
/* -ENOENT: no socket there */
int fake_uds_unlink(struct fake_world *world, const char *path);
int fake_uds_connect(struct kern *k, const char *path);
int fake_uds_listen(struct kern *k, const char *path);
int fake_uds_send(struct kern *k, int sock, const struct kern_dgram *dgram);
int fake_uds_receive(struct kern *k, int sock, int timeout,
		     struct kern_dgram *dgram);

/* fake_nl.c */
struct fake_net *fake_net_new(void);
void fake_net_free(struct fake_net *net);
/* is it in a route? */
bool fake_net_runs(const struct fake_net *net, const struct fake_obj *prog);
void fake_net_state(const struct fake_net *net, struct buf *text);
int fake_talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
	      void *data, struct err *err);
int fake_ifindex(struct kern *k, const char *name);
int fake_talk_many(struct kern *k, struct kern_request *reqs, size_t cnt,
		   struct err *err);

#endif
