/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * bpf(2), and errno made a return value, for the files that are the real
 * table (kern_*.c) and no others.
 *
 * A kernel takes a longer bpf_attr than its own as long as what it does not
 * know is zero, so each command passes its bytes up to the newest member that
 * we may set. All descriptors it makes are close-on-exec.
 */
#ifndef BPFELF_KERN_SYS_H
#define BPFELF_KERN_SYS_H

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "uapi.h"
#include "util.h"

#define ATTR_END(member)						\
	(offsetof(union bpf_attr, member) +				\
	 sizeof(((union bpf_attr *)NULL)->member))

static inline int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

static inline uint64_t ptr(const void *p)
{
	return (uintptr_t)p;
}

static inline int sys_bpf(enum bpf_cmd cmd, union bpf_attr *attr, size_t size)
{
	return ret(syscall(__NR_bpf, cmd, attr, size));
}

static inline int obj_info(int fd, void *info, uint32_t size)
{
	union bpf_attr attr;

	/* for each of thousands of programs: no more than is passed */
	memset(&attr, 0, ATTR_END(info));
	attr.info.bpf_fd = fd;
	attr.info.info_len = size;
	attr.info.info = ptr(info);
	memset(info, 0, size);
	return sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, ATTR_END(info));
}

#endif
