/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a kernel has the types of some names. */
#include "core.h"

#include <errno.h>

#include "btfgen.h"
#include "unit.h"

#define STRUCTS (1u << TYPE_STRUCT)

static struct btfgen gen;
static struct buf bytes;
static struct types kernel;
static struct core_index core;
static struct err err;

static void start(void)
{
	memset(&gen, 0, sizeof(gen));
	memset(&bytes, 0, sizeof(bytes));
	memset(&kernel, 0, sizeof(kernel));
	memset(&core, 0, sizeof(core));
	err_clear(&err);
}

static void finish(void)
{
	core_index_free(&core);
	types_free(&kernel);
	buf_free(&bytes);
}

static int get_types(void *data, size_t n, const struct types **types, struct err *e)
{
	(void)data;
	if (n)
		return err_set(e, -ENOENT, "no more");
	*types = &kernel;
	return 0;
}

static const struct core_source source = { .get = get_types };

static void open_kernel(void)
{
	btfgen_end(&gen, &bytes, NULL);
	ck_assert_msg(types_open(&kernel, NULL, bytes.data, bytes.len, &err) == 0,
		      "%s", err.text);
}

static int look(const char *name, uint32_t kinds)
{
	core_index_free(&core);
	return core_index_names(&core, &name, 1, kinds, &source, &err);
}

/* ids of what is found, -1: something else */
static void ck_found(const char *name, uint32_t kinds, const uint32_t *ids, uint32_t cnt)
{
	uint32_t i;

	ck_assert_msg(look(name, kinds) == 0, "%s", err.text);
	ck_assert_uint_eq(core.cnt, 1);
	ck_assert_msg(core.names[0].cnt == cnt, "%s: %u", name, core.names[0].cnt);
	for (i = 0; i < cnt; i++)
		ck_assert_uint_eq(core.names[0].list[i].id, ids[i]);
}

static void pointers(uint32_t cnt)
{
	while (cnt--)
		btfgen_type(&gen, "", BTFGEN(TYPE_PTR, 0), 0, NO_WORDS);
}

START_TEST(wherever_it_stands)
{
	static const char *const names[] = { "task", "t", "t___old", "ta", "task___v2" };
	uint32_t i, n, id;

	for (i = 0; i < 5 * 24; i++) {
		pointers(_i);
		id = btfgen_type(&gen, names[i % 5], BTFGEN(TYPE_STRUCT, 0) | i % 2 << 31, 0, NO_WORDS);
		pointers(i / 5);
		open_kernel();
		for (n = 0; n < 5; n += n ? 2 : 1)
			ck_found(names[n], STRUCTS, &id, core_same_name(names[n], names[i % 5]));
		finish();
		start();
	}
}
END_TEST

START_TEST(each_kind_for_itself)
{
	static const uint32_t kinds[] = {
		TYPE_STRUCT, TYPE_UNION, TYPE_ENUM, TYPE_ENUM64, TYPE_TYPEDEF, TYPE_FWD,
		TYPE_FUNC, TYPE_FLOAT,
	};
	const uint32_t cnt = sizeof(kinds) / sizeof(*kinds);
	uint32_t round, i, ids[2];

	for (round = 0; round < 2; round++)
		for (i = 0; i < cnt; i++)
			btfgen_type(&gen, "name", BTFGEN(kinds[i], 0), 0, NO_WORDS);
	open_kernel();
	for (i = 0; i < cnt; i++) {
		ids[0] = i + 1;
		ids[1] = i + 1 + cnt;
		ck_found("name", 1u << kinds[i], ids, 2);
	}
	ck_found("name", 1u << TYPE_INT, NULL, 0);
	ck_found("name", 1u << TYPE_STRUCT | 1u << TYPE_UNION, (const uint32_t[]){ 1, 2, 9, 10 }, 4);
}
END_TEST

