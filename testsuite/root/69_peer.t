#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Objects written for libbpf: programs, maps and data are the same after
# `bpftool prog loadall` and after our commands.

. "$(dirname "$0")/lib.sh"
need bpftool jq

# maps ID: those of a program, sorted, with what they hold from the start. That
# libbpf's data can be mapped (1024), which no user of ours can ask for, is left out
maps() {
	local id

	for id in $(bpftool -j prog show id "$1" | jq -r '.map_ids // [] | .[]'); do
		echo "$(bpftool -j map show id "$id" | jq -cS 'del(.id, .btf_id, .bytes_memlock, .pids, .pinned) |
				.flags %= 2048 | if .flags >= 1024 then .flags -= 1024 else . end')" \
			"$(bpftool -j map show id "$id" | jq -r 'has("btf_id")')" \
			"$(contents "$id")"
	done | sort
}

# contents ID: of data
contents() {
	bpftool map show id "$1" | grep -E ' array  name [a-z]*\.' >/dev/null || return 0
	bpftool -j map lookup id "$1" key 0 0 0 0 | jq -c .value
}

# program ID: all that the kernel tells of it, but when and under which number
program() {
	bpftool -j prog show id "$1" |
		jq -cS 'del(.id, .loaded_at, .map_ids, .btf_id, .pids, .pinned, .orphaned, .bytes_memlock) +
			{ has_btf: has("btf_id") }'
	bpftool prog dump xlated id "$1" linum | sed -E 's/(map|id)\[id:[0-9]*\]|0x[0-9a-f]{9,}/\1/g'
	echo "verified: $(./verified "$1")"
	maps "$1"
}

# any_order FILE: of a program(), as if its functions stood in another order:
# what is called how, and with that the tag, is left out; and what is verified
# where, which we do within the caller, and libbpf has done for global ones alone
any_order() {
	sed -E '/^verified: /d; s/"tag":"[^"]*"//; s/^ *[0-9]*: *//; s/call pc[^ ]*/call/; s/subprog\[[^]]*\]/subprog/' "$1" | sort
}

# same OBJECT HOOK PROGRAM ID: as the pinned one of that name
same() {
	program "$4" >ours
	program "$(prog_id "$BPFFS/peer/$3")" >theirs
	if false; then
		any_order ours >ours.any
		any_order theirs >ours.theirs
		mv ours.any ours
		mv ours.theirs theirs
	fi
	diff theirs ours || die "$1: $3 is not the same"
	! grep -qx 'verified: 0' ours || echo "$1: this kernel does not tell how much it verified"
}

# peers OBJECT [HOOK PROGRAM]...
peers() {
	local o=$1 id

	compile_bpf "$o.bpf.c"
	o=${o##*/}
	shift
	bpftool prog loadall "$o.bpf.o" "$BPFFS/peer" >loadall 2>&1 || die "$(cat loadall)"
	while [ $# -gt 0 ]; do
		if [ "$1" = xdp ]; then
			"$IP" -force link set dev v0 xdp obj "$o.bpf.o" program "$2"
			id=$(xdp_id v0)
		else
			"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da \
				obj "$o.bpf.o" program "$2"
			id=$(cls_id v0 ingress)
		fi
		same "$o" "$1" "$2" "$id"
		shift 2
	done
	rm -r "$BPFFS/peer"
}

$CC -Wall -Wextra -Werror -o verified "$TOP/testsuite/root/verified.c"
veth
"$TC" qdisc add dev v0 clsact
peers peerhooks xdp on_device tc inwards tc outwards
# pinned by both: libbpf's own place, and that of iproute2 built with it
shape='del(.id, .btf_id, .bytes_memlock, .pids)'
assert_eq "$(bpftool -j map show pinned "$BPFFS/tc/globals/packets" | jq -cS "$shape")" \
	"$(bpftool -j map show pinned "$BPFFS/packets" | jq -cS "$shape")"
peers peermaps tc look
peers peerdata tc data xdp drop
# the object's name is part of the maps'
cp "$TOP/testsuite/bpf/peerdata.bpf.c" peer_of_long_name.bpf.c
peers "$T/peer_of_long_name" tc data xdp drop
peers peercalls tc calls xdp calls_too tc branches
peers peercore tc core
