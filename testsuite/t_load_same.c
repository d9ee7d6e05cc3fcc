/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether another load would come to the same: only if nobody could tell. */
#include "load.h"

#include "plan.h"
#include "rigged.h"

#define PIN "/sys/fs/bpf/own/deep/mine"	/* of sample "own" */

static void load(const char *sample)
{
	ck_load(sample);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
}

/* constants and nothing else */
static void build_letters(struct buf *elf)
{
	struct elfgen g;
	unsigned int letters;

	elfgen_init(&g);
	elfgen_data(&g, ".rodata", "abcd", 4);
	letters = elfgen_symbol(&g, "letters", elfgen_index(&g, ".rodata"), 0, 4,
				GLOBAL(STT_OBJECT));
	elfgen_func(&g, "prog", "spell", CODE(LOAD64(1, 0, 0), MOV(0, 0), EXIT));
	elfgen_rel(&g, "prog", 0, letters);
	elfgen_license(&g, "GPL");
	elfgen_end(&g, elf);
}

static const struct {
	const char *sample;
	bool same;
} samples[] = {
	{ "plain", true },
	{ "own", true },		/* its map is pinned */
	{ "pins", false },		/* one of them is not */
	{ "tails", false },		/* slots */
	{ "data", false },		/* variables */
	{ "nested", false },		/* maps in maps */
	{ "source", false },
};

START_TEST(samples_that_are_the_same)
{
	_cleanup_free_ char *before = NULL;

	load(samples[_i].sample);
	before = fake_state(&rig.fake);
	ck_assert_int_eq(bpfelf_load_is_same(job.txn), samples[_i].same);
	ck_state(before);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "");
}
END_TEST

START_TEST(constants_are_the_same)
{
	_cleanup_buf_ struct buf elf = { 0 };

	build_letters(&elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), 0);
	ck_assert_uint_eq(job.plan->maps_cnt, 1);
	ck_assert(bpfelf_load_is_same(job.txn));
}
END_TEST

START_TEST(a_pin_that_has_gone_is_missed)
{
	struct kern *k = rig.ctx->kern;

	load("own");
	ck_assert_int_eq(k->ops->unlink(k, PIN), 0);
	ck_assert(!bpfelf_load_is_same(job.txn));
}
END_TEST

START_TEST(another_map_in_its_place_is_another)
{
	struct kern *k = rig.ctx->kern;
	struct job first;

	load("own");
	first = job;
	ck_assert_int_eq(k->ops->unlink(k, PIN), 0);
	load("own");
	ck_assert(bpfelf_load_is_same(job.txn));
	ck_assert(!bpfelf_load_is_same(first.txn));
	job_free(&first);
}
END_TEST

START_TEST(what_is_no_map_is_another)
{
	struct kern *k = rig.ctx->kern;

	load("own");
	ck_assert_int_eq(k->ops->unlink(k, PIN), 0);
	ck_assert_int_eq(k->ops->obj_pin(k, bpfelf_prog_fd(job.txn), PIN), 0);
	ck_assert(!bpfelf_load_is_same(job.txn));
}
END_TEST

START_TEST(for_a_device_it_is_another)
{
	_cleanup_buf_ struct buf elf = { 0 };
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_XDP,
		.ifindex = DEV,
	};

	rig.fake.device = DEV;
	rig_build("plain", &elf);
	ck_assert_int_eq(job_load_request(&job, &rig, &elf, &request), 0);
	ck_assert(!bpfelf_load_is_same(job.txn));
}
END_TEST

START_TEST(what_was_not_loaded_is_not_the_same)
{
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
	ck_assert(!bpfelf_load_is_same(job.txn));
}
END_TEST

/* in doubt it is another; (the bpffs, asked for first, is found otherwise) */
START_TEST(whatever_cannot_be_asked_is_another)
{
	int first, nth, last;

	load("own");
	first = rig.fake.ops;
	ck_assert(bpfelf_load_is_same(job.txn));
	last = rig.fake.ops;
	for (nth = 1; nth < last - first; nth++) {
		rig.fake.fail_at = rig.fake.ops + nth;
		ck_assert(!bpfelf_load_is_same(job.txn));
	}
	ck_assert_int_gt(nth, 2);
}
END_TEST

Suite *load_same_suite(void)
{
	Suite *s = suite_create("load_same");
	TCase *tc = tcase_create("load_same");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_loop_test(tc, samples_that_are_the_same, 0, ARRAY_SIZE(samples));
	tcase_add_test(tc, constants_are_the_same);
	tcase_add_test(tc, a_pin_that_has_gone_is_missed);
	tcase_add_test(tc, another_map_in_its_place_is_another);
	tcase_add_test(tc, what_is_no_map_is_another);
	tcase_add_test(tc, for_a_device_it_is_another);
	tcase_add_test(tc, what_was_not_loaded_is_not_the_same);
	tcase_add_test(tc, whatever_cannot_be_asked_is_another);
	suite_add_tcase(s, tc);
	return s;
}
