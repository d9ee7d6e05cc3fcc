#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Maps of maps: the inner ones are put where their definitions say.

. "$(dirname "$0")/lib.sh"
need bpftool ping

globals=$BPFFS/tc/globals

load() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "$@"
}

# members PIN: the key's first byte and the inner map's id, for all that is in it
members() {
	bpftool map dump pinned "$1" | sed -n \
		's/^key: \(..\) .*value: \(..\) \(..\) \(..\) \(..\)$/\1 \5\4\3\2/p' |
	while read -r key id; do
		echo "$((0x$key)) $((0x$id))"
	done
}

compile_bpf nested.bpf.c
veth
"$TC" qdisc add dev v0 clsact
load nested.bpf.o
inner=$(map_id "$globals/inner")
assert_match "$(bpftool map show pinned "$globals/outer")" 'array_of_maps  name outer '
assert_match "$(bpftool map show pinned "$globals/wide")" 'hash_of_maps  name wide '
assert_eq "$(members "$globals/outer")" "2 $inner"
assert_eq "$(members "$globals/wide")" "2 $inner"
ping_v0 5
assert_eq "$(counter "$globals/inner" 0)" 10 "hits, five by each outer map"

# taken again, they keep what they hold
load nested.bpf.o
assert_eq "$(map_id "$globals/inner")" "$inner"
assert_eq "$(members "$globals/outer")" "2 $inner"
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
