/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fds.h"

#include <sys/syscall.h>

#include "util.h"

#ifndef __NR_close_range
#define __NR_close_range	436
#endif

void fds_end(struct fds_run *run)
{
	/* 5.9; filters of system calls may not know it */
	if (run->cnt > 1 && syscall(__NR_close_range, run->first,
				    run->first + run->cnt - 1, 0) == 0)
		run->cnt = 0;
	while (run->cnt)
		close_fd(run->first + --run->cnt);
}

void fds_close(struct fds_run *run, int fd)
{
	if (fd < 0)
		return;
	if (run->cnt && fd != run->first + run->cnt && fd != run->first - 1)
		fds_end(run);
	if (!run->cnt || fd < run->first)
		run->first = fd;
	run->cnt++;
}
