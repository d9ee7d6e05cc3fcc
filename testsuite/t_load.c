/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "load.h"

#include <errno.h>
#include <stdio.h>

#include "map.h"
#include "rigged.h"

#define BPFFS	"/sys/fs/bpf"
#define GLOBALS	BPFFS "/tc/globals"

static void start_again_on(const char *bpffs)
{
	rig_close(&rig);
	rig_open(&rig, bpffs);
}

static const struct kern_ops *ops(void)
{
	return rig.ctx->kern->ops;
}

static int load(const char *sample)
{
	return job_load_sample(&job, &rig, sample);
}

/* The order of effects */

static const char tails_fresh[] =
	"is_bpffs /sys/fs/bpf\n"
	"lock /sys/fs/bpf shared\n"
	"obj_get /sys/fs/bpf/tc/globals/jumps = ENOENT\n"
	"map_create jumps type 3 key 4 value 4 max 3 flags 0\n"
	"prog_load start type 3 insns 7 log 4\n"
	"prog_load tail0 type 3 insns 4 log 4\n"
	"map_update map jumps 00000000 prog tail0\n"
	"prog_load tail1 type 3 insns 2 log 4\n"
	"map_update map jumps 01000000 prog tail1\n"
	"lock /sys/fs/bpf\n"
	"obj_pin map jumps /sys/fs/bpf/tc/globals/jumps = ENOENT\n"
	"mkdir /sys/fs/bpf/tc\n"
	"mkdir /sys/fs/bpf/tc/globals\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/xdp\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/ip\n"
	"obj_pin map jumps /sys/fs/bpf/tc/globals/jumps\n";

static const char tails_again[] =
	"is_bpffs /sys/fs/bpf\n"
	"lock /sys/fs/bpf shared\n"
	"obj_get /sys/fs/bpf/tc/globals/jumps\n"
	"map_info map jumps\n"
	"map_owner map jumps\n"
	"jit\n"
	"prog_load start type 3 insns 7 log 4\n"
	"prog_load tail0 type 3 insns 4 log 4\n"
	"prog_load tail1 type 3 insns 2 log 4\n"
	"lock /sys/fs/bpf\n"
	"map_lookup map jumps 00000000\n"
	"prog_by_id 3\n"
	"map_update map jumps 00000000 prog tail0\n"
	"map_lookup map jumps 01000000\n"
	"prog_by_id 4\n"
	"map_update map jumps 01000000 prog tail1\n";

START_TEST(what_others_see_comes_last)
{
	bpfelf_ctx_set_threads(rig.ctx, 1);
	ck_load("tails");
	ck_assert_str_eq(buf_str(&rig.fake.trace), tails_fresh);
	commit();
	rig_clear_trace(&rig);
	ck_load("tails");
	ck_assert_str_eq(buf_str(&rig.fake.trace), tails_again);
}
END_TEST

static const char nested_unmounted[] =
	"is_bpffs /sys/fs/bpf\n"
	"is_bpffs /bpf = ENOENT\n"
	"mounts\n"
	"map_create inner type 2 key 4 value 8 max 2 flags 0\n"
	"map_create outer type 12 key 4 value 4 max 2 flags 0\n"
	"prog_load look type 6 insns 4 log 4\n"
	"map_update map outer 01000000 map inner\n"
	"mkdir /sys/fs/bpf = EEXIST\n"
	"mount /sys/fs/bpf\n"
	"lock /sys/fs/bpf\n"
	"obj_pin map outer /sys/fs/bpf/xdp/globals/outer = ENOENT\n"
	"mkdir /sys/fs/bpf/tc\n"
	"mkdir /sys/fs/bpf/tc/globals\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/xdp\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/ip\n"
	"mkdir /sys/fs/bpf/xdp = EEXIST\n"
	"mkdir /sys/fs/bpf/xdp/globals = EEXIST\n"
	"obj_pin map outer /sys/fs/bpf/xdp/globals/outer\n";

START_TEST(inner_maps_come_first_and_a_bpffs_late)
{
	start_again_on("");
	ck_load("nested");
	ck_assert_str_eq(buf_str(&rig.fake.trace), nested_unmounted);
}
END_TEST

static const char own_fresh[] =
	"is_bpffs /sys/fs/bpf\n"
	"lock /sys/fs/bpf shared\n"
	"obj_get /sys/fs/bpf/own/deep/mine = ENOENT\n"
	"map_create mine type 2 key 4 value 8 max 2 flags 0\n"
	"prog_load count type 6 insns 4 log 4\n"
	"lock /sys/fs/bpf\n"
	"obj_pin map mine /sys/fs/bpf/own/deep/mine = ENOENT\n"
	"mkdir /sys/fs/bpf/tc\n"
	"mkdir /sys/fs/bpf/tc/globals\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/xdp\n"
	"symlink /sys/fs/bpf/tc/ /sys/fs/bpf/ip\n"
	"mkdir /sys/fs/bpf/own\n"
	"mkdir /sys/fs/bpf/own/deep\n"
	"obj_pin map mine /sys/fs/bpf/own/deep/mine\n";

