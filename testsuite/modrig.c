/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "modrig.h"

#include <linux/btf.h>
#include <stdio.h>

#include "btfgen.h"
#include "oom.h"
#include "types.h"

/* what every set of types begins with */
enum { U32 = 1, PROTO, COMMON };

static void begin(struct btfgen *g)
{
	memset(g, 0, sizeof(*g));
	btfgen_type(g, "u32", BTFGEN(TYPE_INT, 0), 4, WORDS(32));
	btfgen_type(g, "", BTFGEN(TYPE_FUNC_PROTO, 1), U32, WORDS(0, U32));
}

static uint32_t func(struct btfgen *g, const char *name)
{
	return btfgen_type(g, name, BTFGEN(TYPE_FUNC, BTF_FUNC_EXTERN), PROTO, NO_WORDS);
}

static void add_types(struct elfgen *g)
{
	uint32_t a, b, shadow, gone, var;
	struct btfgen types;
	struct buf btf;

	begin(&types);
	a = func(&types, "a_func");
	b = func(&types, "b_func");
	shadow = func(&types, "shadow");
	gone = func(&types, "gone");
	var = btfgen_type(&types, "a_var", BTFGEN(TYPE_VAR, 0), U32, WORDS(BTF_VAR_GLOBAL_EXTERN));
	btfgen_type(&types, ".ksyms", BTFGEN(TYPE_DATASEC, 5), 0,
		    WORDS(a, 0, 0, b, 0, 0, shadow, 0, 0, gone, 0, 0, var, 0, 4));
	btfgen_end(&types, &btf, NULL);
	elfgen_data(g, ".BTF", btf.data, btf.len);
	buf_free(&btf);
}

static unsigned int undefined(struct elfgen *g, const char *name, unsigned char bind)
{
	return elfgen_symbol(g, name, SHN_UNDEF, 0, 0, ELF64_ST_INFO(bind, STT_NOTYPE));
}

static void add_tails(struct elfgen *g, unsigned int b_func)
{
	const struct bpf_elf_map jumps = {
		.type = BPF_MAP_TYPE_PROG_ARRAY, .size_key = 4, .size_value = 4,
		.max_elem = MOD_TAILS, .id = 1, .pinning = PIN_GLOBAL_NS,
	};
	char sec[16], name[16];
	int i;

	elfgen_map(g, "jumps", &jumps, sizeof(jumps));
	for (i = 0; i < MOD_TAILS; i++) {
		snprintf(sec, sizeof(sec), "1/%d", i);
		snprintf(name, sizeof(name), "tail%d", i);
		elfgen_func(g, sec, name, CODE(CALL(-1), EXIT));
		elfgen_rel(g, sec, 0, b_func);
	}
}

void modrig_build(struct elfgen *g)
{
	const unsigned int b_func = undefined(g, "b_func", STB_GLOBAL);

	elfgen_func(g, "classifier", "start",
		    CODE(CALL(-1), CALL(-1), CALL(-1), CALL(-1), LOAD64(1, 0, 0), EXIT));
	elfgen_rel(g, "classifier", MOD_B_FUNC, b_func);
	elfgen_rel(g, "classifier", MOD_A_FUNC, undefined(g, "a_func", STB_GLOBAL));
	elfgen_rel(g, "classifier", MOD_SHADOW, undefined(g, "shadow", STB_GLOBAL));
	elfgen_rel(g, "classifier", MOD_GONE, undefined(g, "gone", STB_WEAK));
	elfgen_rel(g, "classifier", MOD_A_VAR, undefined(g, "a_var", STB_GLOBAL));
	add_tails(g, b_func);
	elfgen_license(g, "GPL");
	add_types(g);
}

static void build_kernel(struct buf *btf)
{
	struct btfgen g;

	begin(&g);
	btfgen_type(&g, "shadow", BTFGEN(TYPE_STRUCT, 0), 4, NO_WORDS);
	btfgen_type(&g, "other", BTFGEN(TYPE_FUNC, 1), PROTO, NO_WORDS);
	btfgen_end(&g, btf, NULL);
}

static void build_a(struct buf *btf, const struct buf *kernel)
{
	struct btfgen g = btfgen_behind(kernel);

	func(&g, "a_func");
	func(&g, "shadow");
	btfgen_type(&g, "a_var", BTFGEN(TYPE_VAR, 0), U32, WORDS(BTF_VAR_GLOBAL_ALLOCATED));
	btfgen_end(&g, btf, NULL);
}

static void build_b(struct buf *btf, const struct buf *kernel)
{
	struct btfgen g = btfgen_behind(kernel);

	func(&g, "b_func");
	btfgen_end(&g, btf, NULL);
}

enum { VMLINUX, MOD_A, MOD_B, MODULES };

static void build_all(struct fake_file *files)
{
	static char bytes[3][1024];
	struct buf btf[3];
	size_t i;

	build_kernel(&btf[VMLINUX]);
	build_a(&btf[MOD_A], &btf[VMLINUX]);
	build_b(&btf[MOD_B], &btf[VMLINUX]);
	for (i = 0; i < ARRAY_SIZE(btf); i++) {
		memcpy(bytes[i], btf[i].data, btf[i].len);
		files[i].data = bytes[i];
		files[i].len = btf[i].len;
		buf_free(&btf[i]);
	}
}

const struct fake_file *modrig_files(const char *loaded)
{
	static struct fake_file files[] = {
		[VMLINUX] = { "/sys/kernel/btf/vmlinux", "", 0 },
		[MOD_A] = { "/sys/kernel/btf/mod_a", "", 0 },
		[MOD_B] = { "/sys/kernel/btf/mod_b", "", 0 },
		[MODULES] = { "/proc/modules", "", 0 },
		{ 0 },
	};
	bool was_paused;

	files[MODULES].data = loaded ?: "plain 1 0 - Live 0x0\nmod_a 1 0 - Live 0x0\nmod_b 2 0 - Live 0x0\n";
	if (files[VMLINUX].len)
		return files;
	was_paused = oom_pause(true);
	build_all(files);
	oom_pause(was_paused);
	return files;
}
