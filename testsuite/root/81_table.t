#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What becomes of each object, as the kernel tells it, beside the table at the
# end: maps with their shape and pins, slots of prog arrays and maps of maps,
# programs with their tags.
#
# A tag is the digest of a program's instructions before relocation, so it
# tells that the right ones were loaded, and all of them. Kernels up to 6.17
# take SHA-1, later ones SHA-256; the table has both. The instructions are the
# compiler's: where it is not the one that the table was made with, tags are
# computed from the object's bytes.

. "$(dirname "$0")/lib.sh"
need bpftool llvm-objcopy llvm-readelf sha1sum sha256sum

compiler="Debian clang version 14.0.6"

# ---- the tags that an object should have ----

# instructions OBJECT SECTION: as the kernel sees them, map descriptors as 0
instructions() {
	local offset byte

	llvm-objcopy --dump-section "$2=$T/insns" "$1" "$T/copy"
	# what is relocated by a map becomes BPF_PSEUDO_MAP_FD: src_reg 1
	llvm-readelf -r "$1" | awk -v of="'.rel$2'" '
		/^Relocation section/ { in_it = ($3 == of) }
		in_it && $3 == "R_BPF_64_64" { print $1 }' |
	while read -r offset; do
		offset=$((0x$offset + 1))
		byte=$(od -An -tu1 -j $offset -N 1 "$T/insns")
		printf "\\x$(printf %x $((byte | 0x10)))" |
			dd of="$T/insns" bs=1 seek=$offset conv=notrunc status=none
	done
	cat "$T/insns"
}

# tags OBJECT SECTION: both
tags() {
	instructions "$1" "$2" >program
	echo "$(sha1sum program | cut -c 1-16) $(sha256sum program | cut -c 1-16)"
}

# ---- what the kernel has ----

map_row() {
	bpftool map show id "$1" | awk -v id="$1" '
		FILENAME == "pins"	{ if ($1 == id) pin = $2; next }
		$1 == id ":"		{ head = "map " $4 " " $2; flags = $NF }
		$1 == "key"		{ shape = $2 " " $4 " " $6 }
		END { print head, shape, flags, pin ? pin : "-" }' pins - |
		tr -d B
}

prog_row() {
	bpftool prog show id "$1" | awk 'NR == 1 { print "prog", $4, $2, $6 }'
}

# name KIND ID: of a map or a program
name() {
	bpftool "$1" show id "$2" | sed -n '1s/.* name \([^ ]*\).*/\1/p'
}

slot_rows() {
	local id pin kind key what

	while read -r id pin; do
		case $(bpftool map show id "$id" | sed 1q) in
		*" prog_array "*)	kind=prog ;;
		*_of_maps*)		kind=map ;;
		*)			continue ;;
		esac
		slots "$BPFFS/$pin" | while read -r key what; do
			[ $kind = map ] || echo "$what" >>progs
			echo "slot $(name map "$id") $key $(name $kind "$what")"
		done
	done <pins
}

# rows SHA1: all that is there, with the directory of that object as OBJECT
rows() {
	local pin id

	find "$BPFFS/" -type f ! -name '*.debug' | while read -r pin; do
		echo "$(map_id "$pin") ${pin#"$BPFFS/"}"
	done >pins
	{ cls_id v0 ingress; xdp_id v0; } >progs
	slot_rows
	{
		cut -d' ' -f1 pins
		for id in $(cat progs); do
			map_ids "$id"
		done
	} | sort -un >maps
	for id in $(cat maps); do
		map_row "$id"
	done | sed "s/$1/OBJECT/"
	for id in $(sort -un progs); do
		prog_row "$id"
	done
}

clear() {
	"$SYS_TC" qdisc del dev v0 clsact 2>/dev/null || :
	"$SYS_TC" qdisc add dev v0 clsact
	"$SYS_IP" link set dev v0 xdp off
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

# load COMMAND SECTION OBJECT
load() {
	case $1 in
	tc)	"$TC" filter add dev v0 ingress pref 1 bpf da obj "$3" sec "$2" ;;
	ip)	"$IP" link set dev v0 xdp obj "$3" sec "$2" ;;
	esac 2>err
}

