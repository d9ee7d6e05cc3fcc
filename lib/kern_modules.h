/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The row of kern_linux.c's table that is about modules of the kernel. It is as
 * kern.h says. */
#ifndef BPFELF_KERN_MODULES_H
#define BPFELF_KERN_MODULES_H

#include "kern.h"

int kern_module_btfs(struct kern *k, const char *const *names, size_t cnt,
		     int *fds);

#endif
