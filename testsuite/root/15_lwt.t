#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Routes that run programs, with packets that take them: in, out, xmit, tail
# calls, headroom, a packet sent another way, several nexthops, End.BPF.

. "$(dirname "$0")/lib.sh"
need bpftool ping

globals=$BPFFS/tc/globals

# hits PLACE: how often a program has counted there
hits() {
	case $1 in
	in)	counter $globals/hits 0 ;;
	out)	counter $globals/hits 1 ;;
	xmit)	counter $globals/hits 2 ;;
	seg6local) counter $globals/hits 3 ;;
	tail)	counter $globals/hits 4 ;;
	esac
}

# answers N COMMAND...: of three packets
answers() {
	local n=$1

	shift
	"$@" >ping || :
	assert_match "$(cat ping)" " $n received"
}

# expect PLACE HITS ANSWERS: three packets to 10.77.0.1
expect() {
	local before

	before=$(hits "$1")
	answers "$3" ping -q -c 3 -i 0.01 -W 0.3 10.77.0.1
	assert_eq "$(($(hits "$1") - before))" "$2" "hits $1"
}

veth
peer "$SYS_IP" addr add 10.77.0.1/32 dev v1
"$SYS_IP" link set lo up
compile_bpf lwt.bpf.c "-DDEV=$("$SYS_IP" -o link show v0 | cut -d: -f1)"
compile_bpf plainlwt.bpf.c
variant refused plainlwt.bpf.c -DREFUSED
variant times10 lwt.bpf.c -DSTEP=10
variant jumps lwt.bpf.c -DJUMPS

route="10.77.0.0/16 via 10.9.0.2 dev v0"
o=lwt.bpf.o

# ---- out, xmit; the map is pinned and stays ----
"$IP" route add $route encap bpf out obj $o sec out
expect out 3 3
"$IP" route replace $route encap bpf xmit obj $o sec xmit headroom 14
expect xmit 3 3
"$IP" route del 10.77.0.0/16 encap bpf xmit obj $o sec xmit
assert_eq "$("$SYS_IP" route show 10.77.0.0/16)" ""

# ---- all three, one transaction; a verdict each ----
"$IP" route add $route encap bpf in obj $o sec in out obj $o sec out xmit pinned m:xm 2>err &&
	die "a pin that is not there"
assert_match "$(cat err)" "pinned program 'm:xm': open: No such file"
assert_eq "$("$SYS_IP" route show 10.77.0.0/16)" ""
rm -rf $BPFFS/tc $BPFFS/ip $BPFFS/xdp
before=$(bpffs_tree)
fails 255 "$IP" route add $route encap bpf out obj $o sec out xmit obj refused.o sec refused 2>err
assert_match "$(cat err)" "object 'refused.o': program 'lwt_refused'.*refuse"
assert_match "$(cat err)" "R[0-9] invalid mem access"
assert_eq "$(bpffs_tree)" "$before" "pins of the first object"
"$IP" route add $route encap bpf in obj $o sec in out obj $o sec out \
	xmit obj plainlwt.bpf.o
expect out 3 3
"$IP" route change $route encap bpf out obj plainlwt.bpf.o sec drop
expect out 0 0
# a program may be pinned, too
bpftool prog loadall plainlwt.bpf.o $BPFFS/ip/mine type lwt_xmit
"$IP" route replace $route encap bpf xmit pinned m:mine/lwt_pass
expect out 0 3
fails 255 "$IP" route replace $route encap bpf out pinned $BPFFS/ip/mine/lwt_pass 2>err
assert_match "$(cat err)" "the program is of type lwt_xmit, here it takes lwt_out"
expect out 0 3

# ---- a tail call ----
"$IP" route replace $route encap bpf out obj jumps.o sec jump
before=$(hits tail)
expect out 3 0
assert_eq "$(($(hits tail) - before))" 3 "tail calls"

# ---- in: what is for this host, and may be dropped ----
"$IP" route add local 10.78.0.1 dev lo encap bpf in obj $o sec in
peer "$SYS_IP" route add 10.78.0.1 via 10.9.0.1
before=$(hits in)
answers 3 peer ping -q -c 3 -i 0.01 -W 0.3 10.78.0.1
assert_eq "$(($(hits in) - before))" 3 "hits in"
"$IP" route replace local 10.78.0.1 dev lo encap bpf in obj plainlwt.bpf.o sec drop
answers 0 peer ping -q -c 3 -i 0.01 -W 0.3 10.78.0.1

# ---- xmit: sent another way, and with a header of its own ----
echos() {
	peer awk '$1 == "Icmp:" && $10 ~ /[0-9]/ { print $10 }' /proc/net/snmp
}
"$IP" route replace 10.79.0.0/16 via 10.9.0.2 dev v0 encap bpf xmit obj $o sec reroute
before=$(echos)
ping -q -c 3 -i 0.01 -W 0.1 10.79.0.1 >/dev/null || :
assert_eq "$(($(echos) - before))" 3 "rerouted to the peer"

