#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Debug information: maps know their types, programs their source lines, and
# none of it ever keeps an object from being loaded.

. "$(dirname "$0")/lib.sh"
need bpftool readelf strace

globals=$BPFFS/tc/globals

# add OBJECT WORD...: as the only filter, from nothing
add() {
	"$TC" filter del dev v0 ingress
	rm -rf "$BPFFS"/{tc,ip,xdp}
	"$TC" filter add dev v0 ingress bpf da obj "$@"
}

# btf_id ID: of a program, "" none
btf_id() {
	bpftool prog show id "$1" | sed -n 's/.*btf_id \([0-9]*\).*/\1/p'
}

# map_btf_id PIN
map_btf_id() {
	bpftool map show pinned "$1" | sed -n 's/.*btf_id \([0-9]*\).*/\1/p'
}

# offset OBJECT SECTION: in the file; length: in bytes
offset() {
	echo $((0x$(section "$1" "$2" 4)))
}

length() {
	echo $((0x$(section "$1" "$2" 5)))
}

section() {
	readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' |
		awk -v name="$2" -v field="$3" '$1 == name { print $field }'
}

# shows_line ID TEXT: that text is a comment on a line of the source; the
# number of that line is told, too
shows_line() {
	local number

	number=$(grep -n "/\* $2 \*/" "$TOP/testsuite/bpf/source.bpf.c" | cut -d: -f1)
	assert_match "$(bpftool prog dump xlated id "$1" linum)" \
		"^; .*/\* $2 \*/ \[file:.*source.bpf.c line_num:$number "
}

compile_bpf source.bpf.c
veth
"$TC" qdisc add dev v0 clsact

# ---- all of it ----

add source.bpf.o verb 2>err
assert_no_match "$(cat err)" 'BTF'
id=$(cls_id v0 ingress)
btf=$(btf_id "$id")
[ -n "$btf" ] || die "program without BTF"
assert_match "$("$SYS_TC" -d filter show dev v0 ingress)" " btf_id $btf "
assert_eq "$("$TC" -d filter show dev v0 ingress)" "$("$SYS_TC" -d filter show dev v0 ingress)"

# the map, by its types
assert_eq "$(map_btf_id "$globals/seen")" "$btf" "BTF of the map"
assert_eq "$(map_btf_id "$globals/jmp")" "" "BTF of the prog array"
bpftool map update pinned "$globals/seen" key 5 0 0 0 value 7 0 0 0 8 0 0 0
dump=$(bpftool -j map dump pinned "$globals/seen")
assert_match "$dump" '"formatted":\{"key":5,"value":\{"packets":7,"bytes":8\}\}'
key=$(bpftool btf dump map pinned "$globals/seen" key)
value=$(bpftool btf dump map pinned "$globals/seen" value)
assert_match "$key" "TYPEDEF '__u32'"
assert_match "$value" "STRUCT 'pair' size=8"

# functions of the same section and of .text; lines of all of them
for line in "a line of enter" "a line of near" "a line of far" "a line of peek"; do
	shows_line "$id" "$line"
done
dump=$(bpftool -j prog dump xlated id "$id")
assert_match "$dump" '"proto":"int enter\(struct __sk_buff \* skb\)'
assert_match "$dump" '"src":"[^"]*a line of far'
for name in near far peek; do
	assert_match "$dump" "$name"
done
assert_match "$(bpftool prog show id "$id")" 'name enter '

# the tail call has the same
tail=$(slots "$globals/jmp" | cut -d' ' -f2)
assert_eq "$(btf_id "$tail")" "$btf"
shows_line "$tail" "a line of tail"
shows_line "$tail" "a line of far"

# what clang leaves to the loader: sizes of sections, places of variables
dump=$(bpftool btf dump id "$btf")
assert_match "$dump" "DATASEC 'maps' size=72 vlen=2"
assert_match "$dump" "DATASEC '.data' size=[1-9][0-9]* vlen="
assert_match "$dump" "DATASEC 'license' size=4 vlen=1"
assert_no_match "$dump" "size=0 vlen|kernel_function|ksyms|linkage=extern"

# one call more with BTF, and nothing else
strace -f -o trace -e trace=bpf "$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da obj source.bpf.o
assert_eq "$(grep -c BPF_BTF_LOAD trace)" 1
with=$(grep -c 'bpf(' trace)
variant plain source.bpf.c -g0
strace -f -o trace -e trace=bpf "$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da obj plain.o
assert_eq "$(grep -c BPF_BTF_LOAD trace)" 0
assert_eq "$(grep -c 'bpf(' trace)" $((with - 1))
plain=$(cls_id v0 ingress)
assert_eq "$(btf_id "$plain")" ""
add plain.o
tag=$(bpftool prog show id "$(cls_id v0 ingress)" | sed -n 's/.* tag \([0-9a-f]*\).*/\1/p')
add source.bpf.o
assert_eq "$(bpftool prog show id "$(cls_id v0 ingress)" | sed -n 's/.* tag \([0-9a-f]*\).*/\1/p')" \
	"$tag" "tag with and without BTF"

