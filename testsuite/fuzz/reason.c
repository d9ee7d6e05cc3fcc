/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The verifier's log, and the line of it that says why. */
#include "fuzz.h"

#include "prog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *log = strndup((const char *)data, size);
	char reason[64];

	if (log && prog_reason(log, reason, sizeof(reason)))
		fuzz_check(strlen(reason) < sizeof(reason) && !strchr(reason, '\n'));
	return 0;
}
