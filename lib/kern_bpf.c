/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_bpf.h"

#include <sys/resource.h>

#include "kern_sys.h"

#define VERIFIER_RETRIES 5

/* true: there is more of it than before, and @old is what it was */
static bool raise_memlock(struct rlimit *old)
{
	struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };

	if (getrlimit(RLIMIT_MEMLOCK, old) < 0 || old->rlim_cur == RLIM_INFINITY)
		return false;
	if (setrlimit(RLIMIT_MEMLOCK, &most) == 0)
		return true;
	most.rlim_cur = most.rlim_max = old->rlim_max;
	return old->rlim_cur != old->rlim_max &&
	       setrlimit(RLIMIT_MEMLOCK, &most) == 0;
}

/* Before 5.11 maps and programs count as locked memory, and going past the
 * limit is EPERM. */
static int bpf_make(enum bpf_cmd cmd, union bpf_attr *attr, size_t size)
{
	struct rlimit old;
	int r;

	r = sys_bpf(cmd, attr, size);
	if (r != -EPERM || !raise_memlock(&old))
		return r;
	r = sys_bpf(cmd, attr, size);
	if (r == -EPERM)
		setrlimit(RLIMIT_MEMLOCK, &old);
	return r;
}

static void copy_name(char *to, const char *name)
{
	size_t len = strnlen(name, BPF_OBJ_NAME_LEN - 1);

	memset(to, 0, BPF_OBJ_NAME_LEN);
	memcpy(to, name, len);
}

int kern_bpf_map_create(struct kern *k, const struct kern_map *map)
{
	union bpf_attr attr = {
		.map_type = map->type,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map->max_entries,
		.map_flags = map->flags,
		.inner_map_fd = map->inner_fd < 0 ? 0 : map->inner_fd,
		.numa_node = map->numa_node,
		.map_ifindex = map->ifindex,
		.map_extra = map->extra,
	};
	bool btf = map->value_type;
	size_t size = ATTR_END(map_ifindex);
	int r;

	(void)k;
	copy_name(attr.map_name, map->name);
	if (btf) {
		attr.btf_fd = map->btf_fd;
		attr.btf_key_type_id = map->key_type;
		attr.btf_value_type_id = map->value_type;
		size = ATTR_END(btf_value_type_id);
	}
	if (map->extra)
		size = ATTR_END(map_extra);
	r = bpf_make(BPF_MAP_CREATE, &attr, size);
	/* Names: 4.15. Kernels before know the bytes from other commands
	 * (EINVAL) or not at all (E2BIG); none of them knows BTF. */
	if ((r == -EINVAL || r == -E2BIG) && map->name[0] && !btf) {
		copy_name(attr.map_name, "");
		r = bpf_make(BPF_MAP_CREATE, &attr, size);
	}
	return r;
}

int kern_bpf_map_info(struct kern *k, int fd, struct bpf_map_info *info)
{
	(void)k;
	return obj_info(fd, info, sizeof(*info));
}

static int map_elem(enum bpf_cmd cmd, int fd, const void *key,
		    const void *value)
{
	union bpf_attr attr;

	/* by hand: an initializer may leave the hole behind map_fd as it is */
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = ptr(key);
	attr.value = ptr(value);
	attr.flags = BPF_ANY;
	return sys_bpf(cmd, &attr, ATTR_END(flags));
}

int kern_bpf_map_lookup(struct kern *k, int fd, const void *key, void *value)
{
	(void)k;
	return map_elem(BPF_MAP_LOOKUP_ELEM, fd, key, value);
}

int kern_bpf_map_update(struct kern *k, int fd, const void *key,
			const void *value)
{
	(void)k;
	return map_elem(BPF_MAP_UPDATE_ELEM, fd, key, value);
}

int kern_bpf_map_delete(struct kern *k, int fd, const void *key)
{
	(void)k;
	return map_elem(BPF_MAP_DELETE_ELEM, fd, key, NULL);
}

int kern_bpf_map_freeze(struct kern *k, int fd)
{
	union bpf_attr attr = { .map_fd = fd };

	(void)k;
	return sys_bpf(BPF_MAP_FREEZE, &attr, ATTR_END(map_fd));
}

/* The verifier gives up with EAGAIN when a signal is pending. */
static int verify(union bpf_attr *attr, size_t size)
{
	int r, tries = VERIFIER_RETRIES;

	do {
		r = bpf_make(BPF_PROG_LOAD, attr, size);
	} while (r == -EAGAIN && --tries);
	return r;
}

static void set_info(union bpf_attr *attr, const struct kern_prog *prog)
{
	attr->prog_btf_fd = prog->btf_fd;
	attr->func_info_rec_size = sizeof(*prog->func_info);
	attr->func_info = ptr(prog->func_info);
	attr->func_info_cnt = prog->func_info_cnt;
	if (!prog->line_info)
		return;
	attr->line_info_rec_size = sizeof(*prog->line_info);
	attr->line_info = ptr(prog->line_info);
	attr->line_info_cnt = prog->line_info_cnt;
}

