/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Start a command, and tell what it took: timed COMMAND... prints its wall and
 * CPU time in microseconds and its peak memory in KiB; its exit status is ours.
 * Waits before that until the kernel has freed what earlier commands left.
 * Linked statically: peak memory begins with that of who starts a command.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/membarrier.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NS 12000000	/* a slot of a prog array is cleared in less */
#define PAUSES 1000

extern char **environ;

static unsigned int count_ids(int cmd)
{
	union bpf_attr attr;
	unsigned int n = 0;

	memset(&attr, 0, sizeof(attr));
	while (syscall(__NR_bpf, cmd, &attr, sizeof(attr)) == 0) {
		attr.start_id = attr.next_id;
		n++;
	}
	return n;
}

/* Programs go after a grace period or two and then by a worker. Quiet is when
 * for four pauses none has gone. */
static void settle(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	unsigned int before = ~0u, now, quiet = 0;

	syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	for (int i = 0; i < PAUSES && quiet < 4; i++) {
		nanosleep(&pause, NULL);
		now = count_ids(BPF_PROG_GET_NEXT_ID) + count_ids(BPF_MAP_GET_NEXT_ID);
		quiet = now < before ? 0 : quiet + 1;
		before = now;
	}
}

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static long long tv_us(struct timeval tv)
{
	return tv.tv_sec * 1000000LL + tv.tv_usec;
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t files;
	struct rusage used;
	long long start;
	int status, r;
	pid_t pid;

	if (argc < 2)
		return 2;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	settle();
	/* what else runs here is less in its way then */
	setpriority(PRIO_PROCESS, 0, -20);

	start = now_us();
	r = posix_spawnp(&pid, argv[1], &files, NULL, argv + 1, environ);
	if (r) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(r));
		return 127;
	}
	while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	printf("%lld %lld %ld\n", now_us() - start,
	       tv_us(used.ru_utime) + tv_us(used.ru_stime), used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
