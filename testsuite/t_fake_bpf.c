/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's maps and programs do as the kernel's. */
#include <errno.h>

#include "fakerig.h"

/* Maps */

START_TEST(shapes_are_checked)
{
	ck_assert_int_eq(new_map("x", 0, 4, 1, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_ARRAY, 4, 0, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_ARRAY, 0, 1, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_PROG_ARRAY, 8, 1, -1), -EINVAL);
	ck_assert_int_eq(new_map("x", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 1, -1), -EBADF);
}
END_TEST

START_TEST(an_array_is_full_of_zeros)
{
	int map = new_map("a", BPF_MAP_TYPE_ARRAY, 4, 2, -1);
	uint32_t value = 9;

	ck_assert_int_eq(look(map, 1, &value), 0);
	ck_assert_int_eq(value, 0);
	ck_assert_int_eq(set(map, 1, 5), 0);
	ck_assert_int_eq(look(map, 1, &value), 0);
	ck_assert_int_eq(value, 5);
	ck_assert_int_eq(look(map, 2, &value), -ENOENT);
	ck_assert_int_eq(set(map, 2, 5), -E2BIG);
	ck_assert_int_eq(del(map, 1), -EINVAL);
	close(map);
}
END_TEST

START_TEST(a_hash_is_empty_and_may_be_full)
{
	int map = new_map("h", BPF_MAP_TYPE_HASH, 4, 2, -1);
	uint32_t value;

	ck_assert_int_eq(look(map, 1, &value), -ENOENT);
	ck_assert_int_eq(set(map, 100, 1), 0);
	ck_assert_int_eq(set(map, 7, 2), 0);
	ck_assert_int_eq(set(map, 7, 3), 0);
	ck_assert_int_eq(set(map, 8, 4), -E2BIG);
	ck_assert_int_eq(look(map, 7, &value), 0);
	ck_assert_int_eq(value, 3);
	ck_assert_int_eq(del(map, 100), 0);
	ck_assert_int_eq(del(map, 100), -ENOENT);
	close(map);
}
END_TEST

START_TEST(a_prog_array_takes_descriptors_and_gives_ids)
{
	int map = new_map("jmp", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, -1);
	int cls = new_prog("cls", BPF_PROG_TYPE_SCHED_CLS);
	int xdp = new_prog("xdp", BPF_PROG_TYPE_XDP);
	uint32_t value;

	ck_assert_int_eq(look(map, 0, &value), -ENOENT);
	ck_assert_int_eq(set(map, 0, 9999), -EBADF);
	ck_assert_int_eq(set(map, 0, map), -EINVAL);
	ck_assert_int_eq(set(map, 0, cls), 0);
	ck_assert_int_eq(look(map, 0, &value), 0);
	ck_assert_uint_eq(value, prog_id(cls));
	ck_assert_int_eq(set(map, 1, xdp), -EINVAL);
	ck_assert_int_eq(set(map, 4, cls), -E2BIG);
	ck_assert_int_eq(del(map, 0), 0);
	ck_assert_int_eq(del(map, 0), -ENOENT);
	close(map);
	close(cls);
	close(xdp);
}
END_TEST

START_TEST(kinds_are_told_apart_only_by_asking)
{
	int map = new_map("m", BPF_MAP_TYPE_ARRAY, 4, 1, -1);
	int prog = new_prog("p", BPF_PROG_TYPE_XDP);
	struct bpf_map_info info;

	ck_assert_int_eq(kern->ops->map_info(kern, prog, &info), 0);
	ck_assert_uint_eq(info.type, BPF_PROG_TYPE_XDP);
	ck_assert_int_eq(kern->ops->obj_kind(kern, map), KERN_OBJ_MAP);
	ck_assert_int_eq(kern->ops->obj_kind(kern, prog), KERN_OBJ_PROG);
	ck_assert_int_eq(kern->ops->obj_kind(kern, STDIN_FILENO), KERN_OBJ_OTHER);
	close(map);
	close(prog);
}
END_TEST

START_TEST(a_map_of_maps_takes_its_likes)
{
	int inner = new_map("in", BPF_MAP_TYPE_ARRAY, 8, 2, -1);
	int other = new_map("ot", BPF_MAP_TYPE_ARRAY, 16, 2, -1);
	int outer = new_map("out", BPF_MAP_TYPE_HASH_OF_MAPS, 4, 2, inner);

	ck_assert_int_ge(outer, 0);
	ck_assert_int_eq(set(outer, 77, inner), 0);
	ck_assert_int_eq(set(outer, 78, other), -EINVAL);
	close(inner);
	close(other);
	close(outer);
}
END_TEST

/* Programs */

