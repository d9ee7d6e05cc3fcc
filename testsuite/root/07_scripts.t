#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Scripts such as administrators have, ordinary commands and those of BPF mixed,
# run unchanged with ours first in PATH: what they print, parse and return is
# the same as with the system's ip and tc alone, which load these objects, too.

. "$(dirname "$0")/lib.sh"

compile_bpf guide.bpf.c
mv guide.bpf.o prog.o

# ---- the scripts ----

cat >setup.sh <<'END'
#!/bin/sh
# a host, its uplink, and a namespace behind it; then a report of what is there
set -e

NS=guest DEV=up0 PEER=in0

ip netns add $NS
ip link add $DEV type veth peer name $PEER
ip link set $PEER netns $NS
ip address add 10.20.0.1/24 dev $DEV
ip link set dev $DEV address 02:00:00:00:20:01 mtu 1400 up
ip netns exec $NS ip link set lo up
ip -n $NS addr add 10.20.0.2/24 dev $PEER
ip -n $NS link set $PEER up
ip -n $NS route add default via 10.20.0.1

tc qdisc add dev $DEV clsact
tc filter add dev $DEV ingress prio 10 protocol ip u32 match ip dst 10.20.0.9/32 classid 1:9
tc filter add dev $DEV ingress prio 20 handle 1 bpf da obj prog.o sec tc_mark
tc filter add dev $DEV egress bpf direct-action object-file prog.o section classifier
ip link set dev $DEV xdpgeneric obj prog.o sec xdp
ip netns exec $NS ip link set dev $PEER xdp obj prog.o
ip route add 10.30.0.0/16 encap bpf out obj prog.o section nop via 10.20.0.2 dev $DEV
ip route add 10.40.0.0/16 via 10.20.0.2

