/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types by their ids, whether all are found at once or when asked for. */
#include "types.h"

#include <errno.h>

#include "btfgen.h"
#include "unit.h"
#include "util.h"

static struct buf bytes;
static struct types whole, asked;
static struct err err;

static void start(void)
{
	memset(&bytes, 0, sizeof(bytes));
	memset(&whole, 0, sizeof(whole));
	memset(&asked, 0, sizeof(asked));
	err_clear(&err);
}

static void finish(void)
{
	types_free(&whole);
	types_free(&asked);
	buf_free(&bytes);
}

/* of several lengths */
static void generate(uint32_t cnt)
{
	static const uint32_t words[3 * 3];
	struct btfgen g = { 0 };
	uint32_t i;

	for (i = 0; i < cnt; i++)
		btfgen_type(&g, "", BTFGEN(TYPE_STRUCT, i % 7 % 4), i, words, i % 7 % 4 * 3);
	btfgen_end(&g, &bytes, NULL);
}

static void open_asked(void)
{
	types_free(&asked);
	ck_assert_msg(types_open(&asked, NULL, bytes.data, bytes.len, &err) == 0, "%s", err.text);
}

static void read_whole(void)
{
	ck_assert_msg(types_read(&whole, NULL, bytes.data, bytes.len, &err) == 0, "%s", err.text);
}

static const uint32_t counts[] = { 0, 1, 15, 16, 17, 32, 100, 1000 };

START_TEST(the_same_in_any_order)
{
	uint32_t cnt = counts[_i], i, id;

	generate(cnt);
	read_whole();
	ck_assert_uint_eq(whole.cnt, cnt + 1);
	srandom(_i);
	open_asked();
	for (i = 0; i < cnt; i++) {
		if (i % 50 == 0)
			open_asked();
		id = 1 + random() % cnt;
		ck_assert_ptr_eq(types_get(&asked, id), types_get(&whole, id));
		ck_assert_uint_eq(types_get(&asked, id)->size, id - 1);
	}
	for (id = cnt + 1; id; id <<= 1)
		ck_assert_uint_eq(type_kind(types_get(&asked, id)), TYPE_VOID);
	ck_assert_uint_eq(type_kind(types_get(&asked, 0)), TYPE_VOID);
	ck_assert_int_eq(types_check(&asked, &err), 0);
	ck_assert_uint_eq(asked.cnt, 0);
	ck_assert_int_eq(types_index(&asked, &err), 0);
	ck_assert_uint_eq(asked.cnt, cnt + 1);
}
END_TEST

START_TEST(a_type_is_told_by_its_place)
{
	uint32_t cnt = counts[_i], id = 0, at;
	const struct btf_type *t;

	generate(cnt);
	read_whole();
	open_asked();
	for (at = 0; at < whole.data_len; at += 4) {
		t = (const void *)(whole.data + at);
		id += types_get(&whole, id + 1) == t;
		ck_assert_uint_eq(types_id(&asked, t), types_get(&whole, id) == t ? id : 0);
		ck_assert_uint_eq(types_id(&whole, t), types_get(&whole, id) == t ? id : 0);
	}
	ck_assert_uint_eq(id, cnt);
}
END_TEST

/* the last one first, so that all have to be found for it */
START_TEST(a_type_is_told_by_its_place_at_once)
{
	uint32_t id;

	generate(200);
	read_whole();
	for (id = 200; id; id--) {
		open_asked();
		ck_assert_uint_eq(types_id(&asked, types_get(&whole, id)), id);
		ck_assert_uint_eq(types_id(&asked, types_get(&whole, id) + 1),
				  types_get(&whole, id) + 1 == types_get(&whole, id + 1) ? id + 1 : 0);
	}
}
END_TEST

static const struct {
	uint32_t info;
	int r;
	const char *text;
} damages[] = {
	{ 31u << 24, -ENOTSUP, "type 40 is of unknown kind 31" },
	{ 0, -ENOTSUP, "type 40 is of unknown kind 0" },
	{ BTFGEN(TYPE_STRUCT, 65535), -EBADMSG, "type 40 is cut short" },
};

START_TEST(what_is_behind_a_bad_one_is_void)
{
	struct btf_type *bad;
	uint32_t place;

	generate(60);
	read_whole();
	bad = (struct btf_type *)types_get(&whole, 40);
	place = (const char *)types_get(&whole, 41) - whole.data;
	bad->info = damages[_i].info;
	open_asked();
	ck_assert_uint_eq(types_get(&asked, 39)->size, 38);
	ck_assert_int_eq(types_check(&asked, &err), 0);
	ck_assert_uint_eq(type_kind(types_get(&asked, 41)), TYPE_VOID);
	ck_assert_uint_eq(type_kind(types_get(&asked, 40)), TYPE_VOID);
	ck_assert_int_eq(types_check(&asked, &err), damages[_i].r);
	ck_assert_str_eq(err.text, damages[_i].text);
	ck_assert_uint_eq(types_get(&asked, 39)->size, 38);
	open_asked();
	ck_assert_uint_eq(types_id(&asked, (const void *)(asked.data + place)), 0);
	ck_assert_int_eq(types_check(&asked, &err), damages[_i].r);
	ck_assert_int_eq(types_index(&asked, &err), damages[_i].r);
	ck_assert_uint_eq(asked.cnt, 0);
}
END_TEST

Suite *types_suite(void)
{
	Suite *s = suite_create("types");
	TCase *tc = tcase_create("types");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, the_same_in_any_order, 0, ARRAY_SIZE(counts));
	tcase_add_loop_test(tc, a_type_is_told_by_its_place, 0, ARRAY_SIZE(counts));
	tcase_add_test(tc, a_type_is_told_by_its_place_at_once);
	tcase_add_loop_test(tc, what_is_behind_a_bad_one_is_void, 0, ARRAY_SIZE(damages));
	suite_add_tcase(s, tc);
	return s;
}
