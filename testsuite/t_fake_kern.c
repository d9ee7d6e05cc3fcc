/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The fake keeps its promises. Tables of steps are what the running kernel
 * answered to the same steps (6.18).
 */
#include "fake_kern.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "nl.h"
#include "unit.h"

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

static struct fake_kern fake;
static struct kern *kern;

static void open_fake(void)
{
	fake = (struct fake_kern)FAKE_KERN;
	kern = fake_open(&fake);
}

static void close_fake(void)
{
	kern_free(kern);
	fake_free(&fake);
}

static void assert_state(const char *expected)
{
	char *state = fake_state(&fake);

	ck_assert_str_eq(state, expected);
	free(state);
}

/* Short words for the operations */

static int new_map(const char *name, uint32_t type, uint32_t value_size,
		   uint32_t max, int inner_fd)
{
	struct kern_map map = {
		.name = name,
		.type = type,
		.key_size = 4,
		.value_size = value_size,
		.max_entries = max,
		.inner_fd = inner_fd,
	};

	return kern->ops->map_create(kern, &map);
}

static const struct bpf_insn pass[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 2 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int new_prog(const char *name, uint32_t type)
{
	struct kern_prog prog = {
		.name = name,
		.license = "GPL",
		.insns = pass,
		.insn_cnt = ARRAY_SIZE(pass),
		.type = type,
	};

	return kern->ops->prog_load(kern, &prog);
}

static int set(int map, uint32_t key, uint32_t value)
{
	return kern->ops->map_update(kern, map, &key, &value);
}

static int look(int map, uint32_t key, uint32_t *value)
{
	return kern->ops->map_lookup(kern, map, &key, value);
}

static int del(int map, uint32_t key)
{
	return kern->ops->map_delete(kern, map, &key);
}

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info;

	ck_assert_int_eq(kern->ops->prog_info(kern, fd, &info), 0);
	return info.id;
}

/* Operations */

START_TEST(the_nth_operation_is_refused_once)
{
	fake.fail_at = 1;
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/a"), 0);
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/b"), -EPERM);
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/c"), 0);
	ck_assert_int_eq(fake.ops, 3);
	ck_assert_str_eq(buf_str(&fake.trace),
			 "mkdir /tmp/a\nmkdir /tmp/b = EPERM\nmkdir /tmp/c\n");
	assert_state("dir /tmp/a\ndir /tmp/c\n");
}
END_TEST

static void take_the_name(struct fake_kern *f, void *data)
{
	if (f->ops == 1)
		ck_assert_int_eq(f->kern.ops->mkdir(&f->kern, data), 0);
}

START_TEST(another_process_may_come_first)
{
	fake.before = take_the_name;
	fake.before_data = (void *)"/tmp/a";
	ck_assert_int_eq(kern->ops->is_bpffs(kern, "/tmp"), 0);
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/a"), -EEXIST);
	ck_assert_int_eq(fake.ops, 2);
}
END_TEST

START_TEST(descriptors_are_counted_and_forgotten)
{
	uint32_t value;
	int a = new_map("a", BPF_MAP_TYPE_ARRAY, 4, 1, -1), b = dup(a);

	ck_assert_int_eq(fake_count_fds(&fake), 2);
	close(a);
	ck_assert_int_eq(look(a, 0, &value), -EBADF);
	ck_assert_int_eq(look(b, 0, &value), 0);
	close(b);
	ck_assert_int_eq(fake_count_fds(&fake), 0);
	ck_assert_int_eq(dup2(STDIN_FILENO, b), b);
	ck_assert_int_eq(look(b, 0, &value), -EINVAL);
	close(b);
	assert_state("");
}
END_TEST

/* Maps */

START_TEST(shapes_are_checked)
{
	ck_assert_int_eq(new_map("x", 0, 4, 1, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_ARRAY, 4, 0, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_ARRAY, 0, 1, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_PROG_ARRAY, 8, 1, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 1, -1), -EBADF);
}
END_TEST

START_TEST(an_array_is_full_of_zeros)
{
	int map = new_map("a", BPF_MAP_TYPE_ARRAY, 4, 2, -1);
	uint32_t value = 9;

	ck_assert_int_eq(look(map, 1, &value), 0);
	ck_assert_int_eq(value, 0);
	ck_assert_int_eq(set(map, 1, 5), 0);
	ck_assert_int_eq(look(map, 1, &value), 0);
	ck_assert_int_eq(value, 5);
	ck_assert_int_eq(look(map, 2, &value), -ENOENT);
	ck_assert_int_eq(set(map, 2, 5), -E2BIG);
	ck_assert_int_eq(del(map, 1), -EINVAL);
	close(map);
}
END_TEST

