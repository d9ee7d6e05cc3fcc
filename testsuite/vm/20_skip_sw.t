#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Filters of tc on the device.

. "$(dirname "$0")/../root/lib.sh"
. "$(dirname "$0")/nsim.sh"
need bpftool ethtool

# add WORDS...: a filter at ingress
add() {
	"$TC" filter add dev v0 ingress pref 1 handle 1 bpf da "$@"
}

replace() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da "$@"
}

clear() {
	"$TC" filter del dev v0 ingress
}

# shown REGEX: so does the system's tc show it, and so does ours
shown() {
	local options

	assert_match "$("$SYS_TC" filter show dev v0 ingress)" "$1"
	for options in "" -d -s -j "-d -j" -o; do
		same "$TC" "$SYS_TC" $options filter show dev v0 ingress
	done
}

nsim
"$TC" qdisc add dev v0 clsact

# ---- there, and gone ----

out=$(add obj count.o verbose skip_sw 2>&1)
assert_match "$out" '^\[netdevsim\] Hello from netdevsim!$'
id=$(cls_id v0 ingress)
is_offloaded "$id" cls_in
device_has 1 1
shown ' handle 0x1 count.o:\[classifier\] direct-action skip_sw in_hw id [0-9]* name cls_in tag '

# one takes the other's place
replace obj verdict.bpf.o skip_sw
[ "$(cls_id v0 ingress)" != "$id" ] || die "not replaced"
is_offloaded "$(cls_id v0 ingress)" cls_pass
device_has 1 0
shown ' verdict.bpf.o:\[classifier\] direct-action skip_sw in_hw '
clear
device_has 0 0

# only where the kernel runs it; where the device might, and does not; where
# the device takes what was not loaded for it
add obj count.o skip_hw
shown ' direct-action skip_hw not_in_hw '
assert_match "$(bpftool map show)" '	btf_id [0-9]+$'
device_has 0 0
clear
add obj count.o
shown ' direct-action not_in_hw '
clear
echo Y >"$NSIM/ports/0/bpf_tc_non_bound_accept"
add obj count.o
shown ' direct-action in_hw '
echo N >"$NSIM/ports/0/bpf_tc_non_bound_accept"
clear

# a pinned map belongs to the device from then on
globals=$BPFFS/tc/globals
add obj pinned.o skip_sw
clear
refused 1 "^Error: .*for the device with index [0-9]* in the pin, not for a device in the object\$" \
	"$TC" filter add dev v0 ingress bpf da obj pinned.o skip_hw
add obj pinned.o skip_sw
device_has 1 1
clear
rm "$globals/hits"
device_has 0 0

# ---- refused, with nothing there before, and with something ----

variant big count.bpf.c -DENTRIES=3
compile_bpf jump.bpf.c

for round in nothing something; do
	[ $round = nothing ] || add obj count.o skip_sw
	for words in "" verbose; do
		refused 1 "^Error: .*program 'cls_in' .*the device refuses it: Operation not supported\$" \
			refusing bpf_bind_accept replace obj pinned.o $words skip_sw
		refused 1 "^Error: .*program 'cls_in' .*the device refuses it: \[netdevsim\] Hello" \
			refusing bpf_bind_verifier_accept replace obj pinned.o $words skip_sw
		refused 1 "^Error: .*map 'hits': create: Operation not supported\$" \
			refusing ports/0/bpf_map_accept replace obj pinned.o $words skip_sw
		# of one that is there the kernel forgets that it is in_hw
		[ $round = something ] ||
			refused 2 '^Error: netdevsim: netdevsim configured to reject BPF TC offload\.$' \
				refusing ports/0/bpf_tc_accept \
				replace obj pinned.o $words skip_sw
	done
	refused 1 "^Hint: asked for: type array, .* 3 entries, .* of a device\$" \
		replace obj big.o skip_sw
	refused 1 "^Hint: maps on a device are arrays or hashes, this is of type prog_array\$" \
		replace obj jump.bpf.o skip_sw
	refused 2 '^RTNETLINK answers: Operation not supported$' \
		"$TC" filter add dev v0 egress bpf da obj pinned.o skip_sw
	refused 2 '^RTNETLINK answers: Invalid argument$' \
		replace obj pinned.o skip_sw skip_hw
done

# a second one, and XDP beside it, which this device does not do
refused 2 '^Error: netdevsim: driver and netdev offload states mismatch\.$' \
	"$TC" filter add dev v0 ingress pref 2 bpf da obj pinned.o skip_sw
refused 2 '^Error: netdevsim: TC program is already loaded\.$' \
	"$IP" link set dev v0 xdpoffload obj pinned.o
assert_no_match "$("$IP" link set dev v0 xdpoffload obj pinned.o 2>&1 || :)" force
clear

# offload is switched off
ethtool -K v0 hw-tc-offload off
refused 2 '^Error: TC offload is disabled on net device\.$' add obj pinned.o skip_sw
refused 2 '^Hint: .*ethtool -K DEV hw-tc-offload on$' add obj pinned.o skip_sw
ethtool -K v0 hw-tc-offload on

# ---- not committed ----

$CC -Wall -Wextra -Werror -o undo "$(dirname "$0")/undo.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
for object in "" count.o; do
	[ -z "$object" ] || add obj $object skip_sw
	before=$(state) had=$(on_device)
	./undo cls v0 pinned.o "$SYS_TC filter show dev v0 ingress >during"
	assert_match "$(cat during)" ' pinned.o:\[classifier\] direct-action skip_sw in_hw '
	unchanged "$before"
	device_has $had
done
