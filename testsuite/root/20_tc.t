#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# qdiscs and filters: each verb, told by the system's tc and by packets.

. "$(dirname "$0")/lib.sh"
need bpftool ping

qdisc_is() {
	assert_match "$("$SYS_TC" qdisc show dev v0 | grep -v noqueue || echo none)" "^${1:-none}"
}

# filter_is HOOK REGEX [WORDS]: the one filter there
filter_is() {
	local got

	got=$("$SYS_TC" filter show dev v0 "$1" ${3-} | grep handle || echo none)
	assert_eq "$(wc -l <<<"$got")" 1 "filters"
	assert_match "$got" "$2"
}

# add WORDS, without changing anything else
add() {
	"$TC" filter add dev v0 "$@"
}

compile_bpf verdict.bpf.c
o=verdict.bpf.o
veth

# ---- qdiscs ----

for verb in add replace; do
	"$TC" qdisc "$verb" dev v0 clsact
	qdisc_is 'qdisc clsact ffff: parent ffff:fff1'
	out=$(fails 2 "$TC" qdisc add dev v0 clsact 2>&1)
	assert_match "$out" '^Error: Exclusivity flag on, cannot modify\.$'
	assert_eq "$("$TC" qdisc show dev v0)" "$("$SYS_TC" qdisc show dev v0)"
	assert_eq "$("$TC" qdisc show dev v0 clsact)" "$("$SYS_TC" qdisc show dev v0 clsact)"
	"$TC" qdisc del dev v0 clsact
	qdisc_is ""
done
out=$(fails 2 "$TC" qdisc del dev v0 clsact 2>&1)
said=$("$SYS_TC" qdisc del dev v0 clsact 2>&1) && die "deleted what is not there"
assert_eq "$out" "$said"

"$TC" qdisc add dev v0 ingress
qdisc_is 'qdisc ingress ffff: parent ffff:fff1 -+'
assert_eq "$("$TC" qdisc show dev v0)" "$("$SYS_TC" qdisc show dev v0)"
add ingress bpf da obj $o
"$SYS_TC" filter show dev v0 ingress | grep 'verdict.bpf.o:\[classifier\] direct-action' >/dev/null ||
	die "no filter on the ingress qdisc"
add parent ffff: pref 5 bpf da obj $o sec shot
filter_is ingress ':\[shot\]' 'pref 5'
fails 1 ping_v0 2
"$TC" qdisc del dev v0 ingress
qdisc_is ""
ping_v0 2

# ---- filters ----

# the words for a refusal, without the line that says what to do next
said_to_be() {
	fails 2 "$@" 2>&1 | grep -v '^Hint: '
}

# without a qdisc: the kernel's words, as the system's tc passes them on
out=$(said_to_be add ingress bpf da obj $o)
said=$("$SYS_TC" filter add dev v0 ingress bpf da obj $o 2>&1) && die "a filter on nothing"
assert_eq "$out" "$said"

"$TC" qdisc add dev v0 clsact
add ingress bpf da obj $o
filter_is ingress '^filter protocol all pref 49152 bpf chain 0 handle 0x1 verdict.bpf.o:\[classifier\] direct-action not_in_hw id [0-9]+ name cls_pass '
ping_v0 2
out=$(said_to_be add ingress pref 49152 handle 1 bpf da obj $o sec shot)
said=$("$SYS_TC" filter add dev v0 ingress pref 49152 handle 1 bpf da obj $o sec shot 2>&1) && die "added twice"
assert_eq "$out" "$said"
ping_v0 2

# replace: one filter, another program
old=$(cls_id v0 ingress)
"$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da obj $o sec shot
filter_is ingress ':\[shot\] .* name cls_shot '
[ "$(cls_id v0 ingress)" != "$old" ] || die "not replaced"
fails 1 ping_v0 2
# change: what is there; and only that
"$TC" filter change dev v0 ingress pref 49152 handle 1 bpf da obj $o
filter_is ingress ':\[classifier\] .* name cls_pass '
ping_v0 2
for protocol in "" "protocol all"; do
	fails 2 "$TC" filter change dev v0 ingress pref 7 handle 1 $protocol bpf da obj $o 2>/dev/null
done
assert_eq "$("$SYS_TC" filter show dev v0 ingress pref 7)" ""
# replace makes what is not there
"$TC" filter replace dev v0 egress pref 3 handle 0x10 bpf da obj $o sec shot
filter_is egress 'pref 3 bpf chain 0 handle 0x10 verdict.bpf.o:\[shot\]'
fails 1 ping_v0 2
"$TC" filter del dev v0 egress pref 3 handle 16 bpf
assert_eq "$("$SYS_TC" filter show dev v0 egress)" ""
ping_v0 2
"$TC" filter del dev v0 ingress
assert_eq "$("$SYS_TC" filter show dev v0 ingress)" ""