START_TEST(directories_of_ones_own_are_made_one_by_one)
{

	ck_load("own");
	ck_assert_str_eq(buf_str(&rig.fake.trace), own_fresh);
	rig_clear_trace(&rig);
	job_free(&job);
	ck_state("");
	ck_assert_int_lt(rig_op(&rig, "unlink /sys/fs/bpf/own/deep/mine"),
			 rig_op(&rig, "rmdir /sys/fs/bpf/own/deep\n"));
	ck_assert_int_lt(rig_op(&rig, "rmdir /sys/fs/bpf/own/deep\n"),
			 rig_op(&rig, "rmdir /sys/fs/bpf/own\n"));
}
END_TEST

/* The bpf_pinning file */

START_TEST(a_number_that_nobody_knows_changes_nothing)
{
	rig_set_pindb(&rig, "17 own/deep\n");
	ck_assert_int_eq(load("own"), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(bpfelf_error(rig.ctx),
				     "map 'mine': pinning 16 stands in no line of '/proc/self/fd/"));
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), ": 16 some/directory"));
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(what_is_wrong_with_the_file_is_told_in_any_case)
{
	rig_set_pindb(&rig, "1 a\nbad\n16 own/deep\n");
	ck_assert_int_eq(load("own"), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), ", id 1 is reserved - ignoring!\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), " is corrupted at: bad\n"));
	job_free(&job);
	rig_set_pindb(&rig, "16 own/deep\nworse\n");
	ck_load("own");
	ck_assert_ptr_nonnull(strstr(buf_str(&rig.log), " is corrupted at: worse\n"));
}
END_TEST

START_TEST(a_file_that_cannot_be_read_stops_who_needs_it)
{
	rig.pin_files[0] = "/proc/self";
	ck_load("pins");
	job_free(&job);
	rig_clear_trace(&rig);
	ck_assert_int_eq(load("own"), -EISDIR);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': read '/proc/self': Is a directory");
	ck_assert_str_eq(buf_str(&rig.fake.trace), "");
}
END_TEST

START_TEST(a_directory_that_is_a_map_changes_nothing)
{
	ck_load("nested");
	commit();
	rig_set_pindb(&rig, "16 tc/globals/outer/deep\n");
	rig_clear_trace(&rig);
	ck_assert_int_eq(load("own"), -ENOTDIR);
	ck_assert(!traced("obj_pin"));
}
END_TEST

START_TEST(without_pins_no_bpffs_is_looked_for)
{
	start_again_on("");
	ck_load("plain");
	ck_assert_str_eq(buf_str(&rig.fake.trace), "prog_load pass type 6 insns 2 log 4\n");
}
END_TEST

/* What happened, told as it happens */

static void note_event(void *data, const struct bpfelf_event *event)
{
	static const char *const kinds[] = {
		[BPFELF_MAP_CREATED] = "created", [BPFELF_MAP_REUSED] = "reused",
		[BPFELF_MAP_REFUSED] = "map refused", [BPFELF_PROG_LOADED] = "loaded",
		[BPFELF_PROG_REFUSED] = "program refused",
		[BPFELF_BTF_REFUSED] = "BTF refused",
	};
	const char *name = event->map ? event->map->name : event->prog ?
			   bpfelf_program_name(event->prog) : "at all";

	ck_assert_uint_eq(event->sz, sizeof(*event));
	ck_assert_ptr_nonnull(event->log);
	ck_assert_int_eq(event->fd < 0, event->error != 0);
	buf_addf(data, "%s %s", kinds[event->kind], name);
	if (event->error)
		buf_addf(data, ": %s", strerrorname_np(event->error));
	buf_addf(data, "%s\n", event->log[0] ? " with a log" : "");
}

START_TEST(an_observer_sees_each_step)
{
	_cleanup_buf_ struct buf events = { 0 };

	bpfelf_ctx_set_observer(rig.ctx, note_event, &events);
	ck_load("tails");
	commit();
	ck_load("tails");
	job_free(&job);
	rig.fake.reject_imm = RIG_TAIL1;
	ck_assert_int_eq(load("tails"), -EACCES);
	ck_assert_str_eq(buf_str(&events),
			 "created jumps\nloaded start\nloaded tail0\nloaded tail1\n"
			 "reused jumps\nloaded start\nloaded tail0\nloaded tail1\n"
			 "reused jumps\nloaded start\nloaded tail0\n"
			 "program refused tail1: EACCES with a log\n");
}
END_TEST

