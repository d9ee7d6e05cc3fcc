/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "nl.h"

#include "unit.h"

#define HDRLEN 20
#define MAX 8

static struct nl_req req;

static void read_back(const struct nlattr **tb)
{
	nl_attrs(&req.nlh, HDRLEN, tb, MAX);
}

START_TEST(what_is_put_is_read_back)
{
	const struct nlattr *tb[MAX + 1], *inner[MAX + 1];
	struct nlattr *nest;
	uint64_t big = 0x1122334455667788;
	char *hdr;
	int i;

	memset(&req, 0xaa, sizeof(req));
	hdr = nl_start(&req, 16, NLM_F_CREATE, HDRLEN);
	for (i = 0; i < HDRLEN; i++)
		ck_assert_int_eq(hdr[i], 0);
	nl_put_str(&req, 1, "eth0");
	nl_put_u32(&req, 2, 0xcafe);
	nest = nl_nest(&req, 3 | NLA_F_NESTED);
	nl_put(&req, 1, &big, sizeof(big));
	nl_put(&req, 2, NULL, 0);
	nl_nest_end(&req, nest);
	ck_assert(!req.full);
	ck_assert_int_eq(req.nlh.nlmsg_type, 16);
	ck_assert_int_eq(req.nlh.nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE);
	ck_assert_int_eq(req.nlh.nlmsg_len, 16 + HDRLEN + 12 + 8 + 4 + 12 + 4);

	read_back(tb);
	ck_assert_str_eq(nl_str(tb[1]), "eth0");
	ck_assert_int_eq(nl_u32(tb[2], 0), 0xcafe);
	ck_assert_int_eq(nl_u16(tb[2], 0), 0xcafe);
	ck_assert_int_eq(nl_u8(tb[2], 0), 0xfe);
	ck_assert_ptr_null(tb[4]);
	nl_nested(tb[3], inner, MAX);
	ck_assert_uint_eq(nl_u64(inner[1], 0), big);
	ck_assert_ptr_nonnull(inner[2]);
	ck_assert_ptr_null(inner[3]);
}
END_TEST

START_TEST(padding_is_zero)
{
	memset(&req, 0xaa, sizeof(req));
	nl_start(&req, 16, 0, 0);
	nl_put(&req, 1, "x", 1);
	ck_assert_int_eq(req.nlh.nlmsg_len, 16 + 8);
	ck_assert_mem_eq(req.room + 16, "\5\0\1\0x\0\0\0", 8);
}
END_TEST

START_TEST(a_full_request_says_so_and_stays_whole)
{
	static const char data[1000];
	uint32_t len = 0;
	int i;

	nl_start(&req, 16, 0, HDRLEN);
	for (i = 0; !req.full; i++) {
		len = req.nlh.nlmsg_len;
		nl_put(&req, 1, data, sizeof(data));
	}
	ck_assert_int_eq(i, (65536 - 16 - HDRLEN) / 1004 + 1);
	ck_assert_uint_eq(req.nlh.nlmsg_len, len);
	nl_put_u32(&req, 2, 1);		/* it would fit, but comes too late */
	ck_assert_uint_eq(req.nlh.nlmsg_len, len);
	ck_assert_ptr_null(nl_nest(&req, 3));
	nl_nest_end(&req, NULL);
}
END_TEST

START_TEST(a_length_beyond_all_bounds_does_not_fit)
{
	nl_start(&req, 16, 0, 0);
	nl_put(&req, 1, req.room, SIZE_MAX);
	ck_assert(req.full);
	nl_start(&req, 16, 0, 0);
	ck_assert(!req.full);
}
END_TEST

START_TEST(a_nest_may_fill_the_request)
{
	static const char data[65512];
	const struct nlattr *tb[MAX + 1], *inner[MAX + 1];
	struct nlattr *nest;

	nl_start(&req, 16, 0, 0);
	nest = nl_nest(&req, 1);
	nl_put(&req, 2, data, sizeof(data));
	nl_nest_end(&req, nest);
	ck_assert(!req.full);
	ck_assert_uint_eq(req.nlh.nlmsg_len, sizeof(req.room));
	nl_attrs(&req.nlh, 0, tb, MAX);
	nl_nested(tb[1], inner, MAX);
	ck_assert_uint_eq(nl_len(inner[2]), sizeof(data));
	nl_put(&req, 3, NULL, 0);
	ck_assert(req.full);
}
END_TEST

/* Attributes as the bytes that come from outside, well formed or not. */
static const struct hostile {
	const char *name;
	const char *bytes;
	size_t len;
	int seen[MAX + 1];	/* payload lengths + 1, 0: absent */
} hostile[] = {
	{ "none", "", 0, { 0 } },
	{ "whole", "\5\0\1\0x\0\0\0\4\0\2\0", 12, { 0, 2, 1 } },
	{ "last one not padded", "\4\0\2\0\5\0\1\0x", 9, { 0, 2, 1 } },
	{ "length zero", "\0\0\1\0\4\0\2\0", 8, { 0 } },
	{ "length below the header", "\3\0\1\0\4\0\2\0", 8, { 0 } },
	{ "longer than the rest", "\4\0\2\0\11\0\1\0abcd", 12, { 0, 0, 1 } },
	{ "longest", "\xff\xff\1\0abcd", 8, { 0 } },
	{ "half a header", "\4\0\2\0\4\0", 6, { 0, 0, 1 } },
	{ "twice keeps the last", "\5\0\1\0x\0\0\0\6\0\1\0xy\0\0", 16, { 0, 3 } },
	{ "unknown", "\4\0\11\0\4\0\2\0", 8, { 0, 0, 1 } },
	{ "flags are no part of a type", "\4\0\2\x80\4\0\3\x40", 8, { 0, 0, 1, 1 } },
};

