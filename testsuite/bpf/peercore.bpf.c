/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields of the kernel's structs, wherever this kernel has them. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define CORE		__attribute__((preserve_access_index))

static long (*probe_read_kernel)(void *to, __u32 size, const void *from) =
	(void *)BPF_FUNC_probe_read_kernel;
static __u64 (*get_current_task)(void) = (void *)BPF_FUNC_get_current_task;

struct task_struct {
	int tgid;
	struct task_struct *group_leader;
} CORE;

struct net_device___without {
	int there_is_no_such_field;
} CORE;

SEC("tc") int core(struct __sk_buff *skb)
{
	struct task_struct *task = (void *)get_current_task(), *leader;
	struct net_device___without *dev = 0;
	int tgid = 0;

	probe_read_kernel(&leader, sizeof(leader), __builtin_preserve_access_index(&task->group_leader));
	probe_read_kernel(&tgid, sizeof(tgid), __builtin_preserve_access_index(&leader->tgid));
	if (__builtin_preserve_field_info(dev->there_is_no_such_field, 2))
		return TC_ACT_SHOT;
	return tgid < 0 ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
