/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Uses the library as a program would that has something else to do: loads
 * and fails in many ways, with two contexts by turns. Prints nothing itself;
 * its exit status is the line that was not as it should be.
 *
 *	quiet DEV GOOD_OBJECT REFUSED_OBJECT
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>

#include <bpfelf.h>

static int failed_line;		/* the first one; 0: none */

static void check_at(int line, bool ok)
{
	if (!ok && !failed_line)
		failed_line = line;
}

#define CHECK(ok) check_at(__LINE__, ok)

static int open_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

struct load {
	struct bpfelf_ctx *ctx;
	struct bpfelf_object *obj;
	struct bpfelf_plan *plan;
	struct bpfelf_txn *txn;
};

static int load(struct load *l, const char *path, const char *section)
{
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = BPF_PROG_TYPE_XDP,
		.section = section,
	};
	int err;

	err = bpfelf_object_open(l->ctx, path, &l->obj);
	err = err ?: bpfelf_plan_new(l->obj, &request, &l->plan);
	return err ?: bpfelf_load(l->plan, &l->txn);
}

static int attach(struct load *l, const char *dev, unsigned int flags)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook),
		.kind = BPFELF_XDP,
		.ifindex = if_nametoindex(dev),
		.flags = flags,
	};

	return bpfelf_attach(l->txn, &hook);
}

static void unload(struct load *l)
{
	bpfelf_txn_free(l->txn);
	bpfelf_plan_free(l->plan);
	bpfelf_object_free(l->obj);
	l->txn = NULL;
	l->plan = NULL;
	l->obj = NULL;
}

int main(int argc, char **argv)
{
	struct load a = { 0 }, b = { 0 };
	int fds = open_fds();

	if (argc != 4)
		return 1;
	CHECK(bpfelf_ctx_new(&a.ctx) == 0);
	CHECK(bpfelf_ctx_new(&b.ctx) == 0);

	/* a's failure is not b's */
	CHECK(load(&a, "/nowhere.o", NULL) == -ENOENT);
	CHECK(strstr(bpfelf_error(a.ctx), "/nowhere.o") != NULL);
	CHECK(!strcmp(bpfelf_error(b.ctx), ""));
	unload(&a);

	CHECK(load(&a, argv[3], "refused") == -EACCES);
	CHECK(strstr(bpfelf_verifier_log(a.ctx), "processed ") != NULL);
	CHECK(a.txn == NULL);
	unload(&a);

	/* loaded, attached, and not committed */
	CHECK(load(&b, argv[2], NULL) == 0);
	CHECK(bpfelf_prog_fd(b.txn) >= 0);
	CHECK(bpfelf_map_fd(b.txn, "hits") >= 0);
	CHECK(attach(&b, argv[1], 0) == 0);
	CHECK(load(&a, argv[2], NULL) == 0);
	CHECK(attach(&a, argv[1], 0) == -EBUSY);
	CHECK(strstr(bpfelf_extack(a.ctx), "already attached") != NULL);
	CHECK(attach(&a, argv[1], BPFELF_REPLACE) == 0);
	unload(&a);	/* b's program is back */
	unload(&b);	/* none is left */

	/* and kept */
	CHECK(load(&a, argv[2], NULL) == 0);
	CHECK(attach(&a, argv[1], 0) == 0);
	CHECK(bpfelf_commit(a.txn) == 0);
	unload(&a);

	bpfelf_ctx_free(a.ctx);
	bpfelf_ctx_free(b.ctx);
	CHECK(open_fds() == fds);
	return failed_line;
}
