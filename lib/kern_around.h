/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Looking around on this machine without leaving a trace, and in this process:
 * what kern_linux.c's read(), view(), apart() and fd_room() are.
 */
#ifndef BPFELF_KERN_AROUND_H
#define BPFELF_KERN_AROUND_H

#include "kern.h"

/* as in kern_ops */
int kern_fd_room(struct kern *k, int fd, unsigned int cnt);
int kern_read(struct kern *k, const char *path, size_t max, struct buf *data);
int kern_view(struct kern *k, const char *path, size_t max,
	      struct kern_view *view);
void kern_unview(struct kern *k, struct kern_view *view);
int kern_apart(struct kern *k, int (*fn)(struct kern *k));

#endif
