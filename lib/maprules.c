/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "maprules.h"

#include "uapi.h"

/* a size in bytes, or a number of entries */
enum number {
	NONE, SOME, INDEX, FD, FD_OR_PROG, CGROUP, PREFIX, FRAMES, ON_STACK,
	PERCPU, PAGES,
};

static const struct {
	uint32_t min, max, step;
	const char *words;
} numbers[] = {
	[NONE]		= { 0, 0, 1,		"0" },
	[SOME]		= { 1, UINT32_MAX, 1,	"at least 1" },
	[INDEX]		= { 4, 4, 1,		"4" },
	[FD]		= { 4, 4, 1,		"4" },
	[FD_OR_PROG]	= { 4, 8, 4,		"4 or 8" },
	[CGROUP]	= { 8, 16, 8,		"8 or 16" },
	[PREFIX]	= { 5, 260, 1,		"5 to 260" },
	[FRAMES]	= { 8, 1016, 8,		"8 for each frame, up to kernel.perf_event_max_stack of them" },
	[ON_STACK]	= { 1, 512, 1,		"1 to 512" },
	[PERCPU]	= { 1, 32768, 1,	"1 to 32768" },
	[PAGES]		= { 4096, 1u << 31, 1,	"a power of two, at least a page" },
};

#define FILE_RW		(BPF_F_RDONLY | BPF_F_WRONLY)
#define PROG_RW		(BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)
#define RW		(FILE_RW | PROG_RW)
#define NUMA		BPF_F_NUMA_NODE
#define NO_PREALLOC	BPF_F_NO_PREALLOC
#define SEED		BPF_F_ZERO_SEED
#define COMMON_LRU	BPF_F_NO_COMMON_LRU
#define ARENA		(BPF_F_SEGV_ON_FAULT | BPF_F_NO_USER_CONV)

struct rule {
	enum number key, value, entries;
	uint32_t needs, takes;	/* flags */
};

#define TYPE(name)	[BPF_MAP_TYPE_ ## name]
#define LOCAL_STORAGE	{ INDEX, SOME, NONE, NO_PREALLOC, BPF_F_CLONE }

/* each type's *_alloc_check() in the kernel's kernel/bpf/ */
static const struct rule rules[] = {
	/*			    key	      value	  entries needs	takes */
	TYPE(HASH)		= { SOME,     SOME,	  SOME, 0, NUMA | RW | SEED | NO_PREALLOC },
	TYPE(ARRAY)		= { INDEX,    SOME,	  SOME, 0, NUMA | RW | BPF_F_MMAPABLE | BPF_F_INNER_MAP },
	TYPE(PROG_ARRAY)	= { INDEX,    FD,	  SOME, 0, NUMA | FILE_RW },
	TYPE(PERF_EVENT_ARRAY)	= { INDEX,    FD,	  SOME, 0, NUMA | FILE_RW | BPF_F_PRESERVE_ELEMS },
	TYPE(PERCPU_HASH)	= { SOME,     PERCPU,	  SOME, 0, RW | SEED | NO_PREALLOC },
	TYPE(PERCPU_ARRAY)	= { INDEX,    PERCPU,	  SOME, 0, RW },
	TYPE(STACK_TRACE)	= { INDEX,    FRAMES,	  SOME, 0, NUMA | FILE_RW | BPF_F_STACK_BUILD_ID },
	TYPE(CGROUP_ARRAY)	= { INDEX,    FD,	  SOME, 0, NUMA | FILE_RW },
	TYPE(LRU_HASH)		= { SOME,     SOME,	  SOME, 0, NUMA | RW | SEED | COMMON_LRU },
	TYPE(LRU_PERCPU_HASH)	= { SOME,     PERCPU,	  SOME, 0, RW | SEED | COMMON_LRU },
	TYPE(LPM_TRIE)		= { PREFIX,   SOME,	  SOME, NO_PREALLOC, NUMA | RW },
	TYPE(ARRAY_OF_MAPS)	= { INDEX,    SOME,	  SOME, 0, NUMA | FILE_RW },
	TYPE(HASH_OF_MAPS)	= { SOME,     SOME,	  SOME, 0, NUMA | RW | SEED | NO_PREALLOC },
	TYPE(DEVMAP)		= { INDEX,    FD_OR_PROG, SOME, 0, NUMA | FILE_RW },
	TYPE(SOCKMAP)		= { INDEX,    FD_OR_PROG, SOME, 0, NUMA | FILE_RW },
	TYPE(CPUMAP)		= { INDEX,    FD_OR_PROG, SOME, 0, NUMA },
	TYPE(XSKMAP)		= { INDEX,    FD,	  SOME, 0, NUMA | FILE_RW },
	TYPE(SOCKHASH)		= { ON_STACK, FD_OR_PROG, SOME, 0, NUMA | FILE_RW },
	TYPE(CGROUP_STORAGE)	= { CGROUP,   SOME,	  NONE, 0, NUMA | RW },
	TYPE(REUSEPORT_SOCKARRAY) = { INDEX,  FD_OR_PROG, SOME, 0, NUMA | RW },
	TYPE(PERCPU_CGROUP_STORAGE) = { CGROUP, PERCPU,	  NONE, 0, NUMA | RW },
	TYPE(QUEUE)		= { NONE,     SOME,	  SOME, 0, NUMA | RW },
	TYPE(STACK)		= { NONE,     SOME,	  SOME, 0, NUMA | RW },
	TYPE(SK_STORAGE)	= LOCAL_STORAGE,
	TYPE(DEVMAP_HASH)	= { INDEX,    FD_OR_PROG, SOME, 0, NUMA | FILE_RW },
	TYPE(RINGBUF)		= { NONE,     NONE,	  PAGES, 0, NUMA },
	TYPE(INODE_STORAGE)	= LOCAL_STORAGE,
	TYPE(TASK_STORAGE)	= LOCAL_STORAGE,
	TYPE(BLOOM_FILTER)	= { NONE,     SOME,	  SOME, 0, NUMA | RW | SEED },
	TYPE(USER_RINGBUF)	= { NONE,     NONE,	  PAGES, 0, NUMA },
	TYPE(CGRP_STORAGE)	= LOCAL_STORAGE,
	TYPE(ARENA)		= { NONE,     NONE,	  SOME, BPF_F_MMAPABLE, ARENA },
};

