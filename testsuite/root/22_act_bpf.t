#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Actions that are programs, with packets: in filters of ours and of other
# kinds, and on their own. Many kernels lack act_bpf; Debian's have it.

. "$(dirname "$0")/lib.sh"
need bpftool ping

# lacks KIND WORDS: and says so
for words in "bpf bytecode 1,6 0 0 0" "gact ok" "police rate 1mbit burst 10k" \
	     "mirred egress mirror dev lo" "skbedit mark 1"; do
	kind=${words%% *}
	if [ "$kind" = bpf ]; then
		set -- bpf bytecode '1,6 0 0 0'
	else
		set -- $words
	fi
	"$SYS_TC" actions add action "$@" 2>/dev/null ||
		skip "this kernel has no act_$kind"
	"$SYS_TC" actions flush action "$kind" 2>/dev/null
done

compile_bpf action.bpf.c
$CC -Wall -Wextra -Werror -o takeback "$TOP/testsuite/root/takeback.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
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
	rm -f "$seen"
}

# seen MATCH PIPE SHOT: how often each of them ran
seen() {
	assert_eq "$(counter "$seen" 0) $(counter "$seen" 1) $(counter "$seen" 2)" \
		"$*" "programs that ran"
}

filters() {
	"$SYS_TC" filter show dev v0 ingress
}

actions() {
	"$SYS_TC" actions ls action bpf
}

# ---- verdicts of gact ----

for control in ok pipe reclassify continue drop; do
	add pref 1 bpf obj $o action $control
	case $control in
	drop)		fails 1 ping_v0 2 ;;
	reclassify)	fails 1 ping_v0 2 ;;	# over and over: given up
	*)		ping_v0 2 ;;
	esac
	same_listing filter show dev v0 ingress
	clear_filters
done

# chains: 0 goes to 3, where another filter decides
add pref 1 bpf obj $o action goto chain 3
ping_v0 2
add chain 3 bpf da bytecode '1,6 0 0 2'
fails 1 ping_v0 2
same_listing filter show dev v0 ingress chain 3
"$TC" filter del dev v0 ingress chain 3
clear_filters

# ---- programs as actions ----

add pref 1 handle 1 bpf obj $o classid 1:1 action bpf obj $o ok
ping_v0 2
seen 2 2 0
assert_match "$(filters)" 'action.bpf.o:\[classifier\] .* name cls_match '
assert_match "$(filters)" 'bpf action.bpf.o:\[action\] .* name act_pipe .* default-action pass'
for show in "" -s -d; do
	same_listing $show filter show dev v0 ingress
done
same_listing -j filter show dev v0 ingress
clear_filters

# several in a row, to the first that ends it
add bpf obj $o action bpf obj $o action bpf obj $o sec shot drop \
	action mirred egress mirror dev w0
fails 1 ping_v0 2
seen 2 2 2
clear_filters
add bpf obj $o action bpf bytecode '1,6 0 0 2' drop
fails 1 ping_v0 2
clear_filters

# from a pin
"$TC" filter add dev v0 ingress bpf obj $o action bpf obj $o sec shot
bpftool prog pin id "$(filters | sed -n 's/.*\[shot\] id \([0-9]*\) .*/\1/p')" "$BPFFS/shot"
clear_filters
add bpf obj $o action bpf pinned "$BPFFS/shot" drop
assert_match "$(filters)" 'bpf shot:\[\*fsobj\] '
fails 1 ping_v0 2
clear_filters
rm "$BPFFS/shot"

# ---- police ----

# a few at once and then next to nothing; a bucket of packets begins empty
for words in "police rate 8kbit burst 10k drop" \
	     "action police rate 8kbit burst 10k conform-exceed drop/ok" \
	     "action police pkts_rate 5 pkts_burst 5 conform-exceed drop/ok"; do
	add bpf obj $o $words
	sleep 1
	peer ping -q -c 40 -i 0.002 -W 1 -s 972 10.9.0.1 >ping || :
	got=$(sed -n 's/.* \([0-9]*\) received.*/\1/p' ping)
	[ "$got" -ge 1 ] && [ "$got" -le 20 ] ||
		die "$got of 40 packets passed '$words'"
	clear_filters
done
add estimator 250ms 1s bpf obj $o action police rate 1mbit burst 10k drop
ping_v0 2
clear_filters
"$TC" filter add dev v0 ingress bpf obj $o action police rate 1mbit burst 10k mtu 2k drop
ours=$(filters | grep police)
"$SYS_TC" filter del dev v0 ingress
"$SYS_TC" filter add dev v0 ingress bpf bytecode '1,6 0 0 1' \
	action police rate 1mbit burst 10k mtu 2k drop
