/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps that go from one context to another: bpfelf_export() and the agent. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "handoff.h"
#include "hooks.h"
#include "object.h"
#include "rigged.h"

#define PATH "/run/agent"

static struct bpfelf_agent *agent;
static int fds;

static void start(void)
{
	rig_start();
	fds = count_fds();
	ck_assert_int_eq(bpfelf_agent_listen(rig.ctx, PATH, &agent), 0);
}

static void finish(void)
{
	_cleanup_free_ char *state = NULL;

	job_free(&job);
	bpfelf_agent_free(agent);
	ck_assert_int_eq(count_fds(), fds);
	state = fake_state(&rig.fake);
	ck_assert_ptr_null(strstr(state, "socket"));
	rig_finish();
}

static uint32_t map_id(int fd)
{
	struct kern *k = rig.ctx->kern;
	struct bpf_map_info info;

	ck_assert_int_eq(k->ops->map_info(k, fd, &info), 0);
	return info.id;
}

START_TEST(the_agent_gets_the_maps)
{
	struct bpfelf_map_info info = { .sz = sizeof(info) };
	const struct bpfelf_map *map, *want = NULL;
	unsigned int i;
	int fd;

	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), 3);
	ck_assert_str_eq(bpfelf_agent_object(agent), "test.o");
	for (i = 0; (map = bpfelf_agent_map(agent, i, &fd)); i++) {
		want = bpfelf_map_next(job.obj, want);
		ck_assert_int_eq(bpfelf_map_info(map, &info), 0);
		ck_assert_str_eq(info.name, want->name);
		ck_assert_uint_eq(info.id, want->def.id);
		ck_assert_mem_eq(&map->def, &want->def, sizeof(map->def));
		ck_assert_uint_eq(map_id(fd), map_id(bpfelf_map_fd(job.txn, want->name)));
	}
	ck_assert_uint_eq(i, 3);
}
END_TEST

START_TEST(nothing_is_sent_before_the_commit)
{
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), -ETIMEDOUT);
	ck_assert_ptr_nonnull(strstr(bpfelf_error(rig.ctx), PATH));
	job_free(&job);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), -ETIMEDOUT);
}
END_TEST

/* sections of it are no maps that an agent would know, nor are all made */
START_TEST(global_data_stays_here)
{
	_cleanup_buf_ struct buf elf = { 0 };

	rig_build("data", &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, "1/0"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_msg(bpfelf_commit(job.txn) == 0, "%s", bpfelf_error(rig.ctx));
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), 1);
	ck_assert_str_eq(bpfelf_agent_map(agent, 0, NULL)->name, "jumps");
}
END_TEST

/* or the agent would wait for ever */
START_TEST(no_maps_are_told_as_well)
{
	ck_assert_int_eq(job_load_sample(&job, &rig, "plain"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), 0);
	ck_assert_ptr_null(bpfelf_agent_map(agent, 0, NULL));
}
END_TEST

START_TEST(a_later_load_takes_the_place)
{
	int i, before = 0;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(job_load_sample(&job, &rig, i < 2 ? "pins" : "plain"), 0);
		ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
		ck_assert_int_eq(bpfelf_commit(job.txn), 0);
		job_free(&job);
		ck_assert_int_eq(bpfelf_agent_receive(agent, 0), i < 2 ? 3 : 0);
		before = before ?: count_fds();
		ck_assert_int_eq(count_fds(), i < 2 ? before : before - 3);
	}
}
END_TEST

START_TEST(without_an_agent_there_is_no_load)
{
	_cleanup_free_ char *before = fake_state(&rig.fake);

	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, "/nobody"), -ENOENT);
	ck_assert_str_eq(bpfelf_error(rig.ctx), "export to '/nobody': connect: No such file or directory");
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "tc exec bpf import /nobody"));
	job_free(&job);
	ck_state(before);
}
END_TEST

/* it was there when the load began, and went away since */
START_TEST(when_the_agent_has_gone_all_is_undone)
{
	_cleanup_free_ char *before = NULL, *after = NULL;

	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	bpfelf_agent_free(agent);
	agent = NULL;
	ck_assert_int_eq(add_clsact(&job, 0), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), -ECONNREFUSED);
	ck_assert_str_eq(bpfelf_error(rig.ctx),
			 "export to '" PATH "': send 3 maps: Connection refused");
	after = fake_state(&rig.fake);
	ck_assert_ptr_nonnull(strstr(after, "clsact"));
	job_free(&job);
	before = fake_state(&rig.fake);
	ck_assert_str_eq(before, "");
}
END_TEST

