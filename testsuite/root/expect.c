/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * expect DEV FILE SECTION ID [off]: replace the XDP program of DEV, or take it
 * off, if it is the one with this id. Prints what the library says when it is
 * refused.
 */
#include <bpfelf.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = BPF_PROG_TYPE_XDP,
	};
	struct bpfelf_hook hook = { .sz = sizeof(hook), .kind = BPFELF_XDP };
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	struct bpfelf_ctx *ctx;
	int r;

	if (argc < 5 || bpfelf_ctx_new(&ctx) < 0)
		return 2;
	hook.ifindex = if_nametoindex(argv[1]);
	hook.expected_id = atoi(argv[4]);
	request.section = argv[3];
	if (argc > 5) {		/* "off" */
		r = bpfelf_txn_new(ctx, &txn);
		r = r ? r : bpfelf_detach(txn, &hook);
	} else {
		r = bpfelf_object_open(ctx, argv[2], &obj);
		r = r ? r : bpfelf_plan_new(obj, &request, &plan);
		r = r ? r : bpfelf_load(plan, &txn);
		r = r ? r : bpfelf_attach(txn, &hook);
	}
	r = r ? r : bpfelf_commit(txn);
	if (r)
		printf("%d: %s\n", -r, bpfelf_error(ctx));
	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	return r != 0;
}
