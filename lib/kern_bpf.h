/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The rows of kern_linux.c's table that make, ask and change maps, programs
 * and BTF: bpf(2). Each is as kern.h says.
 */
#ifndef BPFELF_KERN_BPF_H
#define BPFELF_KERN_BPF_H

#include "kern.h"

int kern_bpf_map_create(struct kern *k, const struct kern_map *map);
int kern_bpf_map_info(struct kern *k, int fd, struct bpf_map_info *info);
int kern_bpf_map_lookup(struct kern *k, int fd, const void *key, void *value);
int kern_bpf_map_update(struct kern *k, int fd, const void *key,
			const void *value);
int kern_bpf_map_delete(struct kern *k, int fd, const void *key);
int kern_bpf_map_freeze(struct kern *k, int fd);
int kern_bpf_prog_load(struct kern *k, const struct kern_prog *prog);
int kern_bpf_prog_info(struct kern *k, int fd, struct bpf_prog_info *info);
int kern_bpf_prog_by_id(struct kern *k, uint32_t id);
int kern_bpf_prog_next_id(struct kern *k, uint32_t *id);
int kern_bpf_prog_maps(struct kern *k, int fd, uint32_t *ids, uint32_t cnt);
int kern_bpf_prog_bind_map(struct kern *k, int fd, int map_fd);
int kern_bpf_map_by_id(struct kern *k, uint32_t id);
int kern_bpf_btf_load(struct kern *k, const void *data, uint32_t size,
		      char *log, uint32_t log_size);
int kern_bpf_obj_get(struct kern *k, const char *path);
int kern_bpf_obj_pin(struct kern *k, int fd, const char *path);

#endif
