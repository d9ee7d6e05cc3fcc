/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Definitions of all kinds in one section: global, static, used by this
 * program, by the other, by none, of today's length and of older ones, with
 * names that the kernel takes and others. The macros put something between
 * them that is no definition.
 */
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define COUNTER								\
	{								\
		.type		= BPF_MAP_TYPE_ARRAY,			\
		.size_key	= 4,					\
		.size_value	= 8,					\
		.max_elem	= 1,					\
		.pinning	= PIN_GLOBAL_NS,			\
	}
#define MAP	__section(ELF_SECTION_MAPS)

struct bpf_elf_map used MAP = COUNTER;
static struct bpf_elf_map used_static MAP = COUNTER;
struct bpf_elf_map unused MAP = COUNTER;
static struct bpf_elf_map unused_static MAP = COUNTER;
struct bpf_elf_map others MAP = COUNTER;

/* as the header of 4.1 had it: no pinning */
static __u32 old[5] MAP = { BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0 };

/* C has no such names, but other languages do */
struct bpf_elf_map dollar __asm__("a$b") MAP = COUNTER;

/* two names for one */
extern struct bpf_elf_map alias __attribute__((alias("used")));

#if defined(INTEGER)
int integer MAP = 7;
#elif defined(ARRAY)
struct bpf_elf_map array[2] MAP = { COUNTER, COUNTER };
#elif defined(GAP)
__asm__(".pushsection maps,\"aw\",@progbits\n.zero 8\n.popsection");
#elif defined(PADDING)
struct bpf_elf_map padded MAP __attribute__((aligned(256))) = COUNTER;
#elif defined(BYTES)
char bytes[18] MAP = "eighteen bytes...";
#endif

static bpf_inline void count(void *map)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(map, &zero);

	if (n)
		__sync_fetch_and_add(n, 1);
}

__section(ELF_SECTION_CLASSIFIER)
int uses_three(struct __sk_buff *skb) __asm__("uses-three.and more");
int uses_three(struct __sk_buff *skb)
{
	count(&used);
	count(&used_static);
	count(&old);
	return TC_ACT_OK;
}

__section("other")
int uses_one(struct __sk_buff *skb)
{
	count(&others);
	count(&alias);
	return TC_ACT_OK;
}

BPF_LICENSE("GPL");
