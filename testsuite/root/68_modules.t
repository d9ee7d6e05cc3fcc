#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Functions and variables of modules: conntrack is asked for each packet.

. "$(dirname "$0")/lib.sh"
need bpftool strace modprobe setpriv
modules="nf_conntrack nf_nat x_tables"

# has_types: of all of them
has_types() {
	local module

	for module in $modules; do
		[ -e /sys/kernel/btf/$module ] || return
	done
}

load() {
	"$IP" -force link set dev v0 xdp obj modules.bpf.o sec "$@"
}

# refused REGEX CMD...: and nothing has changed
refused() {
	local regex=$1 before out

	shift
	before=$(state)
	out=$(fails 255 "$@" 2>&1 >/dev/null)
	assert_match "$out" "$regex"
	unchanged "$before" "state after '$*'"
}

# send COUNT: datagrams of one flow from the peer
send() {
	peer bash -c "exec 3>/dev/udp/10.9.0.1/9; for i in {1..$1}; do echo >&3; done"
}

# seen: packets for which an entry was made, found, not made
seen() {
	local key

	for key in 0 1 2; do
		counter "$BPFFS/tc/globals/packets" $key
	done | tr '\n' ' '
}

compile_bpf modules.bpf.c
variant refused modules.bpf.c -DREFUSED
variant weak modules.bpf.c -DWEAK -DWITHOUT_MAPS
variant peer modules.bpf.c -DWITHOUT_MAPS
variant filter modules.bpf.c -DWITHOUT_MAPS -DFILTER
veth

modprobe -r nf_nat nf_conntrack 2>/dev/null || :
if [ -e /sys/kernel/btf/vmlinux ] && ! [ -e /sys/module/nf_conntrack ] && modprobe -n nf_conntrack 2>/dev/null; then
	refused "symbol 'bpf_xdp_ct_lookup': what the kernel tells of its types has no such function" load xdp
	refused '^Hint: it is in a module that is not loaded: modprobe nf_conntrack$' load xdp
	without=yes
fi
modprobe -qa $modules || :
has_types || skip "no types of modules $modules on this kernel"
[ -n "${without-}" ] || echo "note: conntrack was loaded before, its absence is not tested"

# packets that meet it
load xdp
send 3
assert_eq "$(seen)" '1 2 0 '
load xdp program track_nat	# two modules
assert_eq "$("$SYS_IP" -d link show dev v0 | grep -c 'name track_nat')" 1
send 3
assert_eq "$(seen)" '2 4 0 '

# a variable, and programs verified side by side: the descriptors are shared
for threads in 1 2 8; do
	BPFELF_THREADS=$threads load jump
	assert_eq "$(slots "$BPFFS/tc/globals/jumps" | wc -l)" 2
done
"$IP" link set dev v0 xdp off
assert_match "$("$TC" exec bpf run obj modules.bpf.o sec jump type xdp packet udp)" 'verdict .*\b1\b'
rm -r "$BPFFS"/{tc,xdp,ip}

# a filter, by another name of a function
"$TC" qdisc add dev v0 clsact
"$TC" filter add dev v0 ingress bpf da obj filter.o sec tc
assert_match "$("$TC" exec bpf run obj filter.o sec tc type sched_cls packet udp)" 'verdict .*\b0\b'
"$TC" filter del dev v0 ingress

# the instructions are those that bpftool makes of it
bpftool prog loadall peer.o "$BPFFS/theirs"
for prog in track track_nat variable; do
	"$IP" -force link set dev v0 xdp obj peer.o program $prog
	bpftool prog dump xlated id "$(xdp_id v0)" >ours
	bpftool prog dump xlated pinned "$BPFFS/theirs/$prog" >theirs
	[ "$(wc -l <ours)" -gt 1 ]
	diff theirs ours || die "$prog: not the same instructions"
done
rm -r "$BPFFS/theirs"

# what is not there
"$IP" -force link set dev v0 xdp obj weak.o sec weak
refused "symbol 'bpf_ct_not_there': what the kernel tells of its types has no such function, nor has a module \(.*\bnf_conntrack\b" \
	"$IP" -force link set dev v0 xdp obj refused.o sec missing
refused '^Hint: declare it __weak' "$IP" -force link set dev v0 xdp obj refused.o sec missing
refused "symbol 'bpf_ct_change_status': module nf_conntrack has it with another prototype" \
	"$IP" -force link set dev v0 xdp obj refused.o sec prototype
refused '^Hint: .*/sys/kernel/btf/nf_conntrack format c' \
	"$IP" -force link set dev v0 xdp obj refused.o sec prototype

# their types are for CAP_SYS_ADMIN alone
refused 'ask the kernel for the types of modules: Operation not permitted' \
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
	"$IP" -force link set dev v0 xdp obj modules.bpf.o sec jump
refused '^Hint: it takes root, or CAP_SYS_ADMIN$' \
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
	"$IP" -force link set dev v0 xdp obj modules.bpf.o sec jump

# nobody asks for them when nothing is in a module
trace() {
	strace -f -o calls -e trace=bpf "$@"
}
trace "$IP" -force link set dev v0 xdp obj weak.o sec weak
assert_eq "$(grep -c BPF_BTF_GET calls)" 0

# all or nothing, whichever call is refused
"$IP" link set dev v0 xdp off
rm -rf "$BPFFS"/{tc,xdp,ip}
trace "$IP" link set dev v0 xdp obj modules.bpf.o sec xdp program track_nat
assert_match "$(cat calls)" 'BPF_BTF_GET_FD_BY_ID'
cnt=$(wc -l <calls) refusals=0
for n in $(seq 1 "$(rounds 1 8)" "$cnt"); do
	"$IP" link set dev v0 xdp off
	rm -rf "$BPFFS"/{tc,xdp,ip}
	before=$(state) status=0
	strace -f -o calls -e trace=bpf -e inject=bpf:error=EPERM:when=$n \
		"$IP" link set dev v0 xdp obj modules.bpf.o sec xdp program track_nat 2>err || status=$?
	[ $status -ne 0 ] || continue
	refusals=$((refusals + 1))
	[ -s err ] || die "call $n refused: status $status without a message"
	unchanged "$before" "state after call $n of $cnt was refused ($(head -n 1 err))"
done
[ $refusals -gt 2 ] || die "only $refusals of $cnt refused calls mattered"
