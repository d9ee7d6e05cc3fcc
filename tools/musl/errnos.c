/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Writes glibc's names and words for errors, as rows for musl.c. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	int code;

	for (code = 0; code < 256; code++)
		if (strerrorname_np(code))
			printf("[%d] = { \"%s\", \"%s\" },\n", code,
			       strerrorname_np(code), strerrordesc_np(code));
	return 0;
}
