#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The ordinary words of a route beside `encap bpf`, side by side with the
# system's ip, which can load an object without maps, too: the same route, the
# same exit status, and where the words are wrong the same complaint.

. "$(dirname "$0")/lib.sh"

# E stands for an encapsulation in what follows
E="encap bpf out obj plainlwt.bpf.o"
S="encap seg6local action End.BPF endpoint obj plainlwt.bpf.o"

compile_bpf plainlwt.bpf.c
compile_bpf count.bpf.c
veth
"$SYS_IP" link set lo up
for c in all default v0 lo; do
	echo 0 >/proc/sys/net/ipv6/conf/$c/disable_ipv6 || skip "no IPv6"
done
"$SYS_IP" -6 addr add fd09::1/64 dev v0 nodad
"$SYS_IP" link add red type vrf table 77 2>/dev/null || echo "note: no VRF"
"$SYS_IP" nexthop add id 5 via 10.9.0.2 dev v0 || echo "note: no nexthop objects"

# routes: all that users made, but for when they expire
routes() {
	"$SYS_IP" -d route show table all | sed '/ proto kernel /d; s/ expires [0-9]*sec//'
}

forget() {
	local proto

	for proto in boot static bird 77 16; do
		[ -n "$(routes)" ] || return 0
		"$SYS_IP" route flush table all proto $proto 2>/dev/null || :
		"$SYS_IP" -6 route flush table all proto $proto 2>/dev/null || :
	done
}

# try IP WORDS: status, what it said, and what became of it; as text
try() {
	local tool=$1 status=0

	shift
	"$tool" "$@" 2>err >out || status=$?
	echo "status $status"
	# the reasons of a load that fails are worded by each in its own way
	[ "$status" -eq 0 ] || grep -v '^$\|^Hint\|libbpf\|^Failed to parse' err | sed -n 1p
	routes
}

