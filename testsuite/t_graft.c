/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>

#include "hook.h"
#include "rigged.h"

#define JUMPS "/sys/fs/bpf/tc/globals/jumps"

static void start(void)
{
	rig_start();
	rig_keep(&rig, "tails");
}

/* the ids of the programs in the array, 0: none */
static const uint32_t *slots(void)
{
	static uint32_t ids[3];
	struct kern *k = rig.ctx->kern;
	_cleanup_close_ int fd = k->ops->obj_get(k, JUMPS);
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		if (k->ops->map_lookup(k, fd, &i, &ids[i]) < 0)
			ids[i] = 0;
	return ids;
}

/* map 1, start 2, tail0 3, tail1 4; what is loaded here 5 */
static void ck_slots(uint32_t a, uint32_t b, uint32_t c)
{
	const uint32_t *ids = slots();

	ck_assert_uint_eq(ids[0], a);
	ck_assert_uint_eq(ids[1], b);
	ck_assert_uint_eq(ids[2], c);
}

START_TEST(a_slot_is_filled_and_put_back)
{
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_slots(3, 4, 0);
	ck_assert_int_eq(bpfelf_graft(job.txn, "m:globals/jumps", 1), 0);
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 2), 0);
	ck_slots(3, 5, 5);
	job_free(&job);
	ck_slots(3, 4, 0);
}
END_TEST

START_TEST(a_graft_is_kept)
{
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 0), 0);
	bpfelf_commit(job.txn);
	job_free(&job);
	ck_slots(5, 4, 0);
}
END_TEST

START_TEST(a_slot_grafted_twice_gets_the_first_back)
{
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 0), 0);
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 0), 0);
	job_free(&job);
	ck_slots(3, 4, 0);
}
END_TEST

static const struct {
	const char *map;
	uint32_t key, type;
	int expected;
	const char *words, *hint;
} refused[] = {
	{ "m:globals/nope", 0, BPF_PROG_TYPE_SCHED_CLS, -ENOENT,
	  "prog array 'm:globals/nope': open: No such file or directory", "" },
	{ "/nowhere", 0, BPF_PROG_TYPE_SCHED_CLS, -ENOENT,
	  "prog array '/nowhere': open: No such file or directory", "" },
	{ JUMPS, 3, BPF_PROG_TYPE_SCHED_CLS, -E2BIG,
	  "prog array '" JUMPS "': key 3 is past its end, it has 3 slots", "" },
	{ JUMPS, UINT32_MAX, BPF_PROG_TYPE_SCHED_CLS, -E2BIG,
	  "prog array '" JUMPS "': key 4294967295 is past its end, it has 3 slots", "" },
	{ "m:globals/jumps", 0, BPF_PROG_TYPE_XDP, -EINVAL,
	  "prog array 'm:globals/jumps': it is for programs of type sched_cls, not xdp", "" },
	{ "m:globals/global", 0, BPF_PROG_TYPE_SCHED_CLS, -EINVAL,
	  "prog array 'm:globals/global': the map is no prog array but array", "" },
	{ "m:prog", 0, BPF_PROG_TYPE_SCHED_CLS, -EINVAL,
	  "prog array 'm:prog': what is pinned there is no map", "" },
};

START_TEST(what_is_no_place_for_it)
{
	_cleanup_free_ char *before = NULL;
	struct kern *k = rig.ctx->kern;

	rig_keep(&rig, "pins");
	ck_load_plain(refused[_i].type);
	ck_assert_int_eq(k->ops->obj_pin(k, bpfelf_prog_fd(job.txn), "/sys/fs/bpf/tc/prog"), 0);
	before = fake_state(&rig.fake);
	ck_assert_int_eq(bpfelf_graft(job.txn, refused[_i].map, refused[_i].key),
			 refused[_i].expected);
	ck_assert_str_eq(bpfelf_error(rig.ctx), refused[_i].words);
	ck_assert(strstr(bpfelf_hint(rig.ctx), refused[_i].hint) != NULL);
	job_free(&job);
	ck_state(before);
}
END_TEST

START_TEST(whose_array_it_is_may_be_unknown)
{
	rig.fake.no_proc = true;
	ck_load_plain(BPF_PROG_TYPE_XDP);
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 0), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "prog array '" JUMPS "': fill slot 0: Invalid argument");
	ck_assert(strstr(bpfelf_hint(rig.ctx), "one type only") != NULL);
}
END_TEST

/* it was loaded when the kernel was set otherwise, and the kernel may take it */
START_TEST(jit_is_asked_for_by_the_kernel_alone)
{
	ck_load_plain(BPF_PROG_TYPE_SCHED_CLS);
	rig.fake.no_jit = true;
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 0), 0);
}
END_TEST

START_TEST(without_a_program_there_is_nothing_to_graft)
{
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert_int_eq(bpfelf_graft(job.txn, JUMPS, 0), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "graft: the transaction has no program");
}
END_TEST

Suite *graft_suite(void)
{
	Suite *s = suite_create("graft");
	TCase *tc = tcase_create("graft");

	tcase_add_checked_fixture(tc, start, rig_finish);
	tcase_add_test(tc, a_slot_is_filled_and_put_back);
	tcase_add_test(tc, a_graft_is_kept);
	tcase_add_test(tc, a_slot_grafted_twice_gets_the_first_back);
	tcase_add_loop_test(tc, what_is_no_place_for_it, 0, ARRAY_SIZE(refused));
	tcase_add_test(tc, whose_array_it_is_may_be_unknown);
	tcase_add_test(tc, jit_is_asked_for_by_the_kernel_alone);
	tcase_add_test(tc, without_a_program_there_is_nothing_to_graft);
	suite_add_tcase(s, tc);
	return s;
}
