/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Run a target on the files that are given, or on standard input. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>

#include "buf.h"

static int run(int fd)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	char *room;
	ssize_t n;

	while ((room = buf_reserve(&bytes, 65536)) &&
	       (n = read(fd, room, 65536)) > 0)
		bytes.len += n;
	if (!room || n < 0)
		return EXIT_FAILURE;
	return LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, bytes.len);
}

int main(int argc, char **argv)
{
	int i, fd, failed = 0;

	if (argc < 2)
		return run(STDIN_FILENO);
	for (i = 1; i < argc; i++) {
		fd = open(argv[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || run(fd))
			failed++;
		close_fd(fd);
	}
	printf("fuzz: %d passed, %d failed\n", argc - 1 - failed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
