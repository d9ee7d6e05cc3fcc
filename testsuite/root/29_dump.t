#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Listings of very many filters and devices: what the system's tc and ip print,
# byte for byte, in memory that does not grow with their number, with few
# system calls. Something foreign behind many filters that have been written
# already: the system's tc goes on from there.

. "$(dirname "$0")/lib.sh"

many=$(rounds 10000 2000) different=$(rounds 3000 600) devices=$(rounds 400 50)
few=$((many / 10))

# per_line FORMAT FROM TO: lines; pref and handle in hundreds, since the kernel
# searches for a handle from the start
per_line() {
	seq "$2" "$3" | awk -v format="$1" '{
		printf format "\n", int(($1 - 1) / 100) + 1, ($1 - 1) % 100 + 1
	}'
}

# same TOOL THEIRS WORDS...: in every layout
same() {
	local ours=$1 theirs=$2 options want got

	shift 2
	for options in "" -j "-j -p" -o -d "-j -d"; do
		want=0 got=0
		"$theirs" $options "$@" >want || want=$?
		"$ours" $options "$@" >got || got=$?
		assert_eq "$got" "$want" "exit status of '$options $*'"
		cmp want got || die "'${ours##*/} $options $*' differs: $(diff want got | head -n 4)"
	done
}

# calls_of WORDS...: how many system calls of each kind go into "calls"
calls_of() {
	strace -qq -e trace=bpf,recvmmsg -o trace "$@" >/dev/null
	grep -o '^[a-z]*' trace | sort | uniq -c >calls
}

# calls NAME
calls() {
	awk -v name="$1" '$2 == name { print $1 }' calls
}

# fits KB WORDS...: in an address space of that size
fits() {
	(ulimit -v "$1" && shift && exec "$@") >/dev/null 2>&1
}

# takes WORDS...: how much that is, in steps of 64 KB; a sanitizer's is endless
takes() {
	local low=0 high=4096

	[ -z "${SANITIZED-}" ] || return 0

	while [ $((high - low)) -gt 1 ]; do
		if fits $(((low + high) / 2 * 64)) "$@"; then
			high=$(((low + high) / 2))
		else
			low=$(((low + high) / 2))
		fi
	done
	echo $((high * 64))
}

compile_bpf verdict.bpf.c
veth
"$SYS_TC" qdisc add dev v0 clsact

# ---- of one program: it is asked for once ----

bpftool prog load verdict.bpf.o "$BPFFS/one" type classifier
per_line "filter add dev v0 ingress pref %d handle %d bpf da pinned $BPFFS/one" 1 $few |
	"$TC" -batch -
less=$(takes "$TC" filter show dev v0 ingress)
less_json=$(takes "$TC" -j filter show dev v0 ingress)
per_line "filter add dev v0 ingress pref %d handle %d bpf da pinned $BPFFS/one" $((few + 1)) $many |
	"$TC" -batch -
assert_eq "$("$TC" filter show dev v0 ingress | grep -c ' handle ')" $many
same "$TC" "$SYS_TC" filter show dev v0 ingress
if [ -z "${SANITIZED-}" ]; then
	fits $((less + 256)) "$TC" filter show dev v0 ingress ||
		die "text: $few filters fit in $less KB, $many not in 256 KB more"
	fits $((less_json + 256)) "$TC" -j filter show dev v0 ingress ||
		die "JSON: $few filters fit in $less_json KB, $many not in 256 KB more"
	calls_of "$TC" filter show dev v0 ingress
	assert_eq "$(calls bpf)" 2 "bpf() calls for one program"
	[ "$(calls recvmmsg)" -lt $((many / 100)) ] ||
		die "$(calls recvmmsg) receives for $many filters"
fi

# ---- something foreign behind them ----

foreign() {
	"$SYS_TC" filter add dev v0 ingress pref 50000 matchall classid 1:3 2>/dev/null ||
		"$SYS_TC" filter add dev v0 ingress pref 50000 u32 match u32 0 0 classid 1:3
	"$SYS_TC" filter add dev v0 ingress protocol ip pref 50001 bpf da object-pinned "$BPFFS/one"
}

foreign
same "$TC" "$SYS_TC" filter show dev v0 ingress
"$SYS_TC" filter show dev v0 ingress >want
"$SYS_TC" -j filter show dev v0 ingress >>want
echo "filter show dev v0 ingress" | "$TC" -batch - >got
echo "filter show dev v0 ingress" | "$TC" -j -batch - >>got
cmp want got || die "in a batch: $(diff want got | head -n 4)"
fails 255 env BPFELF_TC=/nowhere "$TC" filter show dev v0 ingress >got 2>err
assert_match "$(cat err)" /nowhere
"$SYS_TC" qdisc del dev v0 clsact
"$SYS_TC" qdisc add dev v0 clsact

# ---- of as many programs ----

# a few hundred at a time: the system's tc keeps their descriptors
for first in $(seq 1 300 $different); do
	per_line "filter add dev v0 ingress pref %d handle %d bpf da obj verdict.bpf.o sec classifier" \
		$first $((first + 299)) | "$SYS_TC" -batch -
done
ids=$("$TC" filter show dev v0 ingress | grep -o ' id [0-9]*' | sort -u | wc -l)
assert_eq "$ids" $different "programs"
same "$TC" "$SYS_TC" filter show dev v0 ingress
"$SYS_TC" qdisc del dev v0 clsact

# ---- devices with XDP ----

seq $devices | sed 's/.*/link add a& type veth peer name b&/' | "$SYS_IP" -batch -
bpftool prog load verdict.bpf.o "$BPFFS/devices" type xdp
seq $devices | sed "s|.*|link set dev a& xdp pinned $BPFFS/devices|" | "$IP" -batch -
assert_eq "$("$IP" link show | grep -c prog/xdp)" $devices
same "$IP" "$SYS_IP" link show

[ -n "${SANITIZED-}" ] ||
	echo "note: $many filters in $less KB, $less_json KB with -j, of address space"
