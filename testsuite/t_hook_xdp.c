/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* XDP: what is attached, replaced and put back, in every mode. */
#include <errno.h>
#include <linux/if_link.h>

#include "hookrig.h"

#define LO	1

static int attach_xdp(uint32_t flags, uint32_t mode)
{
	struct bpfelf_hook hook = xdp_hook(flags, mode);

	return bpfelf_attach(job.txn, &hook);
}

/* program 1, attached for good */
static void keep_xdp(void)
{
	ck_load("plain");
	ck_assert_int_eq(attach_xdp(0, 0), 0);
	commit();
}

static int detach_xdp(uint32_t mode)
{
	struct bpfelf_hook hook = xdp_hook(0, mode);

	return bpfelf_detach(job.txn, &hook);
}

static const struct {
	uint32_t ifindex, mode;
	const char *state;
} modes[] = {
	{ DEV, 0, "v0 xdp drv prog 1 'pass'\n" },
	{ DEV, XDP_FLAGS_DRV_MODE, "v0 xdp drv prog 1 'pass'\n" },
	{ DEV, XDP_FLAGS_SKB_MODE, "v0 xdp skb prog 1 'pass'\n" },
	{ LO, 0, "lo xdp skb prog 1 'pass'\n" },
};

START_TEST(xdp_modes)
{
	struct bpfelf_hook hook = xdp_hook(0, modes[_i].mode);

	hook.ifindex = modes[_i].ifindex;
	ck_load("plain");
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_state(modes[_i].state);
	job_free(&job);
	ck_state("");
}
END_TEST

START_TEST(xdp_that_is_there_is_not_overwritten)
{
	keep_xdp();
	ck_load("plain");
	ck_refused(attach_xdp(0, 0), -EBUSY, "XDP program already attached",
		   "XDP program already attached");
	ck_state("v0 xdp drv prog 1 'pass'\n");
	ck_assert_int_eq(attach_xdp(BPFELF_REPLACE, 0), 0);
	ck_state("v0 xdp drv prog 2 'pass'\n");
	job_free(&job);
	ck_state("v0 xdp drv prog 1 'pass'\n");
}
END_TEST

START_TEST(an_expected_program_is_replaced)
{
	struct bpfelf_hook hook = xdp_hook(0, 0);

	keep_xdp();
	ck_load("plain");
	hook.expected_id = 1;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_state("v0 xdp drv prog 2 'pass'\n");
	job_free(&job);
	ck_state("v0 xdp drv prog 1 'pass'\n");
}
END_TEST

START_TEST(another_than_the_expected_program_stays)
{
	struct bpfelf_hook hook = xdp_hook(0, 0);

	keep_xdp();
	ck_load("plain");
	hook.expected_id = 2;
	ck_refused(bpfelf_attach(job.txn, &hook), -EEXIST,
		   "Active program does not match expected",
		   "Active program does not match expected");
	hook.expected_id = 99;
	ck_refused(bpfelf_attach(job.txn, &hook), -ENOENT,
		   "the expected program 99: No such file or directory", NULL);
	ck_state("v0 xdp drv prog 1 'pass'\n");
}
END_TEST

START_TEST(xdp_that_another_replaced_meanwhile_stays)
{
	struct job theirs;

	ck_load("plain");
	ck_assert_int_eq(attach_xdp(0, 0), 0);
	theirs = job;
	ck_load("plain");
	ck_assert_int_eq(attach_xdp(BPFELF_REPLACE, 0), 0);
	commit();
	job_free(&theirs);
	ck_state("v0 xdp drv prog 2 'pass'\n");
	ck_assert(strstr(buf_str(&rig.log), "could not put back the attachment") != NULL);
}
END_TEST

START_TEST(xdp_is_taken_off)
{
	keep_xdp();
	ck_new_txn();
	ck_assert_int_eq(detach_xdp(0), 0);
	ck_state("");
	job_free(&job);
	ck_state("v0 xdp drv prog 1 'pass'\n");
	ck_new_txn();
	ck_assert_int_eq(detach_xdp(XDP_FLAGS_DRV_MODE), 0);
	commit();
	ck_state("");
}
END_TEST

START_TEST(nothing_may_be_taken_off)
{
	ck_new_txn();
	ck_assert_int_eq(detach_xdp(0), 0);
	job_free(&job);
	ck_state("");
}
END_TEST

Suite *hook_xdp_suite(void)
{
	Suite *s = suite_create("hook_xdp");
	TCase *tc = tcase_create("hook_xdp");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_loop_test(tc, xdp_modes, 0, ARRAY_SIZE(modes));
	tcase_add_test(tc, xdp_that_is_there_is_not_overwritten);
	tcase_add_test(tc, an_expected_program_is_replaced);
	tcase_add_test(tc, another_than_the_expected_program_stays);
	tcase_add_test(tc, xdp_that_another_replaced_meanwhile_stays);
	tcase_add_test(tc, xdp_is_taken_off);
	tcase_add_test(tc, nothing_may_be_taken_off);
	suite_add_tcase(s, tc);
	return s;
}
