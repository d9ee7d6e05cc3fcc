#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Programs of each type that can be run are, with a result that depends on what
# they are given, by the command and by a caller of the library.

. "$(dirname "$0")/lib.sh"
need bpftool

compile_bpf run.bpf.c
obj=run.bpf.o
$CC -Wall -Wextra -Werror -o run "$TOP/testsuite/root/run.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
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
# bytes HEX
bytes() {
	printf "$(sed 's/://g; s/../\\x&/g' <<<"$1")"
}

# by_library SECTION WORD...: the verdict, for what the words mean
by_library() {
	local sec=$1 cpu=

	shift
	: >data >ctx
	case $* in
	packet*)	run xdp/pass "$@" out data >/dev/null ;;
	"ctx hex:"*)	bytes "${2#hex:}" >ctx ;;
	"ctx "*)	run "$sec" "$@" ctxout ctx >/dev/null ;;
	data*)		bytes "${2#hex:}" >data
			bytes "${4#hex:}" >ctx ;;
	cpu*)		cpu=$2 ;;
	esac
	./run $obj "$sec" data ctx $cpu
}

# gives SECTION RETVAL WORD...: the verdict; a type that this kernel refuses is told
gives() {
	local sec=$1 want=$2 out

	shift 2
	if ! out=$(run "$sec" "$@" 2>err); then
		grep -q 'this kernel cannot run programs of type' err || die "$sec: $(cat err)"
		refused="$refused $(sed 's/.* of type \([a-z0-9_]*\).*/\1/' err)"
		reason=$(sed 's/.* of type [a-z0-9_]*: \([^"]*\).*/\1/' err)
		return 0
	fi
	assert_eq "$(member retval "$out")" "$want" "$sec $*"
	assert_eq "$(by_library "$sec" "$@")" "$want" "$sec $*, by the library"
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
[ -z "$refused" ] || echo "note: this kernel runs no $refused: $reason"
# all the others ran
assert_no_match "$refused" '(^| )(socket_filter|sched_cls|sched_act|xdp|cgroup_skb)( |$)'
refused=

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

# what an XDP program is given before the packet, and leaves there
out=$(run xdp/meta packet udp meta hex:01000000 expect drop expect-data hex:00 || :)
assert_eq "$(member meta_out "$out")" 02000000
assert_match "$out" 'byte 0 is 02, expected 00'
out=$(run xdp/meta packet udp expect pass out rewritten)
assert_eq "$(member meta_out "$out") $(stat -c %s rewritten)" "03000000 64"
run xdp/meta packet udp meta hex:0300000000000000 expect tx >/dev/null

# the checksum that the skb tells of, and the program has to keep right
if out=$(run tc/sum packet udp checksum ctx mark=1 expect ok 2>&1); then
	out=$(fails 1 "$TC" exec bpf run obj $obj sec tc/sum packet udp checksum 2>&1)
	assert_match "$out" '^Error: .*the packet was changed, its checksum in the skb was not$'
else
	assert_match "$out" '^Hint: checksums are looked at from Linux 6.11 on$'
	refused="$refused checksum"
fi

# a first buffer that is shorter than it might be
if out=$(run xdp.frags packet udp len 3100 ctx data_end=3000 expect pass 2>&1); then
	run xdp.frags packet udp len 3100 ctx data_end=3001 expect drop >/dev/null
else
	assert_match "$out" 'this kernel takes other data or another context'
	refused="$refused data_end"
fi
# a context may be given shorter than it is
assert_match "$(run xdp packet udp ctx hex:00000000 expect pass)" '"ctx":\{\}'

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

[ -z "$refused" ] || echo "note: this kernel knows no$refused"
