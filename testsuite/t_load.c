/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which effects a load has, in which order, and that it tells of each. */
#include <errno.h>

#include "hooks.h"
#include "rigged.h"

static void start_again_on(const char *bpffs)
{
	rig_close(&rig);
	rig_open(&rig, bpffs);
}

/* The order of effects */

static const char tails_fresh[] =
	"is_bpffs /sys/fs/bpf\n"
	"is_bpffs /sys/fs/bpf/tc/globals = ENOENT\n"
	"map_create jumps type 3 key 4 value 4 max 3 flags 0\n"
	"prog_load start type 3 insns 7 log 4\n"
	"prog_load tail0 type 3 insns 4 log 4\n"
	"map_update map jumps 00000000 prog tail0\n"
	"prog_load tail1 type 3 insns 2 log 4\n"
	"map_update map jumps 01000000 prog tail1\n"
	"lock /sys/fs/bpf\n"
	"mkdir /sys/fs/bpf/tc\n"
	"mkdir /sys/fs/bpf/tc/globals\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/xdp\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/ip\n"
	"obj_pin map jumps /sys/fs/bpf/tc/globals/jumps\n";

static const char tails_again[] =
	"is_bpffs /sys/fs/bpf\n"
	"is_bpffs /sys/fs/bpf/tc/globals\n"
	"lock /sys/fs/bpf shared\n"
	"obj_get /sys/fs/bpf/tc/globals/jumps\n"
	"map_info map jumps\n"
	"map_owner map jumps\n"
	"jit\n"
	"prog_load start type 3 insns 7 log 4\n"
	"prog_load tail0 type 3 insns 4 log 4\n"
	"prog_load tail1 type 3 insns 2 log 4\n"
	"lock /sys/fs/bpf\n"
	"map_lookup map jumps 00000000\n"
	"prog_by_id 3\n"
	"map_update map jumps 00000000 prog tail0\n"
	"map_lookup map jumps 01000000\n"
	"prog_by_id 4\n"
	"map_update map jumps 01000000 prog tail1\n";

START_TEST(what_others_see_comes_last)
{
	bpfelf_ctx_set_threads(rig.ctx, 1);
	ck_load("tails");
	ck_assert_str_eq(buf_str(&rig.fake.trace), tails_fresh);
	commit();
	rig_clear_trace(&rig);
	ck_load("tails");
	ck_assert_str_eq(buf_str(&rig.fake.trace), tails_again);
}
END_TEST

static const char nested_unmounted[] =
	"is_bpffs /sys/fs/bpf\n"
	"is_bpffs /bpf = ENOENT\n"
	"mounts\n"
	"map_create inner type 2 key 4 value 8 max 2 flags 0\n"
	"map_create outer type 12 key 4 value 4 max 2 flags 0\n"
	"prog_load look type 6 insns 4 log 4\n"
	"map_update map outer 01000000 map inner\n"
	"mkdir /sys/fs/bpf = EEXIST\n"
	"mount /sys/fs/bpf\n"
	"lock /sys/fs/bpf\n"
	"mkdir /sys/fs/bpf/tc\n"
	"mkdir /sys/fs/bpf/tc/globals\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/xdp\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/ip\n"
	"mkdir /sys/fs/bpf/xdp = EEXIST\n"
	"mkdir /sys/fs/bpf/xdp/globals = EEXIST\n"
	"obj_pin map outer /sys/fs/bpf/xdp/globals/outer\n";

START_TEST(inner_maps_come_first_and_a_bpffs_late)
{
	start_again_on("");
	ck_load("nested");
	ck_assert_str_eq(buf_str(&rig.fake.trace), nested_unmounted);
}
END_TEST

static const char own_fresh[] =
	"is_bpffs /sys/fs/bpf\n"
	"is_bpffs /sys/fs/bpf/own/deep = ENOENT\n"
	"map_create mine type 2 key 4 value 8 max 2 flags 0\n"
	"prog_load count type 6 insns 4 log 4\n"
	"lock /sys/fs/bpf\n"
	"mkdir /sys/fs/bpf/tc\n"
	"mkdir /sys/fs/bpf/tc/globals\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/xdp\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/ip\n"
	"mkdir /sys/fs/bpf/own\n"
	"mkdir /sys/fs/bpf/own/deep\n"
	"obj_pin map mine /sys/fs/bpf/own/deep/mine\n";

