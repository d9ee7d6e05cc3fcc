#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Filters with actions, classic BPF, shared blocks: as far as every kernel with
# act_mirred goes. 22_act_bpf.t has the actions that fewer kernels have.

. "$(dirname "$0")/lib.sh"
need bpftool ping

compile_bpf action.bpf.c
o=action.bpf.o
seen=$BPFFS/tc/globals/seen
veth
"$SYS_IP" link add w0 type veth peer name w1
"$SYS_IP" link set w0 up
"$SYS_IP" link set w1 up
"$TC" qdisc add dev v0 clsact

add() {
	"$TC" filter add dev v0 ingress "$@"
}

clear_filters() {
	"$TC" filter del dev v0 ingress
}

# packets DEV: that it has received
packets() {
	"$SYS_IP" -s -j link show dev "$1" |
		sed 's/.*"rx":{"bytes":[0-9]*,"packets":\([0-9]*\).*/\1/'
}

# arrive COUNT DEV CMD...: so many packets at DEV by what CMD does
arrive() {
	local want=$1 dev=$2 before

	before=$(packets "$dev")
	shift 2
	"$@" || :
	assert_eq $(($(packets "$dev") - before)) "$want" "packets at $dev"
}

# ---- mirred ----

arrive 0 w1 ping_v0 3
add bpf obj $o action mirred egress mirror dev w0
arrive 3 w1 ping_v0 3
assert_eq "$(counter "$seen" 0)" 3
for show in "" -s -d; do
	same_listing $show filter show dev v0 ingress
done
same_listing -j filter show dev v0 ingress
assert_match "$("$TC" filter show dev v0 ingress)" 'action.bpf.o:\[classifier\] '
assert_match "$("$TC" -s filter show dev v0 ingress)" ' 3 pkt '
clear_filters

add bpf obj $o action mirred egress redirect dev w0
out=$(fails 1 ping_v0 3)
assert_eq "$(counter "$seen" 0)" 6
clear_filters
arrive 0 w1 ping_v0 3

# what does not match is not acted upon
add bpf obj $o sec never action mirred egress redirect dev w0
arrive 0 w1 ping_v0 3
clear_filters

# two in a row: a copy here, the packet there
add bpf obj $o action mirred egress mirror dev w0 action mirred egress redirect dev w0
arrive 6 w1 ping_v0 3
clear_filters

# a device that is not there is found out before anything is loaded
rm "$seen"
before=$(state)
out=$(fails 1 add bpf obj $o action mirred egress redirect dev nope 2>&1)
assert_match "$out" '^Cannot find device "nope"$'
unchanged "$before"

# ---- a replaced filter comes back with its actions ----

$CC -Wall -Wextra -Werror -o takeback "$TOP/testsuite/root/takeback.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
add pref 1 handle 1 bpf obj $o classid 1:1 action mirred egress mirror dev w0
before=$("$SYS_TC" filter show dev v0 ingress)
out=$(./takeback v0 $o)
assert_match "$out" '\[never\]'
assert_no_match "$out" 'mirred'
comes_to "$before" "$SYS_TC" filter show dev v0 ingress
arrive 3 w1 ping_v0 3
clear_filters

# ---- classic BPF ----

add bpf da bytecode '1,6 0 0 0'
ping_v0 1
clear_filters
add bpf da bytecode '1,6 0 0 2'
fails 1 ping_v0 1
same_listing filter show dev v0 ingress
same_listing -j filter show dev v0 ingress
clear_filters

# IPv4 only, from a file as tcpdump writes it
printf '4\n40 0 0 12\n21 0 1 2048\n6 0 0 4294967295\n6 0 0 0\n' >ip.bpf
add bpf bytecode-file ip.bpf action mirred egress mirror dev w0
arrive 2 w1 ping_v0 2
assert_match "$("$SYS_TC" filter show dev v0 ingress)" \
	"bytecode '4,40 0 0 12,21 0 1 2048,6 0 0 4294967295,6 0 0 0'"
clear_filters

# as many as the kernel takes, and more than it can list; iproute2 stops at
# some 2040
long() {
	echo "$1"
	seq -f '0 0 0 %.0f' $(($1 - 1))
	echo 6 0 0 2
}
long 4096 >long.bpf
add pref 1 handle 1 bpf da bytecode-file long.bpf
fails 1 ping_v0 1
clear_filters
ping_v0 1
long 3000 >shorter.bpf
add bpf da bytecode-file shorter.bpf
fails 1 ping_v0 1
assert_match "$("$TC" filter show dev v0 ingress)" "bytecode '3000,0 0 0 1,"
same_listing filter show dev v0 ingress
clear_filters

