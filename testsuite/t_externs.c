/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an object leaves to the kernel: its configuration, symbols, functions. */
#include "externs.h"

#include <errno.h>
#include <stdio.h>

#include "btfgen.h"
#include "corelink.h"
#include "kernfacts.h"
#include "modrig.h"
#include "oom.h"
#include "plan.h"
#include "rigged.h"

#define WEAK ELF64_ST_INFO(STB_WEAK, STT_NOTYPE)

/* types of the object, and, as far as POINTER, of the kernel */
enum { U8 = 1, U16, U32, U64, BOOL, CHAR, TEXT, TRISTATE, POINTER };

static struct elfgen g;
static struct btfgen b;
static struct buf elf;
static uint32_t options[128], symbols[128];	/* words of the two sections */
static size_t options_cnt, symbols_cnt;
static size_t insn;

static void add_types(struct btfgen *to)
{
	uint32_t no = btfgen_string(to, "TRI_NO"), yes = btfgen_string(to, "TRI_YES");
	uint32_t module = btfgen_string(to, "TRI_MODULE");

	btfgen_type(to, "u8", BTFGEN(TYPE_INT, 0), 1, WORDS(8));
	btfgen_type(to, "u16", BTFGEN(TYPE_INT, 0), 2, WORDS(16));
	btfgen_type(to, "u32", BTFGEN(TYPE_INT, 0), 4, WORDS(32));
	btfgen_type(to, "u64", BTFGEN(TYPE_INT, 0), 8, WORDS(64));
	btfgen_type(to, "_Bool", BTFGEN(TYPE_INT, 0), 1, WORDS(BTF_INT_BOOL << 24 | 8));
	btfgen_type(to, "char", BTFGEN(TYPE_INT, 0), 1, WORDS(BTF_INT_SIGNED << 24 | 8));
	btfgen_type(to, "", BTFGEN(TYPE_ARRAY, 0), 0, WORDS(CHAR, U32, 6));
	btfgen_type(to, "libbpf_tristate", BTFGEN(TYPE_ENUM, 3), 4,
		    WORDS(no, 0, yes, 1, module, 2));
	btfgen_type(to, "", BTFGEN(TYPE_PTR, 0), U8, NO_WORDS);
}

static uint32_t extern_var(const char *name, uint32_t type)
{
	return btfgen_type(&b, name, BTFGEN(TYPE_VAR, 0), type, WORDS(2));
}

/* code that loads the address of an undefined symbol */
static size_t use(const char *name, unsigned char info)
{
	unsigned int sym = elfgen_symbol(&g, name, SHN_UNDEF, 0, 0, info);

	elfgen_code(&g, "classifier", CODE(LOAD64(1, 0, 0)));
	elfgen_rel(&g, "classifier", insn, sym);
	insn += 2;
	return insn - 2;
}

static void declare(uint32_t *words, size_t *cnt, uint32_t id, uint32_t size)
{
	words[(*cnt)++] = id;
	words[(*cnt)++] = 0;
	words[(*cnt)++] = size;
}

static void option(const char *name, uint32_t type, uint32_t size, unsigned char info)
{
	declare(options, &options_cnt, extern_var(name, type), size);
	use(name, info);
}

static size_t variable(const char *name, uint32_t type, unsigned char info)
{
	declare(symbols, &symbols_cnt, extern_var(name, type), 1);
	return use(name, info);
}

static uint32_t proto(struct btfgen *to, uint32_t result, uint32_t param)
{
	return btfgen_type(to, "", BTFGEN(TYPE_FUNC_PROTO, 1), result, WORDS(0, param));
}

/* a call, or the function's address */
static size_t function(const char *name, uint32_t param, unsigned char info, bool call)
{
	uint32_t id = btfgen_type(&b, name, BTFGEN(TYPE_FUNC, 2), proto(&b, U32, param), NO_WORDS);
	unsigned int sym;

	declare(symbols, &symbols_cnt, id, 0);
	if (!call)
		return use(name, info);
	sym = elfgen_symbol(&g, name, SHN_UNDEF, 0, 0, info);
	elfgen_code(&g, "classifier", CODE(CALL(-1)));
	elfgen_rel(&g, "classifier", insn, sym);
	return insn++;
}

