/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values of variables that a request sets: which variable is meant, and what
 * the map is filled with. */
#include "plan.h"

#include <errno.h>
#include <stdio.h>

#include "btfgen.h"
#include "rigged.h"

enum { U8 = 1, U32, BYTES, INNER, PAIR, PAIRS, CONST_U8, VOLATILE_U8, SETTING, WITHIN_ITSELF };

static struct elfgen g;
static struct btfgen b;
static struct buf elf;

static void add_types(void)
{
	uint32_t a, x, y, bits;

	btfgen_type(&b, "u8", BTFGEN(TYPE_INT, 0), 1, WORDS(8));
	btfgen_type(&b, "u32", BTFGEN(TYPE_INT, 0), 4, WORDS(32));
	btfgen_type(&b, "", BTFGEN(TYPE_ARRAY, 0), 0, WORDS(U8, U32, 3));
	x = btfgen_string(&b, "x");
	y = btfgen_string(&b, "y");
	btfgen_type(&b, "", BTFGEN(TYPE_STRUCT, 2), 4, WORDS(x, U8, 0, y, BYTES, 8));
	a = btfgen_string(&b, "a");
	bits = btfgen_string(&b, "bits");
	btfgen_type(&b, "pair", BTFGEN(TYPE_STRUCT, 3) | 1u << 31, 9,
		    WORDS(a, U8, 0, 0, INNER, 8, bits, U32, 3 << 24 | 40));
	btfgen_type(&b, "", BTFGEN(TYPE_ARRAY, 0), 0, WORDS(PAIR, U32, 2));
	btfgen_type(&b, "", BTFGEN(TYPE_CONST, 0), U8, NO_WORDS);
	btfgen_type(&b, "", BTFGEN(TYPE_VOLATILE, 0), U8, NO_WORDS);
	btfgen_type(&b, "", BTFGEN(TYPE_CONST, 0), VOLATILE_U8, NO_WORDS);
	/* many times, so that there is no end to it */
	btfgen_type(&b, "", BTFGEN(TYPE_STRUCT, 6), 4,
		    WORDS(0, WITHIN_ITSELF, 0, 0, WITHIN_ITSELF, 0, 0, WITHIN_ITSELF, 0,
			  0, WITHIN_ITSELF, 0, 0, WITHIN_ITSELF, 0, 0, WITHIN_ITSELF, 0));
}

static uint32_t add_var(const char *name, uint32_t type)
{
	return btfgen_type(&b, name, BTFGEN(TYPE_VAR, 0), type, WORDS(1));
}

/* .rodata: settled, number, pairs; .data: number2, which no code refers to */
static void add_variables(void)
{
	uint32_t fixed = add_var("fixed", CONST_U8), free_one = add_var("settable", SETTING);
	uint32_t pairs = add_var("pairs", PAIRS), idle = add_var("idle", U32);
	uint32_t broken = add_var("broken", U32), license = add_var("license", U8);
	uint32_t twice = add_var("twice", U8), again = add_var("twice", U8);
	uint32_t endless = add_var("endless", WITHIN_ITSELF);

	btfgen_type(&b, ".rodata", BTFGEN(TYPE_DATASEC, 4), 20,
		    WORDS(fixed, 0, 1, free_one, 1, 1, pairs, 2, 18, broken, 18, 4));
	btfgen_type(&b, ".data", BTFGEN(TYPE_DATASEC, 4), 6,
		    WORDS(idle, 0, 4, twice, 4, 1, again, 5, 1, endless, 0, 4));
	btfgen_type(&b, "license", BTFGEN(TYPE_DATASEC, 1), 4, WORDS(license, 0, 4));
}

static void start(void)
{
	static const char rodata[] = "0123456789abcdefghi";
	struct buf btf;
	unsigned int sym;

	memset(&b, 0, sizeof(b));
	memset(&elf, 0, sizeof(elf));
	rig_start();
	elfgen_init(&g);
	elfgen_func(&g, "classifier", "start", CODE(LOAD64(1, 0, 0), MOV(0, 0), EXIT));
	elfgen_data(&g, ".rodata", rodata, sizeof(rodata));
	elfgen_section(&g, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	elfgen_data(&g, ".data", "abcdef", 6);
	sym = elfgen_symbol(&g, "settable", elfgen_index(&g, ".rodata"), 1, 1, GLOBAL(STT_OBJECT));
	elfgen_rel(&g, "classifier", 0, sym);
	elfgen_license(&g, "GPL");
	add_types();
	add_variables();
	btfgen_end(&b, &btf, NULL);
	elfgen_data(&g, ".BTF", btf.data, btf.len);
	buf_free(&btf);
	elfgen_end(&g, &elf);
}

static void finish(void)
{
	buf_free(&elf);
	rig_finish();
}

static int plan_with(const char *const *set)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_SCHED_CLS, .set = set,
	};
	int r;

	r = bpfelf_object_open_mem(rig.ctx, elf.data, elf.len, "test.o", &job.obj);
	return r ?: bpfelf_plan_new(job.obj, &request, &job.plan);
}

#define SET(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct {
	const char *set, *bytes;
} taken[] = {
	{ "settable=65", "0A23456789abcdefghi" },
	{ "pairs[0].a=65", "01A3456789abcdefghi" },
	{ "pairs[0].x=65", "012A456789abcdefghi" },
	{ "pairs[1].y[2]=65", "0123456789abcdeAghi" },
	{ "pairs[1].a=0x41", "0123456789aAcdefghi" },
};

