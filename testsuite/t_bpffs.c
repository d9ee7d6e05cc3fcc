/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "bpffs.h"

#include <errno.h>

#include "rig.h"
#include "unit.h"

static struct rig rig;
static struct bpffs fs;
static struct err err;

static void start(void)
{
	memset(&fs, 0, sizeof(fs));
	err_clear(&err);
}

static void finish(void)
{
	bpffs_free(&fs);
	rig_close(&rig);
	unsetenv("TC_BPF_MNT");
}

/* Looking. @mounted: where the fake has one. */

static const struct {
	const char *mounted, *environment, *set;
	int expected;
	const char *root;	/* or words */
	bool is_mounted;
} finds[] = {
	{ "/sys/fs/bpf", NULL, NULL, 0, "/sys/fs/bpf", true },
	{ "/bpf", NULL, NULL, 0, "/bpf", true },
	{ "/run/my bpf\\fs", NULL, NULL, 0, "/run/my bpf\\fs", true },
	{ "", NULL, NULL, 0, "/sys/fs/bpf", false },
	{ "/sys/fs/bpf", "/mnt/bpf", NULL, 0, "/mnt/bpf", false },
	{ "/mnt/bpf", "/mnt/bpf/", NULL, 0, "/mnt/bpf", true },
	{ "/mnt/bpf", "", NULL, 0, "/mnt/bpf", true },
	{ "/mnt/bpf", "/other", "/mnt/bpf", 0, "/mnt/bpf", true },
	{ "/sys/fs/bpf", "/sys", NULL, 0, "/sys", false },
	{ "/", NULL, "//", 0, "/", true },
	{ "/sys/fs/bpf", "bpf", NULL, -EINVAL, "the bpffs 'bpf' is no absolute path", false },
	{ "/sys/fs/bpf", NULL, "./bpf", -EINVAL, "the bpffs './bpf' is no absolute path", false },
};

START_TEST(where_the_bpffs_is)
{
	int r;

	rig_open(&rig, finds[_i].mounted);
	if (finds[_i].environment)
		setenv("TC_BPF_MNT", finds[_i].environment, 1);
	ck_assert_int_eq(bpfelf_ctx_set_bpffs(rig.ctx, finds[_i].set), 0);
	r = bpffs_find(rig.ctx, &fs, &err);
	ck_assert_int_eq(r, finds[_i].expected);
	if (r < 0) {
		ck_assert_str_eq(err.text, finds[_i].root);
		return;
	}
	ck_assert_str_eq(fs.root, finds[_i].root);
	ck_assert_int_eq(fs.mounted, finds[_i].is_mounted);
}
END_TEST

/* There is another place to look at: that one is mounted only there. */

static const struct {
	const char *mounted, *environment;
	int sought;
	const char *root;
} seeks[] = {
	{ "/sys/fs/bpf", NULL, 0, "/sys/fs/bpf" },
	{ "", NULL, 1, "/sys/fs/bpf" },
	{ "/bpf", NULL, 1, "/sys/fs/bpf" },
	{ "", "/mnt/bpf", 0, "/mnt/bpf" },
};

static void seek_there(void *sought)
{
	ck_assert_int_eq(rig.ctx->kern->ops->mount(rig.ctx->kern, "/sys/fs/bpf"), 0);
	++*(int *)sought;
}

static void rig_seek(int i, int *sought)
{
	rig_open(&rig, seeks[i].mounted);
	if (seeks[i].environment)
		setenv("TC_BPF_MNT", seeks[i].environment, 1);
	rig.ctx->seek_bpffs = seek_there;
	rig.ctx->seek_data = sought;
}

START_TEST(where_there_is_none_another_place_is_looked_at)
{
	int sought = 0;

	rig_seek(_i, &sought);
	ck_assert_int_eq(bpffs_find(rig.ctx, &fs, &err), 0);
	ck_assert_str_eq(fs.root, seeks[_i].root);
	ck_assert_int_eq(sought, seeks[_i].sought);
	bpffs_free(&fs);
	ck_assert_int_eq(bpffs_find(rig.ctx, &fs, &err), 0);
	ck_assert_int_eq(sought, seeks[_i].sought);
}
END_TEST

START_TEST(a_path_may_lead_to_another_place)
{
	_cleanup_free_ char *path = NULL;
	int sought = 0;

	rig_seek(_i, &sought);
	ck_assert_int_eq(bpffs_path(rig.ctx, "/sys/fs/bpf/x", BPF_PROG_TYPE_XDP, &path, &err), 0);
	ck_assert_str_eq(path, "/sys/fs/bpf/x");
	ck_assert_int_eq(sought, seeks[_i].sought);
}
END_TEST

