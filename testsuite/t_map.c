/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "map.h"

#include <errno.h>

#include "rigged.h"

#define PATH "/sys/fs/bpf/m"

static struct err err;

static void start(void)
{
	rig_start();
	err_clear(&err);
}

static const struct bpf_elf_map base = {
	.type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 8, .max_elem = 2,
};

static struct bpfelf_map map;

static struct plan_map wanted(const struct bpf_elf_map *def)
{
	map = (struct bpfelf_map) { .name = "m", .def = *def };
	return (struct plan_map) {
		.map = &map, .name = "m", .value_size = def->size_value, .inner = -1,
	};
}

static int create_on(uint32_t ifindex, const struct bpf_elf_map *def)
{
	const struct plan_map want = wanted(def);

	return map_create(rig.ctx, &want, -1, -1, ifindex, &err);
}

static int create(const struct bpf_elf_map *def)
{
	return create_on(0, def);
}

static int take_for(uint32_t ifindex, const struct bpf_elf_map *def)
{
	const struct plan_map want = wanted(def);

	return map_take(rig.ctx, &want, ifindex, PATH, &err);
}

static int take(const struct bpf_elf_map *def)
{
	return take_for(0, def);
}

static void pin(int fd)
{
	ck_assert_int_eq(rig.ctx->kern->ops->obj_pin(rig.ctx->kern, fd, PATH), 0);
	close(fd);
}

START_TEST(what_is_not_pinned_is_no_error_yet)
{
	ck_assert_int_eq(take(&base), -ENOENT);
	ck_assert_str_eq(err.text, "");
}
END_TEST

START_TEST(a_pinned_map_of_the_same_shape_is_taken)
{
	int fd;

	pin(create(&base));
	fd = take(&base);
	ck_assert_int_ge(fd, 0);
	ck_assert(rig_is_at(&rig, fd, PATH));
	close(fd);
}
END_TEST

#define SHAPE(t, k, v, max, f)						\
	{ .type = (t), .size_key = (k), .size_value = (v),		\
	  .max_elem = (max), .flags = (f) }

/* against the shape of base: type 2, key 4, value 8, 2 entries, no flags */
static const struct {
	struct bpf_elf_map obj;
	const char *words;	/* NULL: taken */
} shapes[] = {
	{ { .type = 2, .size_key = 4, .size_value = 8, .max_elem = 2, .id = 7, .pinning = 2 },
	  NULL },
	{ SHAPE(1, 4, 8, 2, 0), "type hash in the object, array in the pin" },
	{ SHAPE(999, 4, 8, 2, 0), "type 999 in the object, array in the pin" },
	{ SHAPE(2, 8, 8, 2, 0), "key size 8 in the object, 4 in the pin" },
	{ SHAPE(2, 4, 16, 2, 0), "value size 16 in the object, 8 in the pin" },
	{ SHAPE(2, 4, 8, 3, 0), "entries 3 in the object, 2 in the pin" },
	{ SHAPE(2, 4, 8, 2, BPF_F_RDONLY), NULL },
	{ SHAPE(2, 4, 8, 2, BPF_F_WRONLY), NULL },
	{ SHAPE(2, 4, 8, 2, 1), "flags 0x1 in the object, 0 in the pin" },
	{ SHAPE(1, 8, 16, 9, 1),
	  "type hash in the object, array in the pin, key size 8 in the object, 4 in the pin, "
	  "value size 16 in the object, 8 in the pin, entries 9 in the object, 2 in the pin, "
	  "flags 0x1 in the object, 0 in the pin" },
};

START_TEST(another_shape_is_refused_with_every_difference)
{
	_cleanup_free_ char *expected = NULL;
	int fd;

	pin(create(&base));
	fd = take(&shapes[_i].obj);
	if (!shapes[_i].words) {
		ck_assert_int_ge(fd, 0);
		close(fd);
		return;
	}
	ck_assert_int_eq(fd, -EEXIST);
	expected = str_printf("pinned at '" PATH "' with another shape: %s", shapes[_i].words);
	ck_assert_str_eq(err.text, expected);
	ck_assert(strstr(err.hint, "rm " PATH) != NULL);
}
END_TEST

/* compat: iproute2 and libbpf refuse every second load of it */
START_TEST(the_flag_that_the_kernel_adds_to_a_devmap_is_no_difference)
{
	static const uint32_t types[] = { BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_DEVMAP_HASH };
	struct bpf_elf_map def = base;
	int fd;

	def.type = types[_i];
	pin(create(&def));
	fd = take(&def);
	ck_assert_msg(fd >= 0, "%s", err.text);
	close(fd);
	def.flags = BPF_F_RDONLY_PROG;
	fd = take(&def);
	ck_assert_msg(fd >= 0, "%s", err.text);
	close(fd);
	def.flags = 1;
	ck_assert_int_eq(take(&def), -EEXIST);
}
END_TEST

