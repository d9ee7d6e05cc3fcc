/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The bare loop around the system call that live frames of `tc exec bpf run`
 * are measured against: loop PIN IFINDEX COUNT FRAME, a file, prints packets
 * per second.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PORTION (1u << 26)	/* a call sets up a pool of pages: the fewer, the faster */

static int open_pin(const char *path)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uintptr_t)path;
	return syscall(__NR_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
}

static int send_frames(int fd, const struct xdp_md *ctx, const void *frame,
		       uint32_t size, uint32_t cnt)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = fd;
	attr.test.data_in = (uintptr_t)frame;
	attr.test.data_size_in = size;
	attr.test.ctx_in = (uintptr_t)ctx;
	attr.test.ctx_size_in = sizeof(*ctx);
	attr.test.repeat = cnt;
	attr.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
	return syscall(__NR_bpf, BPF_PROG_RUN, &attr, sizeof(attr));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned long count, portion, sent = 0;
	struct xdp_md ctx = { 0 };
	static char frame[2048];
	double start;
	ssize_t size;
	int fd;

	if (argc != 5)
		return 2;
	fd = open_pin(argv[1]);
	ctx.ingress_ifindex = atoi(argv[2]);
	count = strtoul(argv[3], NULL, 0);
	size = read(open(argv[4], O_RDONLY), frame, sizeof(frame));
	ctx.data_end = size;
	start = now();
	for (; sent < count; sent += portion) {
		portion = count - sent < PORTION ? count - sent : PORTION;
		if (send_frames(fd, &ctx, frame, size, portion) < 0) {
			perror("BPF_PROG_RUN");
			return 1;
		}
	}
	printf("%.0f\n", sent / (now() - start));
	return 0;
}