START_TEST(directories_of_ones_own_are_made_one_by_one)
{

	ck_load("own");
	ck_assert_str_eq(buf_str(&rig.fake.trace), own_fresh);
	rig_clear_trace(&rig);
	job_free(&job);
	ck_state("");
	ck_assert_int_lt(rig_op(&rig, "unlink /sys/fs/bpf/own/deep/mine"),
			 rig_op(&rig, "rmdir /sys/fs/bpf/own/deep\n"));
	ck_assert_int_lt(rig_op(&rig, "rmdir /sys/fs/bpf/own/deep\n"),
			 rig_op(&rig, "rmdir /sys/fs/bpf/own\n"));
}
END_TEST

START_TEST(without_pins_no_bpffs_is_looked_for)
{
	start_again_on("");
	ck_load("plain");
	ck_assert_str_eq(buf_str(&rig.fake.trace), "prog_load pass type 6 insns 2 log 4\n");
}
END_TEST

/* What happened, told as it happens */

START_TEST(an_observer_sees_each_step)
{
	_cleanup_buf_ struct buf events = { 0 };

	rig_watch(&rig, &events);
	ck_load("tails");
	commit();
	ck_load("tails");
	job_free(&job);
	rig.fake.reject_imm = RIG_TAIL1;
	ck_assert_int_eq(try_load("tails"), -EACCES);
	ck_assert_str_eq(buf_str(&events),
			 "created jumps\nloaded start\nloaded tail0\nloaded tail1\n"
			 "reused jumps\nloaded start\nloaded tail0\nloaded tail1\n"
			 "reused jumps\nloaded start\nloaded tail0\n"
			 "program refused tail1: EACCES with a log\n");
}
END_TEST

START_TEST(an_observer_sees_a_refused_map)
{
	_cleanup_buf_ struct buf events = { 0 };

	ck_load("nested");
	job_free(&job);
	rig_watch(&rig, &events);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, "map_create outer");
	ck_assert_int_eq(try_load("nested"), -EPERM);
	ck_assert_str_eq(buf_str(&events), "created inner\nmap refused outer: EPERM\n");
}
END_TEST

START_TEST(verbose_loads_come_with_logs)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_XDP,
		.flags = BPFELF_VERBOSE,
	};
	_cleanup_buf_ struct buf elf = { 0 }, events = { 0 };

	rig_watch(&rig, &events);
	rig_build("plain", &elf);
	ck_assert_int_eq(job_load_request(&job, &rig, &elf, &request), 0);
	ck_assert_str_eq(buf_str(&events), "loaded pass with a log\n");
}
END_TEST

/* The verifier refuses */

#define REASON ": the verifier refuses it: R0 invalid mem access 'scalar' (Permission denied)"

static const struct {
	int32_t imm;
	const char *words;
} refusals[] = {
	{ RIG_ENTRY,
	  "object 'test.o': program 'start' (section 'classifier')" REASON },
	{ RIG_CALLEE,
	  "object 'test.o': program 'start' (section 'classifier')" REASON },
	{ RIG_TAIL0,
	  "object 'test.o': program 'tail0' (section '1/0')" REASON },
	{ RIG_TAIL1,
	  "object 'test.o': program 'tail1' (section '1/1')" REASON },
};

START_TEST(a_refused_program_changes_nothing)
{
	rig.fake.reject_imm = refusals[_i].imm;
	ck_refused_load("tails", -EACCES, refusals[_i].words);
	/* the whole log, the way there included */
	ck_assert(strstr(bpfelf_verifier_log(rig.ctx), "0: (") != NULL);
	ck_assert(strstr(bpfelf_verifier_log(rig.ctx), "R0 invalid mem access") != NULL);
}
END_TEST

START_TEST(a_refused_program_leaves_a_live_array_alone)
{
	rig_keep(&rig, "tails");
	rig.fake.reject_imm = refusals[_i].imm;
	ck_refused_load("tails", -EACCES, refusals[_i].words);
}
END_TEST

