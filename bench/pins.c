/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Pin COUNT programs of two instructions: pins {tc|xdp} DIR COUNT, as DIR/N. */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(enum bpf_prog_type type)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = 2;
	attr.license = (uintptr_t)"GPL";
	return syscall(__NR_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static int pin(int fd, const char *path)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf_fd = fd;
	attr.pathname = (uintptr_t)path;
	return syscall(__NR_bpf, BPF_OBJ_PIN, &attr, sizeof(attr));
}

int main(int argc, char **argv)
{
	char path[256];
	int fd;

	if (argc != 4)
		return 2;
	for (int i = 0; i < atoi(argv[3]); i++) {
		snprintf(path, sizeof(path), "%s/%d", argv[2], i);
		fd = load(argv[1][0] == 'x' ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS);
		if (fd < 0 || pin(fd, path) < 0) {
			perror(path);
			return 1;
		}
		close(fd);
	}
	return 0;
}