START_TEST(an_observer_sees_a_refused_map)
{
	_cleanup_buf_ struct buf events = { 0 };

	ck_load("nested");
	job_free(&job);
	bpfelf_ctx_set_observer(rig.ctx, note_event, &events);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, "map_create outer");
	ck_assert_int_eq(load("nested"), -EPERM);
	ck_assert_str_eq(buf_str(&events), "created inner\nmap refused outer: EPERM\n");
}
END_TEST

/* BTF: it comes with maps and programs where it can */

static const char source_fresh[] =
	"btf_load\n"
	"is_bpffs /sys/fs/bpf\n"
	"lock /sys/fs/bpf shared\n"
	"obj_get /sys/fs/bpf/tc/globals/jumps = ENOENT\n"
	"map_create jumps type 3 key 4 value 4 max 1 flags 0\n"
	"obj_get /sys/fs/bpf/tc/globals/counts = ENOENT\n"
	"map_create counts type 2 key 4 value 8 max 2 flags 0 btf\n"
	"prog_load start type 3 insns 10 log 4 btf\n"
	"prog_load tail type 3 insns 5 log 4 btf\n";

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

START_TEST(btf_is_loaded_once_and_comes_with_all)
{
	struct bpf_prog_info prog;
	struct bpf_map_info map;

	bpfelf_ctx_set_threads(rig.ctx, 1);
	ck_load("source");
	ck_assert_msg(begins(buf_str(&rig.fake.trace), source_fresh), "%s",
		      buf_str(&rig.fake.trace));
	ck_assert_str_eq(buf_str(&rig.info), "");
	ops()->map_info(rig.ctx->kern, bpfelf_map_fd(job.txn, "counts"), &map);
	ck_assert_uint_gt(map.btf_id, 0);
	ck_assert_uint_eq(map.btf_key_type_id, 1);
	ck_assert_uint_eq(map.btf_value_type_id, 2);
	ops()->prog_info(rig.ctx->kern, bpfelf_prog_fd(job.txn), &prog);
	ck_assert_uint_eq(prog.btf_id, map.btf_id);
	ck_assert_uint_eq(prog.nr_func_info, 3);
	ck_assert_uint_eq(prog.nr_line_info, 4);
}
END_TEST

static void ck_no_btf(void)
{
	struct bpf_prog_info prog;
	struct bpf_map_info map;

	ops()->map_info(rig.ctx->kern, bpfelf_map_fd(job.txn, "counts"), &map);
	ops()->prog_info(rig.ctx->kern, bpfelf_prog_fd(job.txn), &prog);
	ck_assert_uint_eq(map.btf_id, 0);
	ck_assert_uint_eq(prog.btf_id, 0);
}

START_TEST(btf_that_is_refused_is_left_out)
{
	_cleanup_buf_ struct buf events = { 0 };

	bpfelf_ctx_set_observer(rig.ctx, note_event, &events);
	rig.fake.btf_code = EINVAL;
	ck_load("source");
	ck_assert(begins(buf_str(&rig.fake.trace),
			 "btf_load = EINVAL\nbtf_load with log = EINVAL\nis_bpffs"));
	ck_assert(!traced(" btf\n"));
	ck_assert_str_eq(buf_str(&events),
			 "BTF refused at all: EINVAL with a log\ncreated jumps\n"
			 "created counts\nloaded start\nloaded tail\n");
	ck_assert_str_eq(buf_str(&rig.info),
			 "object 'test.o': it is loaded without its BTF (Invalid argument)\n");
	ck_assert_str_eq(buf_str(&rig.log), "");
	ck_no_btf();
}
END_TEST

START_TEST(btf_that_may_not_be_loaded_is_not_asked_about)
{
	rig.fake.btf_code = EPERM;
	ck_load("source");
	ck_assert(begins(buf_str(&rig.fake.trace), "btf_load = EPERM\nis_bpffs"));
	ck_no_btf();
}
END_TEST

START_TEST(btf_that_is_refused_for_a_moment_is_taken)
{
	rig.fake.fail_at = 0;
	rig.fake.fail_code = -ENOMEM;
	ck_load("source");
	ck_assert(begins(buf_str(&rig.fake.trace), "btf_load = ENOMEM\nbtf_load with log\n"));
	ck_assert(traced("log 4 btf\n"));
}
END_TEST

static const int btf_refusals[] = { EINVAL, E2BIG, ENOTSUPP };

