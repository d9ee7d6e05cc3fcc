/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Many programs, verified by one thread or several: what comes of it is the
 * same, and threads are there only when there is work for them.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>

#include "rigged.h"
#include "threading.h"
#include "workers.h"

#define MANY	120
#define BAD	4242		/* for the verifier to refuse */
#define PINNED	"/sys/fs/bpf/tc/globals/jumps"

static pthread_t caller;

static void set_up(void)
{
	unsetenv("BPFELF_THREADS");
	rig_start();
	caller = pthread_self();
	threading_reset();
}

static void tear_down(void)
{
	threading_reset();
	rig_finish();
}

/* ---- objects ---- */

/* @cnt tail calls of various sizes, the smallest first and the largest
 * somewhere; those with a bit in @bad are refused */
static void build(struct buf *elf, unsigned int cnt, uint64_t bad, uint32_t pinning)
{
	const struct bpf_elf_map jumps = rig_jumps(MANY, pinning);
	unsigned int i, n, map;
	struct elfgen g;
	char sec[16], name[16];

	elfgen_init(&g);
	map = elfgen_map(&g, "jumps", &jumps, sizeof(jumps));
	for (i = 0; i < cnt; i++) {
		snprintf(sec, sizeof(sec), "1/%u", i);
		snprintf(name, sizeof(name), "tail%u", i);
		elfgen_func(&g, sec, name, CODE(MOV(0, 0)));
		for (n = 0; n < i * 7 % 13; n++)
			elfgen_code(&g, sec, CODE(MOV(1, 1)));
		elfgen_code(&g, sec, CODE(MOV(0, i < 64 && bad >> i & 1 ? BAD : 1), EXIT));
	}
	elfgen_func(&g, "classifier", "start",
		    CODE(LOAD64(2, 0, 0), MOV(0, RIG_ENTRY), EXIT));
	elfgen_rel(&g, "classifier", 0, map);
	elfgen_license(&g, "GPL");
	elfgen_end(&g, elf);
	rig.fake.reject_imm = BAD;
}

static int load(unsigned int cnt, uint64_t bad, uint32_t pinning)
{
	_cleanup_buf_ struct buf elf = { 0 };

	build(&elf, cnt, bad, pinning);
	return job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL);
}

static void ck_load_many(unsigned int cnt)
{
	ck_assert_msg(load(cnt, 0, PIN_GLOBAL_NS) == 0, "%s", bpfelf_error(rig.ctx));
}

static void keep(unsigned int cnt)
{
	ck_load_many(cnt);
	commit();
}

/* the id of what is in a slot of the pinned array; 0: nothing */
static uint32_t in_slot(uint32_t key)
{
	struct kern *k = rig.ctx->kern;
	_cleanup_close_ int fd = k->ops->obj_get(k, PINNED);
	uint32_t id;

	return k->ops->map_lookup(k, fd, &key, &id) < 0 ? 0 : id;
}

/* what its name says that it is */
static void ck_slot(uint32_t key, const char *name)
{
	struct kern *k = rig.ctx->kern;
	_cleanup_close_ int fd = k->ops->prog_by_id(k, in_slot(key));
	struct bpf_prog_info info;

	ck_assert_int_eq(k->ops->prog_info(k, fd, &info), 0);
	ck_assert_str_eq(info.name, name);
}

/* ---- how many ---- */

static const struct {
	const char *name, *env;
	int cpus;
	unsigned int set, progs, expected;
} counts[] = {
	{ "one program", NULL, 4, 0, 0, 0 },
	{ "one program, whatever is asked for", "16", 4, 8, 0, 0 },
	{ "little to do", NULL, 4, 0, 29, 0 },
	{ "many programs", NULL, 4, 0, 30, 3 },
	{ "many programs, one CPU", NULL, 1, 0, 30, 0 },
	{ "few, and asked for", NULL, 4, 2, 3, 1 },
	{ "no more than programs", NULL, 4, 16, 3, 3 },
	{ "none asked for", NULL, 4, 1, 30, 0 },
	{ "asked for by the environment", "3", 4, 0, 30, 2 },
	{ "the caller comes before the environment", "3", 4, 2, 30, 1 },
	{ "an environment without a word", "", 4, 0, 30, 3 },
	{ "nonsense", "many", 4, 0, 30, 3 },
	{ "a number that is no number of threads", "-1", 4, 0, 30, 30 },
};

