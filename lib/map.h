/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Maps: take a pinned one after comparing it with what the object wants, or
 * create it. Nothing here outlasts the descriptor that is returned.
 */
#ifndef BPFELF_MAP_H
#define BPFELF_MAP_H

#include "ctx.h"
#include "plan.h"

/*
 * The map pinned at @path. A descriptor; -ENOENT there is none (not an
 * error yet: @err says nothing); -EEXIST what is there is no map, or a map of
 * another shape or for another device than @ifindex (0: none), every
 * difference named; -EINVAL a prog array for programs of another kind.
 */
int map_take(struct bpfelf_ctx *ctx, const struct plan_map *want,
	     uint32_t ifindex, const char *path, struct err *err);

/*
 * -EINVAL, and for whom it is, when the prog array @fd holds programs of
 * another type. 0, too, when nobody can tell.
 */
int map_check_owner(struct kern *k, int fd, uint32_t prog_type,
		    struct err *err);

/* After -EINVAL for a program that may have the prog array @fd: a hint when that
 * is for programs without JIT, and the kernel compiles. Returns @code. */
int map_hint_jit(struct kern *k, int fd, const char *name, int code,
		 struct err *err);

/*
 * @inner_fd: the template for a map of maps, else -1. @btf_fd: the object's
 * BTF, -1: none; a map that the kernel refuses with it is made without.
 */
int map_create(struct bpfelf_ctx *ctx, const struct plan_map *want,
	       int inner_fd, int btf_fd, uint32_t ifindex, struct err *err);

/* The same, once and without words: from any thread, for what is no map of
 * maps. A descriptor or -errno, which map_create() can explain. */
int map_try(struct kern *k, const struct plan_map *want, int btf_fd,
	    uint32_t ifindex);
/* How many bytes of elements the kernel links up for a new one, where several
 * threads can do that at a time; some 4 for each ns; 0: hardly any, or not so */
uint64_t map_cost(const struct plan_map *want);

/* Give a new map the data that its section holds. Constants are frozen, so
 * that the verifier may rely on them, where the kernel can do that. */
int map_fill(struct bpfelf_ctx *ctx, const struct plan_map *want, int fd,
	     struct err *err);

#endif
