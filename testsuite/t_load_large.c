/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Large maps, made by one thread or several: what comes of it is the same. */
#include <errno.h>

#include "rigged.h"
#include "threading.h"

static void start(void)
{
	unsetenv("BPFELF_THREADS");
	threading_reset();
	rig_start();
}

static const unsigned int numbers[] = { 1, 2, 3, 16 };

static int load_maps(uint32_t type, uint32_t entries, uint32_t flags)
{
	struct bpf_elf_map map = {
		.type = type, .size_key = 4, .size_value = 8,
		.max_elem = entries, .flags = flags,
	};
	static const char *const names[] = { "a", "b", "c", "d" };
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen g;
	size_t i;

	elfgen_init(&g);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		map.pinning = i < 2 ? PIN_GLOBAL_NS : PIN_NONE;
		elfgen_map(&g, names[i], &map, sizeof(map));
	}
	elfgen_func(&g, "prog", "pass", CODE(MOV(0, 1), EXIT));
	elfgen_license(&g, "GPL");
	elfgen_end(&g, &elf);
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL);
}

static const struct {
	const char *name;
	uint32_t type, entries, flags;
	unsigned int set;
	int cpus, first, again;	/* threads, also when two are pinned */
} larges[] = {
	{ "hashes", BPF_MAP_TYPE_HASH, 1 << 16, 0, 0, 8, 3, 1 },
	{ "LRU hashes", BPF_MAP_TYPE_LRU_HASH, 1 << 16, 0, 0, 2, 1, 1 },
	{ "one CPU", BPF_MAP_TYPE_HASH, 1 << 16, 0, 0, 1, 0, 0 },
	{ "one thread", BPF_MAP_TYPE_HASH, 1 << 16, 0, 1, 8, 0, 0 },
	{ "not so large", BPF_MAP_TYPE_HASH, 1 << 14, 0, 0, 8, 0, 0 },
	{ "not so large, and asked for", BPF_MAP_TYPE_HASH, 1 << 14, 0, 2, 8, 1, 1 },
	{ "small", BPF_MAP_TYPE_HASH, 1 << 10, 0, 2, 8, 0, 0 },
	{ "made as they are needed", BPF_MAP_TYPE_HASH, 1 << 16, BPF_F_NO_PREALLOC, 0, 8, 0, 0 },
	{ "arrays", BPF_MAP_TYPE_ARRAY, 1 << 20, 0, 0, 8, 0, 0 },
	{ "of each CPU", BPF_MAP_TYPE_PERCPU_HASH, 1 << 16, 0, 0, 8, 0, 0 },
};

START_TEST(large_maps_are_made_by_several)
{
	int before;

	rig.fake.cpus = larges[_i].cpus;
	bpfelf_ctx_set_threads(rig.ctx, larges[_i].set);
	ck_assert_int_eq(load_maps(larges[_i].type, larges[_i].entries, larges[_i].flags), 0);
	ck_assert_msg(threading.created == larges[_i].first, "%s: %d", larges[_i].name, threading.created);
	commit();
	before = threading.created;
	rig_clear_trace(&rig);
	ck_assert_int_eq(load_maps(larges[_i].type, larges[_i].entries, larges[_i].flags), 0);
	ck_assert_msg(threading.created - before == larges[_i].again, "%s, again: %d",
		      larges[_i].name, threading.created - before);
	ck_assert(!traced("map_create a "));
	ck_assert(traced("map_create c "));
	ck_assert_int_eq(fake_count_fds(&rig.fake), 5);	/* and the program */
}
END_TEST

static void note_map(void *data, const struct bpfelf_event *event)
{
	struct bpfelf_map_info info = { .sz = sizeof(info) };

	if (event->map && bpfelf_map_info(event->map, &info) == 0)
		buf_addf(data, "%s %d\n", info.name, event->error);
}

START_TEST(a_large_map_is_refused_in_its_turn)
{
	_cleanup_buf_ struct buf events = { 0 };

	bpfelf_ctx_set_threads(rig.ctx, numbers[_i]);
	bpfelf_ctx_set_observer(rig.ctx, note_map, &events);
	rig.fake.fail_code = -ENOMEM;
	rig.fake.refuse = "map_create c ";
	ck_assert_int_eq(load_maps(BPF_MAP_TYPE_HASH, 1 << 16, 0), -ENOMEM);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': map 'c': create: Cannot allocate memory");
	ck_assert_str_eq(buf_str(&events), "a 0\nb 0\nc 12\n");
}
END_TEST

Suite *load_large_suite(void)
{
	Suite *s = suite_create("load_large");
	TCase *tc = tcase_create("load_large");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, start, rig_finish);
	tcase_add_loop_test(tc, large_maps_are_made_by_several, 0, ARRAY_SIZE(larges));
	tcase_add_loop_test(tc, a_large_map_is_refused_in_its_turn, 0, ARRAY_SIZE(numbers));
	suite_add_tcase(s, tc);
	return s;
}
