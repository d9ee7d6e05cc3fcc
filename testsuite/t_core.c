/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* CO-RE: {type of the object, type of the kernel, what it comes to}. */
#include "core.h"

#include <errno.h>

#include "btfgen.h"
#include "unit.h"

/* what every set of types begins with */
enum { S32 = 1, U8, U16, U32, U64, S64, POINTER, OTHERS };

struct member {
	const char *name;
	uint32_t type, offset;	/* bits */
};

#define MEMBERS(...)							\
	((const struct member[]){ __VA_ARGS__ }),			\
	(sizeof((const struct member[]){ __VA_ARGS__ }) / sizeof(struct member))
#define BITS(size, offset) ((size) << 24 | (offset))
#define FLAG 0x80000000

static struct btfgen local_gen, kernel_gen;
static struct buf local_bytes, kernel_bytes;
static struct types local, kernel;
static struct core_index core;
static struct core_spec spec;
static struct core_value value;
static struct err err;

static uint32_t integer(struct btfgen *g, const char *name, uint32_t size, bool is_signed)
{
	return btfgen_type(g, name, BTFGEN(TYPE_INT, 0), size,
			   WORDS(is_signed << 24 | size * 8));
}

static void begin(struct btfgen *g)
{
	memset(g, 0, sizeof(*g));
	integer(g, "int", 4, true);
	integer(g, "unsigned char", 1, false);
	integer(g, "unsigned short", 2, false);
	integer(g, "unsigned int", 4, false);
	integer(g, "unsigned long", 8, false);
	integer(g, "long", 8, true);
	btfgen_type(g, "", BTFGEN(TYPE_PTR, 0), 0, NO_WORDS);
}

static uint32_t composite(struct btfgen *g, uint32_t kind, const char *name,
			  uint32_t size, const struct member *members, size_t cnt)
{
	uint32_t words[64 * 3];
	size_t i;

	for (i = 0; i < cnt; i++) {
		words[i * 3] = btfgen_string(g, members[i].name);
		words[i * 3 + 1] = members[i].type;
		words[i * 3 + 2] = members[i].offset;
	}
	return btfgen_type(g, name, BTFGEN(kind & 31, cnt) | (kind & FLAG), size,
			   words, cnt * 3);
}

#define STRUCT(g, name, size, ...) composite(g, TYPE_STRUCT, name, size, MEMBERS(__VA_ARGS__))
#define UNION(g, name, size, ...) composite(g, TYPE_UNION, name, size, MEMBERS(__VA_ARGS__))

static uint32_t array(struct btfgen *g, uint32_t type, uint32_t cnt)
{
	return btfgen_type(g, "", BTFGEN(TYPE_ARRAY, 0), 0, WORDS(type, U32, cnt));
}

static uint32_t enumeration(struct btfgen *g, const char *name, const char *first,
			    int32_t a, const char *second, int32_t b)
{
	uint32_t x = btfgen_string(g, first), y = btfgen_string(g, second);

	return btfgen_type(g, name, BTFGEN(TYPE_ENUM, 2), 4, WORDS(x, a, y, b));
}

static uint32_t ref(struct btfgen *g, uint32_t kind, const char *name, uint32_t type)
{
	return btfgen_type(g, name, BTFGEN(kind, 0), type, NO_WORDS);
}

static int get_types(void *data, size_t n, const struct types **types, struct err *e)
{
	(void)data;
	if (n)
		return err_set(e, -ENOENT, "no more");
	*types = &kernel;
	return 0;
}

/* both sides have been built; a relocation about type @root */
static int resolve(uint32_t root, uint32_t kind, const char *access)
{
	const struct core_source source = { .get = get_types };
	struct bpf_core_relo relo = {
		.type_id = root,
		.access_str_off = btfgen_string(&local_gen, access),
		.kind = kind,
	};
	int r;

	btfgen_end(&local_gen, &local_bytes, NULL);
	btfgen_end(&kernel_gen, &kernel_bytes, NULL);
	r = types_read(&local, NULL, local_bytes.data, local_bytes.len, &err);
	r = r ?: types_open(&kernel, NULL, kernel_bytes.data, kernel_bytes.len, &err);
	r = r ?: core_index_make(&core, &local, &relo, 1, &source, &err);
	ck_assert_msg(r == 0, "%s", err.text);
	return core_resolve(&core, &local, &relo, &spec, &value, &err);
}

