#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What kernels of old refuse, refused by strace: memory beyond the limit of
# what a process may lock (EPERM, before 5.11), and names (E2BIG, before 4.15).

. "$(dirname "$0")/lib.sh"
need bpftool strace

export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0

variant count count.bpf.c -g0	# no BTF, which kernels without names lack, too
veth
"$TC" qdisc add dev v0 clsact
add="$TC filter add dev v0 ingress pref 1 bpf da obj count.o"

# nth CALL: of all bpf(), which one is the first that does this
nth() {
	grep -o '\<bpf(BPF_[A-Z_]*' calls | grep -n "($1\$" | sed -n '1s/:.*//p'
}

# refusing WHICH ERROR CMD...: its bpf() number WHICH; calls go to ./trace. It
# may lock 64 KiB, and raise that to 128 without being privileged.
refusing() {
	local inject=bpf:error=$2:when=$1

	shift 2
	(ulimit -S -l 64 && ulimit -H -l 128 &&
		strace -qq -v -o trace -e trace=bpf,prlimit64 -e inject="$inject" "$@") ||
		return
	grep INJECTED trace >/dev/null || die "nothing was refused"
}

# limits: what RLIMIT_MEMLOCK was set to, one after the other
limits() {
	sed -n 's/.*RLIMIT_MEMLOCK, {rlim_cur=\([^,]*\), .*}, NULL) *= 0$/\1/p' trace |
		tr '\n' ' '
}

clear() {
	"$TC" qdisc del dev v0 clsact
	"$TC" qdisc add dev v0 clsact
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

strace -qq -v -o calls -e trace=bpf $add
map=$(nth BPF_MAP_CREATE) prog=$(nth BPF_PROG_LOAD)
id=$(cls_id v0 ingress)
[ -n "$id" ] || die "nothing is attached"

# ---- the limit ----

most="128*1024"
[ $((0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> 24 & 1)) -eq 0 ] ||
	most=RLIM64_INFINITY	# CAP_SYS_RESOURCE
for call in "$map" "$prog"; do
	clear
	refusing "$call" EPERM $add
	assert_eq "$(limits)" "$most " "limits"
	assert_match "$(bpftool prog show id "$(cls_id v0 ingress)")" ' name cls_in '
done

# it does not help: the limit is again what it was
clear
before=$(state)
fails 1 refusing "$map+" EPERM $add 2>err
assert_eq "$(limits)" "$most 64*1024 " "limits"
unchanged "$before"

# not privileged: as far as it goes
clear
refusing "$map" EPERM setpriv --bounding-set=-sys_resource --inh-caps=-all $add
assert_eq "$(limits)" "128*1024 " "limits"

# ---- names ----

clear
refusing "$map" E2BIG $add
assert_match "$(bpftool map show pinned "$BPFFS/tc/globals/hits")" '^[0-9]+: array  flags'
assert_match "$(bpftool prog show id "$(cls_id v0 ingress)")" ' name cls_in '
clear
refusing "$prog" E2BIG $add
assert_match "$(bpftool map show pinned "$BPFFS/tc/globals/hits")" ' name hits '
assert_match "$(bpftool prog show id "$(cls_id v0 ingress)")" '^[0-9]+: sched_cls  tag '
