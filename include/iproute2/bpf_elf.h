/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The contract between a BPF program and the loader: how a map is declared.
 *
 *	struct bpf_elf_map __attribute__((section("maps"), used)) counters = {
 *		.type		= BPF_MAP_TYPE_ARRAY,
 *		.size_key	= sizeof(__u32),
 *		.size_value	= sizeof(__u64),
 *		.max_elem	= 16,
 *		.pinning	= PIN_GLOBAL_NS,
 *	};
 */
#ifndef __BPF_ELF_H
#define __BPF_ELF_H

#include <linux/types.h>

/* pinning: where a map lives on, below the bpffs directory of its kind */
#define PIN_NONE		0	/* nowhere: gone with its last user */
#define PIN_OBJECT_NS		1	/* a directory of this object file's */
#define PIN_GLOBAL_NS		2	/* globals/, shared by all objects */
/* other numbers: the directory that /etc/iproute2/bpf_pinning gives to them,
 * below the bpffs itself */

/* sections */
#define ELF_SECTION_LICENSE	"license"
#define ELF_SECTION_MAPS	"maps"
#define ELF_SECTION_PROG	"prog"
#define ELF_SECTION_CLASSIFIER	"classifier"
#define ELF_SECTION_ACTION	"action"

/* loader limits of old; this loader has none of them */
#define ELF_MAX_MAPS		64
#define ELF_MAX_LICENSE_LEN	128

struct bpf_elf_map {
	__u32 type;		/* BPF_MAP_TYPE_* */
	__u32 size_key;		/* bytes */
	__u32 size_value;	/* bytes */
	__u32 max_elem;		/* entries; perf_event_array: 0 for all CPUs */
	__u32 flags;		/* BPF_F_*; BPF_F_NUMA_NODE: node 0 */
	__u32 id;		/* for sections named id/key, and inner_id */
	__u32 pinning;		/* PIN_*, or a number of bpf_pinning */
	__u32 inner_id;		/* map of maps: the id of its inner map */
	__u32 inner_idx;	/* inner map: its slot in the outer; -1: none */
};

#endif /* __BPF_ELF_H */
