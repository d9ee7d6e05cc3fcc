/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Classic BPF as text: "COUNT,code jt jf k,code jt jf k,...", all numbers
 * decimal, the last comma optional. Line ends do for commas, so that what
 * `tcpdump -ddd` prints is taken as it is.
 *
 * It knows the text; whether the instructions make sense the kernel will say.
 */
#ifndef BPFELF_CBPF_H
#define BPFELF_CBPF_H

#include <linux/filter.h>

#include "err.h"

/*
 * Read a whole text; free() *insns. -EINVAL for what is no such text, a count
 * that is not that of the instructions, or none; -E2BIG for more than the
 * kernel takes (BPF_MAXINSNS).
 */
int cbpf_parse(const char *text, struct sock_filter **insns, size_t *cnt,
	       struct err *err);

#endif
