/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the kernel answers to questions about links and filters. */
#include "fuzz.h"

#include <errno.h>

#include "hook.h"

/* Every exchange is answered by the input, one message. */
static int talk(struct kern *k, struct nlmsghdr *req, kern_msg_fn fn,
		void *data, struct err *err)
{
	(void)req;
	(void)err;
	return fn ? fn(k->priv, data) : 0;
}

static int no_program(struct kern *k, uint32_t id)
{
	(void)k;
	(void)id;
	return -ENOENT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kern_ops ops = {
		.talk = talk,
		.prog_by_id = no_program,
	};
	struct bpfelf_hook xdp = {
		.sz = sizeof(xdp), .kind = BPFELF_XDP, .ifindex = 2,
		.flags = BPFELF_REPLACE,
	};
	struct bpfelf_hook cls = {
		.sz = sizeof(cls), .kind = BPFELF_CLS, .ifindex = 2,
		.flags = BPFELF_REPLACE, .pref = 1, .handle = 1,
	};
	/* a copy ends where the message does, for the sanitizers */
	struct nlmsghdr *nlh = malloc(size);
	struct kern kern = { .ops = &ops, .priv = nlh };
	struct bpfelf_ctx ctx = { .kern = &kern };
	struct bpfelf_txn *txn;
	struct err err = { 0 };

	if (!nlh || size < sizeof(*nlh) || txn_new(&ctx, &txn, &err) < 0) {
		free(nlh);
		return 0;
	}
	memcpy(nlh, data, size);
	nlh->nlmsg_len = size;
	txn->prog_fd = dup(STDIN_FILENO);
	hook_attach(txn, &xdp, &err);
	hook_attach(txn, &cls, &err);
	hook_detach(txn, &xdp, &err);
	hook_detach(txn, &cls, &err);
	bpfelf_txn_free(txn);
	free(nlh);
	return 0;
}
