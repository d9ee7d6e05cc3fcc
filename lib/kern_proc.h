/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What only /proc tells of maps and programs. Part of kern_linux; where /proc
 * is not ours, nobody can tell, and the kernel itself has to decide.
 */
#ifndef BPFELF_KERN_PROC_H
#define BPFELF_KERN_PROC_H

#include "kern.h"

enum kern_obj kern_proc_obj_kind(int fd);
int kern_proc_owner(int fd, struct kern_owner *owner);
int kern_proc_jit(void);

#endif
