#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Tail calls: sections id/key fill the slots of a prog array, packets run
# through them, and a reload that fails changes none.

. "$(dirname "$0")/lib.sh"
need bpftool ping

globals=$BPFFS/tc/globals

# prog_names PIN: "KEY NAME" for each filled slot
prog_names() {
	local key id

	slots "$1" | while read -r key id; do
		echo "$key $(bpftool prog show id "$id" | sed -n 's/.*  name \([^ ]*\) .*/\1/p')"
	done
}

# hits N0 N1 N2 N3: since the last time
declare -a seen=(0 0 0 0)
hits() {
	local i now

	for i in 0 1 2 3; do
		now=$(counter "$globals/steps" $i)
		assert_eq $((now - seen[i])) "$1" "hits of step $i"
		seen[i]=$now
		shift
	done
}

load() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "$@"
}

compile_bpf jump.bpf.c
veth
"$TC" qdisc add dev v0 clsact

# ---- slots ----

load jump.bpf.o 2>err
assert_eq "$(prog_names "$globals/jmp")" "1 stage1
2 stage2
3 stage3"
assert_match "$(cat err)" "^Warning: .*'77/0'.*77"
ping_v0 6
hits 6 6 6 6

# the keys in other spellings: octal, hexadecimal
n=0
for key in 1/3 001/03 0x1/3 0x01/0x03 1/03; do
	variant spelled jump.bpf.c "-DKEY3=\"$key\""
	rm "$globals/jmp"
	load spelled.o 2>/dev/null
	assert_eq "$(prog_names "$globals/jmp" | tail -n 1)" "3 stage3" "section $key"
	ping_v0 1
	hits 1 1 1 1
done

# a section that no slot has the key for is no slot's
variant spelled jump.bpf.c '-DKEY3="02/3"'
rm "$globals/jmp"
load spelled.o 2>err
assert_match "$(cat err)" "^Warning: .*'02/3'"
assert_eq "$(prog_names "$globals/jmp" | wc -l)" 2 "slots"
ping_v0 1
hits 1 1 1 0


# unpinned, the array is empty when the command has ended, which is told
variant unpinned jump.bpf.c -DPINNING=PIN_NONE
"$TC" filter add dev v0 egress bpf da obj unpinned.o 2>err
assert_match "$(cat err)" "^Warning: prog array 'jmp' is not pinned: "
"$TC" filter del dev v0 egress

# ---- a reload while packets flow ----

load jump.bpf.o 2>/dev/null
variant times1000 jump.bpf.c -DSTEP=1000
array=$(map_id "$globals/jmp")
peer ping -q -c 300 -i 0.01 -W 1 10.9.0.1 >flood &
flood=$!
for i in 1 2 3 4 5; do
	load times1000.o 2>/dev/null
	load jump.bpf.o 2>/dev/null
done
load times1000.o 2>/dev/null
wait $flood
grep -q ' 300 received' flood || die "lost: $(cat flood)"
assert_eq "$(map_id "$globals/jmp")" "$array" "the prog array"
for i in 0 1 2 3; do
	now=$(counter "$globals/steps" $i)
	[ $((now - seen[i])) -gt 1300 ] || die "step $i: $((now - seen[i]))"
	seen[i]=$now
done
ping_v0 2
hits 2000 2000 2000 2000

# stages that the new object does not name stay
variant fewer jump.bpf.c '-DKEY3="88/3"'
stage3=$(slots "$globals/jmp" | grep '^3')
load fewer.o 2>/dev/null
assert_eq "$(slots "$globals/jmp" | grep '^3')" "$stage3" "slot 3"
ping_v0 1
hits 1 1 1 1000

# ---- what fails, fails as a whole ----

before=$(state)
# fails_whole REGEX FLAG...
fails_whole() {
	local regex=$1

	shift
	variant broken jump.bpf.c "$@"
	out=$(fails 1 load broken.o 2>&1)
	assert_match "$(grep -m 1 ^Error <<<"$out")" "^Error: object 'broken.o': .*$regex"
	unchanged "$before" "state after $*"
	ping_v0 1
	hits 1 1 1 1000
}

fails_whole "program 'stage3' \(section '01/0x3'\): .*verifier.*scalar" -DBAD
fails_whole "'1/5'.*key 5.*'jmp'.* 5 slots" '-DKEY3="1/5"'
fails_whole "'1/0xffffffff'.*'jmp'.* 5 slots" '-DKEY3="1/0xffffffff"'

# with nothing there before, nothing is there afterwards
"$TC" filter del dev v0 ingress
rm -r "$BPFFS"/{tc,ip,xdp}
before=$(state)
variant broken jump.bpf.c -DBAD
fails 1 load broken.o 2>/dev/null
unchanged "$before"

# ---- programs of two types do not share a prog array ----

load jump.bpf.o 2>/dev/null
before=$(state)
out=$(fails 255 "$IP" link set dev v0 xdp obj jump.bpf.o sec classifier 2>&1)
assert_match "$(grep -m 1 ^Error <<<"$out")" "^Error: object 'jump.bpf.o': "
unchanged "$before"
