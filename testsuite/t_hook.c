/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "hook.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>

#include "rigged.h"

#define INGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)
#define LO	1

/* @extack NULL: no netlink refusal */
static void ck_refused(int r, int expected, const char *words, const char *extack)
{
	ck_assert_int_eq(r, expected);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	if (extack)
		ck_assert_str_eq(bpfelf_extack(rig.ctx), extack);
	else
		ck_assert_ptr_null(bpfelf_extack(rig.ctx));
}

/* XDP */

static struct bpfelf_hook xdp(uint32_t flags, uint32_t mode)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_XDP,
		.ifindex = DEV, .flags = flags, .xdp_flags = mode,
	};
}

static int attach_xdp(uint32_t flags, uint32_t mode)
{
	struct bpfelf_hook hook = xdp(flags, mode);

	return bpfelf_attach(job.txn, &hook);
}

static int detach_xdp(uint32_t mode)
{
	struct bpfelf_hook hook = xdp(0, mode);

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
	struct bpfelf_hook hook = xdp(0, modes[_i].mode);

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
	ck_load("plain");
	ck_assert_int_eq(attach_xdp(0, 0), 0);
	commit();
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
	struct bpfelf_hook hook = xdp(0, 0);

	ck_load("plain");
	ck_assert_int_eq(attach_xdp(0, 0), 0);
	commit();
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
	struct bpfelf_hook hook = xdp(0, 0);

	ck_load("plain");
	ck_assert_int_eq(attach_xdp(0, 0), 0);
	commit();
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
	ck_load("plain");
	ck_assert_int_eq(attach_xdp(0, 0), 0);
	commit();
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(detach_xdp(0), 0);
	ck_state("");
	job_free(&job);
	ck_state("v0 xdp drv prog 1 'pass'\n");
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(detach_xdp(XDP_FLAGS_DRV_MODE), 0);
	commit();
	ck_state("");
}
END_TEST

START_TEST(nothing_may_be_taken_off)
{
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(detach_xdp(0), 0);
	job_free(&job);
	ck_state("");
}
END_TEST

/* Filters */

static struct bpfelf_hook cls(uint32_t flags, uint32_t pref, uint32_t handle)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_CLS,
		.ifindex = DEV, .flags = flags, .parent = INGRESS,
		.pref = pref, .handle = handle, .protocol = ETH_P_ALL,
	};
}

static int qdisc(const char *kind, uint32_t flags, bool del)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_QDISC, .ifindex = DEV,
		.flags = flags, .qdisc = kind,
	};

	return del ? bpfelf_detach(job.txn, &hook) : bpfelf_attach(job.txn, &hook);
}

static void clsact(void)
{
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(qdisc("clsact", 0, false), 0);
	commit();
}

#define CLSACT "v0 qdisc clsact\n"

START_TEST(what_the_kernel_chose_is_told)
{
	struct bpfelf_hook hook = cls(0, 0, 0);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_assert_uint_eq(hook.pref, 0xc000);
	ck_assert_uint_eq(hook.handle, 1);
	ck_assert_uint_eq(hook.protocol, ETH_P_ALL);
	ck_assert_uint_eq(hook.prog_id, 1);
	ck_state(CLSACT "v0 filter fff2: chain 0 pref 49152 protocol 0x3 handle 1 classid 0 flags 0 "
		 "'test.o:[prog]' prog 1 'pass'\n");
}
END_TEST

START_TEST(everything_that_a_filter_may_say)
{
	struct bpfelf_hook hook = cls(0, 10, 7);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	hook.parent = EGRESS;
	hook.protocol = ETH_P_IP;
	hook.chain = 5;
	hook.has_chain = true;
	hook.classid = 0x10002;
	hook.cls_flags = TCA_CLS_FLAGS_SKIP_HW;
	hook.direct_action = true;
	hook.name = "mine";
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_state(CLSACT "v0 filter fff3: chain 5 pref 10 protocol 0x800 handle 7 classid 0x10002 "
		 "flags 0x1 da 'mine' prog 1 'pass'\n");
	job_free(&job);
	ck_state(CLSACT);
}
END_TEST

START_TEST(of_filters_only_ours_is_taken_back)
{
	struct bpfelf_hook hook = cls(0, 0, 0), second = cls(0, 0, 0);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	second.pref = hook.pref;
	ck_assert_int_eq(bpfelf_attach(job.txn, &second), 0);
	ck_assert_uint_eq(second.handle, 2);
	job_free(&job);
	ck_state(CLSACT "v0 filter fff2: chain 0 pref 49152 protocol 0x3 handle 1 classid 0 flags 0 "
		 "'test.o:[prog]' prog 1 'pass'\n");
}
END_TEST

