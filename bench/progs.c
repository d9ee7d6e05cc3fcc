/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs of two instructions: progs pin {tc|xdp} DIR COUNT pins so many, as
 * DIR/N; progs fill ARRAY... puts one into each slot of pinned prog arrays.
 * What was in there goes at once then; the kernel waits for a grace period for
 * every slot that it empties, which takes ten seconds for a thousand.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

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
	return bpf(BPF_PROG_LOAD, &attr);
}

static int pin(int fd, const char *path)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf_fd = fd;
	attr.pathname = (uintptr_t)path;
	return bpf(BPF_OBJ_PIN, &attr);
}

static int pin_many(enum bpf_prog_type type, const char *dir, int count)
{
	char path[256];
	int fd;

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%d", dir, i);
		fd = load(type);
		if (fd < 0 || pin(fd, path) < 0) {
			perror(path);
			return 1;
		}
		close(fd);
	}
	return 0;
}

/* up to the slot that it does not have */
static int fill(const char *path, uint32_t prog)
{
	union bpf_attr attr;
	uint32_t slot = 0;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uintptr_t)path;
	fd = bpf(BPF_OBJ_GET, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = (uintptr_t)&slot;
	attr.value = (uintptr_t)&prog;
	while (bpf(BPF_MAP_UPDATE_ELEM, &attr) == 0)
		slot++;
	if (!slot)
		perror(path);
	close(fd);
	return !slot;
}

int main(int argc, char **argv)
{
	int r = 0, fd;

	if (argc == 5 && !strcmp(argv[1], "pin"))
		return pin_many(!strcmp(argv[2], "xdp") ? BPF_PROG_TYPE_XDP :
				BPF_PROG_TYPE_SCHED_CLS, argv[3], atoi(argv[4]));
	if (argc < 3 || strcmp(argv[1], "fill"))
		return 2;
	fd = load(BPF_PROG_TYPE_SCHED_CLS);
	for (int i = 2; i < argc; i++)
		r |= fill(argv[i], fd);
	return r;
}