assert_eq "${ours#*police 0x* }" "$(filters | grep police | sed 's/.*police 0x[0-9a-f]* //')"
clear_filters

# ---- a replaced filter comes back with all of them ----

add pref 1 handle 1 bpf obj $o action bpf obj $o cookie aabb \
	action police rate 8mbit burst 100k conform-exceed drop/pipe \
	action mirred egress mirror dev w0 action ok
before=$(filters)
out=$(./takeback v0 $o)
assert_match "$out" '\[never\]'
assert_no_match "$out" 'police'
comes_to "$before" filters
rm -f "$seen"
clear_filters
add pref 1 handle 1 bpf obj $o police rate 8mbit burst 100k
before=$(filters)
./takeback v0 $o >/dev/null
comes_to "$before" filters
clear_filters

# ---- filters of other kinds ----

for kind in "matchall" "protocol ip flower ip_proto icmp" \
	    "protocol ip u32 match u32 0 0"; do
	rm -f "$seen"
	add pref 1 $kind action bpf obj $o action bpf obj $o sec shot drop
	fails 1 ping_v0 2
	seen 0 2 2
	assert_match "$(filters)" ' name act_shot '
	assert_eq "$(bpffs_tree | grep -c bpfelf-)" 0 "paths that were lent"
	clear_filters
done
add bpf da obj $o sec ok action skbedit mark 1
ping_v0 1
clear_filters
rm -f "$seen"
before=$(state)
out=$(fails 255 add pref 1 matchall action bpf obj $o nonsense 2>&1)
out=$(fails 1 add pref 1 matchall action bpf obj $o action bpf obj $o sec nowhere 2>&1)
assert_match "$out" "no section 'nowhere'"
out=$(fails 2 "$TC" filter add dev v0 parent 7: matchall action bpf obj $o 2>&1)
unchanged "$before"

# ---- actions of their own ----

"$TC" actions add action bpf obj $o ok index 5 cookie aabb
assert_match "$(actions)" 'bpf action.bpf.o:\[action\] .* default-action pass'
assert_match "$(actions)" 'index 5 ref 1 bind 0'
assert_match "$(actions)" 'cookie aabb'
same_listing actions ls action bpf
same_listing -s -j actions ls action bpf
before=$(actions)
out=$(./takeback v0 $o shot 2>&1) || :
"$TC" filter add dev v0 ingress pref 1 handle 1 bpf obj $o
out=$(./takeback v0 $o shot)
assert_match "$out" 'bpf action.bpf.o:\[shot\] .* default-action drop'
assert_eq "$(actions)" "$before" "the action that was put back"
clear_filters

out=$(fails 255 "$TC" actions add action bpf obj $o index 6 action bpf obj $o index 5 2>&1)
assert_match "$out" 'File exists'
assert_match "$out" 'Hint: .*tc actions replace'
assert_eq "$(actions)" "$before" "after the second was refused"
for words in "drop index 5" "index 5 drop"; do	# ours, and the system's
	out=$(fails 255 "$TC" actions replace action bpf obj $o $words \
		action bpf obj $o sec nowhere 2>&1)
	assert_eq "$(actions)" "$before"
done

"$TC" actions replace action bpf obj $o sec shot drop index 5
assert_match "$(actions)" 'bpf action.bpf.o:\[shot\] .* default-action drop'
rm -f "$seen"
"$TC" actions replace action bpf obj $o sec shot drop index 5
add pref 1 bpf obj $o action bpf index 5
fails 1 ping_v0 2
assert_eq "$(counter "$seen" 2)" 2
clear_filters
"$TC" actions add action bpf obj $o action skbedit mark 1
assert_match "$(actions)" 'bpf action_bpf_o_action:\[\*fsobj\] '
"$TC" actions del action bpf index 5
"$TC" actions flush action bpf
assert_no_match "$(actions)" 'action order'
[ -z "$(bpftool prog show name act_shot 2>/dev/null)" ] || die "a program is left"

# ---- the maps of an action go to an agent, or nothing is done ----

before=$(state)
out=$(fails 1 add pref 1 bpf da obj $o sec ok action bpf obj $o export "$T/nobody" 2>&1)
assert_match "$out" "export to '.*nobody'|connect"
unchanged "$before" 'without an agent: state'
"$TC" exec bpf import "$T/agent" timeout 60 run sh -c 'echo "maps $BPF_NUM_MAPS"' >said 2>&1 &
wait_for test -S "$T/agent"
add pref 1 bpf obj $o action bpf obj $o export "$T/agent"
wait $! || die "the agent: $(cat said)"
assert_match "$(cat said)" '^maps 1$'
ping_v0 1