static void start(void)
{
	memset(&b, 0, sizeof(b));
	memset(&elf, 0, sizeof(elf));
	options_cnt = symbols_cnt = insn = 0;
	rig_start();
	elfgen_init(&g);
	elfgen_func(&g, "classifier", "start", NULL, 0);
	add_types(&b);
}

static void finish(void)
{
	elfgen_free(&g);
	buf_free(&elf);
	rig_finish();
}

static void end(void)
{
	struct buf btf;

	elfgen_code(&g, "classifier", CODE(MOV(0, 0), EXIT));
	elfgen_license(&g, "GPL");
	btfgen_type(&b, ".kconfig", BTFGEN(TYPE_DATASEC, options_cnt / 3), 0, options, options_cnt);
	btfgen_type(&b, ".ksyms", BTFGEN(TYPE_DATASEC, symbols_cnt / 3), 0, symbols, symbols_cnt);
	btfgen_end(&b, &btf, NULL);
	elfgen_data(&g, ".BTF", btf.data, btf.len);
	buf_free(&btf);
	elfgen_end(&g, &elf);
	elfgen_init(&g);
}

static int load_it(void)
{
	end();
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL);
}

static const struct bpf_insn *insns(void)
{
	return job.plan->progs[0].code.insns;
}

/* ---- the configuration ---- */

static const char config[] =
	"# CONFIG_OFF is not set\nCONFIG_YES=y\nCONFIG_MODULE=m\nCONFIG_HZ=250\n"
	"CONFIG_HEX=0xfff\nCONFIG_BELOW=-5\nCONFIG_TEXT=\"abc\"\nCONFIG_LONG=\"abcdefgh\"\n"
	"CONFIG_HZ_LONGER=1\n";

static const struct fake_file config_files[] = {
	{ "/proc/sys/kernel/osrelease", "6.1.300-test\n", 0 },
	{ "/boot/config-6.1.300-test", config, 0 }, { 0 },
};

static const struct {
	const char *name;
	uint32_t type, size;
	bool is_weak;
	const char *bytes;	/* NULL: refused */
	const char *words;
} values[] = {
	{ "CONFIG_YES", BOOL, 1, false, "\1", NULL },
	{ "CONFIG_YES", CHAR, 1, false, "y", NULL },
	{ "CONFIG_YES", TRISTATE, 4, false, "\1\0\0\0", NULL },
	{ "CONFIG_MODULE", TRISTATE, 4, false, "\2\0\0\0", NULL },
	{ "CONFIG_MODULE", CHAR, 1, false, "m", NULL },
	{ "CONFIG_OFF", TRISTATE, 4, true, "\0\0\0\0", NULL },
	{ "CONFIG_HZ", U8, 1, false, "\372", NULL },
	{ "CONFIG_HZ", U16, 2, false, "\372\0", NULL },
	{ "CONFIG_HEX", U64, 8, false, "\377\17\0\0\0\0\0\0", NULL },
	{ "CONFIG_BELOW", CHAR, 1, false, "\373", NULL },
	{ "CONFIG_TEXT", TEXT, 6, false, "abc\0\0\0", NULL },
	{ "CONFIG_LONG", TEXT, 6, false, "abcde\0", NULL },
	{ "LINUX_KERNEL_VERSION", U32, 4, false, "\377\1\6\0", NULL },
	{ "LINUX_HAS_BPF_COOKIE", BOOL, 1, false, "\1", NULL },
	{ "LINUX_HAS_SYSCALL_WRAPPER", BOOL, 1, false, "\0", NULL },
	{ "LINUX_NO_SUCH", U32, 4, true, "\0\0\0\0", NULL },

	{ "CONFIG_OFF", BOOL, 1, false, NULL, "it is not set in the configuration of this kernel" },
	{ "LINUX_NO_SUCH", U32, 4, false, NULL, "it is no option of a kernel (CONFIG_...)" },
	{ "CONFIG_MODULE", BOOL, 1, false, NULL, "it is m, which its type does not take" },
	{ "CONFIG_YES", U32, 4, false, NULL, "it is y, which its type does not take" },
	{ "CONFIG_YES", TEXT, 6, false, NULL, "it is y, which its type does not take" },
	{ "CONFIG_HZ", TRISTATE, 4, false, NULL, "it is 250, which its type does not take" },
	{ "CONFIG_HZ", TEXT, 6, false, NULL, "it is 250, which its type does not take" },
	{ "CONFIG_TEXT", U32, 4, false, NULL, "it is \"abc\", which its type does not take" },
	{ "CONFIG_HEX", U8, 1, false, NULL, "4095 does not fit: u8 takes 0 to 255" },
	{ "CONFIG_BELOW", U32, 4, false, NULL, "-5 does not fit: u32 takes 0 to 4294967295" },
};

