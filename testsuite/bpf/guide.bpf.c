/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Under every name that guides give to a section, a program that does nothing
 * but end: it will do for XDP, tc and routes.
 */
#include "bpf_api.h"

#define ENDS_IN(name, func, verdict)		\
	__section(name)				\
	int func(void *ctx)			\
	{					\
		return verdict;			\
	}

ENDS_IN("prog", in_prog, 2)
ENDS_IN("foobar", in_foobar, 2)
ENDS_IN("foo", in_foo, 2)
ENDS_IN("xdp", in_xdp, 2)
ENDS_IN("xdp-test", in_xdp_test, 2)
ENDS_IN("classifier", in_classifier, 0)
ENDS_IN("tc_mark", in_tc_mark, 0)
ENDS_IN("nop", in_nop, 0)

/* one without a section */
int in_text(void *ctx)
{
	return 2;
}

BPF_LICENSE("GPL");