# all that narrows it down; and without da
add ingress protocol ip pref 10 handle 0x20 chain 3 bpf obj $o sec shot classid 1:2 skip_hw
filter_is ingress 'protocol ip pref 10 bpf chain 3 handle 0x20 flowid 1:2 verdict.bpf.o:\[shot\] skip_hw not_in_hw id'
add parent ffff:fff3 prio 20 protocol 0x800 bpf direct-action object-file $o section shot verbose 2>/dev/null
filter_is egress 'protocol ip pref 20 bpf chain 0 handle 0x1 verdict.bpf.o:\[shot\] direct-action not_in_hw'
out=$("$TC" filter get dev v0 ingress pref 10 protocol ip chain 3 handle 0x20 bpf)
assert_eq "$out" "$("$SYS_TC" filter get dev v0 ingress pref 10 protocol ip chain 3 handle 0x20 bpf)"
assert_match "$out" '^filter ingress protocol ip pref 10 bpf chain 3 handle 0x20 '
fails 2 "$TC" filter get dev v0 ingress pref 11 protocol ip handle 1 bpf 2>/dev/null
"$TC" filter del dev v0 ingress chain 3
"$TC" filter del dev v0 egress protocol ip pref 20
assert_eq "$("$SYS_TC" filter show dev v0 ingress)$("$SYS_TC" filter show dev v0 egress)" ""

# several: by order of their pref, until one has an answer
for pref in 3 1 2; do
	add ingress pref $pref bpf da obj $o
done
ping_v0 2
"$TC" filter replace dev v0 ingress pref 2 handle 1 bpf da obj $o sec shot
ping_v0 2	# pref 1 has said TC_ACT_OK before
"$TC" filter del dev v0 ingress pref 1
fails 1 ping_v0 2
assert_eq "$("$SYS_TC" filter show dev v0 ingress | grep -c handle)" 2 "filters"
assert_eq "$("$TC" filter show dev v0 ingress)" "$("$SYS_TC" filter show dev v0 ingress)"
"$TC" filter del dev v0 ingress

# del and get load nothing, whatever object is named
add ingress pref 1 bpf da obj $o
strace -f -o trace -e trace=bpf "$TC" filter del dev v0 ingress pref 1 handle 1 bpf da obj /nowhere.o
assert_no_match "$(cat trace)" 'BPF_(MAP_CREATE|PROG_LOAD|OBJ_PIN)'
assert_eq "$("$SYS_TC" filter show dev v0 ingress)" ""

# ---- offload ----

said=$("$SYS_TC" filter add dev v0 ingress bpf da skip_sw bytecode '1,6 0 0 0,' 2>&1) && die "offloaded"
add ingress bpf da obj $o
bpftool prog pin id "$(cls_id v0 ingress)" "$BPFFS/cls"
"$TC" filter del dev v0 ingress
out=$(fails 2 add ingress bpf da skip_sw pinned "$BPFFS/cls" 2>&1)
assert_eq "$out" "$said"
out=$(fails 1 add ingress bpf da skip_sw obj $o 2>&1)
assert_match "$(head -n 1 <<<"$out")" "^Error: .*verdict.bpf.o"
out=$(fails 1 add ingress bpf da skip_sw skip_hw obj $o 2>&1)
assert_eq "$("$SYS_TC" filter show dev v0 ingress)" ""

# ---- pinned ----

mkdir -p "$BPFFS/tc/globals"
mv "$BPFFS/cls" "$BPFFS/tc/globals/cls"
for path in "$BPFFS/tc/globals/cls" m:globals/cls; do
	add egress pref 4 bpf da pinned "$path"
	filter_is egress '^filter .* handle 0x1 cls:\[\*fsobj\] direct-action '
	assert_eq "$(cls_id v0 egress)" "$(prog_id "$BPFFS/tc/globals/cls")"
	"$TC" filter del dev v0 egress
done
out=$(fails 1 add egress bpf da pinned m:globals/none 2>&1)
assert_match "$out" "^Error: .*globals/none.*No such file"
bpftool map create "$BPFFS/map" type array key 4 value 4 entries 1 name m
out=$(fails 1 add egress bpf da pinned "$BPFFS/map" 2>&1)
assert_match "$out" "^Error: .*$BPFFS/map.*no program"
assert_eq "$("$SYS_TC" filter show dev v0 egress)" ""

# ---- no such device ----

for words in "filter add dev nodev ingress bpf da obj $o" "qdisc add dev nodev clsact" \
	     "filter show dev nodev ingress" "filter del dev nodev ingress"; do
	out=$(fails 1 "$TC" $words 2>&1)
	assert_eq "$out" 'Cannot find device "nodev"' "$words"
done
