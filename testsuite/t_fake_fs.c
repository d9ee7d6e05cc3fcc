/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's files are as in a bpffs. */
#include <errno.h>

#include "fakerig.h"

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
	ck_fake_state("");
}
END_TEST

START_TEST(the_state_tells_what_is_pinned)
{
	int map = new_map("cnt", BPF_MAP_TYPE_HASH, 4, 2, -1);

	set(map, 2, 0x11);
	set(map, 1, 0x22);
	ck_fake_state("");
	kern->ops->mkdir(kern, FS "/tc");
	kern->ops->symlink(kern, FS "/tc/", FS "/xdp");
	kern->ops->obj_pin(kern, map, FS "/xdp/cnt");
	ck_fake_state("dir /sys/fs/bpf/tc\n"
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
	ck_fake_state("");
	if (_i) {
		kern->ops->umount(kern, fake.bpffs);
		ck_fake_state("umount /mnt/b\\040p\n");
	} else {
		kern->ops->mount(kern, FS);
		ck_fake_state("mount /sys/fs/bpf\n");
	}
}
END_TEST

Suite *fake_fs_suite(void)
{
	Suite *s = suite_create("fake_fs");
	TCase *tc = tcase_create("fake_fs");

	tcase_add_checked_fixture(tc, open_fake, close_fake);
	tcase_add_test(tc, files_are_as_in_a_bpffs);
	tcase_add_test(tc, the_state_tells_what_is_pinned);
	tcase_add_loop_test(tc, a_bpffs_is_where_it_was_asked_for, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
