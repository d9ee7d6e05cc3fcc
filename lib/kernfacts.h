/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the running kernel says of itself for struct kernel_facts: its types,
 * its configuration, its symbols. Read when they are asked for; types and
 * configuration are kept by the context.
 */
#ifndef BPFELF_KERNFACTS_H
#define BPFELF_KERNFACTS_H

#include "ctx.h"
#include "externs.h"

/* for as long as the context is there */
struct kernel_facts kernfacts(struct bpfelf_ctx *ctx);
void kernfacts_free(struct bpfelf_ctx *ctx);

/* "6.1.0-9-amd64" -> 0x060100, as LINUX_VERSION_CODE; 0: it is none */
uint32_t kernfacts_version(const char *release);

/* Look for names in the text of /proc/kallsyms. -ENOMEM */
int kernfacts_symbols(const char *text, struct kernel_symbol *list, size_t cnt,
		      struct err *err);

#endif
