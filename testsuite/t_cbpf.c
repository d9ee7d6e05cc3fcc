/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Classic BPF as text; "as 6.1" where iproute2 6.1 reads the same. */
#include "cbpf.h"

#include <errno.h>

#include "buf.h"
#include "unit.h"

static const struct row {
	const char *text;
	const char *means;	/* "code jt jf k;"..., or the complaint */
} rows[] = {
	/* as 6.1 */
	{ "1,6 0 0 0", "6 0 0 0;" },
	{ "1,6 0 0 4294967295,", "6 0 0 4294967295;" },
	{ "2,40 0 0 12,6 0 0 1", "40 0 0 12;6 0 0 1;" },
	{ "2\n40 0 0 12\n6 0 0 1\n", "40 0 0 12;6 0 0 1;" },
	{ "1,6 0 0 1,\n", "6 0 0 1;" },
	{ "1,6 0 0 -1", "6 0 0 4294967295;" },

	{ " 1, 6  0\t0 0 , ", "6 0 0 0;" },
	{ "1,65535 255 255 0\r\n", "65535 255 255 0;" },
	{ "", "bytecode begins with the number of instructions and a comma" },
	{ "x", "bytecode begins with the number of instructions and a comma" },
	{ "1 6 0 0 1", "bytecode begins with the number of instructions and a comma" },
	{ "0,", "bytecode without an instruction" },
	{ "4097,", "4097 instructions, the kernel takes 4096" },
	{ "1,", "1 instructions are announced, 0 are there" },
	{ "2,6 0 0 1", "2 instructions are announced, 1 are there" },
	{ "1,6 0 0 1,6 0 0 1", "there is more than the 1 instructions announced" },
	{ "1,6 0 0", "instruction 0 is not of the form \"code jt jf k\"" },
	{ "1,6 0 0 1 7", "instruction 0 is not of the form \"code jt jf k\"" },
	{ "2,6 0 0 1,6 0 x 1", "instruction 1 is not of the form \"code jt jf k\"" },
	{ "1,0x6 0 0 1", "instruction 0 is not of the form \"code jt jf k\"" },
	{ "1,6 256 0 1", "instruction 0 is not of the form \"code jt jf k\"" },
	{ "1,65536 0 0 1", "instruction 0 is not of the form \"code jt jf k\"" },
	{ "1,-6 0 0 1", "instruction 0 is not of the form \"code jt jf k\"" },
	{ "1,6 0 0 4294967296", "instruction 0 is not of the form \"code jt jf k\"" },
};

START_TEST(text_means)
{
	_cleanup_free_ struct sock_filter *insns = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	const struct row *row = &rows[_i];
	struct err err = { 0 };
	size_t i, cnt;
	int r;

	r = cbpf_parse(row->text, &insns, &cnt, &err);
	for (i = 0; r == 0 && i < cnt; i++)
		buf_addf(&text, "%u %u %u %u;", insns[i].code, insns[i].jt,
			 insns[i].jf, insns[i].k);
	ck_assert_str_eq(r ? err.text : buf_str(&text), row->means);
	ck_assert(r == 0 || (r < 0 && !insns));
}
END_TEST

START_TEST(as_many_as_the_kernel_takes)
{
	_cleanup_free_ struct sock_filter *insns = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	struct err err = { 0 };
	size_t cnt;
	int i;

	buf_addf(&text, "%d", BPF_MAXINSNS);
	for (i = 0; i < BPF_MAXINSNS; i++)
		buf_addf(&text, ",6 0 0 %d", i);
	ck_assert_int_eq(cbpf_parse(buf_str(&text), &insns, &cnt, &err), 0);
	ck_assert_uint_eq(cnt, BPF_MAXINSNS);
	ck_assert_uint_eq(insns[BPF_MAXINSNS - 1].k, BPF_MAXINSNS - 1);
}
END_TEST

Suite *cbpf_suite(void)
{
	Suite *s = suite_create("cbpf");
	TCase *tc = tcase_create("cbpf");

	tcase_add_loop_test(tc, text_means, 0, ARRAY_SIZE(rows));
	tcase_add_test(tc, as_many_as_the_kernel_takes);
	suite_add_tcase(s, tc);
	return s;
}
