/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* BPF_PROG_RUN: the public verb. */
#include <errno.h>

#include "prog.h"
#include "runrules.h"
#include "txn.h"
#include "uapi.h"

uint32_t bpfelf_prog_type(const struct bpfelf_txn *txn)
{
	return txn->prog_fd < 0 ? 0 : txn->prog_type;
}

/* Of a program that we did not load, the kernel alone knows. */
static bool takes_frags(const struct bpfelf_txn *txn)
{
	return !txn->plan || txn->plan->attach.prog_flags & BPF_F_XDP_HAS_FRAGS;
}

static void *copy_of(const void *data, uint32_t size)
{
	void *copy = calloc(1, (size_t)size + 1);

	if (copy && size)
		memcpy(copy, data, size);
	return copy;
}

static int give_copy(const void *copy, uint32_t size, void *out, uint32_t *room)
{
	bool cut = out && size > *room;

	if (out)
		memcpy(out, copy, cut ? *room : size);
	*room = size;
	return cut ? -ENOSPC : 0;
}

/* The kernel gives a syscall program's context back where it came from. */
static int run_syscall(struct kern *k, struct kern_run *kr)
{
	_cleanup_free_ void *ctx = copy_of(kr->ctx_in, kr->ctx_size_in);
	struct kern_run plain = *kr;
	int r;

	if (!ctx)
		return -ENOMEM;
	plain.ctx_in = kr->ctx_size_in ? ctx : NULL;
	plain.ctx_out = NULL;
	plain.ctx_size_out = 0;
	r = k->ops->prog_run(k, &plain);
	if (r < 0)
		return r;
	kr->retval = plain.retval;
	return give_copy(ctx, kr->ctx_size_in, kr->ctx_out, &kr->ctx_size_out);
}

/* The first argument is the address of a state that the kernel reads there,
 * and writes back. */
static int run_struct_ops(struct kern *k, struct kern_run *kr)
{
	_cleanup_free_ void *state = copy_of(kr->data_in, kr->data_size_in);
	_cleanup_free_ uint64_t *ctx = copy_of(kr->ctx_in, kr->ctx_size_in);
	struct kern_run plain = *kr;
	int r;

	if (!state || !ctx)
		return -ENOMEM;
	if (kr->data_size_in)
		ctx[0] = (uintptr_t)state;
	plain.ctx_in = ctx;
	plain.data_in = plain.data_out = NULL;
	plain.data_size_in = plain.data_size_out = 0;
	r = k->ops->prog_run(k, &plain);
	if (r < 0)
		return r;
	kr->retval = plain.retval;
	return give_copy(state, kr->data_size_in, kr->data_out, &kr->data_size_out);
}

static int run_by_type(struct kern *k, uint32_t prog_type, struct kern_run *kr)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_SYSCALL:
		return run_syscall(k, kr);
	case BPF_PROG_TYPE_STRUCT_OPS:
		return run_struct_ops(k, kr);
	default:
		return k->ops->prog_run(k, kr);
	}
}

/* A context without a device has no use for its queue. */
static bool has_queue(const struct bpfelf_txn *txn, const struct bpfelf_run *run,
		      struct xdp_md *md)
{
	memset(md, 0, sizeof(*md));
	if (txn->prog_type != BPF_PROG_TYPE_XDP || run->ctx_size_in < sizeof(*md))
		return false;
	memcpy(md, run->ctx_in, sizeof(*md));
	return md->ingress_ifindex || md->rx_queue_index;
}

/* which the kernel runs behind a redirect alone */
static bool is_for_map(const struct bpfelf_txn *txn)
{
	return txn->plan && txn->prog_type == BPF_PROG_TYPE_XDP &&
	       (txn->plan->attach.attach_type == BPF_XDP_DEVMAP ||
		txn->plan->attach.attach_type == BPF_XDP_CPUMAP);
}

/* EINVAL of what all rules allow: kernels differ, and so do programs */
static int unfit(const struct bpfelf_txn *txn, const struct bpfelf_run *run,
		 struct err *err)
{
	const struct runrule *rule = runrules_find(txn->prog_type);
	uint32_t page = getpagesize();
	struct xdp_md md;

