/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the return values of each type of program are called. */
#ifndef TC_RUN_VERDICT_H
#define TC_RUN_VERDICT_H

#include "util.h"

/* "XDP_DROP", in @text; NULL: it is a number only */
#define RUN_VERDICT_SIZE 48
const char *run_verdict_name(uint32_t prog_type, uint32_t retval,
			     char text[RUN_VERDICT_SIZE]);

/* "XDP_DROP", "drop" or a number; false: none of the type's */
bool run_verdict_read(uint32_t prog_type, const char *word, uint32_t *retval);

#endif