START_TEST(values_of_options)
{
	char expected[256];

	rig.fake.files = config_files;
	option(values[_i].name, values[_i].type, values[_i].size,
	       values[_i].is_weak ? WEAK : GLOBAL(STT_NOTYPE));
	if (values[_i].bytes) {
		ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
		ck_assert_mem_eq(job.plan->maps[0].bytes, values[_i].bytes, values[_i].size);
		return;
	}
	ck_assert_int_lt(load_it(), 0);
	snprintf(expected, sizeof(expected), "object 'test.o': option '%s': %s",
		 values[_i].name, values[_i].words);
	ck_assert_str_eq(bpfelf_error(rig.ctx), expected);
}
END_TEST

/* as libbpf lays them out: by alignment, then size, then name */
START_TEST(options_are_one_frozen_map)
{
	rig.fake.files = config_files;
	option("CONFIG_YES", BOOL, 1, GLOBAL(STT_NOTYPE));
	option("CONFIG_TEXT", TEXT, 6, GLOBAL(STT_NOTYPE));
	option("CONFIG_HZ", U64, 8, GLOBAL(STT_NOTYPE));
	option("CONFIG_HEX", U16, 2, GLOBAL(STT_NOTYPE));
	option("CONFIG_BELOW", CHAR, 1, GLOBAL(STT_NOTYPE));
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace),
		"map_create test.kconfig type 2 key 4 value 18 max 1 flags 0x480"));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace),
		"map_update map test.kconfig 00000000 fa00000000000000ff0ffb01616263000000\n"
		"map_freeze map test.kconfig\n"));
	ck_assert_int_eq(insns()[0].src_reg, BPF_PSEUDO_MAP_VALUE);
	ck_assert_int_eq(insns()[1].imm, 11);
	ck_assert_int_eq(insns()[5].imm, 0);
	ck_assert_uint_ne(job.plan->maps[0].value_type, 0);
}
END_TEST

START_TEST(what_no_program_asks_for_may_be_missing)
{
	rig.fake.files = config_files;
	declare(options, &options_cnt, extern_var("CONFIG_OFF", U32), 4);
	elfgen_symbol(&g, "CONFIG_OFF", SHN_UNDEF, 0, 0, GLOBAL(STT_NOTYPE));
	option("CONFIG_HZ", U32, 4, GLOBAL(STT_NOTYPE));
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_mem_eq(job.plan->maps[0].bytes, "\372\0\0\0\0\0\0\0", 8);
}
END_TEST

START_TEST(a_kernel_that_hides_its_configuration)
{
	option("CONFIG_HZ", U32, 4, WEAK);
	ck_assert_int_lt(load_it(), 0);
	ck_assert_ptr_nonnull(strstr(bpfelf_error(rig.ctx),
		"option 'CONFIG_HZ': the configuration of this kernel cannot be read"));
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "/proc/config.gz"));
}
END_TEST

static const struct { const char *release; uint32_t version; } releases[] = {
	{ "6.1.0-9-amd64", 0x060100 }, { "5.4.300", 0x0504ff }, { "6.18-rc1", 0x061200 },
	{ "", 0 }, { "linux", 0 }, { "6", 0 }, { "300.1.1", 0 },
};

START_TEST(versions_of_releases)
{
	ck_assert_uint_eq(kernfacts_version(releases[_i].release), releases[_i].version);
}
END_TEST