/* a kernel that does not echo what it has done */
static const struct kern_ops *real_ops;

static int deaf_talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
		     void *data, struct err *err)
{
	(void)fn;
	return real_ops->talk(k, req, NULL, data, err);
}

static const char replaced[] = CLSACT
	"v0 filter fff2: chain 0 pref 1 protocol 0x3 handle 1 classid 0x20001 flags 0x1 da 'first' prog 1 'pass'\n";

static void first_filter(void)
{
	struct bpfelf_hook hook = cls(0, 1, 1);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	hook.classid = 0x20001;
	hook.cls_flags = TCA_CLS_FLAGS_SKIP_HW;
	hook.direct_action = true;
	hook.name = "first";
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
	ck_state(replaced);
}

/* for want of a name it stays, rather than all others going with it */
START_TEST(a_filter_without_a_name_takes_no_other_along)
{
	struct bpfelf_hook hook = cls(0, 0, 0);
	_cleanup_free_ char *state = NULL;
	struct kern_ops deaf;

	first_filter();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	real_ops = rig.ctx->kern->ops;
	deaf = *real_ops;
	deaf.talk = deaf_talk;
	rig.ctx->kern->ops = &deaf;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	job_free(&job);
	rig.ctx->kern->ops = real_ops;
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "'first'") != NULL);
	ck_assert_str_ne(buf_str(&rig.log), "");
}
END_TEST

START_TEST(a_filter_that_is_there_is_not_overwritten)
{
	struct bpfelf_hook hook = cls(0, 1, 1);

	first_filter();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_refused(bpfelf_attach(job.txn, &hook), -EEXIST, "Filter already exists",
		   "Filter already exists");
	ck_state(replaced);
}
END_TEST

START_TEST(a_replaced_filter_comes_back_whole)
{
	static const uint32_t flags[] = { BPFELF_REPLACE, BPFELF_CHANGE };
	struct bpfelf_hook hook = cls(flags[_i], 1, 1);

	first_filter();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	ck_state(CLSACT "v0 filter fff2: chain 0 pref 1 protocol 0x3 handle 1 classid 0 flags 0 "
		 "'test.o:[prog]' prog 2 'pass'\n");
	job_free(&job);
	ck_state(replaced);
}
END_TEST

START_TEST(a_filter_in_a_chain_comes_back_there)
{
	struct bpfelf_hook hook = cls(0, 1, 1);
	_cleanup_free_ char *before = NULL;

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	hook.chain = 3;
	hook.has_chain = true;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	commit();
	before = fake_state(&rig.fake);
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	hook.flags = BPFELF_REPLACE;
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), 0);
	job_free(&job);
	ck_state(before);
}
END_TEST

START_TEST(what_is_not_there_is_not_changed)
{
	struct bpfelf_hook hook = cls(BPFELF_CHANGE, 1, 1);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -ENOENT);
	ck_assert(bpfelf_error(rig.ctx)[0]);
	ck_assert(bpfelf_extack(rig.ctx) != NULL);
	ck_state(CLSACT);
}
END_TEST

START_TEST(a_filter_is_taken_off)
{
	struct bpfelf_hook hook = cls(0, 1, 1);

	first_filter();
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	ck_state(CLSACT);
	job_free(&job);
	ck_state(replaced);
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	commit();
	ck_state(CLSACT);
}
END_TEST

START_TEST(a_filter_that_is_not_there_is_not_taken_off)
{
	struct bpfelf_hook hook = cls(0, 1, 2);

	first_filter();
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_refused(bpfelf_detach(job.txn, &hook), -ENOENT, "Specified filter handle not found",
		   "Specified filter handle not found");
	ck_state(replaced);
}
END_TEST

START_TEST(filters_of_all_kinds_take_more_than_no_pref)
{
	struct bpfelf_hook hook = cls(0, 0, 0);

	first_filter();
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_refused(bpfelf_detach(job.txn, &hook), -EINVAL,
		   "without a pref filters of all kinds would go", NULL);
	ck_state(replaced);
}
END_TEST