START_TEST(a_hash_is_empty_and_may_be_full)
{
	int map = new_map("h", BPF_MAP_TYPE_HASH, 4, 2, -1);
	uint32_t value;

	ck_assert_int_eq(look(map, 1, &value), -ENOENT);
	ck_assert_int_eq(set(map, 100, 1), 0);
	ck_assert_int_eq(set(map, 7, 2), 0);
	ck_assert_int_eq(set(map, 7, 3), 0);
	ck_assert_int_eq(set(map, 8, 4), -E2BIG);
	ck_assert_int_eq(look(map, 7, &value), 0);
	ck_assert_int_eq(value, 3);
	ck_assert_int_eq(del(map, 100), 0);
	ck_assert_int_eq(del(map, 100), -ENOENT);
	close(map);
}
END_TEST

START_TEST(a_prog_array_takes_descriptors_and_gives_ids)
{
	int map = new_map("jmp", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, -1);
	int cls = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS);
	int xdp = new_prog("xdp", BPF_PROG_TYPE_XDP);
	uint32_t value;

	ck_assert_int_eq(look(map, 0, &value), -ENOENT);
	ck_assert_int_eq(set(map, 0, 9999), -EBADF);
	ck_assert_int_eq(set(map, 0, map), -EINVAL);
	ck_assert_int_eq(set(map, 0, cls), 0);
	ck_assert_int_eq(look(map, 0, &value), 0);
	ck_assert_uint_eq(value, prog_id(cls));
	ck_assert_int_eq(set(map, 1, xdp), -EINVAL);
	ck_assert_int_eq(set(map, 4, cls), -E2BIG);
	ck_assert_int_eq(del(map, 0), 0);
	ck_assert_int_eq(del(map, 0), -ENOENT);
	close(map);
	close(cls);
	close(xdp);
}
END_TEST

START_TEST(kinds_are_told_apart_only_by_asking)
{
	int map = new_map("m", BPF_MAP_TYPE_ARRAY, 4, 1, -1);
	int prog = new_prog("p", BPF_PROG_TYPE_XDP);
	struct bpf_map_info info;

	ck_assert_int_eq(kern->ops->map_info(kern, prog, &info), 0);
	ck_assert_uint_eq(info.type, BPF_PROG_TYPE_XDP);
	ck_assert_int_eq(kern->ops->obj_kind(kern, map), KERN_OBJ_MAP);
	ck_assert_int_eq(kern->ops->obj_kind(kern, prog), KERN_OBJ_PROG);
	ck_assert_int_eq(kern->ops->obj_kind(kern, STDIN_FILENO), KERN_OBJ_OTHER);
	close(map);
	close(prog);
}
END_TEST

START_TEST(a_map_of_maps_takes_its_likes)
{
	int inner = new_map("in", BPF_MAP_TYPE_ARRAY, 8, 2, -1);
	int other = new_map("ot", BPF_MAP_TYPE_ARRAY, 16, 2, -1);
	int outer = new_map("out", BPF_MAP_TYPE_HASH_OF_MAPS, 4, 2, inner);

	ck_assert_int_ge(outer, 0);
	ck_assert_int_eq(set(outer, 77, inner), 0);
	ck_assert_int_eq(set(outer, 78, other), -EINVAL);
	close(inner);
	close(other);
	close(outer);
}
END_TEST

/* Programs */

#define MOV(n)	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = n }
#define EXIT	{ .code = BPF_JMP | BPF_EXIT }
#define JA(n)	{ .code = BPF_JMP | BPF_JA, .off = n }
#define CALL(n)	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = n }
#define MAP(fd)	{ .code = BPF_LD | BPF_DW | BPF_IMM, .src_reg = BPF_PSEUDO_MAP_FD, .imm = fd }

