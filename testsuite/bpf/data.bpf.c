/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Global data of every kind, in two programs that share it. */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

struct limit {
	__u32 min, max;
	char name[8];
};

/* .rodata: a value, a table, one that only the program's optimizer knows */
const volatile __u32 verdict_code = TC_ACT_SHOT;
static const volatile struct limit limits[3] = {
	{ 0, 41, "tiny" }, { 42, 97, "small" }, { 98, 9000, "large" },
};
const volatile int debug_level = 0;

/* .data, one of them static and not at its beginning */
__u64 first = 0x1122334455667788;
static volatile __u32 step = 3;

/* .bss */
__u64 packets, steps;
static volatile __u64 by_limit[3];

/* sections of their own */
__u32 threshold __section(".data.tuning") = 98;
const volatile __u32 salt __section(".rodata.salt") = 7;
__u64 seen __section("my_counters") = 5;

/* never referred to by what is loaded from the classifier's section */
__u64 idle __section(".data.idle") = 9;

struct bpf_elf_map jump __section("maps") = {
	.type = BPF_MAP_TYPE_PROG_ARRAY, .id = 1, .size_key = 4,
	.size_value = 4, .max_elem = 2, .pinning = PIN_GLOBAL_NS,
};

static __attribute__((noinline)) __u32 kind(__u32 len)
{
	__u32 i;

	for (i = 0; i < 3; i++)
		if (len >= limits[i].min && len <= limits[i].max)
			return i;
	return 0;
}

/* strings: .rodata.str1.1 */
static __attribute__((noinline)) const char *kind_name(__u32 k)
{
	return k == 2 ? "a large one" : "another";
}

__section("1/0") int last(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&steps, step);
	return verdict_code;
}

__section("classifier") int main_one(struct __sk_buff *skb)
{
	__u32 k = kind(skb->len);

	packets++;
	seen += salt;
	if (k < 3)
		by_limit[k] += skb->len >= threshold;
	/* dead where the verifier knows that the constant is 0 */
	if (debug_level)
		return *(volatile int *)(long)first;
	if (kind_name(k)[2] == 'l')
		first++;
	bpf_tail_call(skb, &jump, 0);
	return TC_ACT_OK;
}

__section("other") int uses_idle(struct __sk_buff *skb)
{
	return idle++;
}

BPF_LICENSE("GPL");
