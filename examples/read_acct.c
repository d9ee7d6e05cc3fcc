/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Read the map that acct.bpf.c shares, from its pin, with nothing but bpf(2).
 *
 *	read_acct [/sys/fs/bpf/tc/globals/acct]
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acct.h"

static long bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int open_pinned(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return bpf(BPF_OBJ_GET, &attr);
}

static long lookup(int fd, const void *key, void *value)
{
	union bpf_attr attr = {
		.map_fd = fd,
		.key = (uintptr_t)key,
		.value = (uintptr_t)value,
	};

	return bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

int main(int argc, char **argv)
{
	static const char *const name[ACCT_MAX] = { "ingress", "egress" };
	const char *path = argc > 1 ? argv[1] : "/sys/fs/bpf/tc/globals/acct";
	int fd = open_pinned(path);

	if (fd < 0) {
		perror(path);
		return 1;
	}
	for (__u32 i = 0; i < ACCT_MAX; i++) {
		struct acct a;

		if (lookup(fd, &i, &a) < 0) {
			perror(name[i]);
			return 1;
		}
		printf("%-8s %llu packets %llu bytes\n", name[i], a.packets,
		       a.bytes);
	}
	close(fd);
	return 0;
}
