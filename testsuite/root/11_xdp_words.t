#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The clause `xdp ...` among the ordinary words of `ip link set`.

. "$(dirname "$0")/lib.sh"
need bpftool

# link_is REGEX: the first line of what the system's ip says of v0
link_is() {
	assert_match "$("$SYS_IP" link show dev v0 | sed -n 1p)" "$1"
}

compile_bpf verdict.bpf.c
compile_bpf count.bpf.c
variant refused pins.bpf.c -DREFUSED
veth
"$SYS_IP" link property add dev v0 altname a-much-longer-name-for-v0
"$SYS_IP" link set v0 down

# words before, behind and on both sides
"$IP" link set dev v0 up mtu 3000 xdp obj verdict.bpf.o
link_is '[<,]UP[,>].* mtu 3000 xdp '
"$IP" link set dev v0 xdp off mtu 1500 down
link_is '<BROADCAST,MULTICAST> mtu 1500 qdisc'
"$IP" link set mtu 2000 dev v0 up xdp obj verdict.bpf.o sec drop verb txqueuelen 77 2>/dev/null
link_is '[<,]UP[,>].* mtu 2000 xdp .* qlen 77$'
assert_match "$(bpftool prog show id "$(xdp_id v0)")" 'name xdp_drop '
"$IP" link set v0 xdp none alias "not xdp any more"
link_is ' mtu 2000 qdisc'

# `xdp` as a value is no clause: then all of it is the system's
"$IP" link set dev v0 alias xdp mtu 1800
link_is ' mtu 1800 qdisc'
assert_match "$("$SYS_IP" link show dev v0)" '^ +alias xdp$'
"$IP" link set dev v0 alias xdpdrv xdp obj verdict.bpf.o
link_is ' mtu 1800 xdp '
assert_match "$("$SYS_IP" link show dev v0)" '^ +alias xdpdrv$'
"$IP" link set dev v0 xdp off

# a device called xdp, which is its own `dev`
"$SYS_IP" link add name xdp type veth peer name xdp1
"$IP" link set dev xdp xdpgeneric obj verdict.bpf.o
[ -n "$(xdp_id xdp)" ] || die "nothing attached to xdp"
"$IP" link set dev xdp xdpgeneric off
[ -z "$(xdp_id xdp)" ] || die "still attached to xdp"
"$IP" link set dev xdp mtu 1300
assert_match "$("$SYS_IP" link show dev xdp)" ' mtu 1300 '

# by its other name
"$IP" link set dev a-much-longer-name-for-v0 xdp obj verdict.bpf.o mtu 1700
link_is ' mtu 1700 xdp '
assert_eq "$("$IP" link show dev a-much-longer-name-for-v0)" "$("$SYS_IP" link show dev v0)"
"$IP" link set dev a-much-longer-name-for-v0 xdp off
link_is ' mtu 1700 qdisc'

# no such device: nothing is loaded, and nothing pinned
before=$(state)
strace -f -o trace -e trace=bpf,mkdir,symlink,mount \
	"$IP" link set dev nodev xdp obj count.bpf.o 2>err && die "set nodev"
fails 1 "$IP" link set dev nodev xdp obj count.bpf.o 2>err
assert_eq "$(cat err)" 'Cannot find device "nodev"'
assert_eq "$(grep -c 'bpf(\|mkdir\|symlink\|mount' trace || :)" 0 "effects"
unchanged "$before"

# a load that fails leaves the ordinary words undone
for words in "obj refused.o sec refused" "obj count.bpf.o sec nope" \
	     "obj /nowhere.o" "pinned $BPFFS/none"; do
	fails 255 "$IP" link set dev v0 mtu 1400 down xdp $words 2>err
	one_reason "$(head -n 1 err)"
	unchanged "$before" "$words"
done

# ordinary words that fail leave nothing attached
fails 2 "$IP" link set dev v0 mtu 1000000000 xdp obj count.bpf.o 2>err
one_reason "$(cat err)"
unchanged "$before" "a wrong mtu"
fails 255 "$IP" link set dev v0 mtu 1400 nonsense 1 xdp obj count.bpf.o 2>err
unchanged "$before" "a wrong word"