static const struct verified {
	const char *name;
	struct bpf_insn insns[4];
	uint32_t cnt;
	int result;
	const char *log;
} verified[] = {
	{ "smallest", { MOV(0), EXIT }, 2, 0, "processed 2 insns" },
	{ "nothing", { EXIT }, 0, -E2BIG, "" },
	{ "no end", { MOV(0), MOV(0) }, 2, -EINVAL, "last insn is not an exit" },
	{ "map that is none", { MAP(9999), { 0 }, MOV(0), EXIT }, 4, -EBADF, "fd 9999 is not pointing" },
	{ "half a load", { MOV(0), MAP(0) }, 2, -EINVAL, "last insn is not an exit" },
	{ "second half not empty", { MAP(0), EXIT, EXIT }, 3, -EINVAL, "invalid bpf_ld_imm64" },
	{ "jump", { MOV(0), JA(0), EXIT }, 3, 0, "processed" },
	{ "jump behind the end", { MOV(0), JA(1), EXIT }, 3, -EINVAL, "jump out of range" },
	{ "jump before the start", { JA(-2), EXIT }, 2, -EINVAL, "jump out of range" },
	{ "call", { CALL(1), EXIT, MOV(0), EXIT }, 4, 0, "processed" },
	{ "call too far", { CALL(3), EXIT, MOV(0), EXIT }, 4, -EINVAL, "call to invalid destination" },
	{ "told to refuse", { MOV(666), EXIT }, 2, -EACCES, "R0 invalid mem access 'scalar'\n" },
};

START_TEST(the_verifier_refuses)
{
	const struct verified *v = &verified[_i];
	char log[4096] = "";
	struct kern_prog prog = {
		.name = "p",
		.license = "GPL",
		.insns = v->insns,
		.insn_cnt = v->cnt,
		.type = BPF_PROG_TYPE_SCHED_CLS,
		.log_level = BPF_LOG_STATS,
		.log = log,
		.log_size = sizeof(log),
	};
	int r;

	fake.reject_imm = 666;
	r = kern->ops->prog_load(kern, &prog);
	ck_assert_msg((r < 0 ? r : 0) == v->result, "%s: %d", v->name, r);
	ck_assert_msg(strstr(log, v->log) != NULL, "%s: %s", v->name, log);
	close_fd(r);
}
END_TEST

START_TEST(a_log_too_small_fails_the_load)
{
	char log[16];
	struct kern_prog prog = {
		.name = "p",
		.license = "GPL",
		.insns = pass,
		.insn_cnt = ARRAY_SIZE(pass),
		.type = BPF_PROG_TYPE_XDP,
		.log_level = BPF_LOG_LEVEL2,
		.log = log,
		.log_size = sizeof(log),
	};

	ck_assert_int_eq(kern->ops->prog_load(kern, &prog), -ENOSPC);
	ck_assert_uint_eq(strlen(log), sizeof(log) - 1);
}
END_TEST

START_TEST(programs_are_found_by_id)
{
	int a = new_prog("a", BPF_PROG_TYPE_XDP), b;
	struct bpf_prog_info info;

	b = kern->ops->prog_by_id(kern, prog_id(a));
	ck_assert_int_eq(kern->ops->prog_info(kern, b, &info), 0);
	ck_assert_str_eq(info.name, "a");
	ck_assert_uint_eq(info.type, BPF_PROG_TYPE_XDP);
	ck_assert_int_eq(kern->ops->prog_by_id(kern, 0x7fffffff), -ENOENT);
	close(a);
	close(b);
}
END_TEST

/* Files */

enum step {
	END,
	MKDIR,
	RMDIR,
	SYMLINK,
	UNLINK,
	PIN,
	GET,
	IS_BPFFS,
	MOUNT,
	UMOUNT,
};

#define FS "/sys/fs/bpf"

