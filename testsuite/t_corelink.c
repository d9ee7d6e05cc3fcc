/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* CO-RE relocations in a program, by the types of a kernel and of a module. */
#include <errno.h>

#include "corerig.h"
#include "load.h"
#include "oom.h"
#include "prog.h"
#include "rigged.h"

static void start(void)
{
	rig_start();
	rig.fake.files = corerig_files();
}

static const struct bpf_insn *insns(void)
{
	return job.plan->progs[0].code.insns;
}

START_TEST(instructions_fit_this_kernel)
{
	const struct bpf_insn *i;

	ck_assert_msg(job_load_sample(&job, &rig, "core") == 0, "%s", bpfelf_error(rig.ctx));
	i = insns();
	ck_assert_int_eq(i[CORE_MOV].imm, 8);
	ck_assert_int_eq(i[CORE_LOAD].off, 0);
	ck_assert_int_eq(i[CORE_LOAD].code, BPF_LDX | BPF_MEM | BPF_DW);
	ck_assert_int_eq(i[CORE_WIDE].imm, 2);
	ck_assert_int_eq(i[CORE_WIDE + 1].imm, 1);
	ck_assert_int_eq(i[CORE_MODULE].imm, 4);
	ck_assert_int_eq(i[CORE_EXISTS].imm, 0);
	ck_assert_int_eq(i[CORE_GONE].code, BPF_JMP | BPF_CALL);
	ck_assert_int_eq(i[CORE_GONE].imm, CORELINK_POISON);
	ck_assert_int_eq(i[CORE_CALLED].imm, 8);
	ck_assert_str_eq(corelink_missing(&job.plan->progs[0].code, CORE_GONE),
			 "struct gone.d");
	ck_assert_ptr_null(corelink_missing(&job.plan->progs[0].code, CORE_MOV));
}
END_TEST

START_TEST(types_are_read_once)
{
	ck_assert_int_eq(job_load_sample(&job, &rig, "core"), 0);
	job_free(&job);
	rig_clear_trace(&rig);
	ck_assert_int_eq(job_load_sample(&job, &rig, "core"), 0);
	ck_assert(!traced("view "));
}
END_TEST

START_TEST(types_are_not_read_for_nothing)
{
	ck_assert_int_eq(job_load_sample(&job, &rig, "source"), 0);
	ck_assert(!traced("view "));
}
END_TEST

START_TEST(a_kernel_may_have_none)
{
	rig.fake.files = NULL;
	ck_assert_int_eq(job_load_sample(&job, &rig, "core"), -ENOENT);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': program 'start': "
			 "its CO-RE relocations: read the types of the kernel, "
			 "'/sys/kernel/btf/vmlinux': No such file or directory");
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "CONFIG_DEBUG_INFO_BTF"));
}
END_TEST

START_TEST(its_types_may_be_damaged)
{
	static const struct fake_file files[] = {
		{ "/sys/kernel/btf/vmlinux", "no types at all, this", 0 }, { 0 },
	};

	rig.fake.files = files;
	ck_assert_int_eq(job_load_sample(&job, &rig, "core"), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(bpfelf_error(rig.ctx),
				     "'/sys/kernel/btf/vmlinux': 21 bytes do not hold a header"));
}
END_TEST

/* load it with @by in place of an instruction */
static int damage(const char *section, size_t insn, const struct bpf_insn *by)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen g;
	struct elfgen_section *sec;

	elfgen_init(&g);
	corerig_build(&g);
	sec = elfgen_section(&g, section, 0, 0);
	memcpy(sec->data.data + insn * sizeof(*by), by, sizeof(*by));
	elfgen_end(&g, &elf);
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL);
}

START_TEST(not_every_instruction_can_be_relocated)
{
	const struct bpf_insn add_register = { .code = BPF_ALU64 | BPF_ADD | BPF_X };

	ck_assert_int_eq(damage("classifier", CORE_MOV, &add_register), -EBADMSG);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': program 'start': "
			 "section 'classifier', instruction 0: CO-RE relocation: "
			 "opcode 0xf holds nothing that could be relocated");
}
END_TEST

START_TEST(which_helper_the_log_complains_of)
{
	static const char log[] =
		"0: (b7) r2 = 8\n"
		"; return 0; @ a.c:7\n"
		"12: (85) call unknown#195896080\n"
		"invalid func unknown#195896080\n"
		"processed 2 insns\n";
	uint32_t insn = 0;

	ck_assert(prog_bad_helper(log, CORELINK_POISON, &insn));
	ck_assert_uint_eq(insn, 12);
	ck_assert(!prog_bad_helper(log, 7, &insn));
	ck_assert(!prog_bad_helper(strchr(log, 'i'), CORELINK_POISON, &insn));
	ck_assert(!prog_bad_helper("", CORELINK_POISON, &insn));
}
END_TEST

START_TEST(memory_may_run_out)
{
	_cleanup_buf_ struct buf elf = { 0 };

	rig_build("core", &elf);
	ck_assert_int_gt(rig_sweep_memory(&rig, &elf, BPF_PROG_TYPE_SCHED_CLS), 10);
}
END_TEST

Suite *corelink_suite(void)
{
	Suite *s = suite_create("corelink");
	TCase *tc = tcase_create("corelink");

	tcase_add_checked_fixture(tc, start, rig_finish);
	tcase_add_test(tc, instructions_fit_this_kernel);
	tcase_add_test(tc, types_are_read_once);
	tcase_add_test(tc, types_are_not_read_for_nothing);
	tcase_add_test(tc, a_kernel_may_have_none);
	tcase_add_test(tc, its_types_may_be_damaged);
	tcase_add_test(tc, not_every_instruction_can_be_relocated);
	tcase_add_test(tc, which_helper_the_log_complains_of);
	if (oom_possible())
		tcase_add_test(tc, memory_may_run_out);
	suite_add_tcase(s, tc);
	return s;
}
