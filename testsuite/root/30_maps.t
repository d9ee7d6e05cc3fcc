#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Maps: where they are pinned, how they are taken again, and when they are
# refused.

. "$(dirname "$0")/lib.sh"
need bpftool ping sha1sum

globals=$BPFFS/tc/globals

compile_bpf pins.bpf.c
compile_bpf count.bpf.c
veth
"$TC" qdisc add dev v0 clsact

# ---- three ways to pin, and the tree ----

"$TC" filter add dev v0 ingress pref 1 bpf da obj pins.bpf.o
sha=$(sha1sum pins.bpf.o | cut -d' ' -f1)
assert_eq "$(bpffs_tree)" "l 777 ip $BPFFS/tc/
d 700 tc
d 700 tc/$sha
f 600 tc/$sha/private
d 700 tc/globals
f 600 tc/globals/public_with_a_long_name
l 777 xdp $BPFFS/tc/" "tree"

# names: 15 characters are the kernel's limit
assert_match "$(bpftool map show pinned "$globals/public_with_a_long_name")" \
	'^[0-9]+: hash  name public_with_a_l  flags 0x0'
assert_match "$(bpftool map show pinned "$BPFFS/tc/$sha/private")" '  name private '
assert_match "$(bpftool prog show id "$(cls_id v0 ingress)")" 'sched_cls  name uses_three  tag '
public=$(map_id "$globals/public_with_a_long_name")
private=$(map_id "$BPFFS/tc/$sha/private")

unpinned=$(map_ids "$(cls_id v0 ingress)" | grep -vx "$public\|$private")
assert_match "$(bpftool map show id "$unpinned")" '  name unpinned '

# the same file again: what is pinned is taken, what is not is made anew
"$TC" filter add dev v0 egress pref 1 bpf da obj pins.bpf.o verb 2>verb
assert_eq "$(grep -c 'loaded as pinned!' verb)" 2
maps=$(map_ids "$(cls_id v0 egress)")
assert_match "$maps" "^$public\$"
assert_match "$maps" "^$private\$"
assert_no_match "$maps" "^$unpinned\$"

# one byte more is another object: a directory of its own
(cat pins.bpf.o && echo) >other.o
"$TC" filter replace dev v0 egress pref 1 handle 1 bpf da obj other.o
sha2=$(sha1sum other.o | cut -d' ' -f1)
[ "$sha2" != "$sha" ] || die "no other SHA-1"
[ "$(map_id "$BPFFS/tc/$sha2/private")" -ne "$private" ] || die "private map shared"
assert_match "$(map_ids "$(cls_id v0 egress)")" "^$public\$"
"$TC" filter del dev v0 ingress
"$TC" filter del dev v0 egress

# ---- one map for ingress, egress and xdp ----

"$TC" filter add dev v0 ingress bpf da obj count.bpf.o
id=$(map_id "$globals/hits")
"$TC" filter add dev v0 egress bpf da obj count.bpf.o sec egress
"$IP" link set dev v0 xdp obj count.bpf.o
assert_eq "$(map_id "$globals/hits")" "$id"
for prog in "$(cls_id v0 ingress)" "$(cls_id v0 egress)" "$(xdp_id v0)"; do
	assert_eq "$(map_ids "$prog")" "$id" "map of program $prog"
done
ping_v0 7
for slot in 0 1 2; do
	assert_eq "$(counter "$globals/hits" $slot)" 7 "hits in slot $slot"
done
# a reload counts on
"$IP" -force link set dev v0 xdp obj count.bpf.o
"$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da obj count.bpf.o
ping_v0 3
for slot in 0 1 2; do
	assert_eq "$(counter "$globals/hits" $slot)" 10 "hits in slot $slot"
done

# ---- another shape ----