	if (runrules_is_long(rule, run->data_size_in, page))
		return err_set(err, -EINVAL, "a packet of %u bytes, this kernel holds at most %u",
			       run->data_size_in, page - RUN_ROOM_SKB);
	if (rule->takes & RUN_CPU)
		return err_set(err, -EINVAL, "a context of %u bytes, the program reads beyond it",
			       run->ctx_size_in);
	err_sys(err, -EINVAL, "run");
	if (is_for_map(txn))
		return err_hint(err, "by its section the program is for a devmap or cpumap: say its type, xdp, to run it");
	if (has_queue(txn, run, &md))
		return err_hint(err, "device %u may have no queue %u", md.ingress_ifindex,
				md.rx_queue_index);
	if (run->flags & BPF_F_TEST_SKB_CHECKSUM_COMPLETE)
		return err_hint(err, "checksums are looked at from Linux 6.11 on");
	return err_hint(err, "to run programs of type %s, this kernel takes other data or another context",
			rule->name);
}

static int failed(const struct bpfelf_txn *txn, const struct bpfelf_run *run,
		  int r, struct err *err)
{
	char name[PROG_TYPE_SIZE];
	struct xdp_md md;

	if (r == -ENOTSUPP)
		return err_set(err, -ENOTSUP, "this kernel cannot run programs of type %s: %s",
			       prog_type_name(txn->prog_type, name), err_str(r));
	if (r == -EINVAL)
		return unfit(txn, run, err);
	if (r == -ENODEV && has_queue(txn, run, &md))
		return err_set(err, r, "there is no device %u", md.ingress_ifindex);
	if (r == -ENXIO && run->flags & BPF_F_TEST_RUN_ON_CPU)
		return err_set(err, r, "there is no CPU %u", run->cpu);
	if (r == -EBADMSG && run->flags & BPF_F_TEST_SKB_CHECKSUM_COMPLETE)
		return err_set(err, r, "the packet was changed, its checksum in the skb was not");
	err_sys(err, r, "run");
	if (r == -EPERM)
		err_hint(err, "it takes root, or CAP_BPF and CAP_NET_ADMIN");
	return r;
}

static void give(const struct kern_run *kr, struct bpfelf_run *run)
{
	run->retval = kr->retval;
	run->duration = kr->duration;
	run->data_size_out = kr->data_size_out;
	run->ctx_size_out = kr->ctx_size_out;
}

static int run_prog(struct bpfelf_txn *txn, struct bpfelf_run *run,
		    struct err *err)
{
	struct kern_run kr = {
		.prog_fd = txn->prog_fd,
		.data_in = run->data_in,
		.data_out = run->data_out,
		.ctx_in = run->ctx_in,
		.ctx_out = run->ctx_out,
		.data_size_in = run->data_size_in,
		.data_size_out = run->data_size_out,
		.ctx_size_in = run->ctx_size_in,
		.ctx_size_out = run->ctx_size_out,
		.repeat = run->repeat,
		.flags = run->flags,
		.cpu = run->cpu,
		.batch_size = run->batch_size,
	};
	int r;

	r = runrules_check(txn->prog_type, run, takes_frags(txn), getpagesize(), err);
	if (r < 0)
		return r;
	r = run_by_type(txn->ctx->kern, txn->prog_type, &kr);
	if (r < 0 && r != -ENOSPC)
		return failed(txn, run, r, err);
	give(&kr, run);
	return r == 0 ? 0 : err_set(err, r, "the output is longer than its room");
}

int bpfelf_prog_run(struct bpfelf_txn *txn, struct bpfelf_run *run)
{
	struct err *err = ctx_begin(txn->ctx);
	int r;

	r = ctx_check_sz(err, run, run->sz, sizeof(*run));
	if (r == 0 && run->sz < sizeof(*run))
		r = err_set(err, -EINVAL, "struct bpfelf_run of %zu bytes, not %zu",
			    run->sz, sizeof(*run));
	if (r == 0 && txn->prog_fd < 0)
		r = err_set(err, -EINVAL, "there is no program to run");
	r = r ?: run_prog(txn, run, err);
	return r < 0 && txn->prog_fd >= 0 ? err_wrap(err, "'%s'", txn->name) : r;
}
