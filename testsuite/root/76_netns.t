#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# -n NS: the device is there, and the pins are here, where they stay.

. "$(dirname "$0")/lib.sh"
need bpftool ping

globals=$BPFFS/tc/globals

compile_bpf count.bpf.c
compile_bpf jump.bpf.c
compile_bpf stage.bpf.c
veth

"$TC" -n peer qdisc add dev v1 clsact
assert_match "$("$SYS_TC" -n peer qdisc show dev v1)" 'qdisc clsact'
"$TC" -netns peer filter add dev v1 ingress bpf da obj count.bpf.o
"$IP" -n peer link set dev v1 xdp obj count.bpf.o
prog=$("$SYS_TC" -n peer filter show dev v1 ingress | sed -n 's/.* id \([0-9]*\) .*/\1/p')
id=$(map_id "$globals/hits")
assert_match "$(bpftool prog show id "$prog")" "map_ids $id\$"
assert_match "$("$SYS_IP" -n peer link show dev v1)" ' xdp '
assert_eq "$(grep -c ' bpf ' /proc/mounts)" 1 "bpffs mounts"
ping_v0 4
assert_eq "$(counter "$globals/hits" 0) $(counter "$globals/hits" 2)" "4 4"

# the other end shares the map
"$TC" qdisc add dev v0 clsact
"$TC" filter add dev v0 egress bpf da obj count.bpf.o sec egress
ping_v0 3
assert_eq "$(map_id "$globals/hits")" "$id"
assert_eq "$(counter "$globals/hits" 1)" 3

# show is of there
assert_eq "$("$TC" -n peer filter show dev v1 ingress)" \
	"$("$SYS_TC" -n peer filter show dev v1 ingress)"
assert_eq "$("$IP" -n peer -j link show dev v1)" "$("$SYS_IP" -n peer -j link show dev v1)"
out=$(fails 1 "$TC" -n peer filter show dev v0 ingress 2>&1)
assert_match "$out" 'Cannot find device "v0"'

# graft, batch, and words of the system's, over there
"$TC" -n peer filter add dev v1 egress bpf da obj jump.bpf.o 2>/dev/null
"$TC" -n peer exec bpf graft m:globals/jmp key 4 obj stage.bpf.o 2>/dev/null
assert_eq "$(slots "$globals/jmp" | wc -l)" 4 "slots"
cat >batch <<END
filter del dev v1 egress
class show dev v1
filter add dev v1 egress pref 9 bpf da obj count.bpf.o sec egress
END
"$TC" -n peer -batch batch
assert_match "$("$SYS_TC" -n peer filter show dev v1 egress)" ' pref 9 .*count.bpf.o:\[egress\]'
"$IP" -n peer link set dev v1 mtu 1400 xdp off txqueuelen 33
assert_match "$("$SYS_IP" -n peer link show dev v1)" ' mtu 1400 qdisc .* qlen 33$'
assert_match "$("$IP" -n peer addr show dev v1)" 'inet 10\.9\.0\.2/24'

# a device that leaves takes its program along; one that cannot leave has none
"$SYS_IP" link add v2 type veth peer name v3
fails 255 "$IP" link set dev v2 netns nowhere xdp obj count.bpf.o 2>/dev/null
assert_no_match "$("$SYS_IP" link show dev v2)" ' xdp '
"$IP" link set dev v2 netns peer xdp obj count.bpf.o up
assert_match "$("$SYS_IP" -n peer link show dev v2)" '[<,]UP[,>].* xdp '
"$SYS_IP" link del v3

# from within: `ip netns exec` hides what is mounted below /sys, and only that
mkdir outside
mount -t bpf bpf outside
before=$(state)
TC_BPF_MNT=$T/outside peer "$TC" filter add dev v1 ingress pref 7 bpf da obj count.bpf.o
assert_match "$(bpftool map show pinned outside/tc/globals/hits)" '^[0-9]+: array  name hits '
assert_match "$("$SYS_TC" -n peer filter show dev v1 ingress)" ' pref 7 .*count.bpf.o'
rm -r outside/{tc,ip,xdp}
unchanged "$before"

# no such namespace
for cmd in "$TC -n nowhere filter show dev v1" "$IP -n nowhere link set dev v1 xdp obj count.bpf.o"; do
	out=$(fails 255 $cmd 2>&1)
	assert_eq "$out" 'Cannot open network namespace "nowhere": No such file or directory'
done
unchanged "$before"
