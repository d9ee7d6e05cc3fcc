/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every t_NAME.c defines NAME_suite(); make lists them in suites.h. */
#ifndef BPFELF_UNIT_H
#define BPFELF_UNIT_H

#include <check.h>

#define SUITE(name) Suite *name##_suite(void);
#include "suites.h"
#undef SUITE

#endif
