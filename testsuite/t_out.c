/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The writer: one sequence of calls, laid out in every way. */
#include "out.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "cli.h"
#include "capture.h"
#include "unit.h"

/* a bit of everything, as `ip link show` would print it */
static void print_sample(struct out *o)
{
	out_arr(o, NULL);
	out_obj(o, OUT_ELEMENT);
	out_u32(o, "ifindex", "%u: ", 7);
	out_str(o, "ifname", "%s: ", "v0");
	out_arr(o, "flags");
	out_str(o, OUT_ELEMENT, "<%s,", "UP");
	out_str(o, OUT_ELEMENT, "%s> ", "LOWER_UP");
	out_arr_end(o);
	out_nl(o);
	out_str(o, "alias", "    alias %s", "it's \"x\" \\\t\x01");
	out_nl(o);
	out_obj(o, "prog");
	out_u64(o, "time", "time %llu ", 1ull << 40);
	out_hex(o, "handle", "handle %#x ", 31);
	out_int(o, "nsid", "nsid %d ", -1);
	out_bool(o, "on", "on ", "off ", false);
	out_flag(o, "da", "direct-action ", true);
	out_flag(o, "skip", "skip_hw ", false);
	out_u32(o, NULL, "text-only %u ", 1);
	out_u32(o, "jited", NULL, 1);
	out_null(o, "link");
	out_obj_end(o);
	out_arr(o, "empty");
	out_arr_end(o);
	out_obj(o, "options");
	out_obj_end(o);
	out_obj_end(o);
	out_obj(o, OUT_ELEMENT);
	out_u32(o, "ifindex", NULL, 8);
	out_obj_end(o);
	out_arr_end(o);
	out_text(o, "\n");
}

static const struct {
	unsigned int flags;
	const char *expected;
} layouts[] = {
	{ 0,
	  "7: v0: <UP,LOWER_UP> \n"
	  "    alias it's \"x\" \\\t\x01\n"
	  "time 1099511627776 handle 0x1f nsid -1 off direct-action text-only 1 \n" },
	{ OUT_ONELINE,
	  "7: v0: <UP,LOWER_UP> \\    alias it's \"x\" \\\t\x01\\"
	  "time 1099511627776 handle 0x1f nsid -1 off direct-action text-only 1 \n" },
	{ OUT_JSON,
	  "[{\"ifindex\":7,\"ifname\":\"v0\",\"flags\":[\"UP\",\"LOWER_UP\"],"
	  "\"alias\":\"it's \\\"x\\\" \\\\\\t\\u0001\","
	  "\"prog\":{\"time\":1099511627776,\"handle\":\"0x1f\",\"nsid\":-1,"
	  "\"on\":false,\"da\":true,\"jited\":1,\"link\":null},\"empty\":[],"
	  "\"options\":{}},{\"ifindex\":8}]\n" },
	{ OUT_JSON | OUT_PRETTY | OUT_ONELINE,
	  "[ {\n"
	  "        \"ifindex\": 7,\n"
	  "        \"ifname\": \"v0\",\n"
	  "        \"flags\": [ \"UP\",\"LOWER_UP\" ],\n"
	  "        \"alias\": \"it's \\\"x\\\" \\\\\\t\\u0001\",\n"
	  "        \"prog\": {\n"
	  "            \"time\": 1099511627776,\n"
	  "            \"handle\": \"0x1f\",\n"
	  "            \"nsid\": -1,\n"
	  "            \"on\": false,\n"
	  "            \"da\": true,\n"
	  "            \"jited\": 1,\n"
	  "            \"link\": null\n"
	  "        },\n"
	  "        \"empty\": [ ],\n"
	  "        \"options\": {}\n"
	  "    },{\n"
	  "        \"ifindex\": 8\n"
	  "    } ]\n" },
};

static char *written(void (*print)(struct out *o), unsigned int flags)
{
	struct capture stdout_;
	struct out o;
	int r;

	capture_begin(&stdout_, STDOUT_FILENO);
	out_init(&o, STDOUT_FILENO, flags);
	print(&o);
	r = out_end(&o);
	out_free(&o);
	ck_assert_int_eq(r, 0);
	return capture_end(&stdout_);
}

START_TEST(one_call_prints_text_and_json)
{
	_cleanup_free_ char *got = written(print_sample, layouts[_i].flags);

	ck_assert_str_eq(got, layouts[_i].expected);
}
END_TEST

static const char *quoted(const char *text)
{
	static char got[2048];
	struct out o;

	out_init(&o, STDOUT_FILENO, OUT_JSON);
	out_hold(&o);
	out_arr(&o, NULL);
	out_str(&o, OUT_ELEMENT, NULL, text);
	snprintf(got, sizeof(got), "%s", buf_str(&o.buf) + 1);
	out_free(&o);
	return got;
}

