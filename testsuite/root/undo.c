/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One transaction with everything in it that can be undone, a command run in
 * the middle of it, and no commit.
 *
 *	undo DEV OBJECT COMMAND
 *
 * Before it there must be: filters at ingress with the prefs 1 and 2 and the
 * handle 1, an XDP program, and the prog array m:globals/jmp.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpfelf.h>

#define INGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

static struct bpfelf_hook filter(unsigned int ifindex, uint32_t parent,
				 uint32_t pref, uint32_t handle)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook),
		.kind = BPFELF_CLS,
		.ifindex = ifindex,
		.flags = BPFELF_REPLACE,
		.parent = parent,
		.pref = pref,
		.handle = handle,
		.protocol = ETH_P_ALL,
		.direct_action = true,
	};
}

int main(int argc, char **argv)
{
	unsigned int ifindex = argc == 4 ? if_nametoindex(argv[1]) : 0;
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
	};
	struct bpfelf_hook first = filter(ifindex, INGRESS, 1, 1);
	struct bpfelf_hook second = filter(ifindex, INGRESS, 2, 1);
	struct bpfelf_hook chosen = filter(ifindex, EGRESS, 0, 0);
	struct bpfelf_hook xdp = {
		.sz = sizeof(xdp),
		.kind = BPFELF_XDP,
		.ifindex = ifindex,
	};
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	struct bpfelf_ctx *ctx;
	int err;

	if (!ifindex || bpfelf_ctx_new(&ctx) < 0)
		return 1;
	err = bpfelf_object_open(ctx, argv[2], &obj);
	err = err ?: bpfelf_plan_new(obj, &request, &plan);
	err = err ?: bpfelf_load(plan, &txn);
	err = err ?: bpfelf_attach(txn, &first);
	err = err ?: bpfelf_detach(txn, &second);
	err = err ?: bpfelf_attach(txn, &chosen);
	err = err ?: bpfelf_detach(txn, &xdp);
	err = err ?: bpfelf_graft(txn, "m:globals/jmp", 2);
	err = err ?: bpfelf_graft(txn, "m:globals/jmp", 4);
	if (err)
		fprintf(stderr, "%s\n", bpfelf_error(ctx));
	else
		err = system(argv[3]);

	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	return err ? 1 : 0;
}
