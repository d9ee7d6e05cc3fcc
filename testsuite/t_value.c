/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values given as text: what each type takes, and what it refuses. */
#include "value.h"

#include <errno.h>
#include <stdio.h>

#include "btfgen.h"
#include "unit.h"

/* ids, in the order in which start() adds them */
enum {
	NONE, U8, S8, U16, S16, U32, S32, U64, S64, U128, S128, BOOL, CHAR, CHARS,
	WORDS_OF_U32, ENUM, SIGNED_ENUM, BIG_ENUM, POINTER, STRUCT, FLOAT, ALIAS, ALIAS_CONST,
};

static struct buf bytes;
static struct types types;

static void add_int(struct btfgen *g, const char *name, uint32_t size, uint32_t flags)
{
	btfgen_type(g, name, BTFGEN(TYPE_INT, 0), size, WORDS(flags << 24 | size * 8));
}

static void add_ints(struct btfgen *g)
{
	add_int(g, "u8", 1, 0);
	add_int(g, "s8", 1, BTF_INT_SIGNED);
	add_int(g, "u16", 2, 0);
	add_int(g, "s16", 2, BTF_INT_SIGNED);
	add_int(g, "u32", 4, 0);
	add_int(g, "s32", 4, BTF_INT_SIGNED);
	add_int(g, "u64", 8, 0);
	add_int(g, "s64", 8, BTF_INT_SIGNED);
	add_int(g, "u128", 16, 0);
	add_int(g, "s128", 16, BTF_INT_SIGNED);
	add_int(g, "_Bool", 1, BTF_INT_BOOL);
	add_int(g, "char", 1, BTF_INT_SIGNED);
}

static void start(void)
{
	struct btfgen g = { 0 };
	struct err err;
	uint32_t one = btfgen_string(&g, "ONE"), last = btfgen_string(&g, "LAST");

	memset(&bytes, 0, sizeof(bytes));
	add_ints(&g);
	btfgen_type(&g, "", BTFGEN(TYPE_ARRAY, 0), 0, WORDS(CHAR, U32, 4));
	btfgen_type(&g, "", BTFGEN(TYPE_ARRAY, 0), 0, WORDS(U32, U32, 2));
	btfgen_type(&g, "level", BTFGEN(TYPE_ENUM, 2), 4, WORDS(one, 1, last, 0xffffffff));
	btfgen_type(&g, "sign", BTFGEN(TYPE_ENUM, 2) | 1u << 31, 2, WORDS(one, 1, last, -2));
	btfgen_type(&g, "big", BTFGEN(TYPE_ENUM64, 1), 8, WORDS(last, 1, 2));
	btfgen_type(&g, "", BTFGEN(TYPE_PTR, 0), U8, NO_WORDS);
	btfgen_type(&g, "pair", BTFGEN(TYPE_STRUCT, 0), 8, NO_WORDS);
	btfgen_type(&g, "double", BTFGEN(TYPE_FLOAT, 0), 8, NO_WORDS);
	btfgen_type(&g, "port", BTFGEN(TYPE_TYPEDEF, 0), U16, NO_WORDS);
	btfgen_type(&g, "", BTFGEN(TYPE_CONST, 0), ALIAS, NO_WORDS);
	btfgen_end(&g, &bytes, NULL);
	ck_assert_int_eq(types_read(&types, NULL, bytes.data, bytes.len, &err), 0);
	ck_assert_uint_eq(types.cnt, ALIAS_CONST + 1);
}

static void finish(void)
{
	types_free(&types);
	buf_free(&bytes);
}

static const struct {
	uint32_t type;
	const char *text, *hex;
} taken[] = {
	{ U8, "0", "00" }, { U8, "255", "ff" }, { U8, "0x10", "10" }, { U8, "010", "08" },
	{ U8, "-0", "00" },
	{ S8, "127", "7f" }, { S8, "-128", "80" }, { S8, "-0x80", "80" },
	{ U16, "65535", "ffff" }, { S16, "-32768", "0080" },
	{ U32, "4294967295", "ffffffff" }, { S32, "-2147483648", "00000080" },
	{ U64, "18446744073709551615", "ffffffffffffffff" },
	{ S64, "9223372036854775807", "ffffffffffffff7f" },
	{ S64, "-9223372036854775808", "0000000000000080" },
	{ U128, "1", "01000000000000000000000000000000" },
	{ S128, "-1", "ffffffffffffffffffffffffffffffff" },
	{ BOOL, "true", "01" }, { BOOL, "false", "00" }, { BOOL, "yes", "01" },
	{ BOOL, "off", "00" }, { BOOL, "1", "01" }, { BOOL, "0x0", "00" },
	{ CHAR, "65", "41" },
	{ CHARS, "", "00000000" }, { CHARS, "ab", "61620000" }, { CHARS, "abc", "61626300" },
	{ ENUM, "ONE", "01000000" }, { ENUM, "LAST", "ffffffff" }, { ENUM, "7", "07000000" },
	{ SIGNED_ENUM, "LAST", "feff" }, { SIGNED_ENUM, "-32768", "0080" },
	{ BIG_ENUM, "LAST", "0100000002000000" },
	{ ALIAS, "80", "5000" }, { ALIAS_CONST, "80", "5000" },
};

