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

# the keys in other spellings: octal, hexadecimal, all that scanf takes
for key in 1/3 001/03 0x1/3 0x01/0x03 1/03 0X1/3 +1/+3 ' 1/ 3' 1/3junk 1/3/4; do
	variant spelled jump.bpf.c "-DKEY3=\"$key\""
	rm "$globals/jmp"
	load spelled.o 2>/dev/null
	assert_eq "$(prog_names "$globals/jmp" | tail -n 1)" "3 stage3" "section '$key'"
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

# of two arrays with one id the first is filled, which is told
variant twice jump.bpf.c -DTWICE
rm "$globals/jmp"
load twice.o 2>err
assert_match "$(cat err)" "^Warning: .*prog arrays 'jmp' and 'jmp2' both have the id 1: the sections 1/... go into 'jmp'\$"
assert_eq "$(prog_names "$globals/jmp" | wc -l)" 3 "slots of the first"
assert_eq "$(slots "$globals/jmp2")" "" "slots of the second"
rm "$globals/jmp2"

# array_of PROG_ID: the prog array that it calls through
array_of() {
	local id

	for id in $(map_ids "$1"); do
		bpftool map show id "$id" | sed -n 's/^\([0-9]*\): prog_array .*/\1/p'
	done
}

# empties ID: it has no element, or will have none soon: the kernel takes its time
empties() {
	local i

	for i in {1..50}; do
		bpftool map dump id "$1" | grep -q '^Found 0 elements$' && return
		sleep 0.1
	done
	die "map $1 is not empty"
}

# Unpinned, the array is empty when the command has ended, which is told: no
# attachment counts as a user of it.
variant unpinned jump.bpf.c -DPINNING=PIN_NONE
"$TC" filter add dev v0 egress bpf da obj unpinned.o 2>err
assert_match "$(cat err)" "^Warning: .*prog array 'jmp' is not pinned: .*PIN_GLOBAL_NS"
empties "$(array_of "$(cls_id v0 egress)")"
"$TC" filter del dev v0 egress
"$IP" link set dev v0 xdp obj unpinned.o sec classifier 2>err
assert_match "$(cat err)" "^Warning: .*prog array 'jmp' is not pinned: .*PIN_GLOBAL_NS"
empties "$(array_of "$(xdp_id v0)")"
"$IP" link set dev v0 xdp off

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
fails_whole "'1/-1'.*key 4294967295.*'jmp'.* 5 slots" '-DKEY3="1/-1"'

# when the slots are filled and the attachment is refused, they are put back
out=$(fails 2 "$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj times1000.o 2>&1)
assert_match "$out" '^Error: Filter already exists'
unchanged "$before" "slots after a refused attachment"
ping_v0 1
hits 1 1 1 1000

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

# refused_by_owner CMD...: before any program is verified, and nothing changes
refused_by_owner() {
	out=$(fails 255 strace -f -o calls -e trace=bpf "$@" 2>&1)
	assert_match "$(grep -m 1 ^Error <<<"$out")" \
		"^Error: object 'jump.bpf.o': map 'jmp': pinned at '$BPFFS/xdp/globals/jmp': it is for programs of type sched_cls, not xdp\$"
	assert_match "$out" "^Hint: .*rm $BPFFS/xdp/globals/jmp\$"
	assert_no_match "$(cat calls)" BPF_PROG_LOAD
	unchanged "$before"
}

need strace
refused_by_owner "$IP" link set dev v0 xdp obj jump.bpf.o sec classifier
# emptied, it is still for these
for key in 1 2 3; do
	bpftool map delete pinned "$globals/jmp" key $key 0 0 0
done
before=$(state)
refused_by_owner "$IP" link set dev v0 xdp obj jump.bpf.o sec classifier
# beneath the /proc of a PID namespace that we are not in, nobody can tell: the
# kernel decides
beneath() {
	nsenter --mount="/proc/$child/ns/mnt" --root="/proc/$child/root" \
		--wd="$T" "$@"
}

foreign_proc() {
	unshare --mount --pid --fork --kill-child --mount-proc sleep 100 &
	foreign=$!
	for i in {1..50}; do
		child=$(pgrep -P $foreign sleep) && break
		sleep 0.1
	done
	fails 2 beneath ls /proc/self/fd 2>/dev/null
	out=$(fails 255 beneath "$IP" link set dev v0 xdp obj jump.bpf.o sec classifier 2>&1)
	assert_match "$(grep -m 1 ^Error <<<"$out")" "^Error: object 'jump.bpf.o': program 'start'.*Invalid argument"
	unchanged "$before"
	beneath "$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o 2>/dev/null
	assert_eq "$(slots "$globals/jmp" | wc -l)" 3
	kill -KILL "$child"
	wait $foreign || :
}

if [ -z "${SANITIZED-}" ]; then
	foreign_proc
else
	echo "note: not beneath a foreign /proc, the sanitizers need theirs"
fi

compile_bpf verdict.bpf.c
out=$(fails 255 "$TC" exec bpf graft m:globals/jmp key 1 obj verdict.bpf.o type xdp sec drop 2>&1)
assert_match "$out" "prog array 'm:globals/jmp': it is for programs of type sched_cls, not xdp\$"

# compat: an array that no program of the load uses may be anybody's
rm "$globals/jmp"
flags="-DTYPE=BPF_MAP_TYPE_PROG_ARRAY -DKEY=4 -DVALUE=4 -DENTRIES=4 -DINNER=0"
variant calls types.bpf.c $flags -DUSE=TAIL_CALL
variant idle types.bpf.c $flags -DUSE=NOTHING
"$TC" filter add dev v0 egress bpf da obj calls.o
"$IP" link set dev v0 xdp obj idle.o sec classifier
"$IP" link set dev v0 xdp off
fails 255 "$IP" link set dev v0 xdp obj calls.o sec classifier 2>/dev/null