START_TEST(what_is_refused_with_btf_comes_without)
{
	rig.fake.use_btf_code = btf_refusals[_i];
	ck_load("source");
	ck_assert(traced("map_create counts type 2 key 4 value 8 max 2 flags 0\n"));
	ck_assert(strstr(buf_str(&rig.info), "map 'counts': its types are refused ("));
	ck_assert(traced("prog_load start type 3 insns 10 log 4\n"));
	ck_assert(strstr(buf_str(&rig.info), "program 'start': its BTF is refused ("));
	ck_assert(strstr(buf_str(&rig.info), "), it is loaded without\n"));
	ck_no_btf();
}
END_TEST

START_TEST(what_is_refused_anyway_is_refused)
{
	rig.fake.use_btf_code = EPERM;
	ck_assert_int_eq(load("source"), -EPERM);
	ck_assert(!traced("flags 0\nmap_create"));
	job_free(&job);
	rig.fake.use_btf_code = 0;
	rig.fake.reject_imm = RIG_CALLEE;
	ck_assert_int_eq(load("source"), -EACCES);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "object 'test.o': program 'start' (section 'classifier'): the verifier refuses it: "
			 "R0 invalid mem access 'scalar' (Permission denied), at: line 2");
	ck_assert(strstr(bpfelf_verifier_log(rig.ctx), "; line 10\n0: (18)\n"));
}
END_TEST

START_TEST(damaged_btf_is_told_when_asked)
{
	_cleanup_buf_ struct buf elf = { 0 }, events = { 0 };
	char *magic;

	rig_build("source", &elf);
	magic = memmem(elf.data, elf.len, "\x9f\xeb", 2);
	*magic = 1;
	bpfelf_ctx_set_observer(rig.ctx, note_event, &events);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL), 0);
	ck_assert(!traced("btf"));
	ck_assert(begins(buf_str(&events), "BTF refused at all: EINVAL with a log\ncreated"));
	ck_assert(begins(buf_str(&rig.info), "object 'test.o': section '.BTF': magic number 0xeb01, not 0xeb9f\n"));
	ck_assert_str_eq(buf_str(&rig.log), "");
	job_free(&job);
	*magic = (char)0x9f;
	magic = memmem(magic + 1, elf.len - (magic + 1 - elf.data), "\x9f\xeb", 2);
	*magic = 1;
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL), 0);
	ck_assert(traced("flags 0 btf\n"));	/* maps need no .BTF.ext */
	ck_assert(!traced("log 4 btf\n"));
	ck_assert(strstr(buf_str(&rig.info), "object 'test.o': section '.BTF.ext': magic"));
}
END_TEST

START_TEST(verbose_loads_come_with_logs)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_XDP,
		.flags = BPFELF_VERBOSE,
	};
	_cleanup_buf_ struct buf elf = { 0 }, events = { 0 };

	bpfelf_ctx_set_observer(rig.ctx, note_event, &events);
	rig_build("plain", &elf);
	ck_assert_int_eq(job_load_request(&job, &rig, &elf, &request), 0);
	ck_assert_str_eq(buf_str(&events), "loaded pass with a log\n");
}
END_TEST

/* Taking what is pinned */

static void set_value(const char *path, uint64_t value)
{
	_cleanup_close_ int fd = ops()->obj_get(rig.ctx->kern, path);
	uint32_t zero = 0;

	ck_assert_int_eq(ops()->map_update(rig.ctx->kern, fd, &zero, &value), 0);
}

START_TEST(a_pinned_map_keeps_what_it_holds)
{
	uint32_t zero = 0;
	uint64_t value = 0;

	rig_keep(&rig, "pins");
	set_value(GLOBALS "/global", 4711);
	ck_load("pins");
	ck_assert_int_eq(ops()->map_lookup(rig.ctx->kern, bpfelf_map_fd(job.txn, "global"),
					   &zero, &value), 0);
	ck_assert_uint_eq(value, 4711);
}
END_TEST

/* pin at @path, made as the tree is, a map like the samples' but for @value */
static void pin_array(const char *path, uint32_t value)
{
	const struct kern_map map = {
		.name = "theirs", .type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = value, .max_entries = 2, .inner_fd = -1,
	};
	_cleanup_close_ int fd = ops()->map_create(rig.ctx->kern, &map);

	ops()->mkdir(rig.ctx->kern, BPFFS "/tc");
	ops()->mkdir(rig.ctx->kern, GLOBALS);
	ck_assert_int_eq(ops()->obj_pin(rig.ctx->kern, fd, path), 0);
}

static void ck_refused_without_trace(const char *sample, int expected,
				     const char *words)
{
	_cleanup_free_ char *before = fake_state(&rig.fake);

	ck_assert_int_eq(load(sample), expected);
	ck_assert_ptr_null(job.txn);
	ck_assert_str_eq(bpfelf_error(rig.ctx), words);
	ck_state(before);
}

