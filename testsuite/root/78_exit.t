#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Exit statuses, as scripts know them from iproute2: 255 wrong words, 1 (ip:
# 255) what could not be loaded, 1 an unknown device, 2 the kernel's refusal.
# Whatever fails says so, and changes nothing.

. "$(dirname "$0")/lib.sh"
need bpftool

compile_bpf verdict.bpf.c
o=verdict.bpf.o
veth
"$SYS_TC" qdisc add dev v0 clsact
"$SYS_TC" filter add dev v0 ingress pref 1 handle 1 bpf bytecode '1,6 0 0 0,'
before=$(state)

# run COMMAND WORDS: its status is then in $got, what it said in err
run() {
	got=0
	"$@" >/dev/null 2>err </dev/null || got=$?
}

# each line: the status, then the command
while read -r status cmd words; do
	case $cmd in
	ip)	ours=$IP theirs=$SYS_IP ;;
	tc)	ours=$TC theirs=$SYS_TC ;;
	esac
	run "$ours" $words
	assert_eq "$got" "$status" "status of '$cmd $words'"
	[ "$status" -eq 0 ] || [ -s err ] || die "'$cmd $words' fails without a message"
	unchanged "$before" "'$cmd $words': state"
	# what needs no object the system's can be asked, too
	case $words in
	*obj*)	;;
	*)	run "$theirs" $words
		assert_eq "$got" "$status" "status of the system's '$cmd $words'"
		unchanged "$before" "the system's '$cmd $words': state" ;;
	esac
done <<'END'
0	tc filter show dev v0 ingress
0	tc qdisc show dev v0
0	tc filter get dev v0 ingress pref 1 protocol all handle 1 bpf
255	tc filter nonsense
255	tc filter add dev
255	tc filter add dev v0 dev v0 ingress bpf da pinned /x
255	tc filter add dev v0 ingress pref
255	tc filter add dev v0 ingress pref x bpf da pinned /x
255	tc filter add dev v0 ingress pref 65536 bpf da pinned /x
255	tc filter add dev v0 ingress protocol nonsense bpf da pinned /x
255	tc filter add dev v0 parent nonsense bpf da pinned /x
255	tc filter add dev v0 ingress egress bpf da pinned /x
255	tc filter add dev v0 ingress chain x bpf da pinned /x
1	tc filter add dev v0 ingress handle x bpf da pinned /x
1	tc filter add dev v0 ingress bpf nonsense
1	tc filter add dev v0 ingress bpf da obj /nowhere.o
1	tc filter add dev v0 ingress bpf da obj verdict.bpf.o sec nope
1	tc filter add dev v0 ingress bpf da obj verdict.bpf.o program nope
1	tc filter add dev v0 ingress bpf da obj verdict.bpf.o verb sec shot
1	tc filter add dev v0 ingress bpf da obj verdict.bpf.o classid x
1	tc filter add dev v0 ingress bpf da obj verdict.bpf.o obj verdict.bpf.o
1	tc filter add dev v0 ingress bpf da pinned /nowhere
1	tc filter add dev v0 ingress bpf help
1	tc filter add dev nodev ingress bpf da obj verdict.bpf.o
1	tc filter show dev nodev ingress
1	tc filter del dev nodev ingress
2	tc filter add dev v0 ingress pref 1 handle 1 bpf da obj verdict.bpf.o
2	tc filter add dev v0 parent 5: bpf da obj verdict.bpf.o
2	tc filter change dev v0 ingress pref 77 handle 1 bpf da obj verdict.bpf.o
2	tc filter del dev v0 ingress pref 77
2	tc filter get dev v0 ingress pref 77 protocol all handle 1 bpf
255	tc filter get dev v0 ingress pref 1 handle 1 bpf
255	tc qdisc add dev
255	tc qdisc nonsense
1	tc qdisc add dev nodev clsact
1	tc qdisc add dev v0 clsact nonsense
2	tc qdisc add dev v0 clsact
2	tc qdisc del dev lo clsact
0	tc exec help
255	tc exec bpf help
255	tc exec bpf nonsense
255	tc exec bpf graft /nowhere key 1 obj verdict.bpf.o
0	ip link show dev v0
255	ip link set dev
255	ip link set dev v0 xdp
255	ip link set dev v0 xdp nonsense
255	ip link set dev v0 xdp obj
255	ip link set dev v0 xdp obj /nowhere.o
255	ip link set dev v0 xdp obj verdict.bpf.o sec nope
255	ip link set dev v0 xdp obj verdict.bpf.o verb sec drop
255	ip link set dev v0 xdp pinned /nowhere
255	ip link set dev v0 dev lo xdp obj verdict.bpf.o
255	ip link set xdp off
1	ip link set dev nodev xdp obj verdict.bpf.o
1	ip link set dev nodev xdp off
1	ip link show dev nodev
END

# XDP: what is there is the kernel's refusal
"$IP" link set dev v0 xdp obj $o
before=$(state)
fails 2 "$IP" link set dev v0 xdp obj $o 2>err
[ -s err ] || die "no message"
unchanged "$before"