static const struct fs_step {
	enum step step;
	const char *path;
	int result;
	const char *target;
} fs_steps[] = {
#define AT(step, path, result) { step, path, result, NULL }
#define LINK(path, target, result) { SYMLINK, path, result, target }
	AT(IS_BPFFS, FS, 1),
	AT(IS_BPFFS, "/sys/fs", 0),
	AT(IS_BPFFS, "/tmp/none", -ENOENT),
	AT(MKDIR, FS "/tc", 0),
	AT(MKDIR, FS "/tc/", -EEXIST),
	AT(MKDIR, FS "/a.b", -EPERM),
	AT(MKDIR, FS "/none/x", -ENOENT),
	AT(MKDIR, "/sys/fs/x", -EPERM),
	LINK(FS "/xdp", FS "/tc/", 0),
	LINK(FS "/xdp", FS "/tc/", -EEXIST),
	LINK(FS "/dangling", FS "/none/", 0),
	LINK(FS "/loop", FS "/loop", 0),
	AT(IS_BPFFS, FS "/loop", -ELOOP),
	AT(MKDIR, FS "/xdp", -EEXIST),
	AT(MKDIR, FS "/dangling", -EEXIST),
	AT(MKDIR, FS "/dangling/x", -ENOENT),
	AT(MKDIR, FS "/xdp//globals", 0),
	AT(MKDIR, FS "/tc/globals/.", -EEXIST),
	AT(PIN, FS "/xdp//globals/cnt", 0),
	AT(PIN, FS "/tc/globals/cnt", -EEXIST),
	AT(PIN, FS "/tc/globals/c.t", -EPERM),
	AT(PIN, FS "/tc/globals/new/", -ENOENT),
	AT(PIN, FS "/none/cnt", -ENOENT),
	AT(PIN, FS "/tc/globals/../../esc", 0),
	AT(PIN, "/tmp/cnt", -EPERM),
	AT(GET, FS "/tc/globals/cnt", 0),
	AT(GET, FS "/esc", 0),
	AT(GET, FS "/esc/", -ENOTDIR),
	AT(GET, FS "/esc/x", -ENOTDIR),
	AT(GET, FS "/tc", -EACCES),
	AT(GET, FS "/tc/none", -ENOENT),
	AT(GET, FS "/tc/a.b", -EPERM),
	AT(RMDIR, FS "/tc/globals", -ENOTEMPTY),
	AT(RMDIR, FS "/tc/globals/cnt", -ENOTDIR),
	AT(RMDIR, FS "/none", -ENOENT),
	AT(RMDIR, FS, -EBUSY),
	AT(UNLINK, FS "/tc", -EISDIR),
	AT(UNLINK, FS "/xdp/globals/cnt", 0),
	AT(UNLINK, FS "/xdp/globals/cnt", -ENOENT),
	AT(UNLINK, FS "/esc", 0),
	AT(RMDIR, FS "/tc/globals", 0),
	AT(UNLINK, FS "/xdp", 0),
	AT(UNLINK, FS "/dangling", 0),
	AT(UNLINK, FS "/loop", 0),
	AT(RMDIR, FS "/tc/", 0),
	AT(MKDIR, "/tmp/bpf", 0),
	AT(UMOUNT, "/tmp/bpf", -EINVAL),
	AT(MOUNT, "/tmp/bpf", 0),
	AT(IS_BPFFS, "/tmp/bpf", 1),
	AT(MOUNT, "/tmp/bpf", -EBUSY),
	AT(PIN, "/tmp/bpf/cnt", 0),
	AT(RMDIR, "/tmp/bpf", -EBUSY),
	AT(IS_BPFFS, "/tmp/bpf/..", 0),
	AT(UMOUNT, "/tmp/bpf", -EBUSY),
	AT(UNLINK, "/tmp/bpf/cnt", 0),
	AT(UMOUNT, "/tmp/bpf", 0),
	AT(IS_BPFFS, "/tmp/bpf", 0),
	AT(RMDIR, "/tmp/bpf", 0),
	AT(MOUNT, "/tmp/bpf", -ENOENT),
	AT(END, NULL, 0),
};

static int take_step(const struct fs_step *s, int map)
{
	switch (s->step) {
	case MKDIR:	return kern->ops->mkdir(kern, s->path);
	case RMDIR:	return kern->ops->rmdir(kern, s->path);
	case SYMLINK:	return kern->ops->symlink(kern, s->target, s->path);
	case UNLINK:	return kern->ops->unlink(kern, s->path);
	case PIN:	return kern->ops->obj_pin(kern, map, s->path);
	case GET:	return kern->ops->obj_get(kern, s->path);
	case IS_BPFFS:	return kern->ops->is_bpffs(kern, s->path);
	case MOUNT:	return kern->ops->mount(kern, s->path);
	case UMOUNT:	return kern->ops->umount(kern, s->path);
	case END:	break;
	}
	return 0;
}

START_TEST(files_are_as_in_a_bpffs)
{
	int map = new_map("cnt", BPF_MAP_TYPE_ARRAY, 4, 1, -1), r;
	const struct fs_step *s;

	for (s = fs_steps; s->step != END; s++) {
		r = take_step(s, map);
		if (s->step == GET && r >= 0) {
			close(r);
			r = 0;
		}
		ck_assert_msg(r == s->result, "step %zu, '%s': %d",
			      s - fs_steps, s->path, r);
	}
	close(map);
	assert_state("");
}
END_TEST

START_TEST(the_state_tells_what_is_pinned)
{
	int map = new_map("cnt", BPF_MAP_TYPE_HASH, 4, 2, -1);

	set(map, 2, 0x11);
	set(map, 1, 0x22);
	assert_state("");
	kern->ops->mkdir(kern, FS "/tc");
	kern->ops->symlink(kern, FS "/tc/", FS "/xdp");
	kern->ops->obj_pin(kern, map, FS "/xdp/cnt");
	assert_state("dir /sys/fs/bpf/tc\n"
		     "pin /sys/fs/bpf/tc/cnt map 1 'cnt' type 1 key 4 value 4 max 2\n"
		     "  [01000000] = 22000000\n"
		     "  [02000000] = 11000000\n"
		     "link /sys/fs/bpf/xdp -> /sys/fs/bpf/tc/\n");
	close(map);
}
END_TEST

