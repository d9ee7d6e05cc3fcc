/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_look.h"

#include <linux/if.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "kern_sys.h"

int kern_look_prog_query(struct kern *k, uint32_t ifindex, uint32_t attach_type,
			 uint32_t *ids, uint32_t max)
{
	union bpf_attr attr = {
		.query = {
			.target_fd = ifindex,
			.attach_type = attach_type,
			.prog_ids = ptr(ids),
			.prog_cnt = max,
		},
	};
	int r;

	(void)k;
	r = sys_bpf(BPF_PROG_QUERY, &attr, ATTR_END(query));
	return r < 0 ? r : (int)attr.query.prog_cnt;
}

int kern_look_link_next(struct kern *k, uint32_t id)
{
	union bpf_attr attr = { .start_id = id };
	int r;

	(void)k;
	r = sys_bpf(BPF_LINK_GET_NEXT_ID, &attr, ATTR_END(open_flags));
	return r < 0 ? r : (int)attr.next_id;
}

int kern_look_link_by_id(struct kern *k, uint32_t id)
{
	union bpf_attr attr = { .link_id = id };

	(void)k;
	return sys_bpf(BPF_LINK_GET_FD_BY_ID, &attr, ATTR_END(open_flags));
}

int kern_look_link_info(struct kern *k, int fd, struct bpf_link_info *info)
{
	(void)k;
	return obj_info(fd, info, sizeof(*info));
}

int kern_look_ethtool(struct kern *k, const char *ifname, void *cmd)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_data = cmd };

	(void)k;
	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	return ret(ioctl(fd, SIOCETHTOOL, &ifr));
}
