#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Two hundred loaders at once that all would make the same pinned map: every one
# succeeds, with one map.

. "$(dirname "$0")/lib.sh"
need bpftool

globals=$BPFFS/tc/globals
loaders=$(rounds 200 12)
[ -z "${SANITIZED-}" ] || loaders=$(rounds 50 12)	# each takes ten times as long

# at_once CMD: run it as CMD 1, CMD 2, ... all together; all must succeed
at_once() {
	local i pids=() failed=0

	for i in $(seq $loaders); do
		"$1" "$i" 2>"err.$i" &
		pids+=($!)
	done
	for i in $(seq $loaders); do
		wait "${pids[i - 1]}" || {
			failed=$((failed + 1))
			sed 1q "err.$i"
		}
	done
	[ "$failed" -eq 0 ] || die "$failed of $loaders failed"
}

# one_map COUNT: so many programs are attached, each with no map but the
# one that is pinned
one_map() {
	local used

	{
		cls_id v0 ingress
		cls_id v0 egress
		xdp_id v0
	} >attached
	used=$(bpftool prog show | awk '
		FILENAME == "attached"	{ ours[$1 ":"]; next }
		/^[0-9]+:/		{ id = $1 }
		id in ours && match($0, /map_ids .*/) {
			print substr($0, RSTART + 8)
		}' attached - | sort | uniq -c | tr -s ' ')
	assert_eq "$used" " $1 $(map_id "$globals/hits")" "programs and their map"
}

clear() {
	"$SYS_TC" qdisc del dev v0 clsact
	"$SYS_TC" qdisc add dev v0 clsact
	"$SYS_IP" link set dev v0 xdp off
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

add() {
	"$TC" filter add dev v0 ingress pref "$1" bpf da obj count.bpf.o
}

replace() {
	"$TC" filter replace dev v0 egress pref 1 handle 1 bpf da obj count.bpf.o sec egress
}

swap() {
	"$IP" -force link set dev v0 xdp obj count.bpf.o
}

# any: by turns
any() {
	case $(($1 % 3)) in
	0)	add "$1" ;;
	1)	replace ;;
	2)	swap ;;
	esac
}

# some of them fail, with what they have pinned taken back while others take it
half() {
	if [ $(($1 % 2)) -eq 0 ]; then
		add "$1"
	else
		! "$TC" filter add dev nowhere ingress bpf da obj count.bpf.o 2>/dev/null
		# no such qdisc: refused when all is loaded and pinned
		! "$TC" filter add dev v0 parent 7: pref 1 bpf da obj count.bpf.o
	fi
}

slots_too() {
	"$TC" filter replace dev v0 ingress pref "$1" handle 1 bpf da obj jump.bpf.o
}

compile_bpf count.bpf.c
compile_bpf jump.bpf.c
veth
"$SYS_TC" qdisc add dev v0 clsact

clear
at_once add
one_map $loaders
clear
at_once replace
one_map 1
clear
at_once swap
one_map 1
clear
at_once any
of_any=$((loaders / 3 + 2))	# a filter each, one more, and XDP
one_map $of_any
for round in 1 2; do
	clear
	at_once half
	one_map $((loaders / 2))
done

# one prog array, and in it the last one's programs
clear
at_once slots_too
id=$(map_id "$globals/jmp")
cls_id v0 ingress >attached
bpftool prog show | awk -v id="$id" '
	FILENAME == "attached"	{ ours[$1 ":"]; all++; next }
	/^[0-9]+:/		{ prog = $1 }
	prog in ours && ("," $NF ",") ~ ("," id ",") { with++ }
	END			{ exit with != all || !all }' attached - ||
	die "programs that do not use prog array $id"
assert_eq "$(slots "$globals/jmp" | wc -l)" 3 "slots"

# none mounted: they all would mount one
for cmd in any half; do
	clear
	umount "$BPFFS"
	at_once $cmd
	assert_eq "$(grep -c ' bpf ' /proc/mounts)" 1 "bpffs mounts"
	case $cmd in
	any)	one_map $of_any ;;
	half)	one_map $((loaders / 2)) ;;
	esac
done

# ---- the same with the moments chosen, where chance seldom finds them ----

delayed() {
	strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:delay_enter=$2" "${@:3}"
}

need strace
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0

# one is about to mount while another finds that nothing is mounted
clear
umount "$BPFFS"
delayed mount 700ms "$TC" filter add dev v0 ingress pref 1 bpf da obj count.bpf.o &
slow=$!
sleep 0.3
add 2
wait $slow
assert_eq "$(grep -c ' bpf ' /proc/mounts)" 1 "bpffs mounts"
one_map 2

# one fails and takes its pin back, when another has already taken the map
clear
delayed sendto 700ms "$TC" filter add dev v0 parent 7: pref 1 bpf da obj count.bpf.o 2>/dev/null &
slow=$!
wait_for test -e "$globals/hits"
taken=$(map_id "$globals/hits")
delayed bpf 200ms "$TC" filter add dev v0 ingress pref 2 bpf da obj count.bpf.o
fails 2 wait $slow
one_map 1
[ "$(map_id "$globals/hits")" -ne "$taken" ] || die "the pin was not taken back"
