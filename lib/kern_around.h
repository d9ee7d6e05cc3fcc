/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Looking around on this machine without leaving a trace: what kern_linux.c's
 * read() and apart() are.
 */
#ifndef BPFELF_KERN_AROUND_H
#define BPFELF_KERN_AROUND_H

#include "kern.h"

/* as kern_ops.read and kern_ops.apart */
int kern_read(struct kern *k, const char *path, size_t max, struct buf *data);
int kern_apart(struct kern *k, int (*fn)(struct kern *k));

#endif
