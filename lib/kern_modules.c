/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_modules.h"

#include <fcntl.h>

#include "kern_sys.h"

#define NAME_SIZE	64	/* the kernel's, of a module */

static int next_btf(uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };
	int r = sys_bpf(BPF_BTF_GET_NEXT_ID, &attr, ATTR_END(next_id));

	if (r == 0)
		*id = attr.next_id;
	return r;
}

static int btf_by_id(uint32_t id)
{
	union bpf_attr attr = { .btf_id = id };
	_cleanup_close_ int fd = sys_bpf(BPF_BTF_GET_FD_BY_ID, &attr, ATTR_END(btf_id));

	if (fd)
		return steal_fd(&fd);
	return ret(fcntl(fd, F_DUPFD_CLOEXEC, 1));
}

/* "": it is not of the kernel */
static int btf_name(int fd, char name[NAME_SIZE])
{
	struct bpf_btf_info info = { .name = ptr(name), .name_len = NAME_SIZE };
	union bpf_attr attr = {
		.info = { .bpf_fd = fd, .info_len = sizeof(info), .info = ptr(&info) },
	};
	int r = sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, ATTR_END(info));

	if (r < 0 || !info.kernel_btf)
		name[0] = '\0';
	return r;
}

/* how many of those looked for it is: 1 or 0 */
static int take(uint32_t id, const char *const *names, size_t cnt, int *fds)
{
	_cleanup_close_ int fd = btf_by_id(id);
	char name[NAME_SIZE];
	size_t i;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;	/* it has gone meanwhile */
	r = btf_name(fd, name);
	if (r < 0)
		return r;
	for (i = 0; i < cnt; i++) {
		if (fds[i] >= 0 || !str_eq(names[i], name))
			continue;
		fds[i] = steal_fd(&fd);
		return 1;
	}
	return 0;
}

int kern_module_btfs(struct kern *k, const char *const *names, size_t cnt,
		     int *fds)
{
	size_t i, left = cnt;
	uint32_t id = 0;
	int r = 0;

	(void)k;
	for (i = 0; i < cnt; i++)
		fds[i] = -1;
	while (left && r >= 0) {
		r = next_btf(&id);
		if (r == 0)
			r = take(id, names, cnt, fds);
		if (r > 0)
			left--;
	}
	if (r >= 0 || r == -ENOENT)	/* the last of them */
		return 0;
	for (i = 0; i < cnt; i++)
		close_fd(steal_fd(&fds[i]));
	return r;
}
