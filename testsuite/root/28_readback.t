#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The same words, carried out by ours and by the system's: each reads back what
# the other attached, and cannot tell it from its own, in text and in JSON.
#
# The exceptions: ids, times, and the numbers that the kernel gives to actions;
# what ours adds to a listing of routes with -details or -json, the programs,
# which is taken out here (17_lwt_show.t has it); and notes on stderr
# (26_filter_notes.t).

. "$(dirname "$0")/lib.sh"

compile_bpf guide.bpf.c
mv guide.bpf.o prog.o

# ---- what is the same ----

# anonymous: a listing without what belongs to one run
anonymous() {
	ageless | sed -E 's/\b(id|btf_id|load_time|index) [0-9]+/\1 N/g
		s/"(id|btf_id|load_time|index)": ?[0-9]+/"\1":N/g'
}

# undetailed: a listing of routes without the programs
undetailed() {
	sed -E 's/ id [0-9|]+( name [A-Za-z0-9_]+)?( tag [0-9a-f]{16})?//g
		s/"(in|out|xmit|endpoint)_prog":\{[^}]*\},?//g; s/,\}/}/g; /^ *$/d'
}

# ours_is_theirs TOOL OPTIONS WORDS...: of the same state; prints it
ours_is_theirs() {
	local tool=$1 options=$2 ours theirs

	shift 2
	case "$tool $*" in
	"tc "*)	theirs=$("$SYS_TC" $options "$@" 2>/dev/null)
		ours=$("$TC" $options "$@" 2>/dev/null) ;;
	*" route "*)
		theirs=$("$SYS_IP" $options "$@")
		ours=$("$IP" $options "$@" | undetailed) ;;
	*)	theirs=$("$SYS_IP" $options "$@")
		ours=$("$IP" $options "$@") ;;
	esac
	[ "$(ageless <<<"$ours")" = "$(ageless <<<"$theirs")" ] ||
		die "$tool $options $*:
$(diff <(echo "$theirs") <(echo "$ours"))"
	anonymous <<<"$theirs"
}

# listings TOOL WORDS...: with each of the options
listings() {
	local tool=$1 options

	shift
	for options in "" -d "-s -d" -j "-j -d -p"; do
		ours_is_theirs "$tool" "$options" "$@"
	done
}

# listing OBJECT: all that the table's commands may change
listing() {
	case $1 in
	filter)	listings tc filter show dev v0 ingress
		listings tc filter show dev v0 egress ;;
	block)	listings tc filter show block 22
		listings tc qdisc show dev v0 ;;
	link)	listings ip link show dev v0 ;;
	route)	listings ip route show dev v0
		listings ip -6 route show dev v0 ;;
	esac
}

# ---- the table ----

# IPv6 sends packets, which are counted: not before there are routes
prepare() {
	"$SYS_TC" qdisc del dev v0 clsact 2>/dev/null || :
	case $1 in
	filter)	"$SYS_TC" qdisc add dev v0 clsact ;;
	block)	"$SYS_TC" qdisc add dev v0 ingress_block 22 clsact ;;
	route)	echo 0 >/proc/sys/net/ipv6/conf/v0/disable_ipv6
		"$SYS_IP" -6 addr replace fd09::1/64 dev v0 nodad ;;
	esac
}

has_actions() {
	local kind

	for kind in bpf gact mirred police; do
		! "$SYS_TC" actions ls action $kind 2>/dev/null |
			grep 'action order' >/dev/null || return 0
	done
	return 1
}

clear_all() {
	local try

	"$SYS_TC" qdisc del dev v0 clsact 2>/dev/null || :
	"$SYS_IP" link set dev v0 xdp off
	"$SYS_IP" link set dev v0 xdpgeneric off
	"$SYS_IP" route flush dev v0 proto boot 2>/dev/null || :
	"$SYS_IP" -6 route flush dev v0 proto boot 2>/dev/null || :
	# the kernel lets go of a filter's actions some time after the filter
	for try in $(seq 100); do
		has_actions || return 0
		sleep 0.05
	done
	die "actions are left: $(for kind in bpf gact mirred police; do "$SYS_TC" actions ls action $kind 2>&1; done)"
}

# has FEATURE: an action of that kind
has() {
	local words

	case $1 in
	bpf)	set -- bpf bytecode '1,6 0 0 0' ;;
	gact)	set -- gact ok ;;
	police)	set -- police rate 1mbit burst 10k ;;
	mirred)	set -- mirred egress mirror dev lo ;;
	esac
	"$SYS_TC" actions add action "$@" 2>/dev/null || return 1
	"$SYS_TC" actions flush action "$1" 2>/dev/null || :
}

