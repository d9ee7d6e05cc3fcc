/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The library in forty lines: load an object, attach its program to XDP.
 *
 *	cc embed.c $(pkg-config --cflags --libs bpfelf) -o embed
 *	embed eth0 xdp_drop.o
 */
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>

#include "bpfelf.h"

int main(int argc, char **argv)
{
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = BPF_PROG_TYPE_XDP,
	};
	struct bpfelf_hook hook = { .sz = sizeof(hook), .kind = BPFELF_XDP };
	struct bpfelf_ctx *ctx;
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	int err;

	if (argc != 3 || bpfelf_ctx_new(&ctx) < 0) {
		fprintf(stderr, "usage: embed DEV FILE\n");
		return 1;
	}
	hook.ifindex = if_nametoindex(argv[1]);

	err = bpfelf_object_open(ctx, argv[2], &obj);
	err = err ?: bpfelf_plan_new(obj, &request, &plan);
	err = err ?: bpfelf_load(plan, &txn);
	err = err ?: bpfelf_attach(txn, &hook);
	err = err ?: bpfelf_commit(txn);
	if (err)
		fprintf(stderr, "%s\n%s", bpfelf_error(ctx),
			bpfelf_verifier_log(ctx));

	bpfelf_txn_free(txn);	/* not committed? then rolled back */
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	return err ? 1 : 0;
}
