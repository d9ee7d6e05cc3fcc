#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# `show` prints what the system's ip and tc print of the same state, byte for
# byte: text, JSON and exit status, and on stderr the same, too.
#
# One difference is known for iproute2 6.1: `link show if7`, for the device of
# index 7, which its `set` takes and its `show` does not, ours takes in both:
# it is found by the same function. What ours knows nothing of (blocks, actions,
# filters of other kinds, some options) it hands over, whole command and all;
# that this happens for nothing else is what `alone` is for.

. "$(dirname "$0")/lib.sh"
need jq

checked=0

# take_apart: got.err without what ours has to add (26_filter_notes.t), and an
# error with -j (27_options.t) as the system's, if it is the same
take_apart() {
	local message

	sed -i -E '/^(Note|Hint): /d' got.err
	grep -q '^{' got.err || return 0
	message=$(jq -r '.error.message // ""' got.err)
	: >got.err
	[ "$(sed '1s/^Error: //;1q' want.err)" != "$message" ] || cp want.err got.err
}

# both OURS SYSTEM'S WORDS...
both() {
	local ours=$1 theirs=$2 want=0 got=0

	shift 2
	"$theirs" "$@" >want 2>want.err || want=$?
	"$ours" "$@" >got 2>got.err || got=$?
	assert_eq "$got" "$want" "exit status of '$*'"
	take_apart
	cat got.err >>got
	cat want.err >>want
	cmp -s want got || die "'${ours##*/} $*' differs:
$(diff want got)"
	checked=$((checked + 1))
}

# The same where there is no other program to hand over to.
alone() {
	BPFELF_IP=/nowhere BPFELF_TC=/nowhere both "$@"
}

tc_options=("" -d -s "-s -d" -j "-j -p" "-j -d" "-j -s" -p -o "-o -d" -br -r -iec -N)
ip_options=("" -d "-d -d" -j "-j -p" "-j -d" -p -o "-o -d" -br "-br -j" -h -N -c=never)
if [ "$(rounds all few)" = few ]; then
	tc_options=("-s -d" "-j -d")
	ip_options=(-d "-j -d")
fi

tc_same() {
	local options where

	for options in "${tc_options[@]}"; do
		for where in "$@"; do
			both "$TC" "$SYS_TC" $options $where
		done
	done
}

ip_same() {
	local options where

	for options in "${ip_options[@]}"; do
		for where in "$@"; do
			both "$IP" "$SYS_IP" $options link $where
		done
	done
}

compile_bpf verdict.bpf.c
compile_bpf count.bpf.c
o=verdict.bpf.o
veth

# ---- tc ----

shows=(
	"filter show dev v0 ingress"
	"filter show dev v0 egress"
	"filter show dev v0"
	"filter list dev v0 parent ffff:fff2"
	"filter show dev v0 ingress pref 10"
	"filter show dev v0 ingress protocol ip"
	"filter show dev v0 ingress chain 2"
	"filter show dev v0 ingress prio 10 protocol ip chain 2"
	"filter show dev v0 ingress pref 999"
	"qdisc show dev v0"
	"qdisc show"
	"qdisc show dev v0 clsact"
	"qdisc show dev v0 ingress"
	"qdisc show dev lo"
	"qdisc list"
)
gets=(
	"filter get dev v0 ingress pref 10 protocol ip chain 2 handle 0x5 bpf"
	"filter get dev v0 ingress pref 1 protocol all handle 1 bpf"
	"filter get dev v0 egress pref 1 protocol all handle 77 bpf"
)

tc_same "${shows[@]}"		# no qdisc
"$TC" qdisc add dev v0 clsact
tc_same "${shows[@]}"		# no filter