START_TEST(looking_changes_nothing)
{
	_cleanup_free_ char *state = NULL;

	rig_open(&rig, "");
	ck_assert_int_eq(bpffs_find(rig.ctx, &fs, &err), 0);
	state = fake_state(&rig.fake);
	ck_assert_str_eq(state, "");
}
END_TEST

/* The tree */

static struct bpfelf_txn *txn;

static int make(const char *pin)
{
	int r;

	ck_assert_int_eq(txn_new(rig.ctx, &txn, &err), 0);
	r = bpffs_find(rig.ctx, &fs, &err);
	r = r ?: bpffs_lock(txn, &fs, &err);
	return r ?: bpffs_make_tree(txn, &fs, pin, &err);
}

static void ck_state(const char *expected)
{
	_cleanup_free_ char *state = fake_state(&rig.fake);

	ck_assert_str_eq(state, expected);
}

#define TREE(root)						\
	"link " root "/ip -> " root "/tc/\n"			\
	"dir " root "/tc\n"					\
	"dir " root "/tc/globals\n"				\
	"link " root "/xdp -> " root "/tc/\n"

START_TEST(the_tree_is_iproute2s)
{
	rig_open(&rig, NULL);
	ck_assert_int_eq(make("xdp/globals/m"), 0);
	ck_state(TREE("/sys/fs/bpf"));
	bpfelf_txn_free(txn);
	ck_state("");
}
END_TEST

START_TEST(an_objects_directory_is_made_as_well)
{
	rig_open(&rig, "/bpf");
	ck_assert_int_eq(make("xdp/0123/m"), 0);
	ck_state("link /bpf/ip -> /bpf/tc/\n"
		 "dir /bpf/tc\n"
		 "dir /bpf/tc/0123\n"
		 "dir /bpf/tc/globals\n"
		 "link /bpf/xdp -> /bpf/tc/\n");
	bpfelf_txn_free(txn);
	ck_state("");
}
END_TEST

START_TEST(what_is_there_stays)
{
	rig_open(&rig, NULL);
	ck_assert_int_eq(make("tc/globals/m"), 0);
	bpfelf_commit(txn);
	bpfelf_txn_free(txn);
	bpffs_free(&fs);
	ck_assert_int_eq(make("tc/globals/m"), 0);
	ck_assert_uint_eq(txn->undos_cnt, 0);
	bpfelf_txn_free(txn);
	ck_state(TREE("/sys/fs/bpf"));
}
END_TEST

START_TEST(where_xdp_is_a_directory_it_has_its_own_globals)
{
	struct kern *k;

	rig_open(&rig, NULL);
	k = rig.ctx->kern;
	ck_assert_int_eq(k->ops->mkdir(k, "/sys/fs/bpf/xdp"), 0);
	ck_assert_int_eq(make("xdp/globals/m"), 0);
	ck_state("link /sys/fs/bpf/ip -> /sys/fs/bpf/tc/\n"
		 "dir /sys/fs/bpf/tc\n"
		 "dir /sys/fs/bpf/tc/globals\n"
		 "dir /sys/fs/bpf/xdp\n"
		 "dir /sys/fs/bpf/xdp/globals\n");
	bpfelf_txn_free(txn);
	ck_state("dir /sys/fs/bpf/xdp\n");
}
END_TEST

START_TEST(without_a_bpffs_one_is_mounted)
{
	rig_open(&rig, "");
	ck_assert_int_eq(make("tc/globals/m"), 0);
	ck_assert(fs.mounted);
	ck_state("mount /sys/fs/bpf\n" TREE("/sys/fs/bpf"));
	bpfelf_txn_free(txn);
	ck_state("");
}
END_TEST

START_TEST(a_mount_point_is_made_if_need_be)
{
	rig_open(&rig, NULL);
	ck_assert_int_eq(bpfelf_ctx_set_bpffs(rig.ctx, "/tmp/mine"), 0);
	ck_assert_int_eq(make("tc/globals/m"), 0);
	ck_state("dir /tmp/mine\nmount /tmp/mine\n" TREE("/tmp/mine"));
	bpfelf_txn_free(txn);
	ck_state("");
}
END_TEST

START_TEST(but_not_its_parents)
{
	rig_open(&rig, NULL);
	ck_assert_int_eq(bpfelf_ctx_set_bpffs(rig.ctx, "/tmp/not/there"), 0);
	ck_assert_int_eq(make("tc/globals/m"), -ENOENT);
	ck_assert_str_eq(err.text, "make directory '/tmp/not/there': No such file or directory");
	bpfelf_txn_free(txn);
	ck_state("");
}
END_TEST

