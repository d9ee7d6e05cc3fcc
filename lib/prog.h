/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs: have one verified, and when it is refused find out why.
 *
 * It knows how to ask for the verifier's log without the log ever deciding
 * whether a load succeeds. Nothing here outlasts the returned descriptor.
 */
#ifndef BPFELF_PROG_H
#define BPFELF_PROG_H

#include "ctx.h"

/*
 * Load @prog (its log fields are this function's). @log gets the verifier's
 * log: all of it when the program is refused, or when @verbose; else nothing.
 * What the kernel refuses with BTF is loaded without, if it takes that. A
 * descriptor, or the kernel's errno with the reason in @err.
 */
int prog_load(struct bpfelf_ctx *ctx, struct kern_prog *prog, bool verbose,
	      struct buf *log, struct err *err);

/* The line of a verifier's log that says what is wrong; false: none */
bool prog_reason(const char *log, char *reason, size_t size);
/* The source line that the verifier was at in the end; false: not told */
bool prog_source(const char *log, char *line, size_t size);

/* Whether the log ends with a call of helper @number, and at which instruction */
bool prog_bad_helper(const char *log, uint32_t number, uint32_t *insn);

/* "sched_cls", "xdp", ... as bpftool names them, "99" for one that has no name
 * here, in @text then */
#define PROG_TYPE_SIZE 16
const char *prog_type_name(uint32_t type, char text[PROG_TYPE_SIZE]);

#endif