int kern_bpf_prog_load(struct kern *k, const struct kern_prog *prog)
{
	size_t size = ATTR_END(prog_ifindex);
	bool log = prog->log_level && prog->log_size;
	union bpf_attr attr = {
		.prog_type = prog->type,
		.insn_cnt = prog->insn_cnt,
		.insns = ptr(prog->insns),
		.license = ptr(prog->license),
		.log_level = log ? prog->log_level : 0,
		.log_size = log ? prog->log_size : 0,
		.log_buf = log ? ptr(prog->log) : 0,
		.prog_ifindex = prog->ifindex,
		.prog_flags = prog->flags,
		.expected_attach_type = prog->attach_type,
		.attach_btf_id = prog->attach_btf_id,
		.fd_array = ptr(prog->fd_array),
	};
	int r;

	(void)k;
	if (log)
		prog->log[0] = '\0';
	copy_name(attr.prog_name, prog->name);
	if (prog->attach_type)
		size = ATTR_END(expected_attach_type);
	if (prog->func_info) {
		set_info(&attr, prog);
		size = ATTR_END(line_info_cnt);
	}
	if (prog->attach_btf_id)
		size = ATTR_END(attach_btf_id);
	if (prog->fd_array)
		size = ATTR_END(fd_array);
	r = verify(&attr, size);
	/* names: 4.15; here they lie behind all that older kernels know, and
	 * before what those with BTF do */
	if (r == -E2BIG && prog->name[0] && size == ATTR_END(prog_ifindex)) {
		copy_name(attr.prog_name, "");
		r = verify(&attr, size);
	}
	if (log)
		prog->log[prog->log_size - 1] = '\0';
	return r;
}

int kern_bpf_prog_info(struct kern *k, int fd, struct bpf_prog_info *info)
{
	(void)k;
	return obj_info(fd, info, sizeof(*info));
}

int kern_bpf_prog_by_id(struct kern *k, uint32_t id)
{
	union bpf_attr attr;

	(void)k;
	memset(&attr, 0, ATTR_END(prog_id));	/* as in obj_info() */
	attr.prog_id = id;
	return sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr, ATTR_END(prog_id));
}

int kern_bpf_prog_next_id(struct kern *k, uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };
	int r;

	(void)k;
	r = sys_bpf(BPF_PROG_GET_NEXT_ID, &attr, ATTR_END(next_id));
	if (r == 0)
		*id = attr.next_id;
	return r;
}

int kern_bpf_prog_maps(struct kern *k, int fd, uint32_t *ids, uint32_t cnt)
{
	struct bpf_prog_info info = {
		.map_ids = ptr(ids),
		.nr_map_ids = cnt,
	};
	union bpf_attr attr = {
		.info = {
			.bpf_fd = fd,
			.info_len = sizeof(info),
			.info = ptr(&info),
		},
	};
	int r;

	(void)k;
	r = sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, ATTR_END(info));
	if (r < 0)
		return r;
	return info.nr_map_ids < cnt ? info.nr_map_ids : cnt;
}

int kern_bpf_prog_bind_map(struct kern *k, int fd, int map_fd)
{
	union bpf_attr attr = {
		.prog_bind_map = { .prog_fd = fd, .map_fd = map_fd },
	};

	(void)k;
	return sys_bpf(BPF_PROG_BIND_MAP, &attr, ATTR_END(prog_bind_map));
}

int kern_bpf_map_by_id(struct kern *k, uint32_t id)
{
	union bpf_attr attr = { .map_id = id };

	(void)k;
	return sys_bpf(BPF_MAP_GET_FD_BY_ID, &attr, ATTR_END(map_id));
}

int kern_bpf_btf_load(struct kern *k, const void *data, uint32_t size,
		      char *log, uint32_t log_size)
{
	union bpf_attr attr = {
		.btf = ptr(data),
		.btf_size = size,
		.btf_log_buf = ptr(log),
		.btf_log_size = log ? log_size : 0,
		.btf_log_level = log ? BPF_LOG_LEVEL1 : 0,
	};
	int r;

	(void)k;
	if (log)
		log[0] = '\0';
	r = bpf_make(BPF_BTF_LOAD, &attr, ATTR_END(btf_log_level));
	if (log)
		log[log_size - 1] = '\0';
	return r;
}

int kern_bpf_obj_get(struct kern *k, const char *path)
{
	union bpf_attr attr = { .pathname = ptr(path) };

	(void)k;
	return sys_bpf(BPF_OBJ_GET, &attr, ATTR_END(bpf_fd));
}

int kern_bpf_obj_pin(struct kern *k, int fd, const char *path)
{
	union bpf_attr attr = {
		.pathname = ptr(path),
		.bpf_fd = fd,
	};

	(void)k;
	return sys_bpf(BPF_OBJ_PIN, &attr, ATTR_END(bpf_fd));
}
