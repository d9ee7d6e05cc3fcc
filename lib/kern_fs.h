/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The rows of kern_linux.c's table about the bpffs: where one is mounted, its
 * lock, its directories and links. Each is as kern.h says.
 */
#ifndef BPFELF_KERN_FS_H
#define BPFELF_KERN_FS_H

#include "kern.h"

int kern_fs_is_bpffs(struct kern *k, const char *dir);
int kern_fs_mounts(struct kern *k, struct buf *text);
int kern_fs_mount(struct kern *k, const char *dir);
int kern_fs_umount(struct kern *k, const char *dir);
int kern_fs_lock(struct kern *k, const char *dir, bool exclusive);
int kern_fs_mkdir(struct kern *k, const char *dir);
int kern_fs_rmdir(struct kern *k, const char *dir);
int kern_fs_symlink(struct kern *k, const char *target, const char *path);
int kern_fs_unlink(struct kern *k, const char *path);

#endif
