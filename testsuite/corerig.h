/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An object with CO-RE relocations, and the types of a kernel and of a module
 * that they are about.
 *
 * struct moved: { a, b } in the object, { ..., b, a } in the kernel. struct
 * mod: in the module only. struct gone: nowhere.
 */
#ifndef BPFELF_CORERIG_H
#define BPFELF_CORERIG_H

#include "elfgen.h"
#include "fake_kern.h"

/* where in section `classifier` what is relocated stands */
enum {
	CORE_MOV,	/* offset of moved.a: 8 */
	CORE_LOAD,	/* of 4 bytes, of moved.b: 8 bytes at 0 */
	CORE_WIDE,	/* the enumerator: 1 << 32 | 2 */
	CORE_MODULE = CORE_WIDE + 2,	/* offset of mod.c: 4 */
	CORE_EXISTS,	/* gone.d: 0 */
	CORE_GONE,	/* offset of gone.d: nothing */
	CORE_CALLED = CORE_GONE + 3,	/* in .text, offset of moved.a: 8 */
};

void corerig_build(struct elfgen *g);

/* below /sys/kernel/btf, and /proc/modules; for fake_kern.files */
const struct fake_file *corerig_files(void);

#endif
