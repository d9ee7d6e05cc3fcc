/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_run.h"

#include "kern_sys.h"

static void set_test(union bpf_attr *attr, const struct kern_run *run)
{
	memset(attr, 0, sizeof(*attr));
	attr->test.prog_fd = run->prog_fd;
	attr->test.data_size_in = run->data_size_in;
	attr->test.data_size_out = run->data_size_out;
	attr->test.data_in = ptr(run->data_in);
	attr->test.data_out = ptr(run->data_out);
	attr->test.ctx_size_in = run->ctx_size_in;
	attr->test.ctx_size_out = run->ctx_size_out;
	attr->test.ctx_in = ptr(run->ctx_in);
	attr->test.ctx_out = ptr(run->ctx_out);
	attr->test.repeat = run->repeat;
	attr->test.flags = run->flags;
	attr->test.cpu = run->cpu;
	attr->test.batch_size = run->batch_size;
}

int kern_run(struct kern *k, struct kern_run *run)
{
	union bpf_attr attr;
	int r;

	(void)k;
	set_test(&attr, run);
	r = sys_bpf(BPF_PROG_RUN, &attr, ATTR_END(test));
	if (r < 0 && r != -ENOSPC)
		return r;
	run->retval = attr.test.retval;
	run->duration = attr.test.duration;
	run->data_size_out = attr.test.data_size_out;
	run->ctx_size_out = attr.test.ctx_size_out;
	return r;
}
