/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cbpf.h"

#include <ctype.h>
#include <errno.h>
#include <linux/bpf_common.h>

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r");
}

/* compat: "-1" is the greatest k, as it has been in filters written by hand */
static bool take_number(const char **at, uint32_t max, uint32_t *value)
{
	bool minus = **at == '-' && max == UINT32_MAX;
	unsigned long long number;
	const char *digits = *at + minus;
	char *end;

	if (!isdigit((unsigned char)*digits))
		return false;
	number = strtoull(digits, &end, 10);
	if (number > max)
		return false;
	*value = minus ? -number : number;
	*at = skip_blanks(end);
	return true;
}

static bool take_insn(const char **at, struct sock_filter *insn)
{
	uint32_t code, jt, jf, k;

	if (!take_number(at, UINT16_MAX, &code) ||
	    !take_number(at, UINT8_MAX, &jt) ||
	    !take_number(at, UINT8_MAX, &jf) ||
	    !take_number(at, UINT32_MAX, &k))
		return false;
	*insn = (struct sock_filter){ .code = code, .jt = jt, .jf = jf, .k = k };
	return true;
}

static bool take_comma(const char **at)
{
	if (**at != ',' && **at != '\n')
		return false;
	*at = skip_blanks(*at + 1);
	return true;
}

static int read_count(const char **at, size_t *cnt, struct err *err)
{
	uint32_t count;

	if (!take_number(at, UINT32_MAX, &count) || (**at && !take_comma(at)))
		return err_set(err, -EINVAL, "bytecode begins with the number of instructions and a comma");
	if (!count)
		return err_set(err, -EINVAL, "bytecode without an instruction");
	if (count > BPF_MAXINSNS)
		return err_set(err, -E2BIG, "%u instructions, the kernel takes %u",
			       count, BPF_MAXINSNS);
	*cnt = count;
	return 0;
}

static int read_insns(const char **at, struct sock_filter *insns, size_t cnt,
		      struct err *err)
{
	size_t i;

	for (i = 0; i < cnt; i++) {
		if (!**at)
			return err_set(err, -EINVAL, "%zu instructions are announced, %zu are there",
				       cnt, i);
		if (!take_insn(at, &insns[i]) || (**at && !take_comma(at)))
			return err_set(err, -EINVAL, "instruction %zu is not of the form \"code jt jf k\"",
				       i);
	}
	*at += strspn(*at, " \t\r\n");
	if (**at)
		return err_set(err, -EINVAL, "there is more than the %zu instructions announced",
			       cnt);
	return 0;
}

int cbpf_parse(const char *text, struct sock_filter **insns, size_t *cnt,
	       struct err *err)
{
	const char *at = skip_blanks(text);
	int r;

	*insns = NULL;
	r = read_count(&at, cnt, err);
	if (r < 0)
		return r;
	*insns = calloc(*cnt, sizeof(**insns));
	if (!*insns)
		return err_sys(err, -ENOMEM, "read bytecode");
	r = read_insns(&at, *insns, *cnt, err);
	if (r < 0)
		free(steal_ptr(insns));
	return r;
}
