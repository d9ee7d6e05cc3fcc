/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the name of a section says of the programs in it: their type, and what
 * the kernel wants to know besides when it is given one.
 *
 * Pure: it knows the conventions of iproute2 ("classifier", "action") and
 * those of libbpf ("xdp", "tc/ingress", "?cgroup_skb/egress", ...).
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
	bool has_target;	/* is of no use without something of the kernel */
};

/* libbpf's mark of programs that are loaded only when they are asked for */
static inline bool sectype_is_optional(const char *section)
{
	return section[0] == '?';
}

/* false: the name says nothing */
bool sectype_of_section(const char *section, struct sectype *out);
/* for one of that type in a section that is named otherwise */
void sectype_of_type(uint32_t prog_type, struct sectype *out);
/* for one of that section as this type, whatever the name says; of a type that
 * iproute2 attaches, without what it does not tell the kernel */
void sectype_as(const char *section, uint32_t prog_type, struct sectype *out);

/* Whether what a name says is meant for a hook: of XDP a device, and of tc
 * the side that @attach_type says, BPF_TCX_INGRESS or BPF_TCX_EGRESS (0: any) */
bool sectype_fits(const struct sectype *type, uint32_t prog_type,
		  uint32_t attach_type);

#endif
