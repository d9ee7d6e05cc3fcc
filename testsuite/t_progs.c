/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program that is printed again reads as it did the first time. */
#include "progs.h"

#include "ctx.h"
#include "fake_kern.h"
#include "unit.h"

static struct fake_kern fake;
static struct cli cli;
static struct progs progs;
static int fds[2];

static int load(const char *name)
{
	const struct bpf_insn insn = { .code = BPF_JMP | BPF_EXIT };
	const struct kern_prog prog = {
		.name = name,
		.license = "GPL",
		.insns = &insn,
		.insn_cnt = 1,
		.type = BPF_PROG_TYPE_XDP,
	};

	return cli.ctx->kern->ops->prog_load(cli.ctx->kern, &prog);
}

static void start(void)
{
	fake = (struct fake_kern)FAKE_KERN;
	cli = (struct cli){ 0 };
	ctx_new_with_kern(fake_open(&fake), &cli.ctx);
	fds[0] = load("one");
	fds[1] = load("two");
	progs_init(&progs, &cli);
}

static void finish(void)
{
	close(fds[0]);
	close(fds[1]);
	out_free(&cli.out);
	bpfelf_ctx_free(cli.ctx);
	fake_free(&fake);
}

static const char *printed(void)
{
	return buf_str(&cli.out.buf);
}

static void begin(unsigned int flags)
{
	out_init(&cli.out, STDOUT_FILENO, flags);
	out_hold(&cli.out);
}

START_TEST(in_text)
{
	size_t half;

	begin(0);
	ck_assert(progs_print(&progs, "id %u ", 1));
	ck_assert(progs_print(&progs, "prog %u ", 2));
	half = cli.out.buf.len;
	ck_assert(progs_print(&progs, "id %u ", 1));
	ck_assert(progs_print(&progs, "prog %u ", 2));
	ck_assert_uint_eq(cli.out.buf.len, 2 * half);
	ck_assert(!memcmp(printed(), printed() + half, half));
	ck_assert_ptr_nonnull(strstr(printed(), "id 1 name one tag "));
	ck_assert_ptr_nonnull(strstr(printed(), "prog 2 name two tag "));
}
END_TEST

/* with the format of another place */
START_TEST(another_format_is_another_text)
{
	begin(0);
	progs_print(&progs, "a %u ", 1);
	progs_print(&progs, "b %u ", 1);
	progs_print(&progs, "a %u ", 1);
	ck_assert_int_eq(strncmp(printed(), "a 1 ", 4), 0);
	ck_assert_ptr_nonnull(strstr(printed(), " b 1 "));
	ck_assert_ptr_nonnull(strstr(strstr(printed(), " b 1 "), " a 1 "));
}
END_TEST

START_TEST(one_that_is_not_there_is_a_number)
{
	begin(0);
	ck_assert(!progs_print(&progs, "id %u ", 77));
	ck_assert(!progs_print(&progs, "id %u ", 77));
	ck_assert_str_eq(printed(), "id 77 id 77 ");
}
END_TEST

/* two numbers in one place of what is remembered */
START_TEST(one_takes_the_place_of_another)
{
	begin(0);
	progs_print(&progs, "id %u ", 1);
	ck_assert(!progs_print(&progs, "id %u ", 1 + PROGS_KNOWN));
	ck_assert(progs_print(&progs, "id %u ", 1));
	ck_assert_ptr_nonnull(strstr(printed(), " id 65 id 1 name one "));
}
END_TEST

static void print_object(bool first)
{
	out_obj(&cli.out, OUT_ELEMENT);
	if (!first)
		out_u32(&cli.out, "n", NULL, 1);
	progs_print(&progs, NULL, 1);
	out_u32(&cli.out, "m", NULL, 2);
	out_obj_end(&cli.out);
}

/* commas, and how far a line is indented, are those of the place */
START_TEST(in_json)
{
	static const bool order[] = { true, false, false, true, false };
	_cleanup_free_ char *want = NULL;
	size_t i;

	for (i = 0; i < 2; i++) {
		begin(OUT_JSON | (_i ? OUT_PRETTY : 0));
		out_arr(&cli.out, NULL);
		for (size_t n = 0; n < ARRAY_SIZE(order); n++) {
			if (i == 0)	/* nothing is remembered */
				progs_init(&progs, &cli);
			print_object(order[n]);
		}
		out_arr(&cli.out, OUT_ELEMENT);
		if (i == 0)
			progs_init(&progs, &cli);
		print_object(false);
		out_arr_end(&cli.out);
		out_arr_end(&cli.out);
		if (i == 0)
			want = strdup(printed());
		else
			ck_assert_str_eq(printed(), want);
		out_free(&cli.out);
	}
}
END_TEST

Suite *progs_suite(void)
{
	Suite *s = suite_create("progs");
	TCase *tc = tcase_create("progs");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, in_text);
	tcase_add_test(tc, another_format_is_another_text);
	tcase_add_test(tc, one_that_is_not_there_is_a_number);
	tcase_add_test(tc, one_takes_the_place_of_another);
	tcase_add_loop_test(tc, in_json, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
