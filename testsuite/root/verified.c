/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * verified PROG_ID
 *
 * Prints what the kernel tells of a program and bpftool does not: how many
 * instructions the verifier looked at (Linux 5.16; 0 before), and of how many
 * functions and lines it knows.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

int main(int argc, char **argv)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { 0 };
	int fd;

	if (argc != 2)
		return 2;
	attr.prog_id = atoi(argv[1]);
	fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	if (fd < 0) {
		perror("program");
		return 1;
	}
	attr = (union bpf_attr) { 0 };
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0) {
		perror("info");
		return 1;
	}
	printf("%u\n", info.verified_insns);
	printf("functions: %u, %u compiled, lines: %u, %u compiled\n",
	       info.nr_func_info, info.nr_jited_func_lens, info.nr_line_info,
	       info.nr_jited_line_info);
	return 0;
}