# attach BY OBJECT COMMAND: by "$BY"_IP or _TC
attach() {
	local tool

	case "$1 $3" in
	"ours ip"*)	tool=$IP ;;
	"ours tc"*)	tool=$TC ;;
	"theirs ip"*)	tool=$SYS_IP ;;
	*)		tool=$SYS_TC ;;
	esac
	eval "$tool ${3#?? }" >said 2>&1 || die "$1: '$3': $(cat said)"
}

veth
"$SYS_IP" link add w0 type veth peer name w1
"$SYS_IP" link set w0 up

rows=0 lacking=
while read -r object needs command; do
	[ -n "$object" ] || continue
	clear_all
	if [ "$needs" != - ] && ! has "$needs"; then
		lacking+=" $needs"
		continue
	fi
	prepare "$object"
	nothing=$(listing "$object")
	attach ours "$object" "$command"
	ours=$(listing "$object")
	[ "$ours" != "$nothing" ] || die "'$command' does nothing"
	clear_all
	prepare "$object"
	attach theirs "$object" "$command"
	theirs=$(listing "$object")
	[ "$ours" = "$theirs" ] || die "'$command': what ours attached differs:
$(diff <(echo "$theirs") <(echo "$ours"))"
	rows=$((rows + 1))
done <<'TABLE'
filter	-	tc filter add dev v0 ingress bpf da obj prog.o
filter	-	tc filter add dev v0 egress pref 7 handle 9 protocol ip chain 3 bpf obj prog.o sec foobar classid 1:2
filter	-	tc filter add dev v0 ingress pref 1 bpf da skip_hw obj prog.o verb
filter	-	tc filter replace dev v0 ingress pref 1 handle 1 bpf da obj prog.o
filter	-	tc filter add dev v0 ingress bpf bytecode '2,40 0 0 12,6 0 0 4294967295,' flowid 1:1
filter	-	tc filter add dev v0 ingress protocol ip u32 match ip dst 10.0.0.0/8 classid 1:4
filter	mirred	tc filter add dev v0 ingress bpf obj prog.o classid 1:1 action mirred egress mirror dev w0
filter	mirred	tc filter add dev v0 ingress bpf obj prog.o action mirred ingress redirect dev w0 index 5
filter	mirred	tc filter add dev v0 egress bpf da obj prog.o action mirred egress mirror dev w0 pipe cookie aabbcc
filter	mirred	tc filter add dev v0 ingress bpf bytecode '1,6 0 0 1' action mirred egress redirect dev w0
filter	mirred	tc filter add dev v0 ingress protocol ip u32 match u32 0 0 action mirred egress redirect dev w0
filter	gact	tc filter add dev v0 ingress bpf obj prog.o action drop
filter	gact	tc filter add dev v0 ingress bpf obj prog.o action ok random determ drop 4 action pipe
filter	gact	tc filter add dev v0 ingress bpf obj prog.o action goto chain 7
filter	police	tc filter add dev v0 ingress bpf obj prog.o police rate 1mbit burst 10k drop flowid 1:1
filter	police	tc filter add dev v0 ingress bpf obj prog.o action police rate 2mbit burst 20k mtu 2k conform-exceed drop/pipe
filter	bpf	tc filter add dev v0 ingress bpf obj prog.o action bpf bytecode '1,6 0 0 1' drop
filter	bpf	tc filter add dev v0 ingress bpf obj prog.o flowid 1:1 action bpf obj prog.o sec foo pipe action bpf obj prog.o sec foobar ok
block	-	tc filter add block 22 bpf da obj prog.o
block	-	tc filter add block 22 pref 3 handle 2 protocol ipv6 bpf obj prog.o sec foobar classid 1:2
block	mirred	tc filter add block 22 bpf obj prog.o action mirred egress redirect dev w0
link	-	ip link set dev v0 xdp obj prog.o
link	-	ip link set dev v0 xdpgeneric obj prog.o sec foobar
link	-	ip link set dev v0 xdpdrv obj prog.o sec foo
route	-	ip route add 10.66.0.0/16 dev v0 encap bpf in obj prog.o sec nop
route	-	ip route add 10.66.0.0/16 via 10.9.0.2 dev v0 metric 9 mtu 1300 encap bpf out obj prog.o sec nop xmit obj prog.o sec nop headroom 16
route	-	ip -6 route add fd66::/64 dev v0 encap bpf in obj prog.o sec nop
route	-	ip -6 route add fd67::/64 dev v0 encap seg6local action End.BPF endpoint obj prog.o sec nop
TABLE
lacking=$(tr ' ' '\n' <<<"$lacking" | sed '/^$/d' | sort | uniq -c |
	awk '{ printf ", %d skipped for want of act_%s", $1, $2 }')
echo "note: $rows commands both ways$lacking"
