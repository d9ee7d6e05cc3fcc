/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Classic BPF as text: what is taken reads the same when it is written out. */
#include "fuzz.h"

#include "buf.h"
#include "cbpf.h"

static void write_out(struct buf *text, const struct sock_filter *insns, size_t cnt)
{
	size_t i;

	buf_addf(text, "%zu", cnt);
	for (i = 0; i < cnt; i++)
		buf_addf(text, ",%u %u %u %u", insns[i].code, insns[i].jt,
			 insns[i].jf, insns[i].k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ struct sock_filter *insns = NULL, *again = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	struct err err = { 0 };
	size_t cnt, again_cnt;

	buf_add(&text, data, size);
	if (cbpf_parse(buf_str(&text), &insns, &cnt, &err) < 0) {
		fuzz_check(err.text[0] && !insns);
		return 0;
	}
	fuzz_check(cnt && cnt <= BPF_MAXINSNS);
	text.len = 0;
	write_out(&text, insns, cnt);
	fuzz_check(cbpf_parse(buf_str(&text), &again, &again_cnt, &err) == 0);
	fuzz_check(cnt == again_cnt && memcmp(insns, again, cnt * sizeof(*insns)) == 0);
	return 0;
}
