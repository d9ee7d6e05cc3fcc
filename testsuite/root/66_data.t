#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Global data: constants, variables and strings are maps with the values that
# the object gives them; programs of one load share them.

. "$(dirname "$0")/lib.sh"
need bpftool ping readelf

# maps_of PROGRAM_ID: a line for each of its maps, by name
maps_of() {
	local id

	for id in $(map_ids "$1"); do
		echo $(bpftool map show id "$id") | sed -n \
			's/^[0-9]*: \([a-z_]*\) name \([^ ]*\) flags \([^ ]*\) key 4B value \([0-9]*\)B max_entries \([0-9]*\) .*/\2 \1 \3 \4 \5/p'
	done | sort
}

# map_of PROGRAM_ID NAME: its id
map_of() {
	local id

	for id in $(map_ids "$1"); do
		bpftool map show id "$id" | grep "name $2 " >/dev/null || continue
		echo "$id"
	done
}

# value PROGRAM_ID MAP OBJECT VARIABLE [INDEX]: a number of 8 bytes, or 4
value() {
	local at size byte n=0 shift=0 bytes

	read -r at size <<<"$(readelf -sW "$3" |
		awk -v name="$4" '$8 == name { print $2, $3 }')"
	at=$((0x$at)) size=$((size > 8 ? 8 : size))
	at=$((at + ${5:-0} * size))
	bytes=$(bpftool -j map lookup id "$(map_of "$1" "$2")" key 0 0 0 0 |
		sed 's/.*"value":\[\([^]]*\)\].*/\1/; s/[",]/ /g')
	for byte in $(echo $bytes | cut -d' ' -f$((at + 1))-$((at + size))); do
		n=$((n + (byte << shift))) shift=$((shift + 8))
	done
	echo "$n"
}

# works OBJECT: all of its data, before and after four packets of 98 bytes
works() {
	local o=$1 n=${1%%.*} id

	rm -rf "$BPFFS/tc"
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "$o"
	id=$(cls_id v0 ingress)
	# .data.idle is not among them: only another section's program uses it
	assert_eq "$(maps_of "$id")" "$(sort <<<".rodata.str1.1 array 0x80 20 1
.data.tuning array 0x0 4 1
.rodata.salt array 0x80 4 1
$n.bss array 0x0 40 1
$n.data array 0x0 12 1
$n.rodata array 0x80 56 1
jump prog_array 0x0 4 2
my_counters array 0x0 8 1")" "maps of $o"
	assert_eq "$(value "$id" "$n.data" "$o" first)" $((0x1122334455667788))
	assert_eq "$(value "$id" "$n.data" "$o" step)" 3
	assert_eq "$(value "$id" my_counters "$o" seen)" 5
	assert_eq "$(value "$id" "$n.rodata" "$o" verdict_code)" 2

	fails 1 ping_v0 4	# the verdict is TC_ACT_SHOT
	assert_eq "$(value "$id" "$n.bss" "$o" packets)" 4
	assert_eq "$(value "$id" "$n.bss" "$o" by_limit 1)" 0
	assert_eq "$(value "$id" "$n.bss" "$o" by_limit 2)" 4
	assert_eq "$(value "$id" my_counters "$o" seen)" $((5 + 4 * 7))
	# "a large one": the string is read
	assert_eq "$(value "$id" "$n.data" "$o" first)" $((0x112233445566778c))
	# by the program in the slot, in the same .bss
	assert_eq "$(value "$id" "$n.bss" "$o" steps)" 12
	# constants stay
	fails 255 bpftool map update id "$(map_of "$id" ".rodata.salt")" \
		key 0 0 0 0 value 1 0 0 0 2>/dev/null
}

veth
"$TC" qdisc add dev v0 clsact
compile_bpf data.bpf.c
works data.bpf.o
# bpftool knows the variables' names from BTF
assert_match "$(bpftool map dump id "$(map_of "$(cls_id v0 ingress)" data.bss)")" \
	'"packets": 4'
variant plain data.bpf.c -g0
works plain.o

# reported like any map, and not taken for an old definition
out=$("$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj data.bpf.o verb 2>&1)
assert_match "$out" "^Map object '.rodata' loaded"
assert_no_match "$out" 'fixup performed'

# nothing is made for what is not used, nor is there a map twice
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj plain.o sec other
assert_eq "$(maps_of "$(cls_id v0 ingress)")" '.data.idle array 0x0 8 1'

# a second load has its own
rm -rf "$BPFFS/tc"
"$IP" link set dev v0 xdp obj plain.o sec other
assert_eq "$(maps_of "$(xdp_id v0)")" '.data.idle array 0x0 8 1'
[ "$(map_ids "$(xdp_id v0)")" != "$(map_ids "$(cls_id v0 ingress)")" ]
"$IP" link set dev v0 xdp off
rm -rf "$BPFFS/tc"

# no system call too many
strace -f -o calls -e trace=bpf "$TC" filter replace dev v0 ingress pref 1 \
	handle 1 bpf da obj data.bpf.o sec other
assert_eq "$(grep -c BPF_MAP_UPDATE_ELEM calls)" 4 '.data, .data.idle, .rodata, a slot'
assert_eq "$(grep -c BPF_MAP_FREEZE calls)" 1 'only .rodata'

# addresses in data are told, since a map cannot hold them
cat >pointers.c <<'END'
#include <linux/pkt_cls.h>
#include "bpf_api.h"
int a, b;
int *volatile table[] = { &a, &b };
__section("classifier") int f(struct __sk_buff *skb)
{
	return table[skb->len & 1] ? TC_ACT_OK : TC_ACT_SHOT;
}
BPF_LICENSE("GPL");
END
compile_bpf "$T/pointers.c"
out=$("$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj pointers.o 2>&1)
assert_match "$out" "section '.data' of object 'pointers.o' holds addresses, which no map can"
