#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# tc exec bpf graft: one slot of a live prog array gets another program.

. "$(dirname "$0")/lib.sh"
need bpftool ping

jmp=$BPFFS/tc/globals/jmp
steps=$BPFFS/tc/globals/steps

graft() {
	"$TC" exec bpf graft "$@"
}

# slot_is KEY NAME: "" for an empty one
slot_is() {
	local id

	id=$(slots "$jmp" | sed -n "s/^$1 //p")
	if [ -z "$2" ]; then
		assert_eq "$id" "" "slot $1"
	else
		assert_match "$(bpftool prog show id "$id")" "sched_cls  name $2  tag "
	fi
}

# hits N0 N1 N2 N3 N4: since the last time
declare -a seen=(0 0 0 0 0)
hits() {
	local i now

	for i in 0 1 2 3 4; do
		now=$(counter "$steps" $i)
		assert_eq $((now - seen[i])) "$1" "hits of step $i"
		seen[i]=$now
		shift
	done
}

compile_bpf jump.bpf.c
compile_bpf stage.bpf.c
compile_bpf verdict.bpf.c
variant refused pins.bpf.c -DREFUSED
veth
"$TC" qdisc add dev v0 clsact
"$TC" filter add dev v0 ingress bpf da obj jump.bpf.o 2>/dev/null
attached=$(cls_id v0 ingress)
ping_v0 4
hits 4 4 4 4 0

# ---- with a key, into an empty slot, and into one that is in use ----

slot_is 4 ""
graft m:globals/jmp key 4 obj stage.bpf.o
slot_is 4 grafted
ping_v0 3
hits 3 3 3 3 300
graft "$jmp" key 0x1 obj stage.bpf.o sec classifier
slot_is 1 grafted
ping_v0 2
hits 2 0 0 0 200

# ---- the key from the section's name ----

graft m:globals/jmp obj stage.bpf.o sec 1/2
slot_is 2 by_section
graft m:globals/jmp key 1 obj stage.bpf.o sec 1/2	# a key given counts
slot_is 1 by_section
ping_v0 1
hits 1 0 100 0 0

# ---- a pinned program, by path and by m: ----

bpftool prog pin id "$attached" "$BPFFS/tc/globals/start"
graft m:globals/jmp key 3 pinned m:globals/start
slot_is 3 start
assert_eq "$(slots "$jmp" | sed -n 's/^3 //p')" "$attached"
graft m:globals/jmp key 4 pinned "$BPFFS/tc/globals/start"
slot_is 4 start
graft m:globals/jmp key 1 pinned m:globals/start type cls 2>/dev/null ||
	die "type after pinned"

# the filter was never touched
assert_eq "$(cls_id v0 ingress)" "$attached"

# ---- refused, with the reason, and nothing changed ----

bpftool map create "$BPFFS/tc/globals/array" type array key 4 value 4 entries 4 name plain
"$IP" link set dev v0 xdp obj verdict.bpf.o
bpftool prog pin id "$(xdp_id v0)" "$BPFFS/tc/globals/xdp"
"$IP" link set dev v0 xdp off
before=$(state)

# no_graft REGEX WORDS...
no_graft() {
	local regex=$1

	shift
	out=$(fails 255 graft "$@" 2>&1)
	assert_match "$(grep -m 1 ^Error <<<"$out")" "$regex"
	unchanged "$before" "state after 'graft $*'"
}

no_graft "m:globals/none.*No such file" m:globals/none key 1 obj stage.bpf.o
no_graft "$BPFFS/none.*No such file" "$BPFFS/none" key 1 obj stage.bpf.o
no_graft "m:globals/array.*no prog array" m:globals/array key 1 obj stage.bpf.o
no_graft "m:globals/start.*no map" m:globals/start key 1 obj stage.bpf.o
no_graft "m:globals/jmp.*key 5 .*5 slots" m:globals/jmp key 5 obj stage.bpf.o
no_graft "m:globals/jmp.*key 4294967295 " m:globals/jmp key 0xffffffff obj stage.bpf.o
no_graft "'m:globals/jmp': it is for programs of type sched_cls, not xdp" m:globals/jmp key 1 obj stage.bpf.o type xdp
no_graft "m:globals/xdp.*type" m:globals/jmp key 1 pinned m:globals/xdp
no_graft "m:globals/none.*No such file" m:globals/jmp key 1 pinned m:globals/none
no_graft "stage.bpf.o.*'nope'" m:globals/jmp key 1 obj stage.bpf.o sec nope
no_graft "refused.o.*scalar" m:globals/jmp key 1 obj refused.o sec refused
no_graft "No such file" m:globals/jmp key 1 obj /nowhere.o

# neither a key nor a section that has one; words that mean nothing
for words in "obj stage.bpf.o" "pinned m:globals/start" "key" "key x obj stage.bpf.o" \
	     "key 1" "key 1 obj" "nonsense" "key 1 obj stage.bpf.o nonsense" ""; do
	out=$(fails 255 graft m:globals/jmp $words 2>&1)
	[ -n "$out" ] || die "no message for '$words'"
	unchanged "$before" "state after 'graft $words'"
done
fails 255 "$TC" exec bpf graft 2>/dev/null

ping_v0 1
