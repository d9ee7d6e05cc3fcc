/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "structops.h"

#include "btf.h"

#define KERNEL_BTF	"/sys/kernel/btf/vmlinux"
#define OPS		"bpf_dummy_ops"
#define MAX_BTF		(64u << 20)

int structops_find(struct kern *k, const char *member, struct kern_prog *prog,
		   struct err *err)
{
	_cleanup_buf_ struct buf data = { 0 };
	int r;

	r = k->ops->read(k, KERNEL_BTF, MAX_BTF, &data);
	if (r < 0)
		return err_sys(err, r, "read the types of the kernel, '%s'", KERNEL_BTF);
	r = btf_find_member(data.data, data.len, OPS, member,
			    &prog->attach_btf_id, &prog->attach_type, err);
	if (r == -EINVAL)
		err_hint(err, "name the section struct_ops/MEMBER, of struct " OPS);
	return r < 0 ? err_wrap(err, "'%s'", KERNEL_BTF) : 0;
}
