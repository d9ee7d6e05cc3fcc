#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Which bpffs: the usual one, another, the one named, or none yet.

. "$(dirname "$0")/lib.sh"
need bpftool

tree="d tc
d tc/globals
f tc/globals/hits
l ip
l xdp"

# tree_in DIR: types and names alone
tree_in() {
	find "$1" -mindepth 1 ! -name '*.debug' -printf '%y %P\n' | LC_ALL=C sort
}

bpf_mounts() {
	awk '$3 == "bpf" { print $2 }' /proc/mounts
}

load() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj count.bpf.o
}

compile_bpf count.bpf.c
compile_bpf verdict.bpf.c
variant unpinned count.bpf.c -DPINNING=PIN_NONE
veth
"$TC" qdisc add dev v0 clsact

load
assert_eq "$(tree_in "$BPFFS")" "$tree"
rm -r "$BPFFS"/{tc,ip,xdp}

# ---- the one that TC_BPF_MNT names ----

mkdir named "with blank"
mount -t bpf bpf named
TC_BPF_MNT=$T/named load
assert_eq "$(tree_in named)" "$tree"
assert_eq "$(readlink named/xdp)" "$T/named/tc/"
assert_eq "$(tree_in "$BPFFS")" ""
# m: is there, too
bpftool prog pin id "$(cls_id v0 ingress)" "$T/named/tc/globals/prog"
TC_BPF_MNT=$T/named/ "$TC" filter add dev v0 egress pref 1 bpf da pinned m:globals/prog
assert_eq "$(cls_id v0 egress)" "$(cls_id v0 ingress)"
out=$(fails 1 "$TC" filter add dev v0 egress pref 2 bpf da pinned m:globals/prog 2>&1)
assert_match "$out" "^Error: .*No such file"
# relative: the links would lead nowhere
out=$(TC_BPF_MNT=named fails 1 load 2>&1)
assert_match "$out" "^Error: .*'named'"
# not there yet: mounted
mkdir fresh
TC_BPF_MNT=$T/fresh load
assert_eq "$(stat -f -c %T fresh)" bpf_fs
assert_eq "$(tree_in fresh)" "$tree"
TC_BPF_MNT=$T/made load
assert_eq "$(tree_in made)" "$tree"
umount named fresh made

# ---- somewhere else: the first of /proc/mounts ----

umount "$BPFFS"
mount -t bpf bpf "with blank"
load
assert_eq "$(tree_in "with blank")" "$tree"
assert_eq "$(bpf_mounts)" "$T/with\\040blank"
umount "with blank"

# ---- none at all: mounted once, for who needs it ----

assert_eq "$(bpf_mounts)" ""
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj verdict.bpf.o
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj unpinned.o
"$IP" link set dev v0 xdp obj verdict.bpf.o
out=$(fails 1 "$TC" filter add dev v0 egress pref 2 bpf da pinned m:globals/x 2>&1)
assert_match "$out" '^Error: .*m:globals/x.*no bpffs is mounted'
assert_eq "$(bpf_mounts)" "" "mounted by who needs none"
load
assert_eq "$(bpf_mounts)" "$BPFFS"
assert_eq "$(tree_in "$BPFFS")" "$tree"
assert_match "$(stat -c %a "$BPFFS")" "^1?700$"
load
"$IP" -force link set dev v0 xdp obj count.bpf.o
assert_eq "$(bpf_mounts)" "$BPFFS" "mounted twice"

# ---- a load that fails takes its mount away again ----

umount "$BPFFS"
variant refused pins.bpf.c -DREFUSED
before=$(state)
fails 1 "$TC" filter add dev v0 ingress pref 7 bpf da obj refused.o sec refused 2>/dev/null
unchanged "$before"
# and a filter that the kernel will not have
fails 2 "$TC" filter add dev v0 parent 5: pref 7 bpf da obj count.bpf.o 2>/dev/null
unchanged "$before"

# ---- none to be had: refused, where iproute2 goes on without pins ----

mkdir "$T/empty"
out=$(TC_BPF_MNT=/proc/nowhere fails 1 "$TC" filter add dev v0 ingress pref 7 bpf da obj count.bpf.o 2>&1)
assert_match "$(head -n 1 <<<"$out")" "^Error: .*/proc/nowhere"
unchanged "$before"

# ---- real directories instead of the links: apart from each other ----

mount -t bpf bpf "$BPFFS"
mkdir "$BPFFS/xdp"
load
assert_eq "$(tree_in "$BPFFS" | grep xdp)" "d xdp
d xdp/globals"
"$IP" -force link set dev v0 xdp obj count.bpf.o
assert_eq "$(bpffs_tree | grep hits)" "f 600 tc/globals/hits
f 600 xdp/globals/hits"
[ "$(map_id "$BPFFS/tc/globals/hits")" -ne "$(map_id "$BPFFS/xdp/globals/hits")" ] ||
	die "one map"
