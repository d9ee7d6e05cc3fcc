/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a caller of the library may do, on top of what others have left behind:
 * each a transaction that has to be all or nothing.
 */
#ifndef BPFELF_SCENARIOS_H
#define BPFELF_SCENARIOS_H

#include "rig.h"

struct scenario {
	const char *name, *bpffs;	/* the latter as in struct fake_kern */
	void (*before)(struct rig *rig);
	/* all but bpfelf_commit(), with @job to be freed in any case */
	int (*act)(struct rig *rig, struct job *job);
};

extern const struct scenario scenarios[];
extern const size_t scenarios_cnt;

#endif
