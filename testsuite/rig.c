/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "rig.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/mman.h>

#include "kernfacts.h"
#include "kerntypes.h"
#include "object.h"
#include "oom.h"

static void keep_line(void *data, enum bpfelf_log_level level, const char *line)
{
	struct rig *rig = data;

	buf_addf(level == BPFELF_LOG_WARN ? &rig->log : &rig->info, "%s\n", line);
}

void rig_set_pindb(struct rig *rig, const char *text)
{
	ssize_t len = strlen(text);

	close_fd(rig->pin_fd);
	rig->pin_fd = memfd_create("bpf_pinning", MFD_CLOEXEC);
	ck_assert_int_ge(rig->pin_fd, 0);
	ck_assert_int_eq(write(rig->pin_fd, text, len), len);
	snprintf(rig->pin_file, sizeof(rig->pin_file), "/proc/self/fd/%d", rig->pin_fd);
	rig->pin_files[0] = rig->pin_file;
}

void rig_open(struct rig *rig, const char *bpffs)
{
	struct kern *kern;

	unsetenv("TC_BPF_MNT");
	memset(rig, 0, sizeof(*rig));
	rig->fake = (struct fake_kern)FAKE_KERN;
	rig->fake.bpffs = bpffs;
	kern = fake_open(&rig->fake);
	ck_assert_ptr_nonnull(kern);
	ck_assert_int_eq(ctx_new_with_kern(kern, &rig->ctx), 0);
	bpfelf_ctx_set_log(rig->ctx, BPFELF_LOG_INFO, keep_line, rig);
	rig->pin_fd = -1;
	rig_set_pindb(rig, RIG_PINDB);
	rig->ctx->pin_files = rig->pin_files;
}

void rig_close(struct rig *rig)
{
	bpfelf_ctx_free(rig->ctx);
	fake_free(&rig->fake);
	close_fd(rig->pin_fd);
	buf_free(&rig->log);
	buf_free(&rig->info);
}

void rig_clear_trace(struct rig *rig)
{
	buf_free(&rig->fake.trace);
}

int rig_op(const struct rig *rig, const char *words)
{
	const char *line = buf_str(&rig->fake.trace);
	int n = 0;

	while (*line && strncmp(line, words, strlen(words)) != 0) {
		line = strchr(line, '\n') + 1;
		n++;
	}
	ck_assert_msg(*line, "no operation '%s' in:\n%s", words, buf_str(&rig->fake.trace));
	return n;
}

bool rig_is_at(struct rig *rig, int fd, const char *path)
{
	struct kern *k = rig->ctx->kern;
	_cleanup_close_ int there = k->ops->obj_get(k, path);
	struct bpf_map_info a, b;

	return there >= 0 && k->ops->map_info(k, fd, &a) == 0 &&
	       k->ops->map_info(k, there, &b) == 0 && a.id == b.id;
}

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

void rig_watch(struct rig *rig, struct buf *events)
{
	bpfelf_ctx_set_observer(rig->ctx, note_event, events);
}

void rig_pin_array(struct rig *rig, const char *path, uint32_t value_size)
{
	const struct kern_map map = {
		.name = "theirs", .type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = value_size, .max_entries = 2, .inner_fd = -1,
	};
	struct kern *k = rig->ctx->kern;
	_cleanup_close_ int fd = k->ops->map_create(k, &map);

	k->ops->mkdir(k, "/sys/fs/bpf/tc");
	k->ops->mkdir(k, "/sys/fs/bpf/tc/globals");
	ck_assert_int_eq(k->ops->obj_pin(k, fd, path), 0);
}

int job_load_request(struct job *job, struct rig *rig, const struct buf *elf,
		     const struct bpfelf_request *request)
{
	int r;

	memset(job, 0, sizeof(*job));
	r = bpfelf_object_open_mem(rig->ctx, elf->data, elf->len, "test.o",
				   &job->obj);
	r = r ?: bpfelf_plan_new(job->obj, request, &job->plan);
	return r ?: bpfelf_load(job->plan, &job->txn);
}

int job_load(struct job *job, struct rig *rig, const struct buf *elf,
	     uint32_t prog_type, const char *section)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = prog_type,
		.section = section,
	};

	return job_load_request(job, rig, elf, &request);
}

int job_load_as(struct job *job, struct rig *rig, const char *sample,
		uint32_t prog_type, const char *section)
{
	_cleanup_buf_ struct buf elf = { 0 };

	rig_build(sample, &elf);
	return job_load(job, rig, &elf, prog_type, section);
}

int job_load_sample(struct job *job, struct rig *rig, const char *sample)
{
	return job_load_as(job, rig, sample, rig_sample(sample)->prog_type, NULL);
}

void job_free(struct job *job)
{
	bpfelf_txn_free(job->txn);
	bpfelf_plan_free(job->plan);
	bpfelf_object_free(job->obj);
	memset(job, 0, sizeof(*job));
}

int rig_sweep_memory(struct rig *rig, const struct buf *elf, uint32_t prog_type)
{
	int n, r, fds = count_fds(), failed = 0;
	bool reached = true;
	struct job job;

	for (n = 0; reached; n++) {
		oom_at(n);
		r = job_load(&job, rig, elf, prog_type, NULL);
		reached = oom_reached();
		oom_at(-1);
		ck_assert_msg(r == 0 || (reached && r == -ENOMEM), "allocation %d: %d: %s",
			      n, r, bpfelf_error(rig->ctx));
		failed += r < 0;
		job_free(&job);
		kerntypes_free(rig->ctx);
		kernfacts_free(rig->ctx);
		ck_assert_int_eq(count_fds(), fds);
	}
	return failed;
}

void rig_keep(struct rig *rig, const char *sample)
{
	struct job job;

	ck_assert_msg(job_load_sample(&job, rig, sample) == 0, "%s",
		      bpfelf_error(rig->ctx));
	ck_assert_int_eq(bpfelf_commit(job.txn), 0);
	job_free(&job);
}

int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}
