#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Pinning numbers of one's own: the bpf_pinning files, and where the maps go.

. "$(dirname "$0")/lib.sh"
need bpftool strace

tree="l 777 ip $BPFFS/tc/
d 700 tc
d 700 tc/globals
l 777 xdp $BPFFS/tc/"

# own DIR: what is written below it is seen here alone, and hides its iproute2/
own() {
	local layer=$T/layer$1

	mkdir -p "$layer/up" "$layer/work"
	mount -t overlay -o "lowerdir=$1,upperdir=$layer/up,workdir=$layer/work" \
		overlay "$1" || skip "no overlay file system"
	rm -rf "$1/iproute2"
	mkdir "$1/iproute2"
}

empty() {
	"$SYS_TC" filter del dev v0 ingress
	"$SYS_TC" filter del dev v0 egress
	"$SYS_IP" link set dev v0 xdp off
	find "$BPFFS" -mindepth 1 ! -name '*.debug' -delete
}

# refused OBJECT WORDS: by both commands, and nothing changes; $out is said
refused() {
	local before words="^Error: object '$1': $2\$"

	before=$(state)
	out=$(fails 255 "$IP" -force link set dev v0 xdp obj "$1" 2>&1)
	assert_match "$out" "$words"
	out=$(fails 1 load "$1" 2>&1)
	assert_match "$out" "$words"
	unchanged "$before" "state after '$2'"
}

for number in 3 7 16 4294967295; do
	variant "p$number" count.bpf.c "-DPINNING=${number}u"
done
compile_bpf pins.bpf.c
veth
"$TC" qdisc add dev v0 clsact
own /etc
own /usr/share
etc=/etc/iproute2/bpf_pinning
share=/usr/share/iproute2/bpf_pinning

# ---- in no file at all ----

refused p7.o "map 'hits': pinning 7 stands in no line of '$etc' .not there., '$share' .not there., .*"
one_reason "$out"
assert_match "$out" "$etc.*: 7 some/directory"
# who needs none does not look
strace -f -o calls -e trace=openat,open "$TC" filter add dev v0 ingress bpf da obj pins.bpf.o
assert_no_match "$(cat calls)" bpf_pinning
empty

# ---- where a line says, for all kinds of programs ----

printf '#\n# a comment\n3\tplain\n7 //foo/bar/ # more\n0x10 tc/cls1\n-1\t./a/.\n' >$etc
out=$(load p7.o 2>&1)
assert_eq "$out" ""
assert_eq "$(bpffs_tree)" "d 700 foo
d 700 foo/bar
f 600 foo/bar/hits
$tree"
id=$(map_id "$BPFFS/foo/bar/hits")
"$IP" link set dev v0 xdp obj p7.o
"$TC" filter add dev v0 egress bpf da obj p7.o sec egress
load p7.o
for prog in "$(cls_id v0 ingress)" "$(cls_id v0 egress)" "$(xdp_id v0)"; do
	assert_match "$(bpftool prog show id "$prog")" "map_ids $id\$"
done
assert_eq "$(map_id "$BPFFS/foo/bar/hits")" "$id"

# as for any other pin: a shape is compared
variant odd count.bpf.c -DPINNING=7 -DENTRIES=5
refused odd.o "map 'hits': pinned at '$BPFFS/foo/bar/hits' with another shape: entries 5 .*"
empty

load p3.o
load p16.o
load p4294967295.o
assert_eq "$(bpffs_tree | grep hits)" "f 600 a/hits
f 600 plain/hits
f 600 tc/cls1/hits"
empty

# a directory for xdp/ changes nothing: theirs is beside it
mkdir "$BPFFS/xdp"
"$IP" link set dev v0 xdp obj p7.o
assert_eq "$(bpffs_tree | grep hits)" "f 600 foo/bar/hits"
empty

# ---- what fails takes its directories away again ----

before=$(state)
fails 2 "$TC" filter add dev v0 parent 5: pref 7 bpf da obj p7.o 2>/dev/null
unchanged "$before"
mkdir "$BPFFS/foo"
before=$(state)
fails 2 "$TC" filter add dev v0 parent 5: pref 7 bpf da obj p7.o 2>/dev/null
unchanged "$before"
empty

# ---- which file ----

printf '7 shared\n8 shared8\n' >$share
load p7.o
assert_eq "$(bpffs_tree | grep hits)" "f 600 foo/bar/hits"
empty
variant p8 count.bpf.c -DPINNING=8
refused p8.o "map 'hits': pinning 8 stands in no line of '$etc'"
rm $etc
load p7.o
assert_eq "$(bpffs_tree | grep hits)" "f 600 shared/hits"
empty
mkdir $etc
refused p7.o "read '$etc': Is a directory"
rmdir $etc

# ---- never outside ----

for dir in .. ../x a/../../x a/.. /..; do
	echo "7 $dir" >$etc
	refused p7.o "map 'hits': pinning 7 in '$etc', '$dir': '..' could lead out of the bpffs"
done
echo "7 maps.d" >$etc
refused p7.o ".*: a bpffs takes no names with '.'"
printf '7 %0256d\n' 0 >$etc
refused p7.o ".*: a name of 256 bytes, files have at most 255"
printf '7 %s\n' "$(seq -s / 1001 2000)" >$etc
refused p7.o "map 'hits': a pin path of 5004 bytes, they have at most 4095"
echo "7 /" >$etc
load p7.o
assert_eq "$(bpffs_tree | grep hits)" "f 600 hits"
empty

# ---- lines that are none ----

printf '2 a\n7 b\n7 c\nbad line\n7 d\n8 e\n' >$etc
out=$(load p7.o 2>&1)
assert_match "$out" "Database $etc, id 2 is reserved - ignoring!\$"
assert_match "$out" "Database $etc is corrupted at: bad line\$"
assert_eq "$(bpffs_tree | grep hits)" "f 600 c/hits"
empty
refused p8.o "map 'hits': pinning 8 stands in no line of '$etc'"
assert_match "$out" "Database $etc is corrupted at: bad line\$"
