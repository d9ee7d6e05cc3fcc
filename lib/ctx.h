/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The context: what all handles share. The only module that knows where an
 * error, a log line or an event finally goes.
 */
#ifndef BPFELF_CTX_H
#define BPFELF_CTX_H

#include "bpfelf.h"
#include "kern.h"

struct bpfelf_ctx {
	struct kern *kern;
	struct err err;
	struct buf verifier_log;
	char *bpffs;			/* as set, NULL: default */
	enum bpfelf_maps_as maps_as;
	/* The usual bpffs is not there: go where it is. Asked once at most; NULL:
	 * there is no such place. */
	void (*seek_bpffs)(void *data);
	void *seek_data;
	const char *const *pin_files;	/* pindb_files, unless a test has others */
	unsigned int threads;		/* 0: as many as make sense */
	size_t few;			/* programs that descriptors are kept for,
					 * however many there are */
	struct workers *late;		/* see workers_run() */
	int lock_fd;			/* see bpffs_lock(); -1: not held */
	unsigned int lock_users;	/* transactions */
	struct kerntypes *types;	/* see kerntypes.h; NULL: not read yet */
	struct features_config *config;	/* see kernfacts.h; NULL: not read yet */
	enum bpfelf_log_level log_level;
	bpfelf_log_fn log;
	void *log_data;
	bpfelf_event_fn observer;
	void *observer_data;
};

/* a context over another kernel, for tests; owns @kern from here on */
int ctx_new_with_kern(struct kern *kern, struct bpfelf_ctx **ctx);

void ctx_warn(struct bpfelf_ctx *ctx, const char *fmt, ...) __format(2, 3);
void ctx_info(struct bpfelf_ctx *ctx, const char *fmt, ...) __format(2, 3);
void ctx_event(struct bpfelf_ctx *ctx, struct bpfelf_event *event);

/* the start of every public call that can fail: forget the last error */
struct err *ctx_begin(struct bpfelf_ctx *ctx);

/* check a caller's struct: @sz is its size, @known ours */
int ctx_check_sz(struct err *err, const void *arg, size_t sz, size_t known);

#endif
