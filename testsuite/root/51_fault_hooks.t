#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# All or nothing, XDP, routes, grafts and runs: see fault.sh.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/fault.sh"

sweep \
	"live_slots	$TC exec bpf graft m:globals/jmp key 2 obj stage.bpf.o" \
	"nothing	$IP link set dev v0 xdp obj count.bpf.o" \
	"live_xdp	$IP -force link set dev v0 xdp obj verdict.bpf.o sec drop" \
	"live_xdp	$IP link set dev v0 xdp off" \
	"nothing	./many count.bpf.o v2 v3 v0" \
	"nothing	$IP route add 10.1.0.0/16 dev v0 encap bpf in obj lwt.bpf.o sec in xmit obj lwt.bpf.o sec xmit" \
	"live_route	$IP route del 10.1.0.0/16 encap bpf in obj lwt.bpf.o sec in" \
	"nothing	$TC exec bpf run obj run.bpf.o sec tc packet udp ctx mark=1 ingress_ifindex=v0 expect ok expect-map seen 0 1" \
	"nothing	$TC exec bpf run obj run.bpf.o sec tc packet udp pins out $T/packet expect-map seen 0 1" \
	"nothing	$TC exec bpf run obj run.bpf.o sec xdp/count packet udp cpu 0 live dev v0 repeat 100 expect-map seen 1 100" \
	"no_bpffs	$TC filter add dev v0 egress pref 1 handle 1 bpf da obj count.bpf.o"
