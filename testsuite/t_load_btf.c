/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* BTF: it comes with maps and programs where it can. */
#include <errno.h>

#include "rigged.h"
#include "uapi.h"

static const char source_fresh[] =
	"btf_load\n"
	"is_bpffs /sys/fs/bpf\n"
	"is_bpffs /sys/fs/bpf/tc/globals = ENOENT\n"
	"map_create jumps type 3 key 4 value 4 max 1 flags 0\n"
	"map_create counts type 2 key 4 value 8 max 2 flags 0 btf\n"
	"prog_load start type 3 insns 10 log 4 btf\n"
	"prog_load tail type 3 insns 5 log 4 btf\n";

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

START_TEST(btf_is_loaded_once_and_comes_with_all)
{
	struct bpf_prog_info prog;
	struct bpf_map_info map;

	bpfelf_ctx_set_threads(rig.ctx, 1);
	ck_load("source");
	ck_assert_msg(begins(buf_str(&rig.fake.trace), source_fresh), "%s",
		      buf_str(&rig.fake.trace));
	ck_assert_str_eq(buf_str(&rig.info), "");
	ops()->map_info(rig.ctx->kern, bpfelf_map_fd(job.txn, "counts"), &map);
	ck_assert_uint_gt(map.btf_id, 0);
	ck_assert_uint_eq(map.btf_key_type_id, 1);
	ck_assert_uint_eq(map.btf_value_type_id, 2);
	ops()->prog_info(rig.ctx->kern, bpfelf_prog_fd(job.txn), &prog);
	ck_assert_uint_eq(prog.btf_id, map.btf_id);
	ck_assert_uint_eq(prog.nr_func_info, 3);
	ck_assert_uint_eq(prog.nr_line_info, 4);
}
END_TEST

static void ck_no_btf(void)
{
	struct bpf_prog_info prog;
	struct bpf_map_info map;

	ops()->map_info(rig.ctx->kern, bpfelf_map_fd(job.txn, "counts"), &map);
	ops()->prog_info(rig.ctx->kern, bpfelf_prog_fd(job.txn), &prog);
	ck_assert_uint_eq(map.btf_id, 0);
	ck_assert_uint_eq(prog.btf_id, 0);
}

START_TEST(btf_that_is_refused_is_left_out)
{
	_cleanup_buf_ struct buf events = { 0 };

	rig_watch(&rig, &events);
	rig.fake.btf_code = EINVAL;
	ck_load("source");
	ck_assert(begins(buf_str(&rig.fake.trace),
			 "btf_load = EINVAL\nbtf_load with log = EINVAL\nis_bpffs"));
	ck_assert(!traced(" btf\n"));
	ck_assert_str_eq(buf_str(&events),
			 "BTF refused at all: EINVAL with a log\ncreated jumps\n"
			 "created counts\nloaded start\nloaded tail\n");
	ck_assert_str_eq(buf_str(&rig.info),
			 "object 'test.o': it is loaded without its BTF (Invalid argument)\n");
	ck_assert_str_eq(buf_str(&rig.log), "");
	ck_no_btf();
}
END_TEST

START_TEST(btf_that_may_not_be_loaded_is_not_asked_about)
{
	rig.fake.btf_code = EPERM;
	ck_load("source");
	ck_assert(begins(buf_str(&rig.fake.trace), "btf_load = EPERM\nis_bpffs"));
	ck_no_btf();
}
END_TEST

START_TEST(btf_that_is_refused_for_a_moment_is_taken)
{
	rig.fake.fail_at = 0;
	rig.fake.fail_code = -ENOMEM;
	ck_load("source");
	ck_assert(begins(buf_str(&rig.fake.trace), "btf_load = ENOMEM\nbtf_load with log\n"));
	ck_assert(traced("log 4 btf\n"));
}
END_TEST

static const int btf_refusals[] = { EINVAL, E2BIG, ENOTSUPP };

START_TEST(what_is_refused_with_btf_comes_without)
{
	rig.fake.use_btf_code = btf_refusals[_i];
	ck_load("source");
	ck_assert(traced("map_create counts type 2 key 4 value 8 max 2 flags 0\n"));
	ck_assert(strstr(buf_str(&rig.info), "map 'counts': its types are refused ("));
	ck_assert(traced("prog_load start type 3 insns 10 log 4\n"));
	ck_assert(strstr(buf_str(&rig.info), "program 'start': its BTF is refused ("));
	ck_assert(strstr(buf_str(&rig.info), "), it is loaded without\n"));
	ck_no_btf();
}
END_TEST

START_TEST(what_is_refused_anyway_is_refused)
{
	rig.fake.use_btf_code = EPERM;
	ck_assert_int_eq(try_load("source"), -EPERM);
	ck_assert(!traced("map_create counts type 2 key 4 value 8 max 2 flags 0\n"));
	job_free(&job);
	rig.fake.use_btf_code = EOPNOTSUPP;
	ck_assert_int_eq(try_load("source"), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "which maps of type array cannot"));
	job_free(&job);
	rig.fake.use_btf_code = 0;
	rig.fake.reject_imm = RIG_CALLEE;
	ck_assert_int_eq(try_load("source"), -EACCES);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': program 'start' (section 'classifier'): the verifier refuses it: "
			 "R0 invalid mem access 'scalar' (Permission denied), at: line 2");
	ck_assert(strstr(bpfelf_verifier_log(rig.ctx), "; line 10\n0: (18)\n"));
}
END_TEST

START_TEST(damaged_btf_is_told_when_asked)
{
	_cleanup_buf_ struct buf elf = { 0 }, events = { 0 };
	char *magic;

	rig_build("source", &elf);
	magic = memmem(elf.data, elf.len, "\x9f\xeb", 2);
	*magic = 1;
	rig_watch(&rig, &events);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL), 0);
	ck_assert(!traced("btf"));
	ck_assert(begins(buf_str(&events), "BTF refused at all: EINVAL with a log\ncreated"));
	ck_assert(begins(buf_str(&rig.info), "object 'test.o': section '.BTF': magic number 0xeb01, not 0xeb9f\n"));
	ck_assert_str_eq(buf_str(&rig.log), "");
	job_free(&job);
	*magic = (char)0x9f;
	magic = memmem(magic + 1, elf.len - (magic + 1 - elf.data), "\x9f\xeb", 2);
	*magic = 1;
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL), 0);
	ck_assert(traced("flags 0 btf\n"));	/* maps need no .BTF.ext */
	ck_assert(!traced("log 4 btf\n"));
	ck_assert(strstr(buf_str(&rig.info), "object 'test.o': section '.BTF.ext': magic"));
}
END_TEST

Suite *load_btf_suite(void)
{
	Suite *s = suite_create("load_btf");
	TCase *tc = tcase_create("load_btf");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, btf_is_loaded_once_and_comes_with_all);
	tcase_add_test(tc, btf_that_is_refused_is_left_out);
	tcase_add_test(tc, btf_that_may_not_be_loaded_is_not_asked_about);
	tcase_add_test(tc, btf_that_is_refused_for_a_moment_is_taken);
	tcase_add_loop_test(tc, what_is_refused_with_btf_comes_without, 0, ARRAY_SIZE(btf_refusals));
	tcase_add_test(tc, what_is_refused_anyway_is_refused);
	tcase_add_test(tc, damaged_btf_is_told_when_asked);
	suite_add_tcase(s, tc);
	return s;
}
