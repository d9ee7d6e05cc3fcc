/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Types for a kernel that is older than the compiler: kinds that came after
 * Linux 5.2 are replaced by older ones of the same length; and global functions
 * (5.6) become static.
 *
 * Pure. All ids, names and offsets stay, so that whatever refers to a type
 * still does.
 */
#ifndef BPFELF_BTFLOWER_H
#define BPFELF_BTFLOWER_H

#include "buf.h"
#include "err.h"

/* Write @size bytes of BTF, as btf_read() leaves them, to @out, with what is
 * new replaced, global functions only if @all is. How many types were; 0: none,
 * and @out is empty; -ENOMEM */
int btflower(const void *data, size_t size, bool all, struct buf *out,
	     struct err *err);

#endif