START_TEST(a_bpffs_is_where_it_was_asked_for)
{
	_cleanup_buf_ struct buf text = { 0 };

	close_fake();
	fake = (struct fake_kern)FAKE_KERN;
	fake.bpffs = _i ? "/mnt/b p" : "";
	kern = fake_open(&fake);
	ck_assert_int_eq(kern->ops->is_bpffs(kern, FS), 0);
	ck_assert_int_eq(kern->ops->mkdir(kern, FS "/tc"), -EPERM);
	ck_assert_int_eq(kern->ops->mounts(kern, &text), 0);
	ck_assert_int_eq(!!strstr(buf_str(&text), "\nbpf /mnt/b\\040p bpf rw"), _i);
	assert_state("");
	if (_i) {
		kern->ops->umount(kern, fake.bpffs);
		assert_state("umount /mnt/b\\040p\n");
	} else {
		kern->ops->mount(kern, FS);
		assert_state("mount /sys/fs/bpf\n");
	}
}
END_TEST

/* XDP */

static struct nl_req req;
static struct err err;

static int talk(kern_msg_fn fn, void *data)
{
	err_clear(&err);
	return kern->ops->talk(kern, &req.nlh, fn, data, &err);
}

#define SKB	XDP_FLAGS_SKB_MODE
#define DRV	XDP_FLAGS_DRV_MODE
#define NOEXIST XDP_FLAGS_UPDATE_IF_NOEXIST
#define REPLACE XDP_FLAGS_REPLACE

enum { OFF = -1, NONE, A, B, CLS };	/* programs */

#define TWO_MODES "Native and generic XDP can't be active at the same time"

static const struct xdp_step {
	int ifindex, prog;
	uint32_t flags;
	int expected;		/* with REPLACE */
	int result;
	const char *words;
} xdp_steps[] = {
	{ 99, A,   0, NONE, -ENODEV, "" },
	{ 3, OFF,  0, NONE, 0, "" },
	{ 3, CLS,  0, NONE, -EINVAL, "" },
	{ 3, A,    NOEXIST, NONE, 0, "" },
	{ 3, B,    NOEXIST, NONE, -EBUSY, "XDP program already attached" },
	{ 3, B,    NOEXIST | SKB, NONE, -EEXIST, TWO_MODES },
	{ 3, B,    SKB | DRV, NONE, -EINVAL, "" },
	{ 3, B,    REPLACE, B, -EEXIST, "Active program does not match expected" },
	{ 3, B,    REPLACE, A, 0, "" },
	{ 3, B,    REPLACE | SKB, OFF, -EEXIST, TWO_MODES },
	{ 3, A,    REPLACE, OFF, -EEXIST, "Active program does not match expected" },
	{ 3, A,    REPLACE, NONE, -EINVAL, "" },
	{ 3, A,    0, NONE, 0, "" },
	{ 3, OFF,  SKB, NONE, 0, "" },
	{ 3, OFF,  NOEXIST, NONE, 0, "" },
	{ 3, A,    SKB, NONE, 0, "" },
	{ 3, OFF,  DRV, NONE, 0, "" },
	{ 3, OFF,  REPLACE | SKB, A, 0, "" },
	{ 1, A,    DRV, NONE, -EOPNOTSUPP, "Underlying driver does not support XDP in native mode" },
	{ 1, A,    0, NONE, 0, "" },
	{ 1, OFF,  0, NONE, 0, "" },
	{ 0 },
};

static int xdp(const struct xdp_step *s, const int *progs)
{
	struct ifinfomsg *ifi;
	struct nlattr *nest;

	ifi = nl_start(&req, RTM_NEWLINK, 0, sizeof(*ifi));
	ifi->ifi_index = s->ifindex;
	nest = nl_nest(&req, IFLA_XDP);
	nl_put_u32(&req, IFLA_XDP_FD, s->prog == OFF ? -1 : progs[s->prog]);
	nl_put_u32(&req, IFLA_XDP_FLAGS, s->flags);
	if (s->expected)
		nl_put_u32(&req, IFLA_XDP_EXPECTED_FD,
			   s->expected == OFF ? -1 : progs[s->expected]);
	nl_nest_end(&req, nest);
	return talk(NULL, NULL);
}

