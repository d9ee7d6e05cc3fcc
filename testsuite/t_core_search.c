/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is found 16 bytes at a time is what stands there, byte by byte. */
#include "core_search.h"

#include <errno.h>
#include <stdio.h>

#include "btfgen.h"
#include "core.h"
#include "unit.h"

#define MAX_NAMES	12
#define HAY_MAX		100	/* some strides, and a rest */

/* offsets of the strings that a name begins, as far as four letters tell */
static bool begins(const char *s, const char *name)
{
	size_t len = core_name_len(name), n = len < 4 ? len : 4;

	if (strncmp(s, name, n))
		return false;
	return n == 4 || !s[n] || s[n] == '_';
}

static bool is_expected(const char *s, const char *const *names)
{
	for (; *names; names++)
		if (begins(s, *names))
			return true;
	return false;
}

/* whatever is found begins as a string does, and no expected one is left out */
static void compare(const char *hay, size_t len, const char *const *names)
{
	struct core_letters letters = { 0 };
	/* of this length, for who looks behind its end */
	_cleanup_free_ char *copy = malloc(len + !len);
	size_t i, at;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, hay, len);
	for (i = 0; names[i]; i++)
		core_letters_want(&letters, names[i], core_name_len(names[i]));
	at = core_letters_next(&letters, copy, len);
	for (i = 0; i < len; i++) {
		bool is_string = copy[i] && (!i || !copy[i - 1]);

		if (is_string && is_expected(copy + i, names))
			ck_assert_uint_eq(at, i);
		if (at == i) {
			ck_assert(is_string);
			at = core_letters_next(&letters, copy, len);
		}
	}
	ck_assert_uint_eq(at, len);
	ck_assert_uint_eq(core_letters_next(&letters, copy, len), len);
}

static const struct {
	const char *names[MAX_NAMES];
	const char *found;
} needles[] = {
	{ { "task_struct" }, "task_struct" },
	{ { "task_struct___mine" }, "task_struct" },
	{ { "task_struct" }, "task_struct___old" },
	{ { "task" }, "task" },
	{ { "task" }, "task___v2" },
	{ { "abc" }, "abc" },
	{ { "abc" }, "abc___x" },
	{ { "ab" }, "ab" },
	{ { "ab" }, "ab___x" },
	{ { "a" }, "a" },
	{ { "a" }, "a___x" },
	{ { "a___x" }, "a" },
	{ { "sock", "sock_common", "socket" }, "sock_common" },
	{ { "sock", "sock_common", "socket" }, "sock" },
	{ { "ab", "cd", "ef" }, "ef" },
	{ { "ab", "cd", "ef", "gh", "ij", "kl", "mn", "op", "qr", "st" }, "st" },
	{ { "a", "b", "c", "d", "e", "f", "g", "h", "i" }, "i" },
	{ { "\xc3\xa4\xc3\xb6" }, "\xc3\xa4\xc3\xb6" },
};

/* at each place, from the first byte to where the NUL is the last one */
START_TEST(each_place_is_seen)
{
	const char *found = needles[_i].found;
	size_t at, len, size = strlen(found) + 1;
	char hay[HAY_MAX];

	for (len = size; len <= HAY_MAX; len++)
		for (at = 0; at + size <= len; at++) {
			memset(hay, 'x', len);
			hay[len - 1] = '\0';
			if (at)
				hay[at - 1] = '\0';
			memcpy(hay + at, found, size);
			compare(hay, len, needles[_i].names);
		}
}
END_TEST

START_TEST(strings_side_by_side_are_seen)
{
	static const char hay[] = "\0a\0a\0ab\0\0a___x\0b\0ta\0task\0task_struct\0tas\0"
		"task_struct___old\0ab\0a_\0a\0ab___1\0abc\0task\0struct\0a";

	compare(hay, sizeof(hay), (const char *const[]){ "a", NULL });
	compare(hay, sizeof(hay), (const char *const[]){ "ab", "task", NULL });
	compare(hay, sizeof(hay), (const char *const[]){ "a", "b", "ab", "task_struct", NULL });
	compare(hay, sizeof(hay), (const char *const[]){ NULL });
}
END_TEST

START_TEST(no_strings_have_none)
{
	compare("", 0, needles[0].names);
	compare("", 1, needles[0].names);
}
END_TEST

static struct buf bytes;
static struct types types;

/* structs named by turns, with members that have the same name */
static void generate(uint32_t cnt, uint32_t names)
{
	struct btfgen g = { 0 };
	struct err err = { 0 };
	uint32_t i, offset, at;
	char name[16];

	for (i = 0; i < names; i++) {
		snprintf(name, sizeof(name), "type_%02u", i);
		btfgen_string(&g, name);
	}
	for (i = 0; i < cnt; i++) {
		offset = 1 + i % names * sizeof("type_00");
		at = g.types.len;
		if (i % 3)
			btfgen_type(&g, "", BTFGEN(TYPE_STRUCT, 1), 4, WORDS(offset, i, 0));
		else
			btfgen_type(&g, "", BTFGEN(TYPE_PTR, 0), i, NO_WORDS);
		if (i % 3)
			memcpy(g.types.data + at, &offset, sizeof(offset));
	}
	btfgen_end(&g, &bytes, NULL);
	ck_assert_int_eq(types_read(&types, NULL, bytes.data, bytes.len, &err), 0);
}

static void finish(void)
{
	types_free(&types);
	buf_free(&bytes);
}

