#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Sections `maps` and `.maps` in one object, tail calls through either; and the
# other struct that section `maps` may hold.

. "$(dirname "$0")/lib.sh"
need bpftool ping strace

globals=$BPFFS/tc/globals

clean() {
	"$TC" filter del dev v0 ingress
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

veth
"$TC" qdisc add dev v0 clsact

# ---- both ----

# both FLAG...: packets go through all tail calls
both() {
	variant both dialects.bpf.c "$@"
	load both.o
	assert_eq "$(slots "$globals/calls" | cut -d' ' -f1 | tr '\n' ' ')" "1 3 "
	ping_v0 3
	assert_eq "$(for i in 0 1 2 3; do counter "$globals/hits" $i; done | tr '\n' ' ')" "3 3 0 3 " "hits with $*"
}

both
clean
both -DOUTER
assert_eq "$(slots "$globals/outer")" "1 $(map_id "$globals/hits")"
clean
both -DTYPED -DOUTER
assert_eq "$(slots "$globals/outer")" "1 $(map_id "$globals/hits")"
clean
# the only prog array needs no id
both -DTYPED -DID=
clean
# but one that has another is not meant
variant other dialects.bpf.c -DTYPED '-DID=__uint(id, 7);'
load other.o 2>err
assert_eq "$(grep -c "section '2/[13]' is left out: no prog array has the id 2" err)" 2
clean

# ---- struct bpf_map_def ----

# shapes: of the maps that the filter's program uses
shapes() {
	local id

	for id in $(map_ids "$(cls_id v0 ingress)"); do
		bpftool map show id "$id" | sed -n 's/^[0-9]*: //p; s/^\tkey \(.*B  max_entries [0-9]*\).*/\1/p'
	done | tr -s ' ' | paste -d ' ' - - | sort
}

two="array name packets flags 0x0 4B value 8B max_entries 2
hash name first flags 0x0 8B value 8B max_entries 3"
three="array name packets flags 0x0 4B value 8B max_entries 2
array_of_maps name outer flags 0x0 4B value 4B max_entries 2
hash name first flags 0x0 8B value 8B max_entries 3"

# taken CNT BYTES OBJ WORD...: so many maps are taken for it
taken() {
	load "${@:3}" verb >out 2>&1
	assert_eq "$(grep -c "^ - Taken for:    struct bpf_map_def, of $2 bytes\$" out)" "$1" "$*"
}

variant five mapdef.bpf.c
taken 2 20 five.o
assert_eq "$(shapes)" "$two"
ping_v0 2
# without types it cannot be told, and makes no difference
variant bare mapdef.bpf.c -g0
taken 0 20 bare.o
assert_eq "$(shapes)" "$two"
for words in 6 7; do
	bytes=$((words * 4))
	variant typed mapdef.bpf.c -DWORDS=$words
	taken 3 $bytes typed.o
	assert_eq "$(shapes)" "$three"
	# by the name of the struct alone, or of the member
	variant named mapdef.bpf.c -DWORDS=$words -DSIXTH=something
	taken 3 $bytes named.o
	variant member mapdef.bpf.c -DWORDS=$words -DNAME=something
	taken 3 $bytes member.o
	# by what makes sense
	variant bare mapdef.bpf.c -DWORDS=$words -g0
	taken 3 $bytes bare.o
	assert_eq "$(shapes)" "$three"
	# which it does in both ways
	variant either mapdef.bpf.c -DWORDS=$words -DNO_OUTER -g0
	taken 0 $bytes either.o
	assert_eq "$(shapes)" "$two"
	taken 2 $bytes either.o maps-as bpf_map_def
	# compat: struct bpf_elf_map has no inner map there
	variant elf mapdef.bpf.c -DWORDS=$words -DNAME=something -DSIXTH=id
	out=$(fails 1 load elf.o 2>&1)
	assert_match "$out" "^Error: object 'elf.o': map 'outer': a map of maps without inner_id"
	taken 3 $bytes elf.o maps-as bpf_map_def
	assert_eq "$(shapes)" "$three"
	out=$(fails 1 load typed.o maps-as bpf_elf_map 2>&1)
	assert_match "$out" "^Error: object 'typed.o': map 'outer': a map of maps without inner_id"
done
assert_match "$(fails 1 load typed.o maps-as something 2>&1)" 'What struct is "something"\?'
# more than there is in it
variant full nested.bpf.c
out=$(fails 1 load full.o maps-as bpf_map_def 2>&1)
assert_match "$out" "^Error: object 'full.o': map '.*': struct bpf_map_def has nothing behind numa_node, here something is"
# gobpf's, told by its length alone
for flag in -g -g0; do
	variant gobpf mapdef.bpf.c -DGOBPF $flag
	taken 2 280 gobpf.o
	assert_eq "$(shapes)" "$two"
	ping_v0 1
	variant pinned mapdef.bpf.c -DGOBPF -DPIN=2 $flag
	out=$(fails 1 load pinned.o 2>&1)
	assert_match "$out" "^Error: object 'pinned.o': map 'packets': struct bpf_map_def of gobpf asks for a pin \(2\) below 'weave', where only gobpf looks"
done
# other grammars have the word, too
"$IP" link set dev v0 xdpgeneric obj five.o sec classifier maps-as bpf_map_def verb >out 2>&1 || :
assert_match "$(cat out)" '^ - Taken for:    struct bpf_map_def'

# ---- the node that it says ----

for flag in -g -g0; do
	variant node mapdef.bpf.c -DWORDS=7 -DNODE=3 $flag
	strace -f -e trace=bpf -o calls "$TC" filter replace dev v0 ingress pref 1 handle 1 \
		bpf da obj node.o 2>/dev/null || :	# this machine may have but one
	assert_match "$(grep MAP_CREATE calls)" 'map_flags=BPF_F_NUMA_NODE, inner_map_fd=0, numa_node=3, map_name="there"'
done
