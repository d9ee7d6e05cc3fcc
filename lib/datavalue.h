/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Whether the address of a variable stands for what the variable holds.
 *
 * Objects that are templates (Cilium's, 1.5 to 1.12) have static data by
 * value: `(__u32)(__u64)&NODE_MAC`, with the content of NODE_MAC to be put in
 * place of its address before the load. What is done with the register tells
 * it from an address.
 *
 * Pure; it knows instructions and nothing of objects.
 */
#ifndef BPFELF_DATAVALUE_H
#define BPFELF_DATAVALUE_H

#include <linux/bpf.h>
#include <stddef.h>

enum datavalue {
	DATAVALUE_UNKNOWN,
	DATAVALUE_CONTENT,	/* cut to 32 bits, say: no address survives that */
	DATAVALUE_ADDRESS,	/* memory is read or written there */
};

/* What the instructions straight behind the 16-byte load at @at make of it */
enum datavalue datavalue_scan(const struct bpf_insn *insns, size_t cnt,
			      size_t at);

#endif
