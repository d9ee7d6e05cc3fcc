/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an agent receives; the first byte is how many descriptors came. */
#include "fuzz.h"

#include "handoff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char bytes[HANDOFF_SIZE];
	struct handoff in, again;
	struct err err = { 0 };

	if (!size)
		return 0;
	if (handoff_read(&in, data + 1, size - 1, data[0], &err) < 0) {
		fuzz_check(err.text[0] && !in.maps_cnt);
		return 0;
	}
	fuzz_check(in.maps_cnt == data[0] && memchr(in.path, '\0', sizeof(in.path)));
	size = handoff_write(&in, bytes);
	fuzz_check(handoff_read(&again, bytes, size, data[0], &err) == 0);
	fuzz_check(memcmp(&in, &again, sizeof(in)) == 0);
	return 0;
}
