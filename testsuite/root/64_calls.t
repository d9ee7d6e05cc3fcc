#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Functions that programs call: wherever they stand, appended once, with their
# names and lines; callbacks; tail calls within them.

. "$(dirname "$0")/lib.sh"
need bpftool ping readelf

tc() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj calls.bpf.o "$@"
}

# functions ID: their names as the kernel has them from func_info, sorted
functions() {
	bpftool prog dump xlated id "$1" | sed -nE \
		's/^[a-z].*[ *]([a-z_0-9]+)\(.*\):$/\1/p' | sort | tr '\n' ' '
}

# has_line ID SOURCE: some instruction of the program is of this line
has_line() {
	local dump

	dump=$(bpftool prog dump xlated id "$1" linum)
	assert_match "$dump" "^; $2 \[file:"
}

count() {
	counter "$BPFFS/tc/globals/seen" "$1"
}

zero() {
	local key

	for key in {0..15}; do
		bpftool map update pinned "$BPFFS/tc/globals/seen" key "$key" 0 0 0 \
			value 0 0 0 0 0 0 0 0
	done
}

# compiled FLAG...: what works with types and without
compiled() {
	compile_bpf calls.bpf.c "$@"
	rm -rf "$BPFFS/tc"
	# 8 deep, in three sections; what is called by two is there once
	tc
	ping_v0 2
	for i in {1..7}; do
		assert_eq "$(count "$i")" 2 "function $i"
	done
	# the other entry of the section: what it calls, and no more
	tc program second
	fails 1 ping_v0 1
	assert_eq "$(count 7)" 3
	zero
}

callbacks() {
	if [ "$(printf '5.17\n%s\n' "$(uname -r)" | sort -V | sed 1q)" != 5.17 ]; then
		echo "callbacks: left out, no bpf_loop() before 5.17"
		return
	fi
	tc sec callbacks
	ping_v0 2
	assert_eq "$(count 9)" 10
}

# with_types FLAG...: what takes them
with_types() {
	compiled "$@"
	callbacks
	zero

	# a function that jumps does not come back, but to its caller
	tc sec jumping
	ping_v0 2
	assert_eq "$(count 7)" 2 'a function of the tail call'
	assert_eq "$(count 10)" 2 'behind the function that jumps'
}

veth
"$TC" qdisc add dev v0 clsact
with_types
with_types -mcpu=v3
compiled -g0
for section in callbacks jumping; do
	out=$(fails 1 tc sec "$section" 2>&1)
	assert_match "$out" '^Hint: the kernel takes that only with types: compile with -g'
done
# types of no use
compile_bpf calls.bpf.c
at=$(readelf -SW calls.bpf.o | sed -n 's/.* \.BTF  *PROGBITS  *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')
printf x | dd of=calls.bpf.o bs=1 seek=$((0x$at)) conv=notrunc status=none
out=$(fails 1 tc sec callbacks 2>&1)
assert_match "$out" "^Hint: the kernel takes that only with types, and here they cannot be read: section '.BTF': magic number"

# shared: each program has its own, with its names and lines
compile_bpf calls.bpf.c
tc
assert_eq "$(functions "$(cls_id v0 ingress)")" \
	'count depth2 depth3 depth4 depth5 depth6 depth7 entry verdict '
tc sec jumping
id=$(cls_id v0 ingress)
assert_eq "$(functions "$id")" 'count jump jumps_on '
has_line "$id" 'bpf_tail_call\(skb, &jumps, 1\);'
has_line "$id" '__sync_fetch_and_add\(n, 1\);'
landed=$(slots "$BPFFS/tc/globals/jumps" | sed -n 's/^1 //p')
assert_eq "$(functions "$landed")" \
	'count depth2 depth3 depth4 depth5 depth6 depth7 landed '
has_line "$landed" '.*depth7\(__u32 x\) \{ count\(7\); return x \+ 1; \}'

# without end: the verifier says so, and we where
before=$(state)
out=$(fails 1 tc sec endless 2>&1)
assert_match "$(sed 1q <<<"$out")" "object 'calls.bpf.o': program 'without_end' \(section 'endless'\): .*(back-edge|recursive|the call stack of [0-9]+ frames is too deep)"
unchanged "$before"