START_TEST(threads_are_for_work)
{
	rig.fake.cpus = counts[_i].cpus;
	bpfelf_ctx_set_threads(rig.ctx, counts[_i].set);
	if (counts[_i].env)
		setenv("BPFELF_THREADS", counts[_i].env, 1);
	ck_load_many(counts[_i].progs);
	ck_assert_msg(threading.created == (int)counts[_i].expected, "%s: %d threads",
		      counts[_i].name, threading.created);
}
END_TEST

/* ---- the same, whoever does it ---- */

static const unsigned int numbers[] = { 1, 2, 3, 16 };

static void set_threads(unsigned int cnt)
{
	bpfelf_ctx_set_threads(rig.ctx, cnt);
}

static void ck_filled(unsigned int cnt)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < cnt; i++) {
		snprintf(name, sizeof(name), "tail%u", i);
		ck_slot(i, name);
	}
}

START_TEST(every_slot_gets_its_program)
{
	set_threads(numbers[_i]);
	keep(MANY);
	ck_filled(MANY);
	ck_load_many(MANY);
	ck_filled(MANY);
}
END_TEST

START_TEST(without_threads_the_caller_does_it)
{
	set_threads(16);
	threading.allowed = _i;
	keep(MANY);
	ck_assert_int_eq(threading.created, _i);
	ck_filled(MANY);
}
END_TEST

START_TEST(nobody_waits_for_a_late_thread)
{
	sem_t closed;

	sem_init(&closed, 0, 0);
	threading.gate = &closed;
	set_threads(3);
	keep(MANY);
	ck_assert_int_eq(threading.created, 2);
	ck_filled(MANY);
	ck_assert_ptr_nonnull(rig.ctx->late);
	sem_post(&closed);
	sem_post(&closed);
	workers_join(&rig.ctx->late);
	ck_assert_ptr_null(rig.ctx->late);
	sem_destroy(&closed);
}
END_TEST

struct watch {
	struct buf events;
	bool elsewhere;		/* not on the caller's thread */
	bool closed;		/* a descriptor that is none */
};

static void watch_event(void *data, const struct bpfelf_event *event)
{
	struct watch *w = data;

	w->elsewhere |= !pthread_equal(pthread_self(), caller);
	w->closed |= event->fd < 0 && !event->error;
	if (event->prog)
		buf_addf(&w->events, "%s %d%s\n", bpfelf_program_name(event->prog),
			 event->error, event->log[0] ? " log" : "");
}

/* the words, and the events, of a load with some programs that are refused */
static void load_bad(uint64_t bad, unsigned int threads, struct buf *all)
{
	struct watch w = { 0 };

	set_threads(threads);
	bpfelf_ctx_set_observer(rig.ctx, watch_event, &w);
	ck_assert_int_eq(load(MANY, bad, PIN_GLOBAL_NS), -EACCES);
	ck_assert(!w.elsewhere);
	buf_addf(all, "%s%s\n%s", buf_str(&w.events), bpfelf_error(rig.ctx),
		 bpfelf_verifier_log(rig.ctx));
	buf_free(&w.events);
	job_free(&job);
}

static const uint64_t bads[] = {
	1, 1ull << 63, 1ull << 11 | 1ull << 12 | 1ull << 50, 0x8000000080000000,
	UINT64_MAX, 0x5555555555555554,
};

START_TEST(the_first_in_the_file_is_refused)
{
	_cleanup_buf_ struct buf expected = { 0 };
	int round;

	load_bad(bads[_i], 1, &expected);
	for (round = 0; round < 30; round++) {
		_cleanup_buf_ struct buf got = { 0 };

		load_bad(bads[_i], 2 + round % 7, &got);
		ck_assert_str_eq(buf_str(&got), buf_str(&expected));
	}
}
END_TEST

/* a program that is loaded, and does not go with those of its array; one that
 * is refused comes after it */
