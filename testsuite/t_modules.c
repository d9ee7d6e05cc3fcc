/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Functions and variables of the kernel's modules: numbers in the plan,
 * descriptors while programs are loaded. */
#include <errno.h>

#include "kfuncs.h"
#include "load.h"
#include "modrig.h"
#include "oom.h"
#include "rigged.h"

static void start(void)
{
	unsetenv("BPFELF_THREADS");
	rig_start();
	rig.fake.files = modrig_files(NULL);
}

static int load_it(void)
{
	return job_load_sample(&job, &rig, "modules");
}

static const struct bpf_insn *insn(size_t at)
{
	return &job.plan->progs[0].code.insns[at];
}

static void ck_call(size_t at, int id, int module)
{
	ck_assert_uint_eq(insn(at)->src_reg, BPF_PSEUDO_KFUNC_CALL);
	ck_assert_int_eq(insn(at)->imm, id);
	ck_assert_int_eq(insn(at)->off, module);
}

START_TEST(a_plan_names_modules)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_SCHED_CLS,
	};
	_cleanup_buf_ struct buf elf = { 0 };
	_cleanup_free_ char *text = NULL;

	rig_build("modules", &elf);
	ck_assert_int_eq(bpfelf_object_open_mem(rig.ctx, elf.data, elf.len, "test.o", &job.obj), 0);
	ck_assert_msg(bpfelf_plan_new(job.obj, &request, &job.plan) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_uint_eq(job.plan->modules_cnt, 2);
	ck_call(MOD_B_FUNC, MOD_B_FUNC_ID, 1);
	ck_call(MOD_A_FUNC, MOD_A_FUNC_ID, 2);
	ck_call(MOD_SHADOW, MOD_SHADOW_ID, 2);
	ck_assert_uint_eq(insn(MOD_GONE)->src_reg, 0);
	ck_assert_uint_eq(insn(MOD_A_VAR)->src_reg, BPF_PSEUDO_BTF_ID);
	ck_assert_int_eq(insn(MOD_A_VAR)->imm, MOD_A_VAR_ID);
	ck_assert_int_eq(insn(MOD_A_VAR)[1].imm, 0);
	text = bpfelf_plan_text(job.plan);
	ck_assert_ptr_nonnull(strstr(text, "types of module 'mod_b'\ntypes of module 'mod_a'\n"));
	ck_assert(!traced("module_btfs"));
}
END_TEST

/* The fake insists on descriptors of modules, wherever they are to be. */
START_TEST(a_load_has_descriptors_for_them)
{
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_int_lt(rig_op(&rig, "module_btfs mod_b mod_a"), rig_op(&rig, "map_create jumps"));
	ck_assert(traced("prog_load start type 3 insns 7 log 4 modules\n"));
	ck_assert(traced("prog_load tail5 type 3 insns 2 log 4 modules\n"));
	ck_assert_int_gt(insn(MOD_A_VAR)[1].imm, 0);
	/* the map, the entry, the lock */
	ck_assert_int_eq(fake_count_fds(&rig.fake), 3);
}
END_TEST

START_TEST(several_threads_share_them)
{
	bpfelf_ctx_set_threads(rig.ctx, 4);
	rig.ctx->few = 0;
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_int_lt(rig_op(&rig, "module_btfs"), rig_op(&rig, "fd_room"));
	ck_assert_int_eq(fake_count_fds(&rig.fake), 3);
}
END_TEST

