/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types for a kernel that is older than the compiler. */
#include "btflower.h"

#include "btfgen.h"
#include "rig.h"
#include "types.h"
#include "unit.h"

static struct btfgen g;
static struct buf bytes, out;
static struct types types;
static struct err err;

static void start(void)
{
	memset(&g, 0, sizeof(g));
	memset(&types, 0, sizeof(types));
	err_clear(&err);
}

static void finish(void)
{
	types_free(&types);
	buf_free(&bytes);
	buf_free(&out);
}

static int lower(bool all)
{
	int n;

	btfgen_end(&g, &bytes, NULL);
	n = btflower(bytes.data, bytes.len, all, &out, &err);
	if (n > 0)
		ck_assert_msg(types_read(&types, NULL, out.data, out.len, &err) == 0, "%s", err.text);
	return n;
}

static void ck_type(uint32_t id, uint32_t kind, uint32_t size, const char *name)
{
	const struct btf_type *t = types_get(&types, id);

	ck_assert_uint_eq(type_kind(t), kind);
	ck_assert_uint_eq(t->size, size);
	ck_assert_str_eq(type_name(&types, t), name);
	ck_assert(!type_flag(t));
}

START_TEST(each_new_kind_has_an_older_one)
{
	const struct btf_member *m;

	btfgen_type(&g, "int", BTFGEN(TYPE_INT, 0), 4, WORDS(1 << 24 | 32));
	btfgen_type(&g, "double", BTFGEN(TYPE_FLOAT, 0), 8, NO_WORDS);
	btfgen_type(&g, "user", BTFGEN(TYPE_TYPE_TAG, 0), 1, NO_WORDS);
	btfgen_type(&g, "some words", BTFGEN(TYPE_DECL_TAG, 0), 1, WORDS(-1));
	btfgen_type(&g, "big", BTFGEN(TYPE_ENUM64, 2), 8,
		    WORDS(btfgen_string(&g, "A"), 1, 2, btfgen_string(&g, "B"), 3, 4));
	btfgen_type(&g, "small", BTFGEN(TYPE_ENUM, 1) | 1u << 31, 4,
		    WORDS(btfgen_string(&g, "C"), -1));
	btfgen_type(&g, "last", BTFGEN(TYPE_TYPEDEF, 0), 5, NO_WORDS);
	ck_assert_int_eq(lower(true), 5);
	ck_assert_uint_eq(types.cnt, 8);
	ck_type(2, TYPE_STRUCT, 8, "double");
	ck_type(3, TYPE_CONST, 1, "");
	ck_type(4, TYPE_INT, 1, "int");
	ck_type(5, TYPE_UNION, 8, "big");
	ck_type(6, TYPE_ENUM, 4, "small");
	ck_type(7, TYPE_TYPEDEF, 5, "last");
	m = type_tail(types_get(&types, 5));
	ck_assert_uint_eq(m[1].type, 1);
	ck_assert_uint_eq(m[1].offset, 0);
	ck_assert_str_eq(types_string(&types, m[1].name_off), "B");
}
END_TEST

START_TEST(what_is_old_stays)
{
	btfgen_type(&g, "int", BTFGEN(TYPE_INT, 0), 4, WORDS(32));
	btfgen_type(&g, "e", BTFGEN(TYPE_ENUM, 1), 4, WORDS(btfgen_string(&g, "C"), 1));
	ck_assert_int_eq(lower(true), 0);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(global_functions_only_if_need_be)
{
	btfgen_type(&g, "", BTFGEN(TYPE_FUNC_PROTO, 0), 0, NO_WORDS);
	btfgen_type(&g, "global", BTFGEN(TYPE_FUNC, LINKAGE_GLOBAL), 1, NO_WORDS);
	btfgen_type(&g, "static", BTFGEN(TYPE_FUNC, LINKAGE_STATIC), 1, NO_WORDS);
	ck_assert_int_eq(lower(false), 0);
	ck_assert_int_eq(btflower(bytes.data, bytes.len, true, &out, &err), 1);
	ck_assert_int_eq(types_read(&types, NULL, out.data, out.len, &err), 0);
	ck_assert_uint_eq(type_vlen(types_get(&types, 2)), LINKAGE_STATIC);
	ck_type(2, TYPE_FUNC, 1, "global");
}
END_TEST

/* nothing to make a member or a tag of */
START_TEST(without_an_integer_some_stay)
{
	btfgen_type(&g, "big", BTFGEN(TYPE_ENUM64, 1), 8, WORDS(btfgen_string(&g, "A"), 1, 2));
	btfgen_type(&g, "tag", BTFGEN(TYPE_DECL_TAG, 0), 1, WORDS(-1));
	ck_assert_int_eq(lower(true), 0);
}
END_TEST

static void build_newer(struct elfgen *elf, struct btfgen *b)
{
	struct buf btf, ext;
	uint32_t proto, func;

	elfgen_func(elf, "prog", "pass", CODE(MOV(0, 1), EXIT));
	elfgen_license(elf, "GPL");
	btfgen_type(b, "int", BTFGEN(TYPE_INT, 0), 4, WORDS(32));
	proto = btfgen_type(b, "", BTFGEN(TYPE_FUNC_PROTO, 0), 1, NO_WORDS);
	func = btfgen_type(b, "pass", BTFGEN(TYPE_FUNC, 1), proto, NO_WORDS);
	btfgen_type(b, "words", BTFGEN(TYPE_DECL_TAG, 0), func, WORDS(-1));
	btfgen_run(b, &b->funcs, "prog", 2, WORDS(0, func));
	btfgen_end(b, &btf, &ext);
	elfgen_data(elf, ".BTF", btf.data, btf.len);
	elfgen_data(elf, ".BTF.ext", ext.data, ext.len);
	buf_free(&btf);
	buf_free(&ext);
}

static const struct {
	uint32_t kinds;		/* from here on the kernel knows none */
	bool no_globals;
	const char *trace, *words;
} older[] = {
	{ TYPE_DECL_TAG, false, "btf_load = EINVAL\nbtf_load\n",
	  "object 'test.o': 1 of its types are of kinds that this kernel does not know, they are replaced\n" },
	{ 0, true, "btf_load = EINVAL\nbtf_load = EINVAL\nbtf_load\n",
	  "object 'test.o': 2 of its types are of kinds that this kernel does not know, they are replaced\n" },
};

START_TEST(a_kernel_takes_it_then)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen eg;
	struct rig rig;
	struct job job;

	elfgen_init(&eg);
	build_newer(&eg, &g);
	elfgen_end(&eg, &elf);
	rig_open(&rig, NULL);
	rig.fake.btf_kinds = older[_i].kinds;
	rig.fake.no_global_funcs = older[_i].no_globals;
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace), older[_i].trace));
	ck_assert_str_eq(buf_str(&rig.info), older[_i].words);
	job_free(&job);
	rig_close(&rig);
}
END_TEST

Suite *btflower_suite(void)
{
	Suite *s = suite_create("btflower");
	TCase *tc = tcase_create("btflower");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, each_new_kind_has_an_older_one);
	tcase_add_test(tc, what_is_old_stays);
	tcase_add_test(tc, global_functions_only_if_need_be);
	tcase_add_test(tc, without_an_integer_some_stay);
	tcase_add_loop_test(tc, a_kernel_takes_it_then, 0, ARRAY_SIZE(older));
	suite_add_tcase(s, tc);
	return s;
}
