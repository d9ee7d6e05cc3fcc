#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What is known only when an object is loaded: settings, and the kernel's own
# configuration, symbols and functions; as bpftool has it.

. "$(dirname "$0")/lib.sh"
need bpftool strace
[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel tells no types"
# without it bpftool does not load the object, either
tells_config || skip "this kernel tells no configuration"

# load PROGRAM [WORD...]: its id
load() {
	local prog=$1

	shift
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj good.o sec tc \
		program "$prog" "$@" || return
	cls_id v0 ingress
}

# contents PROGRAM_ID NAME: of its map of that name, as bpftool has it
contents() {
	local id

	for id in $(map_ids "$1"); do
		bpftool map show id "$id" | grep "name $2 " >/dev/null || continue
		bpftool -j map dump id "$id"
	done
}

# code ID|PINNED: its instructions, but for the ids of maps
code() {
	bpftool prog dump xlated "$@" | sed 's/map\[id:[0-9]*\]/map/'
}

variant good externs.bpf.c -DWITHOUT_REFUSED
compile_bpf externs.bpf.c
veth
"$TC" qdisc add dev v0 clsact
mount -t bpf none "$BPFFS"

# the kernel's own: the same as after bpftool, the types of the values as well
bpftool prog loadall good.o "$BPFFS/theirs"
id=$(load options 2>warnings)
theirs=$(prog_id "$BPFFS/theirs/options")
assert_match "$(cat warnings)" "'CONFIG_CC_VERSION_TEXT' has room for 7 bytes of \""
assert_eq "$(contents "$id" good.kconfig)" "$(contents "$theirs" good.kconfig)"
assert_match "$(contents "$id" good.kconfig)" '"CONFIG_BPF":true'
map=$(map_ids "$id" | head -n 1)
assert_match "$(echo $(bpftool map show id "$map"))" 'name good.kconfig flags 0x480 .* frozen'
diff <(code id "$theirs") <(code id "$id") || die 'options: not the same instructions'
id=$(load symbols)
diff <(code pinned "$BPFFS/theirs/symbols") <(code id "$id") || die 'symbols: not the same instructions'
assert_match "$("$TC" exec bpf run obj good.o sec tc program symbols type sched_cls packet udp)" 'verdict .*111\b'

# settings: the others stay as they were
id=$(load settings)
assert_eq "$(contents "$id" good.rodata)" "$(contents "$(prog_id "$BPFFS/theirs/settings")" good.rodata)"
id=$(load settings set byte=255 set wide=-9223372036854775808 set flag=yes set mode=FAST \
	set text=seven67 set tuning.low=-2 set 'tuning.deep[1]=0x10' set counter=077 set zero=4294967295)
all=$(contents "$id" good.rodata)
for want in '"byte":255' '"wide":-9223372036854775808' '"flag":true' '"mode":"FAST"' \
	    '"text":"seven67"' '"low":-2' '"deep":.1,16,3.'; do
	assert_match "$all" "$want"
done
assert_match "$(contents "$id" good.data)" '"counter":63'
assert_match "$(contents "$id" good.bss)" '"zero":4294967295'
# of two for one, the last
assert_match "$(contents "$(load settings set byte=1 verbose set byte=2 2>/dev/null)" good.rodata)" '"byte":2'

# lines of a batch with other settings are other programs, those without are one
for i in 1 2 3 4; do
	echo "filter add dev v0 egress pref $i handle 1 bpf da obj good.o sec tc program settings$(
		[ $i -gt 2 ] || echo " set byte=$i")"
done >batch
"$TC" -batch batch
ids=$("$TC" filter show dev v0 egress | sed -n 's/.* id \([0-9]*\) .*/\1/p')
assert_eq "$(wc -w <<<"$ids")" 4
for id in $ids; do
	contents "$id" good.rodata | sed 's/.*"byte":\([0-9]*\).*/\1/'
done >bytes
assert_eq "$(echo $(cat bytes))" '1 2 1 1'

# words of a run, and of what is loaded already
assert_match "$("$TC" exec bpf run obj good.o sec tc program settings type sched_cls packet udp \
	set text=A set counter=1 set byte=100 set wide=0 set tuning.low=0 set mode=OFF)" 'verdict .*\b168\b'
err=$(fails 255 "$TC" filter add dev v0 egress bpf da pinned "$BPFFS/theirs/settings" set byte=1 2>&1)
assert_match "$err" 'Error: "set" is for an object'

# refused ERROR WORD...: with these settings nothing is loaded
refused() {
	local err want=$1 before

	shift
	before=$(cls_id v0 ingress)
	err=$(fails 1 load settings "$@" 2>&1 >/dev/null)
	assert_match "$err" "$want"
	assert_eq "$(cls_id v0 ingress)" "$before"
}
refused "set byte=256: 256 does not fit: unsigned char takes 0 to 255" set byte=256
refused "set zero=-1: -1 does not fit: unsigned int takes 0 to 4294967295" set zero=-1
refused "set mode=SOON: 'SOON' is no value of type 'enum mode'" set mode=SOON
refused 'Hint: it takes OFF, SLOW, FAST' set mode=SOON
refused "set text=eight678: a string of 8 bytes does not fit" set text=eight678
refused "set bytes=1: there is no variable 'bytes'" set bytes=1
refused 'Hint: .*did you mean.*byte' set bytes=1
refused "set tuning=1: no value can be given to 'struct'" set tuning=1
refused "set tuning.bits=1: 'bits' is a bitfield" set tuning.bits=1
refused "element 3 is past its end, there are 3" set 'tuning.deep[3]=1'
refused "set _license=GPL: there is no variable '_license'" set _license=GPL
refused "set flag=2: 2 does not fit" set flag=2
refused "set byte: it is not NAME=VALUE" set byte

# what is not there and needed is named
refuses() {
	local err

	err=$(fails 1 "$TC" filter add dev v0 ingress bpf da obj externs.bpf.o sec "$1" 2>&1 >/dev/null)
	assert_match "$err" "$2"
}
refuses needs/symbol "symbol 'not_there': the kernel has no such symbol"
refuses needs/function "symbol 'not_there_either': what the kernel tells of its types has no such function"
refuses needs/option "option 'CONFIG_NOT_THERE': it is not set in the configuration of this kernel"
refuses needs/option '^Hint: declared __weak, it is 0'
refuses needs/weak "instruction 1 needs kernel function 'no_such_function', which this kernel does not have"

# a variable by its type: the kernel finds its address by name, if it has names
variant variable externs.bpf.c -DWITH_VARIABLE
if grep -w bpf_prog_active /proc/kallsyms >/dev/null; then
	"$TC" filter add dev v0 ingress pref 9 bpf da obj variable.o sec needs/variable
else
	err=$(fails 1 "$TC" filter add dev v0 ingress bpf da obj variable.o sec needs/variable 2>&1 >/dev/null)
	assert_match "$err" "failed to find the address for kernel symbol 'bpf_prog_active'"
fi

# nobody looks at what no program asks for
reads() {
	grep -Ec '/proc/config.gz|/boot/config|/proc/kallsyms|/sys/kernel/btf' calls || true
}
trace() {
	strace -f -o calls -e trace=openat "$TC" filter replace dev v0 ingress pref 1 \
		handle 1 bpf da obj good.o sec tc program "$1" 2>/dev/null
}
trace settings
assert_eq "$(reads)" 0
trace symbols
assert_eq "$(grep -c /proc/kallsyms calls)" 1
assert_eq "$(grep -c config calls)" 0
trace options
assert_eq "$(grep -c /proc/kallsyms calls)" 0