START_TEST(a_second_round_has_them_still)
{
	ck_assert_int_eq(load_it(), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	job_free(&job);
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
}
END_TEST

START_TEST(nobody_asks_without_need)
{
	ck_assert_int_eq(job_load_sample(&job, &rig, "tails"), 0);
	ck_assert(!traced("module"));
}
END_TEST

static void ck_refused(int code, const char *words, const char *hint)
{
	ck_assert_int_eq(load_it(), code);
	ck_assert_msg(strstr(bpfelf_error(rig.ctx), words), "%s", bpfelf_error(rig.ctx));
	ck_assert_msg(strstr(bpfelf_hint(rig.ctx), hint), "%s", bpfelf_hint(rig.ctx));
	ck_assert(!traced("obj_pin"));
}

START_TEST(one_that_goes_away)
{
	rig.fake.gone = "mod_a";
	ck_refused(-ENOENT, "module 'mod_a' is not loaded any more", "modprobe mod_a");
	ck_assert(!traced("map_create"));
}
END_TEST

START_TEST(types_are_for_root)
{
	rig.fake.refuse = "module_btfs";
	ck_refused(-EPERM, "ask the kernel for the types of modules: Operation not permitted",
		   "CAP_SYS_ADMIN");
}
END_TEST

START_TEST(a_kernel_that_has_no_use_for_them)
{
	rig.fake.no_module_calls = true;
	ck_refused(-EINVAL, "the verifier refuses it: BPF_CALL uses reserved fields", "since Linux 5.16");
}
END_TEST

START_TEST(a_kernel_that_has_no_room_for_them)
{
	rig.fake.refuse = "4 modules";
	rig.fake.fail_code = -E2BIG;
	ck_refused(-E2BIG, "load: Argument list too long", "since Linux 5.16");
}
END_TEST

START_TEST(a_module_that_is_not_loaded)
{
	rig.fake.files = modrig_files("mod_b 2 0 - Live 0x0\nplain 1 0 - Live 0x0\n");
	ck_refused(-ENOENT, "symbol 'a_func': what the kernel tells of its types has no such function, "
		   "nor has a module (mod_b)", "declare it __weak");
}
END_TEST

/* once it is, the same context finds it */
START_TEST(a_module_that_is_loaded_now)
{
	rig.fake.files = modrig_files("mod_b 2 0 - Live 0x0\n");
	ck_assert_int_eq(load_it(), -ENOENT);
	job_free(&job);
	rig.fake.files = modrig_files("mod_a 1 0 - Live 0x0\nmod_b 2 0 - Live 0x0\n");
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
}
END_TEST

START_TEST(modules_without_types_are_tried_once)
{
	ck_assert_int_eq(load_it(), 0);
	ck_assert(traced("view /sys/kernel/btf/plain"));
	job_free(&job);
	rig_clear_trace(&rig);
	ck_assert_int_eq(load_it(), 0);
	ck_assert(traced("read /proc/modules"));
	ck_assert(!traced("view "));
}
END_TEST

static const struct { const char *name, *module; } functions[] = {
	{ "bpf_xdp_ct_lookup", "nf_conntrack" }, { "bpf_ct_release___mine", "nf_conntrack" },
	{ "bpf_ct_set_nat_info", "nf_nat" }, { "bpf_ct_set_nat_info___mine", "nf_nat" },
	{ "bpf_ct_set_nat_information", "nf_conntrack" }, { "bpf_xdp_flow_lookup", "nf_flow_table" },
	{ "bpf_xdp_flow_lookups", NULL }, { "bpf_rcu_read_lock", NULL }, { "bpf_ct", NULL }, { "", NULL },
};

START_TEST(where_functions_are)
{
	const char *module = kfuncs_module(functions[_i].name);

	if (functions[_i].module)
		ck_assert_str_eq(module, functions[_i].module);
	else
		ck_assert_ptr_null(module);
}
END_TEST

START_TEST(memory_may_run_out)
{
	_cleanup_buf_ struct buf elf = { 0 };

	rig_build("modules", &elf);
	ck_assert_int_gt(rig_sweep_memory(&rig, &elf, BPF_PROG_TYPE_SCHED_CLS), 10);
}
END_TEST

static void add_refusals(TCase *tc)
{
	tcase_add_test(tc, one_that_goes_away);
	tcase_add_test(tc, types_are_for_root);
	tcase_add_test(tc, a_kernel_that_has_no_use_for_them);
	tcase_add_test(tc, a_kernel_that_has_no_room_for_them);
	tcase_add_test(tc, a_module_that_is_not_loaded);
	tcase_add_test(tc, a_module_that_is_loaded_now);
}

Suite *modules_suite(void)
{
	Suite *s = suite_create("modules");
	TCase *tc = tcase_create("modules");

	tcase_add_checked_fixture(tc, start, rig_finish);
	tcase_add_test(tc, a_plan_names_modules);
	tcase_add_test(tc, a_load_has_descriptors_for_them);
	tcase_add_test(tc, several_threads_share_them);
	tcase_add_test(tc, a_second_round_has_them_still);
	tcase_add_test(tc, nobody_asks_without_need);
	tcase_add_test(tc, modules_without_types_are_tried_once);
	add_refusals(tc);
	if (oom_possible())
		tcase_add_test(tc, memory_may_run_out);
	suite_add_tcase(s, tc);
	tc = tcase_create("names");
	tcase_add_loop_test(tc, where_functions_are, 0, ARRAY_SIZE(functions));
	suite_add_tcase(s, tc);
	return s;
}
