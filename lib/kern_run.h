/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The row of kern_linux.c's table that has the kernel run a program. As kern.h
 * says.
 */
#ifndef BPFELF_KERN_RUN_H
#define BPFELF_KERN_RUN_H

#include "kern.h"

int kern_run(struct kern *k, struct kern_run *run);

#endif
