/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The kernel, in one place: everything that the library asks of it, as one
 * table of functions.
 *
 * kern_linux.c is the real table; testsuite/fake_kern.c keeps maps, programs,
 * pins and hooks in memory. Nothing else in the library makes a system call
 * that the world could notice (reading the object file and malloc aside).
 *
 * Every operation returns 0, a descriptor or what it says, or a negative
 * errno. Operations say what we mean, not what libc offers. Retries for old
 * kernels live behind the operation that needs them.
 */
#ifndef BPFELF_KERN_H
#define BPFELF_KERN_H

#include <errno.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "uapi.h"

struct kern;
struct nlmsghdr;

/* BPF_MAP_CREATE */
struct kern_map {
	const char *name;	/* "" or already cut and cleaned for the kernel */
	uint32_t type, key_size, value_size, max_entries, flags;
	uint32_t numa_node;	/* with BPF_F_NUMA_NODE */
	uint64_t extra;		/* map_extra (5.16) */
	uint32_t ifindex;	/* offload device, 0: none */
	int inner_fd;		/* map of maps: its template; -1: none */
	int btf_fd;		/* what these are types of, unless 0 */
	uint32_t key_type, value_type;
};

/* BPF_PROG_LOAD */
struct kern_prog {
	const char *name;	/* as above */
	const char *license;
	const struct bpf_insn *insns;
	uint32_t insn_cnt;
	uint32_t type;
	uint32_t ifindex;
	uint32_t log_level;	/* 0: no log, then log is NULL */
	char *log;		/* the operation NUL-terminates it */
	uint32_t log_size;
	int btf_fd;		/* what these are about, unless NULL */
	const struct bpf_func_info *func_info;
	uint32_t func_info_cnt;
	const struct bpf_line_info *line_info;	/* NULL: none */
	uint32_t line_info_cnt;
	uint32_t flags;			/* BPF_F_SLEEPABLE, ... */
	uint32_t attach_type;		/* expected_attach_type; of a member of a
					 * struct_ops its number */
	uint32_t attach_btf_id;		/* in the kernel's BTF, 0: none */
	const int *fd_array;		/* BTF of modules by what calls have
					 * as offset, from 1; NULL: none */
};

/* BPF_PROG_RUN; what the kernel wants to be zero for a type has to be */
struct kern_run {
	int prog_fd;
	const void *data_in, *ctx_in;
	void *data_out, *ctx_out;
	uint32_t data_size_in, ctx_size_in;
	uint32_t data_size_out, ctx_size_out;	/* room; then what there is */
	uint32_t repeat, flags, cpu, batch_size;
	uint32_t retval, duration;		/* out; ns for each run */
};

/* what to tell the user when one with an ifindex is refused */
#define KERN_DEVICE_HINT \
	"few devices run BPF programs themselves; without offload the kernel does"

/* Whether a map or a program that came with BTF may be refused for that: BTF
 * that makes no sense, none known, or none for this type. */
static inline bool kern_may_refuse_btf(int r)
{
	return r == -EINVAL || r == -E2BIG || r == -ENOTSUPP;
}

/*
 * One netlink message of an answer. Return 0 to go on, or a negative errno,
 * which stops the reading and becomes the result of talk().
 */
typedef int (*kern_msg_fn)(const struct nlmsghdr *nlh, void *data);

/*
 * One of several requests that are sent at once. Its length is a multiple of
 * 4, as nl.h makes it.
 */
struct kern_request {
	struct nlmsghdr *nlh;
	kern_msg_fn fn;		/* NULL: nobody listens; its result is not used */
	void *data;
	bool answered;		/* out */
	int code;		/* out: the kernel's verdict, once answered */
	char extack[256];	/* out: its words with it, or "" */
};

/* Their answers have to fit into the buffer of a socket. */
#define KERN_REQUESTS_MAX	64
#define KERN_REQUESTS_BYTES	32768

enum kern_obj {
	KERN_OBJ_UNKNOWN,	/* nobody can tell: /proc is not ours */
	KERN_OBJ_MAP,
	KERN_OBJ_PROG,
	KERN_OBJ_OTHER,
};

