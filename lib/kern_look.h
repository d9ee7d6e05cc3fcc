/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The rows of kern_linux.c's table that only look: at what other programs have
 * attached, and at the driver of a device. Each is as kern.h says.
 */
#ifndef BPFELF_KERN_LOOK_H
#define BPFELF_KERN_LOOK_H

#include "kern.h"

int kern_look_prog_query(struct kern *k, uint32_t ifindex, uint32_t attach_type,
			 uint32_t *ids, uint32_t max);
int kern_look_link_next(struct kern *k, uint32_t id);
int kern_look_link_by_id(struct kern *k, uint32_t id);
int kern_look_link_info(struct kern *k, int fd, struct bpf_link_info *info);
int kern_look_ethtool(struct kern *k, const char *ifname, void *cmd);

#endif
