/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pinpath.h"

#include <errno.h>
#include <iproute2/bpf_elf.h>
#include <limits.h>
#include <linux/bpf.h>

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

static void add_dir(struct buf *path, const char *dir)
{
	buf_add(path, dir, strlen(dir));
	buf_add(path, "/", 1);
}

/* As iproute2 has it, the directory is a sibling of tc/; but what bpffs would
 * refuse, or would lead out of it, is told before anything is done */
static int add_dirs(struct buf *path, const char *dirs, struct err *err)
{
	_cleanup_free_ char *copy = strdup(dirs);
	char *dir, *rest;
	int r;

	if (!copy)
		return err_sys(err, -ENOMEM, "pin path");
	for (dir = strtok_r(copy, "/", &rest); dir; dir = strtok_r(NULL, "/", &rest)) {
		if (str_eq(dir, "."))
			continue;
		if (str_eq(dir, ".."))
			return err_set(err, -EINVAL, "'..' could lead out of the bpffs");
		r = pinpath_check_name(dir, err);
		if (r < 0)
			return r;
		add_dir(path, dir);
	}
	return 0;
}

static int add_own_dirs(struct buf *path, const struct pindb *db,
			uint32_t pinning, struct err *err)
{
	const char *dirs = pindb_find(db, pinning);

	if (dirs && add_dirs(path, dirs, err) < 0)
		return err_wrap(err, "pinning %u in '%s', '%.256s'", pinning,
				db->file, dirs);
	if (dirs)
		return 0;
	err_set(err, -ENOTSUP, "pinning %u stands in no line of %s", pinning,
		buf_str(&db->searched));
	return err_hint(err, "say where, below the bpffs, by a line in %s: %u some/directory",
			db->file, pinning);
}

int pinpath_map(const struct pinpath_ns *ns, uint32_t pinning,
		const char *name, char **path, struct err *err)
{
	_cleanup_buf_ struct buf out = { 0 };
	int r = 0;

	*path = NULL;
	if (pinning == PIN_NONE)
		return 0;
	if (pindb_has_to_say(pinning)) {
		r = add_own_dirs(&out, ns->db, pinning, err);
	} else {
		add_dir(&out, ns->subdir);
		add_dir(&out, pinning == PIN_OBJECT_NS ? ns->object_id : PINPATH_GLOBALS);
	}
	r = r ?: pinpath_check_name(name, err);
	if (r < 0)
		return r;
	buf_add(&out, name, strlen(name));
	if (buf_failed(&out))
		return err_sys(err, -ENOMEM, "pin path");
	if (out.len >= PATH_MAX)
		return err_set(err, -ENAMETOOLONG, "a pin path of %zu bytes, they have at most %u",
			       out.len, PATH_MAX - 1);
	*path = steal_ptr(&out.data);
	return 0;
}

const char *pinpath_short(const char *path)
{
	return strncmp(path, "m:", 2) == 0 && path[2] ? path + 2 : NULL;
}