/* with something to be escaped behind so many ordinary characters */
START_TEST(a_long_string_is_quoted_whole)
{
	char text[1002], expected[1006];

	memset(text, 'x', _i);
	strcpy(text + _i, "\"z");
	snprintf(expected, sizeof(expected), "\"%.*s\\\"z\"", _i, text);
	ck_assert_str_eq(quoted(text), expected);
}
END_TEST

static void print_two(struct out *o)
{
	for (int i = 0; i < 2; i++) {
		out_arr(o, NULL);
		out_u32(o, OUT_ELEMENT, NULL, i);
		out_arr_end(o);
	}
}

START_TEST(each_value_at_the_top_is_a_line)
{
	_cleanup_free_ char *got = written(print_two, OUT_JSON);

	ck_assert_str_eq(got, "[0]\n[1]\n");
}
END_TEST

static void print_common(struct out *o, struct out_kept *kept)
{
	if (kept && out_again(o, kept))
		return;
	if (kept)
		out_keep(o, kept);
	out_str(o, "kind", "%s ", "bpf");
	out_obj(o, "prog");
	out_u32(o, "id", "id %u ", 7);
	out_obj_end(o);
	if (kept)
		out_kept(o, kept);
}

/* first of its object, behind another value, and one level further down */
static void print_in_places(struct out *o, struct out_kept *kept)
{
	int i;

	out_arr(o, NULL);
	for (i = 0; i < 16; i++) {
		out_obj(o, OUT_ELEMENT);
		if (i & 2)
			out_u32(o, "handle", "handle %u ", i);
		if (i & 4)
			out_obj(o, "options");
		print_common(o, kept);
		out_u32(o, "chain", "chain %u ", i);
		if (i & 4)
			out_obj_end(o);
		out_obj_end(o);
		out_nl(o);
	}
	out_arr_end(o);
}

static void print_anew(struct out *o)
{
	print_in_places(o, NULL);
}

static void print_again(struct out *o)
{
	struct out_kept kept = { 0 };

	print_in_places(o, &kept);
	ck_assert_uint_ne(kept.len, 0);
}

START_TEST(what_is_kept_reads_as_anew)
{
	unsigned int flags = layouts[_i].flags;
	_cleanup_free_ char *want = written(print_anew, flags);
	_cleanup_free_ char *got = written(print_again, flags);

	ck_assert_str_eq(got, want);
}
END_TEST

START_TEST(what_is_too_long_is_not_kept)
{
	struct out_kept kept = { 0 };
	char text[sizeof(kept.text) + 1];
	struct out o;
	int more;

	memset(text, 'x', sizeof(text));
	out_init(&o, STDOUT_FILENO, 0);
	out_hold(&o);
	for (more = 0; more < 2; more++) {
		out_keep(&o, &kept);
		out_bytes(&o, text, sizeof(kept.text) + more);
		out_kept(&o, &kept);
		ck_assert(out_again(&o, &kept) == !more);
	}
	out_free(&o);
}
END_TEST

static void print_and_drop(struct out *o)
{
	out_hold(o);
	for (int i = 0; i < 100000; i++)
		out_text(o, "0123456789");
	out_drop(o);
	out_text(o, "kept\n");
}

START_TEST(what_is_held_can_be_dropped)
{
	_cleanup_free_ char *got = written(print_and_drop, 0);

	ck_assert_str_eq(got, "kept\n");
}
END_TEST

START_TEST(a_full_disk_is_told)
{
	_cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	_cleanup_free_ char *said = NULL;
	struct capture stderr_;
	struct out o;
	int status;

	if (full < 0)
		return;
	out_init(&o, full, 0);
	out_text(&o, "x\n");
	capture_begin(&stderr_, STDERR_FILENO);
	status = out_status(&o);
	said = capture_end(&stderr_);
	out_free(&o);
	ck_assert_int_eq(status, CLI_FAIL);
	ck_assert_str_eq(said,
			 "cannot write the output: No space left on device\n");
}
END_TEST

Suite *out_suite(void)
{
	Suite *suite = suite_create("out");
	TCase *tc = tcase_create("out");

	tcase_add_loop_test(tc, one_call_prints_text_and_json, 0,
			    ARRAY_SIZE(layouts));
	tcase_add_loop_test(tc, a_long_string_is_quoted_whole, 250, 260);
	tcase_add_test(tc, each_value_at_the_top_is_a_line);
	tcase_add_loop_test(tc, what_is_kept_reads_as_anew, 0,
			    ARRAY_SIZE(layouts));
	tcase_add_test(tc, what_is_too_long_is_not_kept);
	tcase_add_test(tc, what_is_held_can_be_dropped);
	tcase_add_test(tc, a_full_disk_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}