START_TEST(what_types_take)
{
	char value[17], hex[64] = "";
	struct err err = { 0 };
	int64_t i, size = types_size(&types, taken[_i].type);

	memset(value, 0x5a, sizeof(value));
	ck_assert_msg(value_put(&types, taken[_i].type, taken[_i].text, value, &err) == 0,
		      "%s: %s", taken[_i].text, err.text);
	for (i = 0; i < size; i++)
		sprintf(hex + 2 * i, "%02x", (uint8_t)value[i]);
	ck_assert_msg(str_eq(hex, taken[_i].hex), "%s: %s, not %s", taken[_i].text,
		      hex, taken[_i].hex);
	ck_assert_int_eq(value[size], 0x5a);
}
END_TEST

static const struct {
	uint32_t type;
	const char *text;
	int code;
	const char *words;
} refused[] = {
	{ U8, "256", -ERANGE, "256 does not fit: u8 takes 0 to 255" },
	{ U8, "-1", -ERANGE, "-1 does not fit: u8 takes 0 to 255" },
	{ S8, "128", -ERANGE, "128 does not fit: s8 takes -128 to 127" },
	{ S8, "-129", -ERANGE, "-129 does not fit: s8 takes -128 to 127" },
	{ S16, "0x8000", -ERANGE, "32768 does not fit: s16 takes -32768 to 32767" },
	{ S64, "9223372036854775808", -ERANGE,
	  "9223372036854775808 does not fit: s64 takes -9223372036854775808 to 9223372036854775807" },
	{ U64, "18446744073709551616", -EINVAL, "'18446744073709551616' is no value of type 'u64'" },
	{ U32, "", -EINVAL, "'' is no value of type 'u32'" },
	{ U32, "1 ", -EINVAL, "'1 ' is no value of type 'u32'" },
	{ U32, " 1", -EINVAL, "' 1' is no value of type 'u32'" },
	{ U32, "+1", -EINVAL, "'+1' is no value of type 'u32'" },
	{ U32, "--1", -EINVAL, "'--1' is no value of type 'u32'" },
	{ U32, "ten", -EINVAL, "'ten' is no value of type 'u32'" },
	{ BOOL, "2", -ERANGE, "2 does not fit: _Bool takes 0 to 1" },
	{ BOOL, "maybe", -EINVAL, "'maybe' is no value of type '_Bool'" },
	{ CHARS, "abcd", -ERANGE, "a string of 4 bytes does not fit: there is room for 3 and a NUL" },
	{ ENUM, "TWO", -EINVAL, "'TWO' is no value of type 'enum level'" },
	{ SIGNED_ENUM, "32768", -ERANGE, "32768 does not fit: enum sign takes -32768 to 32767" },
	{ WORDS_OF_U32, "1", -ENOTSUP, "no value can be given to 'u32[2]'" },
	{ POINTER, "0", -ENOTSUP, "no value can be given to 'pointer'" },
	{ STRUCT, "0", -ENOTSUP, "no value can be given to 'struct pair'" },
	{ FLOAT, "1.5", -ENOTSUP, "no value can be given to 'double'" },
	{ NONE, "1", -ENOTSUP, "no value can be given to 'void'" },
	{ 999, "1", -ENOTSUP, "no value can be given to 'void'" },
};

START_TEST(what_types_refuse)
{
	char value[17], before[17];
	struct err err = { 0 };

	memset(value, 0x5a, sizeof(value));
	memcpy(before, value, sizeof(value));
	ck_assert_int_eq(value_put(&types, refused[_i].type, refused[_i].text, value, &err),
			 refused[_i].code);
	ck_assert_str_eq(err.text, refused[_i].words);
	ck_assert_mem_eq(value, before, sizeof(value));
}
END_TEST

START_TEST(names_that_an_enum_has_are_told)
{
	struct err err = { 0 };
	char value[8];

	ck_assert_int_eq(value_put(&types, ENUM, "TWO", value, &err), -EINVAL);
	ck_assert_str_eq(err.hint, "it takes ONE, LAST");
}
END_TEST

Suite *value_suite(void)
{
	Suite *s = suite_create("value");
	TCase *tc = tcase_create("value");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, what_types_take, 0, ARRAY_SIZE(taken));
	tcase_add_loop_test(tc, what_types_refuse, 0, ARRAY_SIZE(refused));
	tcase_add_test(tc, names_that_an_enum_has_are_told);
	suite_add_tcase(s, tc);
	return s;
}
