#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# CO-RE: an object that knows kernel structs by its own, made up layout reads
# those of this kernel; its instructions are those that bpftool makes of it.

. "$(dirname "$0")/lib.sh"
need bpftool strace
[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel tells no types"

# verdict PROGRAM SECTION
verdict() {
	"$TC" exec bpf run obj core.bpf.o sec "$2" program "$1" type sched_cls \
		packet udp | sed -n 's,.* verdict \(.*(\)*\([0-9][0-9]*\))* time .*,\2,p'
}

compile_bpf core.bpf.c
"$TC" exec bpf run obj core.bpf.o sec tc program reads type sched_cls packet udp >/dev/null 2>&1 || {
	echo "note: not compared with bpf_get_current_pid_tgid(), which this kernel has for tracing only"
	less=-DCURRENT_ID=0
	compile_bpf core.bpf.c $less
}
assert_eq "$(verdict reads tc)" 1 'a task is read'
assert_eq "$(verdict tells tc)" 11111111 'a digit for each kind'

# the same instructions as after bpftool, which does without pins and hooks
variant good core.bpf.c -DWITHOUT_REFUSED ${less-}
mount -t bpf none "$BPFFS"
bpftool prog loadall good.o "$BPFFS/theirs"
veth
"$TC" qdisc add dev v0 clsact
for prog in reads tells values plain; do
	sec=tc
	[ $prog != plain ] || sec=classifier
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj good.o sec $sec program $prog
	bpftool prog dump xlated id "$(cls_id v0 ingress)" >ours
	bpftool prog dump xlated pinned "$BPFFS/theirs/$prog" >theirs
	[ "$(wc -l <ours)" -gt 1 ]
	diff theirs ours || die "$prog: not the same instructions"
done

# what is missing and needed is named, with its instruction
err=$(fails 1 "$TC" filter add dev v0 ingress bpf da obj core.bpf.o sec needs/field 2>&1 >/dev/null)
assert_match "$err" "instruction 1 needs struct task_struct___never.no_such_field, which this kernel does not have"
assert_match "$err" '^Hint: .*bpf_core_field_exists'
err=$(fails 1 "$TC" filter add dev v0 ingress bpf da obj core.bpf.o sec needs/enum 2>&1 >/dev/null)
assert_match "$err" 'needs enum bpf_map_type___other::NO_SUCH_TYPE, which'

# nobody looks at the kernel's types before a relocation asks for them
strace -f -o calls -e trace=openat "$TC" filter replace dev v0 ingress pref 1 \
	handle 1 bpf da obj core.bpf.o sec classifier
assert_eq "$(grep -c /sys/kernel/btf calls)" 0
strace -f -o calls -e trace=openat "$TC" filter replace dev v0 ingress pref 1 \
	handle 1 bpf da obj core.bpf.o sec tc
# those of modules, where there are any, for what the kernel itself lacks
assert_eq "$(grep -c /sys/kernel/btf/vmlinux calls)" 1

# without them, a word on why
mount -t tmpfs none /sys/kernel/btf
err=$(fails 1 "$TC" filter replace dev v0 ingress pref 1 handle 1 \
	bpf da obj core.bpf.o sec tc 2>&1)
assert_match "$err" "its CO-RE relocations: read the types of the kernel, '/sys/kernel/btf/vmlinux': No such file"
assert_match "$err" '^Hint: .*CONFIG_DEBUG_INFO_BTF'
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj core.bpf.o sec classifier