START_TEST(another_shape_changes_nothing)
{
	pin_array(GLOBALS "/global", 16);
	ck_refused_without_trace("pins", -EEXIST,
		"object 'test.o': map 'global': pinned at '" GLOBALS "/global' with another shape: "
		"value size 8 in the object, 16 in the pin");
	ck_assert_str_eq(bpfelf_hint(rig.ctx),
		"change the object, or remove the pin when nothing needs it: rm " GLOBALS "/global");
}
END_TEST

START_TEST(a_program_in_the_place_of_a_map_changes_nothing)
{
	ck_load("plain");
	ops()->mkdir(rig.ctx->kern, BPFFS "/tc");
	ops()->mkdir(rig.ctx->kern, GLOBALS);
	ck_assert_int_eq(ops()->obj_pin(rig.ctx->kern, bpfelf_prog_fd(job.txn), GLOBALS "/jumps"),
			 0);
	job_free(&job);
	ck_refused_without_trace("tails", -EEXIST,
		"object 'test.o': map 'jumps': what is pinned at '" GLOBALS "/jumps' is no map");
}
END_TEST

START_TEST(with_a_directory_for_xdp_its_maps_are_its_own)
{
	_cleanup_free_ char *state = NULL;

	ops()->mkdir(rig.ctx->kern, BPFFS "/xdp");
	rig_keep(&rig, "nested");
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "pin " BPFFS "/xdp/globals/outer map ") != NULL);
	ck_assert(strstr(state, "link " BPFFS "/ip -> ") != NULL);
	ck_load("nested");
	ck_assert(traced("obj_get " BPFFS "/xdp/globals/outer\n"));
}
END_TEST

START_TEST(with_the_usual_link_tc_and_xdp_share_maps)
{
	rig_keep(&rig, "tails");
	ck_assert_int_eq(job_load_as(&job, &rig, "tails", BPF_PROG_TYPE_XDP, "classifier"),
			 -EINVAL);
	/* and that array is for programs of tc */
	ck_assert(traced("obj_get " BPFFS "/xdp/globals/jumps\n"));
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': map 'jumps': "
			 "pinned at '" BPFFS "/xdp/globals/jumps': it is for programs of type sched_cls, not xdp");
	ck_assert(strstr(bpfelf_hint(rig.ctx), "rm " BPFFS "/xdp/globals/jumps") != NULL);
	ck_assert(!traced("prog_load start type 6"));
}
END_TEST

START_TEST(a_prog_array_of_programs_with_jit_takes_no_others)
{
	rig_keep(&rig, "tails");
	rig_clear_trace(&rig);
	rig.fake.no_jit = true;
	ck_assert_int_eq(load("tails"), -EINVAL);
	ck_assert_msg(strstr(bpfelf_error(rig.ctx), "it is for programs with JIT, "
			     "and net.core.bpf_jit_enable is 0"), "%s", bpfelf_error(rig.ctx));
	ck_assert(!traced("prog_load start type 3"));
}
END_TEST

/* the kernel might not be able to compile these either */
START_TEST(whether_programs_are_without_jit_tells_the_kernel)
{
	rig.fake.no_jit = true;
	rig_keep(&rig, "tails");
	rig_clear_trace(&rig);
	rig.fake.no_jit = false;
	ck_assert_int_eq(load("tails"), -EINVAL);
	ck_assert(traced("prog_load start type 3"));
	ck_assert_msg(strstr(bpfelf_hint(rig.ctx), "prog array 'jumps' is for programs without JIT"),
		      "%s", bpfelf_hint(rig.ctx));
}
END_TEST

START_TEST(without_proc_the_kernel_says_whose_array_it_is)
{
	rig.fake.no_proc = true;
	rig_keep(&rig, "tails");
	ck_load("tails");
	job_free(&job);
	ck_assert_int_eq(job_load_as(&job, &rig, "tails", BPF_PROG_TYPE_XDP, "classifier"),
			 -EINVAL);
	ck_assert(strstr(bpfelf_error(rig.ctx), "tail_call into a map of other programs") != NULL);
}
END_TEST

/* Races: what another process does in between */

struct intruder {
	const char *when;	/* the trace ends with this, once */
	void (*act)(void);
};

static void intrude(struct fake_kern *fake, void *data)
{
	struct intruder *in = data;
	const char *trace = buf_str(&fake->trace);
	size_t len = strlen(in->when), have = strlen(trace);

	if (!in->act || have < len || !str_eq(trace + have - len, in->when))
		return;
	in->act();
	in->act = NULL;
}

static void let_intrude(struct intruder *in)
{
	rig.fake.before = intrude;
	rig.fake.before_data = in;
}

static void pin_theirs(void)
{
	pin_array(GLOBALS "/global", 8);
}

static void pin_other_shape(void)
{
	pin_array(GLOBALS "/global", 16);
}