/* of each type that has one of the names, and of no other */
static void search_types(const uint32_t *names, size_t cnt)
{
	uint32_t at = 0, id, i;

	for (id = types.first; id < types.cnt; id++) {
		const struct btf_type *t = types_get(&types, id);

		for (i = 0; i < cnt && t->name_off != names[i];)
			i++;
		if (i == cnt)
			continue;
		do {
			at = core_search_types(&types, at, names, cnt) + 4;
			ck_assert_uint_le(at, types.data_len);
		} while (!types_at(&types, at - 4));
		ck_assert_uint_eq(types_at(&types, at - 4), id);
	}
	while ((at = core_search_types(&types, at, names, cnt)) < types.data_len) {
		ck_assert_uint_eq(types_at(&types, at), 0);
		at += 4;
	}
}

START_TEST(types_are_found_by_the_offsets_of_their_names)
{
	uint32_t names[CORE_SEARCH_FEW], i;

	generate(_i * 2, 20);
	for (i = 0; i < CORE_SEARCH_FEW && types.first + i * 3 + 1 < types.cnt; i++) {
		names[i] = types_get(&types, types.first + i * 3 + 1)->name_off;
		search_types(names, i + 1);
	}
	search_types(names, 0);
}
END_TEST

/* some 1.5 MB: the index has one place for several types */
START_TEST(a_type_is_told_by_its_place)
{
	const struct btf_type *t;
	uint32_t id;

	generate((const uint32_t[]){ 0, 1, 70000 }[_i], 50);
	for (id = types.first; id < types.cnt; id++) {
		t = types_get(&types, id);
		ck_assert_uint_eq(types_at(&types, (const char *)t - types.data), id);
		ck_assert_uint_eq(types_at(&types, (const char *)t - types.data + 4), 0);
	}
	ck_assert_uint_eq(types_at(&types, types.data_len), 0);
}
END_TEST

/* a kernel with types k_0 to k_19, and a module */
static struct types sources[2];
static struct buf sources_bytes[2];

static int get_source(void *data, size_t n, const struct types **source, struct err *err)
{
	(void)data;
	if (n >= ARRAY_SIZE(sources))
		return err_set(err, -ENOENT, "no more");
	*source = &sources[n];
	return 0;
}

static void read_source(size_t n, struct btfgen *g)
{
	struct err err = { 0 };

	btfgen_end(g, &sources_bytes[n], NULL);
	ck_assert_int_eq(types_read(&sources[n], n ? &sources[0] : NULL, sources_bytes[n].data,
				    sources_bytes[n].len, &err), 0);
}

static void struct_at(struct btfgen *g, uint32_t name)
{
	size_t at = g->types.len;

	btfgen_type(g, "", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	memcpy(g->types.data + at, &name, sizeof(name));
}

static void generate_sources(void)
{
	struct btfgen g = { 0 };
	char name[16];
	uint32_t i, offset;

	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "k_%u", i);
		btfgen_type(&g, name, BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	}
	btfgen_type(&g, "k_3___old", BTFGEN(TYPE_STRUCT, 0), 0, NO_WORDS);
	btfgen_type(&g, "", BTFGEN(TYPE_STRUCT, 1), 4,
		    WORDS(offset = btfgen_string(&g, "shared"), 1, 0));
	read_source(0, &g);
	/* named by the kernel's string, then by its own, which follow these */
	struct_at(&g, offset);
	struct_at(&g, sources[0].strings_len + btfgen_string(&g, "k_1"));
	struct_at(&g, sources[0].strings_len + btfgen_string(&g, "own"));
	read_source(1, &g);
}

static void check_found(const struct core_index *index, const char *name,
			size_t source, uint32_t id)
{
	const struct core_name *found = core_index_find(index, name);
	uint32_t last;

	ck_assert_ptr_nonnull(found);
	last = found->cnt - 1;
	ck_assert_uint_eq(found->cnt, str_eq(name, "k_3") ? 2 : 1);
	ck_assert_ptr_eq(found->list[last].types, &sources[source]);
	ck_assert_uint_eq(found->list[0].id, id);
	ck_assert_uint_eq(found->list[last].id, last ? 21 : id);
}

/* by a few names, then by many: the last is that of a member */
START_TEST(kernel_and_module_are_searched)
{
	static const char *const names[] = {
		"own", "shared", "k_1", "k_3", "none", "k_4", "k_5", "k_6", "k_7",
		"k_8", "k_9", "k_10", "k_11", "k_12",
	};
	const struct core_source source = { .get = get_source };
	struct core_index index;
	struct err err = { 0 };
	uint32_t i;

	generate_sources();
	ck_assert_int_eq(core_index_names(&index, names, _i, &source, &err), 0);
	for (i = 0; i < (uint32_t)_i; i++)
		if (i < 2)
			check_found(&index, names[i], 1, i ? 23 : 25);
		else if (i != 4)
			check_found(&index, names[i], 0, atoi(names[i] + 2) + 1);
		else
			ck_assert_uint_eq(core_index_find(&index, "none")->cnt, 0);
	core_index_free(&index);
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		types_free(&sources[i]);
		buf_free(&sources_bytes[i]);
	}
}
END_TEST

Suite *core_search_suite(void)
{
	Suite *s = suite_create("core_search");
	TCase *tc = tcase_create("core_search");

	tcase_add_checked_fixture(tc, NULL, finish);
	tcase_add_loop_test(tc, each_place_is_seen, 0, ARRAY_SIZE(needles));
	tcase_add_test(tc, strings_side_by_side_are_seen);
	tcase_add_test(tc, no_strings_have_none);
	tcase_add_loop_test(tc, types_are_found_by_the_offsets_of_their_names, 0, 40);
	tcase_add_loop_test(tc, a_type_is_told_by_its_place, 0, 3);
	tcase_add_loop_test(tc, kernel_and_module_are_searched, 0, 15);
	suite_add_tcase(s, tc);
	return s;
}