/* ---- symbols and functions ---- */

enum { KERNEL_VAR = POINTER + 1, KERNEL_PROTO, KERNEL_FUNC };

static char kernel_bytes[1024];
static const char kallsyms[] =
	"ffffffff81000000 T _text\nffffffff81000010 t twice\nffffffff81000020 T known\n"
	"ffffffff81000030 t twice\nffffffff81000040 t alias\nffffffff81000040 T alias\n"
	"ffffffffc0000000 t in_module\t[module]\n";
static const char hidden[] = "0000000000000000 T _text\n0000000000000000 T known\n";
static struct fake_file kernel_files[] = {
	{ "/sys/kernel/btf/vmlinux", kernel_bytes, 0 },
	{ "/proc/kallsyms", kallsyms, 0 }, { 0 },
};

static void have_kernel(const char *text)
{
	struct btfgen k = { 0 };
	struct buf btf;
	bool was_paused = oom_pause(true);

	add_types(&k);
	ck_assert_uint_eq(btfgen_type(&k, "per_cpu", BTFGEN(TYPE_VAR, 0), U32, WORDS(1)), KERNEL_VAR);
	ck_assert_uint_eq(proto(&k, U32, POINTER), KERNEL_PROTO);
	ck_assert_uint_eq(btfgen_type(&k, "kfunc", BTFGEN(TYPE_FUNC, 1), KERNEL_PROTO, NO_WORDS),
			  KERNEL_FUNC);
	btfgen_end(&k, &btf, NULL);
	memcpy(kernel_bytes, btf.data, kernel_files[0].len = btf.len);
	buf_free(&btf);
	oom_pause(was_paused);
	kernel_files[1].data = text;
	rig.fake.files = kernel_files;
}

static void ck_wide(size_t at, uint32_t src_reg, uint64_t value)
{
	ck_assert_uint_eq(insns()[at].src_reg, src_reg);
	ck_assert_uint_eq((uint32_t)insns()[at].imm | (uint64_t)insns()[at + 1].imm << 32, value);
}

START_TEST(symbols_have_their_addresses)
{
	size_t known, alias, module, missing;

	have_kernel(kallsyms);
	known = variable("known", 0, GLOBAL(STT_NOTYPE));
	alias = variable("alias", 0, GLOBAL(STT_NOTYPE));
	module = variable("in_module", 0, GLOBAL(STT_NOTYPE));
	missing = variable("missing", 0, WEAK);
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_wide(known, 0, 0xffffffff81000020);
	ck_wide(alias, 0, 0xffffffff81000040);
	ck_wide(module, 0, 0xffffffffc0000000);
	ck_wide(missing, 0, 0);
	/* all at once, and no types for that */
	ck_assert(!traced("btf/vmlinux"));
}
END_TEST

START_TEST(types_have_their_ids)
{
	size_t var, no_var, call, address, no_call, no_address;

	have_kernel(kallsyms);
	var = variable("per_cpu", U32, GLOBAL(STT_NOTYPE));
	no_var = variable("per_cpu_not", U32, WEAK);
	call = function("kfunc", POINTER, GLOBAL(STT_NOTYPE), true);
	address = function("kfunc___as_other", POINTER, GLOBAL(STT_NOTYPE), false);
	no_call = function("no_kfunc", POINTER, WEAK, true);
	no_address = function("no_other", POINTER, WEAK, false);
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_wide(var, BPF_PSEUDO_BTF_ID, KERNEL_VAR);
	ck_wide(no_var, 0, 0);
	ck_assert_uint_eq(insns()[call].src_reg, BPF_PSEUDO_KFUNC_CALL);
	ck_assert_int_eq(insns()[call].imm, KERNEL_FUNC);
	ck_wide(address, BPF_PSEUDO_BTF_ID, KERNEL_FUNC);
	ck_assert_uint_eq(insns()[no_call].src_reg, 0);
	ck_assert_int_eq(insns()[no_call].imm, CORELINK_POISON);
	ck_assert_str_eq(corelink_missing(&job.plan->progs[0].code, no_call),
			 "kernel function 'no_kfunc'");
	ck_wide(no_address, 0, 0);
}
END_TEST