# refused WORDS... -- FLAG...: the words are all about the differences
refused() {
	local before text=$1

	shift
	variant odd count.bpf.c "$@"
	before=$(state)
	out=$(fails 1 "$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da obj odd.o 2>&1)
	assert_match "$(head -n 1 <<<"$out")" \
		"^Error: object 'odd.o': map 'hits': pinned at '$globals/hits' with another shape: $text\$"
	unchanged "$before" "state after $*"
	out=$(fails 255 "$IP" -force link set dev v0 xdp obj odd.o 2>&1)
	assert_match "$out" "shape: $text\$"
	unchanged "$before" "state after $*"
}

refused "value size 16 in the object, 8 in the pin" -DVALUE_SIZE=16
refused "entries 5 in the object, 4 in the pin" -DENTRIES=5
refused "flags 0x400 in the object, 0 in the pin" -DFLAGS=BPF_F_MMAPABLE
refused "type hash in the object, array in the pin, key size 8 in the object, 4 in the pin, value size 24 in the object, 8 in the pin, entries 9 in the object, 4 in the pin, flags 0x1 in the object, 0 in the pin" \
	-DTYPE=BPF_MAP_TYPE_HASH -DKEY_SIZE=8 -DVALUE_SIZE=24 -DENTRIES=9 -DFLAGS=BPF_F_NO_PREALLOC
ping_v0 2
assert_eq "$(counter "$globals/hits" 0)" 12

# what lies there is no map
rm "$globals/hits"
bpftool prog pin id "$(xdp_id v0)" "$globals/hits"
before=$(state)
out=$(fails 1 "$TC" filter add dev v0 ingress pref 9 bpf da obj count.bpf.o 2>&1)
assert_match "$out" "^Error: .*map 'hits': what is pinned at '$globals/hits' is no map"
unchanged "$before"
rm "$globals/hits"
mkdir "$globals/hits"
before=$(state)
out=$(fails 1 "$TC" filter add dev v0 ingress pref 9 bpf da obj count.bpf.o 2>&1)
assert_match "$(head -n 1 <<<"$out")" "^Error: .*map 'hits': .*$globals/hits"
unchanged "$before"
rmdir "$globals/hits"
"$TC" filter del dev v0 ingress

# ---- the shorter structs of older headers; many maps; a long licence ----

for words in 4 5 6 7 8 9; do
	variant "old$words" oldmap.bpf.c -DWORDS=$words
	rm -f "$globals/old"
	out=$("$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "old$words.o" verb 2>/dev/null)
	if [ "$words" -lt 9 ]; then
		assert_eq "$out" "$((36 - words * 4)) bytes struct bpf_elf_map fixup performed due to size mismatch!"
	else
		assert_eq "$out" ""
	fi
	map=$(map_ids "$(cls_id v0 ingress)")
	assert_match "$(bpftool map show id "$map")" '^[0-9]+: array  name old  flags 0x0'
	assert_match "$(bpftool map show id "$map")" 'key 4B  value 8B  max_entries 3 '
	if [ "$words" -gt 6 ]; then
		assert_eq "$(map_id "$globals/old")" "$map" "pin with $words words"
	else
		[ ! -e "$globals/old" ] || die "pinned with $words words"
	fi
done
before=$(state)
for words in 3 10; do
	variant "old$words" oldmap.bpf.c -DWORDS=$words
	out=$(fails 1 "$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "old$words.o" 2>&1)
	assert_match "$(head -n 1 <<<"$out")" "^Error: object 'old$words.o': .*$((words * 4))"
	unchanged "$before" "struct of $words words"
done

compile_bpf many.bpf.c
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj many.bpf.o
assert_eq "$(find "$globals" -name 'm[1-8][0-9]' | wc -l)" 80 "pinned maps"
assert_eq "$(map_ids "$(cls_id v0 ingress)")" "$(map_id "$globals/m89")"
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj many.bpf.o
assert_eq "$(map_ids "$(cls_id v0 ingress)")" "$(map_id "$globals/m89")"

variant licence verdict.bpf.c -DLONG_LICENCE
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj licence.o
assert_no_match "$(bpftool prog show id "$(cls_id v0 ingress)")" '  gpl'
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj count.bpf.o
assert_match "$(bpftool prog show id "$(cls_id v0 ingress)")" '  gpl'

# ---- a map whose flags the kernel adds to ----

compile_bpf devmap.bpf.c
"$IP" -force link set dev v0 xdp obj devmap.bpf.o
assert_match "$(bpftool map show pinned "$globals/ports")" 'devmap .* flags 0x80'
ids="$(map_id "$globals/ports") $(map_id "$globals/hashed")"
for i in 1 2; do
	"$IP" -force link set dev v0 xdp obj devmap.bpf.o
	assert_eq "$(map_id "$globals/ports") $(map_id "$globals/hashed")" "$ids"
done
