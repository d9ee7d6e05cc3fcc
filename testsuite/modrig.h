/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An object with functions and variables of modules, and the types of a kernel
 * and of two modules that have them.
 *
 * a_func(), shadow(), a_var: module mod_a. b_func(): module mod_b. gone(): weak,
 * nowhere. The kernel itself has a struct shadow.
 */
#ifndef BPFELF_MODRIG_H
#define BPFELF_MODRIG_H

#include "elfgen.h"
#include "fake_kern.h"

/* where in section `classifier` what refers to them stands */
enum { MOD_B_FUNC, MOD_A_FUNC, MOD_SHADOW, MOD_GONE, MOD_A_VAR };

/* how many tail calls go into an array, each of which calls b_func() */
#define MOD_TAILS	6

/* ids of what they are in the modules */
enum { MOD_A_FUNC_ID = 5, MOD_SHADOW_ID, MOD_A_VAR_ID, MOD_B_FUNC_ID = 5 };

void modrig_build(struct elfgen *g);

/* below /sys/kernel/btf, and /proc/modules; for fake_kern.files. @loaded: lines
 * of the latter, NULL: both, and one that has no types */
const struct fake_file *modrig_files(const char *loaded);

#endif