static void ck_refused(int code, const char *words)
{
	ck_assert_int_eq(load_it(), code);
	ck_assert_msg(strstr(bpfelf_error(rig.ctx), words), "%s", bpfelf_error(rig.ctx));
}

START_TEST(a_symbol_that_is_missing)
{
	have_kernel(kallsyms);
	variable("missing", 0, GLOBAL(STT_NOTYPE));
	ck_refused(-ENOENT, "program 'start': instruction 0: symbol 'missing': "
		   "the kernel has no such symbol");
}
END_TEST

START_TEST(a_symbol_that_is_there_twice)
{
	have_kernel(kallsyms);
	variable("twice", 0, WEAK);
	ck_refused(-EINVAL, "symbol 'twice': the kernel has 2 symbols of that name");
}
END_TEST

START_TEST(addresses_that_are_not_told)
{
	have_kernel(hidden);
	variable("known", 0, GLOBAL(STT_NOTYPE));
	ck_refused(-EPERM, "symbol 'known': the kernel does not tell addresses of its symbols");
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "kptr_restrict"));
}
END_TEST

START_TEST(a_variable_that_is_missing)
{
	have_kernel(kallsyms);
	variable("known", U32, GLOBAL(STT_NOTYPE));
	ck_refused(-ENOENT, "symbol 'known': what the kernel tells of its types has no such variable");
}
END_TEST

START_TEST(a_variable_of_another_type)
{
	have_kernel(kallsyms);
	variable("per_cpu", POINTER, GLOBAL(STT_NOTYPE));
	ck_refused(-EINVAL, "symbol 'per_cpu': the kernel has it with another type");
}
END_TEST

START_TEST(a_function_that_is_missing)
{
	have_kernel(kallsyms);
	function("no_kfunc", POINTER, GLOBAL(STT_NOTYPE), true);
	ck_refused(-ENOENT, "symbol 'no_kfunc': what the kernel tells of its types has no such function");
}
END_TEST

START_TEST(a_function_with_another_prototype)
{
	have_kernel(kallsyms);
	function("kfunc", U32, GLOBAL(STT_NOTYPE), true);
	ck_refused(-EINVAL, "symbol 'kfunc': the kernel has it with another prototype");
}
END_TEST

START_TEST(a_weak_function_with_another_prototype_is_missing)
{
	size_t at;

	have_kernel(kallsyms);
	at = function("kfunc", U32, WEAK, false);
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_wide(at, 0, 0);
}
END_TEST

#define LIB_MODULES "/lib/modules/6.1/modules."

static const struct {
	const char *path, *data;	/* a file of the kernel */
	const char *hint;
} standings[] = {
	{ "/sys/module/nf_conntrack/initstate", "live\n",
	  "module nf_conntrack is loaded, but tells no types: it takes a kernel with CONFIG_DEBUG_INFO_BTF_MODULES" },
	{ LIB_MODULES "dep", "kernel/net/nf_conntrack.ko.xz: kernel/lib/libcrc32c.ko.xz\n",
	  "it is in a module that is not loaded: modprobe nf_conntrack" },
	{ LIB_MODULES "dep", "kernel/net/nf_nat.ko: kernel/net/nf_conntrack.ko\n",
	  "Linux has it in module nf_conntrack, which is not installed for this kernel" },
	{ "/nowhere", "", "it is in a module that is not loaded: modprobe nf_conntrack" },
	{ LIB_MODULES "builtin", "kernel/net/nf_conntrack.ko\n", "declare it __weak" },
	{ "/sys/kernel/btf/nf_conntrack", NULL, "declare it __weak" },	/* without the function */
};