# a replaced one comes back
add pref 1 handle 1 bpf da bytecode '1,6 0 0 2'
before=$("$SYS_TC" filter show dev v0 ingress)
./takeback v0 $o >/dev/null
assert_eq "$("$SYS_TC" filter show dev v0 ingress)" "$before"
echo '6 0 0 1' >>long.bpf
sed -i '1s/.*/4097/' long.bpf
out=$(fails 1 "$TC" filter replace dev v0 ingress pref 1 handle 1 \
	bpf bytecode-file long.bpf 2>&1)
assert_match "$out" '4097 instructions, the kernel takes 4096$'
out=$(fails 1 add bpf bytecode-file nowhere 2>&1)
assert_match "$out" "bytecode file 'nowhere': No such file or directory"
out=$(fails 2 add bpf bytecode '1,65535 0 0 0' 2>&1)
assert_match "$out" 'Invalid argument'
assert_eq "$("$SYS_TC" filter show dev v0 ingress)" "$before"
clear_filters

# ---- estimator: the kernel takes it with the filter ----

add estimator 1sec 8sec bpf da obj $o
"$SYS_TC" filter show dev v0 ingress | grep 'direct-action' >/dev/null ||
	die "no filter with an estimator"
clear_filters

# ---- blocks ----

"$TC" qdisc del dev v0 clsact
"$TC" qdisc add dev v0 ingress_block 22 egress_block 23 clsact
"$TC" qdisc add dev w1 ingress_block 22 clsact
same_listing qdisc show dev v0 clsact
assert_match "$("$SYS_TC" qdisc show dev v0)" 'ingress_block 22 egress_block 23'

rm -f "$seen"
"$TC" filter add block 22 pref 1 handle 1 bpf da obj $o sec ok
ping_v0 3
assert_eq "$(counter "$seen" 3)" 3 "from v0"
"$SYS_IP" addr add 10.8.0.1/24 dev w0
"$SYS_IP" neigh add 10.8.0.2 lladdr 02:00:00:00:00:09 dev w0
ping -q -c 2 -i 0.01 -W 1 10.8.0.2 >/dev/null || :
assert_eq "$(counter "$seen" 3)" 5 "and from w1"

"$TC" filter replace block 22 pref 1 handle 1 bpf da obj $o sec ok
"$TC" filter add block 22 chain 4 bpf da obj $o
"$TC" filter add block 23 bpf da bytecode '1,6 0 0 2'
for show in "" -j -d; do
	same_listing $show filter show block 22
	same_listing $show filter show block 22 chain 4
	same_listing $show filter show block 23
	same_listing $show filter show dev v0 ingress
done
assert_eq "$("$TC" filter show block 22 | grep -c handle)" 2
fails 1 ping_v0 1		# block 23 is in the way of the answer
"$TC" filter del block 23
ping_v0 1
"$TC" filter del block 22 pref 1 handle 1 bpf
assert_eq "$("$TC" filter show block 22 | grep -c handle)" 1

out=$(fails 1 "$TC" filter show block 9 2>&1)
assert_eq "$out" 'Cannot find block "9"'
before=$(state)
out=$(fails 2 "$TC" filter add block 9 bpf da obj $o 2>&1)
assert_match "$out" 'Block of given index was not found'
unchanged "$before"
"$TC" qdisc del dev w1 clsact
"$TC" qdisc del dev v0 clsact
"$TC" qdisc add dev v0 clsact

# ---- what the kernel lacks leaves nothing ----

rm -f "$seen"
before=$(state)
for words in "pref 1 u32 match u32 0 0 action bpf obj $o nonsense" \
	     "pref 1 u32 match u32 0 0 flowid 1:1 action bpf obj $o action nonsense" \
	     "bpf obj $o action nonsense" \
	     "bpf obj $o action bpf obj $o sec nowhere"; do
	! add $words >out 2>&1 || die "added: $words"
	unchanged "$before" "after '$words'"
done
if ! "$SYS_TC" actions add action bpf bytecode '1,6 0 0 0' 2>/dev/null; then
	out=$(fails 255 "$TC" actions add action bpf obj $o 2>&1)
	assert_match "$out" 'Hint: this kernel lacks act_bpf'
	fails 2 add bpf obj $o action bpf obj $o
	fails 2 add u32 match u32 0 0 action bpf obj $o
	unchanged "$before"
fi