START_TEST(who_comes_second_takes_the_map_of_the_first)
{
	struct intruder in = {
		.when = "prog_load count type 3 insns 8 log 4\n", .act = pin_theirs,
	};
	_cleanup_free_ char *state = NULL;

	let_intrude(&in);
	ck_load("pins");
	ck_assert(rig_is_at(&rig, bpfelf_map_fd(job.txn, "global"), GLOBALS "/global"));
	commit();
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "'theirs'") != NULL);
	ck_assert(strstr(buf_str(&rig.info), "another loader was faster") != NULL);
}
END_TEST

START_TEST(who_comes_second_with_another_shape_is_refused)
{
	struct intruder in = {
		.when = "prog_load count type 3 insns 8 log 4\n", .act = pin_other_shape,
	};
	_cleanup_free_ char *state = NULL;

	let_intrude(&in);
	ck_assert_int_eq(load("pins"), -EEXIST);
	ck_assert(strstr(bpfelf_error(rig.ctx), "another shape") != NULL);
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "'theirs'") != NULL);
	ck_assert(strstr(state, "/object map") == NULL);
}
END_TEST

START_TEST(a_race_without_end_is_given_up)
{
	_cleanup_free_ char *state = NULL;

	/* nobody can open what is not there, nor make what is */
	ops()->mkdir(rig.ctx->kern, BPFFS "/tc");
	ops()->mkdir(rig.ctx->kern, GLOBALS);
	ops()->symlink(rig.ctx->kern, "nowhere", GLOBALS "/global");
	ck_assert_int_eq(load("pins"), -EEXIST);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': gave up after 64 rounds: "
			 "map 'global': pin at '" GLOBALS "/global': File exists");
	state = fake_state(&rig.fake);
	ck_assert(strstr(state, "/object map") == NULL);
}
END_TEST

/* The lock: what one pins, another takes only once it is there to stay */

#define EXCLUSIVE "lock " BPFFS "\n"

START_TEST(the_lock_is_held_to_the_end)
{
	ck_load("tails");
	ck_assert(traced(EXCLUSIVE));
	ck_assert_int_ge(rig.ctx->lock_fd, 0);
	bpfelf_commit(job.txn);
	ck_assert_int_eq(rig.ctx->lock_fd, -1);
	job_free(&job);
	ck_load("tails");
	ck_assert_int_ge(rig.ctx->lock_fd, 0);
	job_free(&job);
	ck_assert_int_eq(rig.ctx->lock_fd, -1);
}
END_TEST

START_TEST(who_only_takes_does_not_lock_others_out)
{
	rig_keep(&rig, "pins");
	rig_clear_trace(&rig);
	ck_load("pins");
	ck_assert(traced("lock " BPFFS " shared\n"));
	ck_assert(!traced(EXCLUSIVE));
	/* the shared one went when the maps were there */
	ck_assert_int_eq(fake_count_fds(&rig.fake), 3 + 1);
}
END_TEST

START_TEST(transactions_of_one_context_share_the_lock)
{
	struct bpfelf_txn *second;

	ck_load("tails");
	rig_clear_trace(&rig);
	ck_assert_int_eq(bpfelf_load(job.plan, &second), 0);
	ck_assert(!traced("lock "));
	bpfelf_commit(second);
	bpfelf_txn_free(second);
	ck_assert_int_ge(rig.ctx->lock_fd, 0);
}
END_TEST

START_TEST(without_a_lock_it_goes_on_and_tells)
{
	ck_load("tails");
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, EXCLUSIVE);
	rig.fake.fail_code = -EAGAIN;
	ck_load("tails");
	ck_assert_str_eq(buf_str(&rig.log), "could not lock the bpffs '" BPFFS "' "
			 "(Resource temporarily unavailable), going on without\n");
}
END_TEST

START_TEST(a_bpffs_that_went_away_is_looked_for_again)
{
	ck_load("tails");
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, EXCLUSIVE);
	rig.fake.fail_code = -ESTALE;
	rig_clear_trace(&rig);
	ck_load("tails");
	ck_assert(traced("lock " BPFFS " = ESTALE\nis_bpffs " BPFFS "\n"));
}
END_TEST

/* The verifier refuses */

#define REASON ": the verifier refuses it: R0 invalid mem access 'scalar' (Permission denied)"

static const struct {
	int32_t imm;
	const char *words;
} refusals[] = {
	{ RIG_ENTRY,
	  "object 'test.o': program 'start' (section 'classifier')" REASON },
	{ RIG_CALLEE,
	  "object 'test.o': program 'start' (section 'classifier')" REASON },
	{ RIG_TAIL0,
	  "object 'test.o': program 'tail0' (section '1/0')" REASON },
	{ RIG_TAIL1,
	  "object 'test.o': program 'tail1' (section '1/1')" REASON },
};