START_TEST(where_values_go)
{
	const struct bpfelf_map *map;

	ck_assert_msg(plan_with(SET(taken[_i].set)) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_str_eq(job.plan->maps[0].bytes, taken[_i].bytes);
	/* the object is as it was */
	map = job.plan->maps[0].map;
	ck_assert_str_eq(map->data->data, "0123456789abcdefghi");
	ck_assert_str_eq(buf_str(&rig.log), "");
}
END_TEST

START_TEST(the_map_is_filled_with_them)
{
	ck_assert_msg(plan_with(SET("settable=65", "settable=66")) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_int_eq(bpfelf_load(job.plan, &job.txn), 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace),
				     "map_update map test.rodata 00000000 304232333435"));
}
END_TEST

START_TEST(without_settings_nothing_is_copied)
{
	ck_assert_int_eq(plan_with(NULL), 0);
	ck_assert_ptr_null(job.plan->maps[0].bytes);
}
END_TEST

START_TEST(what_no_code_refers_to_can_be_set)
{
	ck_assert_msg(plan_with(SET("idle=7")) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_ptr_null(job.plan->maps[0].bytes);
	ck_assert_uint_eq(job.plan->maps_cnt, 1);
}
END_TEST

START_TEST(constants_may_be_in_the_code)
{
	ck_assert_msg(plan_with(SET("fixed=65")) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_str_eq(job.plan->maps[0].bytes, "A123456789abcdefghi");
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), "'fixed' is const and not volatile"));
}
END_TEST

static const struct {
	const char *set;
	int code;
	const char *words;
} refused[] = {
	{ "settable", -EINVAL, "set settable: it is not NAME=VALUE" },
	{ "=1", -EINVAL, "set =1: it is not NAME=VALUE" },
	{ "settable=256", -ERANGE, "set settable=256: 256 does not fit: u8 takes 0 to 255" },
	{ "setable=1", -ENOENT, "set setable=1: there is no variable 'setable'" },
	{ "license=1", -ENOENT, "set license=1: there is no variable 'license'" },
	{ "twice=1", -EINVAL, "set twice=1: 2 variables have the name 'twice'" },
	{ "pairs=1", -ENOTSUP, "set pairs=1: no value can be given to 'pair[2]'" },
	{ "pairs[0]=1", -ENOTSUP, "set pairs[0]=1: no value can be given to 'struct pair'" },
	{ "pairs[2].a=1", -ENOENT, "set pairs[2].a=1: element 2 is past its end, there are 2" },
	{ "pairs[99999999999999999999].a=1", -ENOENT,
	  "set pairs[99999999999999999999].a=1: "
	  "element 99999999999999999999 is past its end, there are 2" },
	{ "pairs[-1].a=1", -EINVAL, "set pairs[-1].a=1: '-1' is no number of an element" },
	{ "pairs[].a=1", -EINVAL, "set pairs[].a=1: '' is no number of an element" },
	{ "pairs[1=1", -EINVAL, "set pairs[1=1: '[1' makes no sense behind a name" },
	{ "pairs[1]a=1", -EINVAL, "set pairs[1]a=1: 'a' makes no sense behind a name" },
	{ "pairs[1].z=1", -ENOENT, "set pairs[1].z=1: there is no field 'z' in it" },
	{ "endless.a=1", -ENOENT, "set endless.a=1: there is no field 'a' in it" },
	{ "pairs.a=1", -ENOENT, "set pairs.a=1: there is no field 'a' in it" },
	{ "pairs[0].bits=1", -ENOTSUP, "set pairs[0].bits=1: 'bits' is a bitfield" },
	{ "settable[0]=1", -EINVAL, "set settable[0]=1: it is no array" },
	{ "broken=1", -EBADMSG, "set broken=1: it does not lie within section '.rodata'" },
};

START_TEST(what_is_refused)
{
	_cleanup_free_ char *words = str_printf("object 'test.o': %s", refused[_i].words);

	ck_assert_int_eq(plan_with(SET("settable=1", refused[_i].set)), refused[_i].code);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	ck_assert_ptr_null(job.plan);
}
END_TEST

START_TEST(names_are_told)
{
	ck_assert_int_eq(plan_with(SET("setable=1")), -ENOENT);
	ck_assert_str_eq(bpfelf_hint(rig.ctx), "did you mean 'settable'? The object has the variables: "
			 "fixed, settable, pairs, broken, idle, twice, twice, endless");
}
END_TEST

START_TEST(an_object_without_types)
{
	buf_free(&elf);
	elfgen_init(&g);
	elfgen_func(&g, "classifier", "start", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &elf);
	ck_assert_int_eq(plan_with(SET("settable=1")), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(bpfelf_error(rig.ctx),
				     "the object does not tell its variables (it has no section '.BTF')"));
}
END_TEST

Suite *set_suite(void)
{
	Suite *s = suite_create("set");
	TCase *tc = tcase_create("set");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, where_values_go, 0, ARRAY_SIZE(taken));
	tcase_add_test(tc, the_map_is_filled_with_them);
	tcase_add_test(tc, without_settings_nothing_is_copied);
	tcase_add_test(tc, what_no_code_refers_to_can_be_set);
	tcase_add_test(tc, constants_may_be_in_the_code);
	tcase_add_loop_test(tc, what_is_refused, 0, ARRAY_SIZE(refused));
	tcase_add_test(tc, names_are_told);
	tcase_add_test(tc, an_object_without_types);
	suite_add_tcase(s, tc);
	return s;
}
