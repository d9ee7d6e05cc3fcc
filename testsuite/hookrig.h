/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What suites about hooks share, beside rigged.h and hooks.h. */
#ifndef BPFELF_HOOKRIG_H
#define BPFELF_HOOKRIG_H

#include "hooks.h"
#include "rigged.h"

#define CLSACT "v0 qdisc clsact\n"

/* @extack NULL: no netlink refusal */
static inline void ck_refused(int r, int expected, const char *words, const char *extack)
{
	ck_assert_int_eq(r, expected);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	if (extack)
		ck_assert_str_eq(bpfelf_extack(rig.ctx), extack);
	else
		ck_assert_ptr_null(bpfelf_extack(rig.ctx));
}

static inline void ck_new_txn(void)
{
	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &job.txn), 0);
}

/* a qdisc that is there for good */
static inline void clsact(void)
{
	ck_new_txn();
	ck_assert_int_eq(add_clsact(&job, 0), 0);
	commit();
}

#endif
