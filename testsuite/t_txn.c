/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * All or nothing: whichever kernel operation is refused, with whatever errno,
 * a load that fails leaves nothing behind, and says why it failed.
 */
#include "txn.h"

#include <errno.h>

#include "oom.h"
#include "scenarios.h"
#include "unit.h"

/* A run with the @nth operation refused, and what became of the world. */
struct outcome {
	int result;
	bool reached;
	bool same;		/* the world is as before */
	bool told;
};

static struct outcome run(const struct scenario *s, int nth, int code, bool commit)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct job job = { 0 };
	struct outcome o;
	struct rig rig;
	int fds;

	rig_open(&rig, s->bpffs);
	s->before(&rig);
	before = fake_state(&rig.fake);
	fds = count_fds();
	buf_free(&rig.log);
	buf_free(&rig.info);

	rig.fake.fail_at = nth < 0 ? -1 : rig.fake.ops + nth;
	rig.fake.fail_code = code;
	o.result = s->act(&rig, &job);
	if (o.result == 0 && commit)
		o.result = bpfelf_commit(job.txn);
	job_free(&job);
	o.reached = nth >= 0 && rig.fake.ops > rig.fake.fail_at;
	o.told = rig.log.len > 0 || strstr(buf_str(&rig.info), "could not be put back");
	after = fake_state(&rig.fake);
	o.same = str_eq(before, after);
	ck_assert_msg(count_fds() == fds, "%s, operation %d: %s: a descriptor leaked\n%s",
		      s->name, nth, err_str(code), buf_str(&rig.fake.trace));
	ck_assert_int_eq(fake_count_fds(&rig.fake), 0);
	ck_assert_msg(o.result == 0 || o.same, "%s, operation %d: %s: something is left\n%s\n%s",
		      s->name, nth, err_str(code), after, buf_str(&rig.fake.trace));
	ck_assert_msg(o.result == 0 || bpfelf_error(rig.ctx)[0],
		      "%s, operation %d: no words", s->name, nth);
	rig_close(&rig);
	return o;
}

/* what the kernel may say, and what our code makes something of */
static const int codes[] = {
	-EPERM, -ENOENT, -EEXIST, -EINVAL, -ENOMEM, -ENOSPC, -EBUSY,
	-ENOTEMPTY, -ESTALE, -EAGAIN, -EINTR, -EMFILE, -E2BIG,
};

START_TEST(whatever_fails_nothing_remains)
{
	const struct scenario *s = &scenarios[_i];
	struct outcome o;
	size_t c;
	int n;

	ck_assert_int_eq(run(s, -1, 0, true).result, 0);
	for (c = 0; c < ARRAY_SIZE(codes); c++) {
		for (n = 0; (o = run(s, n, codes[c], true)).reached; n++)
			;
		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(o.result, 0);
	}
}
END_TEST

START_TEST(what_is_not_committed_is_undone)
{
	const struct scenario *s = &scenarios[_i];

	ck_assert(run(s, -1, 0, false).same);
}
END_TEST

START_TEST(what_cannot_be_undone_is_told)
{
	const struct scenario *s = &scenarios[_i];
	struct outcome o;
	int n;

	for (n = 0; (o = run(s, n, -EPERM, false)).reached; n++)
		ck_assert_msg(o.same || o.told, "%s, operation %d: not undone, not told",
			      s->name, n);
}
END_TEST

static bool run_without_memory(const struct scenario *s, int nth)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct job job = { 0 };
	struct rig rig;
	bool reached;
	int r, fds;

	rig_open(&rig, s->bpffs);
	s->before(&rig);
	before = fake_state(&rig.fake);
	fds = count_fds();
	oom_at(nth);
	r = s->act(&rig, &job);
	reached = oom_reached();
	oom_at(-1);
	if (r == 0)
		bpfelf_commit(job.txn);
	job_free(&job);
	after = fake_state(&rig.fake);
	ck_assert_msg(r == 0 || str_eq(before, after), "%s, allocation %d: left:\n%s",
		      s->name, nth, after);
	ck_assert_msg(r == 0 || bpfelf_error(rig.ctx)[0], "%s, allocation %d: no words",
		      s->name, nth);
	ck_assert_int_eq(count_fds(), fds);
	rig_close(&rig);
	return reached;
}

