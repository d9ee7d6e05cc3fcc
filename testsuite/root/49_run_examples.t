#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The examples of runs do what they say: try.mk, and the very commands that the
# first comments of dscp.bpf.c and traffic.bpf.c hold.

. "$(dirname "$0")/lib.sh"
PATH=$TOP/tc:$TOP/ip:$PATH

# commands FILE: those of its first comment, a line each
commands() {
	sed -n '2,/\*\/$/p' "$EXAMPLES/$1" | sed -n 's/^ \*\t//p' | sed -e :a -e '/\\$/{ N; s/\\\n//; ta; }'
}

# ---- a test of the accounting, by make ----

make -s -f "$EXAMPLES/try.mk" TC="$TC" OBJ="$EXAMPLES/acct.o" >made
assert_eq "$(grep -c 'verdict TC_ACT_OK (0)' made)" 2
fails 2 make -s -f "$EXAMPLES/try.mk" TC="$TC" OBJ="$EXAMPLES/acct.o" \
	ONE_OF_64='$(NOTHING)' >/dev/null 2>&1
assert_eq "$(bpffs_tree)" "" "the bpffs after it"

# ---- live traffic ----

cp "$EXAMPLES"/{traffic,xdp_noudp,xdp_drop,dscp}.o .
veth
assert_eq "$(commands traffic.bpf.c | wc -l)" 2 "commands of traffic.bpf.c"
commands traffic.bpf.c | sed -n '2s/eth1/v1/p' >receive
commands traffic.bpf.c | sed -n '1s/eth0/v0/p' >send
peer "$SYS_IP" link set dev v1 up
peer env PATH="$PATH" sh ./receive
before=$(peer cat /sys/class/net/v1/statistics/rx_packets)
sh ./send >out
assert_match "$(cat out)" '^traffic.o:\[xdp\] 100000 packets in [0-9.]+ s, [0-9]+ packets/s$'
sleep 0.5
after=$(peer cat /sys/class/net/v1/statistics/rx_packets)
assert_eq $((after - before)) 100000 "packets at the other end"

# the fifth frame is of the fifth flow
"$TC" exec bpf run obj traffic.o packet udp repeat 5 out frame >/dev/null
assert_eq "$(od -An -tu1 -j34 -N2 frame | xargs)" "4 4" "source port 1028"

# ---- a capture file ----

packet() {
	"$TC" exec bpf run obj dscp.o packet "$@" out pcap:one.pcap >/dev/null 2>err ||
		skip "the others are well, but: $(head -n 1 err)"
}
need tcpdump
packet udp dport 9
head -c 24 one.pcap >in.pcap
for words in "udp dport 53" "tcp dport 53" "udp sport 53 tos 4"; do
	"$TC" exec bpf run obj xdp_drop.o type xdp packet $words out pcap:one.pcap >/dev/null
	tail -c +25 one.pcap >>in.pcap
done
commands dscp.bpf.c >try
assert_eq "$(wc -l <try)" 2 "commands of dscp.bpf.c"
if ! sh ./try >out 2>err; then
	grep -q 'takes other data' out err || grep -q '6.11' err || die "$(cat out err)"
	sed 's/ checksum / /' try >without
	sh ./without >out
	echo "note: this kernel knows no checksum"
fi
assert_match "$(cat out)" '^1\.\.4$'
assert_match "$(cat out)" '^ok 4 - map marked key 0$'
assert_eq "$(sed -n 's/.*(tos \(0x[0-9a-f]*\),.*/\1/p' out | xargs)" "0xb8 0x0 0xb8" "as tcpdump reads it"
assert_no_match "$(cat out)" 'bad cksum'