START_TEST(a_refused_slot_is_told_in_file_order)
{
	int round;

	rig.fake.fail_code = -EINVAL;
	rig.fake.refuse = "prog tail5";
	for (round = 0; round < 30; round++) {
		struct watch w = { 0 };

		set_threads(1 + round % 5);
		bpfelf_ctx_set_observer(rig.ctx, watch_event, &w);
		ck_assert_int_eq(load(MANY, 1ull << 6 | 1ull << 12, PIN_GLOBAL_NS), -EINVAL);
		ck_assert_str_eq(bpfelf_error(rig.ctx), "object 'test.o': map 'jumps', "
				 "section '1/5': fill slot 5: Invalid argument");
		ck_assert_str_eq(buf_str(&w.events), "start 0\ntail0 0\ntail1 0\ntail2 0\n"
				 "tail3 0\ntail4 0\ntail5 0\n");
		buf_free(&w.events);
		job_free(&job);
	}
	ck_state("");
}
END_TEST

START_TEST(events_come_in_file_order)
{
	struct watch w = { 0 };
	struct buf expected = { 0 };
	unsigned int i;

	buf_addf(&expected, "start 0\n");
	for (i = 0; i < MANY; i++)
		buf_addf(&expected, "tail%u 0\n", i);
	set_threads(numbers[_i]);
	bpfelf_ctx_set_observer(rig.ctx, watch_event, &w);
	ck_load_many(MANY);
	ck_assert_str_eq(buf_str(&w.events), buf_str(&expected));
	ck_assert(!w.elsewhere);
	ck_assert(!w.closed || numbers[_i] > 1);
	buf_free(&w.events);
	buf_free(&expected);
}
END_TEST

START_TEST(verbose_events_have_logs_and_descriptors)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.flags = BPFELF_VERBOSE,
	};
	_cleanup_buf_ struct buf elf = { 0 }, expected = { 0 };
	struct watch w = { 0 };
	unsigned int i;

	buf_addf(&expected, "start 0 log\n");
	for (i = 0; i < MANY; i++)
		buf_addf(&expected, "tail%u 0 log\n", i);
	set_threads(numbers[_i]);
	bpfelf_ctx_set_observer(rig.ctx, watch_event, &w);
	build(&elf, MANY, 0, PIN_GLOBAL_NS);
	ck_assert_int_eq(job_load_request(&job, &rig, &elf, &request), 0);
	ck_assert_str_eq(buf_str(&w.events), buf_str(&expected));
	ck_assert(!w.elsewhere && !w.closed);
	buf_free(&w.events);
}
END_TEST

/* ---- what a thread meets ---- */

static bool took_signals;
static int most_fds;

/* by their names: others may close them at this moment */
static int count_fake_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	char link[64];
	int n = 0;

	while (dir && (entry = readdir(dir)))
		n += readlinkat(dirfd(dir), entry->d_name, link, sizeof(link)) > 0 &&
		     strncmp(link, "/memfd:fake-bpf", 15) == 0;
	closedir(dir);
	return n;
}

static void look_at_thread(struct fake_kern *fake, void *data)
{
	sigset_t blocked;
	int fds = count_fake_fds();

	(void)fake;
	(void)data;
	most_fds = fds > most_fds ? fds : most_fds;
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	if (!pthread_equal(pthread_self(), caller) && !sigismember(&blocked, SIGTERM))
		took_signals = true;
}

