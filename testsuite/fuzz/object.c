/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object from its bytes to its attachment, on the fake kernel. */
#include "fuzz.h"

#include "ctx.h"
#include "fake_kern.h"

static int load(struct bpfelf_object *obj, const char *section, uint32_t type)
{
	struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = type, .section = section,
	};
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_XDP, .ifindex = 2,
	};
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	int r;

	r = bpfelf_plan_new(obj, &request, &plan);
	r = r ?: bpfelf_load(plan, &txn);
	if (r == 0 && type == BPF_PROG_TYPE_XDP)
		r = bpfelf_attach(txn, &hook);
	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const no_files[] = { "/nowhere/bpf_pinning", NULL };
	const struct bpfelf_program *prog = NULL;
	struct fake_kern fake = FAKE_KERN;
	struct bpfelf_object *obj = NULL;
	struct bpfelf_ctx *ctx;
	char *state;
	int i;

	if (ctx_new_with_kern(fake_open(&fake), &ctx) < 0)
		return 0;
	ctx->pin_files = no_files;
	if (bpfelf_object_open_mem(ctx, data, size, "fuzz.o", &obj) < 0)
		fuzz_check(bpfelf_error(ctx)[0]);
	for (i = 0; obj && i < 8 && (prog = bpfelf_program_next(obj, prog)); i++)
		if (load(obj, bpfelf_program_section(prog),
			 i & 1 ? BPF_PROG_TYPE_SCHED_CLS : BPF_PROG_TYPE_XDP) < 0)
			fuzz_check(bpfelf_error(ctx)[0]);
	bpfelf_object_free(obj);
	state = fake_state(&fake);
	fuzz_check(state && !state[0]);
	fuzz_check(fake_count_fds(&fake) == 0);
	free(state);
	bpfelf_ctx_free(ctx);
	fake_free(&fake);
	return 0;
}
