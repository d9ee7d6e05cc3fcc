#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Help at every level, on the stream and with the status of iproute2's; words
# that nobody knows, with the nearest that somebody does.

. "$(dirname "$0")/lib.sh"

# tool COMMAND, theirs COMMAND: ours, the system's
tool() {
	case $1 in
	ip)	echo "$IP" ;;
	tc)	echo "$TC" ;;
	esac
}

theirs() {
	echo "/usr/sbin/$1"
}

# ---- help: a usage on stderr, and nothing on stdout ----

while read -r regex; do
	read -r cmd words
	want=0 got=0
	"$(theirs $cmd)" $words >/dev/null 2>&1 || want=$?
	"$(tool $cmd)" $words >out 2>err || got=$?
	assert_eq "$got" "$want" "status of '$cmd $words'"
	assert_eq "$(cat out)" "" "stdout of '$cmd $words'"
	assert_match "$(head -n 1 err)" '^Usage: '
	assert_match "$(cat err)" "$regex"
	assert_eq "$(awk 'length > 100' err)" "" "long lines of '$cmd $words'"
	if [ "$cmd ${words%% *}" != "ip help" ]; then
		got=0
		"$(tool $cmd)" -j $words >out 2>err || got=$?
		assert_eq "$got" "$want" "status of '$cmd -j $words'"
		assert_match "$(head -n 1 err)" '^Usage: '
	fi
done <<'END'
^Usage: tc filter \{ add
tc filter help
obj FILE
tc filter add bpf help
^  da  
tc filter add dev lo ingress bpf help
obj FILE
tc filter replace dev lo ingress bpf da obj x.o help
tc filter \{ add
tc bpf help
tc exec bpf
tc exec help
graft MAP
tc exec bpf help
xdpgeneric
ip link xdp help
xdpgeneric
ip link set dev lo xdp help
xdpgeneric
ip link set lo xdpdrv help
XDP := .*xdpgeneric
ip link help
XDP := .*xdpgeneric
ip link set help
XDP := .*xdpgeneric
ip link show help
END

# ---- slips ----

compile_bpf verdict.bpf.c
while read -r nearest cmd words; do
	want=0 got=0
	"$(theirs $cmd)" $words >/dev/null 2>&1 || want=$?
	"$(tool $cmd)" $words >out 2>err || got=$?
	assert_eq "$got" "$want" "status of '$cmd $words'"
	[ "$got" -ne 0 ] || die "'$cmd $words' does something"
	if [ "$nearest" = - ]; then
		assert_no_match "$(cat err)" 'did you mean'
	else
		assert_eq "$(grep 'did you mean' err)" "Hint: did you mean \"$nearest\"?" \
			"'$cmd $words'"
	fi
done <<'END'
object-file	tc filter add dev lo ingress bpf da objj verdict.bpf.o
object-pinned	tc filter add dev lo ingress bpf da object_pinned /x
section		tc filter add dev lo ingress bpf da obj verdict.bpf.o secton x
verbose		tc filter add dev lo ingress bpf da obj verdict.bpf.o vrebose
direct-action	tc filter add dev lo ingress bpf obj verdict.bpf.o direct_action
-		tc filter add dev lo ingress bpf da obj verdict.bpf.o nonsense
ingress		tc filter add dev lo ingres bpf da obj verdict.bpf.o
protocol	tc filter add dev lo protocl ip ingress bpf da obj verdict.bpf.o
bpf		tc filter add dev lo ingress bfp da obj verdict.bpf.o
-		tc filter add dev lo ingress flower nonsense
-		tc filter add dev lo ingress nonsense
replace		tc filter replcae dev lo ingress bpf da obj verdict.bpf.o
filter		tc filtre show dev lo
-		tc nonsense show dev lo
link		ip lnik show dev lo
set		ip link ste dev lo xdp off
xdp		ip link set dev lo xpd off
xdpgeneric	ip link set lo xdpgenric off
xdpgeneric	ip link set lo up xdp-generic off
-		ip link set lo nonsense
object-file	ip link set lo xdp pbject verdict.bpf.o
pinned		ip link set lo xdp pined /x
-		ip link set lo xdp nonsense
END