START_TEST(signals_go_to_the_caller)
{
	sigset_t before, after;

	took_signals = false;
	rig.fake.before = look_at_thread;
	set_threads(4);
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	ck_load_many(MANY);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	ck_assert(!took_signals);
	ck_assert_int_eq(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}
END_TEST

/* the lock, the array, the entry and what each thread has at hand; then two
 * shelves, and of one slot what goes in and what was there */
START_TEST(few_descriptors_do)
{
	rig.fake.before = look_at_thread;
	set_threads(numbers[_i]);
	most_fds = 0;
	keep(MANY);
	ck_assert_int_le(most_fds, 3 + (int)numbers[_i]);
	most_fds = 0;
	ck_load_many(MANY);
	ck_assert_int_le(most_fds, 6 + (int)numbers[_i]);
	job_free(&job);		/* and the way back */
	ck_assert_int_le(most_fds, 6 + (int)numbers[_i]);
	ck_filled(MANY);
}
END_TEST

/* nothing by id: a descriptor for each, as it takes no right */
START_TEST(without_the_right_descriptors_do)
{
	uint32_t before;

	keep(MANY);
	before = in_slot(7);
	rig.fake.refuse = "prog_by_id";
	set_threads(numbers[_i]);
	keep(MANY);
	rig.fake.refuse = NULL;
	ck_assert(!traced("map_create shelf"));
	ck_assert_str_eq(buf_str(&rig.log), "slot 0 could not be put back if a later step "
			 "failed: CAP_SYS_ADMIN is missing\n");
	ck_filled(MANY);
	ck_assert_uint_ne(in_slot(7), before);
}
END_TEST

/* nor does it go onto a shelf what does not go with the first there */
START_TEST(what_the_shelf_refuses_is_kept)
{
	uint32_t before;

	keep(MANY);
	before = in_slot(7);
	rig.fake.refuse = "map_update map shelf 07";
	set_threads(numbers[_i]);
	ck_load_many(MANY);
	ck_filled(MANY);
	ck_assert_uint_ne(in_slot(7), before);
	job_free(&job);
	ck_assert_uint_eq(in_slot(7), before);
}
END_TEST

START_TEST(slots_are_put_back_from_the_shelf)
{
	uint32_t before[MANY];
	unsigned int i;

	set_threads(numbers[_i]);
	keep(MANY);
	for (i = 0; i < MANY; i++)
		before[i] = in_slot(i);
	ck_load_many(MANY);
	for (i = 0; i < MANY; i++)
		ck_assert_uint_ne(in_slot(i), before[i]);
	job_free(&job);
	for (i = 0; i < MANY; i++)
		ck_assert_uint_eq(in_slot(i), before[i]);
	ck_assert_str_eq(buf_str(&rig.log), "");
}
END_TEST

/* What is refused beside others, without a word, may be for want of something
 * that they had taken. */
START_TEST(want_is_looked_at_again_alone)
{
	rig.fake.fail_code = -EMFILE;
	rig.fake.fail_at = 4;
	set_threads(2);
	ck_load_many(MANY);
	ck_assert(traced("log 4 = EMFILE\n"));
	ck_filled(MANY);
	job_free(&job);

	rig_clear_trace(&rig);
	rig.fake.fail_at = rig.fake.ops + 4;
	set_threads(1);
	ck_assert_int_eq(load(MANY, 0, PIN_GLOBAL_NS), -EMFILE);
}
END_TEST

/* two sections for one slot: compat: the last in the file */
START_TEST(the_last_of_a_slot_stays)
{
	const struct bpf_elf_map jumps = rig_jumps(8, PIN_GLOBAL_NS);
	static const char *const sections[] = { "1/3", "01/3", "0x1/0x3", "1/4" };
	struct elfgen g;
	int round;
	size_t i;

	for (round = 0; round < 20; round++) {
		_cleanup_buf_ struct buf elf = { 0 };

		elfgen_init(&g);
		elfgen_map(&g, "jumps", &jumps, sizeof(jumps));
		for (i = 0; i < ARRAY_SIZE(sections); i++)
			elfgen_func(&g, sections[i], sections[i], CODE(MOV(0, 1), EXIT));
		elfgen_func(&g, "classifier", "start", CODE(MOV(0, 1), EXIT));
		elfgen_license(&g, "GPL");
		elfgen_end(&g, &elf);
		set_threads(1 + round % 5);
		ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, NULL), 0);
		commit();
		ck_slot(3, "0x1_0x3");
		ck_slot(4, "1_4");
	}
}
END_TEST

Suite *threads_suite(void)
{
	Suite *s = suite_create("threads");
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, threads_are_for_work, 0, ARRAY_SIZE(counts));
	tcase_add_loop_test(tc, every_slot_gets_its_program, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(tc, without_threads_the_caller_does_it, 0, 3);
	tcase_add_test(tc, nobody_waits_for_a_late_thread);
	tcase_add_loop_test(tc, the_first_in_the_file_is_refused, 0, ARRAY_SIZE(bads));
	tcase_add_test(tc, a_refused_slot_is_told_in_file_order);
	tcase_add_loop_test(tc, events_come_in_file_order, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(tc, verbose_events_have_logs_and_descriptors, 0,
			    ARRAY_SIZE(numbers));
	tcase_add_test(tc, signals_go_to_the_caller);
	tcase_add_loop_test(tc, few_descriptors_do, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(tc, without_the_right_descriptors_do, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(tc, what_the_shelf_refuses_is_kept, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(tc, slots_are_put_back_from_the_shelf, 0, ARRAY_SIZE(numbers));
	tcase_add_test(tc, want_is_looked_at_again_alone);
	tcase_add_test(tc, the_last_of_a_slot_stays);
	suite_add_tcase(s, tc);
	return s;
}
