/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which module of Linux has the functions that programs may call, where it is
 * known: a module that is not loaded tells nothing of itself.
 *
 * Pure.
 */
#ifndef BPFELF_KFUNCS_H
#define BPFELF_KFUNCS_H

/* @name may have a flavour; NULL: nobody knows */
const char *kfuncs_module(const char *name);

#endif