echo "links:"
ip -o link show | awk -F': ' '{ print $2 }' | sed 's/@.*//'
ip link show dev $DEV | grep -o ' mtu [0-9]* xdp[a-z]*'
ip -n $NS -o link show dev $PEER | grep -c 'prog/xdp id'
ip -br addr show dev $DEV | awk '{ print $1, $3 }'
echo "filters:"
tc filter show dev $DEV ingress | grep handle
tc -d filter show dev $DEV egress
tc -s filter show dev $DEV ingress pref 20
tc -j filter show dev $DEV ingress | sed 's/.*"bpf_name":"\([^"]*\)".*/\1/'
tc qdisc show dev $DEV | awk '/clsact/ { print $2, $3 }'
echo "routes:"
ip route show dev $DEV
ip route get 10.40.1.1 | head -n 1 | cut -d' ' -f 1-5
ip -j route show 10.40.0.0/16
ID=$(ip link show dev $DEV | sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p')
[ -n "$ID" ] && echo "XDP runs"
ip -n $NS -s link show $PEER | grep -c RX
END

cat >batch.sh <<'END'
#!/bin/sh
# many at once; a line that fails ends it, unless it is forced
ip link add up0 type veth peer name in0
ip link set up0 up

tc -batch - <<LINES
qdisc add dev up0 root handle 1: htb default 10
class add dev up0 parent 1: classid 1:10 htb rate 10mbit
class add dev up0 parent 1: classid 1:20 htb rate 1mbit ceil 5mbit

# comments and empty lines are left out
filter add dev up0 parent 1: prio 1 bpf obj prog.o flowid 1:20
filter add dev up0 parent 1: prio 2 protocol ip u32 match ip dport 22 0xffff flowid 1:10
qdisc add dev up0 clsact
filter add dev up0 ingress prio 5 handle 5 bpf da obj prog.o sec foobar
filter show dev up0 ingress
LINES
echo "tc: $?"
tc class show dev up0 | grep -c htb
tc filter show dev up0

ip -batch - <<LINES
address add 10.20.0.1/24 dev up0
link set dev up0 xdpgeneric obj prog.o
route add 10.30.0.0/16 dev up0
link set dev up0 alias "the uplink"
LINES
echo "ip: $?"
ip link show up0 | sed -n 's/.*alias //p'

printf '%s\n' 'filter add dev up0 ingress prio 7 bpf da obj prog.o' \
	'filter add dev nowhere ingress bpf da obj prog.o' \
	'filter add dev up0 ingress prio 8 bpf da obj prog.o' >lines
tc -b lines 2>/dev/null
echo "one is wrong: $?"
tc filter show dev up0 ingress | grep -c handle
tc -force -b lines 2>/dev/null
echo "forced: $?"
tc filter show dev up0 ingress | grep -o 'pref [0-9]* .*handle 0x[0-9a-f]*'
tc -s qdisc show dev up0 | awk '/^qdisc/ { print $2, $3 }'
END

cat >cleanup.sh <<'END'
#!/bin/bash
# leaves nothing, whatever there was, and may run twice
set -eu -o pipefail

clean() {
	tc filter del dev up0 ingress 2>/dev/null || true
	tc qdisc del dev up0 clsact >/dev/null 2>&1 || :
	ip link set dev up0 xdp off 2>/dev/null || true
	ip link set dev up0 xdpgeneric off 2>/dev/null || true
	ip route flush dev up0 scope global 2>/dev/null || true
	if ip link show dev up0 2>/dev/null | grep -q xdp; then
		echo "up0 still has a program" >&2
		exit 1
	fi
	for ns in $(ip netns list | cut -d' ' -f 1); do
		ip netns del "$ns"
	done
	! ip link show up0 >/dev/null 2>&1 || ip link del up0
}

ip link add up0 type veth peer name in0
tc qdisc add dev up0 clsact
tc filter add dev up0 ingress bpf da obj prog.o
tc filter add dev up0 ingress protocol ip pref 3 u32 match u32 0 0 classid 1:1
ip link set dev up0 xdpgeneric obj prog.o
tc filter replace dev up0 ingress pref 49152 handle 1 bpf da obj prog.o sec foobar
tc filter show dev up0 ingress | grep -o '[a-z.]*:\[.*\]'
ip -force link set dev up0 xdpgeneric obj prog.o sec foobar
ip link set dev up0 xdpgeneric obj prog.o 2>/dev/null && echo "twice?" || echo "busy: $?"
tc filter add dev up0 ingress bpf da obj missing.o 2>/dev/null || echo "missing: $?"
tc filter add dev nowhere ingress bpf da obj prog.o 2>/dev/null || echo "nowhere: $?"
ip link set dev up0 xdp obj prog.o sec missing 2>/dev/null || echo "no section: $?"
ip -o link show type veth | wc -l
clean
clean
ip -o link show type veth | wc -l
ip netns list
tc qdisc show dev up0 2>/dev/null || echo "gone: $?"
END

# ---- both ways ----

# run SCRIPT PATH: what it prints, and its status, without what is of this run alone
run() {
	local status=0

	unshare --net --mount sh -c "mount -t tmpfs tmpfs /run/netns; PATH=$2 exec '$1'" \
		>said 2>err </dev/null || status=$?
	sed -E 's/\b(id|btf_id|load_time) [0-9]+/\1 N/g' said
	echo "status $status"
}

chmod +x ./*.sh
mkdir -p /run/netns
for script in setup batch cleanup; do
	theirs=$(run "./$script.sh" /usr/sbin:/usr/bin:/sbin:/bin)
	cp err theirs.err
	ours=$(run "./$script.sh" "$TOP/ip:$TOP/tc:/usr/sbin:/usr/bin:/sbin:/bin")
	[ "$(wc -l <<<"$ours")" -gt 5 ] && [ "${ours##*$'\n'}" = "status 0" ] ||
		die "$script: $ours $(cat err)"
	[ "$ours" = "$theirs" ] || die "$script differs:
$(diff <(echo "$theirs") <(echo "$ours"))
$(cat err)"
done
echo "note: setup, batch, cleanup"
