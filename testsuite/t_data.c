/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Global data: which sections become maps, how they are called and filled. */
#include "object.h"

#include <errno.h>
#include <stdio.h>

#include "plan.h"
#include "rigged.h"

#define READ	SHF_ALLOC
#define WRITE	(SHF_ALLOC | SHF_WRITE)

static struct elfgen g;
static struct bpfelf_object *obj;
static struct err err;

static void start(void)
{
	obj = NULL;
	err_clear(&err);
	elfgen_init(&g);
	rig_start();
}

static void finish(void)
{
	bpfelf_object_free(obj);
	elfgen_free(&g);
	rig_finish();
}

/* a section, and code in `classifier` that refers to its beginning */
static void used_data(const char *name, uint32_t type, uint64_t flags,
		      const char *data, size_t size)
{
	struct elfgen_section *code = elfgen_section(&g, "classifier", SHT_PROGBITS,
						     SHF_ALLOC | SHF_EXECINSTR);
	size_t insn = code->data.len / sizeof(struct bpf_insn);
	unsigned int symbol;

	elfgen_section(&g, name, type, flags);
	elfgen_data(&g, name, data, size);
	symbol = elfgen_symbol(&g, "", elfgen_index(&g, name), 0, 0, LOCAL(STT_SECTION));
	elfgen_code(&g, "classifier", CODE(LOAD64(1, 0, 0)));
	elfgen_rel(&g, "classifier", insn, symbol);
}

static int open_it(void)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	elfgen_code(&g, "classifier", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &bytes);
	return object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err);
}

static void ck_maps(const char *expected)
{
	_cleanup_buf_ struct buf text = { 0 };
	const struct bpfelf_map *map = NULL;
	struct bpfelf_map_info info = { .sz = sizeof(info) };

	ck_assert_msg(open_it() == 0, "%s", err.text);
	while ((map = bpfelf_map_next(obj, map))) {
		ck_assert_int_eq(bpfelf_map_info(map, &info), 0);
		buf_addf(&text, "%s %u/%u/%u/%u %#x %u\n", info.name, info.type,
			 info.key_size, info.value_size, info.max_entries,
			 info.map_flags, info.def_size);
	}
	ck_assert_str_eq(buf_str(&text), expected);
}

START_TEST(sections_that_code_refers_to_are_maps)
{
	const struct bpf_elf_map def = {
		.type = BPF_MAP_TYPE_HASH, .size_key = 4, .size_value = 8, .max_elem = 1,
	};

	used_data(".rodata", SHT_PROGBITS, READ, "abcd", 4);
	used_data(".bss", SHT_NOBITS, WRITE, "\0\0\0\0\0", 5);
	used_data("mine", SHT_PROGBITS, WRITE, "1", 1);
	used_data(".rodata.str1.1", SHT_PROGBITS, READ | SHF_MERGE | SHF_STRINGS, "x", 2);
	elfgen_data(&g, ".data", "nobody asks for it", 18);
	elfgen_map(&g, "defined", &def, sizeof(def));
	ck_maps("defined 1/4/8/1 0 36\n"
		".rodata 2/4/4/1 0x80 0\n"
		".bss 2/4/5/1 0 0\n"
		"mine 2/4/1/1 0 0\n"
		".rodata.str1.1 2/4/2/1 0x80 0\n");
	ck_assert_uint_eq(obj->defs_cnt, 1);
	ck_assert_uint_eq(obj->maps_cnt, 5);
}
END_TEST

/* as libbpf has it, which takes no section `maps` */
START_TEST(they_can_be_mapped_unless_there_is_a_section_maps)
{
	used_data(".rodata", SHT_PROGBITS, READ, "abcd", 4);
	used_data(".bss", SHT_NOBITS, WRITE, "\0\0\0\0\0", 5);
	ck_maps(".rodata 2/4/4/1 0x480 0\n"
		".bss 2/4/5/1 0x400 0\n");
}
END_TEST

static const struct {
	const char *name;
	uint32_t type;
	uint64_t flags;
} no_data[] = {
	{ ".maps", SHT_PROGBITS, WRITE },
	{ ".kconfig", SHT_PROGBITS, WRITE },
	{ ".ksyms", SHT_PROGBITS, WRITE },
	{ ".struct_ops.link", SHT_PROGBITS, WRITE },
	{ "maps", SHT_NOBITS, WRITE },
	{ ".debug_info", SHT_PROGBITS, 0 },
	{ ".note", SHT_NOTE, READ },
	{ "code", SHT_PROGBITS, READ | SHF_EXECINSTR },
};

START_TEST(sections_that_are_no_data)
{
	used_data(no_data[_i].name, no_data[_i].type, no_data[_i].flags, "12345678", 8);
	ck_maps("");
}
END_TEST

