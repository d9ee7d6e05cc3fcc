/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One rig and one job for all tests of a suite, as its fixture has them, and
 * short words for what is done with them. A suite that has more to set up
 * calls rig_start() and rig_finish() from a fixture of its own.
 */
#ifndef BPFELF_RIGGED_H
#define BPFELF_RIGGED_H

#include "rig.h"
#include "unit.h"

#define BPFFS	"/sys/fs/bpf"
#define GLOBALS	BPFFS "/tc/globals"

static struct rig rig;
static struct job job;

static inline void rig_start(void)
{
	memset(&job, 0, sizeof(job));
	rig_open(&rig, NULL);
}

/* nor is a descriptor left behind */
static inline void rig_finish(void)
{
	rig.fake.before = NULL;		/* its data went with the test */
	job_free(&job);
	ck_assert_int_eq(fake_count_fds(&rig.fake), 0);
	rig_close(&rig);
}

static inline int try_load(const char *sample)
{
	return job_load_sample(&job, &rig, sample);
}

static inline void ck_load(const char *sample)
{
	ck_assert_msg(try_load(sample) == 0, "%s: %s", sample, bpfelf_error(rig.ctx));
}

/* a program of this type that leaves no pin: that of sample "plain" */
static inline void ck_load_plain(uint32_t prog_type)
{
	ck_assert_int_eq(job_load_as(&job, &rig, "plain", prog_type, "prog"), 0);
}

/* keep it, and let go of it */
static inline void commit(void)
{
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	job_free(&job);
}

static inline void ck_state(const char *expected)
{
	_cleanup_free_ char *state = fake_state(&rig.fake);

	ck_assert_str_eq(state, expected);
}

/* it fails with @words, and changes nothing */
static inline void ck_refused_load(const char *sample, int expected,
				   const char *words)
{
	_cleanup_free_ char *before = fake_state(&rig.fake);

	ck_assert_int_eq(try_load(sample), expected);
	ck_assert_ptr_null(job.txn);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	ck_state(before);
}

static inline const struct kern_ops *ops(void)
{
	return rig.ctx->kern->ops;
}

static inline bool traced(const char *line)
{
	return strstr(buf_str(&rig.fake.trace), line) != NULL;
}

#endif
