/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "plan.h"

#include <errno.h>
#include <stdio.h>

#include "rig.h"
#include "uapi.h"
#include "unit.h"

#define CLS	BPF_PROG_TYPE_SCHED_CLS
#define XDP	BPF_PROG_TYPE_XDP

static struct elfgen g;
static struct bpfelf_object *obj;
static struct bpfelf_plan *plan;
static struct pindb db;
static struct err err;

static const char own[] = RIG_PINDB "7 foo//bar/\n8 ../up\n9 tc/globals\n";

static void start(void)
{
	obj = NULL;
	plan = NULL;
	err_clear(&err);
	elfgen_init(&g);
	ck_assert_int_eq(pindb_parse(&db, "DB", own, strlen(own), &err), 0);
	buf_addf(&db.searched, "'DB'");
}

static void finish(void)
{
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	elfgen_free(&g);
	pindb_free(&db);
}

static void open_it(void)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	elfgen_end(&g, &bytes);
	ck_assert_msg(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err) == 0,
		      "%s", err.text);
}

static int plan_it(uint32_t type, const char *section, const char *program)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = type,
		.section = section,
		.program = program,
	};

	if (!obj)
		open_it();
	return plan_new(obj, &request, &db, NULL, &plan, &err);
}

static void ck_plan(uint32_t type, const char *section, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	int r = plan_it(type, section, NULL);

	ck_assert_msg(r == 0, "%s", err.text);
	text = bpfelf_plan_text(plan);
	ck_assert_str_eq(text, expected);
}

static void ck_refused(uint32_t type, const char *section, int expected,
		       const char *words)
{
	ck_assert_int_eq(plan_it(type, section, NULL), expected);
	ck_assert_str_eq(err.text, words);
	ck_assert_ptr_null(plan);
}

static void pass(const char *section, const char *name)
{
	elfgen_func(&g, section, name, CODE(MOV(0, 2), EXIT));
}

/* The text of a plan */

static const struct {
	const char *sample;
	uint32_t type;
	const char *text;
} golden[] = {
	{ "plain", XDP,
	  "object 'test.o', licence 'GPL'\n"
	  "program 'pass' from section 'prog': type 6, 2 instructions, 0 map references\n" },
	{ "tails", CLS,
	  "object 'test.o', licence 'GPL'\n"
	  "map 'jumps': prog_array, key 4, value 4, 3 entries, flags 0, take or pin tc/globals/jumps\n"
	  "program 'start' from section 'classifier': type 3, 7 instructions, 1 map references\n"
	  "program 'tail0' from section '1/0': type 3, 4 instructions, 1 map references, into 'jumps' slot 0\n"
	  "program 'tail1' from section '1/1': type 3, 2 instructions, 0 map references, into 'jumps' slot 1\n" },
	{ "nested", XDP,
	  "object 'test.o', licence 'GPL'\n"
	  "map 'inner': array, key 4, value 8, 2 entries, flags 0\n"
	  "map 'outer': array_of_maps, key 4, value 4, 2 entries, flags 0, take or pin xdp/globals/outer\n"
	  "map 'inner' into 'outer' slot 1\n"
	  "program 'look' from section 'prog': type 6, 4 instructions, 1 map references\n" },
	{ "own", XDP,
	  "object 'test.o', licence 'GPL'\n"
	  "map 'mine': array, key 4, value 8, 2 entries, flags 0, take or pin own/deep/mine\n"
	  "program 'count' from section 'prog': type 6, 4 instructions, 1 map references\n" },
};

START_TEST(plans_print_themselves)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	rig_build(golden[_i].sample, &bytes);
	ck_assert_int_eq(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err), 0);
	ck_plan(golden[_i].type, NULL, golden[_i].text);
}
END_TEST

START_TEST(the_objects_own_directory_is_its_sha1)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	_cleanup_free_ char *expected = NULL;
	char id[OBJECT_ID_LEN + 1];

	rig_build("pins", &bytes);
	ck_assert_int_eq(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err), 0);
	object_id(obj, id);
	expected = str_printf("object 'test.o', licence 'GPL'\n"
			      "map 'none': array, key 4, value 8, 2 entries, flags 0\n"
			      "map 'object': array, key 4, value 8, 2 entries, flags 0, take or pin tc/%s/object\n"
			      "map 'global': array, key 4, value 8, 2 entries, flags 0, take or pin tc/globals/global\n"
			      "program 'count' from section 'classifier': type 3, 8 instructions, 3 map references\n",
			      id);
	ck_plan(CLS, NULL, expected);
}
END_TEST