clean=
forget
assert_eq "$(routes)" "$clean"
lines=0 kept=0
while read -r words; do
	[ -n "$words" ] || continue
	words=${words//ENC/$E}
	words=${words//SEG/$S}
	theirs=$(try "$SYS_IP" $words)
	forget
	assert_eq "$(routes)" "$clean" "the routes after flushing '$words'"
	ours=$(try "$IP" $words)
	forget
	[ "$ours" = "$theirs" ] || die "ip $words:
$(diff <(echo "$theirs") <(echo "$ours"))"
	lines=$((lines + 1))
	[[ "$theirs" != "status 0"* ]] || kept=$((kept + 1))
done <<'END'
route add 10.1.0.0/16 dev v0 ENC
route add ENC 10.1.0.0/16 dev v0
r a 10.1.0.0/16 ENC via 10.9.0.2
ro rep 10.1.0.0/16 ENC via 10.9.0.2
route append 10.1.0.0/16 via 10.9.0.2 ENC
route prepend 10.1.0.0/16 via 10.9.0.2 ENC
route test 10.1.0.0/16 via 10.9.0.2 ENC
route change 10.1.0.0/16 via 10.9.0.2 ENC
route chg 10.1.0.0/16 via 10.9.0.2 ENC
route add to 10.1.0.0/16 ENC via 10.9.0.2
route add 10/8 ENC dev v0
route add 10.1 ENC dev v0
route add 10.1.0.0/255.255.0.0 ENC dev v0
route add 10.1.0.0/0x10 ENC dev v0
route add default ENC via 10.9.0.2
route add default ENC dev v0
-4 route add default ENC via 10.9.0.2
-6 route add default ENC via fd09::2
route add default ENC via fd09::2
route add all ENC dev v0
route add unicast 10.1.0.0/16 ENC dev v0
route add unic 10.1.0.0/16 ENC dev v0
route add un 10.1.0.0/16 ENC
route add blackhole 10.1.0.0/16 ENC
route add to blackhole 10.1.0.0/16 ENC
route add local 10.1.0.1 ENC dev v0
route add broadcast 10.1.0.1 ENC dev v0
route add brd 10.1.0.1 ENC dev v0
route add multicast 224.0.0.0/4 ENC dev v0
route add anycast fd01::1 ENC dev v0
route add any 10.1.0.1 ENC dev v0
route add throw 10.1.0.0/16 table 9 ENC
route add nat 10.1.0.0 via 10.9.0.2 ENC
route add l 10.1.0.1 dev v0 ENC
route add 10.1.0.0/16 dev v0 tos 10 ENC
route add 10.1.0.0/16 dev v0 d 0x10 ENC
route add 10.1.0.0/16 dev v0 dsfield AF11 ENC
route add 10.1.0.0/16 dev v0 metric 7 ENC
route add 10.1.0.0/16 dev v0 m 0x10 ENC
route add 10.1.0.0/16 dev v0 p 7 ENC
route add 10.1.0.0/16 dev v0 preference 7 ENC
route add 10.1.0.0/16 dev v0 metric 4 metric 5 ENC
route add 10.1.0.0/16 dev v0 scope host ENC
route add 10.1.0.0/16 dev v0 scope 0x10 ENC
route add 10.1.0.0/16 dev v0 scope site ENC
route add 10.1.0.0/16 dev v0 proto bird ENC
route add 10.1.0.0/16 dev v0 pro static ENC
route add 10.1.0.0/16 dev v0 proto 77 ENC
route add 10.1.0.0/16 dev v0 table local ENC
route add 10.1.0.0/16 dev v0 t 1000 ENC
route add 10.1.0.0/16 dev v0 table 010 ENC
route add 10.1.0.0/16 dev v0 vrf red ENC
route add 10.1.0.0/16 dev v0 mtu 1400 ENC
route add 10.1.0.0/16 dev v0 mtu lock 1400 ENC
route add 10.1.0.0/16 dev v0 hoplimit 5 advmss 1000 reo 4 window 5 cw 3 initc 2 initr 9 ss 7 ENC
route add 10.1.0.0/16 dev v0 hoplimit lock 5 advmss lock 1000 reordering lock 4 cwnd lock 3 ENC
route add 10.1.0.0/16 dev v0 rtt 20 ENC
route add 10.1.0.0/16 dev v0 rtt lock 2s rttvar 9ms rto_min 5ms ENC
route add 10.1.0.0/16 dev v0 rtt 1.5s rttvar 3msecs rto_min 2sec ENC
route add 10.1.0.0/16 dev v0 rt 0x10 ENC
route add 10.1.0.0/16 dev v0 features ecn quick 1 fast 1 ENC
route add 10.1.0.0/16 dev v0 realms 1/2 ENC
route add 10.1.0.0/16 dev v0 rea 5 ENC
route add 10.1.0.0/16 dev v0 realms cosmos ENC
route add 10.1.0.0/16 dev v0 src 10.9.0.1 ENC
route add 10.1.0.0/16 via 10.9.0.2 dev v0 onlink ENC
route add 10.1.0.0/16 via inet 10.9.0.2 ENC
route add 10.1.0.0/16 via inet6 fd09::2 dev v0 ENC
route add 10.1.0.0/16 oif v0 ENC
route add 10.1.0.0/16 dev v0 dev lo ENC
route add 10.1.0.0/16 dev v0 ttl-propagate enabled ENC
route add 10.1.0.0/16 dev v0 from 10.9.0.1 ENC
route add 10.1.0.0/16 nhid 5 ENC
route add 10.1.0.0/16 nhid 6 ENC
route add fd01::/64 dev v0 ENC
-6 route add fd01::/64 dev v0 expires 60 pref high ENC
-6 route add fd01::/64 dev v0 pref low metric 3 ENC
-6 route add fd01::/64 dev v0 pref 1 ENC
-6 route add fd01::/64 via fd09::2 src fd09::1 mtu 1300 ENC
-6 route add fd01::/64 dev v0 table 1000 ENC
-6 route add local fd01::1 dev v0 ENC
-6 route add fd01::/64 dev v0 SEG
-6 route add fd01::/64 dev v0 encap seg6local endpoint obj plainlwt.bpf.o action End.BPF count
-f inet6 route add fd01::/64 dev v0 SEG
-family inet route add 10.1.0.0/16 dev v0 ENC
route add 10.1.0.0/16 nexthop via 10.9.0.2 ENC nexthop dev v0 weight 3
route add 10.1.0.0/16 nexthop via 10.9.0.2 dev v0 ENC weight 256 nexthop via 10.9.0.3 onlink dev v0 ENC
route add 10.1.0.0/16 metric 3 nexthop via 10.9.0.2 r 5 ENC nexthop via 10.9.0.3
route add 10.1.0.0/16 nexthop ENC via inet6 fd09::2 dev v0 nexthop via 10.9.0.2
-6 route add fd01::/64 nexthop via fd09::2 dev v0 ENC nexthop via fd09::3 dev v0
route add 10.1.0.0/16 dev v0 encap bpf xmit obj plainlwt.bpf.o headroom 256
route add 10.1.0.0/16 dev v0 encap bpf headroom 14 xmit obj plainlwt.bpf.o sec drop headroom 5
route add 10.1.0.0/16 dev v0 encap bpf in obj plainlwt.bpf.o out obj plainlwt.bpf.o sec drop
route add 10.1.0.0/16 dev v0 encap bpf out obj plainlwt.bpf.o sec drop out obj plainlwt.bpf.o
route add 10.1.0.0/16 dev v0 encap bpf xmit obj plainlwt.bpf.o headroom 257
route add 10.1.0.0/16 dev v0 encap bpf xmit obj plainlwt.bpf.o headroom 0
route add 10.1.0.0/16 dev v0 encap bpf xmit obj plainlwt.bpf.o headroom x
route add 10.1.0.0/16 dev v0 SEG
route add 10.1.0.0/16 ENC
route add 10.1.0.0/16 dev nodev ENC
route add 10.1.0.0/16 dev v0 mtu x ENC
route add 10.1.0.0/16 dev v0 advmss x ENC
route add 10.1.0.0/16 dev v0 hoplimit 256 ENC
route add 10.1.0.0/16 dev v0 rtt x ENC
route add 10.1.0.0/16 dev v0 rtt 3000us ENC
route add 10.1.0.0/16 dev v0 rto_min lock 5 ENC
route add 10.1.0.0/16 dev v0 features x ENC
route add 10.1.0.0/16 dev v0 quickack 2 ENC
route add 10.1.0.0/16 dev v0 quickack x ENC
route add 10.1.0.0/16 dev v0 fastopen_no_cookie 2 ENC
route add 10.1.0.0/16 dev v0 realms x ENC
route add 10.1.0.0/16 dev v0 realms 1/x ENC
route add 10.1.0.0/16 dev v0 tos 300 ENC
route add 10.1.0.0/16 dev v0 metric x ENC
route add 10.1.0.0/16 dev v0 scope lin ENC
route add 10.1.0.0/16 dev v0 proto 256 ENC
route add 10.1.0.0/16 dev v0 table x ENC
route add 10.1.0.0/16 dev v0 vrf v0 ENC
route add 10.1.0.0/16 dev v0 pref hi ENC
route add 10.1.0.0/16 dev v0 expires x ENC
route add 10.1.0.0/16 dev v0 ttl-propagate x ENC
route add 10.1.0.0/16 dev v0 nhid x ENC
route add 10.1.0.0/16 dev v0 src x ENC
route add 10.1.0.0/16 dev v0 src fd00::1 ENC
route add 10.1.0.0/16 via x ENC
-6 route add 10.1.0.0/16 dev v0 ENC
-4 route add fd01::/64 dev v0 ENC
route add 10.1.0.0/33 dev v0 ENC
route add 10.1.0.0/16/16 dev v0 ENC
route add 300.1.1.1 dev v0 ENC
route add 10.0.0.0/255.0.255.0 dev v0 ENC
route add 10.1.0.0/16 10.2.0.0/16 dev v0 ENC
route add 10.1.0.0/16 dev v0 pervasive ENC
route add 10.1.0.0/16 dev v0 ENC nonsense
route add 10.1.0.0/16 dev v0 ENC metric
route add 10.1.0.0/16 nexthop dev v0 ENC metric 5
route add 10.1.0.0/16 nexthop dev v0 ENC weight 0
route add 10.1.0.0/16 nexthop dev v0 ENC weight 257
route add 10.1.0.0/16 nexthop dev v0 ENC nexthop
route add 10.1.0.0/16 nexthop dev nodev ENC
route add 10.1.0.0/16 dev v0 encap bpf out foo bar
route add 10.1.0.0/16 dev v0 encap bpf out bytecode 1
route add 10.1.0.0/16 dev v0 encap bpf out obj
-6 route add fd01::/64 dev v0 SEG action End.BPF
-6 route add fd01::/64 dev v0 SEG endpoint obj x
route del 10.1.0.0/16 dev v0 ENC
route del 10.1.0.0/16 ENC
-6 route del fd01::/64 ENC
END
[ "$kept" -gt 70 ] || die "only $kept routes of $lines"
echo "note: $lines command lines, $kept routes, as ip 6.1"

# what iproute2 takes and we do not: one clear line, its status, no effect
while read -r words; do
	fails 255 "$IP" $words 2>err
	one_reason "$(cat err)"
	assert_eq "$(routes)" "$clean" "$words"
done <<'END'
route add dev v0 encap bpf in obj plainlwt.bpf.o
route add 10.1.0.0/16 dev v0 encap bpf headroom 5 dev v0
route add 10.1.0.0/16 dev v0 encap bpf in obj plainlwt.bpf.o encap bpf out obj plainlwt.bpf.o
route add 10.1.0.0/16 nexthop dev v0 encap bpf in obj plainlwt.bpf.o nexthop dev lo encap ip dst 10.9.0.3
-6 route add fd01::/64 dev v0 encap seg6local action End.BPF
-6 route add fd01::/64 dev v0 encap seg6local action End.BPF endpoint obj plainlwt.bpf.o table 3
END

# what fails leaves nothing: neither route nor pin nor directory
before=$(bpffs_tree)
while read -r status words; do
	fails "$status" "$IP" $words 2>err
	one_reason "$(sed -n 1p err)"
	assert_eq "$(routes)" "$clean" "$words"
	assert_eq "$(bpffs_tree)" "$before" "bpffs after $words"
done <<'END'
255 route add 10.1.0.0/16 dev v0 encap bpf in obj /nowhere.o
255 route add 10.1.0.0/16 dev v0 encap bpf in obj count.bpf.o sec nope
255 route add 10.1.0.0/16 dev v0 encap bpf in obj plainlwt.bpf.o program nope
255 route add 10.1.0.0/16 dev v0 encap bpf in pinned /nowhere
255 route add 10.1.0.0/16 dev v0 encap bpf in obj plainlwt.bpf.o out obj /nowhere.o
1 route add 10.1.0.0/16 dev nodev encap bpf in obj lwt.bpf.o
2 route add 10.1.0.0/16 via 10.200.0.1 encap bpf in obj plainlwt.bpf.o
2 route add 10.1.0.1/16 dev v0 encap bpf in obj plainlwt.bpf.o
2 route change 10.1.0.0/16 dev v0 encap bpf in obj plainlwt.bpf.o
END

# a batch stops where it fails, and goes on with -force
cat >batch <<'END'
route add 10.1.0.0/16 dev v0 encap bpf out obj plainlwt.bpf.o
route add 10.2.0.0/16 dev v0
# a comment
route add 10.3.0.0/16 dev v0 encap bpf out obj /nowhere.o
route add 10.4.0.0/16 dev v0 encap bpf out obj plainlwt.bpf.o sec drop
END
fails 1 "$IP" -batch batch 2>err
assert_match "$(cat err)" '^Command failed batch:4$'
assert_match "$("$SYS_IP" route)" '^10.1.0.0/16  encap bpf out plainlwt.bpf.o:\[prog\] dev v0'
assert_match "$("$SYS_IP" route)" '^10.2.0.0/16 dev v0'
assert_no_match "$("$SYS_IP" route)" '^10.[34].0.0/16'
forget
fails 1 "$IP" -force -batch batch 2>err
assert_match "$(cat err)" '^Command failed batch:4$'
assert_match "$("$SYS_IP" route)" '^10.4.0.0/16  encap bpf out plainlwt.bpf.o:\[drop\] dev v0'
forget
sed -i 4d batch
"$IP" -batch - <batch
assert_eq "$("$SYS_IP" route | grep -c '^10.[124].0.0/16')" 3

# in another namespace
"$IP" -n peer route add 10.5.0.0/16 dev v1 encap bpf out obj plainlwt.bpf.o
assert_match "$(peer "$SYS_IP" route)" '^10.5.0.0/16  encap bpf out plainlwt.bpf.o:\[prog\] dev v1'
