#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# -n NS, and within `ip netns exec NS`: the device is there, and the pins are
# here, where they stay.

. "$(dirname "$0")/lib.sh"
need bpftool ping setpriv

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

# ---- from within: `ip netns exec` hides what is mounted below /sys ----

clear_pins() {
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

"$SYS_TC" -n peer filter del dev v1 ingress
"$SYS_TC" filter del dev v0 egress
"$SYS_IP" -n peer link set dev v1 xdp off
clear_pins
mounts=$(grep -c ' bpf ' /proc/mounts)

# directly, from a shell in there, from another directory, by our own ip
peer "$TC" filter add dev v1 ingress pref 1 bpf da obj count.bpf.o
id=$(map_id "$globals/hits")
[ -n "$id" ] || die "no pin of ours"
mkdir sub
peer sh -c "cd sub && $TC filter add dev v1 ingress pref 2 bpf da obj ../count.bpf.o && $IP link set dev v1 xdp obj $T/count.bpf.o"
(cd sub && "$IP" netns exec peer "$TC" filter add dev v1 ingress pref 3 bpf da obj "$T/count.bpf.o")
"$SYS_IP" netns exec peer "$SYS_IP" netns exec peer "$TC" filter add dev v1 ingress pref 4 bpf da obj count.bpf.o
for prog in $("$SYS_TC" -n peer filter show dev v1 ingress | sed -n 's/.* id \([0-9]*\) .*/\1/p') \
	    $("$SYS_IP" -n peer -d link show dev v1 | sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p'); do
	assert_match "$(bpftool prog show id "$prog")" "map_ids $id\$"
	n=$((${n:-0} + 1))
done
assert_eq "$n" 5 "programs with our map"
assert_eq "$(grep -c ' bpf ' /proc/mounts)" "$mounts" "bpffs mounts"

# what is pinned is found from there, also behind m: and the links of XDP
peer "$TC" filter add dev v1 egress bpf da obj jump.bpf.o 2>/dev/null
peer "$TC" exec bpf graft m:globals/jmp key 4 obj stage.bpf.o 2>/dev/null
assert_eq "$(slots "$globals/jmp" | wc -l)" 4 "slots"
bpftool prog pin id "$(peer "$SYS_IP" -d link show dev v1 |
	sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p')" "$BPFFS/tc/mine" 2>/dev/null
peer "$IP" -force link set dev v1 xdp pinned m:mine

# the system's tool, for words and lines that are not ours, has its own /sys
mkdir bin
cat >bin/ip <<END
#!/bin/sh
ls /sys/class/net >>$T/seen
exec $SYS_IP "\$@"
END
chmod +x bin/ip
printf 'link set dev v1 txqueuelen 44\nlink set dev v1 xdp off mtu 1450\n' >batch
peer env PATH="$T/bin:$PATH" "$IP" -batch batch
assert_eq "$(grep -c '^v1$' seen)" 2 "times that it saw the devices there"
assert_no_match "$(cat seen)" '^v0$'
assert_match "$(peer "$SYS_IP" link show dev v1)" ' mtu 1450 qdisc .* qlen 44$'

# no bpffs here either: it is mounted here
clear_pins
umount "$BPFFS"
peer "$TC" filter add dev v1 ingress pref 5 bpf da obj count.bpf.o 2>err
assert_eq "$(cat err)" "Warning: no bpffs was mounted, mounted one at '$BPFFS'"
[ -n "$(map_id "$globals/hits")" ] || die "no pin of ours in a new bpffs"

# ours cannot be entered: what is pinned there is lost, and that is said
before=$(state)
peer setpriv --bounding-set=-sys_chroot --inh-caps=-sys_chroot \
	"$TC" filter add dev v1 ingress pref 6 bpf da obj count.bpf.o 2>err
assert_match "$(cat err)" '^Warning: this bpffs is lost with its mount namespace'
assert_match "$("$SYS_TC" -n peer filter show dev v1 ingress)" ' pref 6 .*count.bpf.o'
unchanged "$before"
compile_bpf verdict.bpf.c
peer setpriv --bounding-set=-sys_chroot --inh-caps=-sys_chroot \
	"$TC" filter add dev v1 ingress pref 6 bpf da obj verdict.bpf.o 2>err
assert_eq "$(cat err)" "" "without pins there is nothing to lose"

# another root directory is a container's, whose pins are its own
mkdir -p root/{usr,proc,sys,dev,run}
for dir in bin lib lib64 sbin; do
	[ ! -e /$dir ] || ln -s "usr/$dir" root/$dir
done
cp count.bpf.o root/
peer unshare --mount sh -e -c "
	mount --bind /usr root/usr && mount -t proc proc root/proc
	mount -t sysfs sysfs root/sys
	cp $TC root/tc && exec chroot root /tc filter add dev v1 ingress pref 8 bpf da obj count.bpf.o" 2>err
assert_eq "$(cat err)" "Warning: no bpffs was mounted, mounted one at '$BPFFS'"
unchanged "$before" "a container's pins"

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
