/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "nested.h"

#include <errno.h>

#include "rigged.h"

#define OUTER "/sys/fs/bpf/xdp/globals/outer"
#define INNER "/sys/fs/bpf/xdp/globals/inner"

static struct bpf_elf_map outer, template, inner;

static void start(void)
{
	rig_start();
	outer = (struct bpf_elf_map) {
		.type = BPF_MAP_TYPE_HASH_OF_MAPS, .size_key = 8,
		.size_value = 4, .max_elem = 4, .inner_id = 7,
		.pinning = PIN_GLOBAL_NS,
	};
	inner = template = (struct bpf_elf_map) {
		.type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 8,
		.max_elem = 2, .id = 7, .inner_idx = UINT32_MAX,
	};
	inner.inner_idx = 2;
}

static int load(void)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen g;

	elfgen_init(&g);
	elfgen_map(&g, "outer", &outer, sizeof(outer));
	elfgen_map(&g, "template", &template, sizeof(template));
	elfgen_map(&g, "inner", &inner, sizeof(inner));
	elfgen_func(&g, "prog", "main", CODE(MOV(0, 0), EXIT));
	elfgen_license(&g, "GPL");
	elfgen_end(&g, &elf);
	elfgen_free(&g);
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL);
}

static void keep(void)
{
	ck_assert_msg(load() == 0, "%s", bpfelf_error(rig.ctx));
	bpfelf_commit(job.txn);
	job_free(&job);
	rig_clear_trace(&rig);
}

/* what the pinned outer map has at @key: an id, 0: nothing */
static uint32_t member(uint64_t key)
{
	struct kern *k = rig.ctx->kern;
	_cleanup_close_ int fd = k->ops->obj_get(k, OUTER);
	uint32_t id;

	return k->ops->map_lookup(k, fd, &key, &id) < 0 ? 0 : id;
}

static void take_out(uint64_t key)
{
	struct kern *k = rig.ctx->kern;
	_cleanup_close_ int fd = k->ops->obj_get(k, OUTER);

	ck_assert_int_eq(k->ops->map_delete(k, fd, &key), 0);
	rig_clear_trace(&rig);
}

static uint32_t id_of(const char *name)
{
	struct bpf_map_info info;

	rig.ctx->kern->ops->map_info(rig.ctx->kern, bpfelf_map_fd(job.txn, name), &info);
	return info.id;
}

START_TEST(what_an_outer_map_holds_it_keeps)
{
	uint32_t id;

	keep();
	id = member(2);
	ck_assert_uint_ne(id, 0);
	ck_assert_int_eq(load(), 0);
	ck_assert_uint_ne(id_of("inner"), id);
	ck_assert_uint_eq(member(2), id);
	ck_assert_str_eq(buf_str(&rig.log), "");
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.info),
		"map 'inner' is not put into slot 2 of map 'outer', which keeps the map with the id "));
}
END_TEST

START_TEST(a_pinned_inner_map_that_is_not_in_there_is_told)
{
	struct kern *k = rig.ctx->kern;

	inner.pinning = PIN_GLOBAL_NS;
	keep();
	ck_assert_int_eq(load(), 0);
	ck_assert_uint_eq(member(2), id_of("inner"));
	ck_assert_str_eq(buf_str(&rig.log), "");
	job_free(&job);
	ck_assert_int_eq(k->ops->unlink(k, INNER), 0);
	ck_assert_int_eq(load(), 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), "map 'inner' is not put into slot 2"));
}
END_TEST

START_TEST(an_empty_slot_is_filled_and_emptied)
{
	keep();
	take_out(2);
	ck_assert_int_eq(load(), 0);
	ck_assert_int_lt(rig_op(&rig, "lock /sys/fs/bpf\n"),
			 rig_op(&rig, "map_update map outer 0200000000000000 map inner"));
	ck_assert_uint_eq(member(2), id_of("inner"));
	job_free(&job);
	ck_assert_uint_eq(member(2), 0);
	ck_assert_int_eq(load(), 0);
	bpfelf_commit(job.txn);
	job_free(&job);
	ck_assert_uint_ne(member(2), 0);
}
END_TEST

START_TEST(what_cannot_be_read)
{
	static const int codes[] = { -EPERM, -ENOTSUPP };

	keep();
	take_out(2);
	ck_assert_int_eq(load(), 0);
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, "map_lookup map outer");
	rig.fake.fail_code = codes[_i];
	/* kernels before 4.14 know only how to put one in */
	ck_assert_int_eq(load(), codes[_i] == -ENOTSUPP ? 0 : codes[_i]);
	ck_assert_uint_eq(member(2), 0);
}
END_TEST

#define SHAPE(t, k, v, max, f)						\
	{ .type = (t), .size_key = (k), .size_value = (v),		\
	  .max_elem = (max), .flags = (f) }

static const struct {
	struct bpf_elf_map inner;
	const char *words;
} misfits[] = {
	{ SHAPE(1, 4, 8, 2, 0), "type hash, not array" },
	{ SHAPE(2, 4, 16, 2, 0), "value size 16, not 8" },
	{ SHAPE(2, 4, 8, 3, 0), "entries 3, not 2" },
	{ SHAPE(1, 8, 12, 9, 1),
	  "type hash, not array, key size 8, not 4, value size 12, not 8, flags 0x1, not 0, entries 9, not 2" },
};

START_TEST(a_map_that_does_not_fit_is_compared)
{
	_cleanup_free_ char *words = NULL, *state = NULL;

	inner = misfits[_i].inner;
	inner.id = 7;
	inner.inner_idx = 1;
	ck_assert_int_eq(load(), -EINVAL);
	words = str_printf("object 'test.o': map 'inner' does not fit into map 'outer', which is for maps like 'template': %s",
			   misfits[_i].words);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	state = fake_state(&rig.fake);
	ck_assert_str_eq(state, "");
}
END_TEST

START_TEST(an_outer_map_may_be_for_others)
{
	keep();
	take_out(2);
	template.size_value = inner.size_value = 16;
	ck_assert_int_eq(load(), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': map 'inner' into slot 2 of map 'outer': Invalid argument");
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "by an earlier load"));
	ck_assert_uint_eq(member(2), 0);
}
END_TEST

Suite *nested_suite(void)
{
	Suite *s = suite_create("nested");
	TCase *tc = tcase_create("nested");

	tcase_add_checked_fixture(tc, start, rig_finish);
	tcase_add_test(tc, what_an_outer_map_holds_it_keeps);
	tcase_add_test(tc, a_pinned_inner_map_that_is_not_in_there_is_told);
	tcase_add_test(tc, an_empty_slot_is_filled_and_emptied);
	tcase_add_loop_test(tc, what_cannot_be_read, 0, 2);
	tcase_add_loop_test(tc, a_map_that_does_not_fit_is_compared, 0, ARRAY_SIZE(misfits));
	tcase_add_test(tc, an_outer_map_may_be_for_others);
	suite_add_tcase(s, tc);
	return s;
}