"$IP" route replace $route encap bpf xmit obj $o sec push headroom 14
before=$(peer cat /sys/class/net/v1/statistics/rx_packets)
expect xmit 3 0
assert_eq "$(($(peer cat /sys/class/net/v1/statistics/rx_packets) - before))" 3 "pushed packets"

# ---- a rebuilt object: the route runs the new program at once ----
"$IP" route replace $route encap bpf out obj $o sec out
cp times10.o $o
"$IP" route replace $route encap bpf out obj $o sec out
expect out 30 3
assert_match "$("$SYS_IP" route show 10.77.0.0/16)" \
	'^10.77.0.0/16  encap bpf out lwt.bpf.o:\[out\] via 10.9.0.2 dev v0 '

# ---- each nexthop its own ----
"$IP" route replace 10.77.0.0/16 \
	nexthop via 10.9.0.2 dev v0 weight 1 encap bpf out obj $o sec out \
	nexthop via 10.9.0.2 dev v0 weight 200 encap bpf out obj plainlwt.bpf.o sec drop
text=$("$SYS_IP" route show 10.77.0.0/16)
assert_match "$text" 'nexthop  encap bpf out lwt.bpf.o:\[out\] via 10.9.0.2 dev v0 weight 1'
assert_match "$text" 'nexthop  encap bpf out plainlwt.bpf.o:\[drop\] via 10.9.0.2 dev v0 weight 200'
"$IP" route del 10.77.0.0/16

# ---- IPv6 ----
for ns in "" peer; do
	$ns sh -c 'for c in all default v0 v1 lo; do
			echo 0 >/proc/sys/net/ipv6/conf/$c/disable_ipv6
			echo 0 >/proc/sys/net/ipv6/conf/$c/accept_dad
		done' 2>/dev/null || :
done
[ -e /proc/net/if_inet6 ] || skip "no IPv6 on this kernel"
"$SYS_IP" -6 addr add fd09::1/64 dev v0 nodad
peer "$SYS_IP" -6 addr add fd09::2/64 dev v1 nodad
"$SYS_IP" -6 neigh replace fd09::2 lladdr 02:00:00:00:00:02 dev v0
peer "$SYS_IP" -6 neigh replace fd09::1 lladdr 02:00:00:00:00:01 dev v1
peer "$SYS_IP" -6 addr add fd77::1/128 dev v1 nodad

"$IP" -6 route add fd77::/64 via fd09::2 dev v0 encap bpf out obj $o sec out
before=$(hits out)
answers 3 ping -6 -q -c 3 -i 0.01 -W 0.3 fd77::1
assert_eq "$(($(hits out) - before))" 30 "hits out of IPv6"
"$IP" route replace fd77::/64 via fd09::2 dev v0 encap bpf out obj plainlwt.bpf.o sec drop
answers 0 ping -6 -q -c 3 -i 0.01 -W 0.3 fd77::1
"$IP" -family inet6 route del fd77::/64 encap bpf out obj plainlwt.bpf.o sec drop
assert_eq "$("$SYS_IP" -6 route show fd77::/64)" ""

# ---- End.BPF, with packets of segment routing ----
if ! peer "$SYS_IP" -6 route add fd88::/64 encap seg6 mode encap segs fc00::1,fc00::2 \
		via fd09::1 dev v1 2>err; then
	echo "note: no SRv6: $(cat err)"
	exit 0
fi
echo 1 >/proc/sys/net/ipv6/conf/all/seg6_enabled
echo 1 >/proc/sys/net/ipv6/conf/v0/seg6_enabled
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
peer "$SYS_IP" -6 route add fc00::/64 via fd09::1 dev v1
"$IP" -6 route add fc00::1 dev v0 encap seg6local action End.BPF endpoint obj $o sec seg6local
before=$(hits seg6local)
peer ping -6 -q -c 3 -i 0.01 -W 0.1 fd88::1 >/dev/null || :
assert_eq "$(($(hits seg6local) - before))" 30 "hits of End.BPF"
assert_match "$("$SYS_IP" -6 route show fc00::1)" \
	'^fc00::1  encap seg6local action End.BPF endpoint lwt.bpf.o:\[seg6local\] dev v0 '
# a program that drops
"$IP" -6 route replace fc00::1 dev v0 encap seg6local endpoint obj plainlwt.bpf.o sec drop action End.BPF count
before=$(hits seg6local)
peer ping -6 -q -c 3 -i 0.01 -W 0.1 fd88::1 >/dev/null || :
assert_eq "$(hits seg6local)" "$before" "hits after the replacement"
assert_match "$("$SYS_IP" -6 -s route show fc00::1)" 'End.BPF endpoint plainlwt.bpf.o:\[drop\]'
