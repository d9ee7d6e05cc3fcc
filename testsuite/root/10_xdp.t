#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# XDP programs come and go, in each mode, and packets meet them.

. "$(dirname "$0")/lib.sh"
need bpftool ping

# mode_is WORD: what the system's ip says of the device
mode_is() {
	local words

	words=$("$SYS_IP" link show dev v0 | sed -n 1p | grep -o ' xdp[a-z]*' || :)
	assert_eq "$words" "${1:+ $1}" "mode"
}

# what ours adds, which 12_xdp_why.t is about
without_notes() {
	grep -Ev '^(Note|Hint): ' || :
}

compile_bpf verdict.bpf.c
veth
ping_v0 2

# mode, what the kernel then calls it, and bpftool
for row in "xdp xdp driver" "xdpdrv xdp driver" "xdpgeneric xdpgeneric generic"; do
	read -r word mode bpftool <<<"$row"

	"$IP" link set dev v0 "$word" obj verdict.bpf.o
	mode_is "$mode"
	first=$(xdp_id v0)
	assert_match "$(bpftool net show dev v0)" "^v0\([0-9]+\) $bpftool id $first\$"
	assert_match "$(bpftool prog show id "$first")" '^[0-9]+: xdp  name xdp_pass  tag '
	ping_v0 2

	# what is there stays, unless forced
	out=$(fails 2 "$IP" link set dev v0 "$word" obj verdict.bpf.o sec drop 2>&1)
	assert_match "$out" '^Error: XDP program already attached\.$'
	assert_eq "$(xdp_id v0)" "$first"
	ping_v0 2

	"$IP" -force link set dev v0 "$word" obj verdict.bpf.o sec drop
	mode_is "$mode"
	[ "$(xdp_id v0)" != "$first" ] || die "not replaced"
	assert_match "$(bpftool prog show id "$(xdp_id v0)")" 'name xdp_drop '
	fails 1 ping_v0 2

	"$IP" link set dev v0 "$word" off
	mode_is ""
	assert_eq "$(bpftool net show dev v0 | grep -c 'v0(' || :)" 0
	ping_v0 2
	"$IP" link set dev v0 "$word" off	# again: no error
done

# without `dev`, with an abbreviated command and all object words, `none`
"$IP" l s v0 xdpgeneric object-file verdict.bpf.o section drop
mode_is xdpgeneric
fails 1 ping_v0 2
"$IP" link set v0 xdpgeneric none
mode_is ""

# by the name of its function
"$IP" link set v0 xdp obj verdict.bpf.o program xdp_drop
assert_match "$(bpftool prog show id "$(xdp_id v0)")" 'name xdp_drop '
"$IP" link set v0 xdp off

# what does not suit the mode there is refused, in the kernel's words: what the
# system's ip says with its own program
"$IP" link set dev v0 xdpgeneric obj verdict.bpf.o
id=$(xdp_id v0)
for words in "xdpdrv obj verdict.bpf.o" "xdp obj verdict.bpf.o" "xdpdrv off"; do
	said=$("$SYS_IP" link set dev v0 $words 2>&1) && want=0 || want=$?
	out=$("$IP" link set dev v0 $words 2>&1) && got=0 || got=$?
	out=$(without_notes <<<"$out")
	assert_eq "$got $out" "$want $said" "$words"
	assert_eq "$(xdp_id v0)" "$id" "$words"
done
assert_match "$("$IP" -force link set dev v0 xdpdrv obj verdict.bpf.o 2>&1 || :)" \
	"^Error: Native and generic XDP can't be active at the same time\.$"
mode_is xdpgeneric
"$IP" link set dev v0 xdpgeneric off

# Offload: the kernel refuses to load for a device that cannot, and to attach
# what was not loaded for it.
out=$(fails 255 "$IP" link set dev v0 xdpoffload obj verdict.bpf.o 2>&1)
assert_match "$(head -n 1 <<<"$out")" "^Error: .*verdict.bpf.o.*prog.*: Invalid argument"
assert_no_match "$out" 'Verifier analysis'	# there was none
bpftool prog load verdict.bpf.o "$BPFFS/pass" type xdp 2>/dev/null ||
	die "bpftool cannot load"
said=$("$SYS_IP" link set dev v0 xdpoffload pinned "$BPFFS/pass" 2>&1) && die "offloaded"
out=$(fails 2 "$IP" link set dev v0 xdpoffload pinned "$BPFFS/pass" 2>&1)
assert_eq "$(without_notes <<<"$out")" "$said"
mode_is ""

# pinned, by path and by m:
mkdir -p "$BPFFS/tc/mine"		# the system's ip has made the rest
mv "$BPFFS/pass" "$BPFFS/tc/mine/pass"
for path in "$BPFFS/tc/mine/pass" m:mine/pass; do
	"$IP" link set dev v0 xdp pinned "$path"
	assert_eq "$(xdp_id v0)" "$(prog_id "$BPFFS/tc/mine/pass")" "$path"
	"$IP" link set dev v0 xdp off
done
out=$(fails 255 "$IP" link set dev v0 xdp pinned "$BPFFS/none" 2>&1)
assert_match "$out" "^Error: .*$BPFFS/none.*No such file"
mode_is ""

# a pinned program of another type, and a pinned map
bpftool map create "$BPFFS/map" type array key 4 value 4 entries 1 name m
"$SYS_TC" qdisc add dev v0 clsact
"$SYS_TC" filter add dev v0 ingress pref 1 bpf da obj verdict.bpf.o
bpftool prog pin id "$(cls_id v0 ingress)" "$BPFFS/cls"
for name in cls map; do
	out=$(fails 255 "$IP" link set dev v0 xdp pinned "$BPFFS/$name" 2>&1)
	one_reason "$out"
	assert_match "$out" "^Error: .*$BPFFS/$name"
done
mode_is ""
