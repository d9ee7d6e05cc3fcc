/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the objects are made of that bench/objects writes: maps in iproute2's
 * dialect or, with DOT_MAPS, in that of libbpf, and programs over them.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <iproute2/bpf_elf.h>

#define SEC(name) __attribute__((section(name), used))

static void *(*lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static __u64 (*get_current_task)(void) = (void *)BPF_FUNC_get_current_task;
static long (*probe_read_kernel)(void *to, __u32 size, const void *from) =
	(void *)BPF_FUNC_probe_read_kernel;
static long (*tail_call)(void *ctx, void *map, __u32 slot) = (void *)BPF_FUNC_tail_call;

#ifndef PINNED
#define PINNED 0
#endif

#ifdef DOT_MAPS
#define MAP(name, kind, entries)					\
	struct {							\
		int (*type)[BPF_MAP_TYPE_##kind];			\
		__u32 *key;						\
		__u64 *value;						\
		int (*max_entries)[entries];				\
		int (*pinning)[PINNED];					\
	} name SEC(".maps");
#define SLOTS(entries, ...)						\
	struct {							\
		int (*type)[BPF_MAP_TYPE_PROG_ARRAY];			\
		int (*key_size)[sizeof(__u32)];				\
		int (*max_entries)[entries];				\
		int (*pinning)[PINNED];					\
		int (*values[])(struct __sk_buff *skb);			\
	} slots SEC(".maps") = { .values = { __VA_ARGS__ } };
#else
#define MAP(name, kind, entries)					\
	struct bpf_elf_map name SEC("maps") = {				\
		.type		= BPF_MAP_TYPE_##kind,			\
		.size_key	= sizeof(__u32),			\
		.size_value	= sizeof(__u64),			\
		.max_elem	= (entries),				\
		.pinning	= PINNED ? PIN_GLOBAL_NS : PIN_NONE,	\
	};
#define SLOTS(entries, ...)						\
	struct bpf_elf_map slots SEC("maps") = {			\
		.type		= BPF_MAP_TYPE_PROG_ARRAY,		\
		.id		= 1,					\
		.size_key	= sizeof(__u32),			\
		.size_value	= sizeof(__u32),			\
		.max_elem	= (entries),				\
		.pinning	= PINNED ? PIN_GLOBAL_NS : PIN_NONE,	\
	};
#endif

/* insns that the compiler cannot take out */
#define WORK(count) asm volatile(".rept " #count "\n%0 += 7\n.endr" : "+r"(x));

#define LOOK(map) {							\
	__u32 key = x;							\
	__u64 *value = lookup(&map, &key);				\
									\
	if (value)							\
		*value += x;						\
}

/* a pointer not checked for NULL: what the verifier refuses */
#define FAULT(map) {							\
	__u32 key = 0;							\
									\
	x += *(volatile __u64 *)lookup(&map, &key);			\
}

/* the verifier walks this so many times */
#define ROUNDS(count)							\
	_Pragma("clang loop unroll(disable)")				\
	for (int i = 0; i < (count); i++)

#define PROG(section, name, ...)					\
	int SEC(section) name(struct __sk_buff *skb)			\
	{								\
		__u64 x __attribute__((unused)) = skb->len;		\
									\
		__VA_ARGS__						\
		return TC_ACT_OK;					\
	}

#define CALL(slot) tail_call(skb, &slots, slot);

char its_license[] SEC("license") = "GPL";

#endif /* OBJECT_H */
