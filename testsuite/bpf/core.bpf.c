/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A CO-RE relocation of each kind, about structs that every kernel has but
 * whose layout here is made up; and about what none has.
 */
#include <linux/bpf.h>
#include <linux/types.h>

#define SEC(name)	__attribute__((section(name), used))
#define CORE		__attribute__((preserve_access_index))

static long (*probe_read_kernel)(void *to, __u32 size, const void *from) =
	(void *)BPF_FUNC_probe_read_kernel;
static __u64 (*get_current_task)(void) = (void *)BPF_FUNC_get_current_task;
static __u64 (*get_current_pid_tgid)(void) = (void *)BPF_FUNC_get_current_pid_tgid;

/* before 6.10 not for programs of tc */
#ifndef CURRENT_ID
#define CURRENT_ID	get_current_pid_tgid()
#endif

/* members in another order, and far too few */
struct task_struct {
	char comm[16];
	int tgid, pid;
	struct task_struct *group_leader;
	unsigned int sched_reset_on_fork:1;
} CORE;

/* another version of it, which never was */
struct task_struct___never {
	int no_such_field;
} CORE;

struct no_such_struct {
	int field;
} CORE;

enum bpf_map_type___other { BPF_MAP_TYPE_HASH___other = 77, NO_SUCH_TYPE = 78 };

typedef int (*no_such_typedef)(void);

enum { BYTE_OFFSET, BYTE_SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT };

#define FIELD(kind, field)	__builtin_preserve_field_info(field, kind)
#define TYPE_EXISTS(type)	__builtin_preserve_type_info(*(type *)0, 0)
#define TYPE_SIZE(type)		__builtin_preserve_type_info(*(type *)0, 1)
#define TYPE_ID(type, target)	__builtin_btf_type_id(*(type *)0, target)
#define ENUM_EXISTS(type, name)	__builtin_preserve_enum_value(*(type *)name, 0)
#define ENUM_VALUE(type, name)	__builtin_preserve_enum_value(*(type *)name, 1)

/* 1: this task is read as it is */
SEC("tc")
int reads(struct __sk_buff *skb)
{
	struct task_struct *task = (void *)get_current_task(), *leader = 0;
	__u64 id = CURRENT_ID;
	int pid = 0, tgid = 0, leader_tgid = 0;
	char comm[16] = { 0 };

	probe_read_kernel(&pid, sizeof(pid), &task->pid);
	probe_read_kernel(&tgid, sizeof(tgid), &task->tgid);
	probe_read_kernel(&comm, sizeof(comm), &task->comm);
	probe_read_kernel(&leader, sizeof(leader), &task->group_leader);
	probe_read_kernel(&leader_tgid, sizeof(tgid), &leader->tgid);
	return pid && (!id || (pid == (int)id && tgid == id >> 32)) && leader_tgid == tgid &&
	       comm[0] == 't' && comm[1] == 'c' && comm[2] == '\0';
}

/* a digit for each kind */
SEC("tc")
int tells(struct __sk_buff *skb)
{
	struct task_struct *task = (void *)get_current_task();
	struct task_struct___never *never = (void *)task;
	int n = 0;

	n += FIELD(EXISTS, task->comm);
	n += FIELD(BYTE_SIZE, task->comm) == 16 ? 10 : 0;
	n += FIELD(SIGNED, task->tgid) ? 100 : 0;
	n += FIELD(SIGNED, task->sched_reset_on_fork) ? 0 : 1000;
	n += FIELD(RSHIFT, task->sched_reset_on_fork) == 63 ? 10000 : 0;
	n += FIELD(EXISTS, never->no_such_field) ? 0 : 100000;
	n += TYPE_SIZE(struct task_struct) > 1000 ? 1000000 : 0;
	n += ENUM_VALUE(enum bpf_map_type___other, BPF_MAP_TYPE_HASH___other) == 1 ? 10000000 : 0;
	return n;
}

/* everything else, to be compared with what libbpf makes of it */
SEC("tc")
int values(struct __sk_buff *skb)
{
	struct task_struct *task = (void *)get_current_task();
	struct task_struct___never *never = (void *)task;
	struct no_such_struct *none = (void *)task;
	volatile __u64 v;

	v = FIELD(BYTE_OFFSET, task->sched_reset_on_fork);
	v = FIELD(BYTE_SIZE, task->sched_reset_on_fork);
	v = FIELD(LSHIFT, task->sched_reset_on_fork);
	v = FIELD(LSHIFT, task->tgid);
	v = FIELD(RSHIFT, task->tgid);
	v = FIELD(BYTE_OFFSET, task->group_leader);
	v = FIELD(BYTE_OFFSET, task[1].tgid);
	v = FIELD(EXISTS, none->field);
	v = TYPE_EXISTS(struct task_struct);
	v = TYPE_EXISTS(struct no_such_struct);
	v = TYPE_EXISTS(no_such_typedef);
	v = TYPE_SIZE(struct no_such_struct);
	v = TYPE_ID(struct task_struct, 0);
	v = TYPE_ID(struct task_struct, 1);
	v = ENUM_EXISTS(enum bpf_map_type___other, BPF_MAP_TYPE_HASH___other);
	v = ENUM_EXISTS(enum bpf_map_type___other, NO_SUCH_TYPE);
	/* never reached, as the verifier sees */
	if (FIELD(EXISTS, never->no_such_field)) {
		v = FIELD(BYTE_OFFSET, never->no_such_field);
		v = ENUM_VALUE(enum bpf_map_type___other, NO_SUCH_TYPE);
	}
	return v;
}

#ifndef WITHOUT_REFUSED
SEC("needs/field")
int needs_field(struct __sk_buff *skb)
{
	struct task_struct___never *never = (void *)get_current_task();

	return FIELD(BYTE_OFFSET, never->no_such_field);
}

SEC("needs/enum")
int needs_enum(struct __sk_buff *skb)
{
	return ENUM_VALUE(enum bpf_map_type___other, NO_SUCH_TYPE);
}

#endif

/* no relocation at all */
SEC("classifier")
int plain(struct __sk_buff *skb)
{
	return 7;
}

char ____license[] SEC("license") = "GPL";