START_TEST(attributes_stay_within_bounds)
{
	const struct hostile *h = &hostile[_i];
	const struct nlattr *tb[MAX + 1];
	struct nlmsghdr *nlh = malloc(NLMSG_HDRLEN + h->len);
	int i;

	nlh->nlmsg_len = NLMSG_HDRLEN + h->len;
	memcpy((char *)nlh + NLMSG_HDRLEN, h->bytes, h->len);
	nl_attrs(nlh, 0, tb, MAX);
	for (i = 0; i <= MAX; i++)
		ck_assert_msg((tb[i] ? nl_len(tb[i]) + 1 : 0) ==
			      h->seen[i], "%s: attribute %d", h->name, i);
	for (i = 0; i <= MAX; i++)
		ck_assert_msg(!nl_attr(nlh, 0, i) == !h->seen[i],
			      "%s: the first attribute %d", h->name, i);
	free(nlh);
}
END_TEST

START_TEST(the_first_of_a_type_is_found)
{
	nl_start(&req, NLMSG_NOOP, 0, 0);
	ck_assert_ptr_null(nl_attr(&req.nlh, 0, 1));
	nl_put_str(&req, 2, "other");
	nl_put_str(&req, 1, "first");
	nl_put_str(&req, 1, "second");
	ck_assert_str_eq(nl_str(nl_attr(&req.nlh, 0, 1)), "first");
	ck_assert_ptr_null(nl_attr(&req.nlh, 0, 3));
}
END_TEST

/* The same as a nest; of a type twice it gives both. */
START_TEST(a_nest_is_walked_within_bounds)
{
	const struct hostile *h = &hostile[_i];
	struct nlattr *nest = malloc(sizeof(*nest) + h->len);
	const struct nlattr *attr, *tb[MAX + 1] = { 0 };
	int i;

	nest->nla_len = sizeof(*nest) + h->len;
	memcpy(nest + 1, h->bytes, h->len);
	for (attr = nl_next(nest, NULL); attr; attr = nl_next(nest, attr))
		if (nl_type(attr) <= MAX)
			tb[nl_type(attr)] = attr;
	for (i = 0; i <= MAX; i++)
		ck_assert_msg((tb[i] ? nl_len(tb[i]) + 1 : 0) ==
			      h->seen[i], "%s: attribute %d", h->name, i);
	free(nest);
}
END_TEST

START_TEST(a_message_is_whole_or_none)
{
	const struct nlmsghdr nlh = { .nlmsg_len = sizeof(nlh) + 4 };
	const struct nlmsghdr brief = { .nlmsg_len = sizeof(nlh) - 1 };

	ck_assert_ptr_eq(nl_message(&nlh, sizeof(nlh) + 4), &nlh);
	ck_assert_ptr_null(nl_message(&nlh, sizeof(nlh) + 3));
	ck_assert_ptr_null(nl_message(&nlh, sizeof(nlh) - 1));
	ck_assert_ptr_null(nl_message(&nlh, 0));
	ck_assert_ptr_null(nl_message(&brief, sizeof(brief)));
}
END_TEST

START_TEST(a_header_longer_than_the_message_has_no_attributes)
{
	const struct nlattr *tb[MAX + 1];

	nl_start(&req, 16, 0, 4);
	read_back(tb);
	ck_assert_ptr_null(tb[0]);
	ck_assert_ptr_null(tb[MAX]);
	nl_attrs(&req.nlh, UINT32_MAX, tb, MAX);
	ck_assert_ptr_null(tb[0]);
}
END_TEST

START_TEST(short_and_absent_values_fall_back)
{
	const struct nlattr *tb[MAX + 1];

	nl_start(&req, 16, 0, HDRLEN);
	nl_put(&req, 1, "ab", 2);
	nl_put(&req, 2, "", 0);
	read_back(tb);
	ck_assert_uint_eq(nl_u32(tb[1], 7), 7);
	ck_assert_uint_eq(nl_u64(tb[1], 7), 7);
	ck_assert_uint_eq(nl_u16(tb[1], 7), 'a' | 'b' << 8);
	ck_assert_uint_eq(nl_u8(tb[2], 7), 7);
	ck_assert_uint_eq(nl_u8(NULL, 7), 7);
	ck_assert_ptr_null(nl_str(tb[1]));
	ck_assert_ptr_null(nl_str(tb[2]));
	ck_assert_ptr_null(nl_str(NULL));
	nl_nested(NULL, tb, MAX);
	ck_assert_ptr_null(tb[1]);
}
END_TEST

Suite *nl_suite(void)
{
	Suite *s = suite_create("nl");
	TCase *tc = tcase_create("nl");

	tcase_add_test(tc, what_is_put_is_read_back);
	tcase_add_test(tc, padding_is_zero);
	tcase_add_test(tc, a_full_request_says_so_and_stays_whole);
	tcase_add_test(tc, a_length_beyond_all_bounds_does_not_fit);
	tcase_add_test(tc, a_nest_may_fill_the_request);
	tcase_add_loop_test(tc, attributes_stay_within_bounds, 0,
			    ARRAY_SIZE(hostile));
	tcase_add_test(tc, the_first_of_a_type_is_found);
	tcase_add_loop_test(tc, a_nest_is_walked_within_bounds, 0,
			    ARRAY_SIZE(hostile));
	tcase_add_test(tc, a_message_is_whole_or_none);
	tcase_add_test(tc, a_header_longer_than_the_message_has_no_attributes);
	tcase_add_test(tc, short_and_absent_values_fall_back);
	suite_add_tcase(s, tc);
	return s;
}
