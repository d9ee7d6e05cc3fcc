/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the name of a section says of the programs in it: their type, and what
 * the kernel wants to know besides when it is given one.
 *
 * Pure: it knows the conventions of iproute2 ("classifier", "action") and
 * those of libbpf ("xdp", "tc", "cgroup_skb/egress", ...).
 */
#ifndef BPFELF_SECTYPE_H
#define BPFELF_SECTYPE_H

#include <stdbool.h>
#include <stdint.h>

struct sectype {
	uint32_t prog_type;	/* BPF_PROG_TYPE_* */
	uint32_t attach_type;	/* BPF_*: expected_attach_type, 0: any */
	uint32_t prog_flags;	/* BPF_F_* */
	const char *member;	/* struct_ops: of bpf_dummy_ops; in the name */
};

/* false: the name says nothing */
bool sectype_of_section(const char *section, struct sectype *out);
/* for one of that type in a section that is named otherwise */
void sectype_of_type(uint32_t prog_type, struct sectype *out);

#endif