/* The entry */

START_TEST(each_type_has_its_section)
{
	pass("prog", "p");
	pass("classifier", "c");
	pass("action", "a");
	ck_assert_int_eq(plan_it(CLS, NULL, NULL), 0);
	ck_assert_str_eq(bpfelf_plan_entry(plan)->name, "c");
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(BPF_PROG_TYPE_SCHED_ACT, NULL, NULL), 0);
	ck_assert_str_eq(bpfelf_plan_entry(plan)->name, "a");
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_str_eq(bpfelf_plan_entry(plan)->name, "p");
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(BPF_PROG_TYPE_LWT_XMIT, NULL, NULL), 0);
	ck_assert_str_eq(bpfelf_plan_entry(plan)->name, "p");
	ck_assert_ptr_null(bpfelf_default_section(BPF_PROG_TYPE_KPROBE));
}
END_TEST

/* sections of objects, and what they come to without a word on the section */
static const struct choice {
	const char *sections[5];
	uint32_t prog_type, attach_type;
	const char *entry;		/* the section */
	const char *words, *hint;	/* or NULL: it is refused */
} choices[] = {
	{ { "tc" }, CLS, 0, "tc", NULL, NULL },
	{ { "classifier", "tc" }, CLS, 0, "classifier", NULL, NULL },
	{ { "xdp", "tcx/egress" }, CLS, 0, "tcx/egress", NULL, NULL },
	{ { "tc/ingress", "tc/egress" }, CLS, BPF_TCX_EGRESS, "tc/egress", NULL, NULL },
	{ { "classifier/a", "tc/egress" }, CLS, BPF_TCX_INGRESS, "classifier/a", NULL, NULL },
	{ { "tc/ingress", "tc/egress" }, CLS, 0, NULL,
	  "no section 'classifier', and 2 programs fit in its place: 'tc/ingress' (f0), 'tc/egress' (f1)",
	  "name one of them: section NAME, or program NAME" },
	{ { "tc/egress" }, CLS, BPF_TCX_INGRESS, NULL, "no section 'classifier'",
	  "the object has the sections (programs): 'tc/egress' (f0)" },
	{ { "tc" }, BPF_PROG_TYPE_SCHED_ACT, 0, NULL, "no section 'action'",
	  "the object has the sections (programs): 'tc' (f0)" },
	{ { "action/1" }, BPF_PROG_TYPE_SCHED_ACT, 0, "action/1", NULL, NULL },
	{ { "xdp.frags" }, XDP, 0, "xdp.frags", NULL, NULL },
	{ { "tc", "xdp_pass" }, XDP, 0, "xdp_pass", NULL, NULL },
	{ { "xdp/devmap", "xdp/x", "xdp.frags/cpumap" }, XDP, 0, "xdp/x", NULL, NULL },
	{ { "xdp/devmap" }, XDP, 0, NULL, "no section 'prog'",
	  "the object has the sections (programs): 'xdp/devmap' (f0)" },
	{ { "?xdp", "xdp" }, XDP, 0, "xdp", NULL, NULL },
	{ { "?xdp", "?tc" }, XDP, 0, "?xdp", NULL, NULL },
	{ { "lwt_in", "lwt_out" }, BPF_PROG_TYPE_LWT_OUT, 0, "lwt_out", NULL, NULL },
	{ { "1/0", "1/1" }, CLS, 0, NULL, "no section 'classifier'",
	  "the object has tail calls alone, of which one has to be named as the entry: '1/0' (f0), '1/1' (f1)" },
	{ { "fentry/x" }, 0, 0, NULL,
	  "section 'fentry/x' is for something within the kernel, which this loader does not look for", "" },
};