START_TEST(all_filters_are_taken_off)
{
	struct bpfelf_hook hook = cls(0, 0, 0);

	first_filter();
	hook.protocol = 0;
	hook.any_kind = true;
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	commit();
	ck_state(CLSACT);
}
END_TEST

START_TEST(a_refusal_without_words_has_an_empty_extack)
{
	struct bpfelf_hook hook = cls(0, 1, 1);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	hook.cls_flags = TCA_CLS_FLAGS_SKIP_SW;
	ck_refused(bpfelf_attach(job.txn, &hook), -EOPNOTSUPP, "Operation not supported", "");
	ck_state(CLSACT);
}
END_TEST

/* Qdiscs */

START_TEST(a_qdisc_is_undone_and_refused_twice)
{
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(qdisc("ingress", 0, false), 0);
	ck_state("v0 qdisc ingress\n");
	job_free(&job);
	ck_state("");
	clsact();
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_refused(qdisc("clsact", 0, false), -EEXIST, "Exclusivity flag on, cannot modify",
		   "Exclusivity flag on, cannot modify");
	ck_assert_int_eq(qdisc("clsact", BPFELF_REPLACE, false), 0);
	job_free(&job);
	ck_state(CLSACT);
}
END_TEST

START_TEST(a_qdisc_goes_with_its_filters)
{
	first_filter();
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(qdisc("clsact", 0, true), 0);
	job_free(&job);
	ck_state("");
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(qdisc("clsact", 0, true), -ENOENT);
}
END_TEST

/* Hooks that make no sense */

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

	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
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
	ck_assert_int_eq(qdisc("clsact", 0, false), 0);
	rig_clear_trace(&rig);
	ck_refused(bpfelf_attach(job.txn, &hook), -EMSGSIZE, "netlink: request too long", NULL);
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(nothing_is_attached_without_a_program)
{
	struct bpfelf_hook hook = xdp(0, 0);

	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_refused(bpfelf_attach(job.txn, &hook), -EINVAL,
		   "attach: the transaction has no program", NULL);
}
END_TEST

START_TEST(callers_may_be_older_and_newer)
{
	struct {
		struct bpfelf_hook known;
		uint64_t unknown;
	} hook = { .known = xdp(0, 0) };

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
	struct bpfelf_hook hook = xdp(0, 0);

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
	tcase_add_loop_test(tc, xdp_modes, 0, ARRAY_SIZE(modes));
	tcase_add_test(tc, xdp_that_is_there_is_not_overwritten);
	tcase_add_test(tc, an_expected_program_is_replaced);
	tcase_add_test(tc, another_than_the_expected_program_stays);
	tcase_add_test(tc, xdp_that_another_replaced_meanwhile_stays);
	tcase_add_test(tc, xdp_is_taken_off);
	tcase_add_test(tc, nothing_may_be_taken_off);
	tcase_add_test(tc, what_the_kernel_chose_is_told);
	tcase_add_test(tc, everything_that_a_filter_may_say);
	tcase_add_test(tc, of_filters_only_ours_is_taken_back);
	tcase_add_test(tc, a_filter_without_a_name_takes_no_other_along);
	tcase_add_test(tc, a_filter_that_is_there_is_not_overwritten);
	tcase_add_loop_test(tc, a_replaced_filter_comes_back_whole, 0, 2);
	tcase_add_test(tc, a_filter_in_a_chain_comes_back_there);
	tcase_add_test(tc, what_is_not_there_is_not_changed);
	tcase_add_test(tc, a_filter_is_taken_off);
	tcase_add_test(tc, a_filter_that_is_not_there_is_not_taken_off);
	tcase_add_test(tc, filters_of_all_kinds_take_more_than_no_pref);
	tcase_add_test(tc, all_filters_are_taken_off);
	tcase_add_test(tc, a_refusal_without_words_has_an_empty_extack);
	tcase_add_test(tc, a_qdisc_is_undone_and_refused_twice);
	tcase_add_test(tc, a_qdisc_goes_with_its_filters);
	tcase_add_loop_test(tc, hooks_that_make_no_sense, 0, ARRAY_SIZE(senseless));
	tcase_add_test(tc, of_no_known_kind_nothing_is_taken_off);
	tcase_add_test(tc, a_name_may_be_too_long_for_a_request);
	tcase_add_test(tc, nothing_is_attached_without_a_program);
	tcase_add_test(tc, callers_may_be_older_and_newer);
	tcase_add_test(tc, no_such_device);
	suite_add_tcase(s, tc);
	return s;
}
