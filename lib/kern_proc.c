/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#define MAX_TEXT	4096

static int read_text(const char *path, struct buf *text)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : buf_read(text, fd, MAX_TEXT);
}

enum kern_obj kern_proc_obj_kind(int fd)
{
	char path[32], target[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return KERN_OBJ_UNKNOWN;
	target[n] = '\0';
	if (str_eq(target, "anon_inode:bpf-map"))
		return KERN_OBJ_MAP;
	if (str_eq(target, "anon_inode:bpf-prog"))
		return KERN_OBJ_PROG;
	return KERN_OBJ_OTHER;
}

/* of a line "KEY:\tNUMBER", which is not the first; 0: no such line */
static uint32_t number_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtoul(line + strlen(key), NULL, 0) : 0;
}

int kern_proc_owner(int fd, struct kern_owner *owner)
{
	_cleanup_buf_ struct buf text = { 0 };
	char path[32];
	int r;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	r = read_text(path, &text);
	if (r < 0)
		return r;
	owner->type = number_of(buf_str(&text), "\nowner_prog_type:");
	owner->jited = number_of(buf_str(&text), "\nowner_jited:");
	return 0;
}

int kern_proc_jit(void)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = read_text("/proc/sys/net/core/bpf_jit_enable", &text);

	return r < 0 ? r : buf_str(&text)[0] != '0';
}