START_TEST(empty_sections_are_no_data)
{
	used_data(".data", SHT_PROGBITS, WRITE, "", 0);
	ck_maps("");
}
END_TEST

START_TEST(more_than_a_map_can_hold)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	Elf64_Shdr *headers;
	uint64_t at;

	used_data(".bss", SHT_NOBITS, WRITE, "\0", 1);
	elfgen_end(&g, &bytes);
	memcpy(&at, bytes.data + offsetof(Elf64_Ehdr, e_shoff), sizeof(at));
	headers = (Elf64_Shdr *)(bytes.data + at);
	while (headers->sh_type != SHT_NOBITS)
		headers++;
	headers->sh_size = 1ull << 31;
	ck_assert_int_eq(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err), -E2BIG);
	ck_assert_str_eq(err.text, "section '.bss': 2147483648 bytes of data do not fit into a map");
}
END_TEST

START_TEST(addresses_in_data_are_told)
{
	unsigned int symbol;

	used_data(".data", SHT_PROGBITS, WRITE, "12345678", 8);
	symbol = elfgen_symbol(&g, "target", elfgen_index(&g, ".data"), 0, 8, GLOBAL(STT_OBJECT));
	elfgen_typed_rel(&g, ".data", 0, symbol, R_BPF_64_ABS64);
	ck_maps(".data 2/4/8/1 0x400 0\n");
	ck_assert_ptr_nonnull(strstr(buf_str(&obj->notes),
				     "section '.data' of object 'test.o' holds addresses"));
}
END_TEST

/* What the kernel is asked for */

static int load_data(const char *section)
{
	_cleanup_buf_ struct buf elf = { 0 };

	rig_build("data", &elf);
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, section);
}

START_TEST(data_is_there_before_the_programs)
{
	static const char expected[] =
		"map_create test.data type 2 key 4 value 8 max 1 flags 0\n"
		"map_update map test.data 00000000 0102030405060708\n"
		"map_create test.rodata type 2 key 4 value 4 max 1 flags 0x80\n"
		"map_update map test.rodata 00000000 61626364\n"
		"map_freeze map test.rodata\n"
		"prog_load start ";

	bpfelf_ctx_set_threads(rig.ctx, 1);
	ck_assert_msg(load_data(NULL) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_msg(strstr(buf_str(&rig.fake.trace), expected) != NULL, "%s",
		      buf_str(&rig.fake.trace));
}
END_TEST

START_TEST(only_what_is_referred_to_is_made)
{
	ck_assert_msg(load_data("1/0") == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert(traced("map_create test.data "));
	ck_assert(!traced(".rodata"));
	ck_assert_int_eq(bpfelf_map_fd(job.txn, ".rodata"), -1);
	ck_assert_int_ge(bpfelf_map_fd(job.txn, ".data"), 0);
}
END_TEST

START_TEST(zeroes_are_not_written)
{
	_cleanup_buf_ struct buf elf = { 0 };

	used_data(".data", SHT_PROGBITS, WRITE, "\0\0\0\0", 4);
	used_data(".bss", SHT_NOBITS, WRITE, "\0\0", 2);
	elfgen_code(&g, "classifier", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &elf);
	ck_assert_msg(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL) == 0,
		      "%s", bpfelf_error(rig.ctx));
	ck_assert(!traced("map_update"));
}
END_TEST

/* of a load that was let run, from 0 */
static int op_number(const char *name)
{
	const char *found, *line;
	int n = 0;

	ck_assert_msg(load_data(NULL) == 0, "%s", bpfelf_error(rig.ctx));
	found = strstr(buf_str(&rig.fake.trace), name);
	ck_assert_ptr_nonnull(found);
	for (line = buf_str(&rig.fake.trace); line < found; line++)
		n += *line == '\n';
	job_free(&job);
	return rig.fake.ops + n;
}

/* a program that refers to none of its object's constants */
static int load_with_constants(void)
{
	_cleanup_buf_ struct buf elf = { 0 };

	elfgen_section(&g, ".rodata", SHT_PROGBITS, READ);
	elfgen_data(&g, ".rodata", "abcd", 4);
	elfgen_section(&g, ".rodatum", SHT_PROGBITS, READ);
	elfgen_data(&g, ".rodatum", "abcd", 4);
	elfgen_func(&g, "classifier", "main", CODE(MOV(0, 0), EXIT));
	elfgen_license(&g, "GPL");
	elfgen_end(&g, &elf);
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL);
}