static int take_xdp(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_XDP + 1];

	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_XDP);
	nl_nested(tb[IFLA_XDP], data, IFLA_XDP_MAX);
	return 0;
}

START_TEST(xdp_is_attached_as_the_kernel_does)
{
	int progs[] = {
		[A] = new_prog("a", BPF_PROG_TYPE_XDP),
		[B] = new_prog("b", BPF_PROG_TYPE_XDP),
		[CLS] = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS),
	};
	const struct xdp_step *s;
	int r;

	for (s = xdp_steps; s->ifindex; s++) {
		r = xdp(s, progs);
		ck_assert_msg(r == s->result && str_eq(err.extack, s->words),
			      "step %zu: %d '%s'", s - xdp_steps, r, err.extack);
		ck_assert_int_eq(err.netlink, r != 0);
	}
	assert_state("");
	close(progs[A]);
	close(progs[B]);
	close(progs[CLS]);
}
END_TEST

START_TEST(xdp_is_shown)
{
	const struct nlattr *tb[IFLA_XDP_MAX + 1];
	struct xdp_step step = { .ifindex = 3, .prog = A, .flags = SKB };
	int progs[] = { [A] = new_prog("a", BPF_PROG_TYPE_XDP) };

	ck_assert_int_eq(xdp(&step, progs), 0);
	nl_start(&req, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	nl_put_str(&req, IFLA_IFNAME, "v1");
	ck_assert_int_eq(talk(take_xdp, tb), 0);
	ck_assert_uint_eq(nl_u8(tb[IFLA_XDP_ATTACHED], 9), XDP_ATTACHED_SKB);
	ck_assert_uint_eq(nl_u32(tb[IFLA_XDP_PROG_ID], 0), prog_id(progs[A]));
	ck_assert_uint_eq(nl_u32(tb[IFLA_XDP_SKB_PROG_ID], 0), prog_id(progs[A]));
	close(progs[A]);
	assert_state("v1 xdp skb prog 1 'a'\n");
}
END_TEST

/* Filters */

/* the kernel's words */
#define NO_CREATE	"Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter"
#define NO_CHAIN	"Cannot find specified filter chain"
#define NO_PREF		"Filter with specified priority/protocol not found"
#define PREF_ZERO	"Invalid filter command with priority of zero"
#define NO_HANDLE	"Specified filter handle not found"
#define MISMATCH	"Protocol mismatch for filter with specified priority"
#define NO_FLUSH	"Cannot flush filters with protocol, handle or kind set"
#define NO_PARENT	"Parent Qdisc doesn't exists"

#define ALL ETH_P_ALL
#define IP  ETH_P_IP

static const struct tc_step {
	uint16_t type, flags;
	uint32_t parent, pref, handle, chain;
	uint16_t protocol;
	int result;
	const char *words;
	uint32_t got_pref, got_handle;	/* told by NLM_F_ECHO */
} tc_steps[] = {
#define ADD	RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO
#define REPL	RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_ECHO
#define CHANGE	RTM_NEWTFILTER, NLM_F_ECHO
#define DEL	RTM_DELTFILTER, 0
#define SHOW	RTM_GETTFILTER, 0
#define TOLD(op, parent, pref, handle, chain, proto, got_pref, got_handle) \
	{ op, parent, pref, handle, chain, proto, 0, "", got_pref, got_handle }
#define REFUSED(op, parent, pref, handle, chain, proto, result, words) \
	{ op, parent, pref, handle, chain, proto, result, words, 0, 0 }
#define QDISC(what, flags, result, words) \
	{ RTM_##what##QDISC, flags, 0, 0, 0, 0, 0, result, words, 0, 0 }
	REFUSED(ADD, INGRESS, 0, 0, 0, ALL, -EINVAL, NO_PARENT),
	QDISC(DEL, 0, -ENOENT, "Cannot find specified qdisc on specified device"),
	QDISC(NEW, 0, -ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag"),
	QDISC(NEW, NLM_F_CREATE | NLM_F_EXCL, 0, ""),
	QDISC(NEW, NLM_F_CREATE | NLM_F_EXCL, -EEXIST, "Exclusivity flag on, cannot modify"),
	QDISC(NEW, NLM_F_CREATE | NLM_F_REPLACE, 0, ""),
	REFUSED(SHOW, INGRESS, 5, 1, 0, ALL, -EINVAL, NO_CHAIN),
	REFUSED(DEL, INGRESS, 5, 1, 0, ALL, -ENOENT, NO_CHAIN),
	REFUSED(ADD, 0xffff0000, 0, 0, 0, ALL, -EINVAL, ""),
	TOLD(ADD, INGRESS, 0, 0, 0, ALL, 49152, 1),
	TOLD(ADD, INGRESS, 0, 0, 0, ALL, 49151, 1),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 1),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 2),
	TOLD(ADD, INGRESS, 5, 9, 0, ALL, 5, 9),
	REFUSED(ADD, INGRESS, 5, 9, 0, ALL, -EEXIST, "Filter already exists"),
	TOLD(REPL, INGRESS, 5, 9, 0, ALL, 5, 9),
	TOLD(CHANGE, INGRESS, 5, 9, 0, ALL, 5, 9),
	REFUSED(CHANGE, INGRESS, 5, 8, 0, ALL, -ENOENT, NO_CREATE),
	REFUSED(CHANGE, INGRESS, 6, 8, 0, ALL, -ENOENT, NO_CREATE),
	REFUSED(CHANGE, INGRESS, 0, 8, 0, ALL, -ENOENT, PREF_ZERO),
	REFUSED(ADD, INGRESS, 5, 0, 0, IP, -EINVAL, MISMATCH),
	TOLD(ADD, INGRESS, 5, 0, 3, IP, 5, 1),
	TOLD(ADD, EGRESS, 5, 0, 0, ALL, 5, 1),
	TOLD(SHOW, INGRESS, 5, 9, 0, ALL, 5, 9),
	REFUSED(SHOW, INGRESS, 5, 8, 0, ALL, -ENOENT, NO_HANDLE),
	REFUSED(SHOW, INGRESS, 6, 8, 0, ALL, -ENOENT, NO_PREF),
	REFUSED(SHOW, INGRESS, 0, 8, 0, ALL, -ENOENT, PREF_ZERO),
	REFUSED(DEL, INGRESS, 5, 8, 0, ALL, -ENOENT, NO_HANDLE),
	TOLD(DEL, INGRESS, 5, 9, 0, ALL, 0, 0),
	TOLD(DEL, INGRESS, 5, 0, 0, ALL, 0, 0),
	REFUSED(DEL, INGRESS, 5, 0, 0, ALL, -ENOENT, NO_PREF),
	REFUSED(DEL, INGRESS, 0, 1, 0, ALL, -ENOENT, NO_FLUSH),
	QDISC(DEL, 0, 0, ""),
	REFUSED(SHOW, INGRESS, 5, 9, 0, ALL, -EINVAL, NO_PARENT),
	{ 0 },
};

static bool is_qdisc(uint16_t type)
{
	return type == RTM_NEWQDISC || type == RTM_DELQDISC;
}

static int take_tcmsg(const struct nlmsghdr *nlh, void *data)
{
	memcpy(data, nl_payload(nlh), sizeof(struct tcmsg));
	return 0;
}

static int tc(const struct tc_step *s, int prog, struct tcmsg *got)
{
	struct tcmsg *tcm = nl_start(&req, s->type, s->flags, sizeof(*tcm));
	struct nlattr *nest;

	tcm->tcm_ifindex = 3;
	tcm->tcm_handle = is_qdisc(s->type) ? 0xffff0000 : s->handle;
	tcm->tcm_parent = is_qdisc(s->type) ? TC_H_CLSACT : s->parent;
	if (!is_qdisc(s->type))
		tcm->tcm_info = TC_H_MAKE(s->pref << 16, htons(s->protocol));
	if (s->chain)
		nl_put_u32(&req, TCA_CHAIN, s->chain);
	nl_put_str(&req, TCA_KIND, is_qdisc(s->type) ? "clsact" : "bpf");
	if (s->type == RTM_NEWTFILTER) {
		nest = nl_nest(&req, TCA_OPTIONS);
		nl_put_u32(&req, TCA_BPF_FD, prog);
		nl_put_str(&req, TCA_BPF_NAME, "x.o:[c]");
		nl_put_u32(&req, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
		nl_nest_end(&req, nest);
	}
	memset(got, 0, sizeof(*got));
	return talk(take_tcmsg, got);
}

START_TEST(filters_are_kept_as_the_kernel_does)
{
	int prog = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS), r;
	const struct tc_step *s;
	struct tcmsg got;

	for (s = tc_steps; s->type; s++) {
		r = tc(s, prog, &got);
		ck_assert_msg(r == s->result && str_eq(err.extack, s->words),
			      "step %zu: %d '%s'", s - tc_steps, r, err.extack);
		ck_assert_msg(got.tcm_info >> 16 == s->got_pref &&
			      got.tcm_handle == s->got_handle,
			      "step %zu: pref %u handle %u", s - tc_steps,
			      got.tcm_info >> 16, got.tcm_handle);
	}
	close(prog);
	assert_state("");
}
END_TEST

static const struct tc_step some[] = {
	QDISC(NEW, NLM_F_CREATE, 0, ""),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 1),
	TOLD(ADD, INGRESS, 5, 0, 0, ALL, 5, 2),
	TOLD(ADD, INGRESS, 4, 0, 0, IP, 4, 1),
	TOLD(ADD, INGRESS, 1, 0, 7, ALL, 1, 1),
	TOLD(ADD, EGRESS, 1, 3, 0, ALL, 1, 3),
};

