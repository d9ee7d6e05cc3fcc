#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# XDP programs and their maps on the device.

. "$(dirname "$0")/../root/lib.sh"
. "$(dirname "$0")/nsim.sh"
need bpftool ethtool

set_xdp() {
	"$IP" -force link set dev v0 xdpoffload "$@"
}

show_is_the_same() {
	local options

	for options in "" -d -j "-d -j" -o -br; do
		same "$IP" "$SYS_IP" $options link show dev v0
	done
}

nsim

# ---- there, and gone ----

out=$(set_xdp obj count.o verbose 2>&1)
assert_match "$out" '^\[netdevsim\] Hello from netdevsim!$'
id=$(xdp_id v0)
is_offloaded "$id" xdp_in
assert_match "$(bpftool map show)" '^[0-9]+: array  name hits  flags 0x0  offloaded_to v0$'
# the kernel takes no types of such a map: it is made without
assert_no_match "$(bpftool map show)" '	btf_id '
device_has 1 1
"$SYS_IP" link property add dev v0 altname other-name
show_is_the_same
# the map on the device is the one that the program has
map=$(map_ids "$id" | head -n 1)
bpftool map update id "$map" key 1 0 0 0 value 9 0 0 0 0 0 0 0
assert_match "$(bpftool map dump id "$map")" '^key: 01 00 00 00  value: 09 00'

# what is there stays, unless forced
refused 2 '^Error: XDP program already attached\.$' \
	"$IP" link set dev v0 xdpoffload obj verdict.bpf.o
is_offloaded "$id" xdp_in
set_xdp obj verdict.bpf.o sec drop
[ "$(xdp_id v0)" != "$id" ] || die "not replaced"
is_offloaded "$(xdp_id v0)" xdp_drop
device_has 1 0

# beside another one, which the kernel runs
"$IP" link set dev v0 xdpdrv obj verdict.bpf.o
assert_match "$("$SYS_IP" link show dev v0)" ' xdpmulti '
show_is_the_same
"$IP" link set dev v0 xdpdrv off
"$IP" link set dev v0 xdp off		# the kernel's alone
is_offloaded "$(xdp_id v0)" xdp_drop
"$IP" link set dev v0 xdpoffload off
assert_eq "$(xdp_id v0)" ""
show_is_the_same
device_has 0 0

# ---- pinned: maps, which belong to the device from then on, and programs ----

globals=$BPFFS/tc/globals
set_xdp obj pinned.o
device_has 1 1
id=$(map_id "$globals/hits")
set_xdp obj pinned.o
assert_eq "$(map_id "$globals/hits")" "$id" "the pinned map"
device_has 1 1
set_xdp off
refused 255 "^Error: .*/globals/hits' with another shape: for the device with index [0-9]* in the pin, not for a device in the object\$" \
	"$IP" link set dev v0 xdpdrv obj pinned.o
rm "$globals/hits"
device_has 0 0
"$IP" link set dev v0 xdpdrv obj pinned.o
refused 255 "^Error: .*/globals/hits' with another shape: for the device with index [0-9]* in the object, not for a device in the pin\$" \
	"$IP" link set dev v0 xdpoffload obj pinned.o
"$IP" link set dev v0 xdpdrv off
rm "$globals/hits"

bpftool prog load verdict.bpf.o "$BPFFS/prog" type xdp dev v0 2>/dev/null ||
	die "bpftool cannot load"
"$IP" link set dev v0 xdpoffload pinned "$BPFFS/prog"
assert_eq "$(xdp_id v0)" "$(prog_id "$BPFFS/prog")"
"$IP" link set dev v0 xdpoffload off
rm "$BPFFS/prog"

# ---- refused, with nothing there before, and with something ----

variant big count.bpf.c -DENTRIES=3
variant lru count.bpf.c -DENTRIES=2 -DTYPE=BPF_MAP_TYPE_LRU_HASH
hint="^Hint: few devices run BPF programs themselves"
"$SYS_IP" netns add other
"$SYS_IP" -n other link add v0 type dummy

for round in nothing something; do
	[ $round = nothing ] || set_xdp obj count.o
	for words in "" verbose; do
		refused 255 "^Error: .*program 'xdp_in' .*the device refuses it: Operation not supported\$" \
			refusing bpf_bind_accept \
			"$IP" -force link set dev v0 xdpoffload obj pinned.o $words
		refused 255 "^Error: .*program 'xdp_in' .*the device refuses it: \[netdevsim\] Hello" \
			refusing bpf_bind_verifier_accept \
			"$IP" -force link set dev v0 xdpoffload obj pinned.o $words
		refused 255 "^Error: .*map 'hits': create: Operation not supported\$" \
			refusing ports/0/bpf_map_accept \
			"$IP" -force link set dev v0 xdpoffload obj pinned.o $words
		refused 2 '^Error: netdevsim: XDP offload disabled in DebugFS\.$' \
			refusing ports/0/bpf_xdpoffload_accept \
			"$IP" -force link set dev v0 xdpoffload obj pinned.o $words
	done
	refused 255 "$hint" refusing bpf_bind_accept \
		"$IP" -force link set dev v0 xdpoffload obj pinned.o
	refused 255 "^Hint: asked for: type array, .* 3 entries, .* of a device\$" \
		"$IP" -force link set dev v0 xdpoffload obj big.o
	refused 255 "^Hint: maps on a device are arrays or hashes, this is of type lru_hash\$" \
		"$IP" -force link set dev v0 xdpoffload obj lru.o
	# attached, and then taken back for what comes after it
	refused 2 'same name exists|File exists' \
		"$IP" -force link set dev v0 xdpoffload obj pinned.o netns other
done
set_xdp off
device_has 0 0

# devices that offload nothing
for dev in lo n0; do
	[ $dev = lo ] || "$SYS_IP" link add n0 type dummy
	for object in verdict.bpf.o count.o; do
		refused 255 "$hint" "$IP" link set dev $dev xdpoffload obj $object
	done
done

# to make a map on a device CAP_BPF and CAP_NET_ADMIN are not enough
refused 255 '^Hint: a map on a device takes CAP_SYS_ADMIN$' \
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
	"$IP" link set dev v0 xdpoffload obj count.o

# ---- not committed ----

$CC -Wall -Wextra -Werror -o undo "$(dirname "$0")/undo.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
for object in "" count.o; do
	[ -z "$object" ] || set_xdp obj $object
	before=$(state) had=$(on_device)
	./undo xdp v0 pinned.o "$SYS_IP link show dev v0 >during"
	assert_match "$(cat during)" ' xdpoffload '
	[ "$(sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p' during)" != "$(xdp_id v0)" ] ||
		die "nothing was replaced"
	unchanged "$before"
	device_has $had
done

# ---- the device goes away under it ----

set_xdp obj pinned.o
echo 10 >/sys/bus/netdevsim/del_device
"$SYS_IP" link add v0 type veth peer name v1
out=$(fails 255 "$IP" link set dev v0 xdp obj pinned.o 2>&1)
assert_match "$out" "^Error: .*/globals/hits': No such device\$"
assert_match "$out" "^Hint: .*is gone.* rm $BPFFS/.*/globals/hits\$"
