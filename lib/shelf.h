/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs put aside without a descriptor for each: in a prog array that
 * nobody else knows, and that no program calls through.
 *
 * To get one back takes CAP_SYS_ADMIN, hence it is not always to be had. It
 * goes, with what it holds, when the process ends.
 */
#ifndef BPFELF_SHELF_H
#define BPFELF_SHELF_H

#include "kern.h"

struct shelf {
	struct kern *kern;	/* NULL: nothing can be put on it */
	int array;
};

/* room for @cnt programs; a shelf that cannot be had refuses them later */
void shelf_open(struct shelf *shelf, struct kern *k, uint32_t cnt);
void shelf_close(struct shelf *shelf);

/* Put a program aside, from any thread. False: its descriptor has to be kept,
 * as when it does not go with the first one, in the kernel's eyes. */
bool shelf_put(struct shelf *shelf, uint32_t place, int fd);
/* a descriptor for what was put there, or -errno */
int shelf_get(const struct shelf *shelf, uint32_t place);

#endif
