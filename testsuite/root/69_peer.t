#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Objects written for libbpf: programs, maps, pins and data are the same after
# `bpftool prog loadall` and after our commands.

. "$(dirname "$0")/lib.sh"
need bpftool jq

theirs=$BPFFS/peer

# filled PIN: what is in its slots: programs, by name and tag, or maps
filled() {
	local key id is_progs=

	[[ $(bpftool map show pinned "$1") != *": prog_array "* ]] || is_progs=yes
	slots "$1" | while read -r key id; do
		echo "slot $key: ${is_progs:+$(bpftool -j prog show id "$id" | jq -c '[.name, .tag]')}"
		[ -n "$is_progs" ] || map_facts "$id"
	done
}

# map_facts ID [PIN]: all that the kernel tells of it, but its number
map_facts() {
	local info

	info=$(bpftool -j map show id "$1")
	jq -cS 'del(.id, .btf_id, .pids, .pinned) + { has_btf: has("btf_id") }' <<<"$info"
	[[ $info != *'"btf_id":'* ]] || bpftool btf dump map id "$1"
	[ -z "${2-}" ] || filled "$2"
	# data
	[[ $info != *'"type":"array","name":"'[^\"]*.*'"flags"'* ]] ||
		bpftool -j map lookup id "$1" key 0 0 0 0 | jq -c .value
}

# maps_of ID: "NUMBER NAME" of each map of a program, by name
maps_of() {
	local id

	for id in $(bpftool -j prog show id "$1" | jq -r '.map_ids // [] | .[]'); do
		bpftool -j map show id "$id" | sed -E 's/^\{"id":([0-9]*),.*"name":"([^"]*)".*/\1 \2/'
	done | sort -k 2
}

# program ID: all that the kernel tells of it, but when and under which number
program() {
	local id name names=()

	maps_of "$1" >of
	while read -r id name; do
		names+=(-e "s/map\[id:$id\]/map[$name]/")
	done <of
	bpftool -j prog show id "$1" |
		jq -cS 'del(.id, .loaded_at, .map_ids, .btf_id, .pids, .pinned, .orphaned) +
			{ has_btf: has("btf_id") }'
	# what is called has its name when nobody else takes programs away meanwhile
	bpftool prog dump xlated id "$1" linum | sed -E "${names[@]}" \
		-e 's/(call pc.*)#(bpf_prog_|0x).*/\1/' \
		-e 's/id\[id:[0-9]*\]/id/; s/0x[0-9a-f]{9,}/ADDRESS/g'
	echo "verified: $(./verified "$1")"
	while read -r id name; do
		map_facts "$id"
	done <of
}

# same OBJECT PROGRAM ID: as the pinned one of that name
same() {
	program "$3" >ours
	program "$(prog_id "$theirs/$2")" >theirs
	diff theirs ours || die "$1: $2 is not the same"
	! grep -qx 'verified: 0' ours || echo "$1: this kernel does not tell how much it verified"
}

# same_pins OBJECT: libbpf's own place, and that of iproute2 built with it
same_pins() {
	local pin ours=$BPFFS/tc/globals

	assert_eq "$(ls "$ours" 2>/dev/null)" "$(find "$BPFFS" -maxdepth 1 -type f ! -name '*.debug' -printf '%f\n' | sort)" \
		"$1: pins"
	for pin in $(ls "$ours" 2>/dev/null); do
		map_facts "$(map_id "$ours/$pin")" "$ours/$pin" >ours.pin
		map_facts "$(map_id "$BPFFS/$pin")" "$BPFFS/$pin" >theirs.pin
		diff theirs.pin ours.pin || die "$1: $pin is not the same"
	done
}

# attach OBJECT HOOK PROGRAM: prints its id
attach() {
	case $2 in
	xdp)
		"$IP" -force link set dev v0 xdp obj "$1.bpf.o" program "$3"
		xdp_id v0
		;;
	tc)
		"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da \
			obj "$1.bpf.o" program "$3"
		cls_id v0 ingress
		;;
	esac
}

# peers OBJECT [HOOK PROGRAM]...
peers() {
	local o=$1

	compile_bpf "$o.bpf.c"
	o=${o##*/}
	shift
	bpftool prog loadall "$o.bpf.o" "$theirs" >loadall 2>&1 || die "$(cat loadall)"
	while [ $# -gt 0 ]; do
		same "$o" "$2" "$(attach "$o" "$1" "$2")"
		shift 2
	done
	same_pins "$o"
	"$IP" link set dev v0 xdp off
	"$TC" filter del dev v0 ingress 2>/dev/null || :
	find "$BPFFS" -mindepth 1 ! -name '*.debug' -delete
}

$CC -Wall -Wextra -Werror -o verified "$TOP/testsuite/root/verified.c"
veth
"$TC" qdisc add dev v0 clsact
peers peerhooks xdp on_device tc inwards tc outwards
peers peermaps tc look
peers peershapes tc one tc other
peers peerdata tc data xdp drop tc strings tc none
# the object's name is part of the maps'
cp "$TOP/testsuite/bpf/peerdata.bpf.c" peer_of_long_name.bpf.c
peers "$T/peer_of_long_name" tc data xdp drop
peers peercalls tc calls xdp calls_too tc branches tc diamond xdp calls_often tc alone
peers peerslots tc entry tc second tc third
peers peercore tc core
if tells_config; then
	peers peerexterns tc options xdp symbols
else
	echo "note: without externs, since this kernel tells no configuration"
fi
if [ "$(printf '6.1\n%s\n' "$(uname -r)" | sort -V | sed 1q)" = 6.1 ]; then
	peers peernewer tc loops xdp frags
else
	echo "note: without what came after this kernel"
fi

# optional: loadall stumbles over what is not loaded; load pins the first symbol
variant optional peerslots.bpf.c -DOPTIONAL
mv optional.o optional.bpf.o
mkdir "$theirs"
bpftool prog load optional.bpf.o "$theirs/third" >loadall 2>&1 || die "$(cat loadall)"
same optional third "$(attach optional tc third)"
same_pins optional