# ---- both, object by object ----

# in order, without empty lines
ordered() {
	LC_ALL=C sort | sed '/^$/d'
}

# judge: what $want says of $object, and what is there
judge() {
	local sha got

	clear
	sha=$(sha1sum "$object" | cut -d' ' -f1)
	got=$(load $how "$object" || echo fails; rows "$sha")
	diff <(ordered <<<"$want") <(ordered <<<"$got") >diff ||
		die "$file: what the table says (<) and what is there (>):
$(cat diff)"
	objects=$((objects + 1))
}

# which_hash: 1 or 2, the column of the tags that this kernel makes
which_hash() {
	local made sha1 sha256

	compile_bpf "$EXAMPLES/xdp_drop.bpf.c"
	clear
	load ip prog xdp_drop.bpf.o
	made=$(prog_row "$(xdp_id v0)" | cut -d' ' -f4)
	read -r sha1 sha256 <<<"$(tags xdp_drop.bpf.o prog)"
	case $made in
	"$sha1")	echo 1 ;;
	"$sha256")	echo 2 ;;
	*)		die "tag $made: neither $sha1 nor $sha256" ;;
	esac
}

# read_object FILE COMMAND SECTION [FLAG...]
read_object() {
	file=$1 how="$2 $3" want=
	shift 3
	compile_bpf "$TOP/$file" "$@"
	object=$(basename "$file" .c).o
}

# read_prog SECTION NAME TYPE SHA1 SHA256
read_prog() {
	local computed

	computed=$(tags "$object" "$1")
	[ -z "$recorded" ] || assert_eq "$computed" "$4 $5" "$file: tags of section '$1'"
	want+="prog $2 $3 $(cut -d' ' -f"$hash" <<<"$computed")"$'\n'
}

veth
hash=$(which_hash)
recorded=
! "$CLANG" --version | grep -Fqx "$compiler" || recorded=yes
objects=0

while read -r -u 3 kind words; do
	case $kind in
	object)	read_object $words ;;
	prog)	read_prog $words ;;
	end)	judge ;;
	"#")	;;
	*)	want+="$(echo $kind $words)"$'\n' ;;
	esac
done 3<<'END'
# object  FILE COMMAND SECTION [FLAG...]
# map     NAME, cut to what the kernel takes; TYPE; SIZE of keys, of values; ENTRIES; FLAGS; PIN
# slot    MAP KEY WHAT
# prog    SECTION NAME TYPE SHA-1 SHA-256

object  examples/acct.bpf.c tc ingress
map     acct             array          4 16   2 0x0   tc/globals/acct
prog    ingress     count_ingress sched_cls  77896fa796c60db1 ef838661037177a8
end

object  examples/acct.bpf.c tc egress
map     acct             array          4 16   2 0x0   tc/globals/acct
prog    egress      count_egress  sched_cls  b0479f81242cc6e5 3afc08272c0c818c
end

object  examples/private.bpf.c tc classifier
map     seen             array          4  8   1 0x0   tc/OBJECT/seen
prog    classifier  count_seen    sched_cls  aa93b500236fde34 d4d950593910dd42
end

object  examples/refused.bpf.c tc classifier
fails
end

object  examples/stage.bpf.c tc stage
prog    stage       stop          sched_cls  a04f5eef06a7f555 59f4a931744dcdc6
end

object  examples/tail.bpf.c tc classifier
map     rounds           array          4  8   1 0x0   tc/globals/rounds
map     stages           prog_array     4  4   2 0x0   tc/globals/stages
prog    1/1         again         sched_cls  90f061914ce1ad5a 56336cc34beae708
prog    1/0         count_round   sched_cls  ffe01c0c2feca0ad f22d0461bb3af640
prog    classifier  start         sched_cls  d8f81a5d4f661f23 5e26b8f0f1703bc2
slot    stages           0 count_round
slot    stages           1 again
end

object  examples/xdp_drop.bpf.c ip prog
prog    prog        drop_all      xdp        57cd311f2e27366b b11459a0e11ca14c
end

object  examples/xdp_noudp.bpf.c ip prog
prog    prog        drop_udp      xdp        98e4c662c49a1bca ac78edf43e8e23cb
end