static int count_one(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return 0;
}

static int count_filters(uint32_t info, const uint32_t *chain)
{
	struct tcmsg *tcm;
	int n = 0;

	tcm = nl_start(&req, RTM_GETTFILTER, NLM_F_DUMP, sizeof(*tcm));
	tcm->tcm_ifindex = 3;
	tcm->tcm_parent = INGRESS;
	tcm->tcm_info = info;
	if (chain)
		nl_put_u32(&req, TCA_CHAIN, *chain);
	ck_assert_int_eq(talk(count_one, &n), 0);
	return n;
}

START_TEST(a_dump_has_a_head_for_each_pref)
{
	int prog = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS);
	const uint32_t zero = 0;
	struct tcmsg got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(some); i++)
		ck_assert_int_eq(tc(&some[i], prog, &got), 0);
	ck_assert_int_eq(count_filters(0, NULL), 7);
	ck_assert_int_eq(count_filters(0, &zero), 5);
	ck_assert_int_eq(count_filters(5 << 16, NULL), 3);
	ck_assert_int_eq(count_filters(htons(ETH_P_IP), NULL), 2);
	close(prog);
	assert_state("v1 qdisc clsact\n"
		     "v1 filter fff2: chain 0 pref 4 protocol 0x800 handle 1 "
		     "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		     "v1 filter fff2: chain 0 pref 5 protocol 0x3 handle 2 "
		     "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		     "v1 filter fff2: chain 0 pref 5 protocol 0x3 handle 1 "
		     "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		     "v1 filter fff2: chain 7 pref 1 protocol 0x3 handle 1 "
		     "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n"
		     "v1 filter fff3: chain 0 pref 1 protocol 0x3 handle 3 "
		     "classid 0 flags 0 da 'x.o:[c]' prog 1 'cls'\n");
}
END_TEST

