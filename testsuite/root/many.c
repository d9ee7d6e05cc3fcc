/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One XDP program on many devices, all or nothing, by one call.
 *
 *	many OBJECT DEV...
 *
 * Of what failed: "DEV: WHY".
 */
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpfelf.h>

static struct bpfelf_hook *make_hooks(char **devs, int cnt)
{
	struct bpfelf_hook *hooks = calloc(cnt, sizeof(*hooks));
	int i;

	for (i = 0; hooks && i < cnt; i++) {
		hooks[i].sz = sizeof(*hooks);
		hooks[i].kind = BPFELF_XDP;
		hooks[i].ifindex = if_nametoindex(devs[i]);
	}
	return hooks;
}

int main(int argc, char **argv)
{
	const struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = BPF_PROG_TYPE_XDP,
	};
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	struct bpfelf_hook *hooks = make_hooks(argv + 2, argc - 2);
	struct bpfelf_ctx *ctx;
	size_t done = 0;
	int err;

	if (argc < 3 || !hooks || bpfelf_ctx_new(&ctx) < 0)
		return 2;
	err = bpfelf_object_open(ctx, argv[1], &obj);
	err = err ? err : bpfelf_plan_new(obj, &request, &plan);
	err = err ? err : bpfelf_load(plan, &txn);
	err = err ? err : bpfelf_attach_many(txn, hooks, argc - 2, &done);
	if (err)
		fprintf(stderr, "%s: %s\n", argv[2 + done], bpfelf_error(ctx));
	else
		err = bpfelf_commit(txn);
	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	free(hooks);
	return err ? 1 : 0;
}
