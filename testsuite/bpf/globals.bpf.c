/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A function that is fine as it is called, and not for all that its prototype
 * allows. LINKAGE is static, global or hidden; with OLD_MAP the object is none
 * for libbpf.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define NOINLINE	__attribute__((noinline))
#define hidden		__attribute__((visibility("hidden")))
#define global
#ifndef LINKAGE
#define LINKAGE		global
#endif

#ifdef OLD_MAP
struct bpf_elf_map SEC("maps") old = {
	.type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 4, .max_elem = 1,
};
#endif

/* any number, as far as the verifier knows that looks at nothing else */
LINKAGE NOINLINE int pick(__u32 i)
{
	char few[4] = "abc";

	asm volatile("" :: "r"(few) : "memory");
	return ((volatile char *)few)[i];
}

SEC("classifier") int in_it(struct __sk_buff *skb)
{
	return pick(2) ? TC_ACT_OK : TC_ACT_SHOT;
}

/* the same at the end of a long way */
SEC("long") int from_afar(struct __sk_buff *skb)
{
	__u32 i;

	for (i = 0; i < 1000; i++)
		asm volatile("" : "+r"(i));
	return pick(2) ? TC_ACT_OK : TC_ACT_SHOT;
}

struct pair {
	long a, b;
};

LINKAGE NOINLINE int sum(struct pair *pair)
{
	return pair ? pair->a : 0;
}

/* it gets less than its type has */
SEC("caller") int by_caller(struct __sk_buff *skb)
{
	long one = skb->len;

	asm volatile("" : "+m"(one));
	return sum((struct pair *)&one) ? TC_ACT_OK : TC_ACT_SHOT;
}

/* fine by itself, and too much for who calls it */
LINKAGE NOINLINE int deep(__u32 x)
{
	char much[300];

	much[0] = x;
	asm volatile("" :: "r"(much) : "memory");
	return much[0];
}

SEC("stack") int deeper(struct __sk_buff *skb)
{
	char much[300];

	much[0] = skb->mark;
	asm volatile("" :: "r"(much) : "memory");
	return deep(skb->len) + much[0] ? TC_ACT_OK : TC_ACT_SHOT;
}

char _license[] SEC("license") = "GPL";
