/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The contexts that programs are run with, field by field: struct __sk_buff,
 * xdp_md, bpf_sk_lookup and bpf_flow_keys. Names of fields are the kernel's.
 */
#ifndef TC_RUN_CTX_H
#define TC_RUN_CTX_H

#include "command.h"

#define RUN_CTX_MAX 256		/* bytes: every struct that has fields here */

struct run_field;

struct run_ctx {
	const char *name;	/* "struct xdp_md" */
	uint32_t size;
	const struct run_field *fields;
};

/* NULL: a type whose context is bytes only */
const struct run_ctx *run_ctx_of(uint32_t prog_type);
/* what a flow_dissector gives back */
const struct run_ctx *run_ctx_flow_keys(void);

/* "FIELD=VALUE" into @bytes: 0, or CLI_USAGE or CLI_FAIL after the complaint */
int run_ctx_set(struct cli *cli, const struct run_ctx *ctx, const char *word,
		void *bytes);

/* Print, behind @head, the fields in which @now is not @before; NULL: those
 * that are not zero. False: there are none. */
bool run_ctx_print(struct out *o, const struct run_ctx *ctx, const char *head,
		   const void *before, const void *now, uint32_t size);

#endif
