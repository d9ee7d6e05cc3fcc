/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A kernel in memory behind the table of kern.h: maps, programs, a bpffs and
 * what is attached to a few devices. For unit tests and fuzzing, no root.
 *
 * It knows the kernel's answers where a loader can tell them apart: errnos,
 * extended-ack texts, how prefs and handles are chosen. Its verifier believes
 * everything except what it is told to refuse. Descriptors are real (memfds),
 * so close() is close() and leaks can be counted. What lost its last
 * descriptor lives on unseen, until fake_free().
 *
 *	struct fake_kern fake = FAKE_KERN;
 *	struct kern *kern = fake_open(&fake);
 */
#ifndef BPFELF_FAKE_KERN_H
#define BPFELF_FAKE_KERN_H

#include "kern.h"

struct fake_file {
	const char *path;
	const char *data;
	size_t len;		/* 0: up to its NUL */
};

struct fake_kern {
	/* settings; may change at any time, unless it says otherwise */
	int fail_at;		/* this operation, from 0, is refused; -1: none */
	int fail_code;		/* and with what; 0: -EPERM */
	const char *refuse;	/* so is each whose line in the trace has these
				 * words */
	int32_t reject_imm;	/* the verifier refuses an instruction with it;
				 * 0: none */
	int btf_code;		/* BTF is refused with it, and a log; 0: taken */
	uint32_t btf_kinds;	/* BTF of kinds from this one on is refused;
				 * 0: any is taken */
	bool no_global_funcs;	/* so is BTF with global functions */
	int use_btf_code;	/* so are maps and programs that come with BTF */
	bool no_proc;		/* what only /proc tells, nobody knows */
	bool no_jit;		/* programs are interpreted */
	int cpus;		/* that we may run on; 0: one */
	uint32_t device;	/* the ifindex that offloads; 0: none does */
	const char *bpffs;	/* mounted from the start; NULL: /sys/fs/bpf,
				 * "": nowhere. Not after fake_open() */

	size_t lost;		/* the last answers to many requests, so many */

	/* what this kernel is built without */
	bool no_bpf;		/* bpf(2) */
	bool no_clsact;
	bool no_cls_bpf;
	uint32_t no_prog_type;	/* 0: has them all */
	uint32_t no_map_type;
	bool no_module_calls;	/* of functions in modules: before 5.16 */
	const char *gone;	/* a module that is unloaded: its files stay */
	const struct fake_file *files;	/* that can be read; NULL path ends */

	/* Called before each operation, with its number in .ops: what it does
	 * to the same fake is another process's doing, is neither counted nor
	 * traced, and never fails by .fail_at. */
	void (*before)(struct fake_kern *fake, void *data);
	void *before_data;

	/* what happened */
	int ops;		/* operations so far */
	struct buf trace;	/* one line for each */

	struct kern kern;
	struct fake_world *world;
};

#define FAKE_KERN { .fail_at = -1 }

/* NULL: no memory. Devices lo, v0, v1 and v2 have the indexes 1 to 4; lo
 * has no native XDP. kern_free() of the answer keeps the fake as it is. */
struct kern *fake_open(struct fake_kern *fake);
void fake_free(struct fake_kern *fake);

/*
 * All that would outlast the process and was not there at the start, as
 * text: mounts, directories, links, pins and the contents of pinned maps,
 * qdiscs and attachments. free() it. NULL: no memory.
 */
char *fake_state(struct fake_kern *fake);

/* descriptors of this fake that are open in this process */
int fake_count_fds(const struct fake_kern *fake);

#endif
