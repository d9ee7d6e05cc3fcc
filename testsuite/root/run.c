/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A run as a caller of the library does it: prints what the program returned.
 *
 *	run OBJECT SECTION DATA CONTEXT [CPU]
 *
 * DATA and CONTEXT are files; an empty one is none.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpfelf.h>

#define ROOM 4096

static uint32_t get(const char *path, void *bytes)
{
	int fd = open(path, O_RDONLY);
	ssize_t size = read(fd, bytes, ROOM);

	close(fd);
	return size < 0 ? 0 : size;
}

int main(int argc, char **argv)
{
	static char data[ROOM], ctx_bytes[ROOM], data_out[ROOM];
	struct bpfelf_request request = { .sz = sizeof(request), .flags = BPFELF_PRIVATE };
	struct bpfelf_run run = { .sz = sizeof(run) };
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	struct bpfelf_ctx *ctx;
	int err;

	if (argc < 5 || bpfelf_ctx_new(&ctx) < 0)
		return 2;
	request.section = argv[2];
	run.data_size_in = get(argv[3], data);
	run.ctx_size_in = get(argv[4], ctx_bytes);
	run.data_in = run.data_size_in ? data : NULL;
	run.ctx_in = run.ctx_size_in ? ctx_bytes : NULL;
	if (run.data_in) {
		run.data_out = data_out;
		run.data_size_out = sizeof(data_out);
	}
	if (argc > 5) {
		run.cpu = atoi(argv[5]);
		run.flags = BPF_F_TEST_RUN_ON_CPU;
	}
	err = bpfelf_object_open(ctx, argv[1], &obj);
	err = err ?: bpfelf_plan_new(obj, &request, &plan);
	err = err ?: bpfelf_load(plan, &txn);
	err = err ?: bpfelf_prog_run(txn, &run);
	if (err)
		fprintf(stderr, "%s\n", bpfelf_error(ctx));
	else
		printf("%d\n", (int)run.retval);
	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	return err ? 1 : 0;
}
