/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "maprules.h"

#include "uapi.h"
#include "unit.h"

#define DEF(t, k, v, max, f)						\
	{ .type = BPF_MAP_TYPE_ ## t, .size_key = (k), .size_value = (v),	\
	  .max_elem = (max), .flags = (f) }

static const struct {
	struct bpf_elf_map def;
	const char *words;
} rows[] = {
	{ DEF(HASH, 4, 8, 1, BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE), "" },
	{ DEF(HASH, 0, 0, 0, 0),
	  "takes key size at least 1, not 0; takes value size at least 1, not 0; "
	  "takes entries at least 1, not 0" },
	{ DEF(PERCPU_HASH, 4, 8, 1, BPF_F_NUMA_NODE), "does not take the flag BPF_F_NUMA_NODE" },
	{ DEF(PERCPU_ARRAY, 4, 32769, 1, 0), "takes value size 1 to 32768, not 32769" },
	{ DEF(ARRAY, 8, 8, 1, BPF_F_NO_PREALLOC | 1u << 31),
	  "takes key size 4, not 8; does not take the flag BPF_F_NO_PREALLOC|0x80000000" },
	{ DEF(ARRAY, 4, 8, 1, BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG),
	  "takes one at most of BPF_F_RDONLY|BPF_F_WRONLY; "
	  "takes one at most of BPF_F_RDONLY_PROG|BPF_F_WRONLY_PROG" },
	{ DEF(LPM_TRIE, 4, 8, 1, 0),
	  "takes key size 5 to 260, not 4; needs the flag BPF_F_NO_PREALLOC" },
	{ DEF(LPM_TRIE, 260, 8, 1, BPF_F_NO_PREALLOC), "" },
	{ DEF(DEVMAP, 4, 8, 1, 0), "" },
	{ DEF(DEVMAP, 4, 6, 1, 0), "takes value size 4 or 8, not 6" },
	{ DEF(CGROUP_STORAGE, 12, 8, 1, 0),
	  "takes key size 8 or 16, not 12; takes entries 0, not 1" },
	{ DEF(STACK_TRACE, 4, 20, 1, 0),
	  "takes value size 8 for each frame, up to kernel.perf_event_max_stack of them, not 20" },
	{ DEF(RINGBUF, 0, 0, 4096, 0), "" },
	{ DEF(RINGBUF, 0, 0, 3 << 12, 0), "takes entries a power of two, at least a page, not 12288" },
	{ DEF(USER_RINGBUF, 4, 4, 100, 0),
	  "takes key size 0, not 4; takes value size 0, not 4; "
	  "takes entries a power of two, at least a page, not 100" },
	{ DEF(SK_STORAGE, 4, 8, 0, 0),
	  "needs the flag BPF_F_NO_PREALLOC; needs BTF for key and value" },
	{ DEF(ARENA, 0, 0, 2, BPF_F_SEGV_ON_FAULT), "needs the flag BPF_F_MMAPABLE" },
	{ DEF(ARENA, 0, 0, 2, BPF_F_MMAPABLE | BPF_F_INNER_MAP),
	  "does not take the flag BPF_F_INNER_MAP" },
	/* no rules, nothing to say */
	{ DEF(STRUCT_OPS, 0, 0, 0, 99), "" },
	{ DEF(INSN_ARRAY, 0, 0, 0, 99), "" },
	{ { .type = 0 }, "" },
	{ { .type = 999 }, "" },
	{ { .type = UINT32_MAX }, "" },
};

START_TEST(what_is_broken_is_said)
{
	_cleanup_buf_ struct buf out = { 0 };

	maprules_broken(&rows[_i].def, false, &out);
	ck_assert_str_eq(buf_str(&out), rows[_i].words);
}
END_TEST

START_TEST(local_storages_need_types)
{
	const struct bpf_elf_map def =
		DEF(SK_STORAGE, 4, 8, 0, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	_cleanup_buf_ struct buf out = { 0 };
	uint32_t type, cnt = 0;

	maprules_broken(&def, true, &out);
	ck_assert_str_eq(buf_str(&out), "");
	for (type = 0; type < 100; type++)
		cnt += maprules_needs_types(type);
	ck_assert_uint_eq(cnt, 4);
	ck_assert(maprules_needs_types(BPF_MAP_TYPE_CGRP_STORAGE));
}
END_TEST

Suite *maprules_suite(void)
{
	Suite *s = suite_create("maprules");
	TCase *tc = tcase_create("maprules");

	tcase_add_loop_test(tc, what_is_broken_is_said, 0, ARRAY_SIZE(rows));
	tcase_add_test(tc, local_storages_need_types);
	suite_add_tcase(s, tc);
	return s;
}
