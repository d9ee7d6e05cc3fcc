/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Damaged objects, all the way to the attachment: each gives an error with
 * words, or a load that can be undone, or repeated; nothing else. Worth most
 * under sanitizers. HOSTILE_SEED and HOSTILE_ROUNDS choose other damage.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

#include "hook.h"
#include "hooks.h"
#include "object.h"
#include "modrig.h"
#include "rig.h"
#include "unit.h"

#define EXAMPLES "examples/*.o"	/* where make has built them */

struct hostile {
	char *name;
	struct buf elf;
};

static struct hostile *objects;
static size_t objects_cnt;

static struct buf *new_object(const char *name)
{
	objects = reallocarray(objects, objects_cnt + 1, sizeof(*objects));
	objects[objects_cnt] = (struct hostile) { .name = strdup(name) };
	return &objects[objects_cnt++].elf;
}

static void read_object(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf *elf = new_object(path);
	struct stat st;
	char *room;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	room = buf_reserve(elf, st.st_size);
	elf->len = read(fd, room, st.st_size);
	ck_assert_int_eq(elf->len, st.st_size);
}

static void collect(void)
{
	glob_t found;
	size_t i;

	for (i = 0; i < rig_samples_cnt; i++)
		rig_build(rig_samples[i].name, new_object(rig_samples[i].name));
	if (glob(EXAMPLES, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		read_object(found.gl_pathv[i]);
	globfree(&found);
}

static void discard(void)
{
	while (objects_cnt) {
		objects_cnt--;
		buf_free(&objects[objects_cnt].elf);
		free(objects[objects_cnt].name);
	}
	free(steal_ptr(&objects));
}

/* Damage that is the same every time */

static uint64_t number_of(const char *variable, uint64_t fallback)
{
	const char *value = getenv(variable);

	return value ? strtoull(value, NULL, 0) : fallback;
}

static uint32_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 32;
}

/* One load */

static const char *pick_section(const struct bpfelf_object *obj, uint32_t which)
{
	const struct bpfelf_program *p = NULL;
	const char *section = NULL;
	uint32_t i;

	for (i = 0; i <= which % 4 && (p = bpfelf_program_next(obj, p)); i++)
		section = bpfelf_program_section(p);
	return section;
}

static int attach_xdp(struct job *job)
{
	struct bpfelf_hook hook = xdp_hook(BPFELF_REPLACE, 0);

	return bpfelf_attach(job->txn, &hook);
}

static int attach_filter(struct job *job)
{
	struct bpfelf_hook hook = cls_hook(0, 0, 0);

	hook.direct_action = true;
	return add_clsact(job, BPFELF_REPLACE) ?: bpfelf_attach(job->txn, &hook);
}

static int load_and_attach(struct job *job, struct rig *rig,
			   const struct buf *elf, uint32_t choice)
{
	const bool xdp = choice & 1;
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS,
	};
	int r;

	memset(job, 0, sizeof(*job));
	r = bpfelf_object_open_mem(rig->ctx, elf->data, elf->len, "hostile.o", &job->obj);
	if (r < 0)
		return r;
	request.section = pick_section(job->obj, choice >> 1);
	r = bpfelf_plan_new(job->obj, &request, &job->plan);
	r = r ?: bpfelf_load(job->plan, &job->txn);
	return r ?: xdp ? attach_xdp(job) : attach_filter(job);
}

static void ck_state_is(struct rig *rig, const char *expected, const char *what)
{
	_cleanup_free_ char *state = fake_state(&rig->fake);

	ck_assert_msg(str_eq(state, expected), "%s: left behind:\n%s", what, state);
	ck_assert_msg(fake_count_fds(&rig->fake) == 0, "%s: a descriptor leaked", what);
}

/* Load @elf; what was loaded is undone, or kept and loaded once more. */
static int try(const struct buf *elf, uint32_t choice, const char *what)
{
	struct rig rig;
	struct job job;
	int r;

	rig_open(&rig, choice & 0x100 ? "" : NULL);
	rig.fake.files = modrig_files(NULL);
	r = load_and_attach(&job, &rig, elf, choice);
	if (r < 0)
		ck_assert_msg(bpfelf_error(rig.ctx)[0], "%s: no words", what);
	job_free(&job);
	ck_state_is(&rig, "", what);
	if (r == 0) {
		ck_assert_msg(load_and_attach(&job, &rig, elf, choice) == 0,
			      "%s: only once: %s", what, bpfelf_error(rig.ctx));
		bpfelf_commit(job.txn);
		job_free(&job);
		ck_assert_msg(load_and_attach(&job, &rig, elf, choice) == 0,
			      "%s: not twice: %s", what, bpfelf_error(rig.ctx));
		job_free(&job);
	}
	rig_close(&rig);
	return r;
}

START_TEST(whole_objects_load)
{
	const struct buf *elf = &objects[_i].elf;
	uint32_t choice;
	int loaded = 0;

	for (choice = 0; choice < 8; choice++)
		loaded += try(elf, choice, objects[_i].name) == 0;
	ck_assert_int_gt(loaded, 0);
}
END_TEST

START_TEST(truncated_objects)
{
	struct buf elf = objects[_i].elf;
	_cleanup_free_ char *what = NULL;
	size_t len;

	for (len = 0; len < objects[_i].elf.len; len++) {
		elf.len = len;
		free(what);
		what = str_printf("%s, %zu bytes of it", objects[_i].name, len);
		try(&elf, len, what);
	}
}
END_TEST

START_TEST(corrupted_objects)
{
	const uint64_t seed = number_of("HOSTILE_SEED", 20161114);
	const uint64_t rounds = number_of("HOSTILE_ROUNDS", 3000);
	uint64_t round, random = seed + _i + 1;
	struct buf *elf = &objects[_i].elf;
	int loaded = 0;
	char what[256], old;
	size_t at;

	for (round = 0; round < rounds; round++) {
		at = next_random(&random) % elf->len;
		old = elf->data[at];
		elf->data[at] ^= 1 + next_random(&random) % 255;
		snprintf(what, sizeof(what), "%s, seed %ju, round %ju: byte %zu is %#x, was %#x",
			 objects[_i].name, (uintmax_t)seed, (uintmax_t)round, at,
			 (unsigned char)elf->data[at], (unsigned char)old);
		loaded += try(elf, next_random(&random), what) == 0;
		elf->data[at] = old;
	}
	/* else it would test little but the first checks */
	ck_assert_int_gt(loaded, 0);
}
END_TEST

Suite *hostile_suite(void)
{
	Suite *s = suite_create("hostile");
	TCase *tc = tcase_create("hostile");
	glob_t found = { 0 };
	int cnt = rig_samples_cnt;

	if (glob(EXAMPLES, 0, NULL, &found) == 0)
		cnt += found.gl_pathc;
	globfree(&found);
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, collect, discard);
	tcase_add_loop_test(tc, whole_objects_load, 0, cnt);
	tcase_add_loop_test(tc, truncated_objects, 0, cnt);
	tcase_add_loop_test(tc, corrupted_objects, 0, cnt);
	suite_add_tcase(s, tc);
	return s;
}
