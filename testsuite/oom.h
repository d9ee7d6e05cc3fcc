/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Memory that runs out on demand: for what is linked with ld's --wrap, which
 * is our own code and not the libraries below it. See UNIT_WRAP in
 * Makefile.inc.
 */
#ifndef BPFELF_OOM_H
#define BPFELF_OOM_H

#include <stdbool.h>

/* the nth allocation from now on is refused, counted from 0; -1: none */
void oom_at(int nth);
/* whether one was refused since */
bool oom_reached(void);
/* for what a test needs in between; returns what it was */
bool oom_pause(bool paused);

/* whether --wrap is in effect at all */
bool oom_possible(void);

#endif
