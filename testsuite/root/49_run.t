#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Programs of each type that can be run are, with a result that depends on what
# they are given; what a run cannot be given is refused in one sentence.

. "$(dirname "$0")/lib.sh"
need bpftool

compile_bpf run.bpf.c
obj=run.bpf.o
"$SYS_IP" link set lo up

# run SECTION WORD...: JSON of it
run() {
	local sec=$1

	shift
	"$TC" -j exec bpf run obj $obj sec "$sec" "$@"
}

# member NAME JSON: a number or a word
member() {
	sed -n 's/.*"'"$1"'":"\{0,1\}\([^,"}]*\).*/\1/p' <<<"$2"
}

refused=
# gives SECTION RETVAL WORD...: the verdict; a type that this kernel refuses is told
gives() {
	local sec=$1 want=$2 out

	shift 2
	if ! out=$(run "$sec" "$@" 2>err); then
		grep -q 'this kernel cannot run programs of type' err || die "$sec: $(cat err)"
		refused="$refused $(sed 's/.* of type \([a-z0-9_]*\).*/\1/' err)"
		return 0
	fi
	assert_eq "$(member retval "$out")" "$want" "$sec $*"
}

# ---- each type, two inputs, two verdicts ----

for n in 7 8; do
	seven=$((n == 7)) packet="packet udp dst 10.0.0.$n"
	gives socket $n $packet
	gives tc $((seven ? 2 : 0)) $packet
	gives action $((seven ? 4 : 3)) $packet
	gives xdp $((seven ? 1 : 2)) $packet
	gives xdp.frags $((seven ? 1 : 2)) packet udp len $((seven ? 3100 : 3000))
	gives sk_lookup $((!seven)) ctx family=inet protocol=6 local_port=$n
	gives cgroup_skb/ingress $((!seven)) $packet
	gives cgroup_skb/egress $((!seven)) $packet
	for type in lwt_in lwt_out lwt_xmit lwt_seg6local; do
		gives $type $((seven ? 2 : 0)) $packet
	done
	gives flow_dissector $((seven ? 2 : 0)) packet $([ $n = 7 ] && echo tcp || echo udp)
	gives raw_tp/run $((n + 8)) ctx hex:0${n}00000000000000:0400000000000000
	gives syscall $((n + 1)) ctx hex:0${n}000000:00000000
	gives struct_ops/test_2 $((n + 1)) data hex:01000000 \
		ctx hex:$(printf '%016d' 0)0${n}00000000000000$(printf '%032d' 0)0100000000000000
done
for cpu in $(sed 's/[-,].*//' /sys/devices/system/cpu/online); do
	gives raw_tp/cpu "$cpu" cpu "$cpu"
done
refused=$(tr ' ' '\n' <<<"$refused" | sort -u | xargs)
[ -z "$refused" ] || echo "note: this kernel runs no $refused"
# all the others ran
assert_no_match "$refused" '(^| )(socket_filter|sched_cls|sched_act|xdp|cgroup_skb)( |$)'

# ---- what comes out ----

out=$(run tc packet udp dst 10.0.0.8 ctx mark=41 ingress_ifindex=lo)
assert_eq "$(member verdict "$out")" TC_ACT_OK
assert_match "$out" '"ctx":\{"priority":42\}'
assert_match "$out" '"data_changed":true'
run tc packet udp dst 10.0.0.8 out rewritten ctxout context >/dev/null
assert_eq "$(stat -c %s rewritten)" 64
assert_eq "$(od -An -tu1 -j22 -N1 rewritten | xargs)" 9 "the rewritten TTL"
[ "$(stat -c %s context)" -ge 168 ] || die "context of $(stat -c %s context) bytes"
assert_eq "$(member ip_proto "$(run flow_dissector packet udp)")" 17
assert_eq "$(member ctx_out "$(run syscall ctx hex:0300000000000000)")" 0300000006000000
run lwt_in data rewritten expect ok expect-data rewritten >/dev/null

# a pinned program, and one by id
"$TC" qdisc add dev lo clsact
"$TC" filter add dev lo ingress bpf da obj $obj sec tc
id=$(cls_id lo ingress)
bpftool prog pin id "$id" "$BPFFS/p"
rm -rf "$BPFFS"/{tc,ip,xdp}
"$TC" exec bpf run pinned "$BPFFS/p" packet udp dst 10.0.0.7 expect shot >/dev/null
"$TC" exec bpf run id "$id" packet udp dst 10.0.0.7 expect TC_ACT_SHOT >/dev/null
fails 1 "$TC" exec bpf run id "$id" packet udp expect 2 >/dev/null
"$TC" filter del dev lo ingress
rm "$BPFFS/p"