static void start(void)
{
	begin(&local_gen);
	begin(&kernel_gen);
	err_clear(&err);
}

static void finish(void)
{
	core_index_free(&core);
	types_free(&local);
	types_free(&kernel);
	buf_free(&local_bytes);
	buf_free(&kernel_bytes);
}

/* Each builds a type on either side, and returns the object's */

static uint32_t same(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "a", U32, 0 }, { "b", S64, 64 });
	return STRUCT(l, "s", 16, { "a", U32, 0 }, { "b", S64, 64 });
}

static uint32_t moved(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 32, { "new", U64, 0 }, { "b", S64, 64 }, { "a", U32, 192 });
	return STRUCT(l, "s", 16, { "a", U32, 0 }, { "b", S64, 64 });
}

static uint32_t flavoured(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "x", U64, 0 }, { "a", U32, 64 });
	return STRUCT(l, "s___old", 4, { "a", U32, 0 });
}

static uint32_t unnamed_there(struct btfgen *l, struct btfgen *k)
{
	uint32_t u, s;

	s = STRUCT(k, "", 8, { "x", U32, 0 }, { "a", U32, 32 });
	u = UNION(k, "", 8, { "other", U64, 0 }, { "", s, 0 });
	STRUCT(k, "s", 24, { "first", U64, 0 }, { "", u, 64 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t unnamed_here(struct btfgen *l, struct btfgen *k)
{
	uint32_t u = UNION(l, "", 4, { "x", U32, 0 }, { "a", U32, 0 });

	STRUCT(k, "s", 16, { "first", U64, 0 }, { "a", U32, 64 });
	return STRUCT(l, "s", 4, { "", u, 0 });
}

static uint32_t nested(struct btfgen *l, struct btfgen *k)
{
	uint32_t in_k = STRUCT(k, "in", 16, { "x", U64, 0 }, { "y", U32, 64 });
	uint32_t in_l = STRUCT(l, "in", 4, { "y", U32, 0 });

	STRUCT(k, "s", 48, { "z", array(k, in_k, 2), 0 }, { "in", in_k, 256 });
	return STRUCT(l, "s", 12, { "z", array(l, in_l, 2), 0 }, { "in", in_l, 64 });
}

static uint32_t through_typedefs(struct btfgen *l, struct btfgen *k)
{
	uint32_t word = ref(k, TYPE_TYPEDEF, "word_t", ref(k, TYPE_CONST, "", U32));
	uint32_t s = STRUCT(k, "", 12, { "x", U64, 0 }, { "a", word, 64 });

	ref(k, TYPE_TYPEDEF, "s_t", s);
	return ref(l, TYPE_TYPEDEF, "s_t", STRUCT(l, "", 4, { "a", U32, 0 }));
}

static uint32_t bitfields(struct btfgen *l, struct btfgen *k)
{
	composite(k, TYPE_STRUCT | FLAG, "s", 8, MEMBERS({ "x", U32, BITS(5, 0) },
							 { "a", U32, BITS(7, 28) }));
	return composite(l, TYPE_STRUCT | FLAG, "s", 4, MEMBERS({ "a", U32, BITS(3, 0) }));
}

static uint32_t signed_bitfield(struct btfgen *l, struct btfgen *k)
{
	composite(k, TYPE_STRUCT | FLAG, "s", 4, MEMBERS({ "a", S32, BITS(3, 4) }));
	return composite(l, TYPE_STRUCT | FLAG, "s", 4, MEMBERS({ "a", U32, BITS(3, 0) }));
}

static uint32_t old_bitfield(struct btfgen *l, struct btfgen *k)
{
	uint32_t bits = btfgen_type(k, "unsigned int", BTFGEN(TYPE_INT, 0), 4, WORDS(7));

	STRUCT(k, "s", 4, { "a", bits, 9 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t wider(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "x", U64, 0 }, { "a", U64, 64 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t wider_signed(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "x", U64, 0 }, { "a", S64, 64 });
	return STRUCT(l, "s", 4, { "a", S32, 0 });
}

static uint32_t another_kind(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 8, { "a", POINTER, 0 });
	return STRUCT(l, "s", 8, { "a", U64, 0 });
}

static uint32_t flexible(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 8, { "n", U64, 0 }, { "a", array(k, U16, 0), 64 });
	return STRUCT(l, "s", 4, { "n", U32, 0 }, { "a", array(l, U16, 0), 32 });
}

static uint32_t shorter_array(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 8, { "a", array(k, U32, 2), 0 });
	return STRUCT(l, "s", 16, { "a", array(l, U32, 4), 0 });
}

static uint32_t gone(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 4, { "b", U32, 0 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t type_gone(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "t", 4, { "a", U32, 0 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

/* a union of that name is no struct of it */
static uint32_t other_kind_of_type(struct btfgen *l, struct btfgen *k)
{
	UNION(k, "s", 4, { "a", U32, 0 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t twice_alike(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "a", U32, 64 });
	STRUCT(k, "s", 24, { "a", U32, 64 }, { "b", U64, 128 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t twice_but_once_fitting(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "b", U32, 64 });
	STRUCT(k, "s", 24, { "a", U32, 128 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t enums(struct btfgen *l, struct btfgen *k)
{
	enumeration(k, "e", "ZERO", 0, "ONE", 17);
	return enumeration(l, "e", "ONE", 1, "TWO", 2);
}

static uint32_t negative_enum(struct btfgen *l, struct btfgen *k)
{
	enumeration(k, "e", "ONE", -5, "TWO", 0);
	return enumeration(l, "e", "ONE", 1, "TWO", 2);
}

static uint32_t enum_grown_to_64(struct btfgen *l, struct btfgen *k)
{
	uint32_t one = btfgen_string(k, "ONE");

	btfgen_type(k, "e", BTFGEN(TYPE_ENUM64, 1), 8, WORDS(one, 7, 3));
	return enumeration(l, "e", "ONE", 1, "TWO", 2);
}

static uint32_t an_int(struct btfgen *l, struct btfgen *k)
{
	(void)l, (void)k;
	return U32;
}

static uint32_t protos(struct btfgen *l, struct btfgen *k)
{
	uint32_t p, nothing = btfgen_string(k, "");

	p = btfgen_type(k, "", BTFGEN(TYPE_FUNC_PROTO, 1), U32, WORDS(nothing, U64));
	ref(k, TYPE_TYPEDEF, "f", ref(k, TYPE_PTR, "", p));
	p = btfgen_type(l, "", BTFGEN(TYPE_FUNC_PROTO, 2), U32, WORDS(0, U64, 0, U32));
	return ref(l, TYPE_TYPEDEF, "f", ref(l, TYPE_PTR, "", p));
}

static uint32_t fewer_members(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 24, { "x", U64, 0 }, { "a", U32, 64 }, { "b", U8, 96 });
	return STRUCT(l, "s", 4, { "b", U8, 0 }, { "a", U32, 32 });
}

static uint32_t member_of_other_size(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 8, { "a", U64, 0 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

/* what a pointer points to needs its name and kind only */
static uint32_t only_declared(struct btfgen *l, struct btfgen *k)
{
	uint32_t there = STRUCT(k, "in", 4, { "a", U32, 0 });
	uint32_t here = btfgen_type(l, "in", BTFGEN(TYPE_FWD, 0), 0, NO_WORDS);

	STRUCT(k, "s", 8, { "p", ref(k, TYPE_PTR, "", there), 0 });
	return STRUCT(l, "s", 8, { "p", ref(l, TYPE_PTR, "", here), 0 });
}

/* one that contains itself must not be followed for ever */
static uint32_t endless(struct btfgen *l, struct btfgen *k)
{
	uint32_t id = k->cnt + 1;

	ref(k, TYPE_PTR, "", id);
	ref(k, TYPE_TYPEDEF, "f", id);
	id = l->cnt + 1;
	ref(l, TYPE_PTR, "", id);
	return ref(l, TYPE_TYPEDEF, "f", id);
}

#define KIND(name) BPF_CORE_##name
#define POISON UINT64_MAX

static const struct {
	uint32_t (*build)(struct btfgen *l, struct btfgen *k);
	uint32_t kind;
	const char *access;
	uint64_t expected;
	const char *text;	/* what a complaint would call it */
} cases[] = {
	{ same, KIND(FIELD_BYTE_OFFSET), "0:1", 8, "struct s.b" },
	{ same, KIND(FIELD_BYTE_OFFSET), "0", 0, "struct s" },
	{ same, KIND(FIELD_BYTE_OFFSET), "2:0", 32, "struct s[2].a" },
	{ moved, KIND(FIELD_BYTE_OFFSET), "0:0", 24, "struct s.a" },
	{ moved, KIND(FIELD_BYTE_OFFSET), "1:0", 56, "struct s[1].a" },
	{ moved, KIND(FIELD_BYTE_SIZE), "0:1", 8, NULL },
	{ moved, KIND(FIELD_BYTE_SIZE), "0", 32, NULL },
	{ moved, KIND(FIELD_EXISTS), "0:1", 1, NULL },
	{ moved, KIND(FIELD_SIGNED), "0:1", 1, NULL },
	{ moved, KIND(FIELD_SIGNED), "0:0", 0, NULL },
	{ moved, KIND(FIELD_LSHIFT_U64), "0:0", 32, NULL },
	{ moved, KIND(FIELD_RSHIFT_U64), "0:0", 32, NULL },
	{ moved, KIND(FIELD_LSHIFT_U64), "0:1", 0, NULL },
	{ flavoured, KIND(FIELD_BYTE_OFFSET), "0:0", 8, "struct s___old.a" },
	{ unnamed_there, KIND(FIELD_BYTE_OFFSET), "0:0", 12, NULL },
	{ unnamed_here, KIND(FIELD_BYTE_OFFSET), "0:0:1", 8, "struct s.a" },
	{ nested, KIND(FIELD_BYTE_OFFSET), "0:1:0", 40, "struct s.in.y" },
	{ nested, KIND(FIELD_BYTE_OFFSET), "0:0:1:0", 24, "struct s.z[1].y" },
	{ nested, KIND(FIELD_BYTE_SIZE), "0:0", 32, NULL },
	{ nested, KIND(FIELD_BYTE_SIZE), "0:0:1", 16, NULL },
	{ through_typedefs, KIND(FIELD_BYTE_OFFSET), "0:0", 8, "typedef s_t.a" },
	/* 28 to 34: in the u64 from byte 0 */
	{ bitfields, KIND(FIELD_BYTE_OFFSET), "0:0", 0, NULL },
	{ bitfields, KIND(FIELD_BYTE_SIZE), "0:0", 8, NULL },
	{ bitfields, KIND(FIELD_LSHIFT_U64), "0:0", 29, NULL },
	{ bitfields, KIND(FIELD_RSHIFT_U64), "0:0", 57, NULL },
	{ bitfields, KIND(FIELD_SIGNED), "0:0", 0, NULL },
	{ signed_bitfield, KIND(FIELD_SIGNED), "0:0", 1, NULL },
	{ signed_bitfield, KIND(FIELD_LSHIFT_U64), "0:0", 57, NULL },
	{ old_bitfield, KIND(FIELD_LSHIFT_U64), "0:0", 48, NULL },
	{ old_bitfield, KIND(FIELD_RSHIFT_U64), "0:0", 57, NULL },
	{ wider, KIND(FIELD_BYTE_OFFSET), "0:0", 8, NULL },
	{ wider, KIND(FIELD_BYTE_SIZE), "0:0", 8, NULL },
	{ another_kind, KIND(FIELD_BYTE_OFFSET), "0:0", POISON, NULL },
	{ another_kind, KIND(FIELD_EXISTS), "0:0", 0, NULL },
	{ flexible, KIND(FIELD_BYTE_OFFSET), "0:1:5", 18, "struct s.a[5]" },
	{ shorter_array, KIND(FIELD_BYTE_OFFSET), "0:0:1", 4, NULL },
	{ shorter_array, KIND(FIELD_BYTE_OFFSET), "0:0:2", POISON, "struct s.a[2]" },
	{ gone, KIND(FIELD_BYTE_OFFSET), "0:0", POISON, NULL },
	{ gone, KIND(FIELD_BYTE_SIZE), "0:0", POISON, NULL },
	{ gone, KIND(FIELD_SIGNED), "0:0", POISON, NULL },
	{ gone, KIND(FIELD_LSHIFT_U64), "0:0", POISON, NULL },
	{ gone, KIND(FIELD_RSHIFT_U64), "0:0", POISON, NULL },
	{ gone, KIND(FIELD_EXISTS), "0:0", 0, NULL },
	{ type_gone, KIND(FIELD_EXISTS), "0:0", 0, NULL },
	{ type_gone, KIND(FIELD_BYTE_OFFSET), "0:0", POISON, NULL },
	{ type_gone, KIND(TYPE_EXISTS), "0", 0, NULL },
	{ type_gone, KIND(TYPE_SIZE), "0", 0, NULL },
	{ type_gone, KIND(TYPE_ID_TARGET), "0", 0, NULL },
	{ type_gone, KIND(TYPE_ID_LOCAL), "0", OTHERS, NULL },
	{ other_kind_of_type, KIND(TYPE_EXISTS), "0", 0, NULL },
	{ moved, KIND(TYPE_EXISTS), "0", 1, "struct s" },
	{ moved, KIND(TYPE_SIZE), "0", 32, NULL },
	{ moved, KIND(TYPE_ID_TARGET), "0", OTHERS, NULL },
	{ an_int, KIND(TYPE_EXISTS), "0", 1, "int unsigned int" },
	{ an_int, KIND(TYPE_MATCHES), "0", 1, NULL },
	{ protos, KIND(TYPE_EXISTS), "0", 0, NULL },
	{ twice_alike, KIND(FIELD_BYTE_OFFSET), "0:0", 8, NULL },
	{ twice_but_once_fitting, KIND(FIELD_BYTE_OFFSET), "0:0", 16, NULL },
	{ enums, KIND(ENUMVAL_EXISTS), "0", 1, "enum e::ONE" },
	{ enums, KIND(ENUMVAL_VALUE), "0", 17, NULL },
	{ enums, KIND(ENUMVAL_EXISTS), "1", 0, "enum e::TWO" },
	{ enums, KIND(ENUMVAL_VALUE), "1", POISON, NULL },
	{ negative_enum, KIND(ENUMVAL_VALUE), "0", -5ull, NULL },
	{ enum_grown_to_64, KIND(ENUMVAL_VALUE), "0", 3ull << 32 | 7, NULL },
	{ fewer_members, KIND(TYPE_MATCHES), "0", 1, NULL },
	{ gone, KIND(TYPE_MATCHES), "0", 0, NULL },
	{ gone, KIND(TYPE_EXISTS), "0", 1, NULL },
	{ member_of_other_size, KIND(TYPE_MATCHES), "0", 0, NULL },
	{ only_declared, KIND(TYPE_MATCHES), "0", 1, NULL },
	{ enums, KIND(TYPE_MATCHES), "0", 0, NULL },
	{ negative_enum, KIND(TYPE_MATCHES), "0", 1, NULL },
	{ endless, KIND(TYPE_EXISTS), "0", 0, NULL },
	{ endless, KIND(TYPE_MATCHES), "0", 0, NULL },
};

START_TEST(what_it_comes_to)
{
	_cleanup_buf_ struct buf text = { 0 };
	uint32_t root = cases[_i].build(&local_gen, &kernel_gen);

	ck_assert_msg(resolve(root, cases[_i].kind, cases[_i].access) == 0,
		      "case %d: %s", _i, err.text);
	ck_assert_msg(value.poison == (cases[_i].expected == POISON), "case %d: %s", _i,
		      value.poison ? "poison" : "no poison");
	if (!value.poison)
		ck_assert_msg(value.value == cases[_i].expected, "case %d: %jd, not %jd", _i,
			      (intmax_t)value.value, (intmax_t)cases[_i].expected);
	core_spec_text(&spec, &text);
	if (cases[_i].text)
		ck_assert_str_eq(buf_str(&text), cases[_i].text);
}
END_TEST

START_TEST(a_load_may_change_its_size)
{
	ck_assert_int_eq(resolve(wider(&local_gen, &kernel_gen),
				 BPF_CORE_FIELD_BYTE_OFFSET, "0:0"), 0);
	ck_assert(value.is_memory_field && !value.no_resize);
	ck_assert_int_eq(value.size, 8);
	ck_assert_int_eq(value.local_size, 4);
}
END_TEST

START_TEST(a_load_of_signed_integers_may_not)
{
	ck_assert_int_eq(resolve(wider_signed(&local_gen, &kernel_gen),
				 BPF_CORE_FIELD_BYTE_OFFSET, "0:0"), 0);
	ck_assert(value.is_memory_field && value.no_resize);
}
END_TEST

static uint32_t twice_differently(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 16, { "a", U32, 64 });
	STRUCT(k, "s", 16, { "a", U32, 32 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static uint32_t nameless(struct btfgen *l, struct btfgen *k)
{
	(void)k;
	return STRUCT(l, "", 4, { "a", U32, 0 });
}

static uint32_t none(struct btfgen *l, struct btfgen *k)
{
	(void)l, (void)k;
	return 99;
}

static uint32_t far_away(struct btfgen *l, struct btfgen *k)
{
	STRUCT(k, "s", 0x7fffffff, { "a", U32, 0 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

/* twice the same in each, thirty deep: a billion places to look */
static uint32_t doubled(struct btfgen *l, struct btfgen *k)
{
	uint32_t in = STRUCT(k, "", 4, { "b", U32, 0 });
	int i;

	for (i = 0; i < 30; i++)
		in = UNION(k, "", 4, { "", in, 0 }, { "", in, 0 });
	STRUCT(k, "s", 4, { "", in, 0 });
	return STRUCT(l, "s", 4, { "a", U32, 0 });
}

static const struct {
	uint32_t (*build)(struct btfgen *l, struct btfgen *k);
	uint32_t kind;
	const char *access;
	int expected;
	const char *words;
} refusals[] = {
	{ twice_differently, KIND(FIELD_BYTE_OFFSET), "0:0", -EINVAL,
	  "the kernel has several types of that name, which do not agree about struct s.a (8 and 4)" },
	{ nameless, KIND(FIELD_BYTE_OFFSET), "0:0", -EBADMSG, "a type that has no name" },
	{ none, KIND(TYPE_EXISTS), "0", -EBADMSG, "it is about type 99, of which there are 8" },
	{ same, 13, "0", -ENOTSUP, "unknown kind 13" },
	{ same, KIND(FIELD_BYTE_OFFSET), "", -EBADMSG, "'' leads nowhere" },
	{ same, KIND(FIELD_BYTE_OFFSET), "0:2", -EBADMSG, "'0:2' leads nowhere" },
	{ same, KIND(FIELD_BYTE_OFFSET), "0:0:0", -EBADMSG, "'0:0:0' leads nowhere" },
	{ same, KIND(FIELD_BYTE_OFFSET), "0:", -EBADMSG, "'0:' leads nowhere" },
	{ same, KIND(FIELD_BYTE_OFFSET), "0x0", -EBADMSG, "'0x0' leads nowhere" },
	{ same, KIND(FIELD_BYTE_OFFSET), "99999999999:0", -EBADMSG, "leads nowhere" },
	{ same, KIND(TYPE_EXISTS), "1", -EBADMSG, "'1' leads nowhere" },
	{ same, KIND(ENUMVAL_VALUE), "0", -EBADMSG, "'0' leads nowhere" },
	{ enums, KIND(ENUMVAL_VALUE), "2", -EBADMSG, "'2' leads nowhere" },
	{ shorter_array, KIND(FIELD_BYTE_OFFSET), "0:0:4", -EBADMSG, "'0:0:4' leads nowhere" },
	{ far_away, KIND(FIELD_BYTE_OFFSET), "3:0", -E2BIG, "element 3 of an array is too far away" },
	{ doubled, KIND(FIELD_BYTE_OFFSET), "0:0", -E2BIG, "unnamed members without end" },
	{ nested, KIND(FIELD_LSHIFT_U64), "0:0", -EINVAL, "a field of 32 bytes cannot be shifted" },
};

START_TEST(what_is_refused)
{
	uint32_t root = refusals[_i].build(&local_gen, &kernel_gen);
	int r = resolve(root, refusals[_i].kind, refusals[_i].access);

	ck_assert_msg(r == refusals[_i].expected, "case %d: %d, %s", _i, r, err.text);
	ck_assert_msg(strstr(err.text, refusals[_i].words), "case %d: %s", _i, err.text);
}
END_TEST

START_TEST(names_and_their_flavours)
{
	static const struct { const char *name; size_t len; } names[] = {
		{ "task", 4 }, { "task___old", 4 }, { "task___old___older", 10 },
		{ "task__old", 9 }, { "___task", 7 }, { "task___", 7 },
		{ "a___b", 1 }, { "", 0 }, { "___", 3 }, { "a____b", 6 },
	};

	ck_assert_uint_eq(core_name_len(names[_i].name), names[_i].len);
}
END_TEST

Suite *core_suite(void)
{
	Suite *s = suite_create("core");
	TCase *tc = tcase_create("core");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, what_it_comes_to, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tc, what_is_refused, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tc, a_load_may_change_its_size);
	tcase_add_test(tc, a_load_of_signed_integers_may_not);
	suite_add_tcase(s, tc);
	tc = tcase_create("names");
	tcase_add_loop_test(tc, names_and_their_flavours, 0, 10);
	suite_add_tcase(s, tc);
	return s;
}