START_TEST(sections_that_say_what_they_are_for)
{
	static const char *const names[] = { "f0", "f1", "f2", "f3" };
	const struct choice *c = &choices[_i];
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = c->prog_type,
		.attach_type = c->attach_type,
	};
	size_t i;

	for (i = 0; c->sections[i]; i++)
		pass(c->sections[i], names[i]);
	open_it();
	if (plan_new(obj, &request, &db, NULL, &plan, &err) == 0)
		ck_assert_str_eq(bpfelf_program_section(bpfelf_plan_entry(plan)), c->entry ?: "");
	else
		ck_assert_ptr_null(c->entry);
	ck_assert_str_eq(err.text, c->words ?: "");
	ck_assert_str_eq(err.hint, c->hint ?: "");
}
END_TEST

START_TEST(a_section_may_be_named_without_its_mark)
{
	pass("?tc", "f");
	ck_assert_int_eq(plan_it(XDP, "tc", NULL), 0);
	ck_assert_uint_eq(plan->prog_type, XDP);
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(CLS, "tc", "f"), 0);
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(CLS, "?tc", NULL), 0);
}
END_TEST

START_TEST(a_type_without_a_section_takes_a_named_one)
{
	pass("probe", "p");
	ck_refused(BPF_PROG_TYPE_KPROBE, NULL, -EINVAL,
		   "programs of type 2 have no default section, name one");
	ck_assert_int_eq(plan_it(BPF_PROG_TYPE_KPROBE, "probe", NULL), 0);
}
END_TEST

START_TEST(what_is_not_there_is_answered_with_what_is)
{
	pass("ingress", "in");
	elfgen_code(&g, "egress", CODE(EXIT));
	ck_refused(CLS, NULL, -ENOENT, "no section 'classifier'");
	ck_assert_str_eq(err.hint,
			 "the object has the sections (programs): 'ingress' (in), 'egress'");
}
END_TEST

START_TEST(an_object_without_code_says_so)
{
	elfgen_license(&g, "GPL");
	ck_refused(XDP, NULL, -ENOENT, "no section 'prog'");
	ck_assert_str_eq(err.hint, "the object holds no program at all");
}
END_TEST

START_TEST(a_program_may_be_asked_for_by_name)
{
	pass("ingress", "in");
	pass("egress", "out");
	pass("egress", "out2");
	ck_assert_int_eq(plan_it(CLS, NULL, "out2"), 0);
	ck_assert_str_eq(bpfelf_plan_entry(plan)->name, "out2");
	bpfelf_plan_free(plan);
	ck_assert_int_eq(plan_it(CLS, "egress", "out"), 0);
	ck_assert_str_eq(bpfelf_plan_entry(plan)->name, "out");
	bpfelf_plan_free(steal_ptr(&plan));
	ck_assert_int_eq(plan_it(CLS, "ingress", "out"), -ENOENT);
	ck_assert_str_eq(err.text, "no program 'out'");
}
END_TEST

/* Slots */

static void map(const char *name, uint32_t type, uint32_t id, uint32_t max)
{
	const struct bpf_elf_map def = {
		.type = type, .size_key = 4, .size_value = 4, .max_elem = max,
		.id = id,
	};

	elfgen_map(&g, name, &def, sizeof(def));
}

static const char array_first[] =
	"object 'test.o', licence ''\n"
	"map 'no_array': hash, key 4, value 4, 8 entries, flags 0\n"
	"map 'first': prog_array, key 4, value 4, 8 entries, flags 0\n"
	"map 'second': prog_array, key 4, value 4, 8 entries, flags 0\n"
	"program 'main' from section 'prog': type 6, 2 instructions, 0 map references\n"
	"program 't' from section '0x10/0x7': type 6, 2 instructions, 0 map references, into 'first' slot 7\n";

START_TEST(of_arrays_with_one_id_the_first_is_filled)
{
	map("no_array", BPF_MAP_TYPE_HASH, 16, 8);
	map("first", BPF_MAP_TYPE_PROG_ARRAY, 16, 8);
	map("second", BPF_MAP_TYPE_PROG_ARRAY, 16, 8);
	pass("0x10/0x7", "t");
	pass("prog", "main");
	ck_plan(XDP, NULL, array_first);
	ck_assert_ptr_nonnull(strstr(buf_str(&plan->notes),
		"prog arrays 'first' and 'second' both have the id 16: the sections 16/... go into 'first'\n"));
	ck_assert_ptr_null(strstr(buf_str(&plan->notes), "no_array"));
}
END_TEST

