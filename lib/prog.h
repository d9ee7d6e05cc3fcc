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

/* The verifier's log of one try: its reason and statistics */
#define PROG_SCRATCH	(64u << 10)

/*
 * Have @prog verified once (its log fields are this function's). @scratch has
 * room for PROG_SCRATCH bytes, NULL: none. @log gets what the verifier has to
 * say: all of it when @verbose, the reason alone of a refusal. A descriptor or
 * the kernel's errno. It may be called from any thread, for one @prog each.
 */
int prog_try(struct kern *k, struct kern_prog *prog, bool verbose,
	     char *scratch, struct buf *log);

/*
 * What prog_try() has returned @code and @log for: is it for the log, or for
 * the BTF? then without. Else find out more, as long as that is not dear: of a
 * program that the verifier has long walked through, @log stays the reason. A
 * descriptor, or the kernel's errno with the reason in @err.
 */
int prog_again(struct bpfelf_ctx *ctx, struct kern_prog *prog, bool verbose,
	       int code, struct buf *log, struct err *err);

/* both */
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