START_TEST(a_refused_program_changes_nothing)
{
	rig.fake.reject_imm = refusals[_i].imm;
	ck_refused_without_trace("tails", -EACCES, refusals[_i].words);
	/* the whole log, the way there included */
	ck_assert(strstr(bpfelf_verifier_log(rig.ctx), "0: (") != NULL);
	ck_assert(strstr(bpfelf_verifier_log(rig.ctx), "R0 invalid mem access") != NULL);
}
END_TEST

START_TEST(a_refused_program_leaves_a_live_array_alone)
{
	rig_keep(&rig, "tails");
	rig.fake.reject_imm = refusals[_i].imm;
	ck_refused_without_trace("tails", -EACCES, refusals[_i].words);
}
END_TEST

/* Slots */

START_TEST(slots_are_put_back_when_the_attachment_fails)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_CLS, .ifindex = DEV,
		.parent = 0xfffffff2, .protocol = 3,
	};
	_cleanup_free_ char *before = NULL;

	rig_keep(&rig, "tails");
	before = fake_state(&rig.fake);
	ck_load("tails");
	ck_assert_int_eq(bpfelf_attach(job.txn, &hook), -EINVAL);
	ck_assert_str_eq(bpfelf_extack(rig.ctx), "Parent Qdisc doesn't exists");
	job_free(&job);
	ck_state(before);
}
END_TEST

/* compat: what was grafted survives a reload */
START_TEST(a_slot_that_the_object_does_not_name_stays)
{
	_cleanup_free_ char *state = NULL;
	uint32_t key = 2;
	int fd;

	bpfelf_ctx_set_threads(rig.ctx, 1);	/* ids in file order */
	ck_load("tails");
	fd = bpfelf_prog_fd(job.txn);
	ck_assert_int_eq(ops()->map_update(rig.ctx->kern, bpfelf_map_fd(job.txn, "jumps"), &key,
					   &fd), 0);
	commit();
	rig_keep(&rig, "tails");
	state = fake_state(&rig.fake);
	ck_assert_str_eq(strstr(state, "  [0"),
			 "  [00000000] = 06000000\n"
			 "  [01000000] = 07000000\n"
			 "  [02000000] = 02000000\n"
			 "link /sys/fs/bpf/xdp -> /sys/fs/bpf/tc/\n");
}
END_TEST

START_TEST(slots_that_cannot_be_put_back_are_told)
{
	rig_keep(&rig, "tails");
	rig_clear_trace(&rig);
	ck_load("tails");
	job_free(&job);
	rig.fake.fail_at = rig.fake.ops + rig_op(&rig, "prog_by_id 3");
	ck_load("tails");
	ck_assert(traced("prog_by_id 3 = EPERM\n"));
	ck_assert_str_eq(buf_str(&rig.log), "slot 0 could not be put back if a later step failed: "
			 "CAP_SYS_ADMIN is missing\n");
}
END_TEST

START_TEST(a_plan_may_be_loaded_again)
{
	struct bpfelf_txn *again;

	ck_load("tails");
	ck_assert_int_eq(bpfelf_load(job.plan, &again), 0);
	ck_assert_int_ne(bpfelf_prog_fd(again), bpfelf_prog_fd(job.txn));
	bpfelf_commit(again);
	bpfelf_txn_free(again);
}
END_TEST

START_TEST(a_section_left_out_is_warned_of)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen g;

	elfgen_init(&g);
	elfgen_func(&g, "prog", "main", CODE(EXIT));
	elfgen_func(&g, "7/0", "t", CODE(EXIT));
	elfgen_end(&g, &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, NULL), 0);
	ck_assert_str_eq(buf_str(&rig.log),
			 "section '7/0' is left out: no prog array has the id 7\n");
}
END_TEST

/* Programs from pins */

static void pin_samples(void)
{
	rig_keep(&rig, "pins");
	ck_load("plain");
	ck_assert_int_eq(ops()->obj_pin(rig.ctx->kern, bpfelf_prog_fd(job.txn), BPFFS "/p"), 0);
	job_free(&job);
}

static const struct {
	const char *path;
	uint32_t type;
	int expected;
	const char *words;
} pinned[] = {
	{ BPFFS "/p", BPF_PROG_TYPE_XDP, 0, "p:[*fsobj]" },
	{ "m:../p", BPF_PROG_TYPE_XDP, 0, "p:[*fsobj]" },
	{ BPFFS "/p", BPF_PROG_TYPE_SCHED_CLS, -EINVAL,
	  "pinned program '/sys/fs/bpf/p': the program is of type xdp, here it takes sched_cls" },
	{ GLOBALS "/global", BPF_PROG_TYPE_XDP, -EINVAL,
	  "pinned program '/sys/fs/bpf/tc/globals/global': what is pinned there is no program" },
	{ "m:nope", BPF_PROG_TYPE_XDP, -ENOENT,
	  "pinned program 'm:nope': open: No such file or directory" },
	{ "m:p", BPF_PROG_TYPE_KPROBE, -EINVAL,
	  "pinned program 'm:p': 'm:p': programs of type 2 have no directory" },
};