/* Slots */

START_TEST(slots_are_put_back_when_the_attachment_fails)
{
	struct bpfelf_hook hook = cls_hook(0, 0, 0);
	_cleanup_free_ char *before = NULL;

	rig_keep(&rig, "tails");
	before = fake_state(&rig.fake);
	ck_load("tails");
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -EINVAL);
	ck_assert_str_eq(bpfelf_extack(rig.ctx), "Parent Qdisc doesn't exists");
	job_free(&job);
	ck_state(before);
}
END_TEST

/* compat: what was grafted survives a reload */
START_TEST(a_slot_that_the_object_does_not_name_stays)
{
	_cleanup_free_ char *state = NULL;
	uint32_t key = 2;
	int fd;

	bpfelf_ctx_set_threads(rig.ctx, 1);	/* ids in file order */
	ck_load("tails");
	fd = bpfelf_prog_fd(job.txn);
	ck_assert_int_eq(ops()->map_update(rig.ctx->kern, bpfelf_map_fd(job.txn, "jumps"), &key,
					   &fd), 0);
	commit();
	rig_keep(&rig, "tails");
	state = fake_state(&rig.fake);
	ck_assert_str_eq(strstr(state, "  [0"),
			 "  [00000000] = 06000000\n"
			 "  [01000000] = 07000000\n"
			 "  [02000000] = 02000000\n"
			 "link /sys/fs/bpf/xdp -> /sys/fs/bpf/tc/\n");
}
END_TEST

START_TEST(slots_that_cannot_be_put_back_are_told)
{
	rig_keep(&rig, "tails");
	rig_clear_trace(&rig);
	ck_load("tails");
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, "prog_by_id 3");
	ck_load("tails");
	ck_assert(traced("prog_by_id 3 = EPERM\n"));
	ck_assert_str_eq(buf_str(&rig.log), "slot 0 could not be put back if a later step failed: "
			 "CAP_SYS_ADMIN is missing\n");
}
END_TEST

START_TEST(a_plan_may_be_loaded_again)
{
	struct bpfelf_txn *again;

	ck_load("tails");
	ck_assert_int_eq(bpfelf_load(job.plan, &again), 0);
	ck_assert_int_ne(bpfelf_prog_fd(again), bpfelf_prog_fd(job.txn));
	bpfelf_commit(again);
	bpfelf_txn_free(again);
}
END_TEST

START_TEST(a_section_left_out_is_warned_of)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen g;

	elfgen_init(&g);
	elfgen_func(&g, "prog", "main", CODE(EXIT));
	elfgen_func(&g, "7/0", "t", CODE(EXIT));
	elfgen_end(&g, &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), 0);
	ck_assert_str_eq(buf_str(&rig.log),
			 "section '7/0' is left out: no prog array has the id 7\n");
}
END_TEST

Suite *load_suite(void)
{
	Suite *s = suite_create("load");
	TCase *tc = tcase_create("load");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, what_others_see_comes_last);
	tcase_add_test(tc, inner_maps_come_first_and_a_bpffs_late);
	tcase_add_test(tc, directories_of_ones_own_are_made_one_by_one);
	tcase_add_test(tc, without_pins_no_bpffs_is_looked_for);
	tcase_add_test(tc, an_observer_sees_each_step);
	tcase_add_test(tc, an_observer_sees_a_refused_map);
	tcase_add_test(tc, verbose_loads_come_with_logs);
	tcase_add_loop_test(tc, a_refused_program_changes_nothing, 0, ARRAY_SIZE(refusals));
	tcase_add_loop_test(tc, a_refused_program_leaves_a_live_array_alone, 0,
			    ARRAY_SIZE(refusals));
	tcase_add_test(tc, slots_are_put_back_when_the_attachment_fails);
	tcase_add_test(tc, a_slot_that_the_object_does_not_name_stays);
	tcase_add_test(tc, slots_that_cannot_be_put_back_are_told);
	tcase_add_test(tc, a_plan_may_be_loaded_again);
	tcase_add_test(tc, a_section_left_out_is_warned_of);
	suite_add_tcase(s, tc);
	return s;
}
