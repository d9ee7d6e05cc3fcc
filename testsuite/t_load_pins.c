/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a load takes from pins, and where a bpf_pinning file has it pin. */
#include <errno.h>

#include "rigged.h"

/* The bpf_pinning file */

START_TEST(a_number_that_nobody_knows_changes_nothing)
{
	rig_set_pindb(&rig, "17 own/deep\n");
	ck_assert_int_eq(try_load("own"), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(bpfelf_error(rig.ctx),
				     "map 'mine': pinning 16 stands in no line of '/proc/self/fd/"));
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), ": 16 some/directory"));
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(what_is_wrong_with_the_file_is_told_in_any_case)
{
	rig_set_pindb(&rig, "1 a\nbad\n16 own/deep\n");
	ck_assert_int_eq(try_load("own"), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), ", id 1 is reserved - ignoring!\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), " is corrupted at: bad\n"));
	job_free(&job);
	rig_set_pindb(&rig, "16 own/deep\nworse\n");
	ck_load("own");
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), " is corrupted at: worse\n"));
}
END_TEST

START_TEST(a_file_that_cannot_be_read_stops_who_needs_it)
{
	rig.pin_files[0] = "/proc/self";
	ck_load("pins");
	job_free(&job);
	rig_clear_trace(&rig);
	ck_assert_int_eq(try_load("own"), -EISDIR);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': read '/proc/self': Is a directory");
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(a_directory_that_is_a_map_changes_nothing)
{
	ck_load("nested");
	commit();
	rig_set_pindb(&rig, "16 tc/globals/outer/deep\n");
	rig_clear_trace(&rig);
	ck_assert_int_eq(try_load("own"), -ENOTDIR);
	ck_assert(!traced("obj_pin"));
}
END_TEST

/* Taking what is pinned */

static void set_value(const char *path, uint64_t value)
{
	_cleanup_close_ int fd = ops()->obj_get(rig.ctx->kern, path);
	uint32_t zero = 0;

	ck_assert_int_eq(ops()->map_update(rig.ctx->kern, fd, &zero, &value), 0);
}

START_TEST(a_pinned_map_keeps_what_it_holds)
{
	uint32_t zero = 0;
	uint64_t value = 0;

	rig_keep(&rig, "pins");
	set_value(GLOBALS "/global", 4711);
	ck_load("pins");
	ck_assert_int_eq(ops()->map_lookup(rig.ctx->kern, bpfelf_map_fd(job.txn, "global"),
					   &zero, &value), 0);
	ck_assert_uint_eq(value, 4711);
}
END_TEST

START_TEST(another_shape_changes_nothing)
{
	rig_pin_array(&rig, GLOBALS "/global", 16);
	ck_refused_load("pins", -EEXIST,
		"object 'test.o': map 'global': pinned at '" GLOBALS "/global' with another shape: "
		"value size 8 in the object, 16 in the pin");
	ck_assert_str_eq(bpfelf_hint(rig.ctx),
		"change the object, or remove the pin when nothing needs it: rm " GLOBALS "/global");
}
END_TEST

START_TEST(a_program_in_the_place_of_a_map_changes_nothing)
{
	ck_load("plain");
	ops()->mkdir(rig.ctx->kern, BPFFS "/tc");
	ops()->mkdir(rig.ctx->kern, GLOBALS);
	ck_assert_int_eq(ops()->obj_pin(rig.ctx->kern, bpfelf_prog_fd(job.txn), GLOBALS "/jumps"),
			 0);
	job_free(&job);
	ck_refused_load("tails", -EEXIST,
		"object 'test.o': map 'jumps': what is pinned at '" GLOBALS "/jumps' is no map");
}
END_TEST

START_TEST(with_a_directory_for_xdp_its_maps_are_its_own)
{
	_cleanup_free_ char *state = NULL;

	ops()->mkdir(rig.ctx->kern, BPFFS "/xdp");
	rig_keep(&rig, "nested");
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "pin " BPFFS "/xdp/globals/outer map ") != NULL);
	ck_assert(strstr(state, "link " BPFFS "/ip -> ") != NULL);
	ck_load("nested");
	ck_assert(traced("obj_get " BPFFS "/xdp/globals/outer\n"));
}
END_TEST

START_TEST(with_the_usual_link_tc_and_xdp_share_maps)
{
	rig_keep(&rig, "tails");
	ck_assert_int_eq(job_load_as(&job, &rig, "tails", BPF_PROG_TYPE_XDP, "classifier"),
			 -EINVAL);
	/* and that array is for programs of tc */
	ck_assert(traced("obj_get " BPFFS "/xdp/globals/jumps\n"));
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': map 'jumps': "
			 "pinned at '" BPFFS "/xdp/globals/jumps': it is for programs of type sched_cls, not xdp");
	ck_assert(strstr(bpfelf_hint(rig.ctx), "rm " BPFFS "/xdp/globals/jumps") != NULL);
	ck_assert(!traced("prog_load start type 6"));
}
END_TEST