START_TEST(programs_from_pins)
{
	int r;

	pin_samples();
	r = bpfelf_open_pinned(rig.ctx, pinned[_i].path, pinned[_i].type, &job.txn);
	ck_assert_msg(r == pinned[_i].expected, "%d %s", r, bpfelf_error(rig.ctx));
	ck_assert_str_eq(r < 0 ? bpfelf_error(rig.ctx) : bpfelf_txn_name(job.txn),
			 pinned[_i].words);
	ck_assert_int_eq(!job.txn, r < 0);
}
END_TEST

Suite *load_suite(void)
{
	Suite *s = suite_create("load");
	TCase *tc = tcase_create("load");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, what_others_see_comes_last);
	tcase_add_test(tc, inner_maps_come_first_and_a_bpffs_late);
	tcase_add_test(tc, directories_of_ones_own_are_made_one_by_one);
	tcase_add_test(tc, a_number_that_nobody_knows_changes_nothing);
	tcase_add_test(tc, what_is_wrong_with_the_file_is_told_in_any_case);
	tcase_add_test(tc, a_file_that_cannot_be_read_stops_who_needs_it);
	tcase_add_test(tc, a_directory_that_is_a_map_changes_nothing);
	tcase_add_test(tc, without_pins_no_bpffs_is_looked_for);
	tcase_add_test(tc, an_observer_sees_each_step);
	tcase_add_test(tc, an_observer_sees_a_refused_map);
	tcase_add_test(tc, btf_is_loaded_once_and_comes_with_all);
	tcase_add_test(tc, btf_that_is_refused_is_left_out);
	tcase_add_test(tc, btf_that_may_not_be_loaded_is_not_asked_about);
	tcase_add_test(tc, btf_that_is_refused_for_a_moment_is_taken);
	tcase_add_loop_test(tc, what_is_refused_with_btf_comes_without, 0, ARRAY_SIZE(btf_refusals));
	tcase_add_test(tc, what_is_refused_anyway_is_refused);
	tcase_add_test(tc, damaged_btf_is_told_when_asked);
	tcase_add_test(tc, verbose_loads_come_with_logs);
	tcase_add_test(tc, a_pinned_map_keeps_what_it_holds);
	tcase_add_test(tc, another_shape_changes_nothing);
	tcase_add_test(tc, a_program_in_the_place_of_a_map_changes_nothing);
	tcase_add_test(tc, with_a_directory_for_xdp_its_maps_are_its_own);
	tcase_add_test(tc, with_the_usual_link_tc_and_xdp_share_maps);
	tcase_add_test(tc, a_prog_array_of_programs_with_jit_takes_no_others);
	tcase_add_test(tc, whether_programs_are_without_jit_tells_the_kernel);
	tcase_add_test(tc, without_proc_the_kernel_says_whose_array_it_is);
	tcase_add_test(tc, who_comes_second_takes_the_map_of_the_first);
	tcase_add_test(tc, who_comes_second_with_another_shape_is_refused);
	tcase_add_test(tc, a_race_without_end_is_given_up);
	tcase_add_test(tc, the_lock_is_held_to_the_end);
	tcase_add_test(tc, who_only_takes_does_not_lock_others_out);
	tcase_add_test(tc, transactions_of_one_context_share_the_lock);
	tcase_add_test(tc, without_a_lock_it_goes_on_and_tells);
	tcase_add_test(tc, a_bpffs_that_went_away_is_looked_for_again);
	tcase_add_loop_test(tc, a_refused_program_changes_nothing, 0, ARRAY_SIZE(refusals));
	tcase_add_loop_test(tc, a_refused_program_leaves_a_live_array_alone, 0,
			    ARRAY_SIZE(refusals));
	tcase_add_test(tc, slots_are_put_back_when_the_attachment_fails);
	tcase_add_test(tc, a_slot_that_the_object_does_not_name_stays);
	tcase_add_test(tc, slots_that_cannot_be_put_back_are_told);
	tcase_add_test(tc, a_plan_may_be_loaded_again);
	tcase_add_test(tc, a_section_left_out_is_warned_of);
	tcase_add_loop_test(tc, programs_from_pins, 0, ARRAY_SIZE(pinned));
	suite_add_tcase(s, tc);
	return s;
}