/* @mounter: another process that mounts in between */
static void mount_first(struct fake_kern *fake, void *data)
{
	(void)data;
	if (strstr(buf_str(&fake->trace), "mkdir /sys/fs/bpf = EEXIST") &&
	    fake->kern.ops->is_bpffs(&fake->kern, "/sys/fs/bpf") == 0)
		ck_assert_int_eq(fake->kern.ops->mount(&fake->kern, "/sys/fs/bpf"), 0);
}

START_TEST(a_mount_that_somebody_else_made_is_not_ours_to_undo)
{
	rig_open(&rig, "");
	rig.fake.before = mount_first;
	ck_assert_int_eq(make("tc/globals/m"), 0);
	ck_assert(fs.mounted);
	bpfelf_txn_free(txn);
	ck_state("mount /sys/fs/bpf\n");
}
END_TEST

START_TEST(no_mount_says_what_to_do)
{
	rig_open(&rig, "");
	ck_assert_int_eq(txn_new(rig.ctx, &txn, &err), 0);
	ck_assert_int_eq(bpffs_find(rig.ctx, &fs, &err), 0);
	rig.fake.fail_at = rig.fake.ops + 1;	/* after the mkdir */
	ck_assert_int_eq(bpffs_lock(txn, &fs, &err), -EPERM);
	ck_assert_str_eq(err.text, "mount a bpffs at '/sys/fs/bpf': Operation not permitted");
	ck_assert_str_eq(err.hint, "mount one: mount -t bpf bpf /sys/fs/bpf");
	bpfelf_txn_free(txn);
	ck_state("");
}
END_TEST

/* Paths as the user gives them */

static const struct {
	const char *mounted, *path;
	uint32_t type;
	int expected;
	const char *result;	/* or words */
} paths[] = {
	{ "", "/a/b", BPF_PROG_TYPE_XDP, 0, "/a/b" },
	{ "", "rel", 0, 0, "rel" },
	{ "", "m:", BPF_PROG_TYPE_XDP, 0, "m:" },
	{ "/bpf", "m:globals/x", BPF_PROG_TYPE_XDP, 0, "/bpf/xdp/globals/x" },
	{ "/bpf", "m:globals/x", BPF_PROG_TYPE_SCHED_ACT, 0, "/bpf/tc/globals/x" },
	{ "/bpf", "m:x", BPF_PROG_TYPE_KPROBE, -EINVAL,
	  "'m:x': programs of type 2 have no directory" },
	{ "", "m:x", BPF_PROG_TYPE_XDP, -ENOENT, "'m:x': no bpffs is mounted" },
};

START_TEST(short_paths_lead_below_the_bpffs)
{
	_cleanup_free_ char *path = NULL;
	int r;

	rig_open(&rig, paths[_i].mounted);
	r = bpffs_path(rig.ctx, paths[_i].path, paths[_i].type, &path, &err);
	ck_assert_int_eq(r, paths[_i].expected);
	ck_assert_str_eq(r < 0 ? err.text : path, paths[_i].result);
}
END_TEST

Suite *bpffs_suite(void)
{
	Suite *s = suite_create("bpffs");
	TCase *tc = tcase_create("bpffs");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, where_the_bpffs_is, 0, ARRAY_SIZE(finds));
	tcase_add_loop_test(tc, where_there_is_none_another_place_is_looked_at, 0, ARRAY_SIZE(seeks));
	tcase_add_loop_test(tc, a_path_may_lead_to_another_place, 0, ARRAY_SIZE(seeks));
	tcase_add_test(tc, looking_changes_nothing);
	tcase_add_test(tc, the_tree_is_iproute2s);
	tcase_add_test(tc, an_objects_directory_is_made_as_well);
	tcase_add_test(tc, what_is_there_stays);
	tcase_add_test(tc, where_xdp_is_a_directory_it_has_its_own_globals);
	tcase_add_test(tc, without_a_bpffs_one_is_mounted);
	tcase_add_test(tc, a_mount_point_is_made_if_need_be);
	tcase_add_test(tc, but_not_its_parents);
	tcase_add_test(tc, a_mount_that_somebody_else_made_is_not_ours_to_undo);
	tcase_add_test(tc, no_mount_says_what_to_do);
	tcase_add_loop_test(tc, short_paths_lead_below_the_bpffs, 0, ARRAY_SIZE(paths));
	suite_add_tcase(s, tc);
	return s;
}