START_TEST(who_uses_a_prog_array_is_known)
{
	map("idle", BPF_MAP_TYPE_PROG_ARRAY, 1, 8);
	map("filled", BPF_MAP_TYPE_PROG_ARRAY, 2, 8);
	pass("prog", "main");
	pass("2/0", "t");
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_uint_eq(plan->maps[0].user_type, 0);
	ck_assert_uint_eq(plan->maps[1].user_type, BPF_PROG_TYPE_XDP);
}
END_TEST

START_TEST(id_zero_is_an_id)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 0, 1);
	pass("prog", "main");
	pass("0/0", "t");
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_uint_eq(plan->progs_cnt, 2);
	ck_assert_uint_eq(plan->slots[0].map, 0);
}
END_TEST

START_TEST(a_section_for_no_array_is_left_out_and_noted)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 1, 8);
	pass("prog", "main");
	pass("99/1", "t");
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_uint_eq(plan->progs_cnt, 1);
	ck_assert_str_eq(buf_str(&plan->notes),
			 "section '99/1' is left out: no prog array has the id 99\n");
}
END_TEST

START_TEST(an_array_that_will_not_last_is_noted)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 1, 8);
	map("unused", BPF_MAP_TYPE_PROG_ARRAY, 2, 8);
	pass("prog", "main");
	pass("1/1", "t");
	pass("1/2", "u");
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_mem_eq(buf_str(&plan->notes), "prog array 'a' is not pinned: ", 30);
	ck_assert_ptr_null(strstr(buf_str(&plan->notes), "'unused'"));
}
END_TEST

START_TEST(a_key_past_the_end_is_refused)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 1, 5);
	pass("prog", "main");
	pass("1/4", "fits");
	pass("1/5", "t");
	ck_refused(XDP, NULL, -E2BIG,
		   "section '1/5': key 5 is past the end of map 'a', which has 5 slots");
}
END_TEST

START_TEST(a_negative_key_is_past_the_end)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 1, 5);
	pass("prog", "main");
	pass("1/-1", "t");
	ck_refused(XDP, NULL, -E2BIG,
		   "section '1/-1': key 4294967295 is past the end of map 'a', which has 5 slots");
}
END_TEST

START_TEST(the_entry_goes_into_no_slot)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 1, 5);
	pass("1/2", "entry");
	pass("1/3", "t");
	ck_assert_int_eq(plan_it(XDP, "1/2", NULL), 0);
	ck_assert_uint_eq(plan->progs_cnt, 2);
	ck_assert_str_eq(plan->progs[0].prog->name, "entry");
	ck_assert_uint_eq(plan->slots_cnt, 1);
	ck_assert_uint_eq(plan->slots[0].prog, 1);
	ck_assert_str_eq(plan->progs[1].prog->name, "t");
}
END_TEST

START_TEST(what_a_tail_call_refers_to_is_checked)
{
	map("a", BPF_MAP_TYPE_PROG_ARRAY, 1, 5);
	pass("prog", "main");
	elfgen_func(&g, "1/0", "t", CODE(CALL(-1), EXIT));
	elfgen_rel(&g, "1/0", 0, elfgen_symbol(&g, "gone", SHN_UNDEF, 0, 0, GLOBAL(STT_NOTYPE)));
	ck_refused(XDP, NULL, -ENOTSUP,
		   "program 't': section '1/0', instruction 0 (offset 0): symbol 'gone': it is not defined in the object");
}
END_TEST

/* Maps of maps. A row: an outer map and one more */

static const struct {
	struct bpf_elf_map outer, other;
	int expected;
	const char *words;
} nests[] = {
	{ { 12, 4, 4, 3, 0, 0, 0, 7, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, 2 }, 0, NULL },
	{ { 12, 4, 4, 3, 0, 0, 0, 7, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, -1 }, 0, NULL },
	/* compat: the key of a hash is the number, whatever it is */
	{ { 13, 4, 4, 3, 0, 0, 0, 7, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, 99 }, 0, NULL },
	{ { 12, 4, 4, 3, 0, 0, 0, 0, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, 0 }, -EINVAL,
	  "map 'outer': a map of maps without inner_id" },
	{ { 12, 4, 4, 3, 0, 0, 0, 99, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, 0 }, -EINVAL,
	  "map 'outer': inner_id 99 is the id of no map" },
	{ { 12, 4, 4, 3, 0, 7, 0, 7, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, 0 }, -EINVAL,
	  "map 'outer': its inner map 'outer' is a map of maps itself" },
	{ { 12, 4, 4, 3, 0, 0, 0, 7, 0 }, { 13, 4, 4, 1, 0, 7, 0, 1, 0 }, -EINVAL,
	  "map 'outer': its inner map 'other' is a map of maps itself" },
	{ { 12, 4, 4, 3, 0, 0, 0, 7, 0 }, { 2, 4, 8, 1, 0, 7, 0, 0, 3 }, -E2BIG,
	  "map 'other' goes into slot 3 of map 'outer', which has 3" },
};