"$TC" filter add dev v0 ingress pref 10 protocol ip chain 2 handle 5 bpf da skip_hw obj $o
"$TC" filter add dev v0 ingress pref 10 protocol ip chain 3 bpf da obj $o
"$TC" filter add dev v0 ingress pref 1 bpf obj $o classid 1:a
"$TC" filter add dev v0 ingress pref 1 handle 0x1f bpf da obj count.bpf.o classid :1
"$TC" filter add dev v0 ingress bpf da obj $o sec shot
"$TC" filter add dev v0 egress protocol ipv6 pref 2 bpf da obj count.bpf.o sec egress
"$TC" filter add dev v0 egress protocol 802.1q pref 3 bpf da obj $o
"$TC" filter add dev v0 egress protocol 0x1234 pref 4 bpf da obj $o
"$SYS_TC" filter add dev v0 egress pref 30 bpf bytecode '2,40 0 0 12,6 0 0 4294967295,' classid 1:1
tc_same "${shows[@]}" "${gets[@]}"
for options in "" -d -s -j "-j -p" "-j -d" -p -o -iec; do
	alone "$TC" "$SYS_TC" $options filter show dev v0 ingress
	alone "$TC" "$SYS_TC" $options filter show dev v0 egress
	alone "$TC" "$SYS_TC" $options filter show dev v0 ingress pref 10 chain 2
	alone "$TC" "$SYS_TC" $options ${gets[0]}
	[ "$options" = -s ] ||	# statistics of qdiscs are the system's
		alone "$TC" "$SYS_TC" $options qdisc show dev v0 clsact
done

# filters of other kinds among them
"$SYS_TC" filter add dev v0 egress pref 40 matchall classid 1:3 2>/dev/null ||
	"$SYS_TC" filter add dev v0 egress pref 40 u32 match u32 0 0 classid 1:3
"$SYS_TC" filter add dev v0 egress pref 50 u32 match ip dst 10.0.0.0/8 classid 1:4
tc_same "${shows[@]}" "${gets[@]}"
"$TC" qdisc del dev v0 clsact

# the older qdisc, whose filters have another parent; and a block
"$SYS_TC" qdisc add dev v0 ingress
"$TC" filter add dev v0 ingress pref 1 bpf da obj $o
tc_same "${shows[@]}" "filter show dev v0 parent ffff:"
"$TC" qdisc del dev v0 ingress
"$SYS_TC" qdisc add dev v0 ingress_block 22 clsact
"$SYS_TC" filter add block 22 pref 1 bpf bytecode '1,6 0 0 0,'
tc_same "${shows[@]}" "filter show block 22"
"$TC" qdisc del dev v0 clsact

# what is wrong is wrong in the same way
for words in "filter show dev nodev ingress" "filter show dev v0 ingress pref x" \
	     "filter show dev v0 ingress nonsense" "filter show dev v0 parent x" \
	     "filter show dev" "filter show dev v0 dev v0" \
	     "filter get dev v0 ingress pref 1 handle 1 bpf" \
	     "filter get dev v0 ingress protocol ip handle 1 bpf" \
	     "qdisc show dev nodev" "qdisc show nonsense"; do
	both "$TC" "$SYS_TC" $words
done

# ---- ip ----

ip_shows=("show" "show dev v0" "show v0" "ls v0" "list dev lo" "show up" "show nodev")

ip_same "${ip_shows[@]}"
"$SYS_IP" link add w0 type veth peer name w1	# both ends in this namespace
for word in xdp xdpgeneric xdpdrv; do
	"$IP" link set dev v0 $word obj count.bpf.o
	"$IP" link set dev w0 $word obj count.bpf.o
	ip_same "${ip_shows[@]}"
	for options in "" -d -s "-s -s" -j "-j -p" "-j -d" -p -o -br "-br -j" -h; do
		alone "$IP" "$SYS_IP" $options link show dev w0
		alone "$IP" "$SYS_IP" $options link show lo
	done
	"$IP" link set dev v0 $word off
	"$IP" link set dev w0 $word off
done
"$IP" link set dev v0 alias "an alias" mtu 1400 xdp obj $o
"$SYS_IP" link property add dev v0 altname other-name
"$SYS_IP" link set v0 down
"$SYS_IP" link add br0 type bridge 2>/dev/null || :
ip_same "${ip_shows[@]}" "show other-name" "show type veth" "show master br0"

# a device with very many queues and a long list of them: several datagrams
for i in $(seq 60); do
	echo "link add d$i type veth peer name e$i"
done | "$SYS_IP" -batch -
"$IP" link set dev d33 xdp obj $o
ip_same "show" "show d33"

# output that cannot be written is an error
for words in "link show dev w0" "-j link show dev w0"; do
	fails 1 "$IP" $words 2>err >/dev/full
	assert_match "$(cat err)" 'No space left on device'
done

echo "note: $checked comparisons"
