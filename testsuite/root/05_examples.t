#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What the demo does not show of the examples: embed.c, private.bpf.c, routes.

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

# examples/lwt_count.o, from the command and from examples/route.c, which
# shares its map; examples/lwt_drop.o
"$SYS_TC" qdisc del dev v0 clsact
peer "$SYS_IP" addr add 10.77.0.1/32 dev v1
"$IP" route add 10.77.0.0/16 via 10.9.0.2 dev v0 \
	encap bpf in obj "$EXAMPLES/lwt_count.o" sec in out obj "$EXAMPLES/lwt_count.o" sec out
ping -q -c 2 -i 0.01 -W 1 10.77.0.1 | grep -q ' 2 received'
assert_match "$(map_value $BPFFS/tc/globals/lwt_count 1 0 0 0)" '^02 00 00 00 00 00 00 00 a8 '
"$EXAMPLES/route" v0 10.78.0.0 16 "$EXAMPLES/lwt_count.o" out
assert_match "$("$SYS_IP" route show 10.78.0.0/16)" 'encap bpf out lwt_count.o:\[out\]#'
out=$(fails 1 "$EXAMPLES/route" v0 10.78.0.0 16 "$EXAMPLES/lwt_count.o" out 2>&1)
assert_match "$out" '^File exists$'
"$IP" route replace 10.77.0.0/16 via 10.9.0.2 dev v0 encap bpf out obj "$EXAMPLES/lwt_drop.o"
ping -q -c 2 -i 0.01 -W 1 -s 100 10.77.0.1 | grep -q ' 2 received'
ping -q -c 2 -i 0.01 -W 0.3 -s 1000 10.77.0.1 >ping || :
grep -q ' 0 received' ping