START_TEST(a_prog_array_of_programs_with_jit_takes_no_others)
{
	rig_keep(&rig, "tails");
	rig_clear_trace(&rig);
	rig.fake.no_jit = true;
	ck_assert_int_eq(try_load("tails"), -EINVAL);
	ck_assert_msg(strstr(bpfelf_error(rig.ctx), "it is for programs with JIT, "
			     "and net.core.bpf_jit_enable is 0"), "%s", bpfelf_error(rig.ctx));
	ck_assert(!traced("prog_load start type 3"));
}
END_TEST

/* the kernel might not be able to compile these either */
START_TEST(whether_programs_are_without_jit_tells_the_kernel)
{
	rig.fake.no_jit = true;
	rig_keep(&rig, "tails");
	rig_clear_trace(&rig);
	rig.fake.no_jit = false;
	ck_assert_int_eq(try_load("tails"), -EINVAL);
	ck_assert(traced("prog_load start type 3"));
	ck_assert_msg(strstr(bpfelf_hint(rig.ctx), "prog array 'jumps' is for programs without JIT"),
		      "%s", bpfelf_hint(rig.ctx));
}
END_TEST

START_TEST(without_proc_the_kernel_says_whose_array_it_is)
{
	rig.fake.no_proc = true;
	rig_keep(&rig, "tails");
	ck_load("tails");
	job_free(&job);
	ck_assert_int_eq(job_load_as(&job, &rig, "tails", BPF_PROG_TYPE_XDP, "classifier"),
			 -EINVAL);
	ck_assert(strstr(bpfelf_error(rig.ctx), "tail_call into a map of other programs") != NULL);
}
END_TEST

/* Programs from pins */

static void pin_samples(void)
{
	rig_keep(&rig, "pins");
	ck_load("plain");
	ck_assert_int_eq(ops()->obj_pin(rig.ctx->kern, bpfelf_prog_fd(job.txn), BPFFS "/p"), 0);
	job_free(&job);
}

static const struct {
	const char *path;
	uint32_t type;
	int expected;
	const char *words;
} pinned[] = {
	{ BPFFS "/p", BPF_PROG_TYPE_XDP, 0, "p:[*fsobj]" },
	{ "m:../p", BPF_PROG_TYPE_XDP, 0, "p:[*fsobj]" },
	{ BPFFS "/p", BPF_PROG_TYPE_SCHED_CLS, -EINVAL,
	  "pinned program '/sys/fs/bpf/p': the program is of type xdp, here it takes sched_cls" },
	{ GLOBALS "/global", BPF_PROG_TYPE_XDP, -EINVAL,
	  "pinned program '/sys/fs/bpf/tc/globals/global': what is pinned there is no program" },
	{ "m:nope", BPF_PROG_TYPE_XDP, -ENOENT,
	  "pinned program 'm:nope': open: No such file or directory" },
	{ "m:p", BPF_PROG_TYPE_KPROBE, -EINVAL,
	  "pinned program 'm:p': 'm:p': programs of type 2 have no directory" },
};

START_TEST(programs_from_pins)
{
	int r;

	pin_samples();
	r = bpfelf_open_pinned(rig.ctx, pinned[_i].path, pinned[_i].type, &job.txn);
	ck_assert_msg(r == pinned[_i].expected, "%d %s", r, bpfelf_error(rig.ctx));
	ck_assert_str_eq(r < 0 ? bpfelf_error(rig.ctx) : bpfelf_txn_name(job.txn),
			 pinned[_i].words);
	ck_assert_int_eq(!job.txn, r < 0);
}
END_TEST

Suite *load_pins_suite(void)
{
	Suite *s = suite_create("load_pins");
	TCase *tc = tcase_create("load_pins");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, a_number_that_nobody_knows_changes_nothing);
	tcase_add_test(tc, what_is_wrong_with_the_file_is_told_in_any_case);
	tcase_add_test(tc, a_file_that_cannot_be_read_stops_who_needs_it);
	tcase_add_test(tc, a_directory_that_is_a_map_changes_nothing);
	tcase_add_test(tc, a_pinned_map_keeps_what_it_holds);
	tcase_add_test(tc, another_shape_changes_nothing);
	tcase_add_test(tc, a_program_in_the_place_of_a_map_changes_nothing);
	tcase_add_test(tc, with_a_directory_for_xdp_its_maps_are_its_own);
	tcase_add_test(tc, with_the_usual_link_tc_and_xdp_share_maps);
	tcase_add_test(tc, a_prog_array_of_programs_with_jit_takes_no_others);
	tcase_add_test(tc, whether_programs_are_without_jit_tells_the_kernel);
	tcase_add_test(tc, without_proc_the_kernel_says_whose_array_it_is);
	tcase_add_loop_test(tc, programs_from_pins, 0, ARRAY_SIZE(pinned));
	suite_add_tcase(s, tc);
	return s;
}