static const struct {
	const char *file, *section, *name;
} kernel_names[] = {
	{ "test.o", ".bss", "test.bss" },
	{ "longer_name.bpf.o", ".bss", "longer_n.bss" },
	{ "longer_name.bpf.o", ".data", "longer_n.data" },
	{ "longer_name.bpf.o", ".rodata", "longer_n.rodata" },
	{ "longer_name.bpf.o", ".a_long", "longer_n.a_long" },
	{ "longer_name.bpf.o", ".kernels", "longer_.kernels" },
	{ "longer_name.bpf.o", ".rodata.settings", ".rodata.setting" },
	{ "longer_name.bpf.o", "mine", "mine" },
	{ "longer_name.bpf.o", ".one_that_is_too_long", ".one_that_is_to" },
};

/* as libbpf has them */
START_TEST(names_of_maps)
{
	struct bpfelf_request req = { .sz = sizeof(req), .prog_type = BPF_PROG_TYPE_SCHED_CLS };
	struct bpfelf_plan *plan = NULL;
	_cleanup_buf_ struct buf bytes = { 0 };

	used_data(kernel_names[_i].section, SHT_PROGBITS, WRITE, "1234", 4);
	elfgen_code(&g, "classifier", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &bytes);
	ck_assert_int_eq(object_open_mem(&obj, bytes.data, bytes.len, kernel_names[_i].file, &err), 0);
	ck_assert_msg(plan_new(obj, &req, NULL, NULL, &plan, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(plan->maps_cnt, 1);
	ck_assert_str_eq(plan->maps[0].name, kernel_names[_i].name);
	bpfelf_plan_free(plan);
}
END_TEST

START_TEST(constants_belong_to_all_programs)
{
	ck_assert_msg(load_with_constants() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace),
				     "map_create test.rodata type 2 key 4 value 4 max 1 flags 0x480\n"
				     "map_update map test.rodata 00000000 61626364\n"
				     "map_freeze map test.rodata\n"
				     "prog_load main type 3 insns 2 log 4\n"
				     "prog_bind_map prog main map test.rodata\n"));
	ck_assert_ptr_null(strstr(buf_str(&rig.fake.trace), ".rodatum"));
}
END_TEST

static const char *const common_ops[] = { "map_create", "map_update", "map_freeze", "prog_bind_map" };

START_TEST(programs_do_without_what_they_do_not_refer_to)
{
	rig.fake.refuse = common_ops[_i];
	ck_assert_msg(load_with_constants() == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace), common_ops[_i]));
	ck_assert_str_eq(buf_str(&rig.log), "");
}
END_TEST

START_TEST(a_kernel_that_cannot_map_will_do)
{
	_cleanup_buf_ struct buf elf = { 0 };

	used_data(".data", SHT_PROGBITS, WRITE, "1234", 4);
	elfgen_code(&g, "classifier", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &elf);
	rig.fake.refuse = "flags 0x400";
	rig.fake.fail_code = -EINVAL;
	ck_assert_msg(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL) == 0,
		      "%s", bpfelf_error(rig.ctx));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.fake.trace), "map_create test.data type 2 key 4 value 4 max 1 flags 0x400 = EINVAL\n"
				     "map_create test.data type 2 key 4 value 4 max 1 flags 0\n"));
}
END_TEST

START_TEST(a_kernel_that_cannot_freeze_will_do)
{
	rig.fake.fail_at = op_number("map_freeze");
	rig.fake.fail_code = -EINVAL;
	ck_assert_msg(load_data(NULL) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.info),
				     "map '.rodata' cannot be frozen (Invalid argument)"));
}
END_TEST

Suite *data_suite(void)
{
	Suite *s = suite_create("data");
	TCase *tc = tcase_create("data");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, sections_that_code_refers_to_are_maps);
	tcase_add_test(tc, they_can_be_mapped_unless_there_is_a_section_maps);
	tcase_add_loop_test(tc, sections_that_are_no_data, 0, ARRAY_SIZE(no_data));
	tcase_add_test(tc, empty_sections_are_no_data);
	tcase_add_test(tc, more_than_a_map_can_hold);
	tcase_add_test(tc, addresses_in_data_are_told);
	tcase_add_test(tc, data_is_there_before_the_programs);
	tcase_add_test(tc, only_what_is_referred_to_is_made);
	tcase_add_test(tc, zeroes_are_not_written);
	tcase_add_loop_test(tc, names_of_maps, 0, ARRAY_SIZE(kernel_names));
	tcase_add_test(tc, constants_belong_to_all_programs);
	tcase_add_loop_test(tc, programs_do_without_what_they_do_not_refer_to,
			    0, ARRAY_SIZE(common_ops));
	tcase_add_test(tc, a_kernel_that_cannot_map_will_do);
	tcase_add_test(tc, a_kernel_that_cannot_freeze_will_do);
	suite_add_tcase(s, tc);
	return s;
}
