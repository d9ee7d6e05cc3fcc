#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Maps of maps: the inner ones are put where their definitions say.

. "$(dirname "$0")/lib.sh"
need bpftool ping

globals=$BPFFS/tc/globals

compile_bpf nested.bpf.c
veth
"$TC" qdisc add dev v0 clsact
load nested.bpf.o
inner=$(map_id "$globals/inner")
assert_match "$(bpftool map show pinned "$globals/outer")" 'array_of_maps  name outer '
assert_match "$(bpftool map show pinned "$globals/wide")" 'hash_of_maps  name wide '
assert_eq "$(slots "$globals/outer")" "2 $inner"
assert_eq "$(slots "$globals/wide")" "2 $inner"
ping_v0 5
assert_eq "$(counter "$globals/inner" 0)" 10 "hits, five by each outer map"

# taken again, they keep what they hold
load nested.bpf.o
assert_eq "$(map_id "$globals/inner")" "$inner"
assert_eq "$(slots "$globals/outer")" "2 $inner"
ping_v0 1
assert_eq "$(counter "$globals/inner" 0)" 12

# past the end: refused before there is anything
"$TC" filter del dev v0 ingress
rm -r "$BPFFS"/{tc,ip,xdp}
before=$(state)
variant beyond nested.bpf.c -DSLOT=4
out=$(fails 1 load beyond.o 2>&1)
assert_match "$(sed 1q <<<"$out")" "^Error: object 'beyond.o': map 'inner'.*slot 4 of map 'outer', which has 4\$"
unchanged "$before"

# ---- several inner maps; outer and inner ones from earlier loads ----

variant one inners.bpf.c -DINNERS=1
variant two inners.bpf.c -DINNERS=2
variant three inners.bpf.c
load one.o
first=$(map_id "$globals/first")
assert_eq "$(slots "$globals/outer")" "0 $first"
ping_v0 2
# an outer map that is there already gets those whose slots are empty
load two.o 2>err
second=$(map_id "$globals/second")
assert_eq "$(slots "$globals/outer")" "0 $first
2 $second"
load three.o 2>>err
assert_eq "$(cat err)" ""
assert_eq "$(slots "$globals/outer")" "0 $first
2 $second
3 $(map_id "$globals/third")"
ping_v0 3
for name in first:5 second:3 third:3; do
	assert_eq "$(counter "$globals/${name%:*}" 0)" "${name#*:}" "hits of $name"
done
# it gives none of them up, even for the map of that name
rm "$globals/second"
load three.o 2>err
assert_match "$(cat err)" "^Warning: .*map 'second' is not put into slot 2 of map 'outer', which keeps the map with the id $second\$"
assert_eq "$(slots "$globals/outer" | grep '^2')" "2 $second"

# what was put in is taken out when the attachment is refused
bpftool map delete pinned "$globals/outer" key 2 0 0 0
before=$(slots "$globals/outer")
assert_eq "$(wc -l <<<"$before")" 2
out=$(fails 2 "$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj three.o 2>&1)
assert_match "$out" '^Error: Filter already exists'
assert_eq "$(slots "$globals/outer")" "$before"
load three.o
assert_eq "$(slots "$globals/outer" | wc -l)" 3

# ---- what does not fit: which attribute, and both values ----

# misfit WORDS FLAG...
misfit() {
	local words=$1

	shift
	variant misfit inners.bpf.c "$@"
	before=$(state)
	out=$(fails 1 load misfit.o 2>&1)
	assert_match "$(sed 1q <<<"$out")" "^Error: object 'misfit.o': map $words\$"
	unchanged "$before" "state after $*"
}

# an inner map that is pinned with another shape
misfit "'second': pinned at '$globals/second' with another shape: value size 16 in the object, 8 in the pin" \
	-DVALUE=16
# one that is made anew, for an outer map that was there
bpftool map delete pinned "$globals/outer" key 2 0 0 0
misfit "'second' does not fit into map 'outer', which is for maps like 'first': value size 16, not 8" \
	-DVALUE=16 -DWHERE=PIN_NONE
# and for one that was not
"$TC" filter del dev v0 ingress
rm -r "$BPFFS"/{tc,ip,xdp}
for where in PIN_NONE PIN_GLOBAL_NS; do
	fit="'second' does not fit into map 'outer', which is for maps like 'first'"
	misfit "$fit: value size 16, not 8" -DVALUE=16 -DWHERE=$where
	misfit "$fit: entries 9, not 1" -DENTRIES=9 -DWHERE=$where
	misfit "$fit: flags 0x400, not 0" -DFLAGS=BPF_F_MMAPABLE -DWHERE=$where
	misfit "$fit: type hash, not array, value size 4, not 8, flags 0x1, not 0, entries 5, not 1" \
		-DKIND=BPF_MAP_TYPE_HASH -DVALUE=4 -DENTRIES=5 -DFLAGS=BPF_F_NO_PREALLOC -DWHERE=$where
done
misfit "'outer': inner_id 99 is the id of no map" -DINNER_ID=99
misfit "'outer': a map of maps without inner_id" -DINNER_ID=0
# types that the kernel takes into no map
misfit "'outer': create: Operation not supported.*" -DINNERS=1 -DFIRST_KIND=BPF_MAP_TYPE_PROG_ARRAY -DFIRST_VALUE=4