#define MOV(n)	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = n }
#define EXIT	{ .code = BPF_JMP | BPF_EXIT }
#define JA(n)	{ .code = BPF_JMP | BPF_JA, .off = n }
#define CALL(n)	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = n }
#define MAP(fd)	{ .code = BPF_LD | BPF_DW | BPF_IMM, .src_reg = BPF_PSEUDO_MAP_FD, .imm = fd }

static const struct verified {
	const char *name;
	struct bpf_insn insns[4];
	uint32_t cnt;
	int result;
	const char *log;
} verified[] = {
	{ "smallest", { MOV(0), EXIT }, 2, 0, "processed 2 insns" },
	{ "nothing", { EXIT }, 0, -E2BIG, "" },
	{ "no end", { MOV(0), MOV(0) }, 2, -EINVAL, "last insn is not an exit" },
	{ "map that is none", { MAP(9999), { 0 }, MOV(0), EXIT }, 4, -EBADF, "fd 9999 is not pointing" },
	{ "half a load", { MOV(0), MAP(0) }, 2, -EINVAL, "last insn is not an exit" },
	{ "second half not empty", { MAP(0), EXIT, EXIT }, 3, -EINVAL, "invalid bpf_ld_imm64" },
	{ "jump", { MOV(0), JA(0), EXIT }, 3, 0, "processed" },
	{ "jump behind the end", { MOV(0), JA(1), EXIT }, 3, -EINVAL, "jump out of range" },
	{ "jump before the start", { JA(-2), EXIT }, 2, -EINVAL, "jump out of range" },
	{ "call", { CALL(1), EXIT, MOV(0), EXIT }, 4, 0, "processed" },
	{ "call too far", { CALL(3), EXIT, MOV(0), EXIT }, 4, -EINVAL, "call to invalid destination" },
	{ "told to refuse", { MOV(666), EXIT }, 2, -EACCES, "R0 invalid mem access 'scalar'\n" },
};

START_TEST(the_verifier_refuses)
{
	const struct verified *v = &verified[_i];
	char log[4096] = "";
	struct kern_prog prog = {
		.name = "p",
		.license = "GPL",
		.insns = v->insns,
		.insn_cnt = v->cnt,
		.type = BPF_PROG_TYPE_SCHED_CLS,
		.log_level = BPF_LOG_STATS,
		.log = log,
		.log_size = sizeof(log),
	};
	int r;

	fake.reject_imm = 666;
	r = kern->ops->prog_load(kern, &prog);
	ck_assert_msg((r < 0 ? r : 0) == v->result, "%s: %d", v->name, r);
	ck_assert_msg(strstr(log, v->log) != NULL, "%s: %s", v->name, log);
	close_fd(r);
}
END_TEST

START_TEST(a_log_too_small_fails_the_load)
{
	char log[16];
	struct kern_prog prog = {
		.name = "p",
		.license = "GPL",
		.insns = pass,
		.insn_cnt = ARRAY_SIZE(pass),
		.type = BPF_PROG_TYPE_XDP,
		.log_level = BPF_LOG_LEVEL2,
		.log = log,
		.log_size = sizeof(log),
	};

	ck_assert_int_eq(kern->ops->prog_load(kern, &prog), -ENOSPC);
	ck_assert_uint_eq(strlen(log), sizeof(log) - 1);
}
END_TEST

START_TEST(programs_are_found_by_id)
{
	int a = new_prog("a", BPF_PROG_TYPE_XDP), b;
	struct bpf_prog_info info;

	b = kern->ops->prog_by_id(kern, prog_id(a));
	ck_assert_int_eq(kern->ops->prog_info(kern, b, &info), 0);
	ck_assert_str_eq(info.name, "a");
	ck_assert_uint_eq(info.type, BPF_PROG_TYPE_XDP);
	ck_assert_int_eq(kern->ops->prog_by_id(kern, 0x7fffffff), -ENOENT);
	close(a);
	close(b);
}
END_TEST

Suite *fake_bpf_suite(void)
{
	Suite *s = suite_create("fake_bpf");
	TCase *tc = tcase_create("fake_bpf");

	tcase_add_checked_fixture(tc, open_fake, close_fake);
	tcase_add_test(tc, shapes_are_checked);
	tcase_add_test(tc, an_array_is_full_of_zeros);
	tcase_add_test(tc, a_hash_is_empty_and_may_be_full);
	tcase_add_test(tc, a_prog_array_takes_descriptors_and_gives_ids);
	tcase_add_test(tc, kinds_are_told_apart_only_by_asking);
	tcase_add_test(tc, a_map_of_maps_takes_its_likes);
	tcase_add_loop_test(tc, the_verifier_refuses, 0,
			    ARRAY_SIZE(verified));
	tcase_add_test(tc, a_log_too_small_fails_the_load);
	tcase_add_test(tc, programs_are_found_by_id);
	suite_add_tcase(s, tc);
	return s;
}
