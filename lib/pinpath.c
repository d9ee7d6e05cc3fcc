/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pinpath.h"

#include <errno.h>
#include <iproute2/bpf_elf.h>
#include <limits.h>
#include <linux/bpf.h>

#include "buf.h"

const char *pinpath_subdir(uint32_t prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
		return PINPATH_TREE;
	case BPF_PROG_TYPE_XDP:
		return "xdp";
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
		return "ip";
	default:
		return NULL;
	}
}

int pinpath_check_name(const char *name, struct err *err)
{
	if (!name[0])
		return err_set(err, -EINVAL, "it has no name to be pinned under");
	if (strchr(name, '/'))
		return err_set(err, -EINVAL, "a name with '/' would be pinned outside its directory");
	/* the kernel keeps names with a dot for itself; "." and ".." as well */
	if (strchr(name, '.'))
		return err_set(err, -EINVAL, "a bpffs takes no names with '.'");
	if (strlen(name) > NAME_MAX)
		return err_set(err, -EINVAL, "a name of %zu bytes, files have at most %u",
			       strlen(name), NAME_MAX);
	return 0;
}

int pinpath_map(const char *subdir, const char *object_id, uint32_t pinning,
		const char *name, char **path, struct err *err)
{
	const char *dir;
	int r;

	*path = NULL;
	switch (pinning) {
	case PIN_NONE:
		return 0;
	case PIN_OBJECT_NS:
		dir = object_id;
		break;
	case PIN_GLOBAL_NS:
		dir = PINPATH_GLOBALS;
		break;
	default:
		err_set(err, -ENOTSUP, "pinning %u is none of PIN_NONE (%u), PIN_OBJECT_NS (%u), PIN_GLOBAL_NS (%u)",
			pinning, PIN_NONE, PIN_OBJECT_NS, PIN_GLOBAL_NS);
		return err_hint(err, "numbers of one's own (bpf_pinning files) are not read yet");
	}
	r = pinpath_check_name(name, err);
	if (r < 0)
		return r;
	*path = str_printf("%s/%s/%s", subdir, dir, name);
	return *path ? 0 : err_sys(err, -ENOMEM, "pin path");
}

const char *pinpath_short(const char *path)
{
	return strncmp(path, "m:", 2) == 0 && path[2] ? path + 2 : NULL;
}