static int stop(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return -ECANCELED;
}

START_TEST(a_callback_may_stop_the_answer)
{
	nl_start(&req, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
	ck_assert_int_eq(talk(stop, NULL), -ECANCELED);
	ck_assert(!err.netlink);
}
END_TEST

Suite *fake_kern_suite(void)
{
	Suite *s = suite_create("fake_kern");
	TCase *tcase = tcase_create("fake_kern");

	tcase_add_checked_fixture(tcase, open_fake, close_fake);
	tcase_add_test(tcase, the_nth_operation_is_refused_once);
	tcase_add_test(tcase, another_process_may_come_first);
	tcase_add_test(tcase, descriptors_are_counted_and_forgotten);
	tcase_add_test(tcase, shapes_are_checked);
	tcase_add_test(tcase, an_array_is_full_of_zeros);
	tcase_add_test(tcase, a_hash_is_empty_and_may_be_full);
	tcase_add_test(tcase, a_prog_array_takes_descriptors_and_gives_ids);
	tcase_add_test(tcase, kinds_are_told_apart_only_by_asking);
	tcase_add_test(tcase, a_map_of_maps_takes_its_likes);
	tcase_add_loop_test(tcase, the_verifier_refuses, 0,
			    ARRAY_SIZE(verified));
	tcase_add_test(tcase, a_log_too_small_fails_the_load);
	tcase_add_test(tcase, programs_are_found_by_id);
	tcase_add_test(tcase, files_are_as_in_a_bpffs);
	tcase_add_test(tcase, the_state_tells_what_is_pinned);
	tcase_add_loop_test(tcase, a_bpffs_is_where_it_was_asked_for, 0, 2);
	tcase_add_test(tcase, xdp_is_attached_as_the_kernel_does);
	tcase_add_test(tcase, xdp_is_shown);
	tcase_add_test(tcase, filters_are_kept_as_the_kernel_does);
	tcase_add_test(tcase, a_dump_has_a_head_for_each_pref);
	tcase_add_test(tcase, a_callback_may_stop_the_answer);
	suite_add_tcase(s, tcase);
	return s;
}