START_TEST(maps_of_maps)
{
	elfgen_map(&g, "outer", &nests[_i].outer, sizeof(nests[_i].outer));
	elfgen_map(&g, "other", &nests[_i].other, sizeof(nests[_i].other));
	pass("prog", "main");
	if (nests[_i].expected) {
		ck_refused(XDP, NULL, nests[_i].expected, nests[_i].words);
		return;
	}
	ck_assert_msg(plan_it(XDP, NULL, NULL) == 0, "%s", err.text);
	ck_assert_uint_eq(plan->order[0], 1);
	ck_assert_uint_eq(plan->order[1], 0);
	ck_assert_uint_eq(plan->inserts_cnt, nests[_i].other.inner_idx != UINT32_MAX);
}
END_TEST

START_TEST(the_value_of_an_outer_map_is_the_kernels)
{
	const struct bpf_elf_map outer = {
		.type = BPF_MAP_TYPE_HASH_OF_MAPS, .size_key = 8,
		.size_value = 36, .max_elem = 3, .inner_id = 1,
	};

	elfgen_map(&g, "outer", &outer, sizeof(outer));
	map("inner", BPF_MAP_TYPE_ARRAY, 1, 1);
	pass("prog", "main");
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_uint_eq(plan->maps[0].value_size, 4);
}
END_TEST

/* Pins and names */

static const struct {
	const char *map;
	uint32_t pinning, type;
	int expected;
	const char *words;	/* of the error, or the path */
} pins[] = {
	{ "m", 2, CLS, 0, "tc/globals/m" },
	{ "m", 2, BPF_PROG_TYPE_SCHED_ACT, 0, "tc/globals/m" },
	{ "m", 2, XDP, 0, "xdp/globals/m" },
	{ "m", 2, BPF_PROG_TYPE_LWT_IN, 0, "ip/globals/m" },
	{ "a.b", 0, XDP, 0, NULL },
	{ "a.b", 2, XDP, -EINVAL, "map 'a.b': a bpffs takes no names with '.'" },
	{ "../x", 2, XDP, -EINVAL,
	  "map '../x': a name with '/' would be pinned outside its directory" },
	{ "", 1, XDP, -EINVAL, "map '': it has no name to be pinned under" },
	{ "m", 7, XDP, 0, "foo/bar/m" },
	{ "m", 7, CLS, 0, "foo/bar/m" },
	{ "m", 8, XDP, -EINVAL,
	  "map 'm': pinning 8 in 'DB', '../up': '..' could lead out of the bpffs" },
	{ "m", 77, XDP, -ENOTSUP, "map 'm': pinning 77 stands in no line of 'DB'" },
	{ "m", 7, BPF_PROG_TYPE_KPROBE, -ENOTSUP,
	  "map 'm' is to be pinned, but programs of type 2 have no directory" },
	{ "m", 2, BPF_PROG_TYPE_KPROBE, -ENOTSUP,
	  "map 'm' is to be pinned, but programs of type 2 have no directory" },
	{ "m", 0, BPF_PROG_TYPE_KPROBE, 0, NULL },
};

START_TEST(where_maps_go)
{
	struct bpf_elf_map def = { .type = BPF_MAP_TYPE_ARRAY, .pinning = pins[_i].pinning };

	elfgen_map(&g, pins[_i].map, &def, sizeof(def));
	pass("s", "main");
	if (pins[_i].expected) {
		ck_refused(pins[_i].type, "s", pins[_i].expected, pins[_i].words);
		return;
	}
	ck_assert_msg(plan_it(pins[_i].type, "s", NULL) == 0, "%s", err.text);
	if (pins[_i].words)
		ck_assert_str_eq(plan->maps[0].pin, pins[_i].words);
	else
		ck_assert_ptr_null(plan->maps[0].pin);
}
END_TEST