START_TEST(a_program_is_no_map)
{
	const struct bpf_insn insns[] = { MOV(0, 0), EXIT };
	const struct kern_prog prog = {
		.name = "p", .license = "", .insns = insns, .insn_cnt = 2,
		.type = BPF_PROG_TYPE_XDP,
	};

	pin(rig.ctx->kern->ops->prog_load(rig.ctx->kern, &prog));
	ck_assert_int_eq(take(&base), -EEXIST);
	ck_assert_str_eq(err.text, "what is pinned at '" PATH "' is no map");
}
END_TEST

START_TEST(a_directory_is_no_map)
{
	ck_assert_int_eq(rig.ctx->kern->ops->mkdir(rig.ctx->kern, PATH), 0);
	ck_assert_int_eq(take(&base), -EACCES);
	ck_assert_str_eq(err.text, "open the map pinned at '" PATH "': Permission denied");
}
END_TEST

static const struct {
	int code;
	struct bpf_elf_map def;
	const char *words, *hint;
} refusals[] = {
	{ -EPERM, SHAPE(2, 4, 8, 2, 0), "create: Operation not permitted", "CAP_BPF" },
	{ -EINVAL, SHAPE(2, 4, 8, 2, 1),
	  "create: Invalid argument: type array does not take the flag BPF_F_NO_PREALLOC",
	  "asked for: type array, key size 4, value size 8, 2 entries, flags 0x1" },
	{ -E2BIG, SHAPE(999, 4, 8, 2, 0), "create: Argument list too long",
	  "asked for: type 999, " },
	{ -ENOMEM, SHAPE(2, 4, 8, 2, 1), "create: Cannot allocate memory", "" },
	{ -EINVAL, SHAPE(2, 4, 8, 2, 0), "create: Invalid argument",
	  "older kernels know fewer types and flags" },
	{ -ENOTSUPP, SHAPE(9, 4, 8, 2, 1),
	  "create: Operation not supported (ENOTSUPP): type lru_hash does not take the flag BPF_F_NO_PREALLOC",
	  "asked for: type lru_hash" },
	{ -EINVAL, SHAPE(24, 4, 8, 0, 1),
	  "create: Invalid argument: type sk_storage needs BTF for key and value",
	  "struct ____btf_map_m {" },
	{ -EINVAL, SHAPE(26, 4, 8, 1, 0), "create: Invalid argument", "of the kernel's own" },
};

START_TEST(a_map_that_the_kernel_refuses)
{
	rig.fake.fail_at = 0;
	rig.fake.fail_code = refusals[_i].code;
	ck_assert_int_eq(create(&refusals[_i].def), refusals[_i].code);
	ck_assert_str_eq(err.text, refusals[_i].words);
	ck_assert_msg(strstr(err.hint, refusals[_i].hint) != NULL, "%s", err.hint);
}
END_TEST

/* then it is no help to say that it should have them */
START_TEST(a_map_with_types_that_the_kernel_refuses)
{
	const struct bpf_elf_map def = SHAPE(BPF_MAP_TYPE_CGRP_STORAGE, 4, 8, 0, 1);
	struct plan_map want = wanted(&def);

	want.key_type = 1;
	want.value_type = 2;
	rig.fake.fail_at = 0;
	rig.fake.fail_code = -EINVAL;
	ck_assert_int_eq(map_create(rig.ctx, &want, -1, -1, 0, &err), -EINVAL);
	ck_assert_str_eq(err.text, "create: Invalid argument");
	ck_assert_msg(strstr(err.hint, "older kernels know fewer types") != NULL, "%s", err.hint);
}
END_TEST

/* how many these are, no object can know */
START_TEST(perf_events_without_a_number_are_one_for_each_cpu)
{
	const struct bpf_elf_map def = SHAPE(BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0, 0);
	struct bpf_map_info info;
	int fd;

	pin(create(&def));
	fd = take(&def);
	ck_assert_int_ge(fd, 0);
	rig.ctx->kern->ops->map_info(rig.ctx->kern, fd, &info);
	ck_assert_uint_eq(info.max_entries, 3);
	close(fd);
}
END_TEST