START_TEST(a_function_of_a_module_that_is_known)
{
	const struct fake_file *with = modrig_files(NULL);
	const struct fake_file files[] = {
		with[0], { "/proc/sys/kernel/osrelease", "6.1\n", 0 },
		{ "/proc/modules", "nf_conntrack 1 0 - Live 0x0\n", 0 },
		{ standings[_i].path, standings[_i].data ?: with[1].data,
		  standings[_i].data ? 0 : with[1].len }, { 0 },
	};

	rig.fake.files = files;
	function("bpf_ct_release", U32, GLOBAL(STT_NOTYPE), true);
	ck_refused(-ENOENT, "symbol 'bpf_ct_release': what the kernel tells of its types has no such function");
	ck_assert_msg(strstr(bpfelf_hint(rig.ctx), standings[_i].hint), "%s", bpfelf_hint(rig.ctx));
}
END_TEST

START_TEST(a_kernel_without_modules)
{
	rig.fake.files = modrig_files("");
	function("bpf_ct_release", U32, GLOBAL(STT_NOTYPE), true);
	rig.fake.refuse = "read /proc/modules";
	rig.fake.fail_code = -ENOENT;
	ck_refused(-ENOENT, "what the kernel tells of its types has no such function");
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "declare it __weak"));
}
END_TEST

START_TEST(a_list_of_modules_has_an_end)
{
	struct fake_file files[16];
	_cleanup_buf_ struct buf names = { 0 };
	char paths[12][32];
	int i;

	files[0] = modrig_files(NULL)[0];
	for (i = 0; i < 12; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/sys/kernel/btf/m%d", i);
		buf_addf(&names, "m%d 1 0 - Live 0x0\n", i);
		files[i + 1] = modrig_files(NULL)[1];
		files[i + 1].path = paths[i];
	}
	files[13] = (struct fake_file) { "/proc/modules", names.data, 0 };
	files[14] = (struct fake_file) { 0 };
	rig.fake.files = files;
	function("nowhere", U32, GLOBAL(STT_NOTYPE), true);
	ck_refused(-ENOENT, "has no such function, nor has a module (m0, m1, m2, m3, m4, m5, m6, m7 and 4 more)");
}
END_TEST

START_TEST(a_function_of_a_module_with_another_prototype)
{
	rig.fake.files = modrig_files(NULL);
	function("a_func", POINTER, GLOBAL(STT_NOTYPE), true);
	ck_refused(-EINVAL, "symbol 'a_func': module mod_a has it with another prototype");
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "/sys/kernel/btf/mod_a format c"));
}
END_TEST

START_TEST(a_variable_of_a_module_with_another_type)
{
	rig.fake.files = modrig_files(NULL);
	variable("a_var", POINTER, GLOBAL(STT_NOTYPE));
	ck_refused(-EINVAL, "symbol 'a_var': module mod_a has it with another type");
}
END_TEST

