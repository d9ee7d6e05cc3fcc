/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The little that the examples need beside the kernel's own headers. */
#ifndef BPF_API_H
#define BPF_API_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <iproute2/bpf_elf.h>

#define __section(name)		__attribute__((section(name), used))
#define bpf_inline		inline __attribute__((always_inline))

/* the kernel reads the licence from the object */
#define BPF_LICENSE(text)						\
	char ____license[] __section(ELF_SECTION_LICENSE) = text

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define bpf_htons(x)		((__u16)__builtin_bswap16(x))
#else
#define bpf_htons(x)		((__u16)(x))
#endif

/* helpers are called by number */
static void *(*bpf_map_lookup_elem)(void *map, const void *key) =
	(void *)BPF_FUNC_map_lookup_elem;
static void (*bpf_tail_call)(void *ctx, void *map, __u32 key) =
	(void *)BPF_FUNC_tail_call;

#endif
