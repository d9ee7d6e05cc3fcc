/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What other processes do in the middle of a load, and the lock against it. */
#include <errno.h>

#include "rigged.h"

/* Races: what another process does in between */

struct intruder {
	const char *when;	/* the trace ends with this, once */
	void (*act)(void);
};

static void intrude(struct fake_kern *fake, void *data)
{
	struct intruder *in = data;
	const char *trace = buf_str(&fake->trace);
	size_t len = strlen(in->when), have = strlen(trace);

	if (!in->act || have < len || !str_eq(trace + have - len, in->when))
		return;
	in->act();
	in->act = NULL;
}

static void let_intrude(struct intruder *in)
{
	rig.fake.before = intrude;
	rig.fake.before_data = in;
}

static void pin_theirs(void)
{
	rig_pin_array(&rig, GLOBALS "/global", 8);
}

static void pin_other_shape(void)
{
	rig_pin_array(&rig, GLOBALS "/global", 16);
}

START_TEST(who_comes_second_takes_the_map_of_the_first)
{
	struct intruder in = {
		.when = "prog_load count type 3 insns 8 log 4\n", .act = pin_theirs,
	};
	_cleanup_free_ char *state = NULL;

	let_intrude(&in);
	ck_load("pins");
	ck_assert(rig_is_at(&rig, bpfelf_map_fd(job.txn, "global"), GLOBALS "/global"));
	commit();
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "'theirs'") != NULL);
	ck_assert(strstr(buf_str(&rig.info), "another loader was faster") != NULL);
}
END_TEST

START_TEST(who_comes_second_with_another_shape_is_refused)
{
	struct intruder in = {
		.when = "prog_load count type 3 insns 8 log 4\n", .act = pin_other_shape,
	};
	_cleanup_free_ char *state = NULL;

	let_intrude(&in);
	ck_assert_int_eq(try_load("pins"), -EEXIST);
	ck_assert(strstr(bpfelf_error(rig.ctx), "another shape") != NULL);
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "'theirs'") != NULL);
	ck_assert(strstr(state, "/object map") == NULL);
}
END_TEST

static void make_globals(void)
{
	ops()->mkdir(rig.ctx->kern, BPFFS "/tc");
	ops()->mkdir(rig.ctx->kern, GLOBALS);
}

static void take_globals_away(void)
{
	ops()->rmdir(rig.ctx->kern, GLOBALS);
	ops()->rmdir(rig.ctx->kern, BPFFS "/tc");
}

START_TEST(directories_that_come_or_go_meanwhile_are_no_harm)
{
	struct intruder in = {
		.when = "prog_load count type 3 insns 8 log 4\n",
		.act = _i ? make_globals : take_globals_away,
	};

	if (!_i)
		make_globals();
	let_intrude(&in);
	ck_load("pins");
	ck_assert(rig_is_at(&rig, bpfelf_map_fd(job.txn, "global"), GLOBALS "/global"));
	ck_assert_str_eq(buf_str(&rig.info), "");
}
END_TEST

START_TEST(a_directory_is_made_once_for_all_its_maps)
{
	const char *made;

	ck_load("source");
	made = strstr(buf_str(&rig.fake.trace), "mkdir " GLOBALS "\n");
	ck_assert(made && !strstr(made, "EEXIST"));
	ck_assert(strstr(made, "obj_pin map jumps"));
	ck_assert(strstr(made, "obj_pin map counts"));
}
END_TEST

START_TEST(a_race_without_end_is_given_up)
{
	_cleanup_free_ char *state = NULL;

	/* nobody can open what is not there, nor make what is */
	make_globals();
	ops()->symlink(rig.ctx->kern, "nowhere", GLOBALS "/global");
	ck_assert_int_eq(try_load("pins"), -EEXIST);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': gave up after 64 rounds: "
			 "map 'global': pin at '" GLOBALS "/global': File exists");
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "/object map") == NULL);
}
END_TEST

/* The lock: what one pins, another takes only once it is there to stay */

#define EXCLUSIVE "lock " BPFFS "\n"

START_TEST(the_lock_is_held_to_the_end)
{
	ck_load("tails");
	ck_assert(traced(EXCLUSIVE));
	ck_assert_int_ge(rig.ctx->lock_fd, 0);
	bpfelf_commit(job.txn);
	ck_assert_int_eq(rig.ctx->lock_fd, -1);
	job_free(&job);
	ck_load("tails");
	ck_assert_int_ge(rig.ctx->lock_fd, 0);
	job_free(&job);
	ck_assert_int_eq(rig.ctx->lock_fd, -1);
}
END_TEST

START_TEST(who_only_takes_does_not_lock_others_out)
{
	rig_keep(&rig, "pins");
	rig_clear_trace(&rig);
	ck_load("pins");
	ck_assert(traced("lock " BPFFS " shared\n"));
	ck_assert(!traced(EXCLUSIVE));
	/* the shared one went when the maps were there */
	ck_assert_int_eq(fake_count_fds(&rig.fake), 3 + 1);
}
END_TEST

START_TEST(transactions_of_one_context_share_the_lock)
{
	struct bpfelf_txn *second;

	ck_load("tails");
	rig_clear_trace(&rig);
	ck_assert_int_eq(bpfelf_load(job.plan, &second), 0);
	ck_assert(!traced("lock "));
	bpfelf_commit(second);
	bpfelf_txn_free(second);
	ck_assert_int_ge(rig.ctx->lock_fd, 0);
}
END_TEST

START_TEST(without_a_lock_it_goes_on_and_tells)
{
	ck_load("tails");
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, EXCLUSIVE);
	rig.fake.fail_code = -EAGAIN;
	ck_load("tails");
	ck_assert_str_eq(buf_str(&rig.log), "could not lock the bpffs '" BPFFS "' "
			 "(Resource temporarily unavailable), going on without\n");
}
END_TEST

START_TEST(a_bpffs_that_went_away_is_looked_for_again)
{
	ck_load("tails");
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, EXCLUSIVE);
	rig.fake.fail_code = -ESTALE;
	rig_clear_trace(&rig);
	ck_load("tails");
	ck_assert(traced("lock " BPFFS " = ESTALE\nis_bpffs " BPFFS "\n"));
}
END_TEST

Suite *load_race_suite(void)
{
	Suite *s = suite_create("load_race");
	TCase *tc = tcase_create("load_race");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, who_comes_second_takes_the_map_of_the_first);
	tcase_add_test(tc, who_comes_second_with_another_shape_is_refused);
	tcase_add_loop_test(tc, directories_that_come_or_go_meanwhile_are_no_harm, 0, 2);
	tcase_add_test(tc, a_directory_is_made_once_for_all_its_maps);
	tcase_add_test(tc, a_race_without_end_is_given_up);
	tcase_add_test(tc, the_lock_is_held_to_the_end);
	tcase_add_test(tc, who_only_takes_does_not_lock_others_out);
	tcase_add_test(tc, transactions_of_one_context_share_the_lock);
	tcase_add_test(tc, without_a_lock_it_goes_on_and_tells);
	tcase_add_test(tc, a_bpffs_that_went_away_is_looked_for_again);
	suite_add_tcase(s, tc);
	return s;
}
