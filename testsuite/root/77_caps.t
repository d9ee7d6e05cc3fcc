#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Not root: CAP_BPF and CAP_NET_ADMIN, and a bpffs that may be written to, are
# enough for all but putting back what was replaced; fewer are told.

. "$(dirname "$0")/lib.sh"
need bpftool setpriv

globals=$BPFFS/tc/globals

# with CAPS CMD...: as nobody, with these capabilities alone
with() {
	local caps=$1

	shift
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps "$caps" --ambient-caps "$caps" "$@"
}

compile_bpf count.bpf.c
compile_bpf jump.bpf.c
compile_bpf stage.bpf.c
variant times1000 jump.bpf.c -DSTEP=1000
veth
chmod -R a+rX "$T"	# for the user called nobody
umount "$BPFFS"
mount -t bpf -o mode=0777 bpf "$BPFFS"

both=+bpf,+net_admin
cp "$TC" tc && cp "$IP" ip && chmod 755 tc ip
TC=$T/tc IP=$T/ip

with $both "$TC" qdisc add dev v0 clsact
with $both "$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o
before=$(slots "$globals/jmp")
with $both "$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj times1000.o 2>err
assert_match "$(cat err)" 'slot . could not be put back .* CAP_SYS_ADMIN is missing'
[ "$(slots "$globals/jmp")" != "$before" ] || die "the slots were not replaced"
with $both "$TC" exec bpf graft m:globals/jmp key 4 obj stage.bpf.o 2>/dev/null
assert_eq "$(slots "$globals/jmp" | wc -l)" 4 "slots"
with $both "$IP" link set dev v0 xdp obj count.bpf.o
with $both "$IP" -force link set dev v0 xdp obj count.bpf.o
assert_match "$(bpftool prog show id "$(xdp_id v0)")" " map_ids $(map_id "$globals/hits")\$"
with $both "$IP" link set dev v0 xdp off
assert_no_match "$("$SYS_IP" link show dev v0)" ' prog/xdp '

# one of them, or none, is not enough: what it takes is told, nothing is left
before=$(state)
for caps in +net_admin +bpf +chown; do
	fails 1 with $caps "$TC" filter add dev v0 egress bpf da obj count.bpf.o sec egress 2>err
	assert_match "$(cat err)" '^Hint: .*CAP_BPF and CAP_NET_ADMIN'
	unchanged "$before" "$caps"
done
