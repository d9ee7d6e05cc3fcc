/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A program and its maps go to the device, take the place of what is there, a
 * command runs, and nothing is committed.
 *
 *	undo xdp|cls DEV OBJECT COMMAND
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpfelf.h>

static struct bpfelf_hook hook_of(bool xdp, unsigned int ifindex)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook),
		.kind = xdp ? BPFELF_XDP : BPFELF_CLS,
		.ifindex = ifindex,
		.flags = BPFELF_REPLACE,
	};

	if (xdp) {
		hook.xdp_flags = XDP_FLAGS_HW_MODE;
		return hook;
	}
	hook.parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	hook.pref = hook.handle = 1;
	hook.protocol = ETH_P_ALL;
	hook.direct_action = true;
	hook.cls_flags = TCA_CLS_FLAGS_SKIP_SW;
	return hook;
}

int main(int argc, char **argv)
{
	bool xdp = argc == 5 && strcmp(argv[1], "xdp") == 0;
	unsigned int ifindex = argc == 5 ? if_nametoindex(argv[2]) : 0;
	struct bpfelf_hook hook = hook_of(xdp, ifindex);
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS,
		.ifindex = ifindex,
	};
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	struct bpfelf_ctx *ctx;
	int err;

	if (!ifindex || bpfelf_ctx_new(&ctx) < 0)
		return 1;
	err = bpfelf_object_open(ctx, argv[3], &obj);
	err = err ?: bpfelf_plan_new(obj, &request, &plan);
	err = err ?: bpfelf_load(plan, &txn);
	err = err ?: bpfelf_attach(txn, &hook);
	if (err)
		fprintf(stderr, "%s\n", bpfelf_error(ctx));
	else
		err = system(argv[4]);

	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	return err ? 1 : 0;
}
