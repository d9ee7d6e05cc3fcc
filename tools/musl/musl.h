/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What glibc has and musl has not, for `make static`: included before all else
 * when a source is compiled for musl.
 */
#ifndef TOOLS_MUSL_H
#define TOOLS_MUSL_H

#include <elf.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <netinet/if_ether.h>	/* first, or its ethhdr and Linux's clash */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef R_BPF_64_64
#define R_BPF_64_64	1
#define R_BPF_64_32	10
#endif

/* The words for errors are what people grep for: they stay the same. */
const char *strerrordesc_np(int code);
const char *strerrorname_np(int code);
#define strerror(code) (strerrordesc_np(code) ?: "Unknown error")

/* musl's own sets FD_CLOEXEC once more, for kernels before 2.6.23 */
static inline int musl_open(const char *path, int flags)
{
	return syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, 0);
}
#define open(path, flags) musl_open(path, flags)

static inline int fsopen(const char *name, unsigned int flags)
{
	return syscall(SYS_fsopen, name, flags);
}

static inline int fsconfig(int fd, unsigned int cmd, const char *key,
			   const void *value, int aux)
{
	return syscall(SYS_fsconfig, fd, cmd, key, value, aux);
}

static inline int fsmount(int fd, unsigned int flags, unsigned int attrs)
{
	return syscall(SYS_fsmount, fd, flags, attrs);
}

#endif