/* Whose programs a prog array holds, or held once. */
struct kern_owner {
	uint32_t type;		/* BPF_PROG_TYPE_*, 0: nobody's yet */
	bool jited;
};

/* A message with descriptors, sent or received whole. */
struct kern_dgram {
	char data[4096];
	size_t len;
	int fds[64];
	size_t fds_cnt;
};

/* All of a file; `copy` is where it had to be read into. */
struct kern_view {
	const void *data;
	size_t size;
	struct buf copy;
};

struct kern_ops {
	/* maps and programs */
	int (*map_create)(struct kern *k, const struct kern_map *map);
	int (*map_info)(struct kern *k, int fd, struct bpf_map_info *info);
	int (*map_lookup)(struct kern *k, int fd, const void *key, void *value);
	int (*map_update)(struct kern *k, int fd, const void *key,
			  const void *value);
	int (*map_delete)(struct kern *k, int fd, const void *key);
	/* no more updates from user space, for good */
	int (*map_freeze)(struct kern *k, int fd);
	/* of a prog array; fails where /proc is not ours */
	int (*map_owner)(struct kern *k, int fd, struct kern_owner *owner);
	int (*prog_load)(struct kern *k, const struct kern_prog *prog);
	int (*prog_info)(struct kern *k, int fd, struct bpf_prog_info *info);
	int (*prog_by_id)(struct kern *k, uint32_t id);
	/* -ENOSPC: done, but an output did not fit */
	int (*prog_run)(struct kern *k, struct kern_run *run);
	/* whether programs get native code; 1, 0, or -errno: in a network
	 * namespace other than the first nobody can tell */
	int (*jit)(struct kern *k);
	int (*cpus)(struct kern *k);	/* that there may ever be, at least 1 */
	int (*own_cpus)(struct kern *k);	/* that we may run on, at least 1 */
	/* the next program behind *@id, 0 to begin with; -ENOENT: the end */
	int (*prog_next_id)(struct kern *k, uint32_t *id);
	/* ids of the maps that it holds: how many, at most @cnt */
	int (*prog_maps)(struct kern *k, int fd, uint32_t *ids, uint32_t cnt);
	/* have it hold one more (5.10) */
	int (*prog_bind_map)(struct kern *k, int fd, int map_fd);
	int (*map_by_id)(struct kern *k, uint32_t id);
	/* @log is NUL-terminated; NULL: nobody asks why */
	int (*btf_load)(struct kern *k, const void *data, uint32_t size,
			char *log, uint32_t log_size);

	/* Descriptors of the BTF of loaded modules (5.11): all into @fds, or none
	 * and an error; -1 where there is none of that name. None is 0, which
	 * means the kernel's own where one is asked for. */
	int (*module_btfs)(struct kern *k, const char *const *names, size_t cnt,
			   int *fds);

	/* what is attached at a hook of a device other than by netlink, in the
	 * order in which it runs: at most @max of them into @ids; how many */
	int (*prog_query)(struct kern *k, uint32_t ifindex, uint32_t attach_type,
			  uint32_t *ids, uint32_t max);
	/* bpf_links: the next id past @id (-ENOENT: the last), and of one */
	int (*link_next)(struct kern *k, uint32_t id);
	int (*link_by_id)(struct kern *k, uint32_t id);
	int (*link_info)(struct kern *k, int fd, struct bpf_link_info *info);

	/* BPF_OBJ_GET, BPF_OBJ_PIN */
	int (*obj_get)(struct kern *k, const char *path);
	int (*obj_pin)(struct kern *k, int fd, const char *path);
	/* which of them a descriptor is: map_info() and prog_info() ask the
	 * kernel the same question, and get an answer for either */
	enum kern_obj (*obj_kind)(struct kern *k, int fd);

