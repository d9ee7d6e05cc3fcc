/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake keeps its promises: operations refused, counted, cut short. */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "fakerig.h"
#include "nl.h"

START_TEST(the_nth_operation_is_refused_once)
{
	fake.fail_at = 1;
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/a"), 0);
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/b"), -EPERM);
	ck_assert_int_eq(kern->ops->mkdir(kern, "/tmp/c"), 0);
	ck_assert_int_eq(fake.ops, 3);
	ck_assert_str_eq(buf_str(&fake.trace),
			 "mkdir /tmp/a\nmkdir /tmp/b = EPERM\nmkdir /tmp/c\n");
	ck_fake_state("dir /tmp/a\ndir /tmp/c\n");
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
	ck_fake_state("");
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
	struct nl_req req;
	struct err err;

	nl_start(&req, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
	err_clear(&err);
	ck_assert_int_eq(kern->ops->talk(kern, &req.nlh, stop, NULL, &err), -ECANCELED);
	ck_assert(!err.netlink);
}
END_TEST

Suite *fake_kern_suite(void)
{
	Suite *s = suite_create("fake_kern");
	TCase *tc = tcase_create("fake_kern");

	tcase_add_checked_fixture(tc, open_fake, close_fake);
	tcase_add_test(tc, the_nth_operation_is_refused_once);
	tcase_add_test(tc, another_process_may_come_first);
	tcase_add_test(tc, descriptors_are_counted_and_forgotten);
	tcase_add_test(tc, a_callback_may_stop_the_answer);
	suite_add_tcase(s, tc);
	return s;
}
