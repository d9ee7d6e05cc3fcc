/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How near a word is to a name that it may have been meant for. */
#ifndef BPFELF_NEAR_H
#define BPFELF_NEAR_H

#include <limits.h>

#define NEAR_FAR	UINT_MAX

/* Letters to be changed, added, left out or swapped with the next: one in three
 * at most, else NEAR_FAR. A name may be abbreviated, so that @word is compared
 * with all beginnings. */
unsigned int near_distance(const char *word, const char *name);

#endif