	/* bpffs: directories are made with mode 0700 */
	int (*is_bpffs)(struct kern *k, const char *dir); /* 1, 0, -errno */
	int (*mounts)(struct kern *k, struct buf *text); /* all of /proc/self/mounts */
	/* a bpffs there; -EBUSY: somebody has just done so */
	int (*mount)(struct kern *k, const char *dir);
	/* that one; -EBUSY: somebody else has come to use it */
	int (*umount)(struct kern *k, const char *dir);
	/*
	 * The advisory lock of a bpffs: a descriptor that holds it until it is
	 * closed. -EAGAIN: others did not let go of it for long; -ESTALE: @dir
	 * is no bpffs (any more).
	 */
	int (*lock)(struct kern *k, const char *dir, bool exclusive);
	int (*mkdir)(struct kern *k, const char *dir);
	int (*rmdir)(struct kern *k, const char *dir);
	int (*symlink)(struct kern *k, const char *target, const char *path);
	int (*unlink)(struct kern *k, const char *path);

	/*
	 * One rtnetlink exchange: send @req (the operation sets its sequence
	 * number and NLM_F_ACK unless it is a dump), hand every message of the
	 * answer to @fn (may be NULL), return when the acknowledgement or the
	 * end of the dump is there. A refusal comes back as the kernel's
	 * negative errno with err->netlink and err->extack set and err->text
	 * its words; with a warning in a success, err->extack holds it and the
	 * result is 0. -EINTR: a dump that changed under us, not complete.
	 */
	int (*talk)(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
		    void *data, struct err *err);

	/*
	 * The same with up to KERN_REQUESTS_MAX requests that are no dumps, of
	 * KERN_REQUESTS_BYTES together unless it is one, by one send: the
	 * kernel carries them out in this order, each whatever became of those
	 * before it. 0: all are answered; else @err says why not, and what is
	 * not answered may have been carried out all the same.
	 */
	int (*talk_many)(struct kern *k, struct kern_request *reqs, size_t cnt,
			 struct err *err);

	/* The index of a device whose name the kernel knows to be one: a
	 * shorter way for one that is there, so @name has no ':', and -ENODEV
	 * says that netlink is to be asked. */
	int (*ifindex)(struct kern *k, const char *name);

	/* SIOCETHTOOL: @cmd is a struct that begins with the command */
	int (*ethtool)(struct kern *k, const char *ifname, void *cmd);

	/*
	 * UNIX sockets, to pass descriptors to another process. Listening makes
	 * the file; a socket at which nobody listens any more gives way to it.
	 * -EADDRINUSE: something else is there.
	 */
	int (*uds_connect)(struct kern *k, const char *path);
	int (*uds_listen)(struct kern *k, const char *path);
	/* -EAGAIN: the other side does not take it */
	int (*uds_send)(struct kern *k, int sock, const struct kern_dgram *dgram);
	/* waits for @timeout ms, -1: for ever; -ETIMEDOUT. The descriptors
	 * become the caller's, and are close-on-exec. */
	int (*uds_receive)(struct kern *k, int sock, int timeout,
			   struct kern_dgram *dgram);

	/* Make room for @cnt descriptors more, as far as we may have them, in
	 * one go: with threads each step of the kernel's waits for all CPUs.
	 * @fd is any that is open. */
	int (*fd_room)(struct kern *k, int fd, unsigned int cnt);
	/* append a small file to @data; -EFBIG: it has more than @max bytes */
	int (*read)(struct kern *k, const char *path, size_t max, struct buf *data);
	/* A large file, in place where that can be (types of the kernel, since
	 * 6.16), else read; until unview(). -EFBIG: more than @max bytes */
	int (*view)(struct kern *k, const char *path, size_t max,
		    struct kern_view *view);
	void (*unview)(struct kern *k, struct kern_view *view);
	/* what @fn returns, run with a network namespace of its own that is
	 * empty, and gone afterwards */
	int (*apart)(struct kern *k, int (*fn)(struct kern *k));

	void (*free)(struct kern *k);
};

struct kern {
	const struct kern_ops *ops;
	void *priv;
};

/* the running kernel; opens nothing yet. NULL: no memory */
struct kern *kern_linux_new(void);

static inline void kern_free(struct kern *k)
{
	if (k)
		k->ops->free(k);
}

#endif
