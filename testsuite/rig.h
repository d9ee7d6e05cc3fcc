/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the suites about loading share: a context over a fake kernel, a few
 * objects to load, and one call for all that a caller of the library does.
 */
#ifndef BPFELF_RIG_H
#define BPFELF_RIG_H

#include "ctx.h"
#include "elfgen.h"
#include "fake_kern.h"

#define DEV 2			/* v0 of the fake */

/* immediates that mark an instruction for fake_kern.reject_imm */
enum rig_imm {
	RIG_ENTRY = 1001,
	RIG_TAIL0,
	RIG_TAIL1,
	RIG_CALLEE,
};

/* ---- samples.c: objects to load ---- */

struct rig_sample {
	const char *name;
	void (*build)(struct elfgen *g);
	uint32_t prog_type;
};

/*
 *	plain	no map
 *	pins	three maps, one for each pinning
 *	own	a map with a pinning number of RIG_PINDB
 *	tails	a pinned prog array, two slots, a function in .text
 *	data	global data
 *	nested	maps in a pinned map
 *	source	BTF and .BTF.ext, for a map and for programs that call functions
 *		in their own section and in .text
 *	typed	maps in .maps, with values
 *	core	CO-RE relocations; takes the files of corerig.h
 *	modules	what modules of the kernel have; takes the files of modrig.h
 */
extern const struct rig_sample rig_samples[];
extern const size_t rig_samples_cnt;
const struct rig_sample *rig_sample(const char *name);

/* the ELF file of a sample; buf_free() it */
void rig_build(const char *sample, struct buf *elf);

/* the prog array that sections "1/KEY" go into */
struct bpf_elf_map rig_jumps(uint32_t slots, uint32_t pinning);

/* ---- rig.c ---- */

struct rig {
	struct fake_kern fake;
	struct bpfelf_ctx *ctx;
	struct buf log;		/* warnings, one a line */
	struct buf info;	/* what is less than a warning */
	const char *pin_files[2];
	char pin_file[32];
	int pin_fd;
};

/* @bpffs as in struct fake_kern */
void rig_open(struct rig *rig, const char *bpffs);
void rig_close(struct rig *rig);

/* another text for the bpf_pinning file */
void rig_set_pindb(struct rig *rig, const char *text);
/* which is there from the start, for sample "own" */
#define RIG_PINDB "0x10\town/deep # of sample own\n"

/* A caller of the library: object, plan and transaction in one. */
struct job {
	struct bpfelf_object *obj;
	struct bpfelf_plan *plan;
	struct bpfelf_txn *txn;
};

/* Open, plan and load; on failure, too, job_free() it. */
int job_load_request(struct job *job, struct rig *rig, const struct buf *elf,
		     const struct bpfelf_request *request);
/* the same with nothing else in the request. NULL section: default */
int job_load(struct job *job, struct rig *rig, const struct buf *elf,
	     uint32_t prog_type, const char *section);
/* and with a sample, for what it is, or as something else */
int job_load_sample(struct job *job, struct rig *rig, const char *sample);
int job_load_as(struct job *job, struct rig *rig, const char *sample,
		uint32_t prog_type, const char *section);
void job_free(struct job *job);

/* Load with each allocation refused in its turn: that is told, and nothing leaks.
 * How many loads failed. */
int rig_sweep_memory(struct rig *rig, const struct buf *elf, uint32_t prog_type);

/* load a sample and keep it: what an earlier command left behind */
void rig_keep(struct rig *rig, const char *sample);

/* all descriptors of this process, the fake's and others */
int count_fds(void);

/* note what happens during loads, a line for each event */
void rig_watch(struct rig *rig, struct buf *events);

/* pin at @path, made as the tree is, a map "theirs" like the samples' but for
 * the size of its values: 8 bytes there */
void rig_pin_array(struct rig *rig, const char *path, uint32_t value_size);

/* whether @path leads to the map behind @fd */
bool rig_is_at(struct rig *rig, int fd, const char *path);

/* forget the trace so far */
void rig_clear_trace(struct rig *rig);
/* which operation, of those in the trace, begins with @words */
int rig_op(const struct rig *rig, const char *words);

#endif
