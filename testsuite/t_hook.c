/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks that make no sense, and callers who know another struct. */
#include <errno.h>
#include <linux/if_link.h>

#include "hookrig.h"

static const struct {
	struct bpfelf_hook hook;
	const char *words;
} senseless[] = {
	{ { .kind = BPFELF_XDP }, "a hook without a device" },
	{ { .kind = 99, .ifindex = DEV }, "no hook of kind 99" },
	{ { .kind = BPFELF_XDP, .ifindex = DEV, .xdp_flags = XDP_FLAGS_REPLACE },
	  "XDP flags 0x10 are no mode" },
	{ { .kind = BPFELF_CLS, .ifindex = DEV, .pref = 65536 },
	  "pref 65536 and protocol 0 must fit 16 bits" },
	{ { .kind = BPFELF_CLS, .ifindex = DEV, .protocol = 65536 },
	  "pref 0 and protocol 0x10000 must fit 16 bits" },
	{ { .kind = BPFELF_QDISC, .ifindex = DEV, .qdisc = "htb" },
	  "the qdisc is clsact or ingress, not 'htb'" },
	{ { .kind = BPFELF_QDISC, .ifindex = DEV }, "the qdisc is clsact or ingress, not ''" },
};

START_TEST(hooks_that_make_no_sense)
{
	struct bpfelf_hook hook = senseless[_i].hook;

	hook.sz = sizeof(hook);
	ck_load("plain");
	rig_clear_trace(&rig);
	ck_refused(bpfelf_attach(job.txn, &hook), -EINVAL, senseless[_i].words, NULL);
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(of_no_known_kind_nothing_is_taken_off)
{
	struct bpfelf_hook hook = { .sz = sizeof(hook), .kind = 99, .ifindex = DEV };

	ck_new_txn();
	ck_refused(bpfelf_detach(job.txn, &hook), -EINVAL, "no hook of kind 99", NULL);
}
END_TEST

START_TEST(a_name_may_be_too_long_for_a_request)
{
	static char name[70000];
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_CLS, .ifindex = DEV,
		.parent = INGRESS, .pref = 1, .name = name,
	};

	memset(name, 'x', sizeof(name) - 1);
	ck_load("plain");
	ck_assert_int_eq(add_clsact(&job, 0), 0);
	rig_clear_trace(&rig);
	ck_refused(bpfelf_attach(job.txn, &hook), -EMSGSIZE, "netlink: request too long", NULL);
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(nothing_is_attached_without_a_program)
{
	struct bpfelf_hook hook = xdp_hook(0, 0);

	ck_new_txn();
	ck_refused(bpfelf_attach(job.txn, &hook), -EINVAL,
		   "attach: the transaction has no program", NULL);
}
END_TEST

START_TEST(callers_may_be_older_and_newer)
{
	struct {
		struct bpfelf_hook known;
		uint64_t unknown;
	} hook = { .known = xdp_hook(0, 0) };

	ck_load("plain");
	hook.known.sz = sizeof(hook);
	hook.unknown = 1;
	ck_refused(bpfelf_attach(job.txn, &hook.known), -E2BIG,
		   "a struct with fields that this library does not know", NULL);
	hook.unknown = 0;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook.known), 0);
	ck_assert_uint_eq(hook.known.sz, sizeof(hook));
	hook.known.sz = offsetof(struct bpfelf_hook, parent);
	hook.known.flags = BPFELF_REPLACE;
	hook.known.parent = 0xdead;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook.known), 0);
	ck_assert_uint_eq(hook.known.parent, 0xdead);
	hook.known.sz = 4;
	ck_refused(bpfelf_attach(job.txn, &hook.known), -EINVAL, "a struct whose sz is not set",
		   NULL);
}
END_TEST

START_TEST(no_such_device)
{
	struct bpfelf_hook hook = xdp_hook(0, 0);

	ck_load("plain");
	hook.ifindex = 77;
	ck_refused(bpfelf_attach(job.txn, &hook), -ENODEV, "No such device", "");
	hook.flags = BPFELF_REPLACE;
	ck_refused(bpfelf_attach(job.txn, &hook), -ENODEV, "No such device", "");
}
END_TEST

Suite *hook_suite(void)
{
	Suite *s = suite_create("hook");
	TCase *tc = tcase_create("hook");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_loop_test(tc, hooks_that_make_no_sense, 0, ARRAY_SIZE(senseless));
	tcase_add_test(tc, of_no_known_kind_nothing_is_taken_off);
	tcase_add_test(tc, a_name_may_be_too_long_for_a_request);
	tcase_add_test(tc, nothing_is_attached_without_a_program);
	tcase_add_test(tc, callers_may_be_older_and_newer);
	tcase_add_test(tc, no_such_device);
	suite_add_tcase(s, tc);
	return s;
}