/* by their names and values, enumerators could be types; and one is behind */
START_TEST(what_only_looks_like_one)
{
	uint32_t name = btfgen_string(&gen, "task"), info = BTFGEN(TYPE_STRUCT, 0), id, i;

	for (i = 0; i < 20; i++)
		btfgen_type(&gen, "numbers", BTFGEN(TYPE_ENUM, 3), 4,
			    WORDS(name, info, name, info, name, info));
	id = btfgen_type(&gen, "task", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	btfgen_type(&gen, "numbers", BTFGEN(TYPE_ENUM, 1), 4, WORDS(name, info));
	open_kernel();
	ck_found("task", STRUCTS, &id, 1);
}
END_TEST

/* relocations about several kinds of one name, and enums of either size */
START_TEST(all_that_relocations_are_about)
{
	const struct bpf_core_relo relos[] = {
		{ .type_id = 1 }, { .type_id = 2 }, { .type_id = 3 }, { .type_id = 3 },
		{ .type_id = 4, .kind = BPF_CORE_TYPE_ID_LOCAL },
	};
	struct btfgen own = { 0 };
	struct buf own_bytes;
	struct types local;

	btfgen_type(&own, "a", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	btfgen_type(&own, "b", BTFGEN(TYPE_ENUM, 0), 4, NO_WORDS);
	btfgen_type(&own, "a___2", BTFGEN(TYPE_UNION, 0), 0, NO_WORDS);
	btfgen_type(&own, "c", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	btfgen_end(&own, &own_bytes, NULL);
	ck_assert_int_eq(types_read(&local, NULL, own_bytes.data, own_bytes.len, &err), 0);
	btfgen_type(&gen, "b", BTFGEN(TYPE_ENUM64, 0), 8, NO_WORDS);
	btfgen_type(&gen, "a", BTFGEN(TYPE_UNION, 0), 0, NO_WORDS);
	btfgen_type(&gen, "a", BTFGEN(TYPE_ENUM, 0), 4, NO_WORDS);
	btfgen_type(&gen, "b", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	btfgen_type(&gen, "a", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	open_kernel();
	ck_assert_int_eq(core_index_make(&core, &local, relos, 5, &source, &err), 0);
	ck_assert_uint_eq(core.cnt, 2);
	ck_assert_uint_eq(core_index_find(&core, "a")->cnt, 2);
	ck_assert_uint_eq(core_index_find(&core, "a")->list[0].id, 2);
	ck_assert_uint_eq(core_index_find(&core, "a")->list[1].id, 5);
	ck_assert_uint_eq(core_index_find(&core, "b")->cnt, 1);
	ck_assert_uint_eq(core_index_find(&core, "b")->list[0].id, 1);
	types_free(&local);
	buf_free(&own_bytes);
}
END_TEST

/* of a kernel that has kinds of tomorrow, only what is behind them is lost */
START_TEST(an_unknown_kind_in_its_way)
{
	uint32_t id = btfgen_type(&gen, "before", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);

	btfgen_type(&gen, "", BTFGEN(31, 0), 0, NO_WORDS);
	btfgen_type(&gen, "behind", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	open_kernel();
	ck_found("before", STRUCTS, &id, 1);
	ck_found("none", STRUCTS, NULL, 0);
	ck_assert_int_eq(look("behind", STRUCTS), -ENOTSUP);
	ck_assert_str_eq(err.text, "type 2 is of unknown kind 31");
}
END_TEST

Suite *core_index_suite(void)
{
	Suite *s = suite_create("core_index");
	TCase *tc = tcase_create("core_index");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, wherever_it_stands, 0, 24);
	tcase_add_test(tc, each_kind_for_itself);
	tcase_add_test(tc, what_only_looks_like_one);
	tcase_add_test(tc, all_that_relocations_are_about);
	tcase_add_test(tc, an_unknown_kind_in_its_way);
	suite_add_tcase(s, tc);
	return s;
}