START_TEST(without_memory_nothing_remains)
{
	int n;

	for (n = 0; run_without_memory(&scenarios[_i], n); n++)
		;
	ck_assert_int_gt(n, 0);
}
END_TEST

START_TEST(the_words_survive_the_undoing)
{
	struct job job = { 0 };
	struct rig rig;

	rig_open(&rig, NULL);
	rig.fake.reject_imm = RIG_TAIL1;
	ck_assert_int_eq(job_load_sample(&job, &rig, "tails"), -EACCES);
	job_free(&job);
	ck_assert(strstr(bpfelf_error(rig.ctx), "the verifier refuses it") != NULL);
	ck_assert(bpfelf_verifier_log(rig.ctx)[0]);
	rig_close(&rig);
}
END_TEST

/* A directory that somebody else has put something into meanwhile stays. */
static void use_the_tree(struct fake_kern *fake, void *data)
{
	struct kern *k = &fake->kern;

	(void)data;
	if (strstr(buf_str(&fake->trace), "obj_pin") &&
	    !strstr(buf_str(&fake->trace), "unlink"))
		k->ops->mkdir(k, "/sys/fs/bpf/tc/globals/theirs");
}

START_TEST(a_tree_that_others_use_by_now_stays)
{
	_cleanup_free_ char *state = NULL;
	struct job job = { 0 };
	struct rig rig;

	rig_open(&rig, "");
	rig.fake.before = use_the_tree;
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	job_free(&job);
	state = fake_state(&rig.fake);
	ck_assert_str_eq(state, "mount /sys/fs/bpf\n"
			 "dir /sys/fs/bpf/tc\n"
			 "dir /sys/fs/bpf/tc/globals\n"
			 "dir /sys/fs/bpf/tc/globals/theirs\n");
	ck_assert_str_eq(buf_str(&rig.log),
			 "no bpffs was mounted, mounted one at '/sys/fs/bpf'\n");
	rig_close(&rig);
}
END_TEST

START_TEST(what_others_removed_meanwhile_is_no_complaint)
{
	struct kern *k;
	struct job job;
	struct rig rig;

	rig_open(&rig, NULL);
	k = rig.ctx->kern;
	ck_assert_int_eq(job_load_sample(&job, &rig, "tails"), 0);
	ck_assert_int_eq(k->ops->unlink(k, "/sys/fs/bpf/tc/globals/jumps"), 0);
	job_free(&job);
	ck_assert_str_eq(buf_str(&rig.log), "");
	rig_close(&rig);
}
END_TEST

START_TEST(what_a_transaction_gives)
{
	struct job job;
	struct rig rig;

	rig_open(&rig, NULL);
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_ge(bpfelf_prog_fd(job.txn), 0);
	ck_assert_int_ge(bpfelf_map_fd(job.txn, "global"), 0);
	ck_assert_int_eq(bpfelf_map_fd(job.txn, "nope"), -1);
	ck_assert_str_eq(bpfelf_txn_name(job.txn), "test.o:[classifier]");
	job_free(&job);
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(bpfelf_prog_fd(job.txn), -1);
	ck_assert_int_eq(bpfelf_map_fd(job.txn, "global"), -1);
	ck_assert_str_eq(bpfelf_txn_name(job.txn), "");
	job_free(&job);
	bpfelf_txn_free(NULL);
	rig_close(&rig);
}
END_TEST

Suite *txn_suite(void)
{
	Suite *s = suite_create("txn");
	TCase *tc = tcase_create("txn");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, whatever_fails_nothing_remains, 0, scenarios_cnt);
	tcase_add_loop_test(tc, what_is_not_committed_is_undone, 0, scenarios_cnt);
	tcase_add_loop_test(tc, what_cannot_be_undone_is_told, 0, scenarios_cnt);
	if (oom_possible())
		tcase_add_loop_test(tc, without_memory_nothing_remains, 0, scenarios_cnt);
	tcase_add_test(tc, the_words_survive_the_undoing);
	tcase_add_test(tc, a_tree_that_others_use_by_now_stays);
	tcase_add_test(tc, what_others_removed_meanwhile_is_no_complaint);
	tcase_add_test(tc, what_a_transaction_gives);
	suite_add_tcase(s, tc);
	return s;
}