/* offloaded programs have their maps on the device, but not perf events */
START_TEST(the_device_of_a_map)
{
	static const struct { uint32_t type, size_value, ifindex; } rows[] = {
		{ BPF_MAP_TYPE_ARRAY, 8, DEV },
		{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 0 },
	};
	struct bpf_elf_map def = base;
	struct bpf_map_info info;
	int fd;

	def.type = rows[_i].type;
	def.size_value = rows[_i].size_value;
	rig.fake.device = DEV;
	fd = create_on(DEV, &def);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(rig.ctx->kern->ops->map_info(rig.ctx->kern, fd, &info), 0);
	ck_assert_uint_eq(info.ifindex, rows[_i].ifindex);
	pin(fd);
	fd = take_for(DEV, &def);
	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

static const struct {
	uint32_t obj, pin;
	const char *words;
} devices[] = {
	{ DEV, 0, "for the device with index 2 in the object, not for a device in the pin" },
	{ 0, DEV, "for the device with index 2 in the pin, not for a device in the object" },
	{ 7, DEV, "device index 7 in the object, 2 in the pin" },
};

START_TEST(a_pinned_map_of_another_device_is_refused)
{
	_cleanup_free_ char *expected = NULL;

	rig.fake.device = DEV;
	pin(create_on(devices[_i].pin, &base));
	ck_assert_int_eq(take_for(devices[_i].obj, &base), -EEXIST);
	expected = str_printf("pinned at '" PATH "' with another shape: %s", devices[_i].words);
	ck_assert_str_eq(err.text, expected);
}
END_TEST

START_TEST(the_device_of_a_pinned_map_is_gone)
{
	int fd;

	pin(create(&base));
	rig.fake.fail_at = rig.fake.ops + 1;	/* obj_get, map_info */
	rig.fake.fail_code = -ENODEV;
	fd = take(&base);
	ck_assert_int_eq(fd, -ENODEV);
	ck_assert_str_eq(err.text, "ask for the map pinned at '" PATH "': No such device");
	ck_assert(strstr(err.hint, "rm " PATH) != NULL);
}
END_TEST

/* what a device refuses: the first hint that applies */
static const struct {
	int code;
	struct bpf_elf_map def;
	const char *hint;
} device_refusals[] = {
	{ -EPERM, SHAPE(2, 4, 8, 2, 0), "a map on a device takes CAP_SYS_ADMIN" },
	{ -EINVAL, SHAPE(3, 4, 4, 2, 0),
	  "maps on a device are arrays or hashes, this is of type prog_array" },
	{ -EINVAL, SHAPE(2, 4, 8, 2, 0), KERN_DEVICE_HINT },
	{ -EOPNOTSUPP, SHAPE(1, 4, 8, 2, 0), KERN_DEVICE_HINT },
	{ -ENOMEM, SHAPE(1, 4, 8, 3, 0),
	  "asked for: type hash, key size 4, value size 8, 3 entries, flags 0, of a device" },
};

START_TEST(a_map_that_a_device_refuses)
{
	rig.fake.device = DEV;
	rig.fake.fail_at = 0;
	rig.fake.fail_code = device_refusals[_i].code;
	ck_assert_int_eq(create_on(DEV, &device_refusals[_i].def), device_refusals[_i].code);
	ck_assert_str_eq(err.hint, device_refusals[_i].hint);
}
END_TEST

Suite *map_suite(void)
{
	Suite *s = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_checked_fixture(tc, start, rig_finish);
	tcase_add_test(tc, what_is_not_pinned_is_no_error_yet);
	tcase_add_test(tc, a_pinned_map_of_the_same_shape_is_taken);
	tcase_add_loop_test(tc, another_shape_is_refused_with_every_difference, 0,
			    ARRAY_SIZE(shapes));
	tcase_add_loop_test(tc, the_flag_that_the_kernel_adds_to_a_devmap_is_no_difference, 0, 2);
	tcase_add_test(tc, a_program_is_no_map);
	tcase_add_test(tc, a_directory_is_no_map);
	tcase_add_loop_test(tc, a_map_that_the_kernel_refuses, 0, ARRAY_SIZE(refusals));
	tcase_add_test(tc, a_map_with_types_that_the_kernel_refuses);
	tcase_add_test(tc, perf_events_without_a_number_are_one_for_each_cpu);
	tcase_add_loop_test(tc, the_device_of_a_map, 0, 2);
	tcase_add_loop_test(tc, a_pinned_map_of_another_device_is_refused, 0, ARRAY_SIZE(devices));
	tcase_add_test(tc, the_device_of_a_pinned_map_is_gone);
	tcase_add_loop_test(tc, a_map_that_a_device_refuses, 0, ARRAY_SIZE(device_refusals));
	suite_add_tcase(s, tc);
	return s;
}
