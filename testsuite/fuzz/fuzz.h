/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One target in each .c file here, as libFuzzer has it. With clang, `make
 * fuzz` builds them for libFuzzer; replay.c makes of each a program that runs
 * the files it is given, which is also what AFL wants.
 */
#ifndef BPFELF_FUZZ_H
#define BPFELF_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_check(int ok)
{
	if (!ok)
		abort();
}

#endif