static const struct rule *rule_for(uint32_t type)
{
	/* none for struct_ops, insn_array and what is newer */
	return type < ARRAY_SIZE(rules) && (rules[type].takes || rules[type].needs) ?
	       &rules[type] : NULL;
}

static void start(struct buf *out)
{
	if (out->len)
		buf_addf(out, "; ");
}

static bool fits(uint32_t n, enum number want)
{
	if (want == PAGES && n & (n - 1))
		return false;
	return n >= numbers[want].min && n <= numbers[want].max &&
	       n % numbers[want].step == 0;
}

static void check_number(const char *what, uint32_t n, enum number want,
			 struct buf *out)
{
	if (fits(n, want))
		return;
	start(out);
	buf_addf(out, "takes %s %s, not %u", what, numbers[want].words, n);
}

static void add_flags(uint32_t flags, struct buf *out)
{
	static const char *const names[] = {
		"NO_PREALLOC", "NO_COMMON_LRU", "NUMA_NODE", "RDONLY", "WRONLY",
		"STACK_BUILD_ID", "ZERO_SEED", "RDONLY_PROG", "WRONLY_PROG",
		"CLONE", "MMAPABLE", "PRESERVE_ELEMS", "INNER_MAP",
		[17] = "SEGV_ON_FAULT", "NO_USER_CONV",
	};
	const char *or = "";
	uint32_t i;

	for (i = 0; i < 32; i++) {
		if (!(flags & 1u << i))
			continue;
		if (i < ARRAY_SIZE(names) && names[i])
			buf_addf(out, "%sBPF_F_%s", or, names[i]);
		else
			buf_addf(out, "%s%#x", or, 1u << i);
		or = "|";
	}
}

static void check_flags(uint32_t flags, const struct rule *rule,
			struct buf *out)
{
	uint32_t lacks = rule->needs & ~flags;
	uint32_t odd = flags & ~(rule->needs | rule->takes);

	if (lacks) {
		start(out);
		buf_addf(out, "needs the flag ");
		add_flags(lacks, out);
	}
	if (odd) {
		start(out);
		buf_addf(out, "does not take the flag ");
		add_flags(odd, out);
	}
}

/* what no map can have at once */
static void check_pair(uint32_t flags, uint32_t both, struct buf *out)
{
	if ((flags & both) != both)
		return;
	start(out);
	buf_addf(out, "takes one at most of ");
	add_flags(both, out);
}

bool maprules_needs_types(uint32_t type)
{
	return type == BPF_MAP_TYPE_SK_STORAGE ||
	       type == BPF_MAP_TYPE_INODE_STORAGE ||
	       type == BPF_MAP_TYPE_TASK_STORAGE ||
	       type == BPF_MAP_TYPE_CGRP_STORAGE;
}

bool maprules_takes_types(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return false;
	default:
		return true;
	}
}

void maprules_broken(const struct bpf_elf_map *def, bool has_types,
		     struct buf *out)
{
	const struct rule *rule = rule_for(def->type);

	if (!rule)
		return;
	check_number("key size", def->size_key, rule->key, out);
	check_number("value size", def->size_value, rule->value, out);
	check_number("entries", def->max_elem, rule->entries, out);
	check_flags(def->flags, rule, out);
	check_pair(def->flags & rule->takes, FILE_RW, out);
	check_pair(def->flags & rule->takes, PROG_RW, out);
	if (maprules_needs_types(def->type) && !has_types) {
		start(out);
		buf_addf(out, "needs BTF for key and value");
	}
}