# ---- a test: status 0 or 1 ----

run xdp packet udp dst 10.0.0.7 expect drop expect-map seen 1 1 expect-map seen 0 0 >/dev/null
run xdp packet udp dst 10.0.0.7 repeat 50 expect XDP_DROP expect-map seen 1 50 >/dev/null
run xdp packet udp expect-map seen hex:01000000 hex:0100000000000000 >/dev/null
out=$(fails 1 "$TC" exec bpf run obj $obj sec xdp packet udp expect drop)
assert_match "$out" '^FAILED: verdict XDP_PASS \(2\), expected XDP_DROP \(1\)$'
out=$(fails 1 "$TC" exec bpf run obj $obj sec xdp packet udp expect-map seen 1 2 2>&1)
assert_match "$out" "^FAILED: map 'seen' has 1 under 1, expected 2\$"
out=$(fails 1 "$TC" exec bpf run obj $obj sec tc data rewritten expect-data hex:00)
assert_match "$out" '^FAILED: byte 0 is 02, expected 00$'

# ---- pins ----

assert_eq "$(bpffs_tree)" "" "the bpffs after all that"
run tc packet udp pins expect-map seen 0 1 >/dev/null
run tc packet udp pins expect-map seen 0 2 >/dev/null
run tc packet udp expect-map seen 0 1 >/dev/null
assert_eq "$(counter "$BPFFS/tc/globals/seen" 0)" 2
rm -rf "$BPFFS"/{tc,ip,xdp}

# ---- the example: a test of the accounting, by make ----

make -s -f "$EXAMPLES/try.mk" TC="$TC" OBJ="$EXAMPLES/acct.o" >made
assert_eq "$(grep -c 'verdict TC_ACT_OK (0)' made)" 2
fails 2 make -s -f "$EXAMPLES/try.mk" TC="$TC" OBJ="$EXAMPLES/acct.o" \
	ONE_OF_64='$(NOTHING)' >/dev/null 2>&1
assert_eq "$(bpffs_tree)" "" "the bpffs after the example"

# ---- bad input: one sentence each, and the status is 255 ----

while read -r regex; do
	read -r words
	out=$(fails 255 "$TC" exec bpf run obj $obj $words 2>&1 >/dev/null)
	assert_match "$out" "^Error: $regex"
	one_reason "$out"
done <<'END'
.*a packet of 2 bytes, its Ethernet header has 14
sec xdp data hex:0102
.*a run of xdp programs needs a packet
sec xdp
.*a packet of 4000 bytes, one buffer holds at most
sec xdp packet udp len 4000
.*"9" is wrong: a frame has 14 to 65535 bytes
sec xdp packet udp len 9
.*"len" is wrong: 20 bytes, its headers have 42
sec xdp packet udp len 20
.*"1.2.3.4.5" is wrong: no address of IPv4
sec xdp packet udp dst 1.2.3.4.5
.*a run of sk_lookup programs needs a context
sec sk_lookup
.*a run of sk_lookup programs has no use for a packet
sec sk_lookup packet udp ctx family=inet
.*a context of 8 bytes, struct bpf_flow_keys has
sec flow_dissector packet udp ctx hex:0000000000000000
.*a run of raw_tracepoint programs has no use for repeats
sec raw_tp/run repeat 3 ctx hex:00000000000000000000000000000000
.*a context of 7 bytes, each argument has 8
sec struct_ops/test_2 ctx hex:00000000000000
.*a batch of 257, live frames go out at most 256 at once
sec xdp packet udp live batch 257
.*a run of sched_cls programs has no use for live frames
sec tc packet udp live
either "live" or "out"
sec xdp packet udp live out x
either "live" or "ctxout"
sec xdp packet udp live ctxout x
struct xdp_md has no field "mark" that can be set
sec xdp packet udp ctx mark=1
argument "300000000000" is wrong: invalid number
sec tc packet udp ctx mark=300000000000
argument "rejected" is wrong: no verdict of this type, and no number
sec tc packet udp expect rejected
the program has no map 'none'
sec tc packet udp expect-map none 0 0
.*the sections of [0-9]+ programs tell a type
packet udp
argument "zz" is wrong|read 'zz': No such file
sec tc data zz
argument "hex:zz"|argument "zz" is wrong: two digits
sec tc data hex:zz
END

# ---- live frames ----

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
for i in $(seq 50); do
	[ ! -s live ] || break
	sleep 0.1
done
assert_match "$(cat live)" '[1-9][0-9]* packets in '
