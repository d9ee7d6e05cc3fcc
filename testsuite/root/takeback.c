/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Replace, and do not commit: the filter with pref 1 and handle 1 at DEV's
 * ingress, and, with a section for it, the action with index 5.
 *
 *	takeback DEV OBJECT [SECTION]
 *
 * Both print what is there instead meanwhile.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpfelf.h>

static int replace(struct bpfelf_ctx *ctx, const char *file,
		   const char *section, struct bpfelf_hook *hook,
		   const char *command)
{
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = hook->kind == BPFELF_ACT ? BPF_PROG_TYPE_SCHED_ACT
						      : BPF_PROG_TYPE_SCHED_CLS,
		.section = section,
	};
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	int err;

	err = bpfelf_object_open(ctx, file, &obj);
	err = err ?: bpfelf_plan_new(obj, &request, &plan);
	err = err ?: bpfelf_load(plan, &txn);
	err = err ?: bpfelf_attach(txn, hook);
	if (err)
		fprintf(stderr, "%s\n", bpfelf_error(ctx));
	else
		err = system(command);
	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	return err;
}

int main(int argc, char **argv)
{
	struct bpfelf_hook filter = {
		.sz = sizeof(filter),
		.kind = BPFELF_CLS,
		.ifindex = argc > 2 ? if_nametoindex(argv[1]) : 0,
		.flags = BPFELF_REPLACE,
		.parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
		.pref = 1,
		.handle = 1,
		.protocol = ETH_P_ALL,
	};
	struct bpfelf_hook action = {
		.sz = sizeof(action),
		.kind = BPFELF_ACT,
		.flags = BPFELF_REPLACE,
		.handle = 5,
		.control = TC_ACT_SHOT,
	};
	struct bpfelf_ctx *ctx;
	int err;

	if (!filter.ifindex || bpfelf_ctx_new(&ctx) < 0)
		return 1;
	err = replace(ctx, argv[2], "never", &filter,
		      "/usr/sbin/tc filter show dev v0 ingress");
	if (!err && argc > 3)
		err = replace(ctx, argv[2], argv[3], &action,
			      "/usr/sbin/tc actions get action bpf index 5");
	bpfelf_ctx_free(ctx);
	return err ? 1 : 0;
}