START_TEST(no_agent_takes_more)
{
	const struct bpf_elf_map def = {
		.type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 4,
		.max_elem = 1,
	};
	_cleanup_buf_ struct buf elf = { 0 };
	struct elfgen g;
	char name[16];
	int i;

	elfgen_init(&g);
	for (i = 0; i < HANDOFF_MAPS + _i; i++) {
		snprintf(name, sizeof(name), "map%d", i);
		elfgen_map(&g, name, &def, sizeof(def));
	}
	elfgen_func(&g, "prog", "pass", CODE(MOV(0, 0), EXIT));
	elfgen_end(&g, &elf);
	ck_assert_int_eq(job_load(&job, &rig, &elf, BPF_PROG_TYPE_XDP, "prog"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), _i ? -E2BIG : 0);
	if (_i)
		return;
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), HANDOFF_MAPS);
	ck_assert_ptr_nonnull(bpfelf_agent_map(agent, HANDOFF_MAPS - 1, NULL));
}
END_TEST

START_TEST(a_socket_of_another_type_is_told)
{
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	rig.fake.fail_at = rig.fake.ops;
	rig.fake.fail_code = -EPROTOTYPE;
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), -EPROTOTYPE);
	ck_assert_str_eq(bpfelf_hint(rig.ctx), "an agent listens at a datagram socket");
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
}
END_TEST

START_TEST(what_cannot_be_exported_is_refused)
{
	struct bpfelf_txn *txn;

	ck_assert_int_eq(bpfelf_txn_new(rig.ctx, &txn), 0);
	ck_assert_int_eq(bpfelf_export(txn, PATH), -ENOTSUP);
	bpfelf_txn_free(txn);
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), -EINVAL);
}
END_TEST

START_TEST(one_agent_at_a_path)
{
	struct bpfelf_agent *other;

	ck_assert_int_eq(bpfelf_agent_listen(rig.ctx, PATH, &other), -EADDRINUSE);
	ck_assert_ptr_null(other);
	/* and the first goes on */
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), 3);
}
END_TEST

static void send_raw(const struct kern_dgram *dgram)
{
	struct kern *k = rig.ctx->kern;
	_cleanup_close_ int sock = k->ops->uds_connect(k, PATH);

	ck_assert_int_eq(k->ops->uds_send(k, sock, dgram), 0);
}

/* what came before stays, and no descriptor is kept */
START_TEST(what_is_no_handoff_is_dropped)
{
	struct kern_dgram dgram = {
		.data = "\1", .len = 88, .fds = { 0, 1, 2 }, .fds_cnt = 3,
	};
	int before;

	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), 3);
	before = count_fds();
	send_raw(&dgram);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), -EBADMSG);
	dgram.len = 0;
	dgram.fds_cnt = 0;
	send_raw(&dgram);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), -EBADMSG);
	ck_assert_int_eq(count_fds(), before);
	ck_assert_ptr_nonnull(bpfelf_agent_map(agent, 2, NULL));
}
END_TEST

START_TEST(a_loop_of_events_may_wait)
{
	struct pollfd pfd = {
		.fd = bpfelf_agent_socket(agent), .events = POLLIN,
	};

	ck_assert_int_eq(poll(&pfd, 1, 0), 0);
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	ck_assert_int_eq(poll(&pfd, 1, 0), 1);
	ck_assert_int_eq(bpfelf_agent_receive(agent, 0), 3);
	ck_assert_int_eq(poll(&pfd, 1, 0), 0);
}
END_TEST

/* whichever step is refused: words, or maps without names, and no leak */
START_TEST(receiving_fails)
{
	struct bpfelf_map_info info = { .sz = sizeof(info) };
	int r, unnamed = 0;
	unsigned int i;

	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(bpfelf_export(job.txn, PATH), 0);
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	rig.fake.fail_at = rig.fake.ops + _i;
	r = bpfelf_agent_receive(agent, 0);
	if (_i == 0) {
		ck_assert_int_eq(r, -EPERM);
		ck_assert_str_eq(bpfelf_error(rig.ctx),
				 "receive at '" PATH "': Operation not permitted");
		return;
	}
	ck_assert_int_eq(r, 3);
	for (i = 0; i < 3; i++) {
		bpfelf_map_info(bpfelf_agent_map(agent, i, NULL), &info);
		unnamed += !info.name[0];
	}
	ck_assert_int_eq(unnamed, 1);
}
END_TEST

Suite *export_suite(void)
{
	Suite *s = suite_create("export");
	TCase *tc = tcase_create("export");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, the_agent_gets_the_maps);
	tcase_add_test(tc, nothing_is_sent_before_the_commit);
	tcase_add_test(tc, global_data_stays_here);
	tcase_add_test(tc, no_maps_are_told_as_well);
	tcase_add_test(tc, a_later_load_takes_the_place);
	tcase_add_test(tc, without_an_agent_there_is_no_load);
	tcase_add_test(tc, when_the_agent_has_gone_all_is_undone);
	tcase_add_loop_test(tc, no_agent_takes_more, 0, 2);
	tcase_add_test(tc, a_socket_of_another_type_is_told);
	tcase_add_test(tc, what_cannot_be_exported_is_refused);
	tcase_add_test(tc, one_agent_at_a_path);
	tcase_add_test(tc, what_is_no_handoff_is_dropped);
	tcase_add_test(tc, a_loop_of_events_may_wait);
	tcase_add_loop_test(tc, receiving_fails, 0, 4);
	suite_add_tcase(s, tc);
	return s;
}
