/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "corerig.h"

#include "btfgen.h"
#include "oom.h"
#include "rig.h"
#include "types.h"

/* the first two types of every set */
enum { U32 = 1, U64 };

static void begin(struct btfgen *g)
{
	memset(g, 0, sizeof(*g));
	btfgen_type(g, "u32", BTFGEN(TYPE_INT, 0), 4, WORDS(32));
	btfgen_type(g, "u64", BTFGEN(TYPE_INT, 0), 8, WORDS(64));
}

static uint32_t pair(struct btfgen *g, const char *name, const char *first,
		     uint32_t first_type, const char *second, uint32_t at)
{
	uint32_t a = btfgen_string(g, first), b = btfgen_string(g, second);

	return btfgen_type(g, name, BTFGEN(TYPE_STRUCT, 2), 16,
			   WORDS(a, first_type, 0, b, U32, at));
}

static void add_relos(struct btfgen *g)
{
	uint32_t moved = pair(g, "moved", "a", U32, "b", 32);
	uint32_t mod = pair(g, "mod___v2", "x", U32, "c", 32);
	uint32_t gone = pair(g, "gone", "x", U32, "d", 32);
	uint32_t first = btfgen_string(g, "0:0"), second = btfgen_string(g, "0:1");
	uint32_t root = btfgen_string(g, "0"), two = btfgen_string(g, "TWO");
	uint32_t number = btfgen_type(g, "number", BTFGEN(TYPE_ENUM, 1), 4, WORDS(two, 2));

	btfgen_run(g, &g->relos, "classifier", 4, WORDS(
		CORE_MOV * 8, moved, first, BPF_CORE_FIELD_BYTE_OFFSET,
		CORE_LOAD * 8, moved, second, BPF_CORE_FIELD_BYTE_OFFSET,
		CORE_WIDE * 8, number, root, BPF_CORE_ENUMVAL_VALUE,
		CORE_MODULE * 8, mod, second, BPF_CORE_FIELD_BYTE_OFFSET,
		CORE_EXISTS * 8, gone, second, BPF_CORE_FIELD_EXISTS,
		CORE_GONE * 8, gone, second, BPF_CORE_FIELD_BYTE_OFFSET));
	btfgen_run(g, &g->relos, ".text", 4, WORDS(
		16, moved, first, BPF_CORE_FIELD_BYTE_OFFSET));
}

void corerig_build(struct elfgen *g)
{
	const struct bpf_insn load = {
		.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 4,
	};
	struct btfgen b;
	struct buf btf, ext;
	unsigned int callee;

	/* the second one: what is relocated does not begin its section */
	elfgen_func(g, ".text", "unused", CODE(MOV(0, 0), EXIT));
	callee = elfgen_func(g, ".text", "callee", CODE(MOV(0, 100), EXIT));
	elfgen_func(g, "classifier", "start",
		    CODE(MOV(2, 100), load, LOAD64(2, 0, 2), MOV(2, 100), MOV(2, 1),
			 MOV(2, 100), CALL(-1), EXIT));
	elfgen_rel(g, "classifier", CORE_GONE + 1, callee);
	elfgen_license(g, "GPL");
	begin(&b);
	add_relos(&b);
	btfgen_end(&b, &btf, &ext);
	elfgen_data(g, ".BTF", btf.data, btf.len);
	elfgen_data(g, ".BTF.ext", ext.data, ext.len);
	buf_free(&btf);
	buf_free(&ext);
}

static void build_kernel(struct buf *btf)
{
	struct btfgen g;
	uint32_t two;

	begin(&g);
	pair(&g, "moved", "b", U64, "a", 64);
	two = btfgen_string(&g, "TWO");
	btfgen_type(&g, "number", BTFGEN(TYPE_ENUM64, 1), 8, WORDS(two, 2, 1));
	/* does not stand for a module's struct of that name */
	btfgen_type(&g, "mod", BTFGEN(TYPE_VAR, 0), U32, WORDS(0));
	btfgen_end(&g, btf, NULL);
}

static void build_module(struct buf *btf, const struct buf *kernel)
{
	struct btfgen g = btfgen_behind(kernel);
	uint32_t c = btfgen_string(&g, "c");

	btfgen_type(&g, "mod", BTFGEN(TYPE_STRUCT, 1), 8, WORDS(c, U32, 32));
	btfgen_end(&g, btf, NULL);
}

const struct fake_file *corerig_files(void)
{
	static const char modules[] =
		"plain 16384 0 - Live 0x0\nbroken 1 0 - Live 0x0\nhas_mod 2 0 - Live 0x0\n";
	static char kernel_bytes[1024], module_bytes[1024];
	static struct fake_file files[] = {
		{ "/sys/kernel/btf/vmlinux", kernel_bytes, 0 },
		{ "/sys/kernel/btf/has_mod", module_bytes, 0 },
		{ "/sys/kernel/btf/broken", "no types", 0 },
		{ "/proc/modules", modules, 0 }, { 0 },
	};
	struct buf kernel, module;
	bool was_paused;

	if (files[0].len)
		return files;
	was_paused = oom_pause(true);
	build_kernel(&kernel);
	build_module(&module, &kernel);
	memcpy(kernel_bytes, kernel.data, files[0].len = kernel.len);
	memcpy(module_bytes, module.data, files[1].len = module.len);
	buf_free(&kernel);
	buf_free(&module);
	oom_pause(was_paused);
	return files;
}
