#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What the demo does not show of the examples: embed.c and private.bpf.c.

. "$(dirname "$0")/lib.sh"
need bpftool

veth
ping_v0 2

"$EXAMPLES/embed" v0 "$EXAMPLES/xdp_drop.o"
[ -n "$(xdp_id v0)" ] || die "nothing attached"
assert_match "$(bpftool prog show id "$(xdp_id v0)")" 'xdp.*name drop_all'
fails 1 ping_v0 2

# what is there is not overwritten, and the kernel says so
id=$(xdp_id v0)
out=$(fails 1 "$EXAMPLES/embed" v0 "$EXAMPLES/xdp_noudp.o" 2>&1)
assert_match "$out" 'already attached'
assert_eq "$(xdp_id v0)" "$id"

out=$(fails 1 "$EXAMPLES/embed" v0 "$EXAMPLES/acct.o" 2>&1)
assert_match "$out" "acct\.o.*'prog'"
out=$(fails 1 "$EXAMPLES/embed" v0 /nowhere.o 2>&1)
assert_match "$out" 'No such file'
assert_eq "$(bpffs_tree)" ""

# examples/private.o: a load of the same file finds its count, another file
# with the same program does not
"$SYS_IP" link set dev v0 xdp off
"$SYS_TC" qdisc add dev v0 clsact
seen=$BPFFS/tc/$(sha1sum "$EXAMPLES/private.o" | cut -d' ' -f1)/seen

"$TC" filter add dev v0 ingress bpf da obj "$EXAMPLES/private.o"
ping_v0 3
assert_eq "$(map_value "$seen" 0 0 0 0)" "03 00 00 00 00 00 00 00"
"$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da \
	obj "$EXAMPLES/private.o"
ping_v0 2
assert_eq "$(map_value "$seen" 0 0 0 0)" "05 00 00 00 00 00 00 00"

cp "$EXAMPLES/private.o" other.o
echo >>other.o
seen=$BPFFS/tc/$(sha1sum other.o | cut -d' ' -f1)/seen
"$TC" filter replace dev v0 ingress pref 49152 handle 1 bpf da obj other.o
ping_v0 1
assert_eq "$(map_value "$seen" 0 0 0 0)" "01 00 00 00 00 00 00 00"
assert_eq "$("$SYS_TC" filter show dev v0 ingress | grep -c 'handle')" 1
