/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Filters, and the qdiscs that they are at. */
#include <errno.h>
#include <linux/pkt_cls.h>

#include "hookrig.h"

START_TEST(what_the_kernel_chose_is_told)
{
	struct bpfelf_hook hook = cls_hook(0, 0, 0);

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
	struct bpfelf_hook hook = cls_hook(0, 10, 7);

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
	struct bpfelf_hook hook = cls_hook(0, 0, 0), second = cls_hook(0, 0, 0);

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
	struct bpfelf_hook hook = cls_hook(0, 1, 1);

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
	struct bpfelf_hook hook = cls_hook(0, 0, 0);
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
	struct bpfelf_hook hook = cls_hook(0, 1, 1);

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
	struct bpfelf_hook hook = cls_hook(flags[_i], 1, 1);

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
	struct bpfelf_hook hook = cls_hook(0, 1, 1);
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
	struct bpfelf_hook hook = cls_hook(BPFELF_CHANGE, 1, 1);

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
	struct bpfelf_hook hook = cls_hook(0, 1, 1);

	first_filter();
	ck_new_txn();
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	ck_state(CLSACT);
	job_free(&job);
	ck_state(replaced);
	ck_new_txn();
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	commit();
	ck_state(CLSACT);
}
END_TEST

START_TEST(a_filter_that_is_not_there_is_not_taken_off)
{
	struct bpfelf_hook hook = cls_hook(0, 1, 2);

	first_filter();
	ck_new_txn();
	ck_refused(bpfelf_detach(job.txn, &hook), -ENOENT, "Specified filter handle not found",
		   "Specified filter handle not found");
	ck_state(replaced);
}
END_TEST

START_TEST(filters_of_all_kinds_take_more_than_no_pref)
{
	struct bpfelf_hook hook = cls_hook(0, 0, 0);

	first_filter();
	ck_new_txn();
	ck_refused(bpfelf_detach(job.txn, &hook), -EINVAL,
		   "without a pref filters of all kinds would go", NULL);
	ck_state(replaced);
}
END_TEST

START_TEST(all_filters_are_taken_off)
{
	struct bpfelf_hook hook = cls_hook(0, 0, 0);

	first_filter();
	hook.protocol = 0;
	hook.any_kind = true;
	ck_new_txn();
	ck_assert_int_eq(bpfelf_detach(job.txn, &hook), 0);
	commit();
	ck_state(CLSACT);
}
END_TEST

START_TEST(a_refusal_without_words_has_an_empty_extack)
{
	struct bpfelf_hook hook = cls_hook(0, 1, 1);

	clsact();
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	hook.cls_flags = TCA_CLS_FLAGS_SKIP_SW;
	ck_refused(bpfelf_attach(job.txn, &hook), -EOPNOTSUPP, "Operation not supported", "");
	ck_state(CLSACT);
}
END_TEST

/* Qdiscs */

static int qdisc(const char *kind, uint32_t flags, bool del)
{
	struct bpfelf_hook hook = qdisc_hook(kind, flags);

	return del ? bpfelf_detach(job.txn, &hook) : bpfelf_attach(job.txn, &hook);
}

START_TEST(a_qdisc_is_undone_and_refused_twice)
{
	ck_new_txn();
	ck_assert_int_eq(qdisc("ingress", 0, false), 0);
	ck_state("v0 qdisc ingress\n");
	job_free(&job);
	ck_state("");
	clsact();
	ck_new_txn();
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
	ck_new_txn();
	ck_assert_int_eq(qdisc("clsact", 0, true), 0);
	job_free(&job);
	ck_state("");
	ck_new_txn();
	ck_assert_int_eq(qdisc("clsact", 0, true), -ENOENT);
}
END_TEST

Suite *hook_cls_suite(void)
{
	Suite *s = suite_create("hook_cls");
	TCase *tc = tcase_create("hook_cls");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
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
	suite_add_tcase(s, tc);
	return s;
}
