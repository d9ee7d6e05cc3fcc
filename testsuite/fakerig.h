/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What suites about the fake share: one, opened, and short words for its
 * operations. Tables of steps are what the running kernel answered to the same
 * steps (6.18).
 */
#ifndef BPFELF_FAKERIG_H
#define BPFELF_FAKERIG_H

#include "fake_kern.h"
#include "unit.h"

static struct fake_kern fake;
static struct kern *kern;

static inline void open_fake(void)
{
	fake = (struct fake_kern)FAKE_KERN;
	kern = fake_open(&fake);
}

static inline void close_fake(void)
{
	kern_free(kern);
	fake_free(&fake);
}

static inline void ck_fake_state(const char *expected)
{
	_cleanup_free_ char *state = fake_state(&fake);

	ck_assert_str_eq(state, expected);
}

static inline int new_map(const char *name, uint32_t type, uint32_t value_size,
			  uint32_t max, int inner_fd)
{
	struct kern_map map = {
		.name = name,
		.type = type,
		.key_size = 4,
		.value_size = value_size,
		.max_entries = max,
		.inner_fd = inner_fd,
	};

	return kern->ops->map_create(kern, &map);
}

static const struct bpf_insn pass[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 2 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static inline int new_prog(const char *name, uint32_t type)
{
	struct kern_prog prog = {
		.name = name,
		.license = "GPL",
		.insns = pass,
		.insn_cnt = ARRAY_SIZE(pass),
		.type = type,
	};

	return kern->ops->prog_load(kern, &prog);
}

static inline int set(int map, uint32_t key, uint32_t value)
{
	return kern->ops->map_update(kern, map, &key, &value);
}

static inline int look(int map, uint32_t key, uint32_t *value)
{
	return kern->ops->map_lookup(kern, map, &key, value);
}

static inline int del(int map, uint32_t key)
{
	return kern->ops->map_delete(kern, map, &key);
}

static inline uint32_t prog_id(int fd)
{
	struct bpf_prog_info info;

	ck_assert_int_eq(kern->ops->prog_info(kern, fd, &info), 0);
	return info.id;
}

#endif
