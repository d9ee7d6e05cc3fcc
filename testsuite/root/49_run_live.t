#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Live frames: what an XDP program says of them is done, as counters elsewhere
# tell.

. "$(dirname "$0")/lib.sh"
need script

compile_bpf run.bpf.c
obj=run.bpf.o

# rx: packets that the peer has seen
rx() {
	peer cat /sys/class/net/v1/statistics/rx_packets
}

veth
"$IP" link set dev v0 xdp obj $obj sec xdp/pass
peer "$IP" link set dev v1 xdp obj $obj sec xdp/pass
before=$(rx)
"$TC" exec bpf run obj $obj sec xdp/tx packet udp live dev v0 repeat 5000 batch 32 >live
assert_match "$(cat live)" 'run.bpf.o:\[xdp/tx\] 5000 packets in [0-9.]+ s, [0-9]+ packets/s'
sleep 0.5
assert_eq $(($(rx) - before)) 5000 "packets at the peer, XDP_TX"
before=$(rx)
"$TC" exec bpf run obj $obj sec xdp/redirect packet udp live dev v0 repeat 3000 >live
sleep 0.5
assert_eq $(($(rx) - before)) 3000 "packets at the peer, redirected"

# the stack of ours gets what passes
udp_in() {
	awk '/^Udp: [0-9]/ { print $2 + $3 + $4 }' /proc/net/snmp
}
before=$(udp_in)
"$TC" exec bpf run obj $obj sec xdp/pass packet udp src 10.9.0.2 dst 10.9.0.1 \
	dmac 02:00:00:00:00:01 live dev v0 repeat 1000 >live
assert_eq $(($(udp_in) - before)) 1000 "datagrams in our stack, XDP_PASS"

# ^C: the end is clean, and what was sent is told
setsid --fork bash -c 'echo $$ >pid
	trap - INT; exec env --default-signal "$@"' sh \
	"$TC" exec bpf run obj $obj sec xdp/drop packet udp live repeat 0 >live 2>err
sleep 1
kill -INT "$(cat pid)"
wait_for test -s live
assert_match "$(cat live)" '[1-9][0-9]* packets in '

# a terminal sees it go on; elsewhere nothing but the summary is written
assert_eq "$(cat err)" ""
script -qec "timeout --preserve-status --foreground -s INT 3 $TC exec bpf run obj $obj sec xdp/drop packet udp live repeat 0" \
	tty >/dev/null </dev/null
tr '\r' '\n' <tty >lines
assert_match "$(cat lines)" '^[1-9][0-9]* packets, [1-9][0-9]* packets/s $'
assert_match "$(cat lines)" 'run.bpf.o:\[xdp/drop\] [1-9][0-9]* packets in [0-9.]+ s, [1-9][0-9]* packets/s'

# what a test wants of maps is looked at when all are sent
"$TC" exec bpf run obj $obj sec xdp/count packet udp live repeat 300 expect-map seen 1 300 >live
out=$(fails 1 "$TC" exec bpf run obj $obj sec xdp/count packet udp live repeat 300 \
	expect-map seen 1 301 expect-map seen 0 0)
assert_match "$out" "^FAILED: map 'seen' has 300 under 1, expected 301\$"
assert_no_match "$out" 'under 0'
out=$(fails 1 "$TC" -j exec bpf run obj $obj sec xdp/count packet udp live expect-map seen 1 2)
assert_match "$out" '"packets":1,.*"ok":false,"failures":\["map .seen. has 1 under 1, expected 2"\]'

# queues and devices that are not there
out=$(fails 255 "$TC" exec bpf run obj $obj sec xdp/tx packet udp ctx rx_queue_index=5 live dev v0 2>&1)
assert_match "$out" '^Hint: device [0-9]+ may have no queue 5$'
out=$(fails 255 "$TC" exec bpf run obj $obj sec xdp/tx packet udp ctx ingress_ifindex=4000 live 2>&1)
assert_match "$out" '^Error: .*: there is no device 4000$'
fails 1 "$TC" exec bpf run obj $obj sec xdp/tx packet udp live dev none 2>/dev/null