# the examples show theirs
"$IP" link set dev v0 xdp obj "$EXAMPLES/xdp_drop.o"
assert_match "$(bpftool btf dump id "$(btf_id "$(xdp_id v0)")")" "FUNC 'drop_all'"
"$IP" link set dev v0 xdp off

# ---- what is refused tells its line ----

number=$(grep -n 'the line that is refused' "$TOP/testsuite/bpf/source.bpf.c" | cut -d: -f1)
out=$(fails 1 "$TC" filter add dev v0 ingress pref 9 bpf da obj source.bpf.o sec refused 2>&1)
assert_match "$(sed 1q <<<"$out")" "^Error: object 'source.bpf.o': program 'reads_nothing' \(section 'refused'\): the verifier refuses it: R[0-9] invalid mem access 'map_value_or_null' \(Permission denied\), at: return pair->packets;.*\$"
# from 6.8 on the log tells the number, too
if grep "^; .* @ " <<<"$out" >/dev/null; then
	assert_match "$(sed 1q <<<"$out")" " @ source.bpf.c:$number\$"
fi
assert_match "$out" '^; return pair->packets;'
out=$(fails 1 "$TC" filter add dev v0 ingress pref 9 bpf da obj plain.o sec refused 2>&1)
assert_match "$(sed 1q <<<"$out")" "'map_value_or_null' \(Permission denied\)\$"

# ---- BTF that is of no use ----

btf_at=$(offset source.bpf.o .BTF)
ext_at=$(offset source.bpf.o .BTF.ext)

# broken FILE: it loads, in silence; what there is of BTF is in $btf, $map_btf
broken() {
	assert_eq "$(add "$1" 2>&1)" "" "words about $1"
	btf=$(btf_id "$(cls_id v0 ingress)")
	map_btf=$(map_btf_id "$globals/seen")
	assert_eq "$(bpftool prog show id "$(cls_id v0 ingress)" |
		sed -n 's/.* tag \([0-9a-f]*\).*/\1/p')" "$tag" "tag of $1"
	add "$1" verb 2>err
}

cp source.bpf.o magic.o && poke magic.o "$btf_at" 0
broken magic.o
assert_eq "$btf $map_btf" " "
assert_match "$(cat err)" "^BTF debug data section '.BTF' rejected: Invalid argument \(22\)!"

# the first type points, and cannot have a name: only the kernel finds out
cp source.bpf.o kind.o && poke kind.o $((btf_at + 24 + 4)) 0 0 0 2 && poke kind.o $((btf_at + 24)) 1
broken kind.o
assert_eq "$btf $map_btf" " "
assert_eq "$(sed -n '1,2p' err)" "BTF debug data section '.BTF' rejected: Invalid argument (22)!
 - Length:       $(length source.bpf.o .BTF)"
assert_match "$(cat err)" '^Verifier analysis:'
assert_match "$(cat err)" '^\[1\] .*PTR .*Invalid name'

cp source.bpf.o ext.o && poke ext.o "$ext_at" 0
broken ext.o
assert_eq "$btf" ""
[ -n "$map_btf" ] || die "types of the map without .BTF.ext"

# the types of all functions are an integer
cp source.bpf.o func.o
funcs=$(od -An -tu4 -j $((ext_at + 12)) -N 4 source.bpf.o)
at=4
while [ $at -lt $funcs ]; do
	cnt=$(od -An -tu4 -j $((ext_at + 32 + at + 4)) -N 4 source.bpf.o)
	for i in $(seq $cnt); do
		poke func.o $((ext_at + 32 + at + 8 * i + 4)) 1 0 0 0
	done
	at=$((at + 8 + 8 * cnt))
done
broken func.o
assert_eq "$btf" ""
[ -n "$map_btf" ] || die "types of the map"
assert_no_match "$(cat err)" "^BTF debug data"

# types of another size than the map has
variant odd source.bpf.c -DKEY=__u64
add odd.o
assert_eq "$(map_btf_id "$globals/seen")" ""
[ -n "$(btf_id "$(cls_id v0 ingress)")" ] || die "program without BTF"

# whatever byte is damaged, it loads
damaged=0
for section in ".BTF 97" ".BTF.ext 41"; do
	name=${section% *}
	at=$(offset source.bpf.o "$name")
	for i in $(seq 0 ${section#* } $(($(length source.bpf.o "$name") - 1))); do
		cp source.bpf.o hurt.o
		poke hurt.o $((at + i)) 377
		add hurt.o || die "byte $i of $name damaged"
		damaged=$((damaged + 1))
	done
done
echo "note: $damaged damaged objects loaded"