START_TEST(weak_ones_of_modules)
{
	size_t call, var, other, flavour;

	rig.fake.files = modrig_files(NULL);
	call = function("a_func", U32, WEAK, true);
	other = function("b_func", POINTER, WEAK, false);
	flavour = function("b_func___mine", U32, WEAK, false);
	var = variable("a_var", U32, WEAK);
	ck_assert_msg(load_it() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_int_eq(insns()[call].off, 1);
	ck_wide(other, 0, 0);
	ck_assert_int_eq(insns()[flavour].imm, MOD_B_FUNC_ID);
	ck_assert_int_eq(insns()[var].imm, MOD_A_VAR_ID);
}
END_TEST

START_TEST(types_that_the_kernel_does_not_tell)
{
	function("kfunc", U32, GLOBAL(STT_NOTYPE), true);
	ck_refused(-ENOENT, "read the types of the kernel");
}
END_TEST

/* in no section that we know, or unknown to the types: nothing has changed */
START_TEST(other_symbols_are_not_defined)
{
	have_kernel(kallsyms);
	use("known", GLOBAL(STT_NOTYPE));
	ck_refused(-ENOTSUP, "symbol 'known': it is not defined in the object");
}
END_TEST

START_TEST(a_call_cannot_hold_an_option)
{
	unsigned int sym;

	rig.fake.files = config_files;
	declare(options, &options_cnt, extern_var("CONFIG_HZ", U32), 4);
	sym = elfgen_symbol(&g, "CONFIG_HZ", SHN_UNDEF, 0, 0, GLOBAL(STT_NOTYPE));
	elfgen_code(&g, "classifier", CODE(CALL(-1)));
	elfgen_rel(&g, "classifier", 0, sym);
	ck_refused(-EBADMSG, "opcode 0x85 cannot hold an address");
}
END_TEST

START_TEST(a_call_cannot_hold_a_variable)
{
	unsigned int sym;

	have_kernel(kallsyms);
	declare(symbols, &symbols_cnt, extern_var("known", 0), 1);
	sym = elfgen_symbol(&g, "known", SHN_UNDEF, 0, 0, GLOBAL(STT_NOTYPE));
	elfgen_code(&g, "classifier", CODE(CALL(-1)));
	elfgen_rel(&g, "classifier", 0, sym);
	ck_refused(-EBADMSG, "symbol 'known': opcode 0x85 cannot refer to it");
}
END_TEST

START_TEST(memory_may_run_out_for_symbols)
{
	have_kernel(kallsyms);
	variable("known", 0, GLOBAL(STT_NOTYPE));
	function("kfunc", POINTER, GLOBAL(STT_NOTYPE), true);
	function("no_kfunc", POINTER, WEAK, true);
	end();
	ck_assert_int_gt(rig_sweep_memory(&rig, &elf, BPF_PROG_TYPE_SCHED_CLS), 10);
}
END_TEST

START_TEST(memory_may_run_out_for_options)
{
	rig.fake.files = config_files;
	option("CONFIG_HZ", U32, 4, GLOBAL(STT_NOTYPE));
	option("CONFIG_LONG", TEXT, 6, GLOBAL(STT_NOTYPE));
	option("LINUX_KERNEL_VERSION", U32, 4, GLOBAL(STT_NOTYPE));
	end();
	ck_assert_int_gt(rig_sweep_memory(&rig, &elf, BPF_PROG_TYPE_SCHED_CLS), 10);
}
END_TEST

static void add_refusals(TCase *tc)
{
	tcase_add_test(tc, a_symbol_that_is_missing);
	tcase_add_test(tc, a_symbol_that_is_there_twice);
	tcase_add_test(tc, addresses_that_are_not_told);
	tcase_add_test(tc, a_variable_that_is_missing);
	tcase_add_test(tc, a_variable_of_another_type);
	tcase_add_test(tc, a_function_that_is_missing);
	tcase_add_test(tc, a_function_with_another_prototype);
	tcase_add_test(tc, a_weak_function_with_another_prototype_is_missing);
	tcase_add_loop_test(tc, a_function_of_a_module_that_is_known, 0, ARRAY_SIZE(standings));
	tcase_add_test(tc, a_kernel_without_modules);
	tcase_add_test(tc, a_list_of_modules_has_an_end);
	tcase_add_test(tc, a_function_of_a_module_with_another_prototype);
	tcase_add_test(tc, a_variable_of_a_module_with_another_type);
	tcase_add_test(tc, types_that_the_kernel_does_not_tell);
	tcase_add_test(tc, other_symbols_are_not_defined);
	tcase_add_test(tc, a_call_cannot_hold_an_option);
	tcase_add_test(tc, a_call_cannot_hold_a_variable);
}

Suite *externs_suite(void)
{
	Suite *s = suite_create("externs");
	TCase *tc = tcase_create("externs");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, values_of_options, 0, ARRAY_SIZE(values));
	tcase_add_test(tc, options_are_one_frozen_map);
	tcase_add_test(tc, what_no_program_asks_for_may_be_missing);
	tcase_add_test(tc, a_kernel_that_hides_its_configuration);
	tcase_add_test(tc, symbols_have_their_addresses);
	tcase_add_test(tc, types_have_their_ids);
	tcase_add_test(tc, weak_ones_of_modules);
	add_refusals(tc);
	if (oom_possible()) {
		tcase_add_test(tc, memory_may_run_out_for_symbols);
		tcase_add_test(tc, memory_may_run_out_for_options);
	}
	suite_add_tcase(s, tc);
	tc = tcase_create("release");
	tcase_add_loop_test(tc, versions_of_releases, 0, ARRAY_SIZE(releases));
	suite_add_tcase(s, tc);
	return s;
}