START_TEST(the_kernel_gets_names_that_it_takes)
{
	map("a-map with more than 15 chars", BPF_MAP_TYPE_ARRAY, 0, 1);
	pass("prog", "caf\xc3\xa9$main");
	ck_assert_int_eq(plan_it(XDP, NULL, NULL), 0);
	ck_assert_str_eq(plan->maps[0].name, "a_map_with_more");
	ck_assert_str_eq(plan->progs[0].name, "caf___main");
}
END_TEST

/* The public call */

START_TEST(requests_that_make_no_sense)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct {
		struct bpfelf_request known;
		uint64_t unknown;
	} request = { .known = { .sz = sizeof(request), .prog_type = XDP } };
	struct bpfelf_object *o;
	struct bpfelf_plan *p;
	struct rig rig;

	rig_open(&rig, NULL);
	rig_build("plain", &bytes);
	ck_assert_int_eq(bpfelf_object_open_mem(rig.ctx, bytes.data, bytes.len, "x.o", &o), 0);
	ck_assert_int_eq(bpfelf_plan_new(o, &request.known, &p), 0);
	bpfelf_plan_free(p);
	request.unknown = 1;
	ck_assert_int_eq(bpfelf_plan_new(o, &request.known, &p), -E2BIG);
	ck_assert_ptr_null(p);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'x.o': a struct with fields that this library does not know");
	request.known.sz = 0;
	ck_assert_int_eq(bpfelf_plan_new(o, &request.known, &p), -EINVAL);
	request.known.sz = sizeof(request.known);
	request.known.flags = 0x80;
	ck_assert_int_eq(bpfelf_plan_new(o, &request.known, &p), -EINVAL);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'x.o': flags 0x80 are not known");
	/* a caller that knows the type only */
	request.known.flags = 0;
	request.known.sz = offsetof(struct bpfelf_request, ifindex);
	ck_assert_int_eq(bpfelf_plan_new(o, &request.known, &p), 0);
	bpfelf_plan_free(p);
	bpfelf_object_free(o);
	rig_close(&rig);
}
END_TEST

Suite *plan_suite(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("plan");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, plans_print_themselves, 0, ARRAY_SIZE(golden));
	tcase_add_test(tc, the_objects_own_directory_is_its_sha1);
	tcase_add_test(tc, each_type_has_its_section);
	tcase_add_loop_test(tc, sections_that_say_what_they_are_for, 0, ARRAY_SIZE(choices));
	tcase_add_test(tc, a_section_may_be_named_without_its_mark);
	tcase_add_test(tc, a_type_without_a_section_takes_a_named_one);
	tcase_add_test(tc, what_is_not_there_is_answered_with_what_is);
	tcase_add_test(tc, an_object_without_code_says_so);
	tcase_add_test(tc, a_program_may_be_asked_for_by_name);
	tcase_add_test(tc, of_arrays_with_one_id_the_first_is_filled);
	tcase_add_test(tc, who_uses_a_prog_array_is_known);
	tcase_add_test(tc, id_zero_is_an_id);
	tcase_add_test(tc, a_section_for_no_array_is_left_out_and_noted);
	tcase_add_test(tc, an_array_that_will_not_last_is_noted);
	tcase_add_test(tc, a_key_past_the_end_is_refused);
	tcase_add_test(tc, a_negative_key_is_past_the_end);
	tcase_add_test(tc, the_entry_goes_into_no_slot);
	tcase_add_test(tc, what_a_tail_call_refers_to_is_checked);
	tcase_add_loop_test(tc, maps_of_maps, 0, ARRAY_SIZE(nests));
	tcase_add_test(tc, the_value_of_an_outer_map_is_the_kernels);
	tcase_add_loop_test(tc, where_maps_go, 0, ARRAY_SIZE(pins));
	tcase_add_test(tc, the_kernel_gets_names_that_it_takes);
	tcase_add_test(tc, requests_that_make_no_sense);
	suite_add_tcase(s, tc);
	return s;
}