object  testsuite/bpf/count.bpf.c tc classifier -DTYPE=BPF_MAP_TYPE_HASH -DFLAGS=1
map     hits             hash           4  8   4 0x1   tc/globals/hits
prog    classifier  cls_in        sched_cls  1f16f6190340c314 028a17679e9d08be
end

object  testsuite/bpf/count.bpf.c tc egress -DPINNING=0
map     hits             array          4  8   4 0x0   -
prog    egress      cls_out       sched_cls  4e6b1e03ec218525 2370604ce8674f40
end

object  testsuite/bpf/count.bpf.c ip prog -DTYPE=BPF_MAP_TYPE_LRU_HASH -DKEY_SIZE=8 -DENTRIES=64
map     hits             lru_hash       8  8  64 0x0   tc/globals/hits
prog    prog        xdp_in        xdp        0cceca8d972b1ebe d82dbdc7647fa601
end

object  testsuite/bpf/devmap.bpf.c ip prog
map     hashed           devmap_hash    4  4   8 0x80  tc/globals/hashed
map     ports            devmap         4  4   8 0x80  tc/globals/ports
prog    prog        by_port       xdp        3e0da9e2594f94d9 5476d8f6502ba849
end

object  testsuite/bpf/jump.bpf.c tc classifier
map     jmp              prog_array     4  4   5 0x0   tc/globals/jmp
map     steps            array          4  8   5 0x0   tc/globals/steps
prog    1/1         stage1        sched_cls  738454a3d508da5b 4254a211ccbba5a4
prog    0x1/2       stage2        sched_cls  2200a2b7c7926dc6 918b5a42392e4a95
prog    01/0x3      stage3        sched_cls  392fc397d7c9892b ba195aa8a24d7531
prog    classifier  start         sched_cls  c7b1e545932f25bf 13a0e1e4c1f8ce55
slot    jmp              1 stage1
slot    jmp              2 stage2
slot    jmp              3 stage3
end

object  testsuite/bpf/jump.bpf.c tc classifier -DBAD
fails
end

object  testsuite/bpf/nested.bpf.c tc classifier
map     inner            array          4  8   1 0x0   tc/globals/inner
map     outer            array_of_maps  4  4   4 0x0   tc/globals/outer
map     wide             hash_of_maps   8  4   4 0x0   tc/globals/wide
prog    classifier  looks_deeper  sched_cls  367222fb04baa508 7bde7f7aaea1b064
slot    outer            2 inner
slot    wide             2 inner
end

object  testsuite/bpf/oldmap.bpf.c tc classifier -DWORDS=4
map     old              array          4  8   3 0x0   -
prog    classifier  uses_old      sched_cls  aa93b500236fde34 d4d950593910dd42
end

object  testsuite/bpf/oldmap.bpf.c tc classifier -DWORDS=9
map     old              array          4  8   3 0x0   tc/globals/old
prog    classifier  uses_old      sched_cls  aa93b500236fde34 d4d950593910dd42
end

object  testsuite/bpf/pins.bpf.c tc classifier
map     private          hash           4  8  16 0x0   tc/OBJECT/private
map     public_with_a_l  hash           4  8  16 0x0   tc/globals/public_with_a_long_name
map     unpinned         hash           4  8  16 0x0   -
prog    classifier  uses_three    sched_cls  529cc77e719cacd3 c3d12b945844b651
end

object  testsuite/bpf/pins.bpf.c ip prog
map     private          hash           4  8  16 0x0   tc/OBJECT/private
map     public_with_a_l  hash           4  8  16 0x0   tc/globals/public_with_a_long_name
prog    prog        uses_one      xdp        8bb2e54b56efa79a 0afa56fcd9325709
end

object  testsuite/bpf/verdict.bpf.c tc shot
prog    shot        cls_shot      sched_cls  3b185187f1855c4c 614b434cd8324ecc
end
END

[ "$objects" -gt 0 ] || die "nothing was compared"
if [ -n "$recorded" ]; then
	echo "note: $objects loads, tags as recorded"
else
	echo "note: $objects loads, tags computed: not $compiler"
fi
